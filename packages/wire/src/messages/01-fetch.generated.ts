/** Straight-line code, printed from the tables by scripts/protocol/straight.ts; not edited by hand. */
// oxlint-disable unicorn/no-new-array -- sized once, and the reader has checked the count
// oxlint-disable typescript/no-unnecessary-boolean-literal-compare -- one form for all types
import { type Uuid, zeroUuid, Offset } from '@skerry/base';
import { noBytes, noElements } from '../defaults.ts';
import type { Reader } from '../reader.ts';
import type { Straight } from '../schema.ts';
import { lost, some } from '../straight.ts';
import type { Part, Writer } from '../writer.ts';

interface FetchRequestReplicaState {
  readonly replicaId?: number | undefined;
  readonly replicaEpoch?: bigint | undefined;
}

interface FetchRequestReplicaStateValue {
  replicaId: number;
  replicaEpoch: bigint;
}

function readFetchRequestReplicaState(r: Reader, v: number): FetchRequestReplicaStateValue {
  const value: FetchRequestReplicaStateValue = {
    replicaId: (v >= 15 ? r.int32() : -1),
    replicaEpoch: (v >= 15 ? r.int64() : -1n),
  };
  if (v >= 12) r.skipTags();
  return value;
}

function writeFetchRequestReplicaState(w: Writer, v: number, x: FetchRequestReplicaState): void {
  if (v >= 15) {
    w.int32((x.replicaId === undefined ? -1 : x.replicaId));
  } else if (x.replicaId !== undefined && x.replicaId !== -1) lost('replicaId', v);
  if (v >= 15) {
    w.int64((x.replicaEpoch === undefined ? -1n : x.replicaEpoch));
  } else if (x.replicaEpoch !== undefined && x.replicaEpoch !== -1n) lost('replicaEpoch', v);
  if (v >= 12) w.uvarint(0);
}

interface FetchRequestTopicsPartitions {
  readonly partition?: number | undefined;
  readonly currentLeaderEpoch?: number | undefined;
  readonly fetchOffset?: Offset | undefined;
  readonly lastFetchedEpoch?: number | undefined;
  readonly logStartOffset?: Offset | undefined;
  readonly partitionMaxBytes?: number | undefined;
  readonly replicaDirectoryId?: Uuid | undefined;
  readonly highWatermark?: Offset | undefined;
}

interface FetchRequestTopicsPartitionsValue {
  partition: number;
  currentLeaderEpoch: number;
  fetchOffset: Offset;
  lastFetchedEpoch: number;
  logStartOffset: Offset;
  partitionMaxBytes: number;
  replicaDirectoryId: Uuid;
  highWatermark: Offset;
}

function readFetchRequestTopicsPartitions(r: Reader, v: number): FetchRequestTopicsPartitionsValue {
  const value: FetchRequestTopicsPartitionsValue = {
    partition: r.int32(),
    currentLeaderEpoch: (v >= 9 ? r.int32() : -1),
    fetchOffset: r.offset(),
    lastFetchedEpoch: (v >= 12 ? r.int32() : -1),
    logStartOffset: (v >= 5 ? r.offset() : Offset(-1)),
    partitionMaxBytes: r.int32(),
    replicaDirectoryId: zeroUuid,
    highWatermark: Offset(Infinity),
  };
  if (v >= 12) readFetchRequestTopicsPartitionsTags(r, v, value);
  return value;
}

function readFetchRequestTopicsPartitionsTags(r: Reader, v: number, value: FetchRequestTopicsPartitionsValue): void {
  for (let left = r.tagCount(); left > 0; left--) {
    const tag = r.uvarint();
    const end = r.endOf(r.uvarint());
    if (tag === 0 && v >= 17) {
      value.replicaDirectoryId = r.uuid();
      r.mustBeAt(end);
    } else if (tag === 1 && v >= 18) {
      value.highWatermark = r.offset();
      r.mustBeAt(end);
    } else r.need(end - r.position);
  }
}

function writeFetchRequestTopicsPartitionsTags(w: Writer, v: number, x: FetchRequestTopicsPartitions): void {
  const replicaDirectoryId = v >= 17 && x.replicaDirectoryId !== undefined && x.replicaDirectoryId !== zeroUuid ? x.replicaDirectoryId : undefined;
  const highWatermark = v >= 18 && x.highWatermark !== undefined && x.highWatermark !== Offset(Infinity) ? x.highWatermark : undefined;
  w.uvarint((replicaDirectoryId === undefined ? 0 : 1) + (highWatermark === undefined ? 0 : 1));
  if (replicaDirectoryId !== undefined) {
    w.uvarint(0);
    const start = w.size;
    w.uuid(replicaDirectoryId);
    w.prefixLength(start);
  }
  if (highWatermark !== undefined) {
    w.uvarint(1);
    const start = w.size;
    w.offset(highWatermark);
    w.prefixLength(start);
  }
}

