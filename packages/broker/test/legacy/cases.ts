/**
 * Requests of old versions, one after the other, as plain bytes. What Kafka 3.9.1 answers is in kafka-answers.jsonl, as
 * scripts/protocol/legacy-answers.ts has asked it; routes.test.ts holds Skerry to it.
 */
import { Offset } from '@skerry/base';
import type { Message } from '@skerry/wire';
import {
  createTopicsRequest,
  createTopicsResponse,
  findCoordinatorRequest,
  findCoordinatorResponse,
} from '@skerry/wire';
import {
  legacyCreateTopicsRequest,
  legacyCreateTopicsResponse,
  legacyDeleteTopicsRequest,
  legacyDeleteTopicsResponse,
  legacyDescribeConfigsRequest,
  legacyDescribeConfigsResponse,
  legacyFetchRequest,
  legacyFetchResponse,
  legacyListOffsetsRequest,
  legacyListOffsetsResponse,
  legacyOffsetCommitRequest,
  legacyOffsetCommitResponse,
  legacyOffsetForLeaderEpochRequest,
  legacyOffsetForLeaderEpochResponse,
  legacyProduceRequest,
  legacyProduceResponse,
} from '@skerry/wire/legacy';
import { batchOf } from '../calls.ts';
import { type OldMessage, oldMessage, oldSet, type ReadMessage, readOldSet, wrapper } from './old-messages.ts';

export interface Step {
  readonly name: string;
  readonly request: Message<unknown, never>;
  readonly response: Message<unknown, never>;
  readonly version: number;
  readonly value: unknown;
}

function step<I>(
  name: string,
  request: Message<unknown, I>,
  response: Message<unknown, never>,
  version: number,
  value: I,
): Step {
  return { name, request, response, version, value };
}

const topics: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  old: {},
  appended: { 'message.timestamp.type': 'LogAppendTime' },
  zipped: { 'compression.type': 'gzip' },
  compacted: { 'cleanup.policy': 'compact' },
  small: { 'max.message.bytes': '300' },
  new: {},
};

const create = step('create topics', createTopicsRequest, createTopicsResponse, 4, {
  timeoutMs: 10_000,
  topics: Object.entries(topics).map(([name, configs]) => ({
    name,
    numPartitions: 1,
    replicationFactor: 1,
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  })),
});

function produce(name: string, version: number, records: Uint8Array, { topic = 'old', acks = -1 } = {}): Step {
  const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }];
  return step(`produce v${version}: ${name}`, legacyProduceRequest, legacyProduceResponse, version, {
    acks,
    timeoutMs: 5000,
    topicData,
  });
}

function fetch(
  name: string,
  version: number,
  offset: number,
  { topic = 'old', partitionMaxBytes = 100_000 } = {},
): Step {
  const partitions = [{ partition: 0, fetchOffset: Offset(offset), partitionMaxBytes }];
  return step(`fetch v${version}: ${name}`, legacyFetchRequest, legacyFetchResponse, version, {
    replicaId: -1,
    maxWaitMs: 100,
    minBytes: 1,
    topics: [{ topic, partitions }],
  });
}

function listOffsets(name: string, timestamp: bigint, maxNumOffsets: number, topic = 'old'): Step {
  const partitions = [{ partitionIndex: 0, timestamp, maxNumOffsets }];
  return step(`list offsets v0: ${name}`, legacyListOffsetsRequest, legacyListOffsetsResponse, 0, {
    replicaId: -1,
    topics: [{ name: topic, partitions }],
  });
}

const pair = (magic: number): OldMessage[] => [
  { magic, offset: 0, timestamp: 5000, key: 'k0', value: 'v0' },
  { magic, offset: 1, timestamp: 4000, key: null, value: 'v1' },
  { magic, offset: 2, timestamp: 6000, key: 'k2', value: null },
];

const truncated = oldSet(...pair(1)).subarray(0, 100);

