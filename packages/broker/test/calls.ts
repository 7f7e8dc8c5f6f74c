/** The few requests that most tests of the broker need, in a tester's words. */
import { Offset, utf8Decode, utf8Encode } from '@skerry/base';
import type { RawClient } from '@skerry/testkit';
import {
  BatchBuilder,
  type BatchOptions,
  batchLength,
  createTopicsRequest,
  createTopicsResponse,
  errorName,
  type FetchRequestInput,
  fetchRequest,
  fetchResponse,
  produceRequest,
  produceResponse,
  records,
} from '@skerry/wire';

/** A batch of one record for each value. */
export function batchOf(values: readonly string[], options: BatchOptions = {}): Uint8Array {
  const builder = new BatchBuilder(options);
  for (const value of values) builder.append({ timestamp: 1000, value: utf8Encode(value) });
  return builder.build();
}

export function createTopic(
  client: RawClient,
  name: string,
  numPartitions = 1,
  configs: Record<string, string> = {},
): string {
  const topic = {
    name,
    numPartitions,
    replicationFactor: 1,
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  };
  const { topics } = client.ask(createTopicsRequest, createTopicsResponse, 7, { topics: [topic], timeoutMs: 1000 });
  return errorName(topics[0]?.errorCode ?? -1);
}

export interface Produced {
  readonly error: string;
  readonly baseOffset: number;
  readonly message: string | null;
}

/** Appends one batch to a partition, as a client of version 9 does. */
export function produce(
  client: RawClient,
  topic: string,
  batch: Uint8Array | null,
  { acks = -1, index = 0 } = {},
): Produced {
  const topicData = [{ name: topic, partitionData: [{ index, records: batch }] }];
  const { responses } = client.ask(produceRequest, produceResponse, 9, { acks, timeoutMs: 1000, topicData });
  const answer = responses[0]?.partitionResponses[0];
  return {
    error: errorName(answer?.errorCode ?? -1),
    baseOffset: answer?.baseOffset ?? -1,
    message: answer?.errorMessage ?? null,
  };
}

/** A full fetch of one partition, in version 12 unless told otherwise. */
export function fetchOf(topic: string, offset: number, more: Partial<FetchRequestInput> = {}): FetchRequestInput {
  const partitions = [{ partition: 0, fetchOffset: Offset(offset), partitionMaxBytes: 1024 * 1024 }];
  return { maxWaitMs: 500, minBytes: 1, maxBytes: 50 * 1024 * 1024, topics: [{ topic, partitions }], ...more };
}

export interface Fetched {
  readonly error: string;
  readonly values: readonly string[];
  readonly highWatermark: number;
}

export function fetch(
  client: RawClient,
  topic: string,
  offset: number,
  more: Partial<FetchRequestInput> = {},
): Fetched {
  const { responses } = client.ask(fetchRequest, fetchResponse, 12, fetchOf(topic, offset, more));
  const answer = responses[0]?.partitions[0];
  return {
    error: errorName(answer?.errorCode ?? -1),
    values: valuesIn(answer?.records ?? new Uint8Array(0)),
    highWatermark: answer?.highWatermark ?? -1,
  };
}

/** The values of all whole batches in `bytes`. */
export function valuesIn(bytes: Uint8Array): string[] {
  const values: string[] = [];
  for (
    let at = 0;
    at + 12 <= bytes.length && at + batchLength(bytes, at) <= bytes.length;
    at += batchLength(bytes, at)
  ) {
    for (const { value } of records(bytes, at)) values.push(utf8Decode(value ?? new Uint8Array(0)));
  }
  return values;
}
