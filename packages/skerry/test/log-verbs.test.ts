/** What an operator does with `skerry log`, on the data of a real broker, and that the broker goes on with it. */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client, Producer } from '@skerry/client';
import { nodeClock, nodeCompute, nodeNetwork, nodeRandom } from '@skerry/io';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../src/cli.ts';
import { type RunningBroker, Workshop } from './broker-process.ts';
import { recorded } from './terminal.ts';

const workshop = new Workshop();
const { data, folder } = workshop;
afterAll(() => workshop.close());

const at = ({ port }: RunningBroker) => ['-b', `127.0.0.1:${port}`];

/** Runs a command in this process: there are many. */
async function command(...args: string[]) {
  const terminal = recorded();
  const code = await run(args, terminal);
  return { code, out: terminal.written.out, err: terminal.written.note };
}

const log = (verb: string, ...args: string[]) => command('log', verb, '--data', data, ...args);

function partitionFolder(topic: string, partition = 0): string {
  const name = readdirSync(join(data, 'topics')).find((each) => each.startsWith(`${topic}-${partition}.`));
  if (name === undefined) throw new Error(`no folder of ${topic}`);
  return join(data, 'topics', name);
}

const segmentOf = (topic: string, partition = 0): string =>
  join(partitionFolder(topic, partition), '00000000000000000000.log');

function overwrite(file: string, position: number, bytes: readonly number[]): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.from(bytes), 0, bytes.length, position);
  closeSync(fd);
}

/** Lets a broker run for a while. */
async function serving<T>(run: (broker: RunningBroker) => Promise<T>): Promise<T> {
  const broker = await workshop.start();
  try {
    return await run(broker);
  } finally {
    await workshop.stop(broker);
  }
}

const consume = (broker: RunningBroker, format = '%o %s,') =>
  workshop.skerry(['consume', 'lab.temp', '-e', '-f', format, ...at(broker)]).then(({ out }) => out);

