/** What clients from before Kafka 0.11 ask, in a tester's words. */
import { Offset } from '@skerry/base';
import type { RawClient } from '@skerry/testkit';
import { errorName } from '@skerry/wire';
import {
  legacyFetchRequest,
  legacyFetchResponse,
  legacyProduceRequest,
  legacyProduceResponse,
} from '@skerry/wire/legacy';
import { type ReadMessage, readOldSet } from './old-messages.ts';

export interface OldProduced {
  readonly error: string;
  readonly baseOffset: number;
}

export function oldProduceOf(topic: string, records: Uint8Array | null, { acks = -1, index = 0 } = {}) {
  return { acks, timeoutMs: 1000, topicData: [{ name: topic, partitionData: [{ index, records }] }] };
}

export function oldProduce(client: RawClient, topic: string, records: Uint8Array | null, version = 2): OldProduced {
  const asked = oldProduceOf(topic, records);
  const { responses } = client.ask(legacyProduceRequest, legacyProduceResponse, version, asked);
  const answer = responses[0]?.partitionResponses[0];
  return { error: errorName(answer?.errorCode ?? -1), baseOffset: answer?.baseOffset ?? -1 };
}

export interface OldFetch {
  readonly version?: number;
  readonly partitionMaxBytes?: number;
  readonly maxBytes?: number;
  readonly partitions?: readonly number[];
}

/** A fetch of each partition from `offset` on. */
export function oldFetchOf(topic: string, offset: number, asked: OldFetch = {}) {
  const { version = 3, partitionMaxBytes = 1024 * 1024, partitions = [0] } = asked;
  return {
    maxWaitMs: 100,
    minBytes: 1,
    topics: [
      {
        topic,
        partitions: partitions.map((partition) => ({ partition, fetchOffset: Offset(offset), partitionMaxBytes })),
      },
    ],
    ...(version >= 3 && asked.maxBytes !== undefined ? { maxBytes: asked.maxBytes } : {}),
  };
}

export interface OldFetched {
  readonly index: number;
  readonly error: string;
  readonly bytes: number;
  readonly messages: readonly ReadMessage[];
}

export function oldFetch(client: RawClient, topic: string, offset: number, asked: OldFetch = {}): OldFetched[] {
  const { version = 3 } = asked;
  const { responses } = client.ask(legacyFetchRequest, legacyFetchResponse, version, oldFetchOf(topic, offset, asked));
  return responses.flatMap(({ partitions }) =>
    partitions.map(({ partitionIndex, errorCode, records }) => ({
      index: partitionIndex,
      error: errorName(errorCode),
      bytes: records?.length ?? 0,
      messages: readOldSet(records ?? new Uint8Array(0)),
    })),
  );
}

export const inOrder = <T extends { readonly index: number }>(partitions: readonly T[]): T[] =>
  partitions.toSorted((a, b) => a.index - b.index);

/** All values from `offset` to the end of one partition, as a consumer gathers them. */
export function oldRead(client: RawClient, topic: string, offset: number, asked: OldFetch = {}): (string | null)[] {
  const values: (string | null)[] = [];
  for (let at = offset; ; ) {
    const [fetched] = oldFetch(client, topic, at, asked);
    if (fetched === undefined || fetched.messages.length === 0) return values;
    values.push(...fetched.messages.map(({ value }) => value));
    at = (fetched.messages.at(-1)?.offset ?? at) + 1;
  }
}
