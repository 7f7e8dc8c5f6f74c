/** Every API that some version still has. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { produceRequest, produceResponse } from './messages/00-produce.ts';
import { fetchRequest, fetchResponse } from './messages/01-fetch.ts';
import { listOffsetsRequest, listOffsetsResponse } from './messages/02-list-offsets.ts';
import { metadataRequest, metadataResponse } from './messages/03-metadata.ts';
import { offsetCommitRequest, offsetCommitResponse } from './messages/08-offset-commit.ts';
import { offsetFetchRequest, offsetFetchResponse } from './messages/09-offset-fetch.ts';
import { findCoordinatorRequest, findCoordinatorResponse } from './messages/10-find-coordinator.ts';
import { joinGroupRequest, joinGroupResponse } from './messages/11-join-group.ts';
import { heartbeatRequest, heartbeatResponse } from './messages/12-heartbeat.ts';
import { leaveGroupRequest, leaveGroupResponse } from './messages/13-leave-group.ts';
import { syncGroupRequest, syncGroupResponse } from './messages/14-sync-group.ts';
import { describeGroupsRequest, describeGroupsResponse } from './messages/15-describe-groups.ts';
import { listGroupsRequest, listGroupsResponse } from './messages/16-list-groups.ts';
import { saslHandshakeRequest, saslHandshakeResponse } from './messages/17-sasl-handshake.ts';
import { apiVersionsRequest, apiVersionsResponse } from './messages/18-api-versions.ts';
import { createTopicsRequest, createTopicsResponse } from './messages/19-create-topics.ts';
import { deleteTopicsRequest, deleteTopicsResponse } from './messages/20-delete-topics.ts';
import { deleteRecordsRequest, deleteRecordsResponse } from './messages/21-delete-records.ts';
import { initProducerIdRequest, initProducerIdResponse } from './messages/22-init-producer-id.ts';
import { offsetForLeaderEpochRequest, offsetForLeaderEpochResponse } from './messages/23-offset-for-leader-epoch.ts';
import { addPartitionsToTxnRequest, addPartitionsToTxnResponse } from './messages/24-add-partitions-to-txn.ts';
import { addOffsetsToTxnRequest, addOffsetsToTxnResponse } from './messages/25-add-offsets-to-txn.ts';
import { endTxnRequest, endTxnResponse } from './messages/26-end-txn.ts';
import { writeTxnMarkersRequest, writeTxnMarkersResponse } from './messages/27-write-txn-markers.ts';
import { txnOffsetCommitRequest, txnOffsetCommitResponse } from './messages/28-txn-offset-commit.ts';
import { describeAclsRequest, describeAclsResponse } from './messages/29-describe-acls.ts';
import { createAclsRequest, createAclsResponse } from './messages/30-create-acls.ts';
import { deleteAclsRequest, deleteAclsResponse } from './messages/31-delete-acls.ts';
import { describeConfigsRequest, describeConfigsResponse } from './messages/32-describe-configs.ts';
import { alterConfigsRequest, alterConfigsResponse } from './messages/33-alter-configs.ts';
import { alterReplicaLogDirsRequest, alterReplicaLogDirsResponse } from './messages/34-alter-replica-log-dirs.ts';
import { describeLogDirsRequest, describeLogDirsResponse } from './messages/35-describe-log-dirs.ts';
import { saslAuthenticateRequest, saslAuthenticateResponse } from './messages/36-sasl-authenticate.ts';
import { createPartitionsRequest, createPartitionsResponse } from './messages/37-create-partitions.ts';
import { createDelegationTokenRequest, createDelegationTokenResponse } from './messages/38-create-delegation-token.ts';
import { renewDelegationTokenRequest, renewDelegationTokenResponse } from './messages/39-renew-delegation-token.ts';
import { expireDelegationTokenRequest, expireDelegationTokenResponse } from './messages/40-expire-delegation-token.ts';
import {
  describeDelegationTokenRequest,
  describeDelegationTokenResponse,
} from './messages/41-describe-delegation-token.ts';
import { deleteGroupsRequest, deleteGroupsResponse } from './messages/42-delete-groups.ts';
import { electLeadersRequest, electLeadersResponse } from './messages/43-elect-leaders.ts';
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from './messages/44-incremental-alter-configs.ts';
import {
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
} from './messages/45-alter-partition-reassignments.ts';
import {
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from './messages/46-list-partition-reassignments.ts';
import { offsetDeleteRequest, offsetDeleteResponse } from './messages/47-offset-delete.ts';
import { describeClientQuotasRequest, describeClientQuotasResponse } from './messages/48-describe-client-quotas.ts';
import { alterClientQuotasRequest, alterClientQuotasResponse } from './messages/49-alter-client-quotas.ts';
import {
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
} from './messages/50-describe-user-scram-credentials.ts';
import {
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
} from './messages/51-alter-user-scram-credentials.ts';
import { voteRequest, voteResponse } from './messages/52-vote.ts';
import { beginQuorumEpochRequest, beginQuorumEpochResponse } from './messages/53-begin-quorum-epoch.ts';
import { endQuorumEpochRequest, endQuorumEpochResponse } from './messages/54-end-quorum-epoch.ts';
import { describeQuorumRequest, describeQuorumResponse } from './messages/55-describe-quorum.ts';
import { alterPartitionRequest, alterPartitionResponse } from './messages/56-alter-partition.ts';
import { updateFeaturesRequest, updateFeaturesResponse } from './messages/57-update-features.ts';
import { envelopeRequest, envelopeResponse } from './messages/58-envelope.ts';
import { fetchSnapshotRequest, fetchSnapshotResponse } from './messages/59-fetch-snapshot.ts';
import { describeClusterRequest, describeClusterResponse } from './messages/60-describe-cluster.ts';
import { describeProducersRequest, describeProducersResponse } from './messages/61-describe-producers.ts';
import { brokerRegistrationRequest, brokerRegistrationResponse } from './messages/62-broker-registration.ts';
import { brokerHeartbeatRequest, brokerHeartbeatResponse } from './messages/63-broker-heartbeat.ts';
import { unregisterBrokerRequest, unregisterBrokerResponse } from './messages/64-unregister-broker.ts';
import { describeTransactionsRequest, describeTransactionsResponse } from './messages/65-describe-transactions.ts';
import { listTransactionsRequest, listTransactionsResponse } from './messages/66-list-transactions.ts';
import { allocateProducerIdsRequest, allocateProducerIdsResponse } from './messages/67-allocate-producer-ids.ts';
import {
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
} from './messages/68-consumer-group-heartbeat.ts';
import { consumerGroupDescribeRequest, consumerGroupDescribeResponse } from './messages/69-consumer-group-describe.ts';
import {
  controllerRegistrationRequest,
  controllerRegistrationResponse,
} from './messages/70-controller-registration.ts';
import {
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
} from './messages/71-get-telemetry-subscriptions.ts';
import { pushTelemetryRequest, pushTelemetryResponse } from './messages/72-push-telemetry.ts';
import { assignReplicasToDirsRequest, assignReplicasToDirsResponse } from './messages/73-assign-replicas-to-dirs.ts';
import { listConfigResourcesRequest, listConfigResourcesResponse } from './messages/74-list-config-resources.ts';
import {
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
} from './messages/75-describe-topic-partitions.ts';
import { shareGroupHeartbeatRequest, shareGroupHeartbeatResponse } from './messages/76-share-group-heartbeat.ts';
import { shareGroupDescribeRequest, shareGroupDescribeResponse } from './messages/77-share-group-describe.ts';
import { shareFetchRequest, shareFetchResponse } from './messages/78-share-fetch.ts';
import { shareAcknowledgeRequest, shareAcknowledgeResponse } from './messages/79-share-acknowledge.ts';
import { addRaftVoterRequest, addRaftVoterResponse } from './messages/80-add-raft-voter.ts';
import { removeRaftVoterRequest, removeRaftVoterResponse } from './messages/81-remove-raft-voter.ts';
import { updateRaftVoterRequest, updateRaftVoterResponse } from './messages/82-update-raft-voter.ts';
import {
  initializeShareGroupStateRequest,
  initializeShareGroupStateResponse,
} from './messages/83-initialize-share-group-state.ts';
import { readShareGroupStateRequest, readShareGroupStateResponse } from './messages/84-read-share-group-state.ts';
import { writeShareGroupStateRequest, writeShareGroupStateResponse } from './messages/85-write-share-group-state.ts';
import { deleteShareGroupStateRequest, deleteShareGroupStateResponse } from './messages/86-delete-share-group-state.ts';
import {
  readShareGroupStateSummaryRequest,
  readShareGroupStateSummaryResponse,
} from './messages/87-read-share-group-state-summary.ts';
import { streamsGroupHeartbeatRequest, streamsGroupHeartbeatResponse } from './messages/88-streams-group-heartbeat.ts';
import { streamsGroupDescribeRequest, streamsGroupDescribeResponse } from './messages/89-streams-group-describe.ts';
import {
  describeShareGroupOffsetsRequest,
  describeShareGroupOffsetsResponse,
} from './messages/90-describe-share-group-offsets.ts';
import {
  alterShareGroupOffsetsRequest,
  alterShareGroupOffsetsResponse,
} from './messages/91-alter-share-group-offsets.ts';
import {
  deleteShareGroupOffsetsRequest,
  deleteShareGroupOffsetsResponse,
} from './messages/92-delete-share-group-offsets.ts';
import {
  streamsGroupTopologyDescriptionUpdateRequest,
  streamsGroupTopologyDescriptionUpdateResponse,
} from './messages/93-streams-group-topology-description-update.ts';
import { unregisterControllerRequest, unregisterControllerResponse } from './messages/94-unregister-controller.ts';
import type { Message } from './schema.ts';

/** Where an API is served: to clients, or among controllers. */
export type Listener = 'broker' | 'controller';

