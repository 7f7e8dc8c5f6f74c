/** Straight-line code, printed from the tables by scripts/protocol/straight.ts; not edited by hand. */
// oxlint-disable unicorn/no-new-array -- sized once, and the reader has checked the count
// oxlint-disable typescript/no-unnecessary-boolean-literal-compare -- one form for all types
import { type Uuid, zeroUuid, Offset } from '@skerry/base';
import { noElements } from '../defaults.ts';
import type { Reader } from '../reader.ts';
import type { Straight } from '../schema.ts';
import { lost, some } from '../straight.ts';
import type { Writer } from '../writer.ts';

interface OffsetCommitRequestTopicsPartitions {
  readonly partitionIndex?: number | undefined;
  readonly committedOffset?: Offset | undefined;
  readonly committedLeaderEpoch?: number | undefined;
  readonly committedMetadata?: string | null | undefined;
}

interface OffsetCommitRequestTopicsPartitionsValue {
  partitionIndex: number;
  committedOffset: Offset;
  committedLeaderEpoch: number;
  committedMetadata: string | null;
}

function readOffsetCommitRequestTopicsPartitions(r: Reader, v: number): OffsetCommitRequestTopicsPartitionsValue {
  const value: OffsetCommitRequestTopicsPartitionsValue = {
    partitionIndex: r.int32(),
    committedOffset: r.offset(),
    committedLeaderEpoch: (v >= 6 ? r.int32() : -1),
    committedMetadata: (v >= 8 ? r.nullableCompactString() : r.nullableString()),
  };
  if (v >= 8) r.skipTags();
  return value;
}

function writeOffsetCommitRequestTopicsPartitions(w: Writer, v: number, x: OffsetCommitRequestTopicsPartitions): void {
  w.int32((x.partitionIndex === undefined ? 0 : x.partitionIndex));
  w.offset((x.committedOffset === undefined ? Offset(0) : x.committedOffset));
  if (v >= 6) {
    w.int32((x.committedLeaderEpoch === undefined ? -1 : x.committedLeaderEpoch));
  }
  if (v >= 8) w.compactString((x.committedMetadata === undefined ? '' : x.committedMetadata));
  else w.string((x.committedMetadata === undefined ? '' : x.committedMetadata));
  if (v >= 8) w.uvarint(0);
}

interface OffsetCommitRequestTopics {
  readonly name?: string | undefined;
  readonly topicId?: Uuid | undefined;
  readonly partitions?: readonly OffsetCommitRequestTopicsPartitions[] | undefined;
}

interface OffsetCommitRequestTopicsValue {
  name: string;
  topicId: Uuid;
  partitions: readonly OffsetCommitRequestTopicsPartitionsValue[];
}

function readOffsetCommitRequestTopicsPartitionsArray(r: Reader, v: number): readonly OffsetCommitRequestTopicsPartitionsValue[] {
  const count = (v >= 8 ? r.compactCount(18) : r.count(14));
  const values = new Array<OffsetCommitRequestTopicsPartitionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetCommitRequestTopicsPartitions(r, v);
  return values;
}

function readOffsetCommitRequestTopics(r: Reader, v: number): OffsetCommitRequestTopicsValue {
  const value: OffsetCommitRequestTopicsValue = {
    name: (v <= 9 ? (v >= 8 ? r.compactString() : r.string()) : ''),
    topicId: (v >= 10 ? r.uuid() : zeroUuid),
    partitions: readOffsetCommitRequestTopicsPartitionsArray(r, v),
  };
  if (v >= 8) r.skipTags();
  return value;
}

function writeOffsetCommitRequestTopicsPartitionsArray(w: Writer, v: number, values: readonly OffsetCommitRequestTopicsPartitions[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 8) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetCommitRequestTopicsPartitions(w, v, each);
}

