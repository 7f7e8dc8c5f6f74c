/** Kafka's own command-line tools, of the reference release. */
import { writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refuse } from '../foreign.ts';
import { kafkaToolsClient } from '../toolchains/java.ts';
import type { Program } from '../toolchains/run.ts';
import { ToolShell } from './tool-shell.ts';

// oxlint-disable vitest/valid-title -- the title names the release under test.
const title = kafkaToolsClient.name;
const toolchain = await kafkaToolsClient.install();
if ('missing' in toolchain) refuse(title, toolchain.missing);
else suite(toolchain);

/** A folder, as kafka-log-dirs prints it. */
interface Dir {
  readonly logDir: string;
  readonly error: string | null;
  readonly partitions: readonly { readonly partition: string; readonly size: number }[];
}

function suite(program: Program): void {
  let shell: ToolShell;
  const tool: ToolShell['tool'] = (...asked) => shell.tool(...asked);
  const output: ToolShell['output'] = (...asked) => shell.output(...asked);
  const filled: ToolShell['filled'] = (...asked) => shell.filled(...asked);
  const consume: ToolShell['consume'] = (...asked) => shell.consume(...asked);
  const unique = (what: string) => shell.unique(what);

  describe(title, () => {
    beforeAll(async () => {
      shell = await ToolShell.open(program);
    });
    afterAll(async () => shell.close());

    test('kafka-topics creates and lists', async () => {
      const topic = unique('listed');
      const created = await output('topics', ['--create', '--topic', topic, '--partitions', '2']);
      expect(created).toContain(`Created topic ${topic}.`);
      expect((await output('topics', ['--list'])).split('\n')).toContain(topic);
    });

    test('kafka-topics describes', async () => {
      const topic = unique('described');
      await output('topics', ['--create', '--topic', topic, '--partitions', '2']);
      const described = await output('topics', ['--describe', '--topic', topic]);
      expect(described).toMatch(new RegExp(`Topic: ${topic}\\s+TopicId: [\\w-]{22}\\s+PartitionCount: 2`));
      expect(described).toMatch(/Partition: 1\s+Leader: (\d+)\s+Replicas: \1\s+Isr: \1/);
    });

    test('kafka-topics refuses what exists, unless told not to mind', async () => {
      const topic = unique('twice');
      await output('topics', ['--create', '--topic', topic]);
      const again = await tool('topics', ['--create', '--topic', topic]);
      expect([again.exit, again.stdout + again.stderr]).toEqual([1, expect.stringContaining('already exists')]);
      await output('topics', ['--create', '--if-not-exists', '--topic', topic]);
    });

    test('kafka-topics creates with settings', async () => {
      const topic = unique('configured');
      await output('topics', ['--create', '--topic', topic, '--config', 'retention.ms=3600000']);
      const wrong = await tool('topics', ['--create', '--topic', unique('wrong'), '--config', 'retention.ms=soon']);
      expect(wrong.exit).toBe(1);
    });

    test('kafka-topics deletes', async () => {
      const topic = unique('doomed');
      await output('topics', ['--create', '--topic', topic]);
      await output('topics', ['--delete', '--topic', topic]);
      await expect
        .poll(async () => (await output('topics', ['--list'])).split('\n'), { timeout: 10_000 })
        .not.toContain(topic);
      expect((await tool('topics', ['--delete', '--topic', topic])).exit).toBe(1);
    });

    test('what the console producer writes the console consumer reads', async () => {
      const topic = await filled(['one', 'two', 'three']);
      expect((await consume(topic, 3)).trim().split('\n')).toEqual(['one', 'two', 'three']);
    });

    test.each(['gzip', 'snappy', 'lz4', 'zstd'])('the console producer compresses with %s', async (codec) => {
      const topic = unique(codec);
      await output('topics', ['--create', '--topic', topic]);
      await output('console-producer', ['--topic', topic, '--compression-codec', codec], 'one\ntwo\n');
      expect((await consume(topic, 2)).trim().split('\n')).toEqual(['one', 'two']);
    });

    test('keys, headers, partitions and offsets are printed', async () => {
      const topic = unique('keys');
      await output('topics', ['--create', '--topic', topic]);
      const parse = ['--reader-property', 'parse.key=true', '--reader-property', 'parse.headers=true'];
      await output('console-producer', ['--topic', topic, ...parse], 'h:1\tk\tv\n');
      const printed = ['key', 'headers', 'partition', 'offset'].flatMap((what) => [
        '--formatter-property',
        `print.${what}=true`,
      ]);
      expect((await consume(topic, 1, ...printed)).trim()).toBe('Partition:0\tOffset:0\th:1\tk\tv');
    });

    test('a topic nobody created is created by the console producer', async () => {
      const topic = unique('auto');
      await output('console-producer', ['--topic', topic], 'first\n');
      expect((await consume(topic, 1)).trim()).toBe('first');
    });

    test('kafka-get-offsets tells where partitions start and end, and what was at a time', async () => {
      const topic = await filled(['one', 'two', 'three']);
      const at = async (time: string) => (await output('get-offsets', ['--topic', topic, '--time', time])).trim();
      const latest = `${topic}:0:3`;
      expect([await at('latest'), await at('-1'), await at('earliest'), await at('-2')]).toEqual([
        latest,
        latest,
        `${topic}:0:0`,
        `${topic}:0:0`,
      ]);
      expect(await at('1000')).toBe(`${topic}:0:0`);
      expect(await at('max-timestamp')).toMatch(new RegExp(`^${topic}:0:[012]$`));
    });

    test('kafka-consumer-groups lists and describes a group, and moves it', async () => {
      const topic = await filled(['one', 'two', 'three']);
      const group = unique('group');
      await consume(topic, 2, '--group', group);
      expect((await output('consumer-groups', ['--list'])).split('\n')).toContain(group);
      const columns = async () => {
        const described = await output('consumer-groups', ['--describe', '--group', group]);
        const line = described.split('\n').find((one) => one.startsWith(group)) ?? '';
        return line.split(/\s+/).slice(0, 6);
      };
      expect(await columns()).toEqual([group, topic, '0', '2', '3', '1']);
      const state = await output('consumer-groups', ['--describe', '--group', group, '--state']);
      expect(state).toMatch(/Empty/);
      const to = ['--reset-offsets', '--to-earliest', '--execute'];
      await output('consumer-groups', ['--group', group, '--topic', topic, ...to]);
      expect(await columns()).toEqual([group, topic, '0', '0', '3', '3']);
    });

    test('kafka-consumer-groups tells states, and removes offsets and groups', async () => {
      const topic = await filled(['one', 'two', 'three']);
      const group = unique('group');
      await consume(topic, 2, '--group', group);
      const empty = await output('consumer-groups', ['--list', '--state', 'Empty']);
      expect(empty.split('\n').some((line) => line.startsWith(`${group} `))).toBe(true);
      const stable = await output('consumer-groups', ['--list', '--state', 'Stable']);
      expect(stable).not.toContain(group);
      const removed = await output('consumer-groups', ['--delete-offsets', '--group', group, '--topic', topic]);
      expect(removed).toMatch(new RegExp(`${topic}\\s+0\\s+Successful`));
      const described = await output('consumer-groups', ['--describe', '--group', group]);
      expect(described).not.toContain(topic);
      await output('consumer-groups', ['--delete', '--group', group]);
      expect((await output('consumer-groups', ['--list'])).split('\n')).not.toContain(group);
      const again = await tool('consumer-groups', ['--delete', '--group', group]);
      expect(again.stdout + again.stderr).toContain('GroupIdNotFoundException');
    });

    test('kafka-configs sets, tells and removes quotas', async () => {
      const [user, id] = [unique('user'), unique('client')];
      const entity = ['--entity-type', 'users', '--entity-name', user, '--entity-type', 'clients', '--entity-name', id];
      await output('configs', ['--alter', ...entity, '--add-config', 'producer_byte_rate=1024,request_percentage=50']);
      const told = await output('configs', ['--describe', ...entity]);
      expect(told).toContain('producer_byte_rate=1024.0');
      expect(told).toContain('request_percentage=50.0');
      await output('configs', ['--alter', ...entity, '--delete-config', 'producer_byte_rate,request_percentage']);
      expect(await output('configs', ['--describe', ...entity])).not.toContain('producer_byte_rate');
      const wrong = await tool('configs', ['--alter', ...entity, '--add-config', 'producer_byte_rate=-1']);
      expect(wrong.exit).not.toBe(0);
    });

    test('kafka-producer-perf-test runs to its end', async () => {
      const topic = unique('perf');
      await output('topics', ['--create', '--topic', topic, '--partitions', '2']);
      const size = ['--num-records', '5000', '--record-size', '100', '--throughput', '-1'];
      expect(await output('producer-perf-test', ['--topic', topic, ...size])).toMatch(/5000 records sent/);
      const ends = (await output('get-offsets', ['--topic', topic])).trim().split('\n');
      expect(ends.reduce((sum, line) => sum + Number(line.split(':')[2]), 0)).toBe(5000);
    });

    test('kafka-consumer-perf-test reads what was written', async () => {
      const topic = await filled(Array.from({ length: 500 }, (_, at) => `line ${at}`));
      const read = await output('consumer-perf-test', ['--topic', topic, '--num-records', '500', '--timeout', '20000']);
      expect(read).toMatch(/, 500, /);
    });

    test('kafka-broker-api-versions prints what the broker serves', async () => {
      const printed = await output('broker-api-versions', []);
      expect(printed).toContain(`127.0.0.1:${shell.broker.port} (id: `);
      expect(printed).toMatch(/Produce\(0\): .*\[usable: 13\]/);
      expect(printed).toMatch(/Fetch\(1\): .*\[usable: 18\]/);
    });

    test('kafka-topics adds partitions', async () => {
      const topic = await filled(['one']);
      await output('topics', ['--alter', '--topic', topic, '--partitions', '3']);
      expect(await output('topics', ['--describe', '--topic', topic])).toMatch(/PartitionCount: 3/);
      const fewer = await tool('topics', ['--alter', '--topic', topic, '--partitions', '2']);
      expect([fewer.exit, fewer.stdout + fewer.stderr]).toEqual([1, expect.stringContaining('not be an increase')]);
      await expect
        .poll(async () => (await output('get-offsets', ['--topic', topic])).trim().split('\n'), { timeout: 10_000 })
        .toEqual([`${topic}:0:1`, `${topic}:1:0`, `${topic}:2:0`]);
    });

    test('kafka-topics describes more topics than one answer holds', async () => {
      const topic = unique('wide');
      await output('topics', ['--create', '--topic', topic, '--partitions', '12']);
      const paged = ['--describe', '--topic', topic, '--partition-size-limit-per-response', '5'];
      expect((await output('topics', paged)).match(/Partition: \d+/g)).toHaveLength(12);
    });

    test('kafka-delete-records forgets records, and tells where the partition then starts', async () => {
      const topic = await filled(['one', 'two', 'three']);
      const asked = join(shell.scratch, `${topic}.json`);
      const ask = async (offset: number) => {
        writeFileSync(asked, JSON.stringify({ partitions: [{ topic, partition: 0, offset }], version: 1 }));
        return await output('delete-records', ['--offset-json-file', asked]);
      };
      expect(await ask(2)).toMatch(new RegExp(`partition: ${topic}-0\\s+low_watermark: 2`));
      expect((await consume(topic, 1)).trim()).toBe('three');
      expect(await ask(-1)).toMatch(/low_watermark: 3/);
      expect(await ask(9)).toMatch(/error: .*OffsetOutOfRange/);
      expect((await output('get-offsets', ['--topic', topic, '--time', 'earliest'])).trim()).toBe(`${topic}:0:3`);
    });

    test('kafka-log-dirs tells the folder and the size of each partition', async () => {
      const topic = await filled(['one', 'two'], 2);
      const printed = await output('log-dirs', ['--describe', '--topic-list', topic]);
      const [dirs] = printed.split('\n').filter((line) => line.startsWith('{'));
      const { brokers } = JSON.parse(dirs ?? '{}') as { brokers: { logDirs: Dir[] }[] };
      const [dir] = brokers[0]?.logDirs ?? [];
      expect([brokers.length, dir?.error, isAbsolute(dir?.logDir ?? '')]).toEqual([1, null, true]);
      expect(dir?.partitions.map(({ partition }) => partition).sort()).toEqual([`${topic}-0`, `${topic}-1`]);
      expect(dir?.partitions.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThan(61);
    });

    test.each([
      ['topics', () => filled(['one']), 'retention.ms', '5000', '6000'],
      ['brokers', async () => '1', 'log.segment.bytes', '2000000', '3000000'],
      ['groups', async () => unique('group'), 'consumer.session.timeout.ms', '46000', '47000'],
      ['client-metrics', async () => unique('subscription'), 'interval.ms', '5000', '6000'],
    ])('kafka-configs adds, describes and deletes settings of %s', async (type, named, name, first, second) => {
      const of = ['--entity-type', type, '--entity-name', await named()];
      const described = async () => await output('configs', [...of, '--describe']);
      for (const value of [first, second]) {
        await output('configs', [...of, '--alter', '--add-config', `${name}=${value}`]);
        await expect.poll(described, { timeout: 10_000 }).toContain(`${name}=${value}`);
      }
      await output('configs', [...of, '--alter', '--delete-config', name]);
      await expect.poll(described, { timeout: 10_000 }).not.toContain(`${name}=${second}`);
    });

    test('kafka-configs alters all brokers, and says of each setting where it comes from', async () => {
      const all = ['--entity-type', 'brokers', '--entity-default'];
      await output('configs', [...all, '--alter', '--add-config', 'log.retention.ms=7000000']);
      await expect
        .poll(() => output('configs', [...all, '--describe']), { timeout: 10_000 })
        .toContain('DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=7000000');
      const topic = await filled(['one']);
      const told = await output('configs', ['--entity-type', 'topics', '--entity-name', topic, '--describe', '--all']);
      expect(told).toMatch(/retention\.ms=7000000 .*DEFAULT_CONFIG:log\.retention\.hours=168/);
      await output('configs', [...all, '--alter', '--delete-config', 'log.retention.ms']);
    });

    test('kafka-configs is told what is wrong', async () => {
      const topic = await filled(['one']);
      const of = ['--entity-type', 'topics', '--entity-name', topic, '--alter', '--add-config'];
      const wrong = await tool('configs', [...of, 'retention.ms=soon']);
      expect([wrong.exit, wrong.stderr + wrong.stdout]).toEqual([1, expect.stringContaining('retention.ms')]);
      const broker = ['--entity-type', 'brokers', '--entity-name', '1', '--alter', '--add-config'];
      expect((await tool('configs', [...broker, 'num.partitions=2'])).exit).toBe(1);
    });

    test('kafka-configs shows and sets the log’s level', async () => {
      const of = ['--entity-type', 'broker-loggers', '--entity-name', '1'];
      expect(await output('configs', [...of, '--describe'])).toContain('root=INFO');
      await output('configs', [...of, '--alter', '--add-config', 'root=WARN']);
      expect(await output('configs', [...of, '--describe'])).toContain('root=WARN');
      await output('configs', [...of, '--alter', '--add-config', 'root=INFO']);
    });

    test('kafka-leader-election finds nothing to elect', async () => {
      const topic = await filled(['one'], 2);
      const one = ['--election-type', 'preferred', '--topic', topic, '--partition', '0'];
      expect(await output('leader-election', one)).toContain(`Valid replica already elected for partitions ${topic}-0`);
      await output('leader-election', ['--election-type', 'unclean', '--all-topic-partitions']);
    });

    test('kafka-reassign-partitions leaves a partition where it is, and moves none elsewhere', async () => {
      const topic = await filled(['one']);
      const asked = join(shell.scratch, `${topic}-move.json`);
      const run = async (node: number, action: string) => {
        writeFileSync(asked, JSON.stringify({ partitions: [{ topic, partition: 0, replicas: [node] }], version: 1 }));
        return await tool('reassign-partitions', ['--reassignment-json-file', asked, action]);
      };
      const stays = await run(1, '--execute');
      expect([stays.exit, stays.stdout]).toEqual([0, expect.stringContaining('Successfully started partition')]);
      const done = await run(1, '--verify');
      expect(done.stdout).toContain(`Reassignment of partition ${topic}-0 is completed`);
      expect((await run(2, '--execute')).exit).toBe(1);
      expect(await output('reassign-partitions', ['--list'])).toContain('No partition reassignments found');
    });

    test('kafka-metadata-quorum shows one voter that leads', async () => {
      const status = await output('metadata-quorum', ['describe', '--status']);
      expect(status).toMatch(/LeaderId:\s+1\b/);
      expect(status).toMatch(/MaxFollowerLag:\s+0\b/);
      expect(status).toMatch(/CurrentObservers:\s+\[\]/);
      const replication = await output('metadata-quorum', ['describe', '--replication']);
      expect(replication).toMatch(/^1\s.*Leader/m);
    });

    test('kafka-features describes, and refuses what there is not', async () => {
      await output('features', ['describe']);
      const refused = await tool('features', ['upgrade', '--feature', 'nope=1']);
      expect([refused.exit, refused.stdout + refused.stderr]).toEqual([1, expect.stringContaining('nope')]);
    });

    test('kafka-cluster tells the id, the endpoints, and forgets no node that is here', async () => {
      expect(await output('cluster', ['cluster-id'])).toMatch(/Cluster ID: [\w-]{22}/);
      expect(await output('cluster', ['list-endpoints'])).toMatch(new RegExp(`1\\s+127.0.0.1\\s+${shell.broker.port}`));
      const unknown = await tool('cluster', ['unregister', '--id', '7']);
      expect(unknown.stdout + unknown.stderr).toMatch(/7/);
      expect(await output('topics', ['--list'])).toBeDefined();
    });
  });
}
