import { assert, limits } from '@skerry/base';

/** The bounds of the journal that no setting governs. */
export const journalLimits = {
  /** A larger piece of a file is synced in its file: there is little to save, and it would be written twice. */
  dataBytesMax: 128 * 1024,
  /** Bytes that wait for the sync under way; what comes beyond them is synced in its file. Less in a small journal. */
  batchBytesMax: 4 * 1024 * 1024,
  /** With no more than so many files to sync, nothing is won: few nodes that are quiet, or busy with one partition. */
  directFilesMax: 3,
  /** For how long after there were more of them small pieces go to the journal. */
  busyForMs: 1000,
  /** How far behind a bad batch another one is looked for: two of the longest. */
  searchBytes: 10 * 1024 * 1024,
  /** Read at once by a start. */
  readBytes: 64 * 1024,
  /** Share of a generation that may be filled before the files of the one before must be synced. */
  retireShare: 0.85,
  /** Files known to be durable but for what was written since; beyond it the first commit of some goes direct again. */
  statesMax: 8192,
  /** Open at once while they are made durable. */
  filesAtOnce: 64,
  /** How long a journal that found no space is not used. */
  fullForMs: 30_000,
  /** Slabs kept for the next batch. */
  slabBytesKept: 4 * 1024 * 1024,
  /** A batch's buffers, unless an entry needs a larger one. */
  slabBytes: 64 * 1024,
  /** The least that the setting may give the journal, for both its files together: a large piece fits a batch. */
  bytesMin: 1024 * 1024,
} as const;

assert(journalLimits.searchBytes > 2 * journalLimits.batchBytesMax, 'the next batch is found behind a bad one');
assert(journalLimits.directFilesMax < limits.syncsInFlightMax, 'direct syncs leave one to the journal');
assert(journalLimits.dataBytesMax <= journalLimits.bytesMin / 8, 'the least journal takes what any journal takes');