function writeFetchRequestTopicsPartitions(w: Writer, v: number, x: FetchRequestTopicsPartitions): void {
  w.int32((x.partition === undefined ? 0 : x.partition));
  if (v >= 9) {
    w.int32((x.currentLeaderEpoch === undefined ? -1 : x.currentLeaderEpoch));
  }
  w.offset((x.fetchOffset === undefined ? Offset(0) : x.fetchOffset));
  if (v >= 12) {
    w.int32((x.lastFetchedEpoch === undefined ? -1 : x.lastFetchedEpoch));
  } else if (x.lastFetchedEpoch !== undefined && x.lastFetchedEpoch !== -1) lost('lastFetchedEpoch', v);
  if (v >= 5) {
    w.offset((x.logStartOffset === undefined ? Offset(-1) : x.logStartOffset));
  }
  w.int32((x.partitionMaxBytes === undefined ? 0 : x.partitionMaxBytes));
  if (v >= 12) writeFetchRequestTopicsPartitionsTags(w, v, x);
}

interface FetchRequestTopics {
  readonly topic?: string | undefined;
  readonly topicId?: Uuid | undefined;
  readonly partitions?: readonly FetchRequestTopicsPartitions[] | undefined;
}

interface FetchRequestTopicsValue {
  topic: string;
  topicId: Uuid;
  partitions: readonly FetchRequestTopicsPartitionsValue[];
}

function readFetchRequestTopicsPartitionsArray(r: Reader, v: number): readonly FetchRequestTopicsPartitionsValue[] {
  const count = (v >= 12 ? r.compactCount(33) : r.count(16));
  const values = new Array<FetchRequestTopicsPartitionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readFetchRequestTopicsPartitions(r, v);
  return values;
}

function readFetchRequestTopics(r: Reader, v: number): FetchRequestTopicsValue {
  const value: FetchRequestTopicsValue = {
    topic: (v <= 12 ? (v >= 12 ? r.compactString() : r.string()) : ''),
    topicId: (v >= 13 ? r.uuid() : zeroUuid),
    partitions: readFetchRequestTopicsPartitionsArray(r, v),
  };
  if (v >= 12) r.skipTags();
  return value;
}

function writeFetchRequestTopicsPartitionsArray(w: Writer, v: number, values: readonly FetchRequestTopicsPartitions[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 12) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeFetchRequestTopicsPartitions(w, v, each);
}

function writeFetchRequestTopics(w: Writer, v: number, x: FetchRequestTopics): void {
  if (v <= 12) {
    if (v >= 12) w.compactString(some((x.topic === undefined ? '' : x.topic)));
  else w.string(some((x.topic === undefined ? '' : x.topic)));
  }
  if (v >= 13) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  writeFetchRequestTopicsPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  if (v >= 12) w.uvarint(0);
}

interface FetchRequestForgottenTopicsData {
  readonly topic?: string | undefined;
  readonly topicId?: Uuid | undefined;
  readonly partitions?: readonly number[] | undefined;
}

interface FetchRequestForgottenTopicsDataValue {
  topic: string;
  topicId: Uuid;
  partitions: readonly number[];
}

function readFetchRequestForgottenTopicsDataPartitionsArray(r: Reader, v: number): readonly number[] {
  const count = (v >= 12 ? r.compactCount(4) : r.count(4));
  const values = new Array<number>(count);
  for (let i = 0; i < count; i++) values[i] = r.int32();
  return values;
}

function readFetchRequestForgottenTopicsData(r: Reader, v: number): FetchRequestForgottenTopicsDataValue {
  const value: FetchRequestForgottenTopicsDataValue = {
    topic: (v >= 7 && v <= 12 ? (v >= 12 ? r.compactString() : r.string()) : ''),
    topicId: (v >= 13 ? r.uuid() : zeroUuid),
    partitions: (v >= 7 ? readFetchRequestForgottenTopicsDataPartitionsArray(r, v) : noElements),
  };
  if (v >= 12) r.skipTags();
  return value;
}

function writeFetchRequestForgottenTopicsDataPartitionsArray(w: Writer, v: number, values: readonly number[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 12) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) w.int32(each);
}

function writeFetchRequestForgottenTopicsData(w: Writer, v: number, x: FetchRequestForgottenTopicsData): void {
  if (v >= 7 && v <= 12) {
    if (v >= 12) w.compactString(some((x.topic === undefined ? '' : x.topic)));
  else w.string(some((x.topic === undefined ? '' : x.topic)));
  }
  if (v >= 13) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  if (v >= 7) {
    writeFetchRequestForgottenTopicsDataPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  } else if (x.partitions !== undefined && x.partitions.length !== 0) lost('partitions', v);
  if (v >= 12) w.uvarint(0);
}

