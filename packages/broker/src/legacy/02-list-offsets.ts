import type { Offset } from '@skerry/base';
import { type ErrorName, errorCode } from '@skerry/wire';
import {
  type LegacyListOffsetsRequest,
  type LegacyListOffsetsResponseInput,
  legacyListOffsetsRequest,
  legacyListOffsetsResponse,
} from '@skerry/wire/legacy';
import type { Context } from '../context.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';
import type { Partition } from '../partition.ts';

type Asked = LegacyListOffsetsRequest['topics'][number]['partitions'][number];
type Done = (error: ErrorName, offsets: readonly Offset[]) => void;

const latest = -1n;
const earliest = -2n;

/**
 * ListOffsets, v0: up to `maxNumOffsets` places where segments begin, the newest first.
 *
 * - −1 begins with the end, −2 is the start; a time, the segments that were over by then.
 * - A segment is over when the next record's time is reached. Kafka goes by the files' times instead, which a copy or a
 *   restore changes.
 */
export const legacyListOffsets: Handler<LegacyListOffsetsRequest, LegacyListOffsetsResponseInput> = {
  request: legacyListOffsetsRequest,
  response: legacyListOffsetsResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    const waiting = gather(() => reply({ topics }));
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((asked) => {
        const slot = { partitionIndex: asked.partitionIndex, errorCode: 0, oldStyleOffsets: [] as bigint[] };
        const settle = waiting.one();
        find(name, asked, context, (error, offsets) => {
          slot.errorCode = errorCode(error);
          slot.oldStyleOffsets = offsets.slice(0, Math.max(asked.maxNumOffsets, 0)).map(BigInt);
          settle();
        });
        return slot;
      }),
    }));
    waiting.all();
  },

  refuse: ({ topics }, error) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: errorCode(error) })),
    })),
  }),
};

function find(topic: string, { partitionIndex, timestamp }: Asked, context: Context, done: Done): void {
  if (!context.allowed('describe', 'topic', topic)) return done('TOPIC_AUTHORIZATION_FAILED', []);
  const partition = context.catalog.partition(topic, partitionIndex);
  if (partition === undefined) return done('UNKNOWN_TOPIC_OR_PARTITION', []);
  if (partition.refusal !== undefined) return done(partition.refusal, []);
  const starts = startsOf(partition);
  if (timestamp === latest) return done('NONE', places(partition, starts));
  if (timestamp === earliest) return done('NONE', starts.slice(0, 1));
  if (timestamp < 0n) return done('NONE', []);
  partition.log.offsetForTimestamp(Number(timestamp), partition.highWatermark, (error, found) => {
    if (error !== undefined) return done('KAFKA_STORAGE_ERROR', []);
    if (found === undefined) return done('NONE', places(partition, starts));
    const over = starts.filter((_start, i) => (starts[i + 1] ?? partition.highWatermark) <= found.offset);
    done('NONE', over.toReversed());
  });
}

/** Of each segment the first offset that is still there. */
function startsOf({ log }: Partition): Offset[] {
  return log.segmentBases.map((base) => (base < log.logStartOffset ? log.logStartOffset : base));
}

/** The end, and the starts before it. */
function places({ highWatermark }: Partition, starts: readonly Offset[]): Offset[] {
  return [highWatermark, ...starts.filter((start) => start < highWatermark).toReversed()];
}
