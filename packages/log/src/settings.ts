import { assert, limits } from '@skerry/base';

/** When an append is safe: once it is synced, or once it is in the page cache. */
export type Durability = 'power-loss' | 'process-crash';

/** What an operator may set for a log, under Kafka's names; −1 in a retention setting means "no bound". */
export interface LogSettings {
  readonly segmentBytes: number;
  /** Age of a segment, by the retention clock, at which the next append starts another. */
  readonly segmentMs: number;
  /** Up to so much is taken off that age, differently for each segment. */
  readonly segmentJitterMs: number;
  readonly segmentIndexBytes: number;
  /** Bytes of log between two index entries. */
  readonly indexIntervalBytes: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly durability: Durability;
  /** How long written data may wait for its sync when durability is `process-crash`. */
  readonly flushMs: number;
  readonly producerIdExpirationMs: number;
}

export const defaultLogSettings: LogSettings = {
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * 24 * 3600 * 1000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * 1024 * 1024,
  indexIntervalBytes: 4096,
  retentionMs: 7 * 24 * 3600 * 1000,
  retentionBytes: -1,
  durability: 'power-loss',
  flushMs: 30_000,
  producerIdExpirationMs: 24 * 3600 * 1000,
};

/** The bounds of this package that no setting governs. */
export const logLimits = {
  /** Data written within this time is in the page cache: read on the loop, not through the pool. */
  hotMs: 10_000,
  /** A read on the loop that takes longer shows that the data was not in the page cache after all. */
  slowReadMs: 2,
  /** What the way through the pool takes by itself, on a loop that is not idle. */
  poolMs: 0.5,
  /** Slower than this nothing comes from memory: 500 MB/s. */
  memoryBytesPerMs: 500_000,
  /** A pool read must be this large to tell where its data came from. */
  warmProbeBytes: 64 * 1024,
  /** How much is then read on the loop before the pool is asked again. */
  warmBytes: 8 * 1024 * 1024,
  /** A write on the loop that takes longer shows that the disk makes writers wait. */
  slowWriteMs: 2,
  /** For how long writes then go through the pool, at least, and at most before the loop is tried again. */
  slowForMs: 1000,
  slowForMsMax: 60_000,
  /** One through the pool that takes longer shows that the disk still does. */
  slowPoolWriteMs: 20,
  /** Data past the recovery point: what a start after a crash reads at most, give or take a gather. */
  checkpointBytes: 64 * 1024 * 1024,
  checkpointMs: 60_000,
  /** The same of all logs of a node together: what a start reads, checks and writes again, at a few hundred MB/s. */
  uncheckedBytesMax: 128 * 1024 * 1024,
  /** How long a checkpoint that found no space in the store waits for its next try, at first and at most. */
  retryFirstMs: 2_000,
  retryMostMs: 60_000,
  /** Positions of the newest batches kept by a log, so that reading at the tail needs no index. */
  recentBatches: 64,
  /** Read at once to find a batch: an index interval and a header fit. */
  scanBytes: 16 * 1024,
  /** Index entries kept back until they are worth a write. */
  indexWriteBytes: 4096,
  /** Index entries in memory, of all logs together, beside those not yet written. */
  indexCacheBytes: 16 * 1024 * 1024,
  /** Slabs kept for the next user: scans and recovery. */
  slabBytesKept: 2 * 1024 * 1024,
  /** Idempotent producers remembered by a log; beyond it the one idle longest is forgotten. */
  producersMax: 10_000,
  /** KIP-98: as many batches as a producer may have in flight. */
  producerBatches: 5,
  /** Producer snapshots kept, so that a truncation finds one below it. */
  snapshotsKept: 2,
  /** A position in a segment, and an offset relative to its base, are 32-bit signed in the index files. */
  segmentBytesMax: 2 ** 31 - 1,
} as const;

assert(logLimits.scanBytes <= limits.slabBytes, 'a scan fits a slab');
assert(logLimits.indexWriteBytes % 4 === 0, 'index entries are written whole');
