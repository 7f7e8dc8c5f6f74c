import { Admin, type Client, KafkaError, offsetOf, type TopicInfo } from '@skerry/client';
import { type Parsed, pair } from '../args.ts';
import { exitCodes } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { plural, textTable } from '../text-table.ts';
import { withClient } from './broker-client.ts';

export async function createTopic(parsed: Parsed, terminal: Terminal): Promise<number> {
  const partitions = parsed.number('partitions', 1);
  const replicationFactor = parsed.number('replicas', 1);
  const configs = Object.fromEntries(parsed.all('config').map((given) => pair(given, '--config')));
  await withClient(parsed, async (client) => {
    for (const name of parsed.positionals) {
      const topic = {
        name,
        configs,
        ...(partitions === undefined ? {} : { partitions }),
        ...(replicationFactor === undefined ? {} : { replicationFactor }),
      };
      const made = await unless('TOPIC_ALREADY_EXISTS', parsed.isSet('if-missing'), () =>
        new Admin(client).createTopic(topic),
      );
      terminal.note(made ? `created ${name}` : `${name} is there already`);
    }
  });
  return exitCodes.ok;
}

export async function deleteTopics(parsed: Parsed, terminal: Terminal): Promise<number> {
  await withClient(parsed, async (client) => {
    for (const name of parsed.positionals) {
      const gone = await unless('UNKNOWN_TOPIC_OR_PARTITION', parsed.isSet('if-there'), () =>
        new Admin(client).deleteTopic(name),
      );
      terminal.note(gone ? `deleted ${name}` : `${name} is not there`);
    }
  });
  return exitCodes.ok;
}

/** Whether `run` did it; false where it failed with `code`, and that is no failure. */
async function unless(code: KafkaError['code'], forgiven: boolean, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (!forgiven || !(error instanceof KafkaError) || error.code !== code) throw error;
    return false;
  }
}

export async function listTopics(parsed: Parsed, terminal: Terminal): Promise<number> {
  const topics = await withClient(parsed, (client) => new Admin(client).listTopics());
  const listed = topics.filter(({ isInternal }) => parsed.isSet('internal') || !isInternal).map(summary);
  if (parsed.isSet('json')) await terminal.out(`${JSON.stringify(listed)}\n`);
  else {
    const rows = listed.map(({ name, partitions, replicas }) => [name, partitions, replicas]);
    await terminal.out(`${textTable(['TOPIC', 'PARTITIONS', 'REPLICAS'], rows).join('\n')}\n`);
  }
  return exitCodes.ok;
}

function summary({ name, topicId, isInternal, partitions }: TopicInfo) {
  return {
    name,
    topicId,
    partitions: partitions.length,
    replicas: partitions[0]?.replicas.length ?? 0,
    internal: isInternal,
  };
}

export async function describeTopics(parsed: Parsed, terminal: Terminal): Promise<number> {
  const described = await withClient(parsed, async (client) => {
    const all = [];
    for (const name of parsed.positionals) all.push(await describe(client, name));
    return all;
  });
  if (parsed.isSet('json')) await terminal.out(`${JSON.stringify(described)}\n`);
  else await terminal.out(`${described.map((topic) => text(topic, terminal)).join('\n\n')}\n`);
  return exitCodes.ok;
}

type Described = Awaited<ReturnType<typeof describe>>;

async function describe(client: Client, name: string) {
  const admin = new Admin(client);
  const info = await admin.describeTopic(name);
  const partitions = await Promise.all(
    info.partitions.map(async (partition) => {
      // Without a leader nobody knows where it begins and ends.
      if (partition.leader < 0) return { ...partition, start: null, end: null };
      const [start, end] = await Promise.all([
        offsetOf(client, name, partition.partition, 'earliest'),
        offsetOf(client, name, partition.partition, 'latest'),
      ]);
      return { ...partition, start, end };
    }),
  );
  const all = await admin.topicConfigs(name);
  const configs = all?.filter(({ own }) => own);
  return {
    ...summary(info),
    partitions,
    // Of a Skerry: what its disk budget has taken.
    removed: all?.find((config) => config.name === 'skerry.disk.removed')?.value ?? null,
    configs: configs === undefined ? null : Object.fromEntries(configs.map((config) => [config.name, config.value])),
  };
}

function text({ name, topicId, partitions, replicas, removed, configs }: Described, terminal: Terminal): string {
  const counts = `${plural(partitions.length, 'partition')}, ${plural(replicas, 'replica')}`;
  const head = `${terminal.styled('bold', name)}   ${counts}   id ${topicId}`;
  const rows = partitions.map(({ partition, leader, replicas: all, isr, start, end }) => [
    partition,
    leader,
    all.join(','),
    isr.join(','),
    start ?? '?',
    end ?? '?',
    start === null || end === null ? '?' : end - start,
  ]);
  const table = textTable(['PART', 'LEADER', 'REPLICAS', 'IN SYNC', 'START', 'END', 'OFFSETS'], rows);
  const settings = Object.entries(configs ?? {}).map(([key, value]) => `  ${key}=${value ?? ''}`);
  const gap = removed === null ? [] : [terminal.styled('yellow', `Removed for want of room: ${removed}`)];
  return [head, ...table, ...gap, ...(settings.length > 0 ? ['Own settings:', ...settings] : [])].join('\n');
}
