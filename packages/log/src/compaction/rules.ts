import type { Offset } from '@skerry/base';

/** What a topic asks of its compaction, under Kafka's names. */
export interface CompactionRules {
  /** `min.cleanable.dirty.ratio`. */
  readonly dirtyRatioMin: number;
  /** `min.compaction.lag.ms`: what was appended since then stays as it is. */
  readonly lagMsMin: number;
  /** `max.compaction.lag.ms`: what was appended before then is looked at, however little it is. */
  readonly lagMsMax: number;
  /** `delete.retention.ms`. */
  readonly deleteRetentionMs: number;
}

/** How much of a log waits for compaction. */
export interface Dirt {
  /** Bytes that compaction has not looked at, of all that it could look at. */
  readonly ratio: number;
  readonly bytes: number;
  /** The ratio is beyond what the topic bears, or something has waited too long. */
  readonly isDue: boolean;
}

/** What a pass has done. */
export interface Compacted {
  /** Up to where the log is compacted now. */
  readonly cleaned: Offset;
  /** Keys that were looked up, and the memory that took. */
  readonly keys: number;
  readonly mapBytes: number;
  readonly bytesRead: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** What a pass may use. */
export interface CompactionBounds {
  /** `log.cleaner.dedupe.buffer.size`. */
  readonly mapBytesMax: number;
  /** `log.cleaner.io.max.bytes.per.second`: read and written together. */
  readonly bytesPerSecondMax: number;
}
