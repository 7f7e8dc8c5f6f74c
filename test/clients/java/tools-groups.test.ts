/** kafka-consumer-groups, kafka-groups, kafka-client-metrics, and quotas by kafka-configs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Broker } from '../broker.ts';
import { refuse } from '../foreign.ts';
import { kafkaToolsClient } from '../toolchains/java.ts';
import type { Program } from '../toolchains/run.ts';
import { ToolShell } from './tool-shell.ts';

// oxlint-disable vitest/valid-title -- the title names the release under test.
const title = kafkaToolsClient.name;
const toolchain = await kafkaToolsClient.install();
if ('missing' in toolchain) refuse(title, toolchain.missing);
else suite(toolchain);

const soon = { timeout: 10_000 };

const clientOf = ({ bootstrap }: Broker) =>
  new Kafka({ brokers: [bootstrap], clientId: 'at-work', logLevel: logLevel.NOTHING });

function suite(program: Program): void {
  let shell: ToolShell;
  const output: ToolShell['output'] = (...asked) => shell.output(...asked);
  const complaint: ToolShell['complaint'] = (...asked) => shell.complaint(...asked);
  const refusal: ToolShell['refusal'] = (...asked) => shell.refusal(...asked);
  const unique = (what: string) => shell.unique(what);
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`);

  /** A topic of ten records, a millisecond apart, the first of an hour ago; and a group that has read six of them. */
  async function readTopic() {
    const topic = unique('read');
    const group = unique('group');
    const start = Date.now() - 3_600_000;
    await output('topics', ['--create', '--topic', topic]);
    const producer = clientOf(shell.broker).producer();
    await producer.connect();
    const messages = numbered(10).map((value, at) => ({ value, timestamp: String(start + at) }));
    await producer.send({ topic, messages });
    await producer.disconnect();
    await shell.consume(topic, 6, '--group', group);
    return { topic, group, start };
  }

  /** Where a group stands in partition 0 of a topic, as --describe says. */
  async function committed(group: string, topic: string): Promise<number> {
    const described = await output('consumer-groups', ['--describe', '--group', group, '--offsets']);
    const line = described.split('\n').find((one) => one.startsWith(group) && one.includes(topic)) ?? '';
    return Number(line.split(/\s+/)[3]);
  }

  /** Runs with a member of a group at work. */
  async function withMember(group: string, topic: string, work: () => Promise<void>): Promise<void> {
    const consumer = clientOf(shell.broker).consumer({ groupId: group, heartbeatInterval: 100 });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const joined = new Promise<void>((done) => consumer.on('consumer.group_join', () => done()));
      await consumer.run({ eachMessage: async () => {} });
      await joined;
      await work();
    } finally {
      await consumer.disconnect();
    }
  }

  describe(title, () => {
    beforeAll(async () => {
      shell = await ToolShell.open(program);
    });
    afterAll(async () => shell.close());

    test('admin groups: kafka-consumer-groups resets offsets in every way', async () => {
      const { topic, group, start } = await readTopic();
      const local = (at: number) => new Date(at).toISOString().replace('Z', '');
      const reset = async (...how: string[]) => {
        const scope = ['--reset-offsets', '--group', group, '--topic', topic];
        await output('consumer-groups', [...scope, '--to-offset', '6', '--execute']);
        await output('consumer-groups', [...scope, ...how, '--execute']);
        return await committed(group, topic);
      };
      expect(await committed(group, topic)).toBe(6);
      expect(await reset('--to-earliest')).toBe(0);
      expect(await reset('--to-latest')).toBe(10);
      expect(await reset('--to-current')).toBe(6);
      expect(await reset('--to-offset', '3')).toBe(3);
      expect(await reset('--shift-by', '-2')).toBe(4);
      expect(await reset('--shift-by', '2')).toBe(8);
      expect(await reset('--shift-by', '50')).toBe(10);
      expect(await reset('--by-duration', 'PT2H')).toBe(0);
      expect(await reset('--by-duration', 'PT30M')).toBe(10);
      expect(await reset('--to-datetime', `${local(start - 60_000)}Z`)).toBe(0);
      expect(await reset('--to-datetime', `${local(start + 60_000)}Z`)).toBe(10);
    });

    test('admin groups: kafka-consumer-groups plans a reset, exports it, and does it from a file', async () => {
      const { topic, group } = await readTopic();
      const scope = ['--reset-offsets', '--group', group];
      const planned = await output('consumer-groups', [...scope, '--all-topics', '--to-offset', '2', '--dry-run']);
      expect(planned).toMatch(new RegExp(`${group}\\s+${topic}\\s+0\\s+2`));
      expect(await committed(group, topic)).toBe(6);
      const exported = await output('consumer-groups', [
        ...scope,
        '--topic',
        `${topic}:0`,
        '--to-offset',
        '2',
        '--export',
      ]);
      expect(exported.trim()).toBe(`${topic},0,2`);
      const file = join(shell.scratch, `${topic}.csv`);
      writeFileSync(file, exported);
      await output('consumer-groups', [...scope, '--from-file', file, '--execute']);
      expect(await committed(group, topic)).toBe(2);
    });

    test('admin groups: kafka-consumer-groups shows members at work, and leaves their offsets alone', async () => {
      const topic = await shell.filled(['one'], 2);
      const group = unique('busy');
      await withMember(group, topic, async () => {
        const of = ['--describe', '--group', group];
        const members = await output('consumer-groups', [...of, '--members', '--verbose']);
        expect(members).toMatch(new RegExp(`^${group}\\s+at-work-\\S+\\s+/127\\.0\\.0\\.1\\s+at-work\\s+2\\s`, 'm'));
        expect(members).toMatch(new RegExp(`${topic}[(:]0,1`));
        const state = await output('consumer-groups', [...of, '--state', '--timeout', '5000']);
        expect(state).toMatch(new RegExp(`127\\.0\\.0\\.1:${shell.broker.port}.*RoundRobinAssigner\\s+Stable\\s+1`));
        expect(await output('consumer-groups', ['--list', '--state', 'stable'])).toContain(group);
        const offsets = await output('consumer-groups', [...of, '--offsets', '--verbose']);
        expect(offsets).toMatch(new RegExp(`${topic}\\s+0 .*at-work-`));
        const back = ['--reset-offsets', '--group', group, '--all-topics', '--to-earliest', '--execute'];
        expect(await refusal('consumer-groups', back)).toMatch(/inactive/);
        expect(await refusal('consumer-groups', ['--delete', '--group', group])).toContain('GroupNotEmptyException');
        const kept = ['--delete-offsets', '--group', group, '--topic', topic];
        expect(await refusal('consumer-groups', kept)).toContain('GroupSubscribedToTopicException');
      });
    });

    test('admin groups: kafka-consumer-groups describes and deletes several, or all', async () => {
      const one = await readTopic();
      const two = await readTopic();
      const all = await output('consumer-groups', ['--describe', '--all-groups']);
      expect([all.includes(one.topic), all.includes(two.topic)]).toEqual([true, true]);
      await output('consumer-groups', ['--delete', '--group', one.group, '--group', two.group]);
      await output('consumer-groups', ['--delete', '--all-groups']);
      expect((await output('consumer-groups', ['--list'])).trim()).toBe('');
      expect(await refusal('consumer-groups', ['--describe', '--group', one.group])).toContain(
        'GroupIdNotFoundException',
      );
    });

    test('admin groups: kafka-groups lists them by type and protocol', async () => {
      const { topic } = await readTopic();
      const group = unique('typed');
      await withMember(group, topic, async () => {
        const line = new RegExp(`^${group}\\s+Classic\\s+consumer`, 'm');
        expect(await output('org.apache.kafka.tools.GroupsCommand', ['--list'])).toMatch(line);
        for (const which of [['--consumer'], ['--group-type', 'classic'], ['--protocol', 'consumer']])
          expect(await output('org.apache.kafka.tools.GroupsCommand', ['--list', ...which])).toMatch(line);
        const share = await output('org.apache.kafka.tools.GroupsCommand', ['--list', '--share']);
        expect(share).not.toContain(group);
      });
    });

    test.each([
      ['users', ['--entity-type', 'users', '--entity-name', 'USER'], 'producer_byte_rate', '4096.0'],
      ['clients', ['--entity-type', 'clients', '--entity-name', 'ID'], 'consumer_byte_rate', '8192.0'],
      ['all users', ['--entity-type', 'users', '--entity-default'], 'controller_mutation_rate', '100.0'],
      ['all clients', ['--entity-type', 'clients', '--entity-default'], 'request_percentage', '400.0'],
      ['an address', ['--entity-type', 'ips', '--entity-name', '127.0.0.2'], 'connection_creation_rate', '50.0'],
    ])('admin quotas: kafka-configs of %s', async (_, entity, name, value) => {
      const of = entity.map((one) => (/^(USER|ID)$/.test(one) ? unique(one.toLowerCase()) : one));
      const told = () => output('configs', [...of, '--describe']);
      await output('configs', [...of, '--alter', '--add-config', `${name}=${Number(value)}`]);
      await expect.poll(told, soon).toContain(`${name}=${value}`);
      await output('configs', [...of, '--alter', '--delete-config', name]);
      await expect.poll(told, soon).not.toContain(name);
    });

    test('admin configs: kafka-client-metrics makes, tells and deletes a subscription', async () => {
      const tool = 'org.apache.kafka.tools.ClientMetricsCommand';
      const name = unique('metrics');
      const what = ['--metrics', 'org.apache.kafka.producer.', '--interval', '30000', '--match', 'client_id=pump.*'];
      await output(tool, ['--alter', '--name', name, ...what]);
      await expect.poll(() => output(tool, ['--list']), soon).toContain(name);
      const told = () => output(tool, ['--describe', '--name', name]);
      await expect.poll(told, soon).toMatch(/interval\.ms=30000/);
      expect(await told()).toMatch(/match=client_id=pump\.\*/);
      expect(await told()).toMatch(/metrics=org\.apache\.kafka\.producer\./);
      expect(await complaint(tool, ['--alter', '--name', name, '--match', 'nonsense=1'])).toContain('nonsense');
      await output(tool, ['--delete', '--name', name]);
      await expect.poll(() => output(tool, ['--list']), soon).not.toContain(name);
    });

    test('consume: kafka-console-consumer starts at an offset of a partition, in a group or without', async () => {
      const topic = await shell.filled(numbered(10));
      const from = ['--topic', topic, '--timeout-ms', '20000'];
      const part = ['--partition', '0', '--offset', '7', '--max-messages', '3'];
      const three = 'line 7\nline 8\nline 9\n';
      expect(await output('console-consumer', [...from, ...part])).toBe(three);
      const group = ['--group', unique('half'), '--from-beginning'];
      expect(await output('console-consumer', [...from, ...group, '--max-messages', '7'])).toContain('line 6');
      expect(await output('console-consumer', [...from, ...group, '--max-messages', '3'])).toBe(three);
      const several = ['--include', `${topic}|nothing`, '--from-beginning', '--max-messages', '10'];
      const read = [...several, '--timeout-ms', '20000', '--isolation-level', 'read_committed'];
      expect(await output('console-consumer', read)).toBe(`${numbered(10).join('\n')}\n`);
    });
  });
}
