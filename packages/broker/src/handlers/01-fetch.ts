import { Offset, type Uuid } from '@skerry/base';
import {
  type ErrorName,
  errorCode,
  type FetchRequest,
  type FetchResponseInput,
  fetchRequest,
  fetchResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { FetchPlan, type Serving } from '../fetch-plan.ts';
import type { Sitting, Wanted } from '../fetch-sessions.ts';
import type { Handler } from '../handler.ts';

type TopicAnswer = NonNullable<FetchResponseInput['responses']>[number];
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number];

const noRecords = new Uint8Array(0);
const nowhere = Offset(-1);

/**
 * Fetch, v4-v18: record batches from an offset on, as they were stored; waits for `minBytes` up to `maxWaitMs`.
 *
 * - Each partition gets its own answer. An unknown topic, a wrong offset and a stale epoch differ, since clients act
 *   differently on each.
 * - Incremental sessions (KIP-227), at least one whole batch (KIP-74), read_committed with aborted transactions
 *   (KIP-98), leader epochs (KIP-320).
 * - An empty partition is answered with zero bytes, never with null: a client in use fails on null.
 * - This node has no followers: who fetches as one gets NOT_LEADER_OR_FOLLOWER. `rackId` changes nothing, since there
 *   is one replica.
 */
