import { LeaderEpoch, Offset } from '@skerry/base';
import {
  type ErrorName,
  errorCode,
  type OffsetForLeaderEpochRequest,
  type OffsetForLeaderEpochResponseInput,
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { epochRefusal } from '../fetch-plan.ts';
import type { Handler } from '../handler.ts';

type Asked = OffsetForLeaderEpochRequest['topics'][number]['partitions'][number];
type Answer = NonNullable<NonNullable<OffsetForLeaderEpochResponseInput['topics']>[number]['partitions']>[number];

/**
 * OffsetForLeaderEpoch, v2-v4: where a leader's epoch ended, so that a consumer finds out whether what it has read is
 * still there (KIP-101, KIP-320).
 *
 * - Each partition gets its own answer. An epoch that is not known is no error: −1 and −1.
 * - A client that sends the epoch it believes current has it checked.
 * - `replicaId` changes nothing: this node is the only replica.
 */
export const offsetForLeaderEpoch: Handler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponseInput> = {
  request: offsetForLeaderEpochRequest,
  response: offsetForLeaderEpochResponse,
  versions: [2, 4],

  handle({ topics }, context, reply) {
    const all = context.allowed('clusterAction', 'cluster', 'kafka-cluster');
    reply({
      topics: topics.map(({ topic, partitions }) => {
        const allowed = all || context.allowed('describe', 'topic', topic);
        return {
          topic,
          partitions: partitions.map((asked) =>
            allowed ? answer(topic, asked, context) : refused(asked, 'TOPIC_AUTHORIZATION_FAILED'),
          ),
        };
      }),
    });
  },

  refuse: ({ topics }, error) => ({
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => refused(asked, error)),
    })),
  }),
};

function answer(topic: string, asked: Asked, context: Context): Answer {
  const partition = context.catalog.partition(topic, asked.partition);
  if (partition === undefined) return refused(asked, 'UNKNOWN_TOPIC_OR_PARTITION');
  // Elsewhere any negative epoch is none; here −1 alone, as in Kafka.
  const isPast = asked.currentLeaderEpoch < -1;
  const error =
    partition.refusal ?? (isPast ? 'FENCED_LEADER_EPOCH' : epochRefusal(partition, asked.currentLeaderEpoch));
  if (error !== undefined) return refused(asked, error);
  const { epochs, logEndOffset } = partition.log;
  const found = (leaderEpoch: number, endOffset: Offset): Answer => ({
    errorCode: 0,
    partition: asked.partition,
    leaderEpoch,
    endOffset,
  });
  // The current epoch is in the table from its first append on.
  if (asked.leaderEpoch === partition.leaderEpoch) return found(asked.leaderEpoch, logEndOffset);
  if (asked.leaderEpoch === -1 || asked.leaderEpoch > partition.leaderEpoch) return refused(asked, 'NONE');
  const end = epochs.endOf(LeaderEpoch(asked.leaderEpoch), logEndOffset);
  if (end !== undefined) return found(end.epoch, end.endOffset);
  // Before all that is known: nothing of it is left.
  return found(asked.leaderEpoch, epochs.rows[0]?.startOffset ?? logEndOffset);
}

function refused({ partition }: Asked, error: ErrorName): Answer {
  return { partition, errorCode: errorCode(error), leaderEpoch: -1, endOffset: Offset(-1) };
}
