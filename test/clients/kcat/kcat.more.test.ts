/** kcat: what it prints, and how it ends. A case tells its feature in its name, as in features.ts. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../broker.ts';
import { refuse } from '../foreign.ts';
import { kcat as client } from '../toolchains/kcat.ts';

// oxlint-disable vitest/valid-title -- the title names the release under test.
const toolchain = await client.install();
if ('missing' in toolchain) refuse(client.name, toolchain.missing);
else suite();

interface Outcome {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A message in kcat's JSON. */
interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly ts: number;
  readonly headers?: readonly (string | null)[];
  readonly key: string | null;
  readonly payload: string | null;
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

const numbered = (first: number, last: number) => Array.from({ length: last - first }, (_, at) => `v${first + at}`);

/** One process. */
class Kcat {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[]) {
    this.#child = spawn('kcat', args, { env: { ...process.env, KCAT_CONFIG: '' } });
    this.#child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.#child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#child.stdin.on('error', () => undefined);
    this.#ended = new Promise((done) => this.#child.once('close', done));
  }

  say(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Waits for the end of it, after what is left to say. */
  async end(text = ''): Promise<Outcome> {
    this.#child.stdin.end(text);
    const overdue = setTimeout(() => this.#child.kill('SIGKILL'), 60_000);
    const exit = await this.#ended;
    clearTimeout(overdue);
    return { exit, stdout: this.stdout, stderr: this.stderr };
  }

  /** As Ctrl-C does: it says goodbye. */
  interrupt(): Promise<Outcome> {
    this.#child.kill('SIGINT');
    return this.end();
  }

  async until(what: string, holds: (kcat: this) => boolean): Promise<void> {
    const deadline = performance.now() + 45_000;
    while (!holds(this)) {
      if (performance.now() > deadline) throw new Error(`no ${what}:\n${this.stdout}\n${this.stderr}`);
      await delay(10);
    }
  }
}

function suite(): void {
  let broker: Broker;
  let count = 0;
  const scratch = mkdtempSync(join(tmpdir(), 'skerry-kcat-'));
  const unique = (what: string) => `${what}-kcat-${process.pid}-${count++}`;
  const partitions = 4;

  const start = (...args: string[]) =>
    new Kcat(['-b', broker.bootstrap, '-X', 'reconnect.backoff.max.ms=200', ...args]);

  async function output(args: readonly string[], input?: string): Promise<string> {
    const { exit, stdout, stderr } = await start(...args).end(input);
    expect(exit, `${args.join(' ')}\n${stdout}\n${stderr}`).toBe(0);
    return stdout;
  }

  const produce = (topic: string, values: readonly string[], ...args: string[]) =>
    output(['-P', '-t', topic, '-p', '0', ...args], `${values.join('\n')}\n`);

  async function filled(values: readonly string[], ...args: string[]): Promise<string> {
    const topic = unique('topic');
    await produce(topic, values, ...args);
    return topic;
  }

  const consume = async (topic: string, ...args: string[]) =>
    lines(await output(['-C', '-q', '-e', '-t', topic, '-p', '0', ...args]));

  const messages = async (topic: string, ...args: string[]) =>
    (await consume(topic, '-J', ...args)).map((line) => JSON.parse(line) as Message);

  /** A member of a group, which prints partition and value of what it reads. */
  const member = (group: string, topic: string, ...args: string[]) =>
    start('-G', group, '-u', '-f', '%p %s\\n', '-X', 'auto.offset.reset=earliest', ...args, topic);

  /** The partitions that a member holds by what it was told. */
  function held({ stderr }: Kcat): readonly string[] {
    let holds: readonly string[] = [];
    for (const line of lines(stderr).filter((one) => one.includes(' rebalanced'))) {
      const named = [...line.matchAll(/\[(\d+)\]/g)].map(([, partition = '']) => partition);
      if (line.includes('incremental assignment')) holds = [...holds, ...named];
      else if (line.includes('incremental revoke')) holds = holds.filter((one) => !named.includes(one));
      else holds = line.includes('assigned:') ? named : [];
    }
    return holds;
  }

  describe(client.name, () => {
    beforeAll(async () => {
      broker = await startBroker(undefined, { overrides: { 'num.partitions': partitions } });
    });
    afterAll(async () => {
      await broker.stop();
      rmSync(scratch, { recursive: true });
    });

    test('connect: nodes, topics and partitions are told', async () => {
      const topic = await filled(['v']);
      const text = await output(['-L', '-t', topic]);
      expect(text).toMatch(new RegExp(`broker \\d+ at ${broker.bootstrap}`));
      expect(text).toContain(`topic "${topic}" with ${partitions} partitions:`);
      expect(text).toMatch(/partition 3, leader (\d+), replicas: \1, isrs: \1\n/);
      expect(await output(['-L'])).toContain(`"${topic}"`);
    });

    test('connect: metadata as JSON', async () => {
      const topic = await filled(['v']);
      const told = JSON.parse(await output(['-L', '-J', '-t', topic])) as {
        readonly controllerid: number;
        readonly brokers: readonly { readonly id: number; readonly name: string }[];
        readonly topics: readonly { readonly topic: string; readonly partitions: readonly { leader: number }[] }[];
      };
      const id = told.controllerid;
      expect(told.brokers).toEqual([{ id, name: broker.bootstrap }]);
      expect(told.topics).toMatchObject([
        { topic, partitions: Array.from({ length: partitions }, () => ({ leader: id })) },
      ]);
    });

    test.each(['0', '1', 'all'])('produce: acks=%s', async (acks) => {
      const topic = await filled(numbered(0, 100), '-X', `acks=${acks}`);
      expect(await consume(topic)).toEqual(numbered(0, 100));
    });

    test('produce: keys with their values, and null values', async () => {
      const topic = unique('topic');
      await produce(topic, ['a:1', 'b:', ':3'], '-K', ':', '-Z');
      expect((await messages(topic)).map(({ key, payload }) => [key, payload])).toEqual([
        ['a', '1'],
        ['b', null],
        [null, '3'],
      ]);
      expect(await consume(topic, '-K', ':', '-Z')).toEqual(['a:1', 'b:NULL', 'NULL:3']);
    });

    test('produce: one key for all and one partition; other delimiters, a file of lines, a file as one', async () => {
      const topic = unique('topic');
      const file = join(scratch, 'lines');
      writeFileSync(file, 'one;two;three');
      await output(['-P', '-t', topic, '-k', 'the key', '-D', ';', '-l', file]);
      await output(['-P', '-t', topic, '-k', 'the key', file]);
      const text = await output(['-C', '-q', '-e', '-t', topic, '-f', '%p|%k|%K|%s|%S\n']);
      const read = lines(text).map((line) => line.split('|'));
      expect(new Set(read.map(([partition]) => partition)).size).toBe(1);
      expect(read.map(([, ...rest]) => rest.join('|'))).toEqual([
        'the key|7|one|3',
        'the key|7|two|3',
        'the key|7|three|5',
        'the key|7|one;two;three|13',
      ]);
    });

    test('produce: an unknown topic is created (auto creation on)', async () => {
      const topic = await filled(['v']);
      expect(await consume(topic)).toEqual(['v']);
    });

    test('produce: an unknown topic stays unknown (auto creation off)', async () => {
      const strict = await startBroker(undefined, { overrides: { 'auto.create.topics.enable': false } });
      try {
        const quick = ['-X', 'topic.metadata.propagation.max.ms=500', '-X', 'message.timeout.ms=5000'];
        const producing = await new Kcat(['-b', strict.bootstrap, '-P', '-t', 'never', ...quick]).end('v\n');
        expect(producing.stderr).toContain('Unknown topic');
        expect(producing.exit).toBe(1);
        const consuming = await new Kcat(['-b', strict.bootstrap, '-C', '-t', 'never', ...quick]).end();
        expect(consuming.stderr).toContain('Unknown topic');
        expect(consuming.exit).toBe(1);
        const told = await new Kcat(['-b', strict.bootstrap, '-L']).end();
        expect(told.stdout).not.toContain('never');
      } finally {
        await strict.stop();
      }
    });

    test('idempotence: each message once, in order', async () => {
      const settings = ['-X', 'enable.idempotence=true', '-X', 'batch.num.messages=10'];
      expect(await consume(await filled(numbered(0, 1000), ...settings))).toEqual(numbered(0, 1000));
    });

    test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('compression: %s', async (codec) => {
      const values = numbered(0, 200).map((value) => `${'skerry '.repeat(50)}${value}`);
      expect(await consume(await filled(values, '-z', codec, '-X', 'linger.ms=50'))).toEqual(values);
    });

    test('headers: their order, doubles, empty and null values', async () => {
      const topic = await filled(['v'], '-H', 'a=1', '-H', 'b=', '-H', 'a=2', '-H', 'c');
      const [message] = await messages(topic);
      expect(message?.headers).toEqual(['a', '1', 'b', '', 'a', '2', 'c', null]);
      expect(await consume(topic, '-f', '%h %s\\n')).toEqual(['a=1,b=,a=2,c=NULL v']);
    });

    test('large: a batch of the very limit passes, a byte more is refused', async () => {
      const topic = unique('large');
      // All of a batch of one record but its value, where the lengths take three bytes each.
      const most = 1_048_588 - 61 - 11;
      const sent = (bytes: number) => {
        const file = join(scratch, `${bytes}`);
        writeFileSync(file, 'x'.repeat(bytes));
        return start('-P', '-t', topic, '-p', '0', '-X', 'message.max.bytes=2000000', file).end();
      };
      expect(await sent(most)).toMatchObject({ exit: 0 });
      const { exit, stderr } = await sent(most + 1);
      expect(stderr).toContain('Message size too large');
      expect(exit).toBe(1);
      expect(await consume(topic, '-f', '%S\\n')).toEqual([String(most)]);
    });

    test('consume: to the end, which is told, and so many', async () => {
      const topic = await filled(numbered(0, 10));
      const { exit, stdout, stderr } = await start('-C', '-e', '-t', topic, '-p', '0').end();
      expect({ exit, read: lines(stdout) }).toEqual({ exit: 0, read: numbered(0, 10) });
      expect(stderr).toContain(`% Reached end of topic ${topic} [0] at offset 10`);
      expect(await consume(topic, '-c', '3')).toEqual(numbered(0, 3));
    });

    test('consume: what is told beside a message', async () => {
      const before = Date.now();
      const topic = await filled(['a:1'], '-K', ':');
      const [message] = await messages(topic);
      expect(message).toMatchObject({ topic, partition: 0, offset: 0, key: 'a', payload: '1' });
      expect(message?.ts).toBeGreaterThanOrEqual(before - 1000);
      expect(message?.ts).toBeLessThanOrEqual(Date.now() + 1000);
      const format = '%t [%p] at %o: %k=%s at %T\\n';
      expect(await consume(topic, '-f', format)).toEqual([`${topic} [0] at 0: a=1 at ${message?.ts}`]);
    });

    test('consume: all partitions, a batch over the limits of a fetch whole, only what is committed', async () => {
      const topic = unique('topic');
      for (let partition = 0; partition < partitions; partition++)
        await output(['-P', '-t', topic, '-p', String(partition)], 'x'.repeat(5000));
      const settings = ['fetch.message.max.bytes=1000', 'fetch.max.bytes=2000', 'message.max.bytes=2000'];
      const small = [...settings, 'isolation.level=read_committed'].flatMap((setting) => ['-X', setting]);
      const text = await output(['-C', '-q', '-e', '-t', topic, '-f', '%p %S\\n', ...small]);
      expect(lines(text).toSorted()).toEqual(['0 5000', '1 5000', '2 5000', '3 5000']);
    });

    test('consume: a reader at the end gets what comes', async () => {
      const topic = await filled(['old']);
      const reader = start('-C', '-u', '-t', topic, '-p', '0', '-o', 'end');
      await reader.until('end', ({ stderr }) => stderr.includes('Reached end'));
      await produce(topic, ['new']);
      await reader.until('message', ({ stdout }) => stdout !== '');
      expect(await reader.interrupt()).toMatchObject({ exit: 0, stdout: 'new\n' });
    });

    test('seek: offsets from the beginning, from the end, by number', async () => {
      const topic = await filled(numbered(0, 10));
      expect(await consume(topic, '-o', 'beginning')).toEqual(numbered(0, 10));
      expect(await consume(topic, '-o', '7')).toEqual(numbered(7, 10));
      expect(await consume(topic, '-o', '-2')).toEqual(numbered(8, 10));
      expect(await consume(topic, '-o', 'end')).toEqual([]);
    });

    test('seek: an offset out of range is told, or reset', async () => {
      const topic = await filled(numbered(0, 3));
      const reset = (how: string) => ['-o', '100', '-X', `topic.auto.offset.reset=${how}`];
      expect(await consume(topic, ...reset('smallest'))).toEqual(numbered(0, 3));
      const { exit, stderr } = await start('-C', '-e', '-t', topic, '-p', '0', ...reset('error')).end();
      expect(stderr).toMatch(/out of range/i);
      expect(exit).toBe(1);
    });

    test('timestamps: from and to a time, and offsets asked for by time', async () => {
      const topic = unique('times');
      for (const value of numbered(0, 4)) {
        await produce(topic, [value]);
        const [last] = await messages(topic, '-o', '-1');
        // The next must be later by a millisecond.
        while (Date.now() <= (last?.ts ?? 0)) await delay(1);
      }
      const [, second, , fourth] = (await messages(topic)).map(({ ts }) => ts);
      expect(await consume(topic, '-o', `s@${second}`)).toEqual(numbered(1, 4));
      expect(await consume(topic, '-o', `s@${second}`, '-o', `e@${fourth}`)).toEqual(numbered(1, 3));
      const asked = (time: number | undefined) => output(['-Q', '-t', `${topic}:0:${time}`]);
      expect(await asked(second)).toBe(`${topic} [0] offset 1\n`);
      expect(await asked(Date.now() + 60_000)).toBe(`${topic} [0] offset -1\n`);
      expect(await asked(-1)).toBe(`${topic} [0] offset 4\n`);
      expect(await asked(-2)).toBe(`${topic} [0] offset 0\n`);
    });

    async function balanced(...args: string[]): Promise<void> {
      const topic = await filled(['first']);
      const group = unique('group');
      const one = member(group, topic, ...args);
      await one.until('partition', (kcat) => held(kcat).length === partitions);
      const two = member(group, topic, ...args);
      await two.until('partition', (kcat) => held(kcat).length === 2);
      await one.until('message', ({ stdout }) => stdout.includes('0 first'));
      for (let partition = 0; partition < partitions; partition++)
        await output(['-P', '-t', topic, '-p', String(partition)], 'v\n');
      const read = () => [...lines(one.stdout), ...lines(two.stdout)].filter((line) => line.endsWith(' v')).toSorted();
      await one.until('message of each partition', () => read().length === partitions);
      expect(read()).toEqual(['0 v', '1 v', '2 v', '3 v']);
      expect(await two.interrupt()).toMatchObject({ exit: 0 });
      expect(await one.interrupt()).toMatchObject({ exit: 0 });
      expect(lines(two.stdout)).toHaveLength(2);
    }

    test.each(['range', 'roundrobin'])('group: two members share the partitions (%s)', async (assignor) => {
      await balanced('-X', `partition.assignment.strategy=${assignor}`);
    });

    test('cooperative: two members share the partitions', async () => {
      await balanced('-X', 'partition.assignment.strategy=cooperative-sticky');
    });

    test('static membership: comes back to its partitions, and nobody rebalances', async () => {
      const topic = await filled(['first']);
      const group = unique('static');
      const named = (id: string) => member(group, topic, '-X', `group.instance.id=${id}`);
      const one = named('one');
      await one.until('partition', (kcat) => held(kcat).length === partitions);
      const two = named('two');
      await two.until('partition', (kcat) => held(kcat).length === 2);
      await one.until('half', (kcat) => held(kcat).length === 2);
      const [partition = ''] = held(two);
      const rebalances = lines(one.stderr).filter((line) => line.includes('rebalanced')).length;
      await two.interrupt();
      const again = named('two');
      await again.until('partition', (kcat) => held(kcat).includes(partition));
      await output(['-P', '-t', topic, '-p', partition], 'v\n');
      await again.until('message', ({ stdout }) => stdout.includes(`${partition} v`));
      expect(lines(one.stderr).filter((line) => line.includes('rebalanced'))).toHaveLength(rebalances);
      for (const running of [one, again]) await running.interrupt();
    });

    test('commit: the next one of a group goes on where the last ended', async () => {
      const topic = await filled(numbered(0, 10));
      const group = unique('group');
      const next = async (wanted: number) => lines((await member(group, topic, '-c', String(wanted)).end()).stdout);
      expect(await next(4)).toEqual(numbered(0, 4).map((value) => `0 ${value}`));
      expect(await next(6)).toEqual(numbered(4, 10).map((value) => `0 ${value}`));
      const stored = ['-o', 'stored', '-X', `group.id=${group}`, '-X', 'topic.auto.offset.reset=smallest'];
      expect(await consume(topic, ...stored)).toEqual([]);
    });

    test.each(['restart', 'kill9'] as const)(
      'restart: a running idempotent producer and a group lose and double nothing (%s)',
      async (how) => {
        const topic = await filled(['first']);
        // kcat reads 4 KiB of its input at a time: a few long lines are enough to be sent.
        const wide = (first: number, last: number) => numbered(first, last).map((value) => value.padEnd(400, '.'));
        const settings = ['-X', 'enable.idempotence=true', '-X', 'retry.backoff.ms=50'];
        // Without -E it ends when all brokers are away.
        const out = start('-E', '-P', '-t', topic, '-p', '0', ...settings);
        const reader = member(unique('group'), topic, '-E');
        const read = () => lines(reader.stdout);
        out.say(`${wide(0, 100).join('\n')}\n`);
        await reader.until('messages', () => read().length > 50);
        if (how === 'kill9') {
          await broker.kill9();
          out.say(`${wide(100, 200).join('\n')}\n`);
        }
        await broker.restart();
        if (how === 'restart') out.say(`${wide(100, 200).join('\n')}\n`);
        expect(await out.end(`${wide(200, 300).join('\n')}\n`)).toMatchObject({ exit: 0 });
        await reader.until('the rest', () => read().length >= 301);
        await reader.interrupt();
        const wanted = ['first', ...wide(0, 300)];
        expect(read()).toEqual(wanted.map((value) => `0 ${value}`));
        expect(await consume(topic)).toEqual(wanted);
      },
    );
  });
}
