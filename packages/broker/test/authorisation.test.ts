/** What each API tells a client that may do nothing. A new route without a row here fails. */
import { Offset } from '@skerry/base';
import { World } from '@skerry/testkit';
import { codec, errorName, type Message, Reader, Writer } from '@skerry/wire';
import { expect, test } from 'vitest';
import { routes } from '../src/index.ts';
import { batchOf } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

interface Row {
  /** What is asked, of the newest version. */
  readonly ask: unknown;
  /** Every error code in the answer. */
  readonly errors: readonly string[];
}

const topic = 'secret';
const partitions = [{ partitionIndex: 0 }];
const acl = { resourceType: 2, resourcePatternType: 3, operation: 3, permissionType: 3 };
const anyAcl = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
};
const denied: Readonly<Record<string, Row & { readonly version?: number }>> = {
  Produce: {
    version: 12,
    ask: { acks: -1, topicData: [{ name: topic, partitionData: [{ index: 0, records: batchOf(['x']) }] }] },
    errors: ['TOPIC_AUTHORIZATION_FAILED'],
  },
  Fetch: {
    version: 12,
    ask: { topics: [{ topic, partitions: [{ partition: 0, fetchOffset: Offset(0), partitionMaxBytes: 1 }] }] },
    errors: ['NONE', 'TOPIC_AUTHORIZATION_FAILED'],
  },
  ListOffsets: { ask: { topics: [{ name: topic, partitions }] }, errors: ['TOPIC_AUTHORIZATION_FAILED'] },
  Metadata: { ask: { topics: [{ name: topic }] }, errors: ['TOPIC_AUTHORIZATION_FAILED', 'NONE'] },
  OffsetCommit: {
    version: 9,
    ask: { groupId: 'g', topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: Offset(1) }] }] },
    errors: ['GROUP_AUTHORIZATION_FAILED'],
  },
  OffsetFetch: {
    version: 9,
    ask: { groups: [{ groupId: 'g', topics: [{ name: topic, partitionIndexes: [0] }] }] },
    errors: ['GROUP_AUTHORIZATION_FAILED', 'NONE'],
  },
  FindCoordinator: { ask: { keyType: 0, coordinatorKeys: ['g'] }, errors: ['GROUP_AUTHORIZATION_FAILED', 'NONE'] },
  JoinGroup: { ask: { groupId: 'g', protocolType: 'consumer' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  Heartbeat: { ask: { groupId: 'g' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  LeaveGroup: { ask: { groupId: 'g' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  SyncGroup: {
    ask: { groupId: 'g', protocolType: 'consumer', protocolName: 'range' },
    errors: ['GROUP_AUTHORIZATION_FAILED'],
  },
  DescribeGroups: { ask: { groups: ['g'] }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  ListGroups: { ask: {}, errors: ['NONE'] },
  ConsumerGroupHeartbeat: { ask: { groupId: 'g' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  ConsumerGroupDescribe: { ask: { groupIds: ['g'] }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  ShareGroupHeartbeat: { ask: { groupId: 'g' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  ShareGroupDescribe: { ask: { groupIds: ['g'] }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  ShareFetch: { ask: { groupId: 'g', memberId: 'm' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  ShareAcknowledge: { ask: { groupId: 'g', memberId: 'm' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  DescribeShareGroupOffsets: { ask: { groups: [{ groupId: 'g' }] }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  AlterShareGroupOffsets: { ask: { groupId: 'g' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  DeleteShareGroupOffsets: { ask: { groupId: 'g' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  ApiVersions: { ask: { clientSoftwareName: 'a', clientSoftwareVersion: '1' }, errors: ['NONE'] },
  CreateTopics: { ask: { topics: [{ name: 'new', numPartitions: 1 }] }, errors: ['TOPIC_AUTHORIZATION_FAILED'] },
  DeleteTopics: { ask: { topics: [{ name: topic }], timeoutMs: 1000 }, errors: ['TOPIC_AUTHORIZATION_FAILED'] },
  DescribeConfigs: {
    ask: {
      resources: [
        { resourceType: 2, resourceName: topic },
        { resourceType: 4, resourceName: '1' },
      ],
    },
    errors: ['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'],
  },
  AlterConfigs: {
    ask: { resources: [{ resourceType: 2, resourceName: topic }] },
    errors: ['TOPIC_AUTHORIZATION_FAILED'],
  },
  IncrementalAlterConfigs: {
    ask: {
      resources: [
        { resourceType: 4, resourceName: '1' },
        { resourceType: 8, resourceName: '1' },
        { resourceType: 16, resourceName: 's' },
        { resourceType: 32, resourceName: 'g' },
      ],
    },
    errors: ['CLUSTER_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED'],
  },
  ListConfigResources: { ask: {}, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  DeleteGroups: { ask: { groupsNames: ['g'] }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  OffsetDelete: { ask: { groupId: 'g' }, errors: ['GROUP_AUTHORIZATION_FAILED'] },
  DeleteRecords: {
    ask: { topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset: Offset(0) }] }] },
    errors: ['TOPIC_AUTHORIZATION_FAILED'],
  },
  OffsetForLeaderEpoch: {
    ask: { topics: [{ topic, partitions: [{ partition: 0, leaderEpoch: 0 }] }] },
    errors: ['TOPIC_AUTHORIZATION_FAILED'],
  },
  AddPartitionsToTxn: { ask: {}, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  AddOffsetsToTxn: { ask: { transactionalId: 'x', groupId: 'g' }, errors: ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED'] },
  EndTxn: { ask: { transactionalId: 'x' }, errors: ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED'] },
  WriteTxnMarkers: {
    ask: { markers: [{ producerId: 1n, topics: [{ name: topic, partitionIndexes: [0] }] }] },
    errors: ['CLUSTER_AUTHORIZATION_FAILED'],
  },
  TxnOffsetCommit: {
    ask: {
      transactionalId: 'x',
      groupId: 'g',
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: Offset(1), committedMetadata: '' }] }],
    },
    errors: ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
  },
  DescribeTransactions: { ask: { transactionalIds: ['x'] }, errors: ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED'] },
  ListTransactions: { ask: {}, errors: ['NONE'] },
  DescribeLogDirs: { ask: { topics: null }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  CreatePartitions: {
    ask: { topics: [{ name: topic, count: 2, assignments: null }], timeoutMs: 1000 },
    errors: ['TOPIC_AUTHORIZATION_FAILED'],
  },
  DescribeCluster: { ask: { includeClusterAuthorizedOperations: true }, errors: ['NONE'] },
  DescribeProducers: {
    ask: { topics: [{ name: topic, partitionIndexes: [0] }] },
    errors: ['TOPIC_AUTHORIZATION_FAILED'],
  },
  DescribeTopicPartitions: { ask: { topics: [{ name: topic }] }, errors: ['TOPIC_AUTHORIZATION_FAILED'] },
  SaslHandshake: { ask: { mechanism: 'PLAIN' }, errors: ['ILLEGAL_SASL_STATE'] },
  SaslAuthenticate: { ask: { authBytes: new Uint8Array(1) }, errors: ['ILLEGAL_SASL_STATE'] },
  DescribeAcls: { ask: anyAcl, errors: ['SECURITY_DISABLED'] },
  CreateAcls: {
    ask: { creations: [{ ...acl, resourceName: topic, principal: 'User:x', host: '*' }] },
    errors: ['SECURITY_DISABLED'],
  },
  DeleteAcls: { ask: { filters: [anyAcl] }, errors: ['SECURITY_DISABLED'] },
  AlterReplicaLogDirs: {
    ask: { dirs: [{ path: 'data', topics: [{ name: topic, partitions: [0] }] }] },
    errors: ['CLUSTER_AUTHORIZATION_FAILED'],
  },
  CreateDelegationToken: { ask: { maxLifetimeMs: -1n }, errors: ['DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'] },
  RenewDelegationToken: { ask: {}, errors: ['DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'] },
  ExpireDelegationToken: { ask: {}, errors: ['DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'] },
  DescribeDelegationToken: { ask: {}, errors: ['DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'] },
  ElectLeaders: { ask: { topicPartitions: null }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  AlterPartitionReassignments: { ask: { topics: [] }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  ListPartitionReassignments: { ask: { topics: null }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  DescribeUserScramCredentials: { ask: { users: null }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  AlterUserScramCredentials: {
    ask: { deletions: [{ name: 'x', mechanism: 1 }] },
    errors: ['CLUSTER_AUTHORIZATION_FAILED'],
  },
  DescribeQuorum: { ask: {}, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  UpdateFeatures: { ask: {}, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  UnregisterBroker: { ask: { brokerId: 5 }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  AddRaftVoter: { ask: { clusterId: null, voterId: 2 }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  RemoveRaftVoter: { ask: { clusterId: null, voterId: 2 }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  UnregisterController: { ask: { controllerId: 5 }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  DescribeClientQuotas: { ask: {}, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
  AlterClientQuotas: {
    ask: { entries: [{ entity: [{ entityType: 'user', entityName: 'a' }], ops: [] }] },
    errors: ['CLUSTER_AUTHORIZATION_FAILED'],
  },
  GetTelemetrySubscriptions: { ask: {}, errors: ['NONE'] },
  PushTelemetry: { ask: {}, errors: ['INVALID_REQUEST'] },
  InitProducerId: { ask: { transactionalId: null }, errors: ['CLUSTER_AUTHORIZATION_FAILED'] },
};

const node = new SimulatedNode(new World(3), {}, { authoriser: { allowed: () => false } });
node.start();

/** All error codes anywhere in an answer, by name, in order, each once. */
function errorsIn(value: unknown): string[] {
  const found: string[] = [];
  const visit = (part: unknown): void => {
    if (part === null || typeof part !== 'object' || part instanceof Uint8Array) return;
    for (const [name, inner] of Object.entries(part)) {
      if (name === 'errorCode') found.push(errorName(inner as number));
      else visit(inner);
    }
  };
  visit(value);
  return [...new Set(found)];
}

test.each(routes.map(({ name }) => name))('%s refuses with its own error', (name) => {
  const route = routes.find((one) => one.name === name);
  const row = denied[name];
  if (route === undefined || row === undefined)
    throw new Error(`${name} has no row: say what it answers who may do nothing`);
  const request = route.request as Message<unknown, unknown>;
  const answer = node.client().ask(request, route.response, row.version ?? route.versions[1], row.ask);
  expect(errorsIn(answer).sort()).toEqual([...row.errors].sort());
});

test.each(routes.map((route) => [route.name, route] as const))(
  '%s can refuse a whole request in every version',
  (_name, route) => {
    for (let version = route.versions[0]; version <= route.versions[1]; version++) {
      const writer = new Writer();
      codec(route.request as Message<unknown, unknown>, version).write(writer, {});
      const bytes = writer.finish().find((part) => part instanceof Uint8Array) ?? new Uint8Array(0);
      expect(() => route.refusal(new Reader(bytes), version, 'UNKNOWN_SERVER_ERROR', 1)).not.toThrow();
    }
  },
);