interface FetchRequest {
  readonly clusterId?: string | null | undefined;
  readonly replicaId?: number | undefined;
  readonly replicaState?: FetchRequestReplicaState | undefined;
  readonly maxWaitMs?: number | undefined;
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly isolationLevel?: number | undefined;
  readonly sessionId?: number | undefined;
  readonly sessionEpoch?: number | undefined;
  readonly topics?: readonly FetchRequestTopics[] | undefined;
  readonly forgottenTopicsData?: readonly FetchRequestForgottenTopicsData[] | undefined;
  readonly rackId?: string | undefined;
}

interface FetchRequestValue {
  clusterId: string | null;
  replicaId: number;
  replicaState: FetchRequestReplicaStateValue;
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  isolationLevel: number;
  sessionId: number;
  sessionEpoch: number;
  topics: readonly FetchRequestTopicsValue[];
  forgottenTopicsData: readonly FetchRequestForgottenTopicsDataValue[];
  rackId: string;
}

function readFetchRequestTopicsArray(r: Reader, v: number): readonly FetchRequestTopicsValue[] {
  const count = (v >= 12 ? r.compactCount(3) : r.count(6));
  const values = new Array<FetchRequestTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readFetchRequestTopics(r, v);
  return values;
}

function readFetchRequestForgottenTopicsDataArray(r: Reader, v: number): readonly FetchRequestForgottenTopicsDataValue[] {
  const count = (v >= 12 ? r.compactCount(3) : r.count(6));
  const values = new Array<FetchRequestForgottenTopicsDataValue>(count);
  for (let i = 0; i < count; i++) values[i] = readFetchRequestForgottenTopicsData(r, v);
  return values;
}

function readFetchRequest(r: Reader, v: number): FetchRequestValue {
  const value: FetchRequestValue = {
    clusterId: null,
    replicaId: (v <= 14 ? r.int32() : -1),
    replicaState: absentFetchRequestReplicaState,
    maxWaitMs: r.int32(),
    minBytes: r.int32(),
    maxBytes: r.int32(),
    isolationLevel: r.int8(),
    sessionId: (v >= 7 ? r.int32() : 0),
    sessionEpoch: (v >= 7 ? r.int32() : -1),
    topics: readFetchRequestTopicsArray(r, v),
    forgottenTopicsData: (v >= 7 ? readFetchRequestForgottenTopicsDataArray(r, v) : noElements),
    rackId: (v >= 11 ? (v >= 12 ? r.compactString() : r.string()) : ''),
  };
  if (v >= 12) readFetchRequestTags(r, v, value);
  return value;
}

function readFetchRequestTags(r: Reader, v: number, value: FetchRequestValue): void {
  for (let left = r.tagCount(); left > 0; left--) {
    const tag = r.uvarint();
    const end = r.endOf(r.uvarint());
    if (tag === 0 && v >= 12) {
      value.clusterId = (v >= 12 ? (v >= 12 ? r.nullableCompactString() : r.compactString()) : (v >= 12 ? r.nullableString() : r.string()));
      r.mustBeAt(end);
    } else if (tag === 1 && v >= 15) {
      value.replicaState = readFetchRequestReplicaState(r, v);
      r.mustBeAt(end);
    } else r.need(end - r.position);
  }
}

const absentFetchRequestReplicaState: FetchRequestReplicaStateValue = {
  replicaId: -1,
  replicaEpoch: -1n,
};

function isAbsentFetchRequestReplicaState(x: FetchRequestReplicaState): boolean {
  return !(x.replicaId !== undefined && x.replicaId !== -1) && !(x.replicaEpoch !== undefined && x.replicaEpoch !== -1n);
}

function writeFetchRequestTopicsArray(w: Writer, v: number, values: readonly FetchRequestTopics[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 12) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeFetchRequestTopics(w, v, each);
}

function writeFetchRequestForgottenTopicsDataArray(w: Writer, v: number, values: readonly FetchRequestForgottenTopicsData[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 12) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeFetchRequestForgottenTopicsData(w, v, each);
}

function writeFetchRequestTags(w: Writer, v: number, x: FetchRequest): void {
  const clusterId = v >= 12 && x.clusterId !== undefined && x.clusterId !== null ? x.clusterId : undefined;
  const replicaState = v >= 15 && x.replicaState !== undefined && !isAbsentFetchRequestReplicaState(x.replicaState) ? x.replicaState : undefined;
  w.uvarint((clusterId === undefined ? 0 : 1) + (replicaState === undefined ? 0 : 1));
  if (clusterId !== undefined) {
    w.uvarint(0);
    const start = w.size;
    if (v >= 12) w.compactString((v >= 12 ? clusterId : some(clusterId)));
  else w.string((v >= 12 ? clusterId : some(clusterId)));
    w.prefixLength(start);
  }
  if (replicaState !== undefined) {
    w.uvarint(1);
    const start = w.size;
    writeFetchRequestReplicaState(w, v, replicaState);
    w.prefixLength(start);
  }
}

