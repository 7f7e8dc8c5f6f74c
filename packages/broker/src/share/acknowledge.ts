/** What a member says of the records that it holds, in ShareAcknowledge and with a ShareFetch. */
import type { Offset, Uuid } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import type { Context } from '../context.ts';
import { gather } from '../gather.ts';
import { finalEpoch, partitionKey, type ShareSession } from './sessions.ts';
import { acknowledgeType } from './state.ts';

interface Batch {
  readonly firstOffset: Offset;
  readonly lastOffset: Offset;
  readonly acknowledgeTypes: readonly number[];
}

interface Topic {
  readonly topicId: Uuid;
  readonly partitions: readonly {
    readonly partitionIndex: number;
    readonly acknowledgementBatches: readonly Batch[];
  }[];
}

/** By `topicId:partition`: how what was said of each was taken; those of which nothing was said are not there. */
export type AcknowledgeErrors = ReadonlyMap<string, ErrorName>;

export function acknowledgeAll(
  topics: readonly Topic[],
  session: ShareSession,
  mayRenew: boolean,
  context: Context,
  done: (errors: AcknowledgeErrors) => void,
): void {
  const errors = new Map<string, ErrorName>();
  const waiting = gather(() => done(errors));
  for (const { topicId, partitions } of topics) {
    for (const { partitionIndex, acknowledgementBatches } of partitions) {
      if (acknowledgementBatches.length === 0) continue;
      const settle = waiting.one();
      const settled = (error: ErrorName = 'NONE'): void => {
        errors.set(partitionKey({ topicId, index: partitionIndex }), error);
        settle();
      };
      const refusal = problemOf(acknowledgementBatches, mayRenew) ?? forbidden(topicId, partitionIndex, context);
      if (refusal !== undefined) {
        settled(refusal);
        continue;
      }
      const live = context.share.reads.known({ groupId: session.groupId, topicId, partition: partitionIndex });
      if (live === undefined) {
        settled('INVALID_RECORD_STATE');
        continue;
      }
      const said = acknowledgementBatches.map(({ firstOffset, lastOffset, acknowledgeTypes }) => {
        return { firstOffset, lastOffset, types: acknowledgeTypes };
      });
      live.acknowledge(session.memberId, said, settled);
    }
  }
  waiting.all();
}

/** Epoch −1 is a member's last word: it gives back what it holds. */
export function settleSession(session: ShareSession, epoch: number, { share }: Context, done: () => void): void {
  if (epoch === finalEpoch) share.reads.end(session, done);
  else done();
}

function problemOf(batches: readonly Batch[], mayRenew: boolean): ErrorName | undefined {
  let expected = 0;
  for (const { firstOffset, lastOffset, acknowledgeTypes: types } of batches) {
    const isOrdered = firstOffset >= expected && firstOffset <= lastOffset;
    const isCounted = types.length === 1 || types.length === lastOffset - firstOffset + 1;
    const most = mayRenew ? acknowledgeType.renew : acknowledgeType.reject;
    if (!isOrdered || !isCounted || types.some((type) => type < 0 || type > most)) return 'INVALID_REQUEST';
    expected = lastOffset + 1;
  }
  return undefined;
}

function forbidden(topicId: Uuid, index: number, context: Context): ErrorName | undefined {
  const topic = context.catalog.topicById(topicId);
  if (topic === undefined) return 'UNKNOWN_TOPIC_ID';
  if (!context.allowed('read', 'topic', topic.name)) return 'TOPIC_AUTHORIZATION_FAILED';
  return topic.partitions[index] === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : undefined;
}
