import { Offset } from '@skerry/base';
import {
  type DeleteRecordsRequest,
  type DeleteRecordsResponseInput,
  deleteRecordsRequest,
  deleteRecordsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';

type Done = (error: ErrorName | undefined, lowWatermark?: Offset) => void;
type Asked = ReadonlyMap<string, ReadonlyMap<number, Offset>>;

/** Asks for all that is committed. */
const toHighWatermark = Offset(-1);

/**
 * DeleteRecords, v0-v2: forgets the records of partitions below an offset; −1 is the high watermark (KIP-107).
 *
 * - Nothing below is read any more from the moment it is asked for; the answer comes when a power cut cannot bring it
 *   back, with the offset at which the partition then starts. Whole segments below that leave the disk.
 * - An offset that was passed before changes nothing. One beyond the high watermark is OFFSET_OUT_OF_RANGE.
 * - A topic that is only compacted keeps its records (POLICY_VIOLATION), and so do the broker's own topics.
 * - A partition that is named twice is asked for the offset named last, as in Kafka.
 * - `timeoutMs` bounds nothing here: it is about replicas, and there are none to wait for.
 */
export const deleteRecords: Handler<DeleteRecordsRequest, DeleteRecordsResponseInput> = {
  request: deleteRecordsRequest,
  response: deleteRecordsResponse,
  versions: [0, 2],

  handle(request, context, reply) {
    const waiting = gather(() => reply({ topics }));
    const topics = [...askedOf(request)].map(([name, partitions]) => ({
      name,
      partitions: [...partitions].map(([partitionIndex, offset]) => {
        const answer = { partitionIndex, lowWatermark: Offset(-1), errorCode: 0 };
        const settle = waiting.one();
        remove(name, partitionIndex, offset, context, (error, lowWatermark = Offset(-1)) => {
          answer.errorCode = errorCode(error ?? 'NONE');
          answer.lowWatermark = lowWatermark;
          settle();
        });
        return answer;
      }),
    }));
    waiting.all();
  },

  refuse: (request, error) => ({
    topics: [...askedOf(request)].map(([name, partitions]) => ({
      name,
      partitions: [...partitions.keys()].map((partitionIndex) => ({
        partitionIndex,
        lowWatermark: Offset(-1),
        errorCode: errorCode(error),
      })),
    })),
  }),
};

function askedOf({ topics }: DeleteRecordsRequest): Asked {
  const asked = new Map<string, Map<number, Offset>>();
  for (const { name, partitions } of topics) {
    if (partitions.length === 0) continue;
    const known = asked.get(name) ?? new Map<number, Offset>();
    asked.set(name, known);
    for (const { partitionIndex, offset } of partitions) known.set(partitionIndex, offset);
  }
  return asked;
}

function remove(name: string, index: number, asked: Offset, context: Context, done: Done): void {
  if (!context.allowed('delete', 'topic', name)) return done('TOPIC_AUTHORIZATION_FAILED');
  const topic = context.catalog.topic(name);
  const partition = topic?.partitions[index];
  if (topic === undefined || partition === undefined) return done('UNKNOWN_TOPIC_OR_PARTITION');
  if (topic.internal) return done('INVALID_TOPIC_EXCEPTION');
  if (partition.refusal !== undefined) return done(partition.refusal);
  if (context.readOnly !== undefined) return done('KAFKA_STORAGE_ERROR');
  if (!partition.settings.values['cleanup.policy'].includes('delete')) return done('POLICY_VIOLATION');
  const { highWatermark } = partition;
  const offset = asked === toHighWatermark ? highWatermark : asked;
  if (offset < 0 || offset > highWatermark) return done('OFFSET_OUT_OF_RANGE');
  partition.deleteRecords(offset, (error) => {
    if (error === undefined) done(undefined, partition.log.logStartOffset);
    else done(error);
  });
}
