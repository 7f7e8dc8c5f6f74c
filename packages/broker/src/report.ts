import type { Offset } from '@skerry/base';
import type { JournalEvent, LogEvent } from '@skerry/log';
import type { ConnectionLimit } from './connections/counters.ts';

/** What happened in the broker, for the log, the metrics and the tests to listen to. Kinds are never reused. */
export type BrokerEvent =
  | LogEvent
  | JournalEvent
  | { readonly kind: 'connectionRefused'; readonly host: string; readonly reason: string }
  /** More connections of one address than its quota lets it make: this one is kept so long, and closed. */
  | { readonly kind: 'connectionThrottled'; readonly host: string; readonly throttleMs: number }
  /** A connection reached a limit, by the name of its setting: it was closed, or kept waiting. */
  | { readonly kind: 'connectionLimited'; readonly limit: ConnectionLimit; readonly host: string }
  /** A connection on which nothing happened for long was closed. */
  | { readonly kind: 'connectionIdle'; readonly host: string }
  /** The memory budget is spent, by what: whoever holds most is not read until there is room. */
  | { readonly kind: 'memoryShort'; readonly bytesMax: number; readonly held: Readonly<Record<string, number>> }
  | { readonly kind: 'handlerFailed'; readonly api: string; readonly version: number; readonly error: Error }
  /** Nothing is written in this life, and why. */
  | { readonly kind: 'readOnly'; readonly why: string; readonly since: string; readonly until: string | undefined }
  /** What the partition holds is damaged, there if that is known: it serves nothing, the others go on. */
  | {
      readonly kind: 'partitionOffline';
      readonly topic: string;
      readonly partition: number;
      readonly error: Error;
      readonly file?: string | undefined;
      readonly position?: number | undefined;
      readonly offset?: Offset | undefined;
    }
  /** Producers are refused from now on for want of room, and why; or may write again. */
  | {
      readonly kind: 'diskBudget';
      readonly refusal: string | undefined;
      readonly usedBytes: number;
      readonly roomBytes: number;
    }
  /** Records from one offset up to another were given up for newer ones: skerry.disk.budget. */
  | {
      readonly kind: 'budgetRemoved';
      readonly topic: string;
      readonly partition: number;
      readonly from: Offset;
      readonly to: Offset;
      readonly bytes: number;
    }
  /** A pass of compaction ended before its time, for want of space or by damage: it is tried again. */
  | { readonly kind: 'compactionPutOff'; readonly topic: string; readonly partition: number; readonly error: Error }
  /** Partitions refuse the markers of a transaction's end, and why: tried again until they are written. */
  | { readonly kind: 'markersLate'; readonly id: string; readonly partitions: number; readonly refusal: string }
  /** A transaction was open in a partition, of which the coordinator knows nothing: aborted. */
  | {
      readonly kind: 'transactionLost';
      readonly topic: string;
      readonly partition: number;
      readonly producerId: number;
    }
  | { readonly kind: 'removalFailed'; readonly topic: string; readonly partition: number; readonly error: Error }
  /** A topic's removal that a crash had interrupted was brought to its end. */
  | { readonly kind: 'removalFinished'; readonly folder: string }
  /** A folder among those of partitions that no topic has, nor had: left alone. */
  | { readonly kind: 'strangeFolder'; readonly folder: string }
  /** The table in the store was of no use, and is made anew from the log. */
  | { readonly kind: 'tableRebuilt'; readonly topic: string; readonly partition: number; readonly why: string }
  /** The store has no space for the table: it is tried again, and a restart until then replays more. */
  | { readonly kind: 'tableNotSaved'; readonly topic: string; readonly partition: number; readonly error: Error };

export type Report = (event: BrokerEvent) => void;
