/**
 * Why a run of all cases does not provoke an error code that Kafka's handlers can answer. The codes themselves are
 * generated (kafka-codes.generated.ts, from Kafka's byte code); `npm run compat` fails on one that was neither seen in
 * Kafka's answers nor has its reason here, on a reason for one that was seen or that the list lacks, and on a code that
 * Kafka answered though the list lacks it.
 */
import type { ErrorName } from '@skerry/wire/all';
import { kafkaCodes } from './kafka-codes.generated.ts';

type Reasons = Readonly<Partial<Record<ErrorName, string>>>;

const security = 'needs an authoriser; both brokers run without one';
const sasl = 'needs a listener that authenticates; both brokers have plain ones';
const disk = 'needs a failing disk, which the crash tests have';
const starting = 'seen only in the moments of a start';
const stopping = 'seen only while the controller stops: the request has no time limit';
const replicas = 'needs a second node';
const moment = 'seen only while the step before is under way; cases ask until it is over';
const inward = 'of the end of a transaction, which is begun inwardly';
const notMarkers = 'of appends of other records than markers';
const markerUnits = 'needs a marker of an earlier epoch than another’s: log unit tests have it';
const asCommit = 'as OffsetCommit has it, by the same check';
const deleting = 'needs a topic to be deleted while the request waits';
const moving = 'of groups with members of both protocols, which Skerry does not serve yet';
const notCompared = 'share groups have no cases here yet: packages/broker/test/share, and the Java client, try them';
const notServed = 'of a broker that is told not to serve such groups';
const others = 'of others in the group, whose SyncGroup waits';
const nullName = 'of a null name, for which the request has no form';
const tiered = 'tiered storage is off';
const oldRecords = 'of records of older formats, which Kafka 4 writes no more';
const slowWrite = 'needs a write to the coordinator’s topic that is not confirmed in time: a second node';
const checkedBefore = 'of the controller; the broker has refused such a request before';
const bigBatch = 'of more than ten thousand changes at once: so many topics or partitions are in no case';
const fewChanges = 'of more than ten thousand changes at once, which this never comes to';
const uncounted = 'of more than ten thousand changes at once, which Kafka does not count here';
const otherResource = 'of another resource’s settings; a topic’s own are checked as it is made';
const secondFolder = 'needs a second folder';
const internalTopic = 'of a coordinator’s topic; told as COORDINATOR_NOT_AVAILABLE';
const oldMetadata = 'of metadata versions before the one that both brokers have';
const noEpoch = 'of requests that name an epoch; this names none';
const fixedVoters = 'voters come and go from kraft.version 1 on; below, UNSUPPORTED_VERSION says so first';

/** Codes that many APIs may answer, and why no case provokes them. */
export const everywhere: Reasons = {
  UNKNOWN_SERVER_ERROR: 'a fault of Kafka’s own; cases that hit one are explained where Skerry answers better',
  CLUSTER_AUTHORIZATION_FAILED: security,
  TOPIC_AUTHORIZATION_FAILED: security,
  GROUP_AUTHORIZATION_FAILED: security,
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: security,
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: security,
  KAFKA_STORAGE_ERROR: disk,
  NOT_CONTROLLER: starting,
  COORDINATOR_LOAD_IN_PROGRESS: starting,
  COORDINATOR_NOT_AVAILABLE: starting,
  NOT_COORDINATOR: replicas,
  NETWORK_EXCEPTION: replicas,
};

/** Where one of {@link everywhere} is provoked all the same. */
const despite: Readonly<Record<string, readonly ErrorName[]>> = {
  Produce: ['UNKNOWN_SERVER_ERROR'],
  Fetch: ['UNKNOWN_SERVER_ERROR'],
  ListOffsets: ['UNKNOWN_SERVER_ERROR'],
  Metadata: ['UNKNOWN_SERVER_ERROR'],
  CreatePartitions: ['UNKNOWN_SERVER_ERROR'],
  DescribeTopicPartitions: ['UNKNOWN_SERVER_ERROR'],
  IncrementalAlterConfigs: ['UNKNOWN_SERVER_ERROR'],
};