function writeFetchRequest(w: Writer, v: number, x: FetchRequest): void {
  if (v <= 14) {
    w.int32((x.replicaId === undefined ? -1 : x.replicaId));
  } else if (x.replicaId !== undefined && x.replicaId !== -1) lost('replicaId', v);
  if (!(v >= 15)) if (x.replicaState !== undefined && !isAbsentFetchRequestReplicaState(x.replicaState)) lost('replicaState', v);
  w.int32((x.maxWaitMs === undefined ? 0 : x.maxWaitMs));
  w.int32((x.minBytes === undefined ? 0 : x.minBytes));
  w.int32((x.maxBytes === undefined ? 2147483647 : x.maxBytes));
  w.int8((x.isolationLevel === undefined ? 0 : x.isolationLevel));
  if (v >= 7) {
    w.int32((x.sessionId === undefined ? 0 : x.sessionId));
  }
  if (v >= 7) {
    w.int32((x.sessionEpoch === undefined ? -1 : x.sessionEpoch));
  }
  writeFetchRequestTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  if (v >= 7) {
    writeFetchRequestForgottenTopicsDataArray(w, v, (x.forgottenTopicsData === undefined ? noElements : x.forgottenTopicsData));
  } else if (x.forgottenTopicsData !== undefined && x.forgottenTopicsData.length !== 0) lost('forgottenTopicsData', v);
  if (v >= 11) {
    if (v >= 12) w.compactString(some((x.rackId === undefined ? '' : x.rackId)));
  else w.string(some((x.rackId === undefined ? '' : x.rackId)));
  }
  if (v >= 12) writeFetchRequestTags(w, v, x);
}

export const fetchRequestStraight: Straight = { read: readFetchRequest, write: writeFetchRequest };

interface FetchResponseResponsesPartitionsDivergingEpoch {
  readonly epoch?: number | undefined;
  readonly endOffset?: Offset | undefined;
}

interface FetchResponseResponsesPartitionsDivergingEpochValue {
  epoch: number;
  endOffset: Offset;
}

function readFetchResponseResponsesPartitionsDivergingEpoch(r: Reader, v: number): FetchResponseResponsesPartitionsDivergingEpochValue {
  const value: FetchResponseResponsesPartitionsDivergingEpochValue = {
    epoch: (v >= 12 ? r.int32() : -1),
    endOffset: (v >= 12 ? r.offset() : Offset(-1)),
  };
  if (v >= 12) r.skipTags();
  return value;
}

function writeFetchResponseResponsesPartitionsDivergingEpoch(w: Writer, v: number, x: FetchResponseResponsesPartitionsDivergingEpoch): void {
  if (v >= 12) {
    w.int32((x.epoch === undefined ? -1 : x.epoch));
  } else if (x.epoch !== undefined && x.epoch !== -1) lost('epoch', v);
  if (v >= 12) {
    w.offset((x.endOffset === undefined ? Offset(-1) : x.endOffset));
  } else if (x.endOffset !== undefined && x.endOffset !== Offset(-1)) lost('endOffset', v);
  if (v >= 12) w.uvarint(0);
}

interface FetchResponseResponsesPartitionsCurrentLeader {
  readonly leaderId?: number | undefined;
  readonly leaderEpoch?: number | undefined;
}

interface FetchResponseResponsesPartitionsCurrentLeaderValue {
  leaderId: number;
  leaderEpoch: number;
}

function readFetchResponseResponsesPartitionsCurrentLeader(r: Reader, v: number): FetchResponseResponsesPartitionsCurrentLeaderValue {
  const value: FetchResponseResponsesPartitionsCurrentLeaderValue = {
    leaderId: (v >= 12 ? r.int32() : -1),
    leaderEpoch: (v >= 12 ? r.int32() : -1),
  };
  if (v >= 12) r.skipTags();
  return value;
}

function writeFetchResponseResponsesPartitionsCurrentLeader(w: Writer, v: number, x: FetchResponseResponsesPartitionsCurrentLeader): void {
  if (v >= 12) {
    w.int32((x.leaderId === undefined ? -1 : x.leaderId));
  } else if (x.leaderId !== undefined && x.leaderId !== -1) lost('leaderId', v);
  if (v >= 12) {
    w.int32((x.leaderEpoch === undefined ? -1 : x.leaderEpoch));
  } else if (x.leaderEpoch !== undefined && x.leaderEpoch !== -1) lost('leaderEpoch', v);
  if (v >= 12) w.uvarint(0);
}

