/**
 * A disk on which many files are made durable by one sync: of a journal that holds their bytes until they are synced
 * in their own places, in the background.
 *
 * - A commit of few files is done by their own syncs while little else is under way; a large piece always. A quiet
 *   node, and one busy partition, never write anything twice.
 * - The journal holds bytes only: a new file, and one that was cut, is synced itself. So a replay makes no file and
 *   cuts none, and takes nothing away from what a process that was killed left in the page cache.
 * - Where a sync of the file itself covers what the journal holds another version of, and where a removal is made
 *   durable, the journal says durably that its entries no longer count before that is called back.
 * - A file that the journal holds bytes of is not renamed, nor replaced by a rename: after a power cut the name might
 *   lead to the other file already. Until the removal of such a file is durable ({@link Disk.commitFolder}), a new one
 *   of the same name is not written.
 */
import {
  assert,
  type Bytes,
  type Clock,
  type Compute,
  type DirtyFile,
  type Disk,
  type DiskFile,
  type Done,
  OperatingError,
} from '@skerry/base';
import type { JournalEvent } from './events.ts';
import { Journal } from './journal.ts';
import { journalFolder } from './journal-files.ts';
import { FileState, JournaledFile } from './journaled-file.ts';
import { journalLimits } from './limits.ts';
import { parentOf } from './settle.ts';

export interface JournaledDiskOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly compute: Compute;
  /** How large the journal may grow. */
  readonly bytes: number;
  /** A number that nobody outside knows. */
  readonly nonce: number;
  /** Which files the journal may hold bytes of; all, if it is left out. */
  readonly journals?: (path: string) => boolean;
  readonly report: (event: JournalEvent) => void;
}

/** A file that is gone while the journal holds bytes of it. */
interface Removal {
  /** The folder whose commit makes that durable. */
  parent: string;
  /** The stamp to wait for, once the journal was told. */
  stamp: number;
}

interface Part {
  readonly file: JournaledFile;
  readonly state: FileState;
  readonly end: Bytes;
}

export class JournaledDisk implements Disk {
  readonly #options: JournaledDiskOptions;
  readonly #inner: Disk;
  readonly #journal: Journal;
  /** Of files that were written. */
  readonly #states = new Map<string, FileState>();
  readonly #removals = new Map<string, Removal>();
  /** Syncs of files themselves, under way. */
  #directs = 0;
  #busyUntilMs = -1;

  constructor(options: JournaledDiskOptions) {
    this.#options = options;
    this.#inner = options.disk;
    this.#journal = new Journal(options);
  }

