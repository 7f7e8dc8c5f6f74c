/** How the process ends when it cannot go on, and what the next start makes of it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type LaunchOptions, type RunningBroker, Workshop } from './broker-process.ts';

const workshop = new Workshop();
const { folder, data } = workshop;
const trigger = join(folder, 'fail-now');
const shim = join(folder, 'fail-sync.so');
const built = spawnSync('gcc', [
  '-shared',
  '-fPIC',
  '-o',
  shim,
  join(import.meta.dirname, 'fixtures/fail-sync.c'),
  '-ldl',
]);
const cannot = built.status !== 0;
if (cannot) console.warn(`SKIPPED: syncs cannot be made to fail here: ${String(built.error ?? built.stderr)}`);
const failing: LaunchOptions = { env: { LD_PRELOAD: shim, FAIL_SYNC_WHEN: trigger } };
const breakable: LaunchOptions = { node: ['--import', join(import.meta.dirname, 'fixtures/break-invariant.mjs')] };

afterAll(() => workshop.close());

const at = ({ port }: RunningBroker) => ['-b', `127.0.0.1:${port}`];
const badEnds = () => readFileSync(join(data, 'bad-ends'), 'utf8').trimEnd().split('\n');

async function valuesIn(broker: RunningBroker): Promise<string[]> {
  const { out } = await workshop.skerry(['consume', 'lab.temp', '-e', ...at(broker)]);
  return out.trimEnd().split('\n');
}

const fatal = (err: string): Record<string, unknown>[] =>
  err
    .split('\n')
    .flatMap((line) => (line.includes('"level":"fatal"') ? [JSON.parse(line) as Record<string, unknown>] : []));

/** Every file of the data folder but the locks, by its sum and its time. */
function contents(path = data): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const below = join(path, entry.name);
    if (entry.isDirectory()) return contents(below);
    if (/^(lock\.mdb|\.lock)$/.test(entry.name)) return [];
    const sum = createHash('sha256').update(readFileSync(below)).digest('hex');
    return [`${below} ${sum} ${statSync(below).mtimeMs}`];
  });
}

describe('a broker that cannot go on', { timeout: 60_000 }, () => {
  test.skipIf(cannot)(
    'ends with 74 when a sync fails, acknowledges nothing after it, and says what to do',
    async () => {
      const broker = await workshop.start([], failing);
      expect((await workshop.skerry(['produce', 'lab.temp', ...at(broker)], 'one\ntwo\n')).code).toBe(0);
      writeFileSync(trigger, '');
      const unlucky = workshop.begin(['produce', 'lab.temp', ...at(broker)], 'three\n');
      const { code, err } = await broker.ended;
      unlucky.child.kill('SIGKILL');
      expect((await unlucky.ended).err).not.toContain('1 record →');
      expect(code).toBe(74);
      const [line, ...more] = fatal(err);
      expect(more).toEqual([]);
      expect(line).toMatchObject({ code: 'SKR_DISK_FAILED', exit: 74, msg: 'ended' });
      expect(String(line?.['why'])).toMatch(/^sync .*EIO/);
      expect(String(line?.['todo'])).toContain('Start the node again');
      expect(badEnds()).toEqual([expect.stringMatching(/^\S+Z 74 SKR_DISK_FAILED: sync .*EIO/)]);

      rmSync(trigger);
      const next = await workshop.start();
      expect((await valuesIn(next)).slice(0, 2)).toEqual(['one', 'two']);
      expect((await workshop.stop(next)).code).toBe(0);
    },
  );

  test('ends with 70 on a broken invariant, and the next start has its data', async () => {
    const broker = await workshop.start([], breakable);
    await workshop.skerry(['produce', 'lab.temp', ...at(broker)], 'before\n');
    broker.child.kill('SIGUSR2');
    const { code, err } = await broker.ended;
    expect(code).toBe(70);
    expect(fatal(err)).toMatchObject([{ code: 'InvariantError', exit: 70, why: 'planted' }]);
    expect(badEnds().at(-1)).toMatch(/ 70 InvariantError: planted$/);
    const next = await workshop.start();
    expect(await valuesIn(next)).toContain('before');
    await workshop.stop(next);
  });

  test('is read-only after five such ends within an hour: it serves, says why, and leaves its disk alone', async () => {
    for (let i = 0; i < 5; i++)
      appendFileSync(join(data, 'bad-ends'), `${new Date().toISOString()} 74 SKR_DISK_FAILED: EIO\n`);
    const before = contents();
    const broker = await workshop.start();
    expect(await valuesIn(broker)).toContain('before');
    const refused = await workshop.skerry(['topic', 'create', 'new', ...at(broker)]);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('the node is read-only');
    const { err } = await workshop.stop(broker);
    expect(err).toMatch(/READ-ONLY: \d failures within an hour, the last: exit 74, SKR_DISK_FAILED: EIO/);
    expect(err).toContain('skerry start --read-write');
    expect(contents()).toEqual(before);
  });

  test('and takes records again at once when it is told to', async () => {
    const broker = await workshop.start(['--read-write']);
    expect((await workshop.skerry(['produce', 'lab.temp', ...at(broker)], 'again\n')).code).toBe(0);
    expect(await valuesIn(broker)).toContain('again');
    expect((await workshop.stop(broker)).code).toBe(0);
  });
});