interface FetchResponseResponsesPartitionsSnapshotId {
  readonly endOffset?: Offset | undefined;
  readonly epoch?: number | undefined;
}

interface FetchResponseResponsesPartitionsSnapshotIdValue {
  endOffset: Offset;
  epoch: number;
}

function readFetchResponseResponsesPartitionsSnapshotId(r: Reader, v: number): FetchResponseResponsesPartitionsSnapshotIdValue {
  const value: FetchResponseResponsesPartitionsSnapshotIdValue = {
    endOffset: r.offset(),
    epoch: r.int32(),
  };
  if (v >= 12) r.skipTags();
  return value;
}

function writeFetchResponseResponsesPartitionsSnapshotId(w: Writer, v: number, x: FetchResponseResponsesPartitionsSnapshotId): void {
  w.offset((x.endOffset === undefined ? Offset(-1) : x.endOffset));
  w.int32((x.epoch === undefined ? -1 : x.epoch));
  if (v >= 12) w.uvarint(0);
}

interface FetchResponseResponsesPartitionsAbortedTransactions {
  readonly producerId?: bigint | undefined;
  readonly firstOffset?: Offset | undefined;
}

interface FetchResponseResponsesPartitionsAbortedTransactionsValue {
  producerId: bigint;
  firstOffset: Offset;
}

function readFetchResponseResponsesPartitionsAbortedTransactions(r: Reader, v: number): FetchResponseResponsesPartitionsAbortedTransactionsValue {
  const value: FetchResponseResponsesPartitionsAbortedTransactionsValue = {
    producerId: r.int64(),
    firstOffset: r.offset(),
  };
  if (v >= 12) r.skipTags();
  return value;
}

function writeFetchResponseResponsesPartitionsAbortedTransactions(w: Writer, v: number, x: FetchResponseResponsesPartitionsAbortedTransactions): void {
  w.int64((x.producerId === undefined ? 0n : x.producerId));
  w.offset((x.firstOffset === undefined ? Offset(0) : x.firstOffset));
  if (v >= 12) w.uvarint(0);
}

interface FetchResponseResponsesPartitions {
  readonly partitionIndex?: number | undefined;
  readonly errorCode?: number | undefined;
  readonly highWatermark?: Offset | undefined;
  readonly lastStableOffset?: Offset | undefined;
  readonly logStartOffset?: Offset | undefined;
  readonly divergingEpoch?: FetchResponseResponsesPartitionsDivergingEpoch | undefined;
  readonly currentLeader?: FetchResponseResponsesPartitionsCurrentLeader | undefined;
  readonly snapshotId?: FetchResponseResponsesPartitionsSnapshotId | undefined;
  readonly abortedTransactions?: readonly FetchResponseResponsesPartitionsAbortedTransactions[] | null | undefined;
  readonly preferredReadReplica?: number | undefined;
  readonly records?: Part | null | undefined;
}

interface FetchResponseResponsesPartitionsValue {
  partitionIndex: number;
  errorCode: number;
  highWatermark: Offset;
  lastStableOffset: Offset;
  logStartOffset: Offset;
  divergingEpoch: FetchResponseResponsesPartitionsDivergingEpochValue;
  currentLeader: FetchResponseResponsesPartitionsCurrentLeaderValue;
  snapshotId: FetchResponseResponsesPartitionsSnapshotIdValue;
  abortedTransactions: readonly FetchResponseResponsesPartitionsAbortedTransactionsValue[] | null;
  preferredReadReplica: number;
  records: Uint8Array | null;
}

function readFetchResponseResponsesPartitionsAbortedTransactionsArray(r: Reader, v: number): readonly FetchResponseResponsesPartitionsAbortedTransactionsValue[] | null {
  const count = (v >= 12 ? r.nullableCompactCount(17) : r.nullableCount(16));
  if (count === null) return null;
  const values = new Array<FetchResponseResponsesPartitionsAbortedTransactionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readFetchResponseResponsesPartitionsAbortedTransactions(r, v);
  return values;
}

function readFetchResponseResponsesPartitions(r: Reader, v: number): FetchResponseResponsesPartitionsValue {
  const value: FetchResponseResponsesPartitionsValue = {
    partitionIndex: r.int32(),
    errorCode: r.int16(),
    highWatermark: r.offset(),
    lastStableOffset: r.offset(),
    logStartOffset: (v >= 5 ? r.offset() : Offset(-1)),
    divergingEpoch: absentFetchResponseResponsesPartitionsDivergingEpoch,
    currentLeader: absentFetchResponseResponsesPartitionsCurrentLeader,
    snapshotId: absentFetchResponseResponsesPartitionsSnapshotId,
    abortedTransactions: readFetchResponseResponsesPartitionsAbortedTransactionsArray(r, v),
    preferredReadReplica: (v >= 11 ? r.int32() : -1),
    records: (v >= 12 ? r.nullableCompactBlob() : r.nullableBlob()),
  };
  if (v >= 12) readFetchResponseResponsesPartitionsTags(r, v, value);
  return value;
}

