/**
 * The error codes that Kafka's handlers can return on one node, by API: from reading its handlers, and from trying.
 * `npm run compat` ticks them off: `provoked` must be seen in Kafka's answers, `unprovoked` says why a code is out of
 * reach here. What fails on any API alike is said once, in {@link everywhere}.
 */
import type { ErrorName } from '@skerry/wire/all';
import { type AnyApi, apis } from './apis.ts';

export interface Codes {
  readonly key: number;
  readonly provoked: readonly ErrorName[];
  readonly unprovoked: Readonly<Partial<Record<ErrorName, string>>>;
}

const security = 'needs an authoriser; both brokers run without one';
const sasl = 'needs a listener that authenticates; both brokers have plain ones';
const disk = 'needs a failing disk, which the crash tests have';
const starting = 'seen only in the moments of a start';
const replicas = 'needs a second node';
const transactions = 'needs a transaction; Skerry serves none yet';
const hours = 'needs a topic to be deleted while the request waits';

const lateTokens: Codes['unprovoked'] = {
  DELEGATION_TOKEN_AUTH_DISABLED: sasl,
  DELEGATION_TOKEN_NOT_FOUND: sasl,
  DELEGATION_TOKEN_OWNER_MISMATCH: sasl,
  DELEGATION_TOKEN_EXPIRED: sasl,
};

/** Codes that any API may answer, and why no case provokes them. */
export const everywhere: Readonly<Partial<Record<ErrorName, string>>> = {
  CLUSTER_AUTHORIZATION_FAILED: security,
  TOPIC_AUTHORIZATION_FAILED: security,
  GROUP_AUTHORIZATION_FAILED: security,
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: security,
  KAFKA_STORAGE_ERROR: disk,
  NOT_CONTROLLER: starting,
  COORDINATOR_LOAD_IN_PROGRESS: starting,
  COORDINATOR_NOT_AVAILABLE: starting,
  NOT_COORDINATOR: replicas,
  NETWORK_EXCEPTION: replicas,
};

function of(api: AnyApi, provoked: readonly ErrorName[], unprovoked: Codes['unprovoked'] = {}): [string, Codes] {
  return [api.name, { key: api.key, provoked, unprovoked }];
}