function writeOffsetCommitRequestTopics(w: Writer, v: number, x: OffsetCommitRequestTopics): void {
  if (v <= 9) {
    if (v >= 8) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  }
  if (v >= 10) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  writeOffsetCommitRequestTopicsPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  if (v >= 8) w.uvarint(0);
}

interface OffsetCommitRequest {
  readonly groupId?: string | undefined;
  readonly generationIdOrMemberEpoch?: number | undefined;
  readonly memberId?: string | undefined;
  readonly groupInstanceId?: string | null | undefined;
  readonly retentionTimeMs?: bigint | undefined;
  readonly topics?: readonly OffsetCommitRequestTopics[] | undefined;
}

interface OffsetCommitRequestValue {
  groupId: string;
  generationIdOrMemberEpoch: number;
  memberId: string;
  groupInstanceId: string | null;
  retentionTimeMs: bigint;
  topics: readonly OffsetCommitRequestTopicsValue[];
}

function readOffsetCommitRequestTopicsArray(r: Reader, v: number): readonly OffsetCommitRequestTopicsValue[] {
  const count = (v >= 8 ? r.compactCount(3) : r.count(6));
  const values = new Array<OffsetCommitRequestTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetCommitRequestTopics(r, v);
  return values;
}

function readOffsetCommitRequest(r: Reader, v: number): OffsetCommitRequestValue {
  const value: OffsetCommitRequestValue = {
    groupId: (v >= 8 ? r.compactString() : r.string()),
    generationIdOrMemberEpoch: r.int32(),
    memberId: (v >= 8 ? r.compactString() : r.string()),
    groupInstanceId: (v >= 7 ? (v >= 8 ? (v >= 7 ? r.nullableCompactString() : r.compactString()) : (v >= 7 ? r.nullableString() : r.string())) : null),
    retentionTimeMs: (v <= 4 ? r.int64() : -1n),
    topics: readOffsetCommitRequestTopicsArray(r, v),
  };
  if (v >= 8) r.skipTags();
  return value;
}

function writeOffsetCommitRequestTopicsArray(w: Writer, v: number, values: readonly OffsetCommitRequestTopics[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 8) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetCommitRequestTopics(w, v, each);
}

function writeOffsetCommitRequest(w: Writer, v: number, x: OffsetCommitRequest): void {
  if (v >= 8) w.compactString(some((x.groupId === undefined ? '' : x.groupId)));
  else w.string(some((x.groupId === undefined ? '' : x.groupId)));
  w.int32((x.generationIdOrMemberEpoch === undefined ? -1 : x.generationIdOrMemberEpoch));
  if (v >= 8) w.compactString(some((x.memberId === undefined ? '' : x.memberId)));
  else w.string(some((x.memberId === undefined ? '' : x.memberId)));
  if (v >= 7) {
    if (v >= 8) w.compactString((v >= 7 ? (x.groupInstanceId === undefined ? null : x.groupInstanceId) : some((x.groupInstanceId === undefined ? null : x.groupInstanceId))));
  else w.string((v >= 7 ? (x.groupInstanceId === undefined ? null : x.groupInstanceId) : some((x.groupInstanceId === undefined ? null : x.groupInstanceId))));
  } else if (x.groupInstanceId !== undefined && x.groupInstanceId !== null) lost('groupInstanceId', v);
  if (v <= 4) {
    w.int64((x.retentionTimeMs === undefined ? -1n : x.retentionTimeMs));
  }
  writeOffsetCommitRequestTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  if (v >= 8) w.uvarint(0);
}

export const offsetCommitRequestStraight: Straight = { read: readOffsetCommitRequest, write: writeOffsetCommitRequest };

interface OffsetCommitResponseTopicsPartitions {
  readonly partitionIndex?: number | undefined;
  readonly errorCode?: number | undefined;
}

interface OffsetCommitResponseTopicsPartitionsValue {
  partitionIndex: number;
  errorCode: number;
}