export const fetch: Handler<FetchRequest, FetchResponseInput> = {
  request: fetchRequest,
  response: fetchResponse,
  versions: [4, 18],

  handle(request, context, reply) {
    const byId = context.apiVersion >= 13;
    const claim = { id: request.sessionId, epoch: request.sessionEpoch, byId };
    const sitting = context.fetchSessions.open(claim, wantedOf(request), forgottenOf(request));
    if (typeof sitting === 'string') return reply({ errorCode: errorCode(sitting) });

    const servings = [...sitting.wanted].map((wanted) => serve(wanted, byId, context));
    const readCommitted = request.isolationLevel === 1;
    const { replicaId, replicaState } = request;
    const asFollower = (replicaId === -1 ? replicaState.replicaId : replicaId) >= 0;
    const { meter, settings } = context;
    const maxBytes = Math.min(request.maxBytes, settings['fetch.max.bytes'], meter?.fetchBytesMax ?? request.maxBytes);
    const bounds = {
      minBytes: Math.min(request.minBytes, maxBytes),
      maxBytes,
      maxWaitMs: request.maxWaitMs,
      readCommitted,
      asFollower,
    };
    const plan = new FetchPlan(servings, bounds, (served) => {
      forget();
      if (meter?.refusesFetch(bytesIn(served)) === true) return reply(throttled(served, sitting, context));
      const leader = context.apiVersion >= 16 ? context.nodeId : undefined;
      reply(answer(served, sitting, { readCommitted, byId, leader }));
    });
    const forget = context.client.onClosed(() => {
      plan.cancel();
      // Nobody hears it: it gives the request's buffer back.
      reply(undefined);
    });
    plan.start(context.clock);
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};

function wantedOf({ topics }: FetchRequest): Wanted[] {
  return topics.flatMap(({ topic, topicId, partitions }) =>
    partitions.map((asked) => ({
      topic,
      topicId,
      index: asked.partition,
      leaderEpoch: asked.currentLeaderEpoch,
      offset: asked.fetchOffset,
      lastFetchedEpoch: asked.lastFetchedEpoch,
      bytesMax: asked.partitionMaxBytes,
      toldHighWatermark: -1,
      wasKnown: false,
      toldLogStart: -1,
    })),
  );
}

function forgottenOf({ forgottenTopicsData }: FetchRequest): { topic: string; topicId: Uuid; index: number }[] {
  return forgottenTopicsData.flatMap(({ topic, topicId, partitions }) =>
    partitions.map((index) => ({ topic, topicId, index })),
  );
}

function serve(wanted: Wanted, byId: boolean, context: Context): Serving {
  const refuse = (error: ErrorName): Serving => ({
    wanted,
    partition: undefined,
    error,
    range: undefined,
    diverging: undefined,
  });
  const topic = byId ? context.catalog.topicById(wanted.topicId) : context.catalog.topic(wanted.topic);
  if (byId && topic === undefined) return refuse(wanted.wasKnown ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'UNKNOWN_TOPIC_ID');
  wanted.wasKnown = true;
  if (!context.allowed('read', 'topic', topic?.name ?? wanted.topic)) return refuse('TOPIC_AUTHORIZATION_FAILED');
  const partition = topic?.partitions[wanted.index];
  if (partition === undefined) return refuse('UNKNOWN_TOPIC_OR_PARTITION');
  return { wanted, partition, error: 'NONE', range: undefined, diverging: undefined };
}

function bytesIn(served: readonly Serving[]): number {
  let bytes = 0;
  for (const { range } of served) bytes += range?.byteLength ?? 0;
  return bytes;
}

/** Nothing, since the client has had more than it may: it asks again. A session does not begin so (KIP-219). */
function throttled(
  served: readonly Serving[],
  { sessionId, incremental }: Sitting,
  { fetchSessions }: Context,
): FetchResponseInput {
  for (const { range } of served) range?.release();
  if (incremental) return { sessionId };
  fetchSessions.close(sessionId);
  return {};
}

interface TopicSlot {
  readonly topic: string;
  readonly topicId: Uuid;
  readonly partitions: PartitionAnswer[];
}

interface Telling {
  readonly readCommitted: boolean;
  readonly byId: boolean;
  /** The node that leads all partitions, for who hears of leaders in Fetch answers. */
  readonly leader: number | undefined;
}

function answer(served: readonly Serving[], sitting: Sitting, telling: Telling): FetchResponseInput {
  const topics = new Map<string, TopicSlot>();
  for (const serving of served) {
    const { wanted } = serving;
    const described = describe(serving, telling);
    if (sitting.incremental && !isNews(serving, described)) continue;
    wanted.toldHighWatermark = described.highWatermark;
    wanted.toldLogStart = described.logStartOffset;
    if (serving.range !== undefined) sitting.served(wanted);
    slotFor(topics, wanted, telling.byId).partitions.push(described);
  }
  return { sessionId: sitting.sessionId, responses: [...topics.values()] };
}

function slotFor(topics: Map<string, TopicSlot>, { topic, topicId }: Wanted, byId: boolean): TopicSlot {
  const key = byId ? topicId : topic;
  const slot = topics.get(key) ?? { topic, topicId, partitions: [] };
  topics.set(key, slot);
  return slot;
}

/** Whether an incremental answer must name the partition. */
function isNews({ wanted, error, range, diverging }: Serving, now: Described): boolean {
  const moved = now.highWatermark !== wanted.toldHighWatermark || now.logStartOffset !== wanted.toldLogStart;
  return moved || error !== 'NONE' || range !== undefined || diverging !== undefined;
}

type Aborted = NonNullable<PartitionAnswer['abortedTransactions']> | null;
type Described = PartitionAnswer & { readonly highWatermark: Offset; readonly logStartOffset: Offset };

function describe(serving: Serving, { readCommitted, leader }: Telling): Described {
  const { wanted, error, range, diverging } = serving;
  const partition = error === 'NONE' ? serving.partition : undefined;
  return {
    partitionIndex: wanted.index,
    errorCode: errorCode(error),
    highWatermark: partition?.highWatermark ?? nowhere,
    lastStableOffset: partition?.lastStableOffset ?? nowhere,
    logStartOffset: partition?.log.logStartOffset ?? nowhere,
    abortedTransactions: aborted(serving, readCommitted),
    records: range ?? noRecords,
    ...(diverging === undefined ? {} : { divergingEpoch: diverging }),
    ...currentLeader(serving, leader),
  };
}

/** Who asked the wrong node, or as of an earlier epoch, hears who leads (KIP-951); a would-be follower not where. */
function currentLeader({ partition, error }: Serving, leader: number | undefined) {
  const asksAgain = error === 'NOT_LEADER_OR_FOLLOWER' || error === 'FENCED_LEADER_EPOCH';
  if (!asksAgain || leader === undefined || partition === undefined) return {};
  return { currentLeader: { leaderId: leader, leaderEpoch: partition.leaderEpoch } };
}

/** None where nothing was read, null where nobody asked or the read failed: Kafka's way. */
function aborted({ wanted, partition, range, error }: Serving, readCommitted: boolean): Aborted {
  if (partition === undefined) return [];
  if (!readCommitted || error !== 'NONE') return null;
  if (range === undefined) return [];
  return partition.log
    .abortedTransactions(wanted.offset, partition.lastStableOffset)
    .map(({ producerId, firstOffset }) => ({ producerId: BigInt(producerId), firstOffset }));
}