const change: Reasons = { POLICY_VIOLATION: fewChanges, REQUEST_TIMED_OUT: stopping };
const acls: Reasons = { POLICY_VIOLATION: security, REQUEST_TIMED_OUT: security, INVALID_REQUEST: security };
const token: Reasons = { DELEGATION_TOKEN_AUTH_DISABLED: sasl };
const changedToken: Reasons = {
  ...token,
  POLICY_VIOLATION: sasl,
  REQUEST_TIMED_OUT: sasl,
  UNSUPPORTED_VERSION: oldMetadata,
};
const laterToken: Reasons = {
  ...changedToken,
  DELEGATION_TOKEN_NOT_FOUND: sasl,
  DELEGATION_TOKEN_OWNER_MISMATCH: sasl,
  DELEGATION_TOKEN_EXPIRED: sasl,
};
const config: Reasons = {
  REQUEST_TIMED_OUT: stopping,
  UNSUPPORTED_VERSION: checkedBefore,
  BROKER_ID_NOT_REGISTERED: checkedBefore,
};
const voters: Reasons = {
  NOT_LEADER_OR_FOLLOWER: replicas,
  BROKER_NOT_AVAILABLE: replicas,
  REQUEST_TIMED_OUT: fixedVoters,
  FENCED_LEADER_EPOCH: noEpoch,
  UNKNOWN_LEADER_EPOCH: noEpoch,
};