function readOffsetCommitResponseTopicsPartitions(r: Reader, v: number): OffsetCommitResponseTopicsPartitionsValue {
  const value: OffsetCommitResponseTopicsPartitionsValue = {
    partitionIndex: r.int32(),
    errorCode: r.int16(),
  };
  if (v >= 8) r.skipTags();
  return value;
}

function writeOffsetCommitResponseTopicsPartitions(w: Writer, v: number, x: OffsetCommitResponseTopicsPartitions): void {
  w.int32((x.partitionIndex === undefined ? 0 : x.partitionIndex));
  w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  if (v >= 8) w.uvarint(0);
}

interface OffsetCommitResponseTopics {
  readonly name?: string | undefined;
  readonly topicId?: Uuid | undefined;
  readonly partitions?: readonly OffsetCommitResponseTopicsPartitions[] | undefined;
}

interface OffsetCommitResponseTopicsValue {
  name: string;
  topicId: Uuid;
  partitions: readonly OffsetCommitResponseTopicsPartitionsValue[];
}

function readOffsetCommitResponseTopicsPartitionsArray(r: Reader, v: number): readonly OffsetCommitResponseTopicsPartitionsValue[] {
  const count = (v >= 8 ? r.compactCount(7) : r.count(6));
  const values = new Array<OffsetCommitResponseTopicsPartitionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetCommitResponseTopicsPartitions(r, v);
  return values;
}

function readOffsetCommitResponseTopics(r: Reader, v: number): OffsetCommitResponseTopicsValue {
  const value: OffsetCommitResponseTopicsValue = {
    name: (v <= 9 ? (v >= 8 ? r.compactString() : r.string()) : ''),
    topicId: (v >= 10 ? r.uuid() : zeroUuid),
    partitions: readOffsetCommitResponseTopicsPartitionsArray(r, v),
  };
  if (v >= 8) r.skipTags();
  return value;
}

function writeOffsetCommitResponseTopicsPartitionsArray(w: Writer, v: number, values: readonly OffsetCommitResponseTopicsPartitions[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 8) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetCommitResponseTopicsPartitions(w, v, each);
}

function writeOffsetCommitResponseTopics(w: Writer, v: number, x: OffsetCommitResponseTopics): void {
  if (v <= 9) {
    if (v >= 8) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  }
  if (v >= 10) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  writeOffsetCommitResponseTopicsPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  if (v >= 8) w.uvarint(0);
}

interface OffsetCommitResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly topics?: readonly OffsetCommitResponseTopics[] | undefined;
}

interface OffsetCommitResponseValue {
  throttleTimeMs: number;
  topics: readonly OffsetCommitResponseTopicsValue[];
}

function readOffsetCommitResponseTopicsArray(r: Reader, v: number): readonly OffsetCommitResponseTopicsValue[] {
  const count = (v >= 8 ? r.compactCount(3) : r.count(6));
  const values = new Array<OffsetCommitResponseTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetCommitResponseTopics(r, v);
  return values;
}

function readOffsetCommitResponse(r: Reader, v: number): OffsetCommitResponseValue {
  const value: OffsetCommitResponseValue = {
    throttleTimeMs: (v >= 3 ? r.int32() : 0),
    topics: readOffsetCommitResponseTopicsArray(r, v),
  };
  if (v >= 8) r.skipTags();
  return value;
}

function writeOffsetCommitResponseTopicsArray(w: Writer, v: number, values: readonly OffsetCommitResponseTopics[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 8) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetCommitResponseTopics(w, v, each);
}

function writeOffsetCommitResponse(w: Writer, v: number, x: OffsetCommitResponse): void {
  if (v >= 3) {
    w.int32((x.throttleTimeMs === undefined ? 0 : x.throttleTimeMs));
  }
  writeOffsetCommitResponseTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  if (v >= 8) w.uvarint(0);
}

export const offsetCommitResponseStraight: Straight = { read: readOffsetCommitResponse, write: writeOffsetCommitResponse };
