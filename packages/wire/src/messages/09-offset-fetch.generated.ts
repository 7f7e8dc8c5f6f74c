/** Straight-line code, printed from the tables by scripts/protocol/straight.ts; not edited by hand. */
// oxlint-disable unicorn/no-new-array -- sized once, and the reader has checked the count
// oxlint-disable typescript/no-unnecessary-boolean-literal-compare -- one form for all types
import { type Uuid, zeroUuid, Offset } from '@skerry/base';
import { noElements } from '../defaults.ts';
import type { Reader } from '../reader.ts';
import type { Straight } from '../schema.ts';
import { lost, some } from '../straight.ts';
import type { Writer } from '../writer.ts';

interface OffsetFetchRequestTopics {
  readonly name?: string | undefined;
  readonly partitionIndexes?: readonly number[] | undefined;
}

interface OffsetFetchRequestTopicsValue {
  name: string;
  partitionIndexes: readonly number[];
}

function readOffsetFetchRequestTopicsPartitionIndexesArray(r: Reader, v: number): readonly number[] {
  const count = (v >= 6 ? r.compactCount(4) : r.count(4));
  const values = new Array<number>(count);
  for (let i = 0; i < count; i++) values[i] = r.int32();
  return values;
}

function readOffsetFetchRequestTopics(r: Reader, v: number): OffsetFetchRequestTopicsValue {
  const value: OffsetFetchRequestTopicsValue = {
    name: (v <= 7 ? (v >= 6 ? r.compactString() : r.string()) : ''),
    partitionIndexes: (v <= 7 ? readOffsetFetchRequestTopicsPartitionIndexesArray(r, v) : noElements),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchRequestTopicsPartitionIndexesArray(w: Writer, v: number, values: readonly number[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) w.int32(each);
}

function writeOffsetFetchRequestTopics(w: Writer, v: number, x: OffsetFetchRequestTopics): void {
  if (v <= 7) {
    if (v >= 6) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  } else if (x.name !== undefined && x.name !== '') lost('name', v);
  if (v <= 7) {
    writeOffsetFetchRequestTopicsPartitionIndexesArray(w, v, (x.partitionIndexes === undefined ? noElements : x.partitionIndexes));
  } else if (x.partitionIndexes !== undefined && x.partitionIndexes.length !== 0) lost('partitionIndexes', v);
  if (v >= 6) w.uvarint(0);
}

interface OffsetFetchRequestGroupsTopics {
  readonly name?: string | undefined;
  readonly topicId?: Uuid | undefined;
  readonly partitionIndexes?: readonly number[] | undefined;
}

interface OffsetFetchRequestGroupsTopicsValue {
  name: string;
  topicId: Uuid;
  partitionIndexes: readonly number[];
}

function readOffsetFetchRequestGroupsTopicsPartitionIndexesArray(r: Reader, v: number): readonly number[] {
  const count = (v >= 6 ? r.compactCount(4) : r.count(1));
  const values = new Array<number>(count);
  for (let i = 0; i < count; i++) values[i] = r.int32();
  return values;
}

function readOffsetFetchRequestGroupsTopics(r: Reader, v: number): OffsetFetchRequestGroupsTopicsValue {
  const value: OffsetFetchRequestGroupsTopicsValue = {
    name: (v >= 8 && v <= 9 ? (v >= 6 ? r.compactString() : r.string()) : ''),
    topicId: (v >= 10 ? r.uuid() : zeroUuid),
    partitionIndexes: (v >= 8 ? readOffsetFetchRequestGroupsTopicsPartitionIndexesArray(r, v) : noElements),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchRequestGroupsTopicsPartitionIndexesArray(w: Writer, v: number, values: readonly number[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) w.int32(each);
}

function writeOffsetFetchRequestGroupsTopics(w: Writer, v: number, x: OffsetFetchRequestGroupsTopics): void {
  if (v >= 8 && v <= 9) {
    if (v >= 6) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  }
  if (v >= 10) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  if (v >= 8) {
    writeOffsetFetchRequestGroupsTopicsPartitionIndexesArray(w, v, (x.partitionIndexes === undefined ? noElements : x.partitionIndexes));
  } else if (x.partitionIndexes !== undefined && x.partitionIndexes.length !== 0) lost('partitionIndexes', v);
  if (v >= 6) w.uvarint(0);
}

interface OffsetFetchRequestGroups {
  readonly groupId?: string | undefined;
  readonly memberId?: string | null | undefined;
  readonly memberEpoch?: number | undefined;
  readonly topics?: readonly OffsetFetchRequestGroupsTopics[] | null | undefined;
}

interface OffsetFetchRequestGroupsValue {
  groupId: string;
  memberId: string | null;
  memberEpoch: number;
  topics: readonly OffsetFetchRequestGroupsTopicsValue[] | null;
}

function readOffsetFetchRequestGroupsTopicsArray(r: Reader, v: number): readonly OffsetFetchRequestGroupsTopicsValue[] | null {
  const count = (v >= 6 ? (v >= 8 ? r.nullableCompactCount(3) : r.compactCount(3)) : (v >= 8 ? r.nullableCount(1) : r.count(1)));
  if (count === null) return null;
  const values = new Array<OffsetFetchRequestGroupsTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetFetchRequestGroupsTopics(r, v);
  return values;
}

function readOffsetFetchRequestGroups(r: Reader, v: number): OffsetFetchRequestGroupsValue {
  const value: OffsetFetchRequestGroupsValue = {
    groupId: (v >= 8 ? (v >= 6 ? r.compactString() : r.string()) : ''),
    memberId: (v >= 9 ? (v >= 6 ? (v >= 9 ? r.nullableCompactString() : r.compactString()) : (v >= 9 ? r.nullableString() : r.string())) : null),
    memberEpoch: (v >= 9 ? r.int32() : -1),
    topics: (v >= 8 ? readOffsetFetchRequestGroupsTopicsArray(r, v) : noElements),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchRequestGroupsTopicsArray(w: Writer, v: number, values: readonly OffsetFetchRequestGroupsTopics[] | null): void {
  if (values === null && !(v >= 8)) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetFetchRequestGroupsTopics(w, v, each);
}

function writeOffsetFetchRequestGroups(w: Writer, v: number, x: OffsetFetchRequestGroups): void {
  if (v >= 8) {
    if (v >= 6) w.compactString(some((x.groupId === undefined ? '' : x.groupId)));
  else w.string(some((x.groupId === undefined ? '' : x.groupId)));
  } else if (x.groupId !== undefined && x.groupId !== '') lost('groupId', v);
  if (v >= 9) {
    if (v >= 6) w.compactString((v >= 9 ? (x.memberId === undefined ? null : x.memberId) : some((x.memberId === undefined ? null : x.memberId))));
  else w.string((v >= 9 ? (x.memberId === undefined ? null : x.memberId) : some((x.memberId === undefined ? null : x.memberId))));
  }
  if (v >= 9) {
    w.int32((x.memberEpoch === undefined ? -1 : x.memberEpoch));
  }
  if (v >= 8) {
    writeOffsetFetchRequestGroupsTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  } else if (x.topics !== undefined && (x.topics === null || x.topics.length !== 0)) lost('topics', v);
  if (v >= 6) w.uvarint(0);
}

interface OffsetFetchRequest {
  readonly groupId?: string | undefined;
  readonly topics?: readonly OffsetFetchRequestTopics[] | null | undefined;
  readonly groups?: readonly OffsetFetchRequestGroups[] | undefined;
  readonly requireStable?: boolean | undefined;
}

interface OffsetFetchRequestValue {
  groupId: string;
  topics: readonly OffsetFetchRequestTopicsValue[] | null;
  groups: readonly OffsetFetchRequestGroupsValue[];
  requireStable: boolean;
}

function readOffsetFetchRequestTopicsArray(r: Reader, v: number): readonly OffsetFetchRequestTopicsValue[] | null {
  const count = (v >= 6 ? (v >= 2 && v <= 7 ? r.nullableCompactCount(3) : r.compactCount(3)) : (v >= 2 && v <= 7 ? r.nullableCount(6) : r.count(6)));
  if (count === null) return null;
  const values = new Array<OffsetFetchRequestTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetFetchRequestTopics(r, v);
  return values;
}

function readOffsetFetchRequestGroupsArray(r: Reader, v: number): readonly OffsetFetchRequestGroupsValue[] {
  const count = (v >= 6 ? r.compactCount(3) : r.count(1));
  const values = new Array<OffsetFetchRequestGroupsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetFetchRequestGroups(r, v);
  return values;
}

function readOffsetFetchRequest(r: Reader, v: number): OffsetFetchRequestValue {
  const value: OffsetFetchRequestValue = {
    groupId: (v <= 7 ? (v >= 6 ? r.compactString() : r.string()) : ''),
    topics: (v <= 7 ? readOffsetFetchRequestTopicsArray(r, v) : noElements),
    groups: (v >= 8 ? readOffsetFetchRequestGroupsArray(r, v) : noElements),
    requireStable: (v >= 7 ? r.bool() : false),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchRequestTopicsArray(w: Writer, v: number, values: readonly OffsetFetchRequestTopics[] | null): void {
  if (values === null && !(v >= 2 && v <= 7)) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetFetchRequestTopics(w, v, each);
}

function writeOffsetFetchRequestGroupsArray(w: Writer, v: number, values: readonly OffsetFetchRequestGroups[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetFetchRequestGroups(w, v, each);
}

function writeOffsetFetchRequest(w: Writer, v: number, x: OffsetFetchRequest): void {
  if (v <= 7) {
    if (v >= 6) w.compactString(some((x.groupId === undefined ? '' : x.groupId)));
  else w.string(some((x.groupId === undefined ? '' : x.groupId)));
  } else if (x.groupId !== undefined && x.groupId !== '') lost('groupId', v);
  if (v <= 7) {
    writeOffsetFetchRequestTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  } else if (x.topics !== undefined && (x.topics === null || x.topics.length !== 0)) lost('topics', v);
  if (v >= 8) {
    writeOffsetFetchRequestGroupsArray(w, v, (x.groups === undefined ? noElements : x.groups));
  } else if (x.groups !== undefined && x.groups.length !== 0) lost('groups', v);
  if (v >= 7) {
    w.bool((x.requireStable === undefined ? false : x.requireStable));
  } else if (x.requireStable !== undefined && x.requireStable !== false) lost('requireStable', v);
  if (v >= 6) w.uvarint(0);
}

export const offsetFetchRequestStraight: Straight = { read: readOffsetFetchRequest, write: writeOffsetFetchRequest };

interface OffsetFetchResponseTopicsPartitions {
  readonly partitionIndex?: number | undefined;
  readonly committedOffset?: Offset | undefined;
  readonly committedLeaderEpoch?: number | undefined;
  readonly metadata?: string | null | undefined;
  readonly errorCode?: number | undefined;
}

interface OffsetFetchResponseTopicsPartitionsValue {
  partitionIndex: number;
  committedOffset: Offset;
  committedLeaderEpoch: number;
  metadata: string | null;
  errorCode: number;
}

function readOffsetFetchResponseTopicsPartitions(r: Reader, v: number): OffsetFetchResponseTopicsPartitionsValue {
  const value: OffsetFetchResponseTopicsPartitionsValue = {
    partitionIndex: (v <= 7 ? r.int32() : 0),
    committedOffset: (v <= 7 ? r.offset() : Offset(0)),
    committedLeaderEpoch: (v >= 5 && v <= 7 ? r.int32() : -1),
    metadata: (v <= 7 ? (v >= 6 ? (v <= 7 ? r.nullableCompactString() : r.compactString()) : (v <= 7 ? r.nullableString() : r.string())) : ''),
    errorCode: (v <= 7 ? r.int16() : 0),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchResponseTopicsPartitions(w: Writer, v: number, x: OffsetFetchResponseTopicsPartitions): void {
  if (v <= 7) {
    w.int32((x.partitionIndex === undefined ? 0 : x.partitionIndex));
  } else if (x.partitionIndex !== undefined && x.partitionIndex !== 0) lost('partitionIndex', v);
  if (v <= 7) {
    w.offset((x.committedOffset === undefined ? Offset(0) : x.committedOffset));
  } else if (x.committedOffset !== undefined && x.committedOffset !== Offset(0)) lost('committedOffset', v);
  if (v >= 5 && v <= 7) {
    w.int32((x.committedLeaderEpoch === undefined ? -1 : x.committedLeaderEpoch));
  }
  if (v <= 7) {
    if (v >= 6) w.compactString((v <= 7 ? (x.metadata === undefined ? '' : x.metadata) : some((x.metadata === undefined ? '' : x.metadata))));
  else w.string((v <= 7 ? (x.metadata === undefined ? '' : x.metadata) : some((x.metadata === undefined ? '' : x.metadata))));
  } else if (x.metadata !== undefined && x.metadata !== '') lost('metadata', v);
  if (v <= 7) {
    w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  } else if (x.errorCode !== undefined && x.errorCode !== 0) lost('errorCode', v);
  if (v >= 6) w.uvarint(0);
}

interface OffsetFetchResponseTopics {
  readonly name?: string | undefined;
  readonly partitions?: readonly OffsetFetchResponseTopicsPartitions[] | undefined;
}

interface OffsetFetchResponseTopicsValue {
  name: string;
  partitions: readonly OffsetFetchResponseTopicsPartitionsValue[];
}

function readOffsetFetchResponseTopicsPartitionsArray(r: Reader, v: number): readonly OffsetFetchResponseTopicsPartitionsValue[] {
  const count = (v >= 6 ? r.compactCount(20) : r.count(16));
  const values = new Array<OffsetFetchResponseTopicsPartitionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetFetchResponseTopicsPartitions(r, v);
  return values;
}

function readOffsetFetchResponseTopics(r: Reader, v: number): OffsetFetchResponseTopicsValue {
  const value: OffsetFetchResponseTopicsValue = {
    name: (v <= 7 ? (v >= 6 ? r.compactString() : r.string()) : ''),
    partitions: (v <= 7 ? readOffsetFetchResponseTopicsPartitionsArray(r, v) : noElements),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchResponseTopicsPartitionsArray(w: Writer, v: number, values: readonly OffsetFetchResponseTopicsPartitions[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetFetchResponseTopicsPartitions(w, v, each);
}

function writeOffsetFetchResponseTopics(w: Writer, v: number, x: OffsetFetchResponseTopics): void {
  if (v <= 7) {
    if (v >= 6) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  } else if (x.name !== undefined && x.name !== '') lost('name', v);
  if (v <= 7) {
    writeOffsetFetchResponseTopicsPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  } else if (x.partitions !== undefined && x.partitions.length !== 0) lost('partitions', v);
  if (v >= 6) w.uvarint(0);
}

interface OffsetFetchResponseGroupsTopicsPartitions {
  readonly partitionIndex?: number | undefined;
  readonly committedOffset?: Offset | undefined;
  readonly committedLeaderEpoch?: number | undefined;
  readonly metadata?: string | null | undefined;
  readonly errorCode?: number | undefined;
}

interface OffsetFetchResponseGroupsTopicsPartitionsValue {
  partitionIndex: number;
  committedOffset: Offset;
  committedLeaderEpoch: number;
  metadata: string | null;
  errorCode: number;
}

function readOffsetFetchResponseGroupsTopicsPartitions(r: Reader, v: number): OffsetFetchResponseGroupsTopicsPartitionsValue {
  const value: OffsetFetchResponseGroupsTopicsPartitionsValue = {
    partitionIndex: (v >= 8 ? r.int32() : 0),
    committedOffset: (v >= 8 ? r.offset() : Offset(0)),
    committedLeaderEpoch: (v >= 8 ? r.int32() : -1),
    metadata: (v >= 8 ? (v >= 6 ? (v >= 8 ? r.nullableCompactString() : r.compactString()) : (v >= 8 ? r.nullableString() : r.string())) : ''),
    errorCode: (v >= 8 ? r.int16() : 0),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchResponseGroupsTopicsPartitions(w: Writer, v: number, x: OffsetFetchResponseGroupsTopicsPartitions): void {
  if (v >= 8) {
    w.int32((x.partitionIndex === undefined ? 0 : x.partitionIndex));
  } else if (x.partitionIndex !== undefined && x.partitionIndex !== 0) lost('partitionIndex', v);
  if (v >= 8) {
    w.offset((x.committedOffset === undefined ? Offset(0) : x.committedOffset));
  } else if (x.committedOffset !== undefined && x.committedOffset !== Offset(0)) lost('committedOffset', v);
  if (v >= 8) {
    w.int32((x.committedLeaderEpoch === undefined ? -1 : x.committedLeaderEpoch));
  }
  if (v >= 8) {
    if (v >= 6) w.compactString((v >= 8 ? (x.metadata === undefined ? '' : x.metadata) : some((x.metadata === undefined ? '' : x.metadata))));
  else w.string((v >= 8 ? (x.metadata === undefined ? '' : x.metadata) : some((x.metadata === undefined ? '' : x.metadata))));
  } else if (x.metadata !== undefined && x.metadata !== '') lost('metadata', v);
  if (v >= 8) {
    w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  } else if (x.errorCode !== undefined && x.errorCode !== 0) lost('errorCode', v);
  if (v >= 6) w.uvarint(0);
}

interface OffsetFetchResponseGroupsTopics {
  readonly name?: string | undefined;
  readonly topicId?: Uuid | undefined;
  readonly partitions?: readonly OffsetFetchResponseGroupsTopicsPartitions[] | undefined;
}

interface OffsetFetchResponseGroupsTopicsValue {
  name: string;
  topicId: Uuid;
  partitions: readonly OffsetFetchResponseGroupsTopicsPartitionsValue[];
}

function readOffsetFetchResponseGroupsTopicsPartitionsArray(r: Reader, v: number): readonly OffsetFetchResponseGroupsTopicsPartitionsValue[] {
  const count = (v >= 6 ? r.compactCount(20) : r.count(1));
  const values = new Array<OffsetFetchResponseGroupsTopicsPartitionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetFetchResponseGroupsTopicsPartitions(r, v);
  return values;
}

function readOffsetFetchResponseGroupsTopics(r: Reader, v: number): OffsetFetchResponseGroupsTopicsValue {
  const value: OffsetFetchResponseGroupsTopicsValue = {
    name: (v >= 8 && v <= 9 ? (v >= 6 ? r.compactString() : r.string()) : ''),
    topicId: (v >= 10 ? r.uuid() : zeroUuid),
    partitions: (v >= 8 ? readOffsetFetchResponseGroupsTopicsPartitionsArray(r, v) : noElements),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchResponseGroupsTopicsPartitionsArray(w: Writer, v: number, values: readonly OffsetFetchResponseGroupsTopicsPartitions[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetFetchResponseGroupsTopicsPartitions(w, v, each);
}

function writeOffsetFetchResponseGroupsTopics(w: Writer, v: number, x: OffsetFetchResponseGroupsTopics): void {
  if (v >= 8 && v <= 9) {
    if (v >= 6) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  }
  if (v >= 10) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  if (v >= 8) {
    writeOffsetFetchResponseGroupsTopicsPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  } else if (x.partitions !== undefined && x.partitions.length !== 0) lost('partitions', v);
  if (v >= 6) w.uvarint(0);
}

interface OffsetFetchResponseGroups {
  readonly groupId?: string | undefined;
  readonly topics?: readonly OffsetFetchResponseGroupsTopics[] | undefined;
  readonly errorCode?: number | undefined;
}

interface OffsetFetchResponseGroupsValue {
  groupId: string;
  topics: readonly OffsetFetchResponseGroupsTopicsValue[];
  errorCode: number;
}

function readOffsetFetchResponseGroupsTopicsArray(r: Reader, v: number): readonly OffsetFetchResponseGroupsTopicsValue[] {
  const count = (v >= 6 ? r.compactCount(3) : r.count(1));
  const values = new Array<OffsetFetchResponseGroupsTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetFetchResponseGroupsTopics(r, v);
  return values;
}

function readOffsetFetchResponseGroups(r: Reader, v: number): OffsetFetchResponseGroupsValue {
  const value: OffsetFetchResponseGroupsValue = {
    groupId: (v >= 8 ? (v >= 6 ? r.compactString() : r.string()) : ''),
    topics: (v >= 8 ? readOffsetFetchResponseGroupsTopicsArray(r, v) : noElements),
    errorCode: (v >= 8 ? r.int16() : 0),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchResponseGroupsTopicsArray(w: Writer, v: number, values: readonly OffsetFetchResponseGroupsTopics[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetFetchResponseGroupsTopics(w, v, each);
}

function writeOffsetFetchResponseGroups(w: Writer, v: number, x: OffsetFetchResponseGroups): void {
  if (v >= 8) {
    if (v >= 6) w.compactString(some((x.groupId === undefined ? '' : x.groupId)));
  else w.string(some((x.groupId === undefined ? '' : x.groupId)));
  } else if (x.groupId !== undefined && x.groupId !== '') lost('groupId', v);
  if (v >= 8) {
    writeOffsetFetchResponseGroupsTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  } else if (x.topics !== undefined && x.topics.length !== 0) lost('topics', v);
  if (v >= 8) {
    w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  } else if (x.errorCode !== undefined && x.errorCode !== 0) lost('errorCode', v);
  if (v >= 6) w.uvarint(0);
}

interface OffsetFetchResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly topics?: readonly OffsetFetchResponseTopics[] | undefined;
  readonly errorCode?: number | undefined;
  readonly groups?: readonly OffsetFetchResponseGroups[] | undefined;
}

interface OffsetFetchResponseValue {
  throttleTimeMs: number;
  topics: readonly OffsetFetchResponseTopicsValue[];
  errorCode: number;
  groups: readonly OffsetFetchResponseGroupsValue[];
}

function readOffsetFetchResponseTopicsArray(r: Reader, v: number): readonly OffsetFetchResponseTopicsValue[] {
  const count = (v >= 6 ? r.compactCount(3) : r.count(6));
  const values = new Array<OffsetFetchResponseTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetFetchResponseTopics(r, v);
  return values;
}

function readOffsetFetchResponseGroupsArray(r: Reader, v: number): readonly OffsetFetchResponseGroupsValue[] {
  const count = (v >= 6 ? r.compactCount(5) : r.count(1));
  const values = new Array<OffsetFetchResponseGroupsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readOffsetFetchResponseGroups(r, v);
  return values;
}

function readOffsetFetchResponse(r: Reader, v: number): OffsetFetchResponseValue {
  const value: OffsetFetchResponseValue = {
    throttleTimeMs: (v >= 3 ? r.int32() : 0),
    topics: (v <= 7 ? readOffsetFetchResponseTopicsArray(r, v) : noElements),
    errorCode: (v >= 2 && v <= 7 ? r.int16() : 0),
    groups: (v >= 8 ? readOffsetFetchResponseGroupsArray(r, v) : noElements),
  };
  if (v >= 6) r.skipTags();
  return value;
}

function writeOffsetFetchResponseTopicsArray(w: Writer, v: number, values: readonly OffsetFetchResponseTopics[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetFetchResponseTopics(w, v, each);
}

function writeOffsetFetchResponseGroupsArray(w: Writer, v: number, values: readonly OffsetFetchResponseGroups[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 6) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeOffsetFetchResponseGroups(w, v, each);
}

function writeOffsetFetchResponse(w: Writer, v: number, x: OffsetFetchResponse): void {
  if (v >= 3) {
    w.int32((x.throttleTimeMs === undefined ? 0 : x.throttleTimeMs));
  }
  if (v <= 7) {
    writeOffsetFetchResponseTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  } else if (x.topics !== undefined && x.topics.length !== 0) lost('topics', v);
  if (v >= 2 && v <= 7) {
    w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  }
  if (v >= 8) {
    writeOffsetFetchResponseGroupsArray(w, v, (x.groups === undefined ? noElements : x.groups));
  } else if (x.groups !== undefined && x.groups.length !== 0) lost('groups', v);
  if (v >= 6) w.uvarint(0);
}

export const offsetFetchResponseStraight: Straight = { read: readOffsetFetchResponse, write: writeOffsetFetchResponse };
