/**
 * All of the protocol: the APIs that the broker does not serve yet, and the table of all. An entry of its own, since
 * each file costs a start its millisecond; what comes to be served moves to index.ts.
 */

export { type Api, apiKeys, type Listener } from './api-keys.ts';
export * from './index.ts';
export * from './internal/streams-groups.ts';
export * from './messages/52-vote.ts';
export * from './messages/53-begin-quorum-epoch.ts';
export * from './messages/54-end-quorum-epoch.ts';
export * from './messages/56-alter-partition.ts';
export * from './messages/58-envelope.ts';
export * from './messages/59-fetch-snapshot.ts';
export * from './messages/62-broker-registration.ts';
export * from './messages/63-broker-heartbeat.ts';
export * from './messages/67-allocate-producer-ids.ts';
export * from './messages/70-controller-registration.ts';
export * from './messages/73-assign-replicas-to-dirs.ts';
export * from './messages/82-update-raft-voter.ts';
export * from './messages/83-initialize-share-group-state.ts';
export * from './messages/84-read-share-group-state.ts';
export * from './messages/85-write-share-group-state.ts';
export * from './messages/86-delete-share-group-state.ts';
export * from './messages/87-read-share-group-state-summary.ts';
export * from './messages/88-streams-group-heartbeat.ts';
export * from './messages/89-streams-group-describe.ts';
export * from './messages/93-streams-group-topology-description-update.ts';