/** Sets that are stored, in the order of their offsets, three messages each. */
const stored: readonly Step[] = [
  produce('format 0', 0, oldSet(...pair(0))),
  produce('format 1', 2, oldSet(...pair(1))),
  produce('format 0, in a version that knows 1', 1, oldSet(...pair(0))),
  produce('format 1, in a version that knows 0 alone', 0, oldSet(...pair(1))),
  produce('gzip, format 0', 0, wrapper('gzip', oldSet(...pair(0)), { magic: 0 })),
  produce('gzip, format 1', 2, wrapper('gzip', oldSet(...pair(1)))),
  produce('snappy, one block', 2, wrapper('snappy', oldSet(...pair(1)))),
  produce('snappy in the framing of Java', 0, wrapper('xerial', oldSet(...pair(0)), { magic: 0 })),
  produce('lz4 of format 0, with the wrong header checksum', 1, wrapper('brokenLz4', oldSet(...pair(0)), { magic: 0 })),
  produce('lz4 of format 0, with the right one', 1, wrapper('lz4', oldSet(...pair(0)), { magic: 0 })),
  produce('lz4, format 1', 2, wrapper('lz4', oldSet(...pair(1)))),
  produce(
    'inner offsets that mean nothing',
    2,
    wrapper('gzip', oldSet(...pair(1).map((one) => ({ ...one, offset: 77 })))),
  ),
  produce('a set that is cut at its end', 2, oldSet(...pair(1), truncated.subarray(0, 20))),
  produce(
    'append time, which the topic does not have',
    2,
    oldSet(...pair(1).map((one) => ({ ...one, attributes: 8 }))),
  ),
  produce('a wrapper of append time', 2, wrapper('gzip', oldSet(...pair(1)), { attributes: 8, timestamp: 9000 })),
  produce('acks=1', 2, oldSet(...pair(1)), { acks: 1 }),
];

/** Sets that are not. */
const refused: readonly Step[] = [
  produce('no bytes', 2, new Uint8Array(0)),
  produce('half a message', 2, truncated.subarray(0, 20)),
  produce('a wrong CRC', 2, oldSet({ value: 'x', crc: 1 })),
  produce('a wrong CRC in the second message', 2, oldSet({ value: 'x' }, { value: 'y', crc: 1 })),
  produce('a wrong CRC of a wrapper', 2, wrapper('gzip', oldSet(...pair(1)), { crc: 1 })),
  produce('a wrong CRC within a wrapper', 2, wrapper('gzip', oldSet({ value: 'x', crc: 1 }))),
  produce('magic 3', 2, oldSet({ magic: 3, value: 'x' })),
  produce(
    'a message of 5 bytes',
    2,
    oldSet({ value: 'x' }).map((byte, at) => (at === 11 ? 5 : byte)),
  ),
  produce('both formats', 2, oldSet({ magic: 1, value: 'x' }, { magic: 0, value: 'y' })),
  produce('two wrappers', 2, oldSet(wrapper('gzip', oldSet(...pair(1))), wrapper('gzip', oldSet(...pair(1))))),
  produce('a wrapper before a message', 2, oldSet(wrapper('gzip', oldSet(...pair(1))), { value: 'x' })),
  produce('a message before a wrapper', 2, oldSet({ value: 'x' }, wrapper('gzip', oldSet(...pair(1))))),
  produce('a wrapper in a wrapper', 2, wrapper('gzip', wrapper('gzip', oldSet(...pair(1))))),
  produce('the other format in a wrapper', 2, wrapper('gzip', oldSet(...pair(0)))),
  produce('an empty wrapper', 2, wrapper('gzip', new Uint8Array(0))),
  produce('a wrapper without a value', 2, oldMessage({ attributes: 1, value: null })),
  produce('bytes that are not gzip', 2, oldMessage({ attributes: 1, value: 'not gzip' })),
  produce('zstd', 2, oldMessage({ attributes: 4, value: 'x' })),
  produce('compression 7', 2, oldMessage({ attributes: 7, value: 'x' })),
  produce('a negative time', 2, oldSet({ timestamp: -5, value: 'x' })),
  produce('no key, in a compacted topic', 2, oldSet({ value: 'x' }), { topic: 'compacted' }),
  produce('more bytes than a message may have', 2, oldSet({ value: 'x'.repeat(400) }), { topic: 'small' }),
  produce(
    'messages that are too large together',
    2,
    oldSet(...Array.from({ length: 9 }, () => ({ value: 'x'.repeat(50) }))),
    {
      topic: 'small',
    },
  ),
  produce('a topic that is not there', 2, oldSet(...pair(1)), { topic: 'not/there' }),
  produce('acks=2', 2, oldSet(...pair(1)), { acks: 2 }),
  produce('a record batch', 2, batchOf(['x']), { topic: 'new' }),
];

