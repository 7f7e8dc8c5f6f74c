/** What Kafka's command-line tools can do besides: the long way round of each, and those that seldom run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

const soon = { timeout: 20_000 };
const tools = 'org.apache.kafka.tools.';

function suite(program: Program): void {
  let shell: ToolShell;
  const output: ToolShell['output'] = (...asked) => shell.output(...asked);
  const complaint: ToolShell['complaint'] = (...asked) => shell.complaint(...asked);
  const unique = (what: string) => shell.unique(what);
  const linesOf = (text: string) => text.trim().split('\n');

  describe(title, () => {
    beforeAll(async () => {
      shell = await ToolShell.open(program);
    });
    afterAll(async () => shell.close());

    test('admin topics: kafka-topics takes expressions, assignments, ids, and what is not there', async () => {
      const stem = unique('stem');
      for (const end of ['a', 'b']) await output('topics', ['--create', '--topic', `${stem}-${end}`]);
      await output('topics', ['--create', '--topic', `${stem}-c`, '--replica-assignment', '1,1,1']);
      const named = () => output('topics', ['--list', '--topic', `${stem}-.*`, '--exclude-internal']);
      await expect
        .poll(async () => linesOf(await named()), soon)
        .toEqual(['a', 'b', 'c'].map((end) => `${stem}-${end}`));
      const described = await output('topics', ['--describe', '--topic', `${stem}-c`]);
      expect(described).toMatch(/PartitionCount: 3\s+ReplicationFactor: 1/);
      const id = /TopicId: (\S+)/.exec(described)?.[1] ?? '';
      expect(await output('topics', ['--describe', '--topic-id', id])).toContain(`Topic: ${stem}-c`);
      await output('topics', ['--delete', '--if-exists', '--topic', `${stem}-none`]);
      await output('topics', ['--alter', '--if-exists', '--topic', `${stem}-none`, '--partitions', '2']);
      expect(await complaint('topics', ['--alter', '--topic', `${stem}-none`, '--partitions', '2'])).toContain('none');
      expect(await complaint('topics', ['--create', '--topic', 'no such/name'])).toMatch(
        /InvalidTopicException|invalid/,
      );
      const far = ['--create', '--topic', `${stem}-d`, '--replication-factor', '3'];
      expect(await complaint('topics', far)).toMatch(/replication factor/i);
      await output('topics', ['--delete', '--topic', `${stem}-.*`]);
      await expect.poll(async () => (await named()).trim(), soon).toBe('');
    });

    test('admin topics: kafka-topics describes what is under-replicated, overridden or gone', async () => {
      const topic = unique('healthy');
      await output('topics', ['--create', '--topic', topic, '--config', 'cleanup.policy=compact', '--partitions', '3']);
      const of = ['--describe', '--topic', topic];
      await expect
        .poll(() => output('topics', [...of, '--topics-with-overrides']), soon)
        .toContain('cleanup.policy=compact');
      for (const bad of ['--under-replicated-partitions', '--unavailable-partitions', '--under-min-isr-partitions'])
        expect((await output('topics', [...of, bad])).trim()).toBe('');
      expect(linesOf(await output('topics', [...of, '--at-min-isr-partitions']))).toHaveLength(3);
    });

    test('admin configs: kafka-configs takes lists, files, and several at once', async () => {
      const topic = await shell.filled(['one']);
      const of = ['--entity-type', 'topics', '--entity-name', topic];
      const told = () => output('configs', [...of, '--describe']);
      await output('configs', [...of, '--alter', '--add-config', 'cleanup.policy=[compact,delete],segment.ms=600000']);
      await expect.poll(told, soon).toMatch(/cleanup\.policy=compact,delete/);
      const file = join(shell.scratch, `${topic}.properties`);
      writeFileSync(file, 'retention.ms=123456\nmax.message.bytes=2000\n');
      await output('configs', [...of, '--alter', '--add-config-file', file, '--delete-config', 'segment.ms']);
      await expect.poll(told, soon).toMatch(/retention\.ms=123456/);
      expect(await told()).not.toContain('segment.ms');
      const all = await output('configs', [...of, '--describe', '--all']);
      expect(all).toMatch(/segment\.ms=604800000 sensitive=false/);
      const nobody = ['--entity-type', 'topics', '--entity-name', `${topic}-none`];
      await output('configs', [...nobody, '--describe']).catch(() => {});
      expect(await complaint('configs', [...nobody, '--alter', '--add-config', 'retention.ms=1'])).toMatch(/Unknown/);
      const brokers = await output('configs', ['--entity-type', 'brokers', '--describe', '--all']);
      expect(brokers).toMatch(/log\.retention\.hours=168 sensitive=false/);
      expect(await output('configs', ['--entity-type', 'topics', '--describe'])).toContain(topic);
    });

    test('timestamps: kafka-get-offsets with every time, and patterns of partitions', async () => {
      const topic = unique('timed');
      await output('topics', ['--create', '--topic', topic, '--partitions', '3']);
      const start = Date.now() - 3_600_000;
      const much = ['--max-messages', '30', '--message-create-time', String(start), '--repeating-keys', '30'];
      await shell.alone('verifiable-producer', ['--topic', topic, ...much]);
      const ask = async (...how: string[]) => linesOf(await output('get-offsets', how));
      const ends = await ask('--topic', topic);
      expect(ends.join(' ')).toMatch(new RegExp(`^${topic}:0:\\d+ ${topic}:1:\\d+ ${topic}:2:\\d+$`));
      expect(ends.reduce((sum, line) => sum + Number(line.split(':')[2]), 0)).toBe(30);
      const zero = [0, 1, 2].map((at) => `${topic}:${at}:0`);
      for (const time of ['earliest', '-2', 'earliest-local', '-4', String(start - 1000)])
        expect(await ask('--topic', topic, '--time', time), time).toEqual(zero);
      for (const time of ['latest', '-1']) expect(await ask('--topic', topic, '--time', time), time).toEqual(ends);
      const last = ends.map((line) => line.replace(/\d+$/, (end) => String(Number(end) - 1)));
      for (const time of ['max-timestamp', '-3'])
        expect(await ask('--topic', topic, '--time', time), time).toEqual(last);
      expect(await ask('--topic', topic, '--partitions', '0,2')).toEqual([ends[0], ends[2]]);
      expect(await ask('--topic-partitions', `${topic}:1-`)).toEqual(ends.slice(1));
      expect(await ask('--topic-partitions', `${topic}:0-2`, '--exclude-internal-topics')).toEqual(ends.slice(0, 2));
      expect(await complaint('get-offsets', ['--topic', `${topic}-none`])).toContain('Could not match');
    });

    test('idempotence: kafka-verifiable-producer and kafka-verifiable-consumer account for each record', async () => {
      const topic = unique('verified');
      const group = unique('group');
      await output('topics', ['--create', '--topic', topic, '--partitions', '2']);
      const sent = await shell.alone('verifiable-producer', [
        '--topic',
        topic,
        '--max-messages',
        '2000',
        '--acks',
        '-1',
      ]);
      expect(linesOf(sent).at(-1)).toMatch(/"name":"tool_data".*"acked":2000/);
      expect(sent.match(/producer_send_success/g)).toHaveLength(2000);
      const much = ['--group-id', group, '--max-messages', '2000', '--enable-autocommit'];
      const read = linesOf(await shell.alone('verifiable-consumer', ['--topic', topic, ...much]));
      const counts = read
        .map((line) => JSON.parse(line) as { name: string; count?: number })
        .filter(({ name }) => name === 'records_consumed');
      expect(counts.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(2000);
    });

    test('produce: kafka-e2e-latency measures the way of each record', async () => {
      const topic = unique('latency');
      await output('topics', ['--create', '--topic', topic]);
      const measured = await output('end-to-end-latency', [topic, '200', 'all', '100']);
      expect(measured).toMatch(/Avg latency: [\d.]+ ms/);
    });

    test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('compression: the perf tests with %s', async (codec) => {
      const topic = unique('perf');
      await output('topics', ['--create', '--topic', topic, '--partitions', '3']);
      const size = ['--num-records', '5000', '--record-size', '200', '--throughput', '-1'];
      const how = ['--command-property', `compression.type=${codec}`, '--command-property', 'linger.ms=5'];
      expect(await output('producer-perf-test', ['--topic', topic, ...size, ...how])).toMatch(/5000 records sent/);
      const all = ['--topic', topic, '--num-records', '5000', '--timeout', '30000'];
      expect(await output('consumer-perf-test', all)).toMatch(/, 5000, /);
    });

    test('headers: the console producer writes, and the console consumer prints, all there is', async () => {
      const topic = unique('whole');
      await output('topics', ['--create', '--topic', topic]);
      const property = (name: string, all: readonly string[]) => all.flatMap((one) => [name, one]);
      const read = ['parse.key=true', 'parse.headers=true', 'key.separator=|', 'null.marker=NULL'];
      await output(
        'console-producer',
        ['--topic', topic, '--sync', ...property('--reader-property', read)],
        'a:1,b:2\tk|v\nc:3\tNULL|NULL\n',
      );
      const print = ['key', 'headers', 'partition', 'offset', 'timestamp'].map((what) => `print.${what}=true`);
      const printed = await shell.consume(topic, 2, ...property('--formatter-property', [...print, 'null.literal=~']));
      expect(linesOf(printed).map((line) => line.replace(/^CreateTime:\d+\t/, ''))).toEqual([
        'Partition:0\tOffset:0\ta:1,b:2\tk\tv',
        'Partition:0\tOffset:1\tc:3\t~\t~',
      ]);
    });

    test('admin groups: the topic of offsets is read with the formatters of the console consumer', async () => {
      const topic = await shell.filled(['one', 'two']);
      const group = unique('recorded');
      await shell.consume(topic, 2, '--group', group);
      const all = ['--topic', '__consumer_offsets', '--from-beginning', '--timeout-ms', '2000'];
      const read = (kind: string) =>
        shell.tool('console-consumer', [...all, '--formatter', `${tools}consumer.${kind}MessageFormatter`]);
      const offsets = (await read('Offsets')).stdout;
      expect(offsets).toMatch(new RegExp(`"group":"${group}","topic":"${topic}","partition":0.*"offset":2`));
      expect((await read('GroupMetadata')).stdout).toContain(`"group":"${group}"`);
    });

    test('admin other: kafka-transactions tells the producers of a partition', async () => {
      const topic = await shell.filled(['one', 'two']);
      const of = ['describe-producers', '--topic', topic, '--partition', '0'];
      expect(await output(`${tools}TransactionsCommand`, of)).toMatch(/^\d+\s+0\s+-1\s+1\s+\d+/m);
    });

    test('admin other: kafka-acls and kafka-delegation-tokens are told that there is no security', async () => {
      expect(await complaint(`${tools}AclCommand`, ['--list'])).toMatch(/SecurityDisabledException|No Authorizer/);
      const properties = join(shell.scratch, 'client.properties');
      writeFileSync(properties, '\n');
      const tokens = ['--describe', '--command-config', properties];
      expect(await complaint(`${tools}DelegationTokenCommand`, tokens)).toMatch(/DelegationToken/);
    });

    test('admin other: kafka-log-dirs of one broker, and of one that is not there', async () => {
      expect(await output('log-dirs', ['--describe', '--broker-list', '1'])).toMatch(/"broker":1/);
      expect(await complaint('log-dirs', ['--describe', '--broker-list', '7'])).toMatch(/7/);
    });

    test('admin other: kafka-metadata-quorum in full', async () => {
      const status = await output('metadata-quorum', ['describe', '--status']);
      expect(status).toMatch(/ClusterId:\s+[\w-]{22}/);
      expect(status).toMatch(/CurrentVoters:\s+\[.*1/);
      const human = await output('metadata-quorum', ['describe', '--replication', '--human-readable']);
      expect(human).toMatch(/ago/);
    });

    test('admin other: kafka-reassign-partitions makes a plan, and takes one back', async () => {
      const topic = await shell.filled(['one'], 2);
      const topics = join(shell.scratch, `${topic}-topics.json`);
      writeFileSync(topics, JSON.stringify({ topics: [{ topic }], version: 1 }));
      const plan = ['--topics-to-move-json-file', topics, '--broker-list', '1', '--generate'];
      const proposed = linesOf(await output('reassign-partitions', plan)).at(-1) ?? '';
      expect(JSON.parse(proposed)).toMatchObject({ partitions: [{ replicas: [1] }, { replicas: [1] }] });
      const file = join(shell.scratch, `${topic}-plan.json`);
      writeFileSync(file, proposed);
      await output('reassign-partitions', ['--reassignment-json-file', file, '--execute', '--throttle', '1000000']);
      expect(await output('reassign-partitions', ['--reassignment-json-file', file, '--verify'])).toMatch(/complete/);
      await output('reassign-partitions', ['--reassignment-json-file', file, '--cancel']);
    });

    test('restart: a topic, its settings, a group and a quota are as they were', async () => {
      const topic = await shell.filled(['one', 'two', 'three'], 1);
      const [group, user] = [unique('kept'), unique('user')];
      await shell.consume(topic, 2, '--group', group);
      const of = ['--entity-type', 'users', '--entity-name', user];
      await output('configs', [...of, '--alter', '--add-config', 'producer_byte_rate=1000']);
      await output('configs', [
        '--entity-type',
        'topics',
        '--entity-name',
        topic,
        '--alter',
        '--add-config',
        'segment.ms=5000000',
      ]);
      await shell.broker.restart();
      expect(await shell.consume(topic, 1, '--group', group)).toBe('three\n');
      expect(await output('topics', ['--describe', '--topic', topic])).toContain('segment.ms=5000000');
      expect(await output('configs', [...of, '--describe'])).toContain('producer_byte_rate=1000');
    });
  });
}