function readFetchResponseResponsesPartitionsTags(r: Reader, v: number, value: FetchResponseResponsesPartitionsValue): void {
  for (let left = r.tagCount(); left > 0; left--) {
    const tag = r.uvarint();
    const end = r.endOf(r.uvarint());
    if (tag === 0 && v >= 12) {
      value.divergingEpoch = readFetchResponseResponsesPartitionsDivergingEpoch(r, v);
      r.mustBeAt(end);
    } else if (tag === 1 && v >= 12) {
      value.currentLeader = readFetchResponseResponsesPartitionsCurrentLeader(r, v);
      r.mustBeAt(end);
    } else if (tag === 2 && v >= 12) {
      value.snapshotId = readFetchResponseResponsesPartitionsSnapshotId(r, v);
      r.mustBeAt(end);
    } else r.need(end - r.position);
  }
}

const absentFetchResponseResponsesPartitionsDivergingEpoch: FetchResponseResponsesPartitionsDivergingEpochValue = {
  epoch: -1,
  endOffset: Offset(-1),
};

function isAbsentFetchResponseResponsesPartitionsDivergingEpoch(x: FetchResponseResponsesPartitionsDivergingEpoch): boolean {
  return !(x.epoch !== undefined && x.epoch !== -1) && !(x.endOffset !== undefined && x.endOffset !== Offset(-1));
}

const absentFetchResponseResponsesPartitionsCurrentLeader: FetchResponseResponsesPartitionsCurrentLeaderValue = {
  leaderId: -1,
  leaderEpoch: -1,
};

function isAbsentFetchResponseResponsesPartitionsCurrentLeader(x: FetchResponseResponsesPartitionsCurrentLeader): boolean {
  return !(x.leaderId !== undefined && x.leaderId !== -1) && !(x.leaderEpoch !== undefined && x.leaderEpoch !== -1);
}

const absentFetchResponseResponsesPartitionsSnapshotId: FetchResponseResponsesPartitionsSnapshotIdValue = {
  endOffset: Offset(-1),
  epoch: -1,
};

function isAbsentFetchResponseResponsesPartitionsSnapshotId(x: FetchResponseResponsesPartitionsSnapshotId): boolean {
  return !(x.endOffset !== undefined && x.endOffset !== Offset(-1)) && !(x.epoch !== undefined && x.epoch !== -1);
}

function writeFetchResponseResponsesPartitionsAbortedTransactionsArray(w: Writer, v: number, values: readonly FetchResponseResponsesPartitionsAbortedTransactions[] | null): void {
  const count = values === null ? null : values.length;
  if (v >= 12) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeFetchResponseResponsesPartitionsAbortedTransactions(w, v, each);
}

function writeFetchResponseResponsesPartitionsTags(w: Writer, v: number, x: FetchResponseResponsesPartitions): void {
  const divergingEpoch = v >= 12 && x.divergingEpoch !== undefined && !isAbsentFetchResponseResponsesPartitionsDivergingEpoch(x.divergingEpoch) ? x.divergingEpoch : undefined;
  const currentLeader = v >= 12 && x.currentLeader !== undefined && !isAbsentFetchResponseResponsesPartitionsCurrentLeader(x.currentLeader) ? x.currentLeader : undefined;
  const snapshotId = v >= 12 && x.snapshotId !== undefined && !isAbsentFetchResponseResponsesPartitionsSnapshotId(x.snapshotId) ? x.snapshotId : undefined;
  w.uvarint((divergingEpoch === undefined ? 0 : 1) + (currentLeader === undefined ? 0 : 1) + (snapshotId === undefined ? 0 : 1));
  if (divergingEpoch !== undefined) {
    w.uvarint(0);
    const start = w.size;
    writeFetchResponseResponsesPartitionsDivergingEpoch(w, v, divergingEpoch);
    w.prefixLength(start);
  }
  if (currentLeader !== undefined) {
    w.uvarint(1);
    const start = w.size;
    writeFetchResponseResponsesPartitionsCurrentLeader(w, v, currentLeader);
    w.prefixLength(start);
  }
  if (snapshotId !== undefined) {
    w.uvarint(2);
    const start = w.size;
    writeFetchResponseResponsesPartitionsSnapshotId(w, v, snapshotId);
    w.prefixLength(start);
  }
}