export const codesOf: ReadonlyMap<string, Codes> = new Map<string, Codes>([
  of(
    apis.Produce,
    [
      'UNKNOWN_SERVER_ERROR',
      'CORRUPT_MESSAGE',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'MESSAGE_TOO_LARGE',
      'INVALID_TOPIC_EXCEPTION',
      'NOT_ENOUGH_REPLICAS',
      'INVALID_REQUIRED_ACKS',
      'INVALID_TIMESTAMP',
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      'INVALID_PRODUCER_EPOCH',
      'UNSUPPORTED_COMPRESSION_TYPE',
      'INVALID_RECORD',
      'UNKNOWN_TOPIC_ID',
    ],
    {
      NOT_LEADER_OR_FOLLOWER: replicas,
      REQUEST_TIMED_OUT: replicas,
      NOT_ENOUGH_REPLICAS_AFTER_APPEND: replicas,
      RECORD_LIST_TOO_LARGE: 'segment.bytes is never below max.message.bytes in the cases: 1 MiB is its least',
      UNSUPPORTED_FOR_MESSAGE_FORMAT: 'Kafka 4 has no topics of older formats',
      INVALID_TXN_STATE: transactions,
      CONCURRENT_TRANSACTIONS: transactions,
      INVALID_PRODUCER_ID_MAPPING: transactions,
      DUPLICATE_SEQUENCE_NUMBER: 'an old duplicate is answered as out of order',
      UNKNOWN_PRODUCER_ID: 'Kafka no longer raises it',
    },
  ),
  of(
    apis.Fetch,
    [
      'UNKNOWN_SERVER_ERROR',
      'OFFSET_OUT_OF_RANGE',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'NOT_LEADER_OR_FOLLOWER',
      'FETCH_SESSION_ID_NOT_FOUND',
      'INVALID_FETCH_SESSION_EPOCH',
      'UNKNOWN_LEADER_EPOCH',
      'UNKNOWN_TOPIC_ID',
    ],
    {
      FENCED_LEADER_EPOCH: 'needs an epoch before the current one, which is 0 where nobody was elected again',
      CORRUPT_MESSAGE: disk,
      REPLICA_NOT_AVAILABLE: replicas,
      UNSUPPORTED_COMPRESSION_TYPE: 'Kafka 4 no longer converts for old fetches',
      OFFSET_MOVED_TO_TIERED_STORAGE: 'tiered storage is off',
      INCONSISTENT_TOPIC_ID: hours,
      FETCH_SESSION_TOPIC_ID_ERROR: 'a case keeps to one version, and so to ids or to names',
    },
  ),
  of(
    apis.ListOffsets,
    [
      'UNKNOWN_SERVER_ERROR',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'FENCED_LEADER_EPOCH',
      'INVALID_REQUEST',
      'UNKNOWN_LEADER_EPOCH',
      'UNSUPPORTED_VERSION',
    ],
    {
      NOT_LEADER_OR_FOLLOWER: replicas,
      LEADER_NOT_AVAILABLE: starting,
      OFFSET_NOT_AVAILABLE: replicas,
      REPLICA_NOT_AVAILABLE: replicas,
      REQUEST_TIMED_OUT: 'tiered storage is off',
    },
  ),
  of(
    apis.Metadata,
    [
      'UNKNOWN_SERVER_ERROR',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'INVALID_TOPIC_EXCEPTION',
      'INVALID_REQUEST',
      'UNKNOWN_TOPIC_ID',
    ],
    {
      LEADER_NOT_AVAILABLE: disk,
      REPLICA_NOT_AVAILABLE: replicas,
      INVALID_REPLICATION_FACTOR: 'a topic made by asking has the default factor, 1',
      REBOOTSTRAP_REQUIRED: 'Kafka’s broker never says so; its successor may',
    },
  ),
  of(
    apis.OffsetCommit,
    [
      'UNKNOWN_TOPIC_OR_PARTITION',
      'OFFSET_METADATA_TOO_LARGE',
      'ILLEGAL_GENERATION',
      'GROUP_ID_NOT_FOUND',
      'UNKNOWN_MEMBER_ID',
      'UNKNOWN_TOPIC_ID',
      'REBALANCE_IN_PROGRESS',
      'FENCED_INSTANCE_ID',
    ],
    {
      INVALID_COMMIT_OFFSET_SIZE: 'needs a group’s record beyond message.max.bytes',
      INVALID_GROUP_ID: 'of a null name, for which the request has no form',
      STALE_MEMBER_EPOCH: 'of the consumer protocol, which Skerry does not serve yet',
    },
  ),
  of(apis.OffsetFetch, ['UNKNOWN_TOPIC_ID'], {
    INVALID_GROUP_ID: 'of a null name, for which the request has no form',
    UNSTABLE_OFFSET_COMMIT: transactions,
    STALE_MEMBER_EPOCH: 'of the consumer protocol, which Skerry does not serve yet',
    UNKNOWN_MEMBER_ID: 'of the consumer protocol, which Skerry does not serve yet',
  }),
  of(apis.FindCoordinator, ['INVALID_REQUEST']),
  of(
    apis.JoinGroup,
    [
      'MEMBER_ID_REQUIRED',
      'UNKNOWN_MEMBER_ID',
      'INVALID_GROUP_ID',
      'INVALID_SESSION_TIMEOUT',
      'INCONSISTENT_GROUP_PROTOCOL',
      'FENCED_INSTANCE_ID',
      'GROUP_MAX_SIZE_REACHED',
    ],
    { REBALANCE_IN_PROGRESS: starting },
  ),
  of(apis.Heartbeat, [
    'UNKNOWN_MEMBER_ID',
    'ILLEGAL_GENERATION',
    'REBALANCE_IN_PROGRESS',
    'INVALID_GROUP_ID',
    'FENCED_INSTANCE_ID',
  ]),
  of(apis.LeaveGroup, ['UNKNOWN_MEMBER_ID', 'INVALID_GROUP_ID', 'FENCED_INSTANCE_ID']),
  of(apis.SyncGroup, [
    'UNKNOWN_MEMBER_ID',
    'ILLEGAL_GENERATION',
    'INVALID_GROUP_ID',
    'INCONSISTENT_GROUP_PROTOCOL',
    'FENCED_INSTANCE_ID',
    'REBALANCE_IN_PROGRESS',
  ]),
  of(apis.DescribeGroups, ['GROUP_ID_NOT_FOUND'], {
    INVALID_GROUP_ID: 'of a null name, for which the request has no form',
  }),
  of(apis.ListGroups, []),
  of(apis.DeleteGroups, ['GROUP_ID_NOT_FOUND', 'NON_EMPTY_GROUP'], {
    INVALID_GROUP_ID: 'of a null name, for which the request has no form',
  }),
  of(apis.OffsetDelete, [
    'INVALID_GROUP_ID',
    'GROUP_ID_NOT_FOUND',
    'NON_EMPTY_GROUP',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'GROUP_SUBSCRIBED_TO_TOPIC',
  ]),
  of(apis.AlterClientQuotas, ['INVALID_REQUEST']),
  of(apis.DescribeClientQuotas, ['INVALID_REQUEST', 'UNSUPPORTED_VERSION']),
  of(apis.ApiVersions, ['INVALID_REQUEST'], {
    UNSUPPORTED_VERSION: 'a version that nobody has is no version of a case; the broker’s unit tests send one',
    REBOOTSTRAP_REQUIRED: 'of v5, which Kafka 4.3 lacks',
  }),
  of(apis.CreateTopics, [
    'INVALID_TOPIC_EXCEPTION',
    'TOPIC_ALREADY_EXISTS',
    'INVALID_PARTITIONS',
    'INVALID_REPLICATION_FACTOR',
    'INVALID_REPLICA_ASSIGNMENT',
    'INVALID_CONFIG',
    'INVALID_REQUEST',
    'POLICY_VIOLATION',
    'REQUEST_TIMED_OUT',
    'THROTTLING_QUOTA_EXCEEDED',
  ]),
  of(
    apis.DeleteTopics,
    [
      'UNKNOWN_TOPIC_OR_PARTITION',
      'UNKNOWN_TOPIC_ID',
      'INVALID_REQUEST',
      'REQUEST_TIMED_OUT',
      'THROTTLING_QUOTA_EXCEEDED',
    ],
    { TOPIC_DELETION_DISABLED: 'delete.topic.enable is true on both' },
  ),
  of(
    apis.DeleteRecords,
    ['OFFSET_OUT_OF_RANGE', 'UNKNOWN_TOPIC_OR_PARTITION', 'POLICY_VIOLATION', 'INVALID_TOPIC_EXCEPTION'],
    {
      NOT_LEADER_OR_FOLLOWER: replicas,
      REQUEST_TIMED_OUT: replicas,
    },
  ),
  of(apis.OffsetForLeaderEpoch, ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_LEADER_EPOCH', 'FENCED_LEADER_EPOCH'], {
    NOT_LEADER_OR_FOLLOWER: replicas,
  }),
  of(apis.AlterReplicaLogDirs, ['LOG_DIR_NOT_FOUND', 'UNKNOWN_TOPIC_OR_PARTITION'], {
    REPLICA_NOT_AVAILABLE: replicas,
  }),
  of(apis.DescribeLogDirs, []),
  of(
    apis.CreatePartitions,
    [
      'INVALID_PARTITIONS',
      'INVALID_REPLICA_ASSIGNMENT',
      'INVALID_REQUEST',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'REQUEST_TIMED_OUT',
      'THROTTLING_QUOTA_EXCEEDED',
    ],
    { REASSIGNMENT_IN_PROGRESS: replicas },
  ),
  of(apis.ElectLeaders, ['ELECTION_NOT_NEEDED', 'UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_REQUEST', 'REQUEST_TIMED_OUT'], {
    PREFERRED_LEADER_NOT_AVAILABLE: disk,
    ELIGIBLE_LEADERS_NOT_AVAILABLE: disk,
  }),
  of(
    apis.AlterPartitionReassignments,
    ['INVALID_REPLICA_ASSIGNMENT', 'NO_REASSIGNMENT_IN_PROGRESS', 'UNKNOWN_TOPIC_OR_PARTITION', 'REQUEST_TIMED_OUT'],
    { INVALID_REPLICATION_FACTOR: replicas },
  ),
  of(apis.ListPartitionReassignments, []),
  of(apis.DescribeQuorum, ['UNKNOWN_TOPIC_OR_PARTITION'], { NOT_LEADER_OR_FOLLOWER: replicas }),
  of(apis.UpdateFeatures, ['INVALID_UPDATE_VERSION'], { FEATURE_UPDATE_FAILED: replicas }),
  of(apis.UnregisterBroker, ['BROKER_ID_NOT_REGISTERED']),
  of(apis.AddRaftVoter, ['UNSUPPORTED_VERSION', 'INCONSISTENT_CLUSTER_ID']),
  of(apis.RemoveRaftVoter, ['UNSUPPORTED_VERSION', 'INCONSISTENT_CLUSTER_ID']),
  of(apis.DescribeCluster, ['UNSUPPORTED_ENDPOINT_TYPE', 'MISMATCHED_ENDPOINT_TYPE']),
  of(apis.DescribeProducers, ['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION'], {
    NOT_LEADER_OR_FOLLOWER: replicas,
  }),
  of(apis.DescribeTopicPartitions, [
    'UNKNOWN_TOPIC_OR_PARTITION',
    'INVALID_TOPIC_EXCEPTION',
    'INVALID_REQUEST',
    'UNKNOWN_SERVER_ERROR',
  ]),
  of(apis.SaslHandshake, ['ILLEGAL_SASL_STATE'], { UNSUPPORTED_SASL_MECHANISM: sasl }),
  of(apis.SaslAuthenticate, ['ILLEGAL_SASL_STATE'], { SASL_AUTHENTICATION_FAILED: sasl }),
  of(apis.DescribeAcls, ['SECURITY_DISABLED']),
  of(apis.CreateAcls, ['SECURITY_DISABLED'], { INVALID_REQUEST: security }),
  of(apis.DeleteAcls, ['SECURITY_DISABLED'], { INVALID_REQUEST: security }),
  of(apis.CreateDelegationToken, ['DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'], {
    DELEGATION_TOKEN_AUTH_DISABLED: sasl,
    DELEGATION_TOKEN_AUTHORIZATION_FAILED: sasl,
    INVALID_PRINCIPAL_TYPE: sasl,
  }),
  of(apis.RenewDelegationToken, ['DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'], lateTokens),
  of(apis.ExpireDelegationToken, ['DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'], lateTokens),
  of(apis.DescribeDelegationToken, ['DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'], { DELEGATION_TOKEN_AUTH_DISABLED: sasl }),
  of(apis.DescribeUserScramCredentials, ['RESOURCE_NOT_FOUND', 'DUPLICATE_RESOURCE']),
  of(apis.AlterUserScramCredentials, [
    'RESOURCE_NOT_FOUND',
    'DUPLICATE_RESOURCE',
    'UNACCEPTABLE_CREDENTIAL',
    'UNSUPPORTED_SASL_MECHANISM',
  ]),
  of(apis.InitProducerId, ['INVALID_REQUEST'], {
    INVALID_TRANSACTION_TIMEOUT: transactions,
    CONCURRENT_TRANSACTIONS: transactions,
    PRODUCER_FENCED: transactions,
    INVALID_PRODUCER_EPOCH: transactions,
  }),
  of(apis.DescribeConfigs, ['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION', 'INVALID_REQUEST'], {
    INVALID_CONFIG: 'a client metrics resource is named in its own case once Skerry has it',
  }),
  of(apis.AlterConfigs, ['INVALID_CONFIG', 'INVALID_REQUEST', 'UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION']),
  of(apis.IncrementalAlterConfigs, [
    'INVALID_CONFIG',
    'INVALID_REQUEST',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'INVALID_TOPIC_EXCEPTION',
    'UNKNOWN_SERVER_ERROR',
  ]),
  of(apis.ListConfigResources, ['UNSUPPORTED_VERSION']),
]);
