/** The two files of the journal, the place of the next batch in them, and the way there. */
import { assert, Bytes, type DiskFile, type Done, OperatingError } from '@skerry/base';
import { LoopWrites } from '../loop-writes.ts';
import type { Batch } from './batch.ts';
import { blockBytes } from './format.ts';
import type { JournalOptions } from './journal.ts';
import { journalLimits } from './limits.ts';
import { emptyFiles } from './settle.ts';

export const journalFolder = 'journal';

/** The file that a generation fills. */
export const journalFile = (generation: number): string => `${journalFolder}/${generation % 2}`;

export class JournalFiles {
  readonly #options: JournalOptions;
  readonly #fileBytes: number;
  readonly #handles: (DiskFile | undefined)[] = [undefined, undefined];
  #generation = 1;
  /** Where the next batch goes in the file of this generation. */
  #position = 0;
  /** A batch of this generation is durable. */
  #hasBegun = false;
  #sequence = 0;
  /** The sequence of the last durable batch. */
  #previous = 0;
  readonly #loopWrites: LoopWrites;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#loopWrites = new LoopWrites(options.clock);
    this.#fileBytes = Math.floor(options.bytes / 2 / blockBytes) * blockBytes;
  }

  /** Bytes that may wait for the sync under way, and the length at which a batch is closed. */
  get batchBytesMax(): number {
    return Math.min(journalLimits.batchBytesMax, this.#fileBytes / 4);
  }

  /** Share of this generation's file that is filled. */
  get filled(): number {
    return this.#position / this.#fileBytes;
  }

  /** Whether there is room for so much and, beyond it, for a batch without entries. */
  fits(bytes: number): boolean {
    return this.#position + bytes + blockBytes <= this.#fileBytes;
  }

  /** Goes on at the start of the other file. */
  roll(generation: number): void {
    assert(generation === this.#generation + 1, 'generations follow one another');
    this.#generation = generation;
    this.#position = 0;
    this.#hasBegun = false;
  }

  /** Writes a batch behind the last one and syncs it. For want of space nothing of it counts. */
  write(batch: Batch, oldest: number, done: Done): void {
    const { disk, clock, nonce } = this.#options;
    const [at, end] = [Bytes(this.#position), Bytes(this.#position + batch.fileBytes)];
    assert(end <= this.#fileBytes, 'a batch fits the file');
    const sequence = ++this.#sequence;
    const chunks = batch.chunks({
      generation: this.#generation,
      oldest,
      sequence,
      previous: this.#previous,
      nonce,
    });
    this.#position = end;
    const written: Done = (error) => {
      if (error !== undefined) {
        done(error);
        return;
      }
      disk.commit([{ file: this.#handle(this.#generation), end }], (failed) => {
        if (failed === undefined) {
          this.#previous = sequence;
          this.#hasBegun = true;
        }
        done(failed);
      });
    };
    try {
      const file = this.#handle(this.#generation);
      const startMs = clock.monotonicMs();
      if (!this.#loopWrites.allowed) {
        file.write(chunks, at, (error) => {
          this.#loopWrites.tookInPool(clock.monotonicMs() - startMs);
          written(error);
        });
        return;
      }
      file.writeNow(chunks, at);
      this.#loopWrites.took(clock.monotonicMs() - startMs);
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      clock.soon(() => done(error));
      return;
    }
    written();
  }

  /**
   * Cuts both files to nothing, the older first: without it the newer one's entries are still right. But where the
   * newer has nothing of its generation yet, what it held before would count again without the older.
   */
  voidAll(done: Done): void {
    this.close();
    const { disk } = this.#options;
    const files = [this.#generation - 1, this.#generation].map(journalFile);
    if (!this.#hasBegun) files.reverse();
    emptyFiles(
      disk,
      files.filter((path) => disk.exists(path)),
      done,
    );
  }

  close(): void {
    for (const handle of this.#handles.splice(0)) handle?.close();
  }

  #handle(generation: number): DiskFile {
    const { disk } = this.#options;
    const known = this.#handles[generation % 2];
    if (known !== undefined) return known;
    if (!disk.exists(journalFolder)) disk.makeFolder(journalFolder);
    const file = disk.open(journalFile(generation), { create: true });
    this.#handles[generation % 2] = file;
    return file;
  }
}