function writeFetchResponseResponsesPartitions(w: Writer, v: number, x: FetchResponseResponsesPartitions): void {
  w.int32((x.partitionIndex === undefined ? 0 : x.partitionIndex));
  w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  w.offset((x.highWatermark === undefined ? Offset(0) : x.highWatermark));
  w.offset((x.lastStableOffset === undefined ? Offset(-1) : x.lastStableOffset));
  if (v >= 5) {
    w.offset((x.logStartOffset === undefined ? Offset(-1) : x.logStartOffset));
  }
  if (!(v >= 12)) if (x.divergingEpoch !== undefined && !isAbsentFetchResponseResponsesPartitionsDivergingEpoch(x.divergingEpoch)) lost('divergingEpoch', v);
  if (!(v >= 12)) if (x.currentLeader !== undefined && !isAbsentFetchResponseResponsesPartitionsCurrentLeader(x.currentLeader)) lost('currentLeader', v);
  if (!(v >= 12)) if (x.snapshotId !== undefined && !isAbsentFetchResponseResponsesPartitionsSnapshotId(x.snapshotId)) lost('snapshotId', v);
  writeFetchResponseResponsesPartitionsAbortedTransactionsArray(w, v, (x.abortedTransactions === undefined ? noElements : x.abortedTransactions));
  if (v >= 11) {
    w.int32((x.preferredReadReplica === undefined ? -1 : x.preferredReadReplica));
  } else if (x.preferredReadReplica !== undefined && x.preferredReadReplica !== -1) lost('preferredReadReplica', v);
  if (v >= 12) w.compactRecords((x.records === undefined ? noBytes : x.records));
  else w.records((x.records === undefined ? noBytes : x.records));
  if (v >= 12) writeFetchResponseResponsesPartitionsTags(w, v, x);
}

interface FetchResponseResponses {
  readonly topic?: string | undefined;
  readonly topicId?: Uuid | undefined;
  readonly partitions?: readonly FetchResponseResponsesPartitions[] | undefined;
}

interface FetchResponseResponsesValue {
  topic: string;
  topicId: Uuid;
  partitions: readonly FetchResponseResponsesPartitionsValue[];
}

function readFetchResponseResponsesPartitionsArray(r: Reader, v: number): readonly FetchResponseResponsesPartitionsValue[] {
  const count = (v >= 12 ? r.compactCount(37) : r.count(30));
  const values = new Array<FetchResponseResponsesPartitionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readFetchResponseResponsesPartitions(r, v);
  return values;
}

function readFetchResponseResponses(r: Reader, v: number): FetchResponseResponsesValue {
  const value: FetchResponseResponsesValue = {
    topic: (v <= 12 ? (v >= 12 ? r.compactString() : r.string()) : ''),
    topicId: (v >= 13 ? r.uuid() : zeroUuid),
    partitions: readFetchResponseResponsesPartitionsArray(r, v),
  };
  if (v >= 12) r.skipTags();
  return value;
}

function writeFetchResponseResponsesPartitionsArray(w: Writer, v: number, values: readonly FetchResponseResponsesPartitions[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 12) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeFetchResponseResponsesPartitions(w, v, each);
}

function writeFetchResponseResponses(w: Writer, v: number, x: FetchResponseResponses): void {
  if (v <= 12) {
    if (v >= 12) w.compactString(some((x.topic === undefined ? '' : x.topic)));
  else w.string(some((x.topic === undefined ? '' : x.topic)));
  }
  if (v >= 13) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  writeFetchResponseResponsesPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  if (v >= 12) w.uvarint(0);
}

interface FetchResponseNodeEndpoints {
  readonly nodeId?: number | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly rack?: string | null | undefined;
}

