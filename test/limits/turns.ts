/**
 * The longest turns of the event loop under the largest requests that are legal, beside small ones: whoever sends such
 * a request must not keep the others waiting.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Offset } from '@skerry/base';
import { frameOf } from '@skerry/testkit';
import {
  BatchBuilder,
  createPartitionsRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  describeConfigsRequest,
  describeTopicPartitionsRequest,
  fetchRequest,
  incrementalAlterConfigsRequest,
  listOffsetsRequest,
  metadataRequest,
  offsetCommitRequest,
  offsetFetchRequest,
  produceRequest,
} from '@skerry/wire';
import { apiVersionsRequest } from '../../bench/frames.ts';
import { ownPort, startBroker } from '../crash/process.ts';
import { Asker } from './sockets.ts';

const topics = 100;
const partitionsOfTopic = 100;
const fetchedTopics = 50;
const each = 20;
const probeMs = 2;
/** Records of one byte that fill a batch of 1 MiB: each takes ten. */
const smallRecordCount = 100_000;
/** Of what happened before. */
const calmMs = 300;

const nameOf = (topic: number): string => `wide-${topic}`;
const some = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));

const smallRecords = (): Uint8Array => {
  const builder = new BatchBuilder();
  for (let i = 0; i < smallRecordCount; i++) builder.append({ timestamp: 1000, value: new Uint8Array(1) });
  return builder.build();
};

const made = (name: string, numPartitions: number) => ({
  name,
  numPartitions,
  replicationFactor: 1,
  assignments: [],
  configs: [],
});

interface Ask {
  readonly frames: (round: number) => Iterable<Uint8Array>;
  readonly rounds?: number;
}

const asks: Readonly<Record<string, Ask>> = {
  'Metadata of 10,000 partitions': {
    frames: () => [frameOf({ message: metadataRequest, version: 12, value: { topics: null } })],
  },
  'DescribeTopicPartitions of 2,000': {
    frames: () => {
      const value = { topics: some(topics, (t) => ({ name: nameOf(t) })), responsePartitionLimit: 2000, cursor: null };
      return [frameOf({ message: describeTopicPartitionsRequest, version: 0, value })];
    },
  },
  'Fetch over 5,000 partitions': {
    frames: () => {
      const partitions = some(partitionsOfTopic, (partition) => ({
        partition,
        fetchOffset: Offset(0),
        partitionMaxBytes: 1024 * 1024,
      }));
      const asked = some(fetchedTopics, (t) => ({ topic: nameOf(t), partitions }));
      const value = { maxWaitMs: 10, minBytes: 1, maxBytes: 50 * 1024 * 1024, topics: asked };
      return [frameOf({ message: fetchRequest, version: 12, value })];
    },
  },
  'ListOffsets of 10,000 partitions': {
    frames: () => {
      const partitions = some(partitionsOfTopic, (partitionIndex) => ({ partitionIndex, timestamp: -1n }));
      const value = { topics: some(topics, (t) => ({ name: nameOf(t), partitions })) };
      return [frameOf({ message: listOffsetsRequest, version: 6, value })];
    },
  },
  'Produce of 1 MiB of 1-byte records': {
    frames: () => {
      const topicData = [{ name: 'stamped', partitionData: [{ index: 0, records: smallRecords() }] }];
      return [frameOf({ message: produceRequest, version: 9, value: { acks: -1, timeoutMs: 30_000, topicData } })];
    },
  },
  'DescribeConfigs of all topics': {
    frames: () => {
      const resources = some(topics, (t) => ({ resourceType: 2, resourceName: nameOf(t), configurationKeys: null }));
      const value = { resources, includeSynonyms: true, includeDocumentation: true };
      return [frameOf({ message: describeConfigsRequest, version: 4, value })];
    },
  },
  'IncrementalAlterConfigs of all topics': {
    frames: (round) => {
      const configs = [{ name: 'retention.ms', configOperation: 0, value: String(1_000_000_000 + round) }];
      const resources = some(topics, (t) => ({ resourceType: 2, resourceName: nameOf(t), configs }));
      return [frameOf({ message: incrementalAlterConfigsRequest, version: 1, value: { resources } })];
    },
  },
  'OffsetCommit of 10,000 partitions': {
    frames: (round) => {
      const partitions = some(partitionsOfTopic, (partitionIndex) => ({
        partitionIndex,
        committedOffset: Offset(round),
        committedLeaderEpoch: -1,
        committedMetadata: '',
      }));
      const value = { groupId: 'g', topics: some(topics, (t) => ({ name: nameOf(t), partitions })) };
      return [frameOf({ message: offsetCommitRequest, version: 8, value })];
    },
  },
  'OffsetFetch of everything': {
    frames: () => {
      const value = { groups: [{ groupId: 'g', topics: null }] };
      return [frameOf({ message: offsetFetchRequest, version: 8, value })];
    },
  },
  'CreateTopics of 1,000, and their end': {
    frames: (round) => {
      const names = some(1000, (t) => `made-${round}-${t}`);
      const value = { topics: names.map((name) => made(name, 1)), timeoutMs: 60_000 };
      return [
        frameOf({ message: createTopicsRequest, version: 7, value }),
        frameOf({
          message: deleteTopicsRequest,
          version: 6,
          value: { topics: names.map((name) => ({ name })), timeoutMs: 60_000 },
        }),
      ];
    },
    rounds: 3,
  },
  'CreatePartitions of 100 topics, 100 more of each': {
    frames: (round) => {
      const value = { topics: some(100, (t) => ({ name: nameOf(t), count: 100 * (round + 2) })), timeoutMs: 60_000 };
      return [frameOf({ message: createPartitionsRequest, version: 3, value: { ...value, validateOnly: false } })];
    },
    rounds: 2,
  },
};

