import { Offset } from '@skerry/base';
import {
  type ErrorName,
  errorCode,
  type ListOffsetsRequest,
  type ListOffsetsResponseInput,
  listOffsetsRequest,
  listOffsetsResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { countBy } from '../count-by.ts';
import { epochRefusal } from '../fetch-plan.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';
import type { Partition } from '../partition.ts';

type Asked = ListOffsetsRequest['topics'][number]['partitions'][number];
interface Found {
  readonly offset: Offset;
  readonly timestamp: bigint;
  readonly leaderEpoch: number;
}
type Done = (error: ErrorName | undefined, found?: Found) => void;

/** Timestamps that ask for a place instead of a time, with the first version that may. */
const special = new Map<bigint, number>([
  [-1n, 1],
  [-2n, 1],
  [-3n, 7],
  [-4n, 8],
  [-5n, 9],
  [-6n, 11],
]);

const nothing: Found = { offset: Offset(-1), timestamp: -1n, leaderEpoch: -1 };

/**
 * ListOffsets, v1-v11: where a partition starts, where it ends, what it held at a time.
 *
 * - Each partition gets its own answer: one bad partition does not spoil the rest.
 * - A partition that is named twice is refused, once.
 * - −1 is the end, −2 the start, −3 the record with the newest timestamp (KIP-734), −4 the start of what is held here
 *   (KIP-405). Nothing is tiered, so −5 and −6 find nothing.
 * - A read_committed client is told the last stable offset as the end (KIP-98); a client that sends its epoch has it
 *   checked (KIP-320).
 */
export const listOffsets: Handler<ListOffsetsRequest, ListOffsetsResponseInput> = {
  request: listOffsetsRequest,
  response: listOffsetsResponse,
  versions: [1, 11],

  handle(request, context, reply) {
    const waiting = gather(() => reply({ topics }));
    const topics = gathered(request.topics).map(({ name, partitions }) => {
      const counts = countBy(partitions, ({ partitionIndex }) => partitionIndex);
      const once = counts.size === partitions.length ? partitions : firstOfEach(partitions);
      return {
        name,
        partitions: once.map((asked) => {
          const slot = { partitionIndex: asked.partitionIndex, errorCode: 0, ...nothing };
          const settle = waiting.one();
          const done: Done = (error, found) => {
            slot.errorCode = errorCode(error ?? 'NONE');
            Object.assign(slot, found);
            settle();
          };
          if ((counts.get(asked.partitionIndex) ?? 0) > 1) done('INVALID_REQUEST');
          else find(name, asked, request.isolationLevel === 1, context, done);
          return slot;
        }),
      };
    });
    waiting.all();
  },

  refuse: ({ topics }, error) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: errorCode(error) })),
    })),
  }),
};

/** A topic once, with all that is asked of it; nothing is answered where nothing is asked. */
function gathered(topics: ListOffsetsRequest['topics']): ListOffsetsRequest['topics'] {
  if (topics.length === 1 && topics[0]?.partitions.length !== 0) return topics;
  const byName = new Map<string, Asked[]>();
  for (const { name, partitions } of topics) {
    const known = byName.get(name);
    if (known !== undefined) known.push(...partitions);
    else if (partitions.length > 0) byName.set(name, [...partitions]);
  }
  return [...byName].map(([name, partitions]) => ({ name, partitions }));
}

const firstOfEach = (partitions: readonly Asked[]): readonly Asked[] => [
  ...new Map(partitions.map((asked) => [asked.partitionIndex, asked])).values(),
];

function find(topic: string, asked: Asked, readCommitted: boolean, context: Context, done: Done): void {
  if (!context.allowed('describe', 'topic', topic)) return done('TOPIC_AUTHORIZATION_FAILED');
  if (asked.timestamp < 0n) {
    const since = special.get(asked.timestamp);
    if (since === undefined || context.apiVersion < since) return done('UNSUPPORTED_VERSION');
  }
  const partition = context.catalog.partition(topic, asked.partitionIndex);
  if (partition === undefined) return done('UNKNOWN_TOPIC_OR_PARTITION');
  const refused = partition.refusal ?? epochRefusal(partition, asked.currentLeaderEpoch);
  if (refused !== undefined) return done(refused);
  const leaderEpoch = context.apiVersion >= 4 ? partition.leaderEpoch : -1;
  const place = (offset: Offset): void => done(undefined, { offset, timestamp: -1n, leaderEpoch });
  const end = readCommitted ? partition.lastStableOffset : partition.highWatermark;
  switch (asked.timestamp) {
    case -1n:
      return place(end);
    case -2n:
    case -4n:
      return place(partition.log.logStartOffset);
    case -5n:
    case -6n:
      return done(undefined, nothing);
    default:
      return findTime(partition, asked.timestamp, end, (error, found) => {
        done(error, found === undefined || context.apiVersion >= 4 ? found : { ...found, leaderEpoch: -1 });
      });
  }
}

function findTime(partition: Partition, timestamp: bigint, end: Offset, done: Done): void {
  const answer: Parameters<typeof partition.log.offsetForTimestamp>[2] = (error, found) => {
    if (error !== undefined) return done('KAFKA_STORAGE_ERROR');
    if (found === undefined) return done(undefined, nothing);
    done(undefined, {
      offset: found.offset,
      timestamp: BigInt(found.timestamp),
      leaderEpoch: found.leaderEpoch,
    });
  };
  if (timestamp === -3n) partition.log.offsetOfMaxTimestamp(end, answer);
  else partition.log.offsetForTimestamp(Number(timestamp), end, answer);
}
