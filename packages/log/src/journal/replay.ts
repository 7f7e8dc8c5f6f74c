/**
 * What an earlier process left in the journal goes where it belongs.
 *
 * - Entries are applied in their order, from the oldest generation that counts, once all of them were checked. To be
 *   interrupted does no harm: the journal is emptied only when all files are synced.
 * - An entry beyond the end of its file, or for a file that is gone, is skipped: a cut, or a removal, has reached the
 *   disk though it was not committed yet.
 */
import { Bytes, type Compute, type Disk, type DiskFile, type Done, limits, OperatingError } from '@skerry/base';
import type { JournalEvent } from './events.ts';
import { type FoundEntry, findJournal } from './reader.ts';
import { emptyFiles, settle } from './settle.ts';

export interface ReplayOptions {
  readonly disk: Disk;
  readonly compute: Compute;
  readonly report: (event: JournalEvent) => void;
  /** Whether to go on without what is damaged; otherwise damage is an error, and nothing is changed. */
  readonly skipDamaged?: boolean;
}

/** Applies and empties the journal on `disk`, if there is one. May call back from within the call. */
export function replayJournal(options: ReplayOptions, done: Done): void {
  const { disk } = options;
  let paths: readonly string[];
  let files: readonly string[];
  try {
    const journal = findJournal(options);
    try {
      files = journal.files;
      paths = apply(options, journal.entries);
    } finally {
      journal.close();
    }
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    done(error);
    return;
  }
  if (files.length === 0) {
    done();
    return;
  }
  // The journal too: of a process that was killed, its newest batch may only be in the page cache, and what it lies
  // over must not come back once the older file is empty.
  settle(disk, [...files, ...paths], (error) => {
    if (error === undefined) emptyFiles(disk, files, done);
    else done(error);
  });
}

function apply({ disk, report }: ReplayOptions, entries: () => Iterable<FoundEntry>): string[] {
  const forgotten = new Map<string, number>();
  let ordinal = 0;
  for (const { kind, path } of entries()) {
    ordinal++;
    if (kind === 'forget') forgotten.set(path, ordinal);
  }
  const files = new OpenFiles(disk);
  const paths = new Set<string>();
  let [applied, bytes, skipped] = [0, 0, 0];
  ordinal = 0;
  for (const { kind, path, at, data } of entries()) {
    ordinal++;
    if (kind !== 'data' || ordinal < (forgotten.get(path) ?? 0)) continue;
    // Also what is gone, so that it is durably so before the journal is emptied.
    paths.add(path);
    const file = files.get(path);
    if (file === undefined || at > file.size()) {
      skipped++;
      continue;
    }
    file.writeNow([data], Bytes(at));
    applied++;
    bytes += data.length;
  }
  files.close();
  if (ordinal > 0) report({ kind: 'journalReplayed', files: paths.size, entries: applied, bytes, skipped });
  return [...paths];
}

/** Some files at once, those opened last. */
class OpenFiles {
  readonly #disk: Disk;
  readonly #open = new Map<string, DiskFile>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** The file at `path`, or undefined if there is none. */
  get(path: string): DiskFile | undefined {
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    if (!this.#disk.exists(path)) return undefined;
    // At a start no other files are open, and entries of many files alternate.
    if (this.#open.size >= limits.openFilesMax) this.close();
    const file = this.#disk.open(path, { create: false });
    this.#open.set(path, file);
    return file;
  }

  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }
}
