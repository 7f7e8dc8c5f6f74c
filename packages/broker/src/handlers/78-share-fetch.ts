import type { Uuid } from '@skerry/base';
import {
  type ErrorName,
  errorCode,
  type ShareFetchRequest,
  type ShareFetchResponseInput,
  shareFetchRequest,
  shareFetchResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';
import { type AcknowledgeErrors, acknowledgeAll, settleSession } from '../share/acknowledge.ts';
import { shareRefusal } from '../share/refusal.ts';
import { finalEpoch, partitionKey, type ShareSession, type TopicPartition } from '../share/sessions.ts';
import { type Reading, ShareTake } from '../share/take.ts';

type TopicAnswer = NonNullable<ShareFetchResponseInput['responses']>[number];
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number];

interface PartitionReading extends Reading {
  readonly partition: TopicPartition;
}

const noRecords = new Uint8Array(0);
/** KIP-1206: not one record more than asked for. */
const recordLimitMode = 1;

/**
 * ShareFetch, v1-v2: a member of a share group takes records, for itself alone until it says what became of them, and
 * says so of earlier ones (KIP-932).
 *
 * - Its session names what it reads: epoch 0 begins one, −1 ends it and takes nothing. A session ends with its
 *   connection, which gives back all that the member holds.
 * - What it says of earlier records is durable before anything is answered.
 * - Waits up to `maxWaitMs` for any record. An answer names the partitions that have news.
 */
export const shareFetch: Handler<ShareFetchRequest, ShareFetchResponseInput> = {
  request: shareFetchRequest,
  response: shareFetchResponse,
  versions: [1, 2],

  handle(request, context, reply) {
    const refuse = (error: ErrorName): void => reply({ errorCode: errorCode(error) });
    const refusal = shareRefusal(request.groupId ?? '', context);
    if (refusal !== undefined) return refuse(refusal);
    const session = open(request, context);
    if (typeof session === 'string') return refuse(session);
    for (const { topicId, partitions } of request.topics) {
      for (const { partitionIndex } of partitions) {
        const one = { topicId, index: partitionIndex };
        session.partitions.set(partitionKey(one), one);
      }
    }
    for (const { topicId, partitions } of request.forgottenTopicsData) forget(session, topicId, partitions, context);
    acknowledgeAll(request.topics, session, request.isRenewAck, context, (errors) => {
      if (request.shareSessionEpoch === finalEpoch || request.isRenewAck) {
        return settleSession(session, request.shareSessionEpoch, context, () =>
          reply(answer([], errors, session, context)),
        );
      }
      take(request, session, context, (readings) => reply(readings && answer(readings, errors, session, context)));
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};

function open(request: ShareFetchRequest, context: Context): ShareSession | ErrorName {
  const { reads } = context.share;
  const { groupId, memberId, shareSessionEpoch: epoch, topics } = request;
  if (memberId === null || memberId === '') return 'INVALID_REQUEST';
  const claim = { groupId: groupId ?? '', memberId, epoch };
  if (epoch !== 0) return reads.sessions.next(claim);
  const says = topics.some(({ partitions }) => partitions.some((one) => one.acknowledgementBatches.length > 0));
  if (says) return 'INVALID_REQUEST';
  const before = reads.sessions.get(claim);
  if (before !== undefined) reads.end(before);
  const session = reads.sessions.begin(claim, context.client.connectionId);
  if (typeof session !== 'string') session.forget = context.client.onClosed(() => reads.end(session));
  return session;
}

function forget(session: ShareSession, topicId: Uuid, partitions: readonly number[], { share }: Context): void {
  for (const index of partitions) {
    session.partitions.delete(partitionKey({ topicId, index }));
    share.reads.known({ groupId: session.groupId, topicId, partition: index })?.release(session.memberId);
  }
}

/** Calls back with what was taken; with nothing if the client has gone. */
function take(
  request: ShareFetchRequest,
  session: ShareSession,
  context: Context,
  done: (readings: readonly PartitionReading[] | undefined) => void,
): void {
  const readings: PartitionReading[] = [];
  const waiting = gather(() => {
    const terms = {
      memberId: session.memberId,
      recordsMax: request.maxRecords > 0 ? request.maxRecords : 500,
      pieceSize: request.batchSize > 0 ? request.batchSize : 500,
      strict: request.shareAcquireMode === recordLimitMode,
      bytesMax: Math.min(request.maxBytes, context.settings['fetch.max.bytes']),
    };
    const plan = new ShareTake(readings, terms, () => {
      stop();
      rotate(session, readings);
      done(readings);
    });
    const stop = context.client.onClosed(() => {
      plan.cancel();
      done(undefined);
    });
    plan.start(context.clock, request.maxWaitMs);
  });
  for (const partition of session.partitions.values()) {
    const { topicId, index } = partition;
    const topic = context.catalog.topicById(topicId);
    const refuse = (error: ErrorName): void => {
      readings.push({ partition, live: undefined, error, taken: undefined });
    };
    if (topic === undefined) {
      refuse('UNKNOWN_TOPIC_ID');
      continue;
    }
    if (!context.allowed('read', 'topic', topic.name)) {
      refuse('TOPIC_AUTHORIZATION_FAILED');
      continue;
    }
    const live = context.share.reads.open({ groupId: session.groupId, topicId, partition: index });
    if (live === undefined) {
      refuse('UNKNOWN_TOPIC_OR_PARTITION');
      continue;
    }
    const settle = waiting.one();
    live.load((error) => {
      if (error === undefined) readings.push({ partition, live, error, taken: undefined });
      else refuse(error);
      settle();
    });
  }
  waiting.all();
}

/** What was served comes last the next time, so that no partition starves. */
function rotate(session: ShareSession, readings: readonly PartitionReading[]): void {
  for (const { partition, taken } of readings) {
    const key = partitionKey(partition);
    if (taken === undefined || !session.partitions.delete(key)) continue;
    session.partitions.set(key, partition);
  }
}

function answer(
  readings: readonly PartitionReading[],
  errors: AcknowledgeErrors,
  session: ShareSession,
  context: Context,
): ShareFetchResponseInput {
  const partitions = new Map<string, { topicId: string; answer: PartitionAnswer }>();
  const slot = (key: string, topicId: string, told: PartitionAnswer): void => {
    partitions.set(key, { topicId, answer: { ...partitions.get(key)?.answer, ...told } });
  };
  for (const [key, error] of errors) {
    const at = key.lastIndexOf(':');
    const partitionIndex = Number(key.slice(at + 1));
    slot(key, key.slice(0, at), { partitionIndex, acknowledgeErrorCode: errorCode(error), records: noRecords });
  }
  for (const { partition, error, taken } of readings) {
    if (error === undefined && taken === undefined) continue;
    slot(partitionKey(partition), partition.topicId, {
      partitionIndex: partition.index,
      errorCode: errorCode(error ?? 'NONE'),
      records: taken?.records ?? noRecords,
      acquiredRecords: taken?.acquired ?? [],
    });
  }
  const topics = new Map<string, PartitionAnswer[]>();
  for (const { topicId, answer: one } of partitions.values()) {
    const known = topics.get(topicId);
    if (known === undefined) topics.set(topicId, [one]);
    else known.push(one);
  }
  return {
    acquisitionLockTimeoutMs: context.share.reads.settingsOf(session.groupId).lockMs,
    responses: [...topics].map(([topicId, all]) => ({ topicId: topicId as Uuid, partitions: all })),
  };
}