const shaped: readonly Step[] = [
  produce('append time', 2, oldSet(...pair(1)), { topic: 'appended' }),
  produce('append time, format 0', 0, oldSet(...pair(0)), { topic: 'appended' }),
  produce('another codec', 2, oldSet(...pair(1)), { topic: 'zipped' }),
];

const fetched: readonly Step[] = [0, 1, 2, 3].flatMap((version) => [
  fetch('all', version, 0),
  fetch('from the middle', version, 7),
  fetch('the end', version, 42),
  fetch('beyond the end', version, 4200),
  fetch('append time', version, 0, { topic: 'appended' }),
  fetch('gzip', version, 0, { topic: 'zipped' }),
  fetch('a record batch', version, 0, { topic: 'new' }),
  fetch('a topic that is not there', version, 0, { topic: 'not-there' }),
]);

const others: readonly Step[] = [
  listOffsets('the end', -1n, 1),
  listOffsets('the end and before', -1n, 10),
  listOffsets('the start', -2n, 1),
  listOffsets('long ago', 1n, 10),
  listOffsets('none', -1n, 0),
  listOffsets('a topic that is not there', -1n, 1, 'not-there'),
  step('offset commit v1', legacyOffsetCommitRequest, legacyOffsetCommitResponse, 1, {
    groupId: 'g',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: [
      { name: 'old', partitions: [{ partitionIndex: 0, committedOffset: Offset(7), commitTimestamp: -1n }] },
      { name: 'not-there', partitions: [{ partitionIndex: 0, committedOffset: Offset(7), commitTimestamp: -1n }] },
    ],
  }),
  ...[0, 1].map((version) =>
    step(`create topics v${version}`, legacyCreateTopicsRequest, legacyCreateTopicsResponse, version, {
      timeoutMs: 10_000,
      topics: [
        { name: `made-${version}`, numPartitions: 1, replicationFactor: 1 },
        { name: 'old', numPartitions: 1, replicationFactor: 1 },
        { name: 'no/name', numPartitions: 1, replicationFactor: 1 },
      ],
    }),
  ),
  step('describe configs v0', legacyDescribeConfigsRequest, legacyDescribeConfigsResponse, 0, {
    resources: [{ resourceType: 2, resourceName: 'zipped', configurationKeys: ['compression.type'] }],
  }),
  ...[0, 1].map((version) =>
    step(
      `offset for leader epoch v${version}`,
      legacyOffsetForLeaderEpochRequest,
      legacyOffsetForLeaderEpochResponse,
      version,
      {
        topics: [{ topic: 'old', partitions: [{ partition: 0, leaderEpoch: 0 }] }],
      },
    ),
  ),
  step('delete topics v0', legacyDeleteTopicsRequest, legacyDeleteTopicsResponse, 0, {
    topicNames: ['made-0', 'not-there'],
    timeoutMs: 10_000,
  }),
];

/** Not compared: makes Kafka open its coordinator, which it does when first asked for it. */
export const warmUp = step('find coordinator v0', findCoordinatorRequest, findCoordinatorResponse, 0, { key: 'g' });

export const steps: readonly Step[] = [create, ...stored, ...refused, ...shaped, ...fetched, ...others];

/** An answer as JSON has it: sets as their messages, and no time of an append but that there is one. */
export function plain(answer: unknown): unknown {
  const text = JSON.stringify(answer, (key, value: unknown) => {
    if (key === 'records' && value instanceof Uint8Array) return readOldSet(value).map(timeless);
    // Whose words they are, is not compared.
    if (key === 'errorMessage') return typeof value === 'string' && value !== '' ? 'words' : null;
    if (key === 'logAppendTimeMs') return value === -1n ? -1 : 'a time';
    return typeof value === 'bigint' ? Number(value) : value;
  });
  return text === undefined ? null : (JSON.parse(text) as unknown);
}

function timeless(message: ReadMessage): object {
  return message.logAppendTime ? { ...message, timestamp: 'a time' } : message;
}