/** By API, what is out of reach. */
const reasons: Readonly<Record<string, Reasons>> = {
  Produce: {
    NOT_LEADER_OR_FOLLOWER: replicas,
    REQUEST_TIMED_OUT: replicas,
    NOT_ENOUGH_REPLICAS_AFTER_APPEND: replicas,
    UNSUPPORTED_FOR_MESSAGE_FORMAT: 'Kafka 4 has no topics of older formats',
    TRANSACTION_COORDINATOR_FENCED: 'of control records, which no client may send: INVALID_RECORD',
  },
  Fetch: {
    FENCED_LEADER_EPOCH: 'needs an epoch before the current one, which is 0 where nobody was elected again',
    CORRUPT_MESSAGE: disk,
    INVALID_RECORD: oldRecords,
    REPLICA_NOT_AVAILABLE: tiered,
    OFFSET_MOVED_TO_TIERED_STORAGE: tiered,
    INCONSISTENT_TOPIC_ID: deleting,
  },
  ListOffsets: {
    NOT_LEADER_OR_FOLLOWER: replicas,
    LEADER_NOT_AVAILABLE: replicas,
    OFFSET_NOT_AVAILABLE: replicas,
    REPLICA_NOT_AVAILABLE: tiered,
    REQUEST_TIMED_OUT: tiered,
    CORRUPT_MESSAGE: disk,
    INVALID_RECORD: oldRecords,
  },
  Metadata: {
    LEADER_NOT_AVAILABLE: disk,
    REPLICA_NOT_AVAILABLE: replicas,
    LISTENER_NOT_FOUND: replicas,
  },
  OffsetCommit: {
    INVALID_GROUP_ID: nullName,
    REQUEST_TIMED_OUT: slowWrite,
  },
  OffsetFetch: {
    INVALID_GROUP_ID: nullName,
    ILLEGAL_GENERATION: moving,
    GROUP_ID_NOT_FOUND: 'told as a group without offsets',
    REQUEST_TIMED_OUT: slowWrite,
  },
  FindCoordinator: {
    UNKNOWN_TOPIC_OR_PARTITION: internalTopic,
    LEADER_NOT_AVAILABLE: internalTopic,
    REPLICA_NOT_AVAILABLE: internalTopic,
    LISTENER_NOT_FOUND: internalTopic,
    INVALID_TOPIC_EXCEPTION: internalTopic,
  },
  JoinGroup: {
    REBALANCE_IN_PROGRESS: others,
    GROUP_ID_NOT_FOUND: moving,
    FENCED_MEMBER_EPOCH: moving,
    UNRELEASED_INSTANCE_ID: moving,
    INVALID_REGULAR_EXPRESSION: moving,
    REQUEST_TIMED_OUT: slowWrite,
  },
  Heartbeat: { GROUP_ID_NOT_FOUND: 'told as UNKNOWN_MEMBER_ID', REQUEST_TIMED_OUT: slowWrite },
  LeaveGroup: {
    GROUP_ID_NOT_FOUND: 'told as UNKNOWN_MEMBER_ID',
    REBALANCE_IN_PROGRESS: others,
    REQUEST_TIMED_OUT: slowWrite,
  },
  SyncGroup: { GROUP_ID_NOT_FOUND: 'told as UNKNOWN_MEMBER_ID', REQUEST_TIMED_OUT: slowWrite },
  DescribeGroups: { INVALID_GROUP_ID: nullName },
  DeleteGroups: { INVALID_GROUP_ID: nullName, REQUEST_TIMED_OUT: slowWrite },
  OffsetDelete: { REQUEST_TIMED_OUT: slowWrite },
  AlterClientQuotas: { REQUEST_TIMED_OUT: stopping },
  ApiVersions: {
    UNSUPPORTED_VERSION: 'a version that nobody has is no version of a case; the broker’s unit tests send one',
  },
  CreateTopics: { UNKNOWN_TOPIC_OR_PARTITION: otherResource, BROKER_ID_NOT_REGISTERED: otherResource },
  DeleteTopics: { TOPIC_DELETION_DISABLED: 'delete.topic.enable is true on both', POLICY_VIOLATION: bigBatch },
  DeleteRecords: { NOT_LEADER_OR_FOLLOWER: replicas, REQUEST_TIMED_OUT: replicas },
  OffsetForLeaderEpoch: { NOT_LEADER_OR_FOLLOWER: replicas },
  AlterReplicaLogDirs: {
    REPLICA_NOT_AVAILABLE: replicas,
    NOT_LEADER_OR_FOLLOWER: secondFolder,
    INVALID_REPLICA_ASSIGNMENT: secondFolder,
    INCONSISTENT_TOPIC_ID: secondFolder,
  },
  DescribeLogDirs: { LOG_DIR_NOT_FOUND: 'Kafka asks itself, for the folders it has' },
  CreatePartitions: {
    INVALID_REPLICATION_FACTOR: replicas,
    POLICY_VIOLATION: 'of more than ten thousand partitions at once; told as UNKNOWN_SERVER_ERROR',
  },
  ElectLeaders: {
    PREFERRED_LEADER_NOT_AVAILABLE: disk,
    ELIGIBLE_LEADERS_NOT_AVAILABLE: disk,
    POLICY_VIOLATION: bigBatch,
  },
  AlterPartitionReassignments: { INVALID_REPLICATION_FACTOR: replicas, POLICY_VIOLATION: bigBatch },
  ListPartitionReassignments: change,
  DescribeQuorum: { NOT_LEADER_OR_FOLLOWER: replicas },
  UpdateFeatures: { ...change, UNSUPPORTED_VERSION: oldMetadata },
  UnregisterBroker: { ...change, POLICY_VIOLATION: bigBatch },
  AddRaftVoter: { ...voters, DUPLICATE_VOTER: fixedVoters },
  RemoveRaftVoter: { ...voters, VOTER_NOT_FOUND: fixedVoters },
  ConsumerGroupHeartbeat: {
    REQUEST_TIMED_OUT: slowWrite,
    REBALANCE_IN_PROGRESS: moving,
    GROUP_MAX_SIZE_REACHED: 'needs a group.consumer.max.size that other cases would reach too',
    UNSUPPORTED_VERSION: notServed,
  },
  ConsumerGroupDescribe: { UNSUPPORTED_VERSION: notServed },
  ShareGroupHeartbeat: {
    REQUEST_TIMED_OUT: notCompared,
    UNKNOWN_MEMBER_ID: notCompared,
    UNSUPPORTED_VERSION: notCompared,
    INVALID_REQUEST: notCompared,
    GROUP_ID_NOT_FOUND: notCompared,
    GROUP_MAX_SIZE_REACHED: notCompared,
    FENCED_MEMBER_EPOCH: notCompared,
  },
  ShareGroupDescribe: {
    INVALID_GROUP_ID: notCompared,
    UNSUPPORTED_VERSION: notCompared,
    GROUP_ID_NOT_FOUND: notCompared,
  },
  ShareFetch: {
    OFFSET_OUT_OF_RANGE: notCompared,
    CORRUPT_MESSAGE: notCompared,
    UNKNOWN_TOPIC_OR_PARTITION: notCompared,
    LEADER_NOT_AVAILABLE: notCompared,
    NOT_LEADER_OR_FOLLOWER: notCompared,
    REPLICA_NOT_AVAILABLE: notCompared,
    UNSUPPORTED_VERSION: notCompared,
    INVALID_REQUEST: notCompared,
    GROUP_ID_NOT_FOUND: notCompared,
    FENCED_LEADER_EPOCH: notCompared,
    UNKNOWN_LEADER_EPOCH: notCompared,
    OFFSET_NOT_AVAILABLE: notCompared,
    INVALID_RECORD: notCompared,
    UNKNOWN_TOPIC_ID: notCompared,
    INCONSISTENT_TOPIC_ID: notCompared,
    OFFSET_MOVED_TO_TIERED_STORAGE: notCompared,
    INVALID_RECORD_STATE: notCompared,
    SHARE_SESSION_NOT_FOUND: notCompared,
    INVALID_SHARE_SESSION_EPOCH: notCompared,
    SHARE_SESSION_LIMIT_REACHED: notCompared,
  },
  ShareAcknowledge: {
    UNKNOWN_TOPIC_OR_PARTITION: notCompared,
    NOT_LEADER_OR_FOLLOWER: notCompared,
    UNSUPPORTED_VERSION: notCompared,
    INVALID_REQUEST: notCompared,
    GROUP_ID_NOT_FOUND: notCompared,
    UNKNOWN_TOPIC_ID: notCompared,
    INVALID_RECORD_STATE: notCompared,
    SHARE_SESSION_NOT_FOUND: notCompared,
    INVALID_SHARE_SESSION_EPOCH: notCompared,
  },
  DescribeShareGroupOffsets: {
    LEADER_NOT_AVAILABLE: notCompared,
    UNSUPPORTED_VERSION: notCompared,
  },
  AlterShareGroupOffsets: {
    UNKNOWN_TOPIC_OR_PARTITION: notCompared,
    REQUEST_TIMED_OUT: notCompared,
    INVALID_GROUP_ID: notCompared,
    UNSUPPORTED_VERSION: notCompared,
    NON_EMPTY_GROUP: notCompared,
    GROUP_ID_NOT_FOUND: notCompared,
  },
  DeleteShareGroupOffsets: {
    UNKNOWN_TOPIC_OR_PARTITION: notCompared,
    REQUEST_TIMED_OUT: notCompared,
    INVALID_GROUP_ID: notCompared,
    UNSUPPORTED_VERSION: notCompared,
    NON_EMPTY_GROUP: notCompared,
    GROUP_ID_NOT_FOUND: notCompared,
  },
  DescribeCluster: { INVALID_REQUEST: 'of v0, whose requests name no kind of endpoint' },
  DescribeProducers: { NOT_LEADER_OR_FOLLOWER: replicas },
  CreateAcls: acls,
  DeleteAcls: acls,
  CreateDelegationToken: { ...changedToken, INVALID_PRINCIPAL_TYPE: sasl },
  RenewDelegationToken: laterToken,
  ExpireDelegationToken: laterToken,
  DescribeDelegationToken: token,
  AlterUserScramCredentials: {
    POLICY_VIOLATION: uncounted,
    REQUEST_TIMED_OUT: stopping,
    UNSUPPORTED_VERSION: oldMetadata,
  },
  InitProducerId: {
    CONCURRENT_TRANSACTIONS: moment,
    INVALID_PRODUCER_ID_MAPPING: inward,
    INVALID_TXN_STATE: inward,
    UNSUPPORTED_VERSION: 'of two-phase commit, which is off',
    UNKNOWN_TOPIC_OR_PARTITION: internalTopic,
    NOT_ENOUGH_REPLICAS: replicas,
    NOT_ENOUGH_REPLICAS_AFTER_APPEND: replicas,
    REQUEST_TIMED_OUT: replicas,
  },
  AddPartitionsToTxn: { CONCURRENT_TRANSACTIONS: moment },
  AddOffsetsToTxn: { CONCURRENT_TRANSACTIONS: moment },
  EndTxn: {
    CONCURRENT_TRANSACTIONS: moment,
    UNKNOWN_TOPIC_OR_PARTITION: internalTopic,
    NOT_ENOUGH_REPLICAS: replicas,
    NOT_ENOUGH_REPLICAS_AFTER_APPEND: replicas,
    REQUEST_TIMED_OUT: replicas,
  },
  WriteTxnMarkers: {
    CORRUPT_MESSAGE: notMarkers,
    NOT_LEADER_OR_FOLLOWER: replicas,
    REQUEST_TIMED_OUT: replicas,
    MESSAGE_TOO_LARGE: notMarkers,
    INVALID_TOPIC_EXCEPTION: notMarkers,
    RECORD_LIST_TOO_LARGE: notMarkers,
    NOT_ENOUGH_REPLICAS: replicas,
    NOT_ENOUGH_REPLICAS_AFTER_APPEND: replicas,
    INVALID_REQUIRED_ACKS: notMarkers,
    INVALID_TIMESTAMP: notMarkers,
    UNSUPPORTED_FOR_MESSAGE_FORMAT: notMarkers,
    OUT_OF_ORDER_SEQUENCE_NUMBER: notMarkers,
    INVALID_PRODUCER_EPOCH: markerUnits,
    INVALID_TXN_STATE: notMarkers,
    TRANSACTION_COORDINATOR_FENCED: markerUnits,
    INVALID_RECORD: notMarkers,
    UNKNOWN_TOPIC_ID: notMarkers,
  },
  TxnOffsetCommit: {
    REQUEST_TIMED_OUT: slowWrite,
    OFFSET_METADATA_TOO_LARGE: asCommit,
    UNKNOWN_MEMBER_ID: asCommit,
    REBALANCE_IN_PROGRESS: 'of commits outside transactions',
    UNSUPPORTED_VERSION: 'of streams groups, which no client commits for in a transaction',
    GROUP_ID_NOT_FOUND: 'told as ILLEGAL_GENERATION',
    FENCED_INSTANCE_ID: asCommit,
    STALE_MEMBER_EPOCH: asCommit,
  },
  AlterConfigs: config,
  IncrementalAlterConfigs: config,
};

