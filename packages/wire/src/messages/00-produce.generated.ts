/** Straight-line code, printed from the tables by scripts/protocol/straight.ts; not edited by hand. */
// oxlint-disable unicorn/no-new-array -- sized once, and the reader has checked the count
// oxlint-disable typescript/no-unnecessary-boolean-literal-compare -- one form for all types
import { type Uuid, zeroUuid, Offset } from '@skerry/base';
import { noBytes, noElements } from '../defaults.ts';
import type { Reader } from '../reader.ts';
import type { Straight } from '../schema.ts';
import { lost, some } from '../straight.ts';
import type { Part, Writer } from '../writer.ts';

interface ProduceRequestTopicDataPartitionData {
  readonly index?: number | undefined;
  readonly records?: Part | null | undefined;
}

interface ProduceRequestTopicDataPartitionDataValue {
  index: number;
  records: Uint8Array | null;
}

function readProduceRequestTopicDataPartitionData(r: Reader, v: number): ProduceRequestTopicDataPartitionDataValue {
  const value: ProduceRequestTopicDataPartitionDataValue = {
    index: r.int32(),
    records: (v >= 9 ? r.nullableCompactBlob() : r.nullableBlob()),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeProduceRequestTopicDataPartitionData(w: Writer, v: number, x: ProduceRequestTopicDataPartitionData): void {
  w.int32((x.index === undefined ? 0 : x.index));
  if (v >= 9) w.compactRecords((x.records === undefined ? noBytes : x.records));
  else w.records((x.records === undefined ? noBytes : x.records));
  if (v >= 9) w.uvarint(0);
}

interface ProduceRequestTopicData {
  readonly name?: string | undefined;
  readonly topicId?: Uuid | undefined;
  readonly partitionData?: readonly ProduceRequestTopicDataPartitionData[] | undefined;
}

interface ProduceRequestTopicDataValue {
  name: string;
  topicId: Uuid;
  partitionData: readonly ProduceRequestTopicDataPartitionDataValue[];
}

function readProduceRequestTopicDataPartitionDataArray(r: Reader, v: number): readonly ProduceRequestTopicDataPartitionDataValue[] {
  const count = (v >= 9 ? r.compactCount(6) : r.count(8));
  const values = new Array<ProduceRequestTopicDataPartitionDataValue>(count);
  for (let i = 0; i < count; i++) values[i] = readProduceRequestTopicDataPartitionData(r, v);
  return values;
}

function readProduceRequestTopicData(r: Reader, v: number): ProduceRequestTopicDataValue {
  const value: ProduceRequestTopicDataValue = {
    name: (v <= 12 ? (v >= 9 ? r.compactString() : r.string()) : ''),
    topicId: (v >= 13 ? r.uuid() : zeroUuid),
    partitionData: readProduceRequestTopicDataPartitionDataArray(r, v),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeProduceRequestTopicDataPartitionDataArray(w: Writer, v: number, values: readonly ProduceRequestTopicDataPartitionData[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeProduceRequestTopicDataPartitionData(w, v, each);
}

function writeProduceRequestTopicData(w: Writer, v: number, x: ProduceRequestTopicData): void {
  if (v <= 12) {
    if (v >= 9) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  }
  if (v >= 13) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  writeProduceRequestTopicDataPartitionDataArray(w, v, (x.partitionData === undefined ? noElements : x.partitionData));
  if (v >= 9) w.uvarint(0);
}

interface ProduceRequest {
  readonly transactionalId?: string | null | undefined;
  readonly acks?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly topicData?: readonly ProduceRequestTopicData[] | undefined;
}

interface ProduceRequestValue {
  transactionalId: string | null;
  acks: number;
  timeoutMs: number;
  topicData: readonly ProduceRequestTopicDataValue[];
}

function readProduceRequestTopicDataArray(r: Reader, v: number): readonly ProduceRequestTopicDataValue[] {
  const count = (v >= 9 ? r.compactCount(3) : r.count(6));
  const values = new Array<ProduceRequestTopicDataValue>(count);
  for (let i = 0; i < count; i++) values[i] = readProduceRequestTopicData(r, v);
  return values;
}

function readProduceRequest(r: Reader, v: number): ProduceRequestValue {
  const value: ProduceRequestValue = {
    transactionalId: (v >= 9 ? r.nullableCompactString() : r.nullableString()),
    acks: r.int16(),
    timeoutMs: r.int32(),
    topicData: readProduceRequestTopicDataArray(r, v),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeProduceRequestTopicDataArray(w: Writer, v: number, values: readonly ProduceRequestTopicData[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeProduceRequestTopicData(w, v, each);
}

function writeProduceRequest(w: Writer, v: number, x: ProduceRequest): void {
  if (v >= 9) w.compactString((x.transactionalId === undefined ? null : x.transactionalId));
  else w.string((x.transactionalId === undefined ? null : x.transactionalId));
  w.int16((x.acks === undefined ? 0 : x.acks));
  w.int32((x.timeoutMs === undefined ? 0 : x.timeoutMs));
  writeProduceRequestTopicDataArray(w, v, (x.topicData === undefined ? noElements : x.topicData));
  if (v >= 9) w.uvarint(0);
}

export const produceRequestStraight: Straight = { read: readProduceRequest, write: writeProduceRequest };

interface ProduceResponseResponsesPartitionResponsesRecordErrors {
  readonly batchIndex?: number | undefined;
  readonly batchIndexErrorMessage?: string | null | undefined;
}

interface ProduceResponseResponsesPartitionResponsesRecordErrorsValue {
  batchIndex: number;
  batchIndexErrorMessage: string | null;
}

function readProduceResponseResponsesPartitionResponsesRecordErrors(r: Reader, v: number): ProduceResponseResponsesPartitionResponsesRecordErrorsValue {
  const value: ProduceResponseResponsesPartitionResponsesRecordErrorsValue = {
    batchIndex: (v >= 8 ? r.int32() : 0),
    batchIndexErrorMessage: (v >= 8 ? (v >= 9 ? (v >= 8 ? r.nullableCompactString() : r.compactString()) : (v >= 8 ? r.nullableString() : r.string())) : null),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeProduceResponseResponsesPartitionResponsesRecordErrors(w: Writer, v: number, x: ProduceResponseResponsesPartitionResponsesRecordErrors): void {
  if (v >= 8) {
    w.int32((x.batchIndex === undefined ? 0 : x.batchIndex));
  } else if (x.batchIndex !== undefined && x.batchIndex !== 0) lost('batchIndex', v);
  if (v >= 8) {
    if (v >= 9) w.compactString((v >= 8 ? (x.batchIndexErrorMessage === undefined ? null : x.batchIndexErrorMessage) : some((x.batchIndexErrorMessage === undefined ? null : x.batchIndexErrorMessage))));
  else w.string((v >= 8 ? (x.batchIndexErrorMessage === undefined ? null : x.batchIndexErrorMessage) : some((x.batchIndexErrorMessage === undefined ? null : x.batchIndexErrorMessage))));
  } else if (x.batchIndexErrorMessage !== undefined && x.batchIndexErrorMessage !== null) lost('batchIndexErrorMessage', v);
  if (v >= 9) w.uvarint(0);
}

interface ProduceResponseResponsesPartitionResponsesCurrentLeader {
  readonly leaderId?: number | undefined;
  readonly leaderEpoch?: number | undefined;
}

interface ProduceResponseResponsesPartitionResponsesCurrentLeaderValue {
  leaderId: number;
  leaderEpoch: number;
}

function readProduceResponseResponsesPartitionResponsesCurrentLeader(r: Reader, v: number): ProduceResponseResponsesPartitionResponsesCurrentLeaderValue {
  const value: ProduceResponseResponsesPartitionResponsesCurrentLeaderValue = {
    leaderId: (v >= 10 ? r.int32() : -1),
    leaderEpoch: (v >= 10 ? r.int32() : -1),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeProduceResponseResponsesPartitionResponsesCurrentLeader(w: Writer, v: number, x: ProduceResponseResponsesPartitionResponsesCurrentLeader): void {
  if (v >= 10) {
    w.int32((x.leaderId === undefined ? -1 : x.leaderId));
  } else if (x.leaderId !== undefined && x.leaderId !== -1) lost('leaderId', v);
  if (v >= 10) {
    w.int32((x.leaderEpoch === undefined ? -1 : x.leaderEpoch));
  } else if (x.leaderEpoch !== undefined && x.leaderEpoch !== -1) lost('leaderEpoch', v);
  if (v >= 9) w.uvarint(0);
}

interface ProduceResponseResponsesPartitionResponses {
  readonly index?: number | undefined;
  readonly errorCode?: number | undefined;
  readonly baseOffset?: Offset | undefined;
  readonly logAppendTimeMs?: bigint | undefined;
  readonly logStartOffset?: Offset | undefined;
  readonly recordErrors?: readonly ProduceResponseResponsesPartitionResponsesRecordErrors[] | undefined;
  readonly errorMessage?: string | null | undefined;
  readonly currentLeader?: ProduceResponseResponsesPartitionResponsesCurrentLeader | undefined;
}

interface ProduceResponseResponsesPartitionResponsesValue {
  index: number;
  errorCode: number;
  baseOffset: Offset;
  logAppendTimeMs: bigint;
  logStartOffset: Offset;
  recordErrors: readonly ProduceResponseResponsesPartitionResponsesRecordErrorsValue[];
  errorMessage: string | null;
  currentLeader: ProduceResponseResponsesPartitionResponsesCurrentLeaderValue;
}

function readProduceResponseResponsesPartitionResponsesRecordErrorsArray(r: Reader, v: number): readonly ProduceResponseResponsesPartitionResponsesRecordErrorsValue[] {
  const count = (v >= 9 ? r.compactCount(6) : r.count(6));
  const values = new Array<ProduceResponseResponsesPartitionResponsesRecordErrorsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readProduceResponseResponsesPartitionResponsesRecordErrors(r, v);
  return values;
}

function readProduceResponseResponsesPartitionResponses(r: Reader, v: number): ProduceResponseResponsesPartitionResponsesValue {
  const value: ProduceResponseResponsesPartitionResponsesValue = {
    index: r.int32(),
    errorCode: r.int16(),
    baseOffset: r.offset(),
    logAppendTimeMs: r.int64(),
    logStartOffset: (v >= 5 ? r.offset() : Offset(-1)),
    recordErrors: (v >= 8 ? readProduceResponseResponsesPartitionResponsesRecordErrorsArray(r, v) : noElements),
    errorMessage: (v >= 8 ? (v >= 9 ? (v >= 8 ? r.nullableCompactString() : r.compactString()) : (v >= 8 ? r.nullableString() : r.string())) : null),
    currentLeader: absentProduceResponseResponsesPartitionResponsesCurrentLeader,
  };
  if (v >= 9) readProduceResponseResponsesPartitionResponsesTags(r, v, value);
  return value;
}

function readProduceResponseResponsesPartitionResponsesTags(r: Reader, v: number, value: ProduceResponseResponsesPartitionResponsesValue): void {
  for (let left = r.tagCount(); left > 0; left--) {
    const tag = r.uvarint();
    const end = r.endOf(r.uvarint());
    if (tag === 0 && v >= 10) {
      value.currentLeader = readProduceResponseResponsesPartitionResponsesCurrentLeader(r, v);
      r.mustBeAt(end);
    } else r.need(end - r.position);
  }
}

const absentProduceResponseResponsesPartitionResponsesCurrentLeader: ProduceResponseResponsesPartitionResponsesCurrentLeaderValue = {
  leaderId: -1,
  leaderEpoch: -1,
};

function isAbsentProduceResponseResponsesPartitionResponsesCurrentLeader(x: ProduceResponseResponsesPartitionResponsesCurrentLeader): boolean {
  return !(x.leaderId !== undefined && x.leaderId !== -1) && !(x.leaderEpoch !== undefined && x.leaderEpoch !== -1);
}

function writeProduceResponseResponsesPartitionResponsesRecordErrorsArray(w: Writer, v: number, values: readonly ProduceResponseResponsesPartitionResponsesRecordErrors[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeProduceResponseResponsesPartitionResponsesRecordErrors(w, v, each);
}

function writeProduceResponseResponsesPartitionResponsesTags(w: Writer, v: number, x: ProduceResponseResponsesPartitionResponses): void {
  const currentLeader = v >= 10 && x.currentLeader !== undefined && !isAbsentProduceResponseResponsesPartitionResponsesCurrentLeader(x.currentLeader) ? x.currentLeader : undefined;
  w.uvarint((currentLeader === undefined ? 0 : 1));
  if (currentLeader !== undefined) {
    w.uvarint(0);
    const start = w.size;
    writeProduceResponseResponsesPartitionResponsesCurrentLeader(w, v, currentLeader);
    w.prefixLength(start);
  }
}

function writeProduceResponseResponsesPartitionResponses(w: Writer, v: number, x: ProduceResponseResponsesPartitionResponses): void {
  w.int32((x.index === undefined ? 0 : x.index));
  w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  w.offset((x.baseOffset === undefined ? Offset(0) : x.baseOffset));
  w.int64((x.logAppendTimeMs === undefined ? -1n : x.logAppendTimeMs));
  if (v >= 5) {
    w.offset((x.logStartOffset === undefined ? Offset(-1) : x.logStartOffset));
  }
  if (v >= 8) {
    writeProduceResponseResponsesPartitionResponsesRecordErrorsArray(w, v, (x.recordErrors === undefined ? noElements : x.recordErrors));
  }
  if (v >= 8) {
    if (v >= 9) w.compactString((v >= 8 ? (x.errorMessage === undefined ? null : x.errorMessage) : some((x.errorMessage === undefined ? null : x.errorMessage))));
  else w.string((v >= 8 ? (x.errorMessage === undefined ? null : x.errorMessage) : some((x.errorMessage === undefined ? null : x.errorMessage))));
  }
  if (!(v >= 10)) if (x.currentLeader !== undefined && !isAbsentProduceResponseResponsesPartitionResponsesCurrentLeader(x.currentLeader)) lost('currentLeader', v);
  if (v >= 9) writeProduceResponseResponsesPartitionResponsesTags(w, v, x);
}

interface ProduceResponseResponses {
  readonly name?: string | undefined;
  readonly topicId?: Uuid | undefined;
  readonly partitionResponses?: readonly ProduceResponseResponsesPartitionResponses[] | undefined;
}

interface ProduceResponseResponsesValue {
  name: string;
  topicId: Uuid;
  partitionResponses: readonly ProduceResponseResponsesPartitionResponsesValue[];
}

function readProduceResponseResponsesPartitionResponsesArray(r: Reader, v: number): readonly ProduceResponseResponsesPartitionResponsesValue[] {
  const count = (v >= 9 ? r.compactCount(33) : r.count(22));
  const values = new Array<ProduceResponseResponsesPartitionResponsesValue>(count);
  for (let i = 0; i < count; i++) values[i] = readProduceResponseResponsesPartitionResponses(r, v);
  return values;
}

function readProduceResponseResponses(r: Reader, v: number): ProduceResponseResponsesValue {
  const value: ProduceResponseResponsesValue = {
    name: (v <= 12 ? (v >= 9 ? r.compactString() : r.string()) : ''),
    topicId: (v >= 13 ? r.uuid() : zeroUuid),
    partitionResponses: readProduceResponseResponsesPartitionResponsesArray(r, v),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeProduceResponseResponsesPartitionResponsesArray(w: Writer, v: number, values: readonly ProduceResponseResponsesPartitionResponses[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeProduceResponseResponsesPartitionResponses(w, v, each);
}

function writeProduceResponseResponses(w: Writer, v: number, x: ProduceResponseResponses): void {
  if (v <= 12) {
    if (v >= 9) w.compactString(some((x.name === undefined ? '' : x.name)));
  else w.string(some((x.name === undefined ? '' : x.name)));
  }
  if (v >= 13) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  writeProduceResponseResponsesPartitionResponsesArray(w, v, (x.partitionResponses === undefined ? noElements : x.partitionResponses));
  if (v >= 9) w.uvarint(0);
}

interface ProduceResponseNodeEndpoints {
  readonly nodeId?: number | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly rack?: string | null | undefined;
}

interface ProduceResponseNodeEndpointsValue {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

function readProduceResponseNodeEndpoints(r: Reader, v: number): ProduceResponseNodeEndpointsValue {
  const value: ProduceResponseNodeEndpointsValue = {
    nodeId: (v >= 10 ? r.int32() : 0),
    host: (v >= 10 ? (v >= 9 ? r.compactString() : r.string()) : ''),
    port: (v >= 10 ? r.int32() : 0),
    rack: (v >= 10 ? (v >= 9 ? (v >= 10 ? r.nullableCompactString() : r.compactString()) : (v >= 10 ? r.nullableString() : r.string())) : null),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeProduceResponseNodeEndpoints(w: Writer, v: number, x: ProduceResponseNodeEndpoints): void {
  if (v >= 10) {
    w.int32((x.nodeId === undefined ? 0 : x.nodeId));
  } else if (x.nodeId !== undefined && x.nodeId !== 0) lost('nodeId', v);
  if (v >= 10) {
    if (v >= 9) w.compactString(some((x.host === undefined ? '' : x.host)));
  else w.string(some((x.host === undefined ? '' : x.host)));
  } else if (x.host !== undefined && x.host !== '') lost('host', v);
  if (v >= 10) {
    w.int32((x.port === undefined ? 0 : x.port));
  } else if (x.port !== undefined && x.port !== 0) lost('port', v);
  if (v >= 10) {
    if (v >= 9) w.compactString((v >= 10 ? (x.rack === undefined ? null : x.rack) : some((x.rack === undefined ? null : x.rack))));
  else w.string((v >= 10 ? (x.rack === undefined ? null : x.rack) : some((x.rack === undefined ? null : x.rack))));
  } else if (x.rack !== undefined && x.rack !== null) lost('rack', v);
  if (v >= 9) w.uvarint(0);
}

interface ProduceResponse {
  readonly responses?: readonly ProduceResponseResponses[] | undefined;
  readonly throttleTimeMs?: number | undefined;
  readonly nodeEndpoints?: readonly ProduceResponseNodeEndpoints[] | undefined;
}

interface ProduceResponseValue {
  responses: readonly ProduceResponseResponsesValue[];
  throttleTimeMs: number;
  nodeEndpoints: readonly ProduceResponseNodeEndpointsValue[];
}

function readProduceResponseResponsesArray(r: Reader, v: number): readonly ProduceResponseResponsesValue[] {
  const count = (v >= 9 ? r.compactCount(3) : r.count(6));
  const values = new Array<ProduceResponseResponsesValue>(count);
  for (let i = 0; i < count; i++) values[i] = readProduceResponseResponses(r, v);
  return values;
}

function readProduceResponseNodeEndpointsArray(r: Reader, v: number): readonly ProduceResponseNodeEndpointsValue[] {
  const count = (v >= 9 ? r.compactCount(11) : r.count(1));
  const values = new Array<ProduceResponseNodeEndpointsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readProduceResponseNodeEndpoints(r, v);
  return values;
}

function readProduceResponse(r: Reader, v: number): ProduceResponseValue {
  const value: ProduceResponseValue = {
    responses: readProduceResponseResponsesArray(r, v),
    throttleTimeMs: r.int32(),
    nodeEndpoints: noElements,
  };
  if (v >= 9) readProduceResponseTags(r, v, value);
  return value;
}

function readProduceResponseTags(r: Reader, v: number, value: ProduceResponseValue): void {
  for (let left = r.tagCount(); left > 0; left--) {
    const tag = r.uvarint();
    const end = r.endOf(r.uvarint());
    if (tag === 0 && v >= 10) {
      value.nodeEndpoints = readProduceResponseNodeEndpointsArray(r, v);
      r.mustBeAt(end);
    } else r.need(end - r.position);
  }
}

function writeProduceResponseResponsesArray(w: Writer, v: number, values: readonly ProduceResponseResponses[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeProduceResponseResponses(w, v, each);
}

function writeProduceResponseNodeEndpointsArray(w: Writer, v: number, values: readonly ProduceResponseNodeEndpoints[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeProduceResponseNodeEndpoints(w, v, each);
}

function writeProduceResponseTags(w: Writer, v: number, x: ProduceResponse): void {
  const nodeEndpoints = v >= 10 && x.nodeEndpoints !== undefined && x.nodeEndpoints.length !== 0 ? x.nodeEndpoints : undefined;
  w.uvarint((nodeEndpoints === undefined ? 0 : 1));
  if (nodeEndpoints !== undefined) {
    w.uvarint(0);
    const start = w.size;
    writeProduceResponseNodeEndpointsArray(w, v, nodeEndpoints);
    w.prefixLength(start);
  }
}

function writeProduceResponse(w: Writer, v: number, x: ProduceResponse): void {
  writeProduceResponseResponsesArray(w, v, (x.responses === undefined ? noElements : x.responses));
  w.int32((x.throttleTimeMs === undefined ? 0 : x.throttleTimeMs));
  if (!(v >= 10)) if (x.nodeEndpoints !== undefined && x.nodeEndpoints.length !== 0) lost('nodeEndpoints', v);
  if (v >= 9) writeProduceResponseTags(w, v, x);
}

export const produceResponseStraight: Straight = { read: readProduceResponse, write: writeProduceResponse };