interface FetchResponseNodeEndpointsValue {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

function readFetchResponseNodeEndpoints(r: Reader, v: number): FetchResponseNodeEndpointsValue {
  const value: FetchResponseNodeEndpointsValue = {
    nodeId: (v >= 16 ? r.int32() : 0),
    host: (v >= 16 ? (v >= 12 ? r.compactString() : r.string()) : ''),
    port: (v >= 16 ? r.int32() : 0),
    rack: (v >= 16 ? (v >= 12 ? (v >= 16 ? r.nullableCompactString() : r.compactString()) : (v >= 16 ? r.nullableString() : r.string())) : null),
  };
  if (v >= 12) r.skipTags();
  return value;
}

function writeFetchResponseNodeEndpoints(w: Writer, v: number, x: FetchResponseNodeEndpoints): void {
  if (v >= 16) {
    w.int32((x.nodeId === undefined ? 0 : x.nodeId));
  } else if (x.nodeId !== undefined && x.nodeId !== 0) lost('nodeId', v);
  if (v >= 16) {
    if (v >= 12) w.compactString(some((x.host === undefined ? '' : x.host)));
  else w.string(some((x.host === undefined ? '' : x.host)));
  } else if (x.host !== undefined && x.host !== '') lost('host', v);
  if (v >= 16) {
    w.int32((x.port === undefined ? 0 : x.port));
  } else if (x.port !== undefined && x.port !== 0) lost('port', v);
  if (v >= 16) {
    if (v >= 12) w.compactString((v >= 16 ? (x.rack === undefined ? null : x.rack) : some((x.rack === undefined ? null : x.rack))));
  else w.string((v >= 16 ? (x.rack === undefined ? null : x.rack) : some((x.rack === undefined ? null : x.rack))));
  } else if (x.rack !== undefined && x.rack !== null) lost('rack', v);
  if (v >= 12) w.uvarint(0);
}

interface FetchResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode?: number | undefined;
  readonly sessionId?: number | undefined;
  readonly responses?: readonly FetchResponseResponses[] | undefined;
  readonly nodeEndpoints?: readonly FetchResponseNodeEndpoints[] | undefined;
}

interface FetchResponseValue {
  throttleTimeMs: number;
  errorCode: number;
  sessionId: number;
  responses: readonly FetchResponseResponsesValue[];
  nodeEndpoints: readonly FetchResponseNodeEndpointsValue[];
}

function readFetchResponseResponsesArray(r: Reader, v: number): readonly FetchResponseResponsesValue[] {
  const count = (v >= 12 ? r.compactCount(3) : r.count(6));
  const values = new Array<FetchResponseResponsesValue>(count);
  for (let i = 0; i < count; i++) values[i] = readFetchResponseResponses(r, v);
  return values;
}

function readFetchResponseNodeEndpointsArray(r: Reader, v: number): readonly FetchResponseNodeEndpointsValue[] {
  const count = (v >= 12 ? r.compactCount(11) : r.count(1));
  const values = new Array<FetchResponseNodeEndpointsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readFetchResponseNodeEndpoints(r, v);
  return values;
}

function readFetchResponse(r: Reader, v: number): FetchResponseValue {
  const value: FetchResponseValue = {
    throttleTimeMs: r.int32(),
    errorCode: (v >= 7 ? r.int16() : 0),
    sessionId: (v >= 7 ? r.int32() : 0),
    responses: readFetchResponseResponsesArray(r, v),
    nodeEndpoints: noElements,
  };
  if (v >= 12) readFetchResponseTags(r, v, value);
  return value;
}

function readFetchResponseTags(r: Reader, v: number, value: FetchResponseValue): void {
  for (let left = r.tagCount(); left > 0; left--) {
    const tag = r.uvarint();
    const end = r.endOf(r.uvarint());
    if (tag === 0 && v >= 16) {
      value.nodeEndpoints = readFetchResponseNodeEndpointsArray(r, v);
      r.mustBeAt(end);
    } else r.need(end - r.position);
  }
}

function writeFetchResponseResponsesArray(w: Writer, v: number, values: readonly FetchResponseResponses[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 12) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeFetchResponseResponses(w, v, each);
}

function writeFetchResponseNodeEndpointsArray(w: Writer, v: number, values: readonly FetchResponseNodeEndpoints[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 12) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeFetchResponseNodeEndpoints(w, v, each);
}

function writeFetchResponseTags(w: Writer, v: number, x: FetchResponse): void {
  const nodeEndpoints = v >= 16 && x.nodeEndpoints !== undefined && x.nodeEndpoints.length !== 0 ? x.nodeEndpoints : undefined;
  w.uvarint((nodeEndpoints === undefined ? 0 : 1));
  if (nodeEndpoints !== undefined) {
    w.uvarint(0);
    const start = w.size;
    writeFetchResponseNodeEndpointsArray(w, v, nodeEndpoints);
    w.prefixLength(start);
  }
}

function writeFetchResponse(w: Writer, v: number, x: FetchResponse): void {
  w.int32((x.throttleTimeMs === undefined ? 0 : x.throttleTimeMs));
  if (v >= 7) {
    w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  }
  if (v >= 7) {
    w.int32((x.sessionId === undefined ? 0 : x.sessionId));
  } else if (x.sessionId !== undefined && x.sessionId !== 0) lost('sessionId', v);
  writeFetchResponseResponsesArray(w, v, (x.responses === undefined ? noElements : x.responses));
  if (!(v >= 16)) if (x.nodeEndpoints !== undefined && x.nodeEndpoints.length !== 0) lost('nodeEndpoints', v);
  if (v >= 12) writeFetchResponseTags(w, v, x);
}

export const fetchResponseStraight: Straight = { read: readFetchResponse, write: writeFetchResponse };
