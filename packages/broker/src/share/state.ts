/** What is written of a share partition, in Kafka's numbers. */

/** Of a record, as `__share_group_state` has it. */
export const deliveryState = { available: 0, acknowledged: 2, archived: 4 } as const;

/** What a client says of a record. */
export const acknowledgeType = { gap: 0, accept: 1, release: 2, reject: 3, renew: 4 } as const;

export interface StateBatch {
  readonly first: number;
  readonly last: number;
  readonly state: number;
  readonly deliveries: number;
}

/** A share partition as the log has it. Offsets from `startOffset` that no batch names were never delivered. */
export interface SavedState {
  readonly startOffset: number;
  /** Ascending, and not overlapping. */
  readonly batches: readonly StateBatch[];
}

/** What is left of `batches` from `startOffset` on. */
export function from(startOffset: number, batches: readonly StateBatch[]): StateBatch[] {
  return batches
    .filter(({ last }) => last >= startOffset)
    .map((one) => (one.first < startOffset ? { ...one, first: startOffset } : one));
}

/** Neighbours of one fate as one. */
export function joined(batches: readonly StateBatch[]): StateBatch[] {
  const all: { first: number; last: number; state: number; deliveries: number }[] = [];
  for (const batch of batches) {
    const before = all.at(-1);
    const isSame = before?.state === batch.state && before.deliveries === batch.deliveries;
    if (before !== undefined && isSame && before.last + 1 === batch.first) before.last = batch.last;
    else all.push({ ...batch });
  }
  return all;
}
