import type { Clock, Compute, Disk, LeaderEpoch, Offset, OperatingError, Store } from '@skerry/base';
import type { FilePool } from './file-pool.ts';
import type { Flusher } from './flusher.ts';
import type { LogSettings } from './settings.ts';

/** The world, as all logs of a node share it. */
export interface LogWorld {
  readonly disk: Disk;
  readonly store: Store;
  readonly clock: Clock;
  readonly compute: Compute;
  readonly flusher: Flusher;
  readonly files: FilePool;
  report(event: LogEvent): void;
}

/** What happened inside a log: for the operator's log, metrics and tests. */
export type LogEvent = { readonly folder: string } & (
  | {
      readonly kind: 'recovered';
      readonly from: Offset;
      readonly end: Offset;
      readonly cutBytes: number;
      /** Nothing should have been left to read then: somebody else wrote here, or the checkpoint was lost. */
      readonly afterCleanStop: boolean;
    }
  | { readonly kind: 'rolled'; readonly base: Offset }
  | { readonly kind: 'diskFull'; readonly end: Offset; readonly error: Error }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'indexRebuilt'; readonly base: Offset }
  | { readonly kind: 'indexNotWritten'; readonly base: Offset; readonly error: Error }
  /** Segments were written anew, as one that begins at `base`. */
  | { readonly kind: 'compacted'; readonly base: Offset; readonly bytesBefore: number; readonly bytesAfter: number }
  | { readonly kind: 'truncated'; readonly end: Offset }
  | { readonly kind: 'segmentRemoved'; readonly base: Offset; readonly bytes: number; readonly why: RemovalReason }
  | { readonly kind: 'checkpoint'; readonly recoveryPoint: Offset }
  /** The store has no space for it: it is tried again, and a crash until then makes the next start read more. */
  | { readonly kind: 'checkpointPutOff'; readonly error: Error }
);

export type RemovalReason = 'age' | 'size' | 'budget' | 'logStart' | 'truncation' | 'remnant' | 'leftover';

/** What a log tells its owner. Never called from within a call of the owner's to {@link Log.append}. */
export interface LogListener {
  /** All below `offset` is in the page cache: readers see it, and its bytes are no longer lent. */
  onWritten(offset: Offset): void;
  /** All below `offset` survives a power cut. */
  onSynced(offset: Offset): void;
  /** The disk is full: what was appended at or beyond `end`, where the log ends again, is refused. The log goes on. */
  onCut(end: Offset, error: Error): void;
  /** The disk failed: nothing is acknowledged any more, and only a restart helps. Called once. */
  onFailed(error: Error): void;
  /**
   * A read met bytes that were safe once and are not what was written, or that the disk does not give: what else is
   * damaged is for the operator to find out. The log itself goes on. May be called more than once.
   */
  onDamaged?(error: OperatingError): void;
}

export interface LogOptions {
  /** The partition's folder on the disk. */
  readonly folder: string;
  /** What this log's keys in the store begin with; no other log's keys may. */
  readonly storePrefix: Uint8Array;
  readonly settings: LogSettings;
  readonly world: LogWorld;
  /**
   * Whether the node stopped in good order. The log believes its checkpoint, not this; what contradicts it is
   * reported.
   */
  readonly cleanShutdown: boolean;
  readonly listener: LogListener;
  /** The latest there is: no batch can be of a later one. Not checked if it is not given. */
  readonly leaderEpoch?: LeaderEpoch;
  /**
   * Nothing of this log is on the disk or in the store, as the caller knows: opening it then asks neither, and cannot
   * fail.
   */
  readonly isNew?: boolean;
  /** The clock by which age is measured; the wall clock if none is given. */
  readonly retentionNowMs?: () => number;
}
