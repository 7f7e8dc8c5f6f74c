/** Straight-line code, printed from the tables by scripts/protocol/straight.ts; not edited by hand. */
// oxlint-disable unicorn/no-new-array -- sized once, and the reader has checked the count
// oxlint-disable typescript/no-unnecessary-boolean-literal-compare -- one form for all types
import { type Uuid, zeroUuid } from '@skerry/base';
import { noElements } from '../defaults.ts';
import type { Reader } from '../reader.ts';
import type { Straight } from '../schema.ts';
import { lost, some } from '../straight.ts';
import type { Writer } from '../writer.ts';

interface MetadataRequestTopics {
  readonly topicId?: Uuid | undefined;
  readonly name?: string | null | undefined;
}

interface MetadataRequestTopicsValue {
  topicId: Uuid;
  name: string | null;
}

function readMetadataRequestTopics(r: Reader, v: number): MetadataRequestTopicsValue {
  const value: MetadataRequestTopicsValue = {
    topicId: (v >= 10 ? r.uuid() : zeroUuid),
    name: (v >= 9 ? (v >= 10 ? r.nullableCompactString() : r.compactString()) : (v >= 10 ? r.nullableString() : r.string())),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeMetadataRequestTopics(w: Writer, v: number, x: MetadataRequestTopics): void {
  if (v >= 10) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  if (v >= 9) w.compactString((v >= 10 ? (x.name === undefined ? '' : x.name) : some((x.name === undefined ? '' : x.name))));
  else w.string((v >= 10 ? (x.name === undefined ? '' : x.name) : some((x.name === undefined ? '' : x.name))));
  if (v >= 9) w.uvarint(0);
}

interface MetadataRequest {
  readonly topics?: readonly MetadataRequestTopics[] | null | undefined;
  readonly allowAutoTopicCreation?: boolean | undefined;
  readonly includeClusterAuthorizedOperations?: boolean | undefined;
  readonly includeTopicAuthorizedOperations?: boolean | undefined;
}

interface MetadataRequestValue {
  topics: readonly MetadataRequestTopicsValue[] | null;
  allowAutoTopicCreation: boolean;
  includeClusterAuthorizedOperations: boolean;
  includeTopicAuthorizedOperations: boolean;
}

function readMetadataRequestTopicsArray(r: Reader, v: number): readonly MetadataRequestTopicsValue[] | null {
  const count = (v >= 9 ? (v >= 1 ? r.nullableCompactCount(2) : r.compactCount(2)) : (v >= 1 ? r.nullableCount(2) : r.count(2)));
  if (count === null) return null;
  const values = new Array<MetadataRequestTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readMetadataRequestTopics(r, v);
  return values;
}

function readMetadataRequest(r: Reader, v: number): MetadataRequestValue {
  const value: MetadataRequestValue = {
    topics: readMetadataRequestTopicsArray(r, v),
    allowAutoTopicCreation: (v >= 4 ? r.bool() : true),
    includeClusterAuthorizedOperations: (v >= 8 && v <= 10 ? r.bool() : false),
    includeTopicAuthorizedOperations: (v >= 8 ? r.bool() : false),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeMetadataRequestTopicsArray(w: Writer, v: number, values: readonly MetadataRequestTopics[] | null): void {
  if (values === null && !(v >= 1)) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeMetadataRequestTopics(w, v, each);
}

function writeMetadataRequest(w: Writer, v: number, x: MetadataRequest): void {
  writeMetadataRequestTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  if (v >= 4) {
    w.bool((x.allowAutoTopicCreation === undefined ? true : x.allowAutoTopicCreation));
  } else if (x.allowAutoTopicCreation !== undefined && x.allowAutoTopicCreation !== true) lost('allowAutoTopicCreation', v);
  if (v >= 8 && v <= 10) {
    w.bool((x.includeClusterAuthorizedOperations === undefined ? false : x.includeClusterAuthorizedOperations));
  } else if (x.includeClusterAuthorizedOperations !== undefined && x.includeClusterAuthorizedOperations !== false) lost('includeClusterAuthorizedOperations', v);
  if (v >= 8) {
    w.bool((x.includeTopicAuthorizedOperations === undefined ? false : x.includeTopicAuthorizedOperations));
  } else if (x.includeTopicAuthorizedOperations !== undefined && x.includeTopicAuthorizedOperations !== false) lost('includeTopicAuthorizedOperations', v);
  if (v >= 9) w.uvarint(0);
}

export const metadataRequestStraight: Straight = { read: readMetadataRequest, write: writeMetadataRequest };

interface MetadataResponseBrokers {
  readonly nodeId?: number | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly rack?: string | null | undefined;
}

interface MetadataResponseBrokersValue {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

function readMetadataResponseBrokers(r: Reader, v: number): MetadataResponseBrokersValue {
  const value: MetadataResponseBrokersValue = {
    nodeId: r.int32(),
    host: (v >= 9 ? r.compactString() : r.string()),
    port: r.int32(),
    rack: (v >= 1 ? (v >= 9 ? (v >= 1 ? r.nullableCompactString() : r.compactString()) : (v >= 1 ? r.nullableString() : r.string())) : null),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeMetadataResponseBrokers(w: Writer, v: number, x: MetadataResponseBrokers): void {
  w.int32((x.nodeId === undefined ? 0 : x.nodeId));
  if (v >= 9) w.compactString(some((x.host === undefined ? '' : x.host)));
  else w.string(some((x.host === undefined ? '' : x.host)));
  w.int32((x.port === undefined ? 0 : x.port));
  if (v >= 1) {
    if (v >= 9) w.compactString((v >= 1 ? (x.rack === undefined ? null : x.rack) : some((x.rack === undefined ? null : x.rack))));
  else w.string((v >= 1 ? (x.rack === undefined ? null : x.rack) : some((x.rack === undefined ? null : x.rack))));
  }
  if (v >= 9) w.uvarint(0);
}

interface MetadataResponseTopicsPartitions {
  readonly errorCode?: number | undefined;
  readonly partitionIndex?: number | undefined;
  readonly leaderId?: number | undefined;
  readonly leaderEpoch?: number | undefined;
  readonly replicaNodes?: readonly number[] | undefined;
  readonly isrNodes?: readonly number[] | undefined;
  readonly offlineReplicas?: readonly number[] | undefined;
}

interface MetadataResponseTopicsPartitionsValue {
  errorCode: number;
  partitionIndex: number;
  leaderId: number;
  leaderEpoch: number;
  replicaNodes: readonly number[];
  isrNodes: readonly number[];
  offlineReplicas: readonly number[];
}

function readMetadataResponseTopicsPartitionsReplicaNodesArray(r: Reader, v: number): readonly number[] {
  const count = (v >= 9 ? r.compactCount(4) : r.count(4));
  const values = new Array<number>(count);
  for (let i = 0; i < count; i++) values[i] = r.int32();
  return values;
}

function readMetadataResponseTopicsPartitionsIsrNodesArray(r: Reader, v: number): readonly number[] {
  const count = (v >= 9 ? r.compactCount(4) : r.count(4));
  const values = new Array<number>(count);
  for (let i = 0; i < count; i++) values[i] = r.int32();
  return values;
}

function readMetadataResponseTopicsPartitionsOfflineReplicasArray(r: Reader, v: number): readonly number[] {
  const count = (v >= 9 ? r.compactCount(4) : r.count(4));
  const values = new Array<number>(count);
  for (let i = 0; i < count; i++) values[i] = r.int32();
  return values;
}

function readMetadataResponseTopicsPartitions(r: Reader, v: number): MetadataResponseTopicsPartitionsValue {
  const value: MetadataResponseTopicsPartitionsValue = {
    errorCode: r.int16(),
    partitionIndex: r.int32(),
    leaderId: r.int32(),
    leaderEpoch: (v >= 7 ? r.int32() : -1),
    replicaNodes: readMetadataResponseTopicsPartitionsReplicaNodesArray(r, v),
    isrNodes: readMetadataResponseTopicsPartitionsIsrNodesArray(r, v),
    offlineReplicas: (v >= 5 ? readMetadataResponseTopicsPartitionsOfflineReplicasArray(r, v) : noElements),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeMetadataResponseTopicsPartitionsReplicaNodesArray(w: Writer, v: number, values: readonly number[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) w.int32(each);
}

function writeMetadataResponseTopicsPartitionsIsrNodesArray(w: Writer, v: number, values: readonly number[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) w.int32(each);
}

function writeMetadataResponseTopicsPartitionsOfflineReplicasArray(w: Writer, v: number, values: readonly number[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) w.int32(each);
}

function writeMetadataResponseTopicsPartitions(w: Writer, v: number, x: MetadataResponseTopicsPartitions): void {
  w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  w.int32((x.partitionIndex === undefined ? 0 : x.partitionIndex));
  w.int32((x.leaderId === undefined ? 0 : x.leaderId));
  if (v >= 7) {
    w.int32((x.leaderEpoch === undefined ? -1 : x.leaderEpoch));
  }
  writeMetadataResponseTopicsPartitionsReplicaNodesArray(w, v, (x.replicaNodes === undefined ? noElements : x.replicaNodes));
  writeMetadataResponseTopicsPartitionsIsrNodesArray(w, v, (x.isrNodes === undefined ? noElements : x.isrNodes));
  if (v >= 5) {
    writeMetadataResponseTopicsPartitionsOfflineReplicasArray(w, v, (x.offlineReplicas === undefined ? noElements : x.offlineReplicas));
  }
  if (v >= 9) w.uvarint(0);
}

interface MetadataResponseTopics {
  readonly errorCode?: number | undefined;
  readonly name?: string | null | undefined;
  readonly topicId?: Uuid | undefined;
  readonly isInternal?: boolean | undefined;
  readonly partitions?: readonly MetadataResponseTopicsPartitions[] | undefined;
  readonly topicAuthorizedOperations?: number | undefined;
}

interface MetadataResponseTopicsValue {
  errorCode: number;
  name: string | null;
  topicId: Uuid;
  isInternal: boolean;
  partitions: readonly MetadataResponseTopicsPartitionsValue[];
  topicAuthorizedOperations: number;
}

function readMetadataResponseTopicsPartitionsArray(r: Reader, v: number): readonly MetadataResponseTopicsPartitionsValue[] {
  const count = (v >= 9 ? r.compactCount(18) : r.count(18));
  const values = new Array<MetadataResponseTopicsPartitionsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readMetadataResponseTopicsPartitions(r, v);
  return values;
}

function readMetadataResponseTopics(r: Reader, v: number): MetadataResponseTopicsValue {
  const value: MetadataResponseTopicsValue = {
    errorCode: r.int16(),
    name: (v >= 9 ? (v >= 12 ? r.nullableCompactString() : r.compactString()) : (v >= 12 ? r.nullableString() : r.string())),
    topicId: (v >= 10 ? r.uuid() : zeroUuid),
    isInternal: (v >= 1 ? r.bool() : false),
    partitions: readMetadataResponseTopicsPartitionsArray(r, v),
    topicAuthorizedOperations: (v >= 8 ? r.int32() : -2147483648),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeMetadataResponseTopicsPartitionsArray(w: Writer, v: number, values: readonly MetadataResponseTopicsPartitions[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeMetadataResponseTopicsPartitions(w, v, each);
}

function writeMetadataResponseTopics(w: Writer, v: number, x: MetadataResponseTopics): void {
  w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  if (v >= 9) w.compactString((v >= 12 ? (x.name === undefined ? '' : x.name) : some((x.name === undefined ? '' : x.name))));
  else w.string((v >= 12 ? (x.name === undefined ? '' : x.name) : some((x.name === undefined ? '' : x.name))));
  if (v >= 10) {
    w.uuid((x.topicId === undefined ? zeroUuid : x.topicId));
  }
  if (v >= 1) {
    w.bool((x.isInternal === undefined ? false : x.isInternal));
  }
  writeMetadataResponseTopicsPartitionsArray(w, v, (x.partitions === undefined ? noElements : x.partitions));
  if (v >= 8) {
    w.int32((x.topicAuthorizedOperations === undefined ? -2147483648 : x.topicAuthorizedOperations));
  } else if (x.topicAuthorizedOperations !== undefined && x.topicAuthorizedOperations !== -2147483648) lost('topicAuthorizedOperations', v);
  if (v >= 9) w.uvarint(0);
}

interface MetadataResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly brokers?: readonly MetadataResponseBrokers[] | undefined;
  readonly clusterId?: string | null | undefined;
  readonly controllerId?: number | undefined;
  readonly topics?: readonly MetadataResponseTopics[] | undefined;
  readonly clusterAuthorizedOperations?: number | undefined;
  readonly errorCode?: number | undefined;
}

interface MetadataResponseValue {
  throttleTimeMs: number;
  brokers: readonly MetadataResponseBrokersValue[];
  clusterId: string | null;
  controllerId: number;
  topics: readonly MetadataResponseTopicsValue[];
  clusterAuthorizedOperations: number;
  errorCode: number;
}

function readMetadataResponseBrokersArray(r: Reader, v: number): readonly MetadataResponseBrokersValue[] {
  const count = (v >= 9 ? r.compactCount(11) : r.count(10));
  const values = new Array<MetadataResponseBrokersValue>(count);
  for (let i = 0; i < count; i++) values[i] = readMetadataResponseBrokers(r, v);
  return values;
}

function readMetadataResponseTopicsArray(r: Reader, v: number): readonly MetadataResponseTopicsValue[] {
  const count = (v >= 9 ? r.compactCount(10) : r.count(8));
  const values = new Array<MetadataResponseTopicsValue>(count);
  for (let i = 0; i < count; i++) values[i] = readMetadataResponseTopics(r, v);
  return values;
}

function readMetadataResponse(r: Reader, v: number): MetadataResponseValue {
  const value: MetadataResponseValue = {
    throttleTimeMs: (v >= 3 ? r.int32() : 0),
    brokers: readMetadataResponseBrokersArray(r, v),
    clusterId: (v >= 2 ? (v >= 9 ? (v >= 2 ? r.nullableCompactString() : r.compactString()) : (v >= 2 ? r.nullableString() : r.string())) : null),
    controllerId: (v >= 1 ? r.int32() : -1),
    topics: readMetadataResponseTopicsArray(r, v),
    clusterAuthorizedOperations: (v >= 8 && v <= 10 ? r.int32() : -2147483648),
    errorCode: (v >= 13 ? r.int16() : 0),
  };
  if (v >= 9) r.skipTags();
  return value;
}

function writeMetadataResponseBrokersArray(w: Writer, v: number, values: readonly MetadataResponseBrokers[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeMetadataResponseBrokers(w, v, each);
}

function writeMetadataResponseTopicsArray(w: Writer, v: number, values: readonly MetadataResponseTopics[] | null): void {
  if (values === null) some(values);
  const count = values === null ? null : values.length;
  if (v >= 9) w.compactCount(count);
  else w.count(count);
  if (values === null) return;
  for (const each of values) writeMetadataResponseTopics(w, v, each);
}

function writeMetadataResponse(w: Writer, v: number, x: MetadataResponse): void {
  if (v >= 3) {
    w.int32((x.throttleTimeMs === undefined ? 0 : x.throttleTimeMs));
  }
  writeMetadataResponseBrokersArray(w, v, (x.brokers === undefined ? noElements : x.brokers));
  if (v >= 2) {
    if (v >= 9) w.compactString((v >= 2 ? (x.clusterId === undefined ? null : x.clusterId) : some((x.clusterId === undefined ? null : x.clusterId))));
  else w.string((v >= 2 ? (x.clusterId === undefined ? null : x.clusterId) : some((x.clusterId === undefined ? null : x.clusterId))));
  }
  if (v >= 1) {
    w.int32((x.controllerId === undefined ? -1 : x.controllerId));
  }
  writeMetadataResponseTopicsArray(w, v, (x.topics === undefined ? noElements : x.topics));
  if (v >= 8 && v <= 10) {
    w.int32((x.clusterAuthorizedOperations === undefined ? -2147483648 : x.clusterAuthorizedOperations));
  } else if (x.clusterAuthorizedOperations !== undefined && x.clusterAuthorizedOperations !== -2147483648) lost('clusterAuthorizedOperations', v);
  if (v >= 13) {
    w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  }
  if (v >= 9) w.uvarint(0);
}

export const metadataResponseStraight: Straight = { read: readMetadataResponse, write: writeMetadataResponse };
