import type { ErrorName } from '@skerry/wire';

const refusals: ReadonlyMap<ErrorName, ErrorName> = new Map([
  ['UNKNOWN_TOPIC_OR_PARTITION', 'COORDINATOR_NOT_AVAILABLE'],
  ['NOT_ENOUGH_REPLICAS', 'COORDINATOR_NOT_AVAILABLE'],
  ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'COORDINATOR_NOT_AVAILABLE'],
  ['REQUEST_TIMED_OUT', 'COORDINATOR_NOT_AVAILABLE'],
  ['NOT_LEADER_OR_FOLLOWER', 'NOT_COORDINATOR'],
  ['KAFKA_STORAGE_ERROR', 'NOT_COORDINATOR'],
  ['MESSAGE_TOO_LARGE', 'UNKNOWN_SERVER_ERROR'],
  ['RECORD_LIST_TOO_LARGE', 'UNKNOWN_SERVER_ERROR'],
]);

/**
 * What a client is told when the log refuses: something that makes it look for the coordinator again, or give up. Other
 * errors stay.
 */
export function coordinatorError(error: ErrorName): ErrorName {
  return refusals.get(error) ?? error;
}