export interface Api {
  readonly key: number;
  readonly name: string;
  readonly request: Message<unknown, never>;
  readonly response: Message<unknown, never>;
  readonly listeners: readonly Listener[];
  /** The newest version may still change, and is advertised by nobody but testers. */
  readonly latestVersionUnstable: boolean;
}

/** API by key. */
export const apiKeys: ReadonlyMap<number, Api> = new Map([
  api('Produce', produceRequest, produceResponse, ['broker'], false),
  api('Fetch', fetchRequest, fetchResponse, ['broker', 'controller'], false),
  api('ListOffsets', listOffsetsRequest, listOffsetsResponse, ['broker'], false),
  api('Metadata', metadataRequest, metadataResponse, ['broker'], false),
  api('OffsetCommit', offsetCommitRequest, offsetCommitResponse, ['broker'], false),
  api('OffsetFetch', offsetFetchRequest, offsetFetchResponse, ['broker'], false),
  api('FindCoordinator', findCoordinatorRequest, findCoordinatorResponse, ['broker'], false),
  api('JoinGroup', joinGroupRequest, joinGroupResponse, ['broker'], false),
  api('Heartbeat', heartbeatRequest, heartbeatResponse, ['broker'], false),
  api('LeaveGroup', leaveGroupRequest, leaveGroupResponse, ['broker'], false),
  api('SyncGroup', syncGroupRequest, syncGroupResponse, ['broker'], false),
  api('DescribeGroups', describeGroupsRequest, describeGroupsResponse, ['broker'], false),
  api('ListGroups', listGroupsRequest, listGroupsResponse, ['broker'], false),
  api('SaslHandshake', saslHandshakeRequest, saslHandshakeResponse, ['broker', 'controller'], false),
  api('ApiVersions', apiVersionsRequest, apiVersionsResponse, ['broker', 'controller'], false),
  api('CreateTopics', createTopicsRequest, createTopicsResponse, ['broker', 'controller'], false),
  api('DeleteTopics', deleteTopicsRequest, deleteTopicsResponse, ['broker', 'controller'], false),
  api('DeleteRecords', deleteRecordsRequest, deleteRecordsResponse, ['broker'], false),
  api('InitProducerId', initProducerIdRequest, initProducerIdResponse, ['broker'], true),
  api('OffsetForLeaderEpoch', offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, ['broker'], false),
  api('AddPartitionsToTxn', addPartitionsToTxnRequest, addPartitionsToTxnResponse, ['broker'], false),
  api('AddOffsetsToTxn', addOffsetsToTxnRequest, addOffsetsToTxnResponse, ['broker'], false),
  api('EndTxn', endTxnRequest, endTxnResponse, ['broker'], false),
  api('WriteTxnMarkers', writeTxnMarkersRequest, writeTxnMarkersResponse, ['broker'], false),
  api('TxnOffsetCommit', txnOffsetCommitRequest, txnOffsetCommitResponse, ['broker'], false),
  api('DescribeAcls', describeAclsRequest, describeAclsResponse, ['broker', 'controller'], false),
  api('CreateAcls', createAclsRequest, createAclsResponse, ['broker', 'controller'], false),
  api('DeleteAcls', deleteAclsRequest, deleteAclsResponse, ['broker', 'controller'], false),
  api('DescribeConfigs', describeConfigsRequest, describeConfigsResponse, ['broker', 'controller'], false),
  api('AlterConfigs', alterConfigsRequest, alterConfigsResponse, ['broker', 'controller'], false),
  api('AlterReplicaLogDirs', alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, ['broker'], false),
  api('DescribeLogDirs', describeLogDirsRequest, describeLogDirsResponse, ['broker'], false),
  api('SaslAuthenticate', saslAuthenticateRequest, saslAuthenticateResponse, ['broker', 'controller'], false),
  api('CreatePartitions', createPartitionsRequest, createPartitionsResponse, ['broker', 'controller'], false),
  api(
    'CreateDelegationToken',
    createDelegationTokenRequest,
    createDelegationTokenResponse,
    ['broker', 'controller'],
    false,
  ),
  api(
    'RenewDelegationToken',
    renewDelegationTokenRequest,
    renewDelegationTokenResponse,
    ['broker', 'controller'],
    false,
  ),
  api(
    'ExpireDelegationToken',
    expireDelegationTokenRequest,
    expireDelegationTokenResponse,
    ['broker', 'controller'],
    false,
  ),
  api(
    'DescribeDelegationToken',
    describeDelegationTokenRequest,
    describeDelegationTokenResponse,
    ['broker', 'controller'],
    false,
  ),
  api('DeleteGroups', deleteGroupsRequest, deleteGroupsResponse, ['broker'], false),
  api('ElectLeaders', electLeadersRequest, electLeadersResponse, ['broker', 'controller'], false),
  api(
    'IncrementalAlterConfigs',
    incrementalAlterConfigsRequest,
    incrementalAlterConfigsResponse,
    ['broker', 'controller'],
    false,
  ),
  api(
    'AlterPartitionReassignments',
    alterPartitionReassignmentsRequest,
    alterPartitionReassignmentsResponse,
    ['broker', 'controller'],
    false,
  ),
  api(
    'ListPartitionReassignments',
    listPartitionReassignmentsRequest,
    listPartitionReassignmentsResponse,
    ['broker', 'controller'],
    false,
  ),
  api('OffsetDelete', offsetDeleteRequest, offsetDeleteResponse, ['broker'], false),
  api('DescribeClientQuotas', describeClientQuotasRequest, describeClientQuotasResponse, ['broker'], false),
  api('AlterClientQuotas', alterClientQuotasRequest, alterClientQuotasResponse, ['broker', 'controller'], false),
  api(
    'DescribeUserScramCredentials',
    describeUserScramCredentialsRequest,
    describeUserScramCredentialsResponse,
    ['broker', 'controller'],
    false,
  ),
  api(
    'AlterUserScramCredentials',
    alterUserScramCredentialsRequest,
    alterUserScramCredentialsResponse,
    ['broker', 'controller'],
    false,
  ),
  api('Vote', voteRequest, voteResponse, ['controller'], false),
  api('BeginQuorumEpoch', beginQuorumEpochRequest, beginQuorumEpochResponse, ['controller'], false),
  api('EndQuorumEpoch', endQuorumEpochRequest, endQuorumEpochResponse, ['controller'], false),
  api('DescribeQuorum', describeQuorumRequest, describeQuorumResponse, ['broker', 'controller'], false),
  api('AlterPartition', alterPartitionRequest, alterPartitionResponse, ['controller'], false),
  api('UpdateFeatures', updateFeaturesRequest, updateFeaturesResponse, ['broker', 'controller'], false),
  api('Envelope', envelopeRequest, envelopeResponse, ['controller'], false),
  api('FetchSnapshot', fetchSnapshotRequest, fetchSnapshotResponse, ['controller'], false),
  api('DescribeCluster', describeClusterRequest, describeClusterResponse, ['broker', 'controller'], false),
  api('DescribeProducers', describeProducersRequest, describeProducersResponse, ['broker'], false),
  api('BrokerRegistration', brokerRegistrationRequest, brokerRegistrationResponse, ['controller'], false),
  api('BrokerHeartbeat', brokerHeartbeatRequest, brokerHeartbeatResponse, ['controller'], false),
  api('UnregisterBroker', unregisterBrokerRequest, unregisterBrokerResponse, ['broker', 'controller'], false),
  api('DescribeTransactions', describeTransactionsRequest, describeTransactionsResponse, ['broker'], false),
  api('ListTransactions', listTransactionsRequest, listTransactionsResponse, ['broker'], false),
  api('AllocateProducerIds', allocateProducerIdsRequest, allocateProducerIdsResponse, ['controller'], false),
  api('ConsumerGroupHeartbeat', consumerGroupHeartbeatRequest, consumerGroupHeartbeatResponse, ['broker'], false),
  api('ConsumerGroupDescribe', consumerGroupDescribeRequest, consumerGroupDescribeResponse, ['broker'], false),
  api('ControllerRegistration', controllerRegistrationRequest, controllerRegistrationResponse, ['controller'], false),
  api(
    'GetTelemetrySubscriptions',
    getTelemetrySubscriptionsRequest,
    getTelemetrySubscriptionsResponse,
    ['broker'],
    false,
  ),
  api('PushTelemetry', pushTelemetryRequest, pushTelemetryResponse, ['broker'], false),
  api('AssignReplicasToDirs', assignReplicasToDirsRequest, assignReplicasToDirsResponse, ['controller'], false),
  api('ListConfigResources', listConfigResourcesRequest, listConfigResourcesResponse, ['broker'], false),
  api('DescribeTopicPartitions', describeTopicPartitionsRequest, describeTopicPartitionsResponse, ['broker'], false),
  api('ShareGroupHeartbeat', shareGroupHeartbeatRequest, shareGroupHeartbeatResponse, ['broker'], false),
  api('ShareGroupDescribe', shareGroupDescribeRequest, shareGroupDescribeResponse, ['broker'], false),
  api('ShareFetch', shareFetchRequest, shareFetchResponse, ['broker'], false),
  api('ShareAcknowledge', shareAcknowledgeRequest, shareAcknowledgeResponse, ['broker'], false),
  api('AddRaftVoter', addRaftVoterRequest, addRaftVoterResponse, ['controller', 'broker'], false),
  api('RemoveRaftVoter', removeRaftVoterRequest, removeRaftVoterResponse, ['controller', 'broker'], false),
  api('UpdateRaftVoter', updateRaftVoterRequest, updateRaftVoterResponse, ['controller'], false),
  api(
    'InitializeShareGroupState',
    initializeShareGroupStateRequest,
    initializeShareGroupStateResponse,
    ['broker'],
    false,
  ),
  api('ReadShareGroupState', readShareGroupStateRequest, readShareGroupStateResponse, ['broker'], false),
  api('WriteShareGroupState', writeShareGroupStateRequest, writeShareGroupStateResponse, ['broker'], false),
  api('DeleteShareGroupState', deleteShareGroupStateRequest, deleteShareGroupStateResponse, ['broker'], false),
  api(
    'ReadShareGroupStateSummary',
    readShareGroupStateSummaryRequest,
    readShareGroupStateSummaryResponse,
    ['broker'],
    false,
  ),
  api('StreamsGroupHeartbeat', streamsGroupHeartbeatRequest, streamsGroupHeartbeatResponse, ['broker'], false),
  api('StreamsGroupDescribe', streamsGroupDescribeRequest, streamsGroupDescribeResponse, ['broker'], false),
  api(
    'DescribeShareGroupOffsets',
    describeShareGroupOffsetsRequest,
    describeShareGroupOffsetsResponse,
    ['broker'],
    false,
  ),
  api('AlterShareGroupOffsets', alterShareGroupOffsetsRequest, alterShareGroupOffsetsResponse, ['broker'], false),
  api('DeleteShareGroupOffsets', deleteShareGroupOffsetsRequest, deleteShareGroupOffsetsResponse, ['broker'], false),
  api(
    'StreamsGroupTopologyDescriptionUpdate',
    streamsGroupTopologyDescriptionUpdateRequest,
    streamsGroupTopologyDescriptionUpdateResponse,
    ['broker'],
    false,
  ),
  api(
    'UnregisterController',
    unregisterControllerRequest,
    unregisterControllerResponse,
    ['broker', 'controller'],
    false,
  ),
]);

function api(
  name: string,
  request: Message<unknown, never>,
  response: Message<unknown, never>,
  listeners: readonly Listener[],
  latestVersionUnstable: boolean,
): readonly [number, Api] {
  return [request.apiKey, { key: request.apiKey, name, request, response, listeners, latestVersionUnstable }];
}
