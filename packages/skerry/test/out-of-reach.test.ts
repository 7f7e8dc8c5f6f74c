/** What the commands do when a partition, or the broker, cannot be reached: they end, and say why. */
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type RunningBroker, Workshop } from './broker-process.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());

const at = ({ port }: RunningBroker) => ['-b', `127.0.0.1:${port}`];

describe('what cannot be reached', { timeout: 120_000 }, () => {
  test('is read no further, after all that can be: consume -e ends with 1, and names the partition', async () => {
    const before = await workshop.start();
    await workshop.skerry(['topic', 'create', 'lab.temp', '-p', '2', ...at(before)]);
    for (const partition of ['0', '1'])
      await workshop.skerry(['produce', 'lab.temp', '-p', partition, ...at(before)], `of ${partition}\n`);
    await workshop.stop(before);
    const topics = join(workshop.data, 'topics');
    const folder = readdirSync(topics).find((name) => name.startsWith('lab.temp-0.')) ?? '';
    truncateSync(join(topics, folder, '00000000000000000000.log'), 10);

    const broker = await workshop.start();
    const ended = await workshop.skerry(['consume', 'lab.temp', '-e', '--timeout', '1', ...at(broker)]);
    expect(ended).toEqual({
      code: 1,
      out: 'of 1\n',
      err: expect.stringMatching(/^lab\.temp\/0 was not read to its end: .*LEADER_NOT_AVAILABLE$/m) as string,
    });
    // Records without a key go where they can.
    const sent = await workshop.skerry(['produce', 'lab.temp', ...at(broker)], 'more\n');
    expect(sent).toMatchObject({ code: 0, err: expect.stringContaining('partition 1') as string });
    await workshop.stop(broker);
  });

  test('is told while it is tried, and tried no longer than --timeout: produce ends with 11', async () => {
    const broker = await workshop.start();
    await workshop.skerry(['topic', 'create', 'lab.wind', ...at(broker)]);
    const producing = workshop.launch(['produce', 'lab.wind', '--timeout', '8', ...at(broker)]);
    producing.child.stdin?.write('one\n');
    expect(await workshop.skerry(['consume', 'lab.wind', '-n', '1', ...at(broker)])).toMatchObject({ out: 'one\n' });
    broker.child.kill('SIGKILL');
    await broker.ended;
    producing.child.stdin?.end('two\n');
    const { code, err } = await producing.ended;
    expect(code).toBe(11);
    expect(err).toMatch(/^127\.0\.0\.1:\d+: .*; a batch is tried for 8 s\n/);
  });
});
