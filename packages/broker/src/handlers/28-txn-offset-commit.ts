import { zeroUuid } from '@skerry/base';
import {
  type ErrorName,
  errorCode,
  type TxnOffsetCommitRequest,
  type TxnOffsetCommitResponseInput,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { CommitAnswer, CommitRequest, CommitTopic } from '../groups/contract.ts';
import type { Handler } from '../handler.ts';
import { offsetsTopic } from '../topic-plan.ts';
import { entryRefusal } from '../transactions/told.ts';

type AskedTopic = TxnOffsetCommitRequest['topics'][number];
type AnsweredTopic = CommitAnswer['topics'][number];

/** Clients that know TRANSACTION_ABORTABLE, and those whose offsets join the transaction by this very request. */
const [abortableFrom, joinsFrom] = [4, 5];

/**
 * TxnOffsetCommit, v0-v5: how far a group has come, as part of a producer's transaction (KIP-98).
 *
 * - Answered once it is in the log. The group has it when the transaction commits.
 * - Before v5 the group must have joined the transaction (AddOffsetsToTxn); v5 has it join (KIP-890).
 * - v3 says who commits, so that a member of an earlier generation is refused (KIP-447).
 * - Not done: v6, topics by id, which Kafka 4.3 does not serve.
 */
export const txnOffsetCommit: Handler<TxnOffsetCommitRequest, TxnOffsetCommitResponseInput> = {
  request: txnOffsetCommitRequest,
  response: txnOffsetCommitResponse,
  versions: [0, 5],

  handle(request, context, reply) {
    const { apiVersion } = context;
    const { transactionalId: id, groupId, producerEpoch: epoch } = request;
    const refuse = (error: ErrorName): void => reply(this.refuse(request, error, apiVersion));
    if (!context.allowed('write', 'transactionalId', id)) return refuse('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
    if (!context.allowed('read', 'group', groupId)) return refuse('GROUP_AUTHORIZATION_FAILED');
    if (context.readOnly !== undefined) return refuse('KAFKA_STORAGE_ERROR');
    const { refused, topics } = split(request.topics, context);
    if (topics.length === 0) return reply(answer(refused));
    if (groupId === '') return refuse('INVALID_GROUP_ID');
    if (context.share.groups.get(groupId) !== undefined) return refuse('GROUP_ID_NOT_FOUND');
    const claim = { producerId: Number(request.producerId), epoch };
    const commit: CommitRequest = {
      groupId,
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      generationId: request.generationIdOrMemberEpoch,
      retentionTimeMs: -1,
      groupIdNotFoundKnown: false,
      topics,
    };
    context.groupLogs.ready((unready) => {
      if (unready !== undefined) return refuse('COORDINATOR_NOT_AVAILABLE');
      const partition = context.groupLogs.partitionOf(groupId);
      const adds = apiVersion >= joinsFrom;
      context.transactions.enlist({ id, claim, topic: offsetsTopic, partition, adds }, (error) => {
        if (error === undefined) {
          return context.groups.transactional.commit(commit, claim, (committed) =>
            reply(answer([...refused, ...committed.topics])),
          );
        }
        const told = entryRefusal(
          error,
          { abortable: apiVersion >= abortableFrom, concurrent: adds },
          'COORDINATOR_LOAD_IN_PROGRESS',
        );
        reply(answer([...refused, ...topics.map((topic) => refusal(topic, told))]));
      });
    });
  },

  refuse: ({ topics }, error) => answer(topics.map((topic) => refusal(topic, error))),
};

/** What may be committed, and what is refused. */
function split(asked: readonly AskedTopic[], context: Context): { refused: AnsweredTopic[]; topics: CommitTopic[] } {
  const refused: AnsweredTopic[] = [];
  const topics: CommitTopic[] = [];
  for (const topic of asked) {
    const { name, partitions } = topic;
    const known = context.catalog.topic(name);
    if (!context.allowed('read', 'topic', name)) {
      refused.push(refusal(topic, 'TOPIC_AUTHORIZATION_FAILED'));
      continue;
    }
    const good = partitions.filter(({ partitionIndex }) => known?.partitions[partitionIndex] !== undefined);
    const bad = partitions.filter((one) => !good.includes(one));
    if (bad.length > 0) refused.push(refusal({ name, partitions: bad }, 'UNKNOWN_TOPIC_OR_PARTITION'));
    if (good.length > 0) topics.push({ name, topicId: zeroUuid, partitions: good });
  }
  return { refused, topics };
}

function refusal(
  { name, partitions }: { readonly name: string; readonly partitions: readonly { readonly partitionIndex: number }[] },
  error: ErrorName,
): AnsweredTopic {
  return { name, topicId: zeroUuid, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, error })) };
}

/** One entry a topic, also where part of it was refused. */
function answer(answered: readonly AnsweredTopic[]): TxnOffsetCommitResponseInput {
  const topics = new Map<string, AnsweredTopic>();
  for (const topic of answered) {
    const before = topics.get(topic.name)?.partitions ?? [];
    topics.set(topic.name, { ...topic, partitions: [...before, ...topic.partitions] });
  }
  return {
    topics: [...topics.values()].map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, error }) => ({ partitionIndex, errorCode: errorCode(error) })),
    })),
  };
}
