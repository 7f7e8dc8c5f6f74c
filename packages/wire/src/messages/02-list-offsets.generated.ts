/** Straight-line code, printed from the tables by scripts/protocol/straight.ts; not edited by hand. */
// oxlint-disable unicorn/no-new-array -- sized once, and the reader has checked the count
// oxlint-disable typescript/no-unnecessary-boolean-literal-compare -- one form for all types
import { Offset } from '@skerry/base';
import { noElements } from '../defaults.ts';
import type { Reader } from '../reader.ts';
import type { Straight } from '../schema.ts';
import { lost, some } from '../straight.ts';
import type { Writer } from '../writer.ts';

interface ListOffsetsRequestTopicsPartitions {
  readonly partitionIndex?: number | undefined;
  readonly currentLeaderEpoch?: number | undefined;
  readonly timestamp?: bigint | undefined;
}

interface ListOffsetsRequestTopicsPartitionsValue {
  partitionIndex: number;
  currentLeaderEpoch: number;
  timestamp: bigint;
}

function readListOffsetsRequestTopicsPartitions(r: Reader, v: number): ListOffsetsRequestTopicsPartitionsValue {
  const value: ListOffsetsRequestTopicsPartitionsValue = {
    partitionIndex: r.int32(),
    currentLeaderEpoch: (v >= 4 ? r.int32() : -1),
    timestamp: r.int64(),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeListOffsetsRequestTopicsPartitions(w: Writer, v: number, x: ListOffsetsRequestTopicsPartitions): void {
  w.int32((x.partitionIndex === undefined ? 0 : x.partitionIndex));
  if (v >= 4) {
    w.int32((x.currentLeaderEpoch === undefined ? -1 : x.currentLeaderEpoch));
  }
  w.int64((x.timestamp === undefined ? 0n : x.timestamp));
  if (v >= 6) w.uvarint(0);
}

interface ListOffsetsRequestTopics {
  readonly name?: string | undefined;
  readonly partitions?: readonly ListOffsetsRequestTopicsPartitions[] | undefined;
}

interface ListOffsetsRequestTopicsValue {
  name: string;
  partitions: readonly ListOffsetsRequestTopicsPartitionsValue[];
}

function readListOffsetsRequestTopicsPartitionsArray(r: Reader, v: number): readonly ListOffsetsRequestTopicsPartitionsValue[] {
  const count = (v >= 6 ? r.compactCount(17) : r.count(12));
  const values = new Array<ListOffsetsRequestTopicsPartitionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readListOffsetsRequestTopicsPartitions(r, v);
  return values;
}

function readListOffsetsRequestTopics(r: Reader, v: number): ListOffsetsRequestTopicsValue {
  const value: ListOffsetsRequestTopicsValue = {
    name: (v >= 6 ? r.compactString() : r.string()),
    partitions: readListOffsetsRequestTopicsPartitionsArray(r, v),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeListOffsetsRequestTopicsPartitionsArray(w: Writer, v: number, values: readonly ListOffsetsRequestTopicsPartitions[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeListOffsetsRequestTopicsPartitions(w, v, each);
}

function writeListOffsetsRequestTopics(w: Writer, v: number, x: ListOffsetsRequestTopics): void {
  if (v >= 6) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  writeListOffsetsRequestTopicsPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  if (v >= 6) w.uvarint(0);
}

interface ListOffsetsRequest {
  readonly replicaId?: number | undefined;
  readonly isolationLevel?: number | undefined;
  readonly topics?: readonly ListOffsetsRequestTopics[] | undefined;
  readonly timeoutMs?: number | undefined;
}

interface ListOffsetsRequestValue {
  replicaId: number;
  isolationLevel: number;
  topics: readonly ListOffsetsRequestTopicsValue[];
  timeoutMs: number;
}

function readListOffsetsRequestTopicsArray(r: Reader, v: number): readonly ListOffsetsRequestTopicsValue[] {
  const count = (v >= 6 ? r.compactCount(3) : r.count(6));
  const values = new Array<ListOffsetsRequestTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readListOffsetsRequestTopics(r, v);
  return values;
}

function readListOffsetsRequest(r: Reader, v: number): ListOffsetsRequestValue {
  const value: ListOffsetsRequestValue = {
    replicaId: r.int32(),
    isolationLevel: (v >= 2 ? r.int8() : 0),
    topics: readListOffsetsRequestTopicsArray(r, v),
    timeoutMs: (v >= 10 ? r.int32() : 0),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeListOffsetsRequestTopicsArray(w: Writer, v: number, values: readonly ListOffsetsRequestTopics[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeListOffsetsRequestTopics(w, v, each);
}

function writeListOffsetsRequest(w: Writer, v: number, x: ListOffsetsRequest): void {
  w.int32((x.replicaId === undefined ? 0 : x.replicaId));
  if (v >= 2) {
    w.int8((x.isolationLevel === undefined ? 0 : x.isolationLevel));
  } else if (x.isolationLevel !== undefined && x.isolationLevel !== 0) lost('isolationLevel', v);
  writeListOffsetsRequestTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  if (v >= 10) {
    w.int32((x.timeoutMs === undefined ? 0 : x.timeoutMs));
  }
  if (v >= 6) w.uvarint(0);
}

export const listOffsetsRequestStraight: Straight = { read: readListOffsetsRequest, write: writeListOffsetsRequest };

interface ListOffsetsResponseTopicsPartitions {
  readonly partitionIndex?: number | undefined;
  readonly errorCode?: number | undefined;
  readonly timestamp?: bigint | undefined;
  readonly offset?: Offset | undefined;
  readonly leaderEpoch?: number | undefined;
}

interface ListOffsetsResponseTopicsPartitionsValue {
  partitionIndex: number;
  errorCode: number;
  timestamp: bigint;
  offset: Offset;
  leaderEpoch: number;
}

function readListOffsetsResponseTopicsPartitions(r: Reader, v: number): ListOffsetsResponseTopicsPartitionsValue {
  const value: ListOffsetsResponseTopicsPartitionsValue = {
    partitionIndex: r.int32(),
    errorCode: r.int16(),
    timestamp: r.int64(),
    offset: r.offset(),
    leaderEpoch: (v >= 4 ? r.int32() : -1),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeListOffsetsResponseTopicsPartitions(w: Writer, v: number, x: ListOffsetsResponseTopicsPartitions): void {
  w.int32((x.partitionIndex === undefined ? 0 : x.partitionIndex));
  w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  w.int64((x.timestamp === undefined ? -1n : x.timestamp));
  w.offset((x.offset === undefined ? Offset(-1) : x.offset));
  if (v >= 4) {
    w.int32((x.leaderEpoch === undefined ? -1 : x.leaderEpoch));
  } else if (x.leaderEpoch !== undefined && x.leaderEpoch !== -1) lost('leaderEpoch', v);
  if (v >= 6) w.uvarint(0);
}

interface ListOffsetsResponseTopics {
  readonly name?: string | undefined;
  readonly partitions?: readonly ListOffsetsResponseTopicsPartitions[] | undefined;
}

interface ListOffsetsResponseTopicsValue {
  name: string;
  partitions: readonly ListOffsetsResponseTopicsPartitionsValue[];
}

function readListOffsetsResponseTopicsPartitionsArray(r: Reader, v: number): readonly ListOffsetsResponseTopicsPartitionsValue[] {
  const count = (v >= 6 ? r.compactCount(27) : r.count(22));
  const values = new Array<ListOffsetsResponseTopicsPartitionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readListOffsetsResponseTopicsPartitions(r, v);
  return values;
}

function readListOffsetsResponseTopics(r: Reader, v: number): ListOffsetsResponseTopicsValue {
  const value: ListOffsetsResponseTopicsValue = {
    name: (v >= 6 ? r.compactString() : r.string()),
    partitions: readListOffsetsResponseTopicsPartitionsArray(r, v),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeListOffsetsResponseTopicsPartitionsArray(w: Writer, v: number, values: readonly ListOffsetsResponseTopicsPartitions[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeListOffsetsResponseTopicsPartitions(w, v, each);
}

function writeListOffsetsResponseTopics(w: Writer, v: number, x: ListOffsetsResponseTopics): void {
  if (v >= 6) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  writeListOffsetsResponseTopicsPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  if (v >= 6) w.uvarint(0);
}

interface ListOffsetsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly topics?: readonly ListOffsetsResponseTopics[] | undefined;
}

interface ListOffsetsResponseValue {
  throttleTimeMs: number;
  topics: readonly ListOffsetsResponseTopicsValue[];
}

function readListOffsetsResponseTopicsArray(r: Reader, v: number): readonly ListOffsetsResponseTopicsValue[] {
  const count = (v >= 6 ? r.compactCount(3) : r.count(6));
  const values = new Array<ListOffsetsResponseTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readListOffsetsResponseTopics(r, v);
  return values;
}

function readListOffsetsResponse(r: Reader, v: number): ListOffsetsResponseValue {
  const value: ListOffsetsResponseValue = {
    throttleTimeMs: (v >= 2 ? r.int32() : 0),
    topics: readListOffsetsResponseTopicsArray(r, v),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeListOffsetsResponseTopicsArray(w: Writer, v: number, values: readonly ListOffsetsResponseTopics[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeListOffsetsResponseTopics(w, v, each);
}

function writeListOffsetsResponse(w: Writer, v: number, x: ListOffsetsResponse): void {
  if (v >= 2) {
    w.int32((x.throttleTimeMs === undefined ? 0 : x.throttleTimeMs));
  }
  writeListOffsetsResponseTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  if (v >= 6) w.uvarint(0);
}

export const listOffsetsResponseStraight: Straight = { read: readListOffsetsResponse, write: writeListOffsetsResponse };
