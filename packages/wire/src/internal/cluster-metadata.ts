/** Records of __cluster_metadata. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  bool,
  bytes,
  float64,
  type InputOf,
  int16,
  int32,
  int64,
  int8,
  message,
  string,
  uint16,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const registerBrokerRecord = message({
  name: 'RegisterBrokerRecord',
  apiKey: 0,
  versions: '0-4',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    isMigratingZkBroker: bool('2+'),
    incarnationId: uuid('0+'),
    brokerEpoch: int64('0+'),
    endPoints: array('0+', {
      name: string('0+'),
      host: string('0+'),
      port: uint16('0+'),
      securityProtocol: int16('0+'),
    }),
    features: array('0+', {
      name: string('0+'),
      minSupportedVersion: int16('0+'),
      maxSupportedVersion: int16('0+'),
    }),
    rack: string('0+', { nullable: '0+' }),
    fenced: bool('0+', { absent: true }),
    inControlledShutdown: bool('1+'),
    logDirs: array('3+', uuid, { tag: 0 }),
    cordonedLogDirs: array('4+', uuid, { nullable: '4+', absent: null, tag: 1 }),
  },
});
export type RegisterBrokerRecord = ValueOf<typeof registerBrokerRecord>;
export type RegisterBrokerRecordInput = InputOf<typeof registerBrokerRecord>;

export const unregisterBrokerRecord = message({
  name: 'UnregisterBrokerRecord',
  apiKey: 1,
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+'),
  },
});
export type UnregisterBrokerRecord = ValueOf<typeof unregisterBrokerRecord>;
export type UnregisterBrokerRecordInput = InputOf<typeof unregisterBrokerRecord>;

export const topicRecord = message({
  name: 'TopicRecord',
  apiKey: 2,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+'),
    topicId: uuid('0+'),
  },
});
export type TopicRecord = ValueOf<typeof topicRecord>;
export type TopicRecordInput = InputOf<typeof topicRecord>;

export const partitionRecord = message({
  name: 'PartitionRecord',
  apiKey: 3,
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32('0+', { absent: -1 }),
    topicId: uuid('0+'),
    replicas: array('0+', int32),
    isr: array('0+', int32),
    removingReplicas: array('0+', int32),
    addingReplicas: array('0+', int32),
    leader: int32('0+', { absent: -1 }),
    leaderRecoveryState: int8('0+', { tag: 0 }),
    leaderEpoch: int32('0+', { absent: -1 }),
    partitionEpoch: int32('0+', { absent: -1 }),
    directories: array('1+', uuid),
    eligibleLeaderReplicas: array('2+', int32, { nullable: '2+', absent: null, tag: 1 }),
    lastKnownElr: array('2+', int32, { nullable: '2+', absent: null, tag: 2 }),
  },
});
export type PartitionRecord = ValueOf<typeof partitionRecord>;
export type PartitionRecordInput = InputOf<typeof partitionRecord>;

export const configRecord = message({
  name: 'ConfigRecord',
  apiKey: 4,
  versions: '0',
  flexible: '0+',
  fields: {
    resourceType: int8('0+'),
    resourceName: string('0+'),
    name: string('0+'),
    value: string('0+', { nullable: '0+' }),
  },
});
export type ConfigRecord = ValueOf<typeof configRecord>;
export type ConfigRecordInput = InputOf<typeof configRecord>;

export const partitionChangeRecord = message({
  name: 'PartitionChangeRecord',
  apiKey: 5,
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32('0+', { absent: -1 }),
    topicId: uuid('0+'),
    isr: array('0+', int32, { nullable: '0+', absent: null, tag: 0 }),
    leader: int32('0+', { absent: -2, tag: 1 }),
    replicas: array('0+', int32, { nullable: '0+', absent: null, tag: 2 }),
    removingReplicas: array('0+', int32, { nullable: '0+', absent: null, tag: 3 }),
    addingReplicas: array('0+', int32, { nullable: '0+', absent: null, tag: 4 }),
    leaderRecoveryState: int8('0+', { absent: -1, tag: 5 }),
    directories: array('1+', uuid, { nullable: '1+', absent: null, tag: 8 }),
    eligibleLeaderReplicas: array('2+', int32, { nullable: '2+', absent: null, tag: 6 }),
    lastKnownElr: array('2+', int32, { nullable: '2+', absent: null, tag: 7 }),
  },
});
export type PartitionChangeRecord = ValueOf<typeof partitionChangeRecord>;
export type PartitionChangeRecordInput = InputOf<typeof partitionChangeRecord>;

export const fenceBrokerRecord = message({
  name: 'FenceBrokerRecord',
  apiKey: 7,
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32('0+'),
    epoch: int64('0+'),
  },
});
export type FenceBrokerRecord = ValueOf<typeof fenceBrokerRecord>;
export type FenceBrokerRecordInput = InputOf<typeof fenceBrokerRecord>;

export const unfenceBrokerRecord = message({
  name: 'UnfenceBrokerRecord',
  apiKey: 8,
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32('0+'),
    epoch: int64('0+'),
  },
});
export type UnfenceBrokerRecord = ValueOf<typeof unfenceBrokerRecord>;
export type UnfenceBrokerRecordInput = InputOf<typeof unfenceBrokerRecord>;

export const removeTopicRecord = message({
  name: 'RemoveTopicRecord',
  apiKey: 9,
  versions: '0',
  flexible: '0+',
  fields: {
    topicId: uuid('0+'),
  },
});
export type RemoveTopicRecord = ValueOf<typeof removeTopicRecord>;
export type RemoveTopicRecordInput = InputOf<typeof removeTopicRecord>;

export const delegationTokenRecord = message({
  name: 'DelegationTokenRecord',
  apiKey: 10,
  versions: '0',
  flexible: '0+',
  fields: {
    owner: string('0+'),
    requester: string('0+'),
    renewers: array('0+', string),
    issueTimestamp: int64('0+'),
    maxTimestamp: int64('0+'),
    expirationTimestamp: int64('0+'),
    tokenId: string('0+'),
  },
});
export type DelegationTokenRecord = ValueOf<typeof delegationTokenRecord>;
export type DelegationTokenRecordInput = InputOf<typeof delegationTokenRecord>;

export const userScramCredentialRecord = message({
  name: 'UserScramCredentialRecord',
  apiKey: 11,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+'),
    mechanism: int8('0+'),
    salt: bytes('0+'),
    storedKey: bytes('0+'),
    serverKey: bytes('0+'),
    iterations: int32('0+'),
  },
});
export type UserScramCredentialRecord = ValueOf<typeof userScramCredentialRecord>;
export type UserScramCredentialRecordInput = InputOf<typeof userScramCredentialRecord>;

export const featureLevelRecord = message({
  name: 'FeatureLevelRecord',
  apiKey: 12,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+'),
    featureLevel: int16('0+'),
  },
});
export type FeatureLevelRecord = ValueOf<typeof featureLevelRecord>;
export type FeatureLevelRecordInput = InputOf<typeof featureLevelRecord>;

export const clientQuotaRecord = message({
  name: 'ClientQuotaRecord',
  apiKey: 14,
  versions: '0',
  flexible: '0+',
  fields: {
    entity: array('0+', {
      entityType: string('0+'),
      entityName: string('0+', { nullable: '0+' }),
    }),
    key: string('0+'),
    value: float64('0+'),
    remove: bool('0+'),
  },
});
export type ClientQuotaRecord = ValueOf<typeof clientQuotaRecord>;
export type ClientQuotaRecordInput = InputOf<typeof clientQuotaRecord>;

export const producerIdsRecord = message({
  name: 'ProducerIdsRecord',
  apiKey: 15,
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { absent: -1n }),
    nextProducerId: int64('0+'),
  },
});
export type ProducerIdsRecord = ValueOf<typeof producerIdsRecord>;
export type ProducerIdsRecordInput = InputOf<typeof producerIdsRecord>;

export const brokerRegistrationChangeRecord = message({
  name: 'BrokerRegistrationChangeRecord',
  apiKey: 17,
  versions: '0-3',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+'),
    fenced: int8('0+', { tag: 0 }),
    inControlledShutdown: int8('1+', { tag: 1 }),
    logDirs: array('2+', uuid, { tag: 2 }),
    cordonedLogDirs: array('3+', uuid, { nullable: '3+', absent: null, tag: 3 }),
  },
});
export type BrokerRegistrationChangeRecord = ValueOf<typeof brokerRegistrationChangeRecord>;
export type BrokerRegistrationChangeRecordInput = InputOf<typeof brokerRegistrationChangeRecord>;

export const accessControlEntryRecord = message({
  name: 'AccessControlEntryRecord',
  apiKey: 18,
  versions: '0',
  flexible: '0+',
  fields: {
    id: uuid('0+'),
    resourceType: int8('0+'),
    resourceName: string('0+'),
    patternType: int8('0+'),
    principal: string('0+'),
    host: string('0+'),
    operation: int8('0+'),
    permissionType: int8('0+'),
  },
});
export type AccessControlEntryRecord = ValueOf<typeof accessControlEntryRecord>;
export type AccessControlEntryRecordInput = InputOf<typeof accessControlEntryRecord>;

export const removeAccessControlEntryRecord = message({
  name: 'RemoveAccessControlEntryRecord',
  apiKey: 19,
  versions: '0',
  flexible: '0+',
  fields: {
    id: uuid('0+'),
  },
});
export type RemoveAccessControlEntryRecord = ValueOf<typeof removeAccessControlEntryRecord>;
export type RemoveAccessControlEntryRecordInput = InputOf<typeof removeAccessControlEntryRecord>;

export const noOpRecord = message({
  name: 'NoOpRecord',
  apiKey: 20,
  versions: '0',
  flexible: '0+',
  fields: {},
});

export const zkMigrationStateRecord = message({
  name: 'ZkMigrationStateRecord',
  apiKey: 21,
  versions: '0',
  flexible: '0+',
  fields: {
    zkMigrationState: int8('0+'),
  },
});
export type ZkMigrationStateRecord = ValueOf<typeof zkMigrationStateRecord>;
export type ZkMigrationStateRecordInput = InputOf<typeof zkMigrationStateRecord>;

export const removeUserScramCredentialRecord = message({
  name: 'RemoveUserScramCredentialRecord',
  apiKey: 22,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+'),
    mechanism: int8('0+'),
  },
});
export type RemoveUserScramCredentialRecord = ValueOf<typeof removeUserScramCredentialRecord>;
export type RemoveUserScramCredentialRecordInput = InputOf<typeof removeUserScramCredentialRecord>;

export const beginTransactionRecord = message({
  name: 'BeginTransactionRecord',
  apiKey: 23,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+', { nullable: '0+', absent: null, tag: 0 }),
  },
});
export type BeginTransactionRecord = ValueOf<typeof beginTransactionRecord>;
export type BeginTransactionRecordInput = InputOf<typeof beginTransactionRecord>;

export const endTransactionRecord = message({
  name: 'EndTransactionRecord',
  apiKey: 24,
  versions: '0',
  flexible: '0+',
  fields: {},
});

export const abortTransactionRecord = message({
  name: 'AbortTransactionRecord',
  apiKey: 25,
  versions: '0',
  flexible: '0+',
  fields: {
    reason: string('0+', { nullable: '0+', absent: null, tag: 0 }),
  },
});
export type AbortTransactionRecord = ValueOf<typeof abortTransactionRecord>;
export type AbortTransactionRecordInput = InputOf<typeof abortTransactionRecord>;

export const removeDelegationTokenRecord = message({
  name: 'RemoveDelegationTokenRecord',
  apiKey: 26,
  versions: '0',
  flexible: '0+',
  fields: {
    tokenId: string('0+'),
  },
});
export type RemoveDelegationTokenRecord = ValueOf<typeof removeDelegationTokenRecord>;
export type RemoveDelegationTokenRecordInput = InputOf<typeof removeDelegationTokenRecord>;

export const registerControllerRecord = message({
  name: 'RegisterControllerRecord',
  apiKey: 27,
  versions: '0',
  flexible: '0+',
  fields: {
    controllerId: int32('0+'),
    incarnationId: uuid('0+'),
    zkMigrationReady: bool('0+'),
    endPoints: array('0+', {
      name: string('0+'),
      host: string('0+'),
      port: uint16('0+'),
      securityProtocol: int16('0+'),
    }),
    features: array('0+', {
      name: string('0+'),
      minSupportedVersion: int16('0+'),
      maxSupportedVersion: int16('0+'),
    }),
  },
});
export type RegisterControllerRecord = ValueOf<typeof registerControllerRecord>;
export type RegisterControllerRecordInput = InputOf<typeof registerControllerRecord>;

export const clearElrRecord = message({
  name: 'ClearElrRecord',
  apiKey: 28,
  versions: '0',
  flexible: '0+',
  fields: {
    topicName: string('0+'),
  },
});
export type ClearElrRecord = ValueOf<typeof clearElrRecord>;
export type ClearElrRecordInput = InputOf<typeof clearElrRecord>;

export const unregisterControllerRecord = message({
  name: 'UnregisterControllerRecord',
  apiKey: 29,
  versions: '0',
  flexible: '0+',
  fields: {
    controllerId: int32('0+'),
  },
});
export type UnregisterControllerRecord = ValueOf<typeof unregisterControllerRecord>;
export type UnregisterControllerRecordInput = InputOf<typeof unregisterControllerRecord>;