/** Served by Skerry; the reference broker does so only with a plugin of one's own. */
export const notOffered: readonly string[] = ['GetTelemetrySubscriptions', 'PushTelemetry'];

export interface Account {
  /** Provoked, unless `problems` says otherwise. */
  readonly provoked: readonly ErrorName[];
  /** Out of reach, by reasons of this API's own. */
  readonly unprovoked: Reasons;
  /** Out of reach, as everywhere. */
  readonly general: readonly ErrorName[];
}

/** What is claimed of an API's codes. */
export function accountOf(api: string): Account {
  const known = kafkaCodes[api] ?? [];
  const unprovoked = reasons[api] ?? {};
  const general = known.filter((code) => code in everywhere && despite[api]?.includes(code) !== true);
  return { provoked: known.filter((code) => !(code in unprovoked) && !general.includes(code)), unprovoked, general };
}

/** Where the claims do not hold: against the codes that Kafka answered in a run of all cases. */
export function problemsOf(api: string, seen: ReadonlySet<string>): string[] {
  const known: readonly string[] = kafkaCodes[api] ?? [];
  const { provoked, unprovoked, general } = accountOf(api);
  const reasoned = Object.keys(unprovoked);
  const answered = [...seen].filter((code) => code !== 'NONE');
  return [
    ...provoked
      .filter((code) => !seen.has(code))
      .map((code) => `${code} was not provoked, and codes.ts does not say why`),
    ...reasoned
      .filter((code) => !known.includes(code))
      .map((code) => `codes.ts explains ${code}, which Kafka never answers`),
    // What a moment brings may be seen.
    ...[...reasoned, ...general.filter((code) => everywhere[code] !== starting)]
      .filter((code) => seen.has(code))
      .map((code) => `${code} was provoked, though codes.ts says why it cannot be`),
    ...answered
      .filter((code) => !known.includes(code))
      .map(
        (code) => `${code} was answered, but kafka-codes.generated.ts lacks it: see scripts/kafka-codes/boundary.ts`,
      ),
  ].map((problem) => `${api}: ${problem}`);
}