describe('skerry log', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await serving(async (broker) => {
      for (const value of ['a', 'b', 'c']) {
        await workshop.skerry(['produce', 'lab.temp', '-k', 'pump', ...at(broker)], `${value}\n`);
      }
      const busy = await log('verify');
      expect(busy.code).toBe(1);
      expect(busy.err).toMatch(/data is in use by process \d+/);
      expect(busy.err).toContain('Stop the node first');
    });
  }, 60_000);

  test('verify finds a good folder good, and dump shows what is in it', async () => {
    const { code, out, err } = await log('verify');
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('lab.temp-0: good (1 segment, 3 records') as string,
    });
    expect(err).toMatch(/all good\n$/);
    const dumped = await log('dump', '--topic', 'lab.temp', '--records');
    expect(dumped.out).toMatch(
      /baseOffset: 1 lastOffset: 1 count: 1 .* isvalid: true\n\| offset: 1 .* key: pump payload: b\n/,
    );
    const lines = (await command('log', 'dump', segmentOf('lab.temp'), '--json')).out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { baseOffset: number }).baseOffset)).toEqual([0, 1, 2]);
  });

  test('a bad sector is told with file, byte and offset; repair gives up that batch alone, and keeps it', async () => {
    const file = segmentOf('lab.temp');
    const batchBytes = readFileSync(file).length / 3;
    overwrite(file, batchBytes + 65, [0xde, 0xad]);
    const found = await log('verify', '--json');
    expect(found.code).toBe(1);
    const { faults, partitions } = JSON.parse(found.out) as { faults: number; partitions: { problems: unknown[] }[] };
    expect(faults).toBe(1);
    expect(partitions.flatMap(({ problems }) => problems)).toMatchObject([
      {
        file,
        position: batchBytes,
        offset: 1,
        remedy: 'decide',
        advice: expect.stringContaining('--skip-bad') as string,
      },
    ]);
    const choose = ['--topic', 'lab.temp', '--partition', '0'];
    const asked = await log('repair', ...choose, '--skip-bad');
    expect(asked.err).toContain('Nothing was changed yet.');
    expect((await log('verify')).code).toBe(1);
    const repaired = await log('repair', ...choose, '--skip-bad', '--yes');
    expect(repaired).toMatchObject({ code: 0, out: expect.stringContaining('lab.temp-0: offsets 0 to 3') as string });
    const kept = readdirSync(partitionFolder('lab.temp')).filter((name) => name.includes('.removed-'));
    expect(kept).toHaveLength(1);
    expect((await log('verify')).code).toBe(0);
    const copy = await command('log', 'dump', join(partitionFolder('lab.temp'), kept[0] ?? ''));
    expect(copy.out).toContain(`size: ${batchBytes} isvalid: false`);
    await serving(async (broker) => {
      expect(await consume(broker)).toBe('0 a,2 c,');
      await workshop.skerry(['produce', 'lab.temp', ...at(broker)], 'd\n');
      expect(await consume(broker)).toBe('0 a,2 c,3 d,');
    });
  });

  test('truncate-at gives up all from there on', async () => {
    const args = ['--topic', 'lab.temp', '--partition', '0', '--truncate-at', '3', '--yes'];
    expect((await log('repair', ...args)).code).toBe(0);
    await serving(async (broker) => expect(await consume(broker)).toBe('0 a,2 c,'));
  });

  test('a store that cannot be read is named, with what makes it anew; nothing is lost by that', async () => {
    const store = join(data, 'store', 'data.mdb');
    const fd = openSync(store, 'r+');
    ftruncateSync(fd, 10_000);
    closeSync(fd);
    const refused = await workshop.failToStart();
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('SKR_STORE_FAILED');
    expect(refused.err).toContain(`"skerry log repair --data ${data} --rebuild-store --yes"`);
    const { code, out } = await log('repair', '--rebuild-store', '--yes');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/made anew from \d+ logs/) as string });
    expect(readdirSync(data).filter((name) => name.startsWith('store.removed-'))).toHaveLength(1);
    expect((await log('verify')).code).toBe(0);
    await serving(async (broker) => expect(await consume(broker)).toBe('0 a,2 c,'));
  });

  test('a store that was deleted costs no topic and no record', async () => {
    await serving(async (broker) => {
      await workshop.skerry(['topic', 'create', 'kept', '-p', '3', '-c', 'retention.ms=86400000', ...at(broker)]);
    });
    rmSync(join(data, 'store'), { recursive: true });
    await serving(async (broker) => {
      expect(await consume(broker)).toBe('0 a,2 c,');
      const { out } = await workshop.skerry(['topic', 'describe', 'kept', '--json', ...at(broker)]);
      expect(JSON.parse(out)).toMatchObject([
        { name: 'kept', partitions: { length: 3 }, configs: { 'retention.ms': '86400000' } },
      ]);
    });
    expect((await log('verify')).code).toBe(0);
  });

  test('what is in the journal alone counts: verify reads it, a repair puts it in its place', async () => {
    const broker = await workshop.start();
    await workshop.skerry(['topic', 'create', 'many', '-p', '8', ...at(broker)]);
    const world = { clock: nodeClock(), network: nodeNetwork(), random: nodeRandom(), compute: nodeCompute() };
    const client = new Client(world, { bootstrap: [`127.0.0.1:${broker.port}`] });
    const producer = new Producer(client);
    const partitions = Array.from({ length: 8 }, (_, i) => i);
    const send = (value: string) =>
      Promise.all(partitions.map((partition) => producer.send('many', [{ value: Buffer.from(value) }], partition)));
    const sizes = () => partitions.map((partition) => statSync(segmentOf('many', partition)).size);
    // A file's first bytes are synced with it, and its name; what comes then goes to the journal.
    await send('first');
    const before = sizes();
    await send('second');
    broker.child.kill('SIGKILL');
    await broker.ended;
    client.close();
    const after = sizes();
    // As a power cut may leave them: what only the journal has synced is gone from the segments.
    for (const partition of partitions) truncateSync(segmentOf('many', partition), before[partition] ?? 0);
    const { code, out } = await log('verify');
    expect(code).toBe(0);
    for (const partition of partitions) expect(out).toContain(`many-${partition}: good (1 segment, 2 records`);
    expect(sizes()).toEqual(before);
    expect((await log('repair', '--rebuild', '--yes')).code).toBe(0);
    expect(sizes()).toEqual(after);
  });

  test.each([
    [['repair'], 'say what to do'],
    [['repair', '--truncate-at', '5'], '--truncate-at needs --topic and --partition'],
    [['verify', '--topic', 'lab.tmp'], 'there is no such topic'],
    [['dump'], 'name files to dump, or a --topic'],
    [['dump', 'nothing.log'], 'there is no such file'],
    [['verify', '--data', folder], 'no node has its data there'],
  ])('log %j is a usage error that says what would be right', async ([verb = '', ...args], said) => {
    const { code, err } = await (args.includes('--data') ? command('log', verb, ...args) : log(verb, ...args));
    expect(code).toBe(2);
    expect(err).toContain(said);
  });
});
