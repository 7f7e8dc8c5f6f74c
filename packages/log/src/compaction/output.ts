/** A segment in the making: batches, gathered and written through the pool, one write at a time. */
import { Bytes, type Done, type LeaderEpoch, Offset, OperatingError } from '@skerry/base';
import { attributeBits, batchBaseOffset, batchLastOffset, batchLeaderEpoch, setBatchCrc } from '@skerry/wire';
import { cleanedFile, swapFile } from '../names.ts';
import { Segment } from '../segment.ts';
import { emptyBatch } from '../verify/empty-batch.ts';
import type { LogWorld } from '../world.ts';
import type { Pace } from './pace.ts';

const bufferBytes = 1024 * 1024;

export class Output {
  readonly segment: Segment;
  readonly #world: LogWorld;
  readonly #pace: Pace;
  readonly #interval: number;
  #buffer = new Uint8Array(bufferBytes);
  #used = 0;
  #written = 0;
  /** Offsets that have no records any more, and no batch yet. */
  #gap: { readonly from: Offset; end: Offset; readonly epoch: LeaderEpoch } | undefined;

  constructor(world: LogWorld, pace: Pace, folder: string, base: Offset, indexInterval: number) {
    this.#world = world;
    this.#pace = pace;
    this.#interval = indexInterval;
    this.segment = new Segment(folder, base, world.files, cleanedFile(folder, base));
    this.segment.index.clear();
    this.segment.transactions.startEmpty();
  }

  /** The bytes that {@link write} has not been asked to write yet. */
  get isFull(): boolean {
    return this.#used >= bufferBytes / 2;
  }

  /** Takes the batch of `length` bytes at `at`; they are copied. */
  take(bytes: Uint8Array, at: number, length: number): void {
    this.#fillGap();
    this.#add(bytes, at, length);
  }

  #add(bytes: Uint8Array, at: number, length: number): void {
    const end = this.#used + length;
    if (end > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(end, bufferBytes));
      grown.set(this.#buffer.subarray(0, this.#used));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes.subarray(at, at + length), this.#used);
    this.segment.wrote(this.#buffer, this.#used, Bytes(length), this.#interval);
    this.#used = end;
  }

  /** The offsets of the batch at `at` have no records any more. Those that follow one another share one batch. */
  leaveOut(bytes: Uint8Array, at: number): void {
    const [base, end] = [batchBaseOffset(bytes, at), Offset(batchLastOffset(bytes, at) + 1)];
    const epoch = batchLeaderEpoch(bytes, at);
    const gap = this.#gap;
    if (gap !== undefined && gap.epoch === epoch && end - gap.from <= 2 ** 31 - 1) {
      gap.end = end;
      return;
    }
    this.#fillGap();
    this.#gap = { from: base, end, epoch };
  }

  /**
   * A log has no gaps: a batch without records holds the offsets. The mark of the delete horizon tells it from one that
   * a repair has put in for what was lost.
   */
  #fillGap(): void {
    const gap = this.#gap;
    if (gap === undefined) return;
    this.#gap = undefined;
    const batch = emptyBatch(gap, this.#world.compute);
    batch[22] = (batch[22] ?? 0) | attributeBits.deleteHorizon;
    setBatchCrc(batch, 0, this.#world.compute);
    this.#add(batch, 0, batch.length);
  }

  /** Writes what was taken. */
  write(done: Done): void {
    if (this.#used === 0) {
      done();
      return;
    }
    const { file } = this.segment;
    const chunk = this.#buffer.subarray(0, this.#used);
    try {
      const handle = file.handle(true);
      file.hold();
      handle.write([chunk], Bytes(this.#written), (error) => {
        file.letGo();
        this.#written += chunk.length;
        this.#used = 0;
        if (this.#buffer.length > bufferBytes) this.#buffer = new Uint8Array(bufferBytes);
        if (error === undefined) this.#pace.after(chunk.length, done);
        else done(error);
      });
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      done(error);
    }
  }

  /** Writes the rest, and syncs all. */
  finish(done: Done): void {
    this.#fillGap();
    this.write((error) => {
      if (error !== undefined) {
        done(error);
        return;
      }
      const { file } = this.segment;
      const handle = file.handle(true);
      file.hold();
      this.#world.disk.commit([{ file: handle, end: this.segment.size }], (failed) => {
        file.letGo();
        this.segment.synced(this.segment.size);
        done(failed);
      });
    });
  }

  /** Gives the file the name by which a start believes it. Nothing uses it now. */
  rename(folder: string): void {
    this.segment.close();
    let failed: unknown;
    this.segment.file.move(swapFile(folder, this.segment.base), (error) => {
      failed = error;
    });
    if (failed !== undefined) throw failed;
  }

  /** Throws the file away. */
  discard(): void {
    const { file } = this.segment;
    file.retire(() => this.#world.disk.remove(file.path));
    this.segment.index.forget();
  }
}
