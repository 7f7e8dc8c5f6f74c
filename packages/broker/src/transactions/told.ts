import type { ErrorName } from '@skerry/wire';

/** PRODUCER_FENCED as clients are told it that do not know it yet (KIP-588), and wherever batches are appended. */
export function fencedAs(error: ErrorName, isUnknown: boolean): ErrorName {
  return error === 'PRODUCER_FENCED' && isUnknown ? 'INVALID_PRODUCER_EPOCH' : error;
}

/**
 * What a producer is told whose batch, or offsets, its transaction does not let in. Until a client knows
 * TRANSACTION_ABORTABLE (KIP-890) that is INVALID_TXN_STATE; and as long as it does not know that the transaction
 * before may still be ending, it is something that it tries again.
 */
export function entryRefusal(
  error: ErrorName,
  knows: { readonly abortable: boolean; readonly concurrent: boolean },
  retriable: ErrorName,
): ErrorName {
  if (error === 'PRODUCER_FENCED') return 'INVALID_PRODUCER_EPOCH';
  if (error === 'TRANSACTION_ABORTABLE') return knows.abortable ? error : 'INVALID_TXN_STATE';
  if (error === 'CONCURRENT_TRANSACTIONS') return knows.concurrent ? error : retriable;
  return away.has(error) ? retriable : error;
}

const away: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
]);
