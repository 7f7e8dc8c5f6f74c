/**
 * A stretch of a segment's file that an answer carries: read when the socket has room for it, pinned until it is
 * released.
 *
 * What this process neither wrote nor read before is checked on its way (range-check.ts), and so is what came from the
 * disk although it was checked once: bits flip there. No byte of a batch that proves damaged is given out after that is
 * known; what was given of it before is a part, which no client takes for a batch.
 */
import { assert, Bytes, limits, type Offset, OperatingError } from '@skerry/base';
import type { FileRange } from '@skerry/wire';
import { DamageError } from './damage.ts';
import type { LeaderEpochs } from './epochs.ts';
import { checkSegment, type RangeCheck } from './range-check.ts';
import type { Segment } from './segment.ts';
import type { Warmth } from './warmth.ts';
import type { LogWorld } from './world.ts';

export interface LogRange extends FileRange {
  /** Bytes of batches, from the one that holds the offset asked for; the last may be cut off. */
  readonly byteLength: number;
  /** Fills `into` with the range's bytes from `from` on: before it returns when they are hot, else later. Once. */
  read(into: Uint8Array, from: number, done: (error?: Error) => void): void;
  release(): void;
}

export interface RangeParts {
  readonly world: LogWorld;
  readonly epochs: LeaderEpochs;
  readonly isHot: () => boolean;
  readonly warmth: Warmth;
  /** Told of damage that a read met. */
  readonly damaged: (error: OperatingError) => void;
}

export class SegmentRange implements LogRange {
  readonly byteLength: number;
  readonly #parts: RangeParts;
  readonly #segment: Segment;
  readonly #start: Bytes;
  readonly #offset: Offset;
  readonly #cuts: number;
  #check: RangeCheck | undefined;
  #released = false;

  /** From `start`, where the batch begins that holds `offset`, to `end`. */
  constructor(segment: Segment, start: Bytes, end: Bytes, offset: Offset, parts: RangeParts) {
    assert(start <= end && end <= segment.size, 'a range lies in what is written');
    segment.pin();
    this.#parts = parts;
    this.#segment = segment;
    this.#start = start;
    this.#offset = offset;
    this.#cuts = segment.cuts;
    this.byteLength = end - start;
    if (!segment.checked.covers(start, end))
      this.#check = checkSegment(this.#parts, this.#segment, this.#start, this.#offset);
  }

  read(into: Uint8Array, from: number, done: (error?: Error) => void): void {
    assert(!this.#released && from + into.length <= this.byteLength, 'a read within the range, before its release');
    const { warmth, isHot } = this.#parts;
    const { file } = this.#segment;
    if (this.#segment.cuts !== this.#cuts) return done(this.#cutError());
    const at = Bytes(this.#start + from);
    const hot = isHot();
    const beganMs = warmth.nowMs();
    if (hot || warmth.allows(into.length)) {
      let count = 0;
      try {
        count = file.readNow(into, at);
      } catch (error) {
        return done(this.#failed(error));
      }
      const wasMemory = hot || warmth.onLoop(count, beganMs);
      return this.#finish(into, from, count, wasMemory, done);
    }
    file.read(into, at, (error, count) => {
      const wasMemory = warmth.inPool(count, beganMs);
      if (error === undefined) this.#finish(into, from, count, wasMemory, done);
      else done(this.#failed(error));
    });
  }

  #finish(into: Uint8Array, from: number, count: number, wasMemory: boolean, done: (error?: Error) => void): void {
    if (this.#segment.cuts !== this.#cuts || this.#released) return done(this.#cutError());
    if (count < into.length)
      return done(this.#failed(new DamageError(this.#segment.file.path, this.#start + from + count, 'the file ends')));
    if (this.#check !== undefined) return done(this.#pass(this.#check, into));
    if (wasMemory) return done();
    this.#check = checkSegment(this.#parts, this.#segment, this.#start, this.#offset);
    if (from === 0) return done(this.#pass(this.#check, into));
    this.#catchUp(this.#check, from, (error) =>
      done(error ?? (this.#check === undefined ? undefined : this.#pass(this.#check, into))),
    );
  }

  /** Checks what was given out unchecked, so that the rest can be. */
  #catchUp(check: RangeCheck, to: number, done: (error?: Error) => void): void {
    const { slabs } = this.#parts.world.files;
    const slab = slabs.take(limits.slabBytes);
    let at = 0;
    const finish = (error?: Error): void => {
      slabs.give(slab);
      done(error);
    };
    const step = (): void => {
      if (at === to) return finish();
      const into = slab.subarray(0, Math.min(slab.length, to - at));
      this.#segment.file.read(into, Bytes(this.#start + at), (error, count) => {
        if (error !== undefined) return finish(this.#failed(error));
        if (count < into.length || this.#segment.cuts !== this.#cuts || this.#released) return finish(this.#cutError());
        at += count;
        const damage = this.#pass(check, into);
        if (damage === undefined) step();
        else finish(damage);
      });
    };
    step();
  }

  #pass(check: RangeCheck, bytes: Uint8Array): Error | undefined {
    const damage = check.take(bytes);
    if (damage !== undefined) return this.#failed(damage);
    this.#segment.checked.add(this.#start, check.checkedTo);
    return undefined;
  }

  release(): void {
    assert(!this.#released, 'a range is released once');
    this.#released = true;
    this.#segment.unpin();
  }

  /** The disk refused a read, or gave what was never written: the owner is told, unless the segment is gone anyway. */
  #failed(error: unknown): Error {
    if (!(error instanceof OperatingError)) throw error;
    if (this.#segment.cuts !== this.#cuts || this.#released) return this.#cutError();
    if (error instanceof DamageError) this.#parts.damaged(error);
    return error;
  }

  #cutError(): Error {
    return new OperatingError('SKR_DISK_FAILED', `${this.#segment.file.path} was cut while it was read`);
  }
}
