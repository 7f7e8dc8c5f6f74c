export { BackOff } from './back-off.ts';
export type { Compacted, CompactionBounds, CompactionRules, Dirt } from './compaction/rules.ts';
export { DamageError } from './damage.ts';
export { type EpochRow, LeaderEpochs } from './epochs.ts';
export { FilePool } from './file-pool.ts';
export { type FlushedLog, Flusher } from './flusher.ts';
export type { GivenUp } from './given-up.ts';
export type { JournalEvent } from './journal/events.ts';
export type { JournaledDisk } from './journal/journaled-disk.ts';
export { journalLimits } from './journal/limits.ts';
export { openJournaledDisk } from './journal/open.ts';
export { type ReplayOptions, replayJournal } from './journal/replay.ts';
export { Log } from './log.ts';
export type { LogRange } from './log-range.ts';
export type { TimeDone, TimedRecord } from './log-times.ts';
export { isSegmentFile } from './names.ts';
export {
  type AbortedTransaction,
  type ProducerBatch,
  type ProducerRefusal,
  type ProducerState,
  ProducerStates,
  type ProducerVerdict,
} from './producers.ts';
export type { SpareSegment } from './retention.ts';
export { RetentionClock, type RetentionTime } from './retention-clock.ts';
export type { ScrubCursor } from './scrub.ts';
export { type Durability, defaultLogSettings, type LogSettings, logLimits } from './settings.ts';
export { type BatchFacts, type DumpStep, dumpSegment } from './verify/dump.ts';
export { abortEntries, offsetEntries, timeEntries } from './verify/index-files.ts';
export type { Problem } from './verify/problem.ts';
export { repairLog } from './verify/repair.ts';
export { planRepair, type RepairPlan } from './verify/repair-plan.ts';
export { type LogVerdict, verifyLog } from './verify/verify-log.ts';
export type { LogEvent, LogListener, LogOptions, LogWorld, RemovalReason } from './world.ts';
