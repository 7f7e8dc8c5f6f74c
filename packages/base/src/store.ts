import type { Done } from './disk.ts';

/** One key's new value, or its removal. */
export interface StoreChange {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/**
 * An ordered key-value table: what the logs say, for a quick start. Keys are at most 1,900 bytes, ordered byte by
 * byte.
 */
export interface Store {
  /** The committed value. The bytes are the caller's. SKR_DATA_CORRUPT if it no longer matches its checksum. */
  get(key: Uint8Array): Uint8Array | undefined;
  /**
   * Committed pairs with `from` ≤ key < `to`, in order, as of one moment. A value that no longer matches its checksum
   * is undefined: its key is still told, so that it can be removed.
   */
  entries(from: Uint8Array, to: Uint8Array): Iterable<readonly [key: Uint8Array, value: Uint8Array | undefined]>;
  /**
   * Writes all of `changes` or none; calls back once they survive a power cut. Commits take effect in the order of
   * their calls. SKR_DISK_FULL for want of space, else SKR_STORE_FAILED.
   */
  commit(changes: readonly StoreChange[], done: Done): void;
  /** Waits for the commits under way, then lets go. */
  close(done: Done): void;
}