  open(path: string, options: { readonly create: boolean }): DiskFile {
    return new JournaledFile(this.#inner.open(path, options), () => this.#writable(path));
  }

  exists(path: string): boolean {
    return this.#inner.exists(path);
  }

  sizeOf(path: string): Bytes {
    return this.#inner.sizeOf(path);
  }

  list(folder: string): readonly string[] {
    const names = this.#inner.list(folder);
    return folder === '' ? names.filter((name) => name !== journalFolder) : names;
  }

  makeFolder(path: string): void {
    this.#inner.makeFolder(path);
  }

  rename(source: string, target: string): void {
    for (const path of this.#journal.livePaths()) {
      assert(!isWithin(path, source) && path !== target, `${path} is renamed or replaced while the journal holds it`);
    }
    this.#inner.rename(source, target);
    this.#forgetStates(source);
    this.#states.delete(target);
  }

  remove(path: string): void {
    this.#inner.remove(path);
    this.#forgetStates(path);
    const parent = parentOf(path);
    for (const live of this.#journal.livePaths()) {
      if (!isWithin(live, path)) continue;
      this.#journal.removed(live);
      this.#removals.set(live, { parent, stamp: 0 });
    }
    for (const [gone, removal] of this.#removals) {
      if (isWithin(removal.parent, path)) removal.parent = parent;
      if (removal.stamp === 0 && this.#journal.liveEnd(gone) === 0) this.#removals.delete(gone);
    }
  }

  commit(dirty: readonly DirtyFile[], done: Done): void {
    const direct: Part[] = [];
    const small: Part[] = [];
    let stamp = 0;
    for (const { file, end } of dirty) {
      assert(file instanceof JournaledFile, 'a disk commits its own files');
      assert(end <= file.size(), `${file.path}: commit of what is not written`);
      const state = this.#state(file.path);
      const part = { file, state, end };
      stamp = Math.max(stamp, state.stamp, this.#removals.get(file.path)?.stamp ?? 0);
      if (this.#mustBeDirect(part)) direct.push(part);
      else if (state.from < end) small.push(part);
    }
    if (this.#isQuiet(direct.length + small.length)) direct.push(...small);
    else for (const part of small) if (!this.#toJournal(part)) direct.push(part);
    for (const { state } of small) stamp = Math.max(stamp, state.stamp);
    if (direct.length === 0 && this.#journal.isDurable(stamp)) {
      this.#options.clock.soon(() => done(this.#journal.failed));
      return;
    }
    let due = direct.length === 0 ? 1 : 2;
    const one: Done = (error) => {
      if (error !== undefined) this.#journal.fail(error);
      if (--due === 0) done(this.#journal.failed);
    };
    if (direct.length > 0) this.#sync(direct, one);
    this.#journal.whenDurable(stamp, one);
    this.#journal.flush();
  }

  commitFolder(folder: string, done: Done): void {
    const removals = [...this.#removals].filter(([, { parent }]) => parent === folder);
    this.#inner.commitFolder(folder, (error) => {
      if (error !== undefined) this.#journal.fail(error);
      if (this.#journal.failed !== undefined) {
        done(this.#journal.failed);
        return;
      }
      let stamp = 0;
      for (const [path, removal] of removals) {
        if (removal.stamp === 0 && this.#removals.get(path) === removal) this.#forget(path);
        stamp = Math.max(stamp, removal.stamp);
      }
      this.#journal.whenDurable(stamp, done);
      this.#journal.flush();
    });
  }

  freeBytes(): Bytes {
    return this.#inner.freeBytes();
  }

  totalBytes(): Bytes {
    return this.#inner.totalBytes();
  }

  /** Makes all durable in the files' own places, empties the journal and lets go of it. */
  close(done: Done): void {
    this.#journal.empty((error) => {
      this.#journal.close();
      done(error);
    });
  }

  #state(path: string): FileState {
    let state = this.#states.get(path);
    if (state === undefined) {
      if (this.#states.size >= journalLimits.statesMax) this.#dropStates();
      state = new FileState();
      this.#states.set(path, state);
    }
    return state;
  }

  /** The state of a file that is about to change. */
  #writable(path: string): FileState {
    const removal = this.#removals.get(path);
    const isOver = removal === undefined || (removal.stamp === 0 && this.#journal.liveEnd(path) === 0);
    assert(isOver, `${path} is written before the removal of its predecessor is durable`);
    return this.#state(path);
  }

  #mustBeDirect({ file, state, end }: Part): boolean {
    const { journals = () => true } = this.#options;
    if (!state.isEstablished || state.directs > 0 || state.cutTo < Number.POSITIVE_INFINITY) return true;
    if (Math.min(state.to, end) - state.from > journalLimits.dataBytesMax) return true;
    return state.isDirty && !journals(file.path);
  }

  /** Whether few files are to be synced, with `files` more, and have been for a while. */
  #isQuiet(files: number): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#directs + files > journalLimits.directFilesMax) this.#busyUntilMs = nowMs + journalLimits.busyForMs;
    return nowMs >= this.#busyUntilMs;
  }

  /** Hands the part's bytes to the journal, if it takes them. */
  #toJournal({ file, state, end }: Part): boolean {
    const to = Math.min(state.to, end);
    if (!this.#journal.accepts(to - state.from)) return false;
    try {
      state.stamp = this.#journal.addData(file.inner, state.from, to);
    } catch (error) {
      // What was just written cannot be read: this disk is to be trusted with nothing more.
      if (!(error instanceof OperatingError)) throw error;
      this.#journal.fail(error);
    }
    state.committed(end);
    return true;
  }

  /** Syncs files themselves, and sees to it that no replay undoes it. */
  #sync(parts: readonly Part[], done: Done): void {
    if (parts.length === 0) {
      done();
      return;
    }
    const files = parts.map(({ file, state, end }) => {
      const liveEnd = this.#journal.liveEnd(file.path);
      // Of two under way the later may end first: it covers what the earlier does.
      const isStale = state.staleDirects > 0 || state.isStale(liveEnd);
      state.directs++;
      if (isStale) state.staleDirects++;
      state.committed(end);
      // What the journal is told to forget must all be in the file, also what lies beyond `end`.
      return { file: file.inner, end: isStale ? file.size() : end, isStale, state };
    });
    this.#directs += files.length;
    this.#inner.commit(files, (error) => {
      this.#directs -= files.length;
      let stamp = 0;
      for (const { file, isStale, state } of files) {
        state.directs--;
        if (isStale) state.staleDirects--;
        state.isEstablished = true;
        if (isStale && error === undefined) stamp = Math.max(stamp, this.#superseded(file.path, state));
      }
      if (error !== undefined) done(error);
      else this.#journal.whenDurable(stamp, done);
      this.#journal.flush();
    });
  }

  /** A sync of the file was done over what the journal holds of it; gives the stamp to wait for. */
  #superseded(path: string, state: FileState): number {
    // The journal may have been told by another sync that ended before this one.
    if (this.#journal.liveEnd(path) === 0) return Math.max(state.stamp, this.#removals.get(path)?.stamp ?? 0);
    // Another file of this name has entries of its own only when those of this one were forgotten.
    return this.#states.get(path) === state || this.#removals.has(path) ? this.#forget(path) : 0;
  }

  /** Has the journal say that its entries of `path` no longer count; gives the stamp to wait for. */
  #forget(path: string): number {
    const stamp = this.#journal.addForget(path);
    const state = this.#states.get(path);
    if (state !== undefined) state.stamp = stamp;
    const removal = this.#removals.get(path);
    if (removal !== undefined) {
      removal.stamp = stamp;
      this.#journal.whenDurable(stamp, () => {
        if (this.#removals.get(path) === removal) this.#removals.delete(path);
      });
    }
    return stamp;
  }

  #forgetStates(path: string): void {
    for (const known of this.#states.keys()) if (isWithin(known, path)) this.#states.delete(known);
  }

  /** Forgets files of which nothing is due: their next commit syncs them. */
  #dropStates(): void {
    for (const [path, state] of this.#states) {
      const isDue = state.isDirty || state.directs > 0 || !this.#journal.isDurable(state.stamp);
      if (!isDue && this.#journal.liveEnd(path) === 0) this.#states.delete(path);
    }
  }
}

function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}/`);
}