export interface Turns {
  readonly turns: number;
  readonly longestMs: number;
  readonly p999Ms: number;
}

/** What each kind of request came to, by its name. */
export async function longestTurns(only?: string): Promise<ReadonlyMap<string, Turns>> {
  const data = mkdtempSync(join(tmpdir(), 'skerry-turns-'));
  const port = await ownPort();
  const watch = new URL('./turn-watch.ts', import.meta.url).href;
  const env = { NODE_OPTIONS: `--import=${watch}` };
  const broker = await startBroker({ target: 'skerry', port, data, settings: {}, env });
  const found = new Map<string, Turns>();
  const over = new AbortController();
  try {
    const asker = new Asker(port);
    const many = { topics: some(topics, (t) => made(nameOf(t), partitionsOfTopic)), timeoutMs: 60_000 };
    await asker.ask(frameOf({ message: createTopicsRequest, version: 7, value: many }));
    const configs = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
    const stamped = { topics: [{ ...made('stamped', 1), configs }], timeoutMs: 60_000 };
    await asker.ask(frameOf({ message: createTopicsRequest, version: 7, value: stamped }));
    const probe = async (): Promise<void> => {
      const small = new Asker(port);
      for (; !over.signal.aborted; await delay(probeMs)) await small.ask(apiVersionsRequest());
      small.close();
    };
    const probing = probe();
    for (const [name, { frames, rounds = each }] of Object.entries(asks)) {
      if (only !== undefined && !name.includes(only)) continue;
      // Once before it counts: what is measured is the work, not the compiler's.
      for (const frame of frames(0)) await asker.ask(frame);
      await told(broker);
      for (let round = 1; round <= rounds; round++) for (const frame of frames(round)) await asker.ask(frame);
      await delay(calmMs);
      found.set(name, await told(broker));
      process.stderr.write(`${name}: ${JSON.stringify(found.get(name))}\n`);
    }
    over.abort();
    await probing;
    asker.close();
  } finally {
    broker.kill('SIGKILL');
    await broker.ended;
    rmSync(data, { recursive: true, force: true });
  }
  return found;
}

/** Asks the process for its turns since it was last asked. */
async function told(broker: { readonly kill: (signal: NodeJS.Signals) => void; readonly output: () => string }) {
  const count = (): number => broker.output().split('\nturns ').length;
  const before = broker.output().lastIndexOf('turns {');
  const last = before < 0 ? '' : broker.output().slice(before);
  const lines = count();
  broker.kill('SIGUSR2');
  for (let tries = 0; tries < 1000; tries++) {
    await delay(10);
    const output = broker.output();
    const at = output.lastIndexOf('turns {');
    if (at >= 0 && output.endsWith('\n') && (count() !== lines || output.slice(at) !== last)) {
      const told = JSON.parse(output.slice(at + 'turns '.length)) as Turns;
      const round = (ms: number): number => Math.round(ms * 10) / 10;
      return { turns: told.turns, longestMs: round(told.longestMs), p999Ms: round(told.p999Ms) };
    }
  }
  throw new Error(`no answer to SIGUSR2:\n${broker.output()}`);
}
