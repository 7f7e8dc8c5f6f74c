export {
  attributeBits,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchCodec,
  batchCrc,
  batchCrcIsValid,
  batchCrcStart,
  batchHasDeleteHorizon,
  batchHeaderBytes,
  batchIsControl,
  batchIsTransactional,
  batchLastOffset,
  batchLastOffsetDelta,
  batchLastSequence,
  batchLeaderEpoch,
  batchLength,
  batchMagic,
  batchMaxTimestamp,
  batchOverheadBytes,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  batchTimestampType,
  type Checksum,
  noProducerEpoch,
  noProducerId,
  noSequence,
  noTimestamp,
  setBatchBaseOffset,
  setBatchCrc,
  setBatchLeaderEpoch,
  setBatchMaxTimestamp,
  type TimestampType,
} from './batch.ts';
export { BatchBuilder, type BatchOptions, type Marker, markerBatch, type NewRecord } from './batch-builder.ts';
export {
  type BatchFault,
  type BatchOrigin,
  batchFaults,
  batchMeaningFault,
  batchShapeFault,
  checkBatch,
} from './batch-check.ts';
export { type ControlRecord, controlRecord, type DecodedRecord, type RecordHeader, records } from './batch-records.ts';
export { type Codec, closureCodec, codec } from './codec.ts';
export {
  type CodecChoice,
  type CodecName,
  codecName,
  codecNames,
  codecNumber,
  compressRecords,
  decompressBatch,
  decompressRecords,
} from './compression.ts';
export { type ErrorName, errorCode, errorName, errors } from './errors.ts';
export { type Frame, FrameDecoder } from './frame-decoder.ts';
export { type RequestStart, readClientId, readRequestStart } from './header.ts';
export * from './internal/cluster-metadata.ts';
export * from './internal/consumer-groups.ts';
export * from './internal/consumer-offsets.ts';
export * from './internal/control-records.ts';
export * from './internal/embedded.ts';
export * from './internal/share-group-state.ts';
export * from './internal/share-groups.ts';
export * from './internal/transaction-state.ts';
export { legacyMessageLength, recordsMagic } from './legacy-batch.ts';
export * from './messages/00-produce.ts';
export * from './messages/01-fetch.ts';
export * from './messages/02-list-offsets.ts';
export * from './messages/03-metadata.ts';
export * from './messages/08-offset-commit.ts';
export * from './messages/09-offset-fetch.ts';
export * from './messages/10-find-coordinator.ts';
export * from './messages/11-join-group.ts';
export * from './messages/12-heartbeat.ts';
export * from './messages/13-leave-group.ts';
export * from './messages/14-sync-group.ts';
export * from './messages/15-describe-groups.ts';
export * from './messages/16-list-groups.ts';
export * from './messages/17-sasl-handshake.ts';
export * from './messages/18-api-versions.ts';
export * from './messages/19-create-topics.ts';
export * from './messages/20-delete-topics.ts';
export * from './messages/21-delete-records.ts';
export * from './messages/22-init-producer-id.ts';
export * from './messages/23-offset-for-leader-epoch.ts';
export * from './messages/24-add-partitions-to-txn.ts';
export * from './messages/25-add-offsets-to-txn.ts';
export * from './messages/26-end-txn.ts';
export * from './messages/27-write-txn-markers.ts';
export * from './messages/28-txn-offset-commit.ts';
export * from './messages/29-describe-acls.ts';
export * from './messages/30-create-acls.ts';
export * from './messages/31-delete-acls.ts';
export * from './messages/32-describe-configs.ts';
export * from './messages/33-alter-configs.ts';
export * from './messages/34-alter-replica-log-dirs.ts';
export * from './messages/35-describe-log-dirs.ts';
export * from './messages/36-sasl-authenticate.ts';
export * from './messages/37-create-partitions.ts';
export * from './messages/38-create-delegation-token.ts';
export * from './messages/39-renew-delegation-token.ts';
export * from './messages/40-expire-delegation-token.ts';
export * from './messages/41-describe-delegation-token.ts';
export * from './messages/42-delete-groups.ts';
export * from './messages/43-elect-leaders.ts';
export * from './messages/44-incremental-alter-configs.ts';
export * from './messages/45-alter-partition-reassignments.ts';
export * from './messages/46-list-partition-reassignments.ts';
export * from './messages/47-offset-delete.ts';
export * from './messages/48-describe-client-quotas.ts';
export * from './messages/49-alter-client-quotas.ts';
export * from './messages/50-describe-user-scram-credentials.ts';
export * from './messages/51-alter-user-scram-credentials.ts';
export * from './messages/55-describe-quorum.ts';
export * from './messages/57-update-features.ts';
export * from './messages/60-describe-cluster.ts';
export * from './messages/61-describe-producers.ts';
export * from './messages/64-unregister-broker.ts';
export * from './messages/65-describe-transactions.ts';
export * from './messages/66-list-transactions.ts';
export * from './messages/68-consumer-group-heartbeat.ts';
export * from './messages/69-consumer-group-describe.ts';
export * from './messages/71-get-telemetry-subscriptions.ts';
export * from './messages/72-push-telemetry.ts';
export * from './messages/74-list-config-resources.ts';
export * from './messages/75-describe-topic-partitions.ts';
export * from './messages/76-share-group-heartbeat.ts';
export * from './messages/77-share-group-describe.ts';
export * from './messages/78-share-fetch.ts';
export * from './messages/79-share-acknowledge.ts';
export * from './messages/80-add-raft-voter.ts';
export * from './messages/81-remove-raft-voter.ts';
export * from './messages/90-describe-share-group-offsets.ts';
export * from './messages/91-alter-share-group-offsets.ts';
export * from './messages/92-delete-share-group-offsets.ts';
export * from './messages/94-unregister-controller.ts';
export * from './messages/headers.ts';
export { Newcomers } from './newcomers.ts';
export { type Gated, ReadGate } from './read-gate.ts';
export { Reader } from './reader.ts';
export { RecordCursor } from './record-cursor.ts';
export type { Field, Fields, Infer, InferInput, InputOf, Message, ValueOf } from './schema.ts';
export {
  type Call,
  type ConnectionWorld,
  type Overdue,
  type Patience,
  type Reply,
  ServerConnection,
  type Service,
} from './server-connection.ts';
export { SlabPool, unpooled } from './slab-pool.ts';
export { inRange, type VersionRange, versionRange } from './versions.ts';
export { EncodeError, type FileRange, isFileRange, type Part, Writer } from './writer.ts';
