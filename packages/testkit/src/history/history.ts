/**
 * What clients did and what they were told, in the order in which they came to know it: the one form in which simulated
 * and real runs are judged. Plain data, so a real run can keep it as JSON.
 *
 * How to record a run:
 * - Every record carries a number that no other record of the run has: its value. Bytes that cannot be read as one
 *   that was sent are the value −1.
 * - `send` when a batch is handed to a producer, then `sent` when it is acknowledged (each time, if several attempts
 *   are), or `refused` when it was certainly not kept. Neither means that nobody knows.
 * - `position` whenever a consumer is told where to read on: at the start, after a seek, a reset, an assignment.
 * - `poll` with what one poll gave of one partition; `asked` is how many events there were when it was asked.
 * - `crash` when a broker's process ends; `unsynced: 'lost'` for a power cut, or whatever else takes what was not
 *   synced.
 * - At the end, with all well again, `whole` for each partition: all there is, from its start to its end. Then
 *   `lookup` for any times.
 *
 * Then {@link checkHistory} says what is wrong. A name of a partition is any text that is one partition's alone: a
 * topic made again under its old name needs another.
 */

/** What is promised of a partition. */
export interface PartitionPromise {
  readonly durability: 'power-loss' | 'process-crash';
  /** Retention may take records as old as this, none if left out; 0 where it goes by size. */
  readonly retentionMs?: number;
  /** In process-crash mode, a power cut takes nothing that was acknowledged so long before; without it, anything. */
  readonly syncedAfterMs?: number;
}

export interface History {
  /** By name. */
  readonly partitions: Readonly<Record<string, PartitionPromise>>;
  /** Of the log that keeps the groups' offsets. */
  readonly groups: PartitionPromise;
  readonly events: readonly HistoryEvent[];
}

export type HistoryEvent =
  | SendEvent
  | SentEvent
  | RefusedEvent
  | PositionEvent
  | PollEvent
  | WholeEvent
  | LookupEvent
  | TrimEvent
  | CommitEvent
  | GroupOffsetEvent
  | TransactionEvent
  | CrashEvent
  | DoneEvent;

/** What was asked for under that id was done. */
export interface DoneEvent {
  readonly kind: 'trimmed' | 'committed' | 'transactionEnded';
  readonly id: number;
}

/** A batch is handed to a producer. Batches of one `process` for one partition go out one after the other. */
export interface SendEvent {
  readonly kind: 'send';
  /** Names the send; ids of different kinds of operations are apart. */
  readonly id: number;
  readonly process: string;
  readonly partition: string;
  /** One a record, in order. */
  readonly values: readonly number[];
  readonly acks: 'all' | 'leader' | 'none';
  /** The producer is idempotent: whatever happens, a record is kept once at most. */
  readonly once: boolean;
  readonly atMs: number;
  /** The transaction it is part of. */
  readonly transaction?: number;
}

/** Acknowledged. Without an offset where none is told: acks=0, or a duplicate the broker has long forgotten. */
export interface SentEvent {
  readonly kind: 'sent';
  readonly id: number;
  readonly offset?: number;
  readonly atMs: number;
}

export interface RefusedEvent {
  readonly kind: 'refused';
  readonly id: number;
}

export interface PositionEvent {
  readonly kind: 'position';
  readonly consumer: string;
  /** The group the consumer belongs to. */
  readonly group?: string;
  readonly partition: string;
  readonly offset: number;
  /** As in a poll, if the place was asked for. */
  readonly asked?: number;
}

export interface PollEvent {
  readonly kind: 'poll';
  readonly consumer: string;
  readonly group?: string;
  readonly partition: string;
  readonly asked: number;
  readonly offsets: readonly number[];
  readonly values: readonly number[];
  /** Reads what is committed alone (read_committed). */
  readonly committedOnly?: boolean;
}

/** All that a partition holds at the end: from `start`, its log start, to `end`, where the next record would go. */
export interface WholeEvent {
  readonly kind: 'whole';
  readonly partition: string;
  readonly start: number;
  readonly end: number;
  readonly offsets: readonly number[];
  readonly values: readonly number[];
  /** Of the records, if they are known. */
  readonly timestamps?: readonly number[];
  readonly atMs: number;
}

/** After `whole`: the broker was asked for the first record at or after a time. */
export interface LookupEvent {
  readonly kind: 'lookup';
  readonly partition: string;
  readonly timestamp: number;
  /** Where it is; the partition's end if there is none. */
  readonly offset: number;
}

/** DeleteRecords is asked for; `trimmed` says that it was done. */
export interface TrimEvent {
  readonly kind: 'trim';
  readonly id: number;
  readonly partition: string;
  /** Nothing below it is needed. */
  readonly before: number;
}

/** A group's offset is to be kept; `committed` says that it was. A group never wants to go back. */
export interface CommitEvent {
  readonly kind: 'commit';
  readonly id: number;
  readonly group: string;
  readonly partition: string;
  readonly offset: number;
}

/** What the broker says a group has committed; −1 for nothing. */
export interface GroupOffsetEvent {
  readonly kind: 'groupOffset';
  readonly group: string;
  readonly partition: string;
  readonly offset: number;
  readonly asked: number;
}

/** The end of a transaction is asked for; `transactionEnded` says that it came. */
interface TransactionEvent {
  readonly kind: 'endTransaction';
  readonly id: number;
  readonly how: 'commit' | 'abort';
}

/** A broker's process ends. */
export interface CrashEvent {
  readonly kind: 'crash';
  readonly unsynced: 'kept' | 'lost';
  readonly atMs: number;
}

/** What can be wrong with a history. */
export type FindingKind =
  /** Acknowledged, or read where reading promises it, and gone, while the log goes on beyond. */
  | 'lost-write'
  /** Acknowledged, and the log ends before it. */
  | 'unseen'
  /** A record of an idempotent producer is there twice. */
  | 'duplicate'
  /** An offset held two values, or a value was told to be at an offset where it is not. */
  | 'inconsistent-offsets'
  /** A value that nobody sent to this partition. */
  | 'invented'
  /** A poll left out a record between two that it gave, or what one poll gave does not follow the one before. */
  | 'internal-poll-skip'
  | 'external-poll-skip'
  | 'internal-nonmonotonic-poll'
  | 'external-nonmonotonic-poll'
  /** A later batch of a producer lies before an earlier one. */
  | 'nonmonotonic-send'
  /** G1a: a record of an aborted transaction was read as committed. */
  | 'aborted-read'
  /** A record was read as committed before its transaction was. */
  | 'precommitted-read'
  /** The first record at or after a time is said to be where it is not. */
  | 'wrong-lookup'
  /** Records that were deleted, and acknowledged so, are back. */
  | 'trim-undone'
  /** A group's committed offset went back behind an acknowledged commit. */
  | 'group-offset-back'
  /** A group has committed what nobody in it was given. */
  | 'group-offset-beyond';

export interface Finding {
  readonly kind: FindingKind;
  readonly partition: string;
  readonly text: string;
}
