/**
 * A stretch of a segment's file that an answer carries: read when the socket has room for it, pinned until it is
 * released.
 */
import { assert, Bytes, OperatingError } from '@skerry/base';
import type { FileRange } from '@skerry/wire';
import type { Segment } from './segment.ts';
import type { Warmth } from './warmth.ts';

export interface LogRange extends FileRange {
  /** Bytes of batches, from the one that holds the offset asked for; the last may be cut off. */
  readonly byteLength: number;
  /** Fills `into` with the range's bytes from `from` on: before it returns when they are hot, else later. Once. */
  read(into: Uint8Array, from: number, done: (error?: Error) => void): void;
  release(): void;
}

export class SegmentRange implements LogRange {
  readonly byteLength: number;
  readonly #segment: Segment;
  readonly #start: Bytes;
  readonly #cuts: number;
  readonly #isHot: () => boolean;
  readonly #warmth: Warmth;
  #released = false;

  constructor(segment: Segment, start: Bytes, end: Bytes, temperature: { isHot: () => boolean; warmth: Warmth }) {
    assert(start <= end && end <= segment.size, 'a range lies in what is written');
    segment.pin();
    this.#segment = segment;
    this.#start = start;
    this.#cuts = segment.cuts;
    this.#isHot = temperature.isHot;
    this.#warmth = temperature.warmth;
    this.byteLength = end - start;
  }

  read(into: Uint8Array, from: number, done: (error?: Error) => void): void {
    assert(!this.#released && from + into.length <= this.byteLength, 'a read within the range, before its release');
    const { file } = this.#segment;
    const finish = (error: Error | undefined, count: number): void => {
      if (error !== undefined) done(error);
      else if (this.#segment.cuts !== this.#cuts || count < into.length) done(this.#cutError());
      else done();
    };
    if (this.#segment.cuts !== this.#cuts) {
      done(this.#cutError());
      return;
    }
    const at = Bytes(this.#start + from);
    const hot = this.#isHot();
    const beganMs = this.#warmth.nowMs();
    if (hot || this.#warmth.allows(into.length)) {
      let count = 0;
      try {
        count = file.handle().readNow(into, at);
      } catch (error) {
        if (!(error instanceof OperatingError)) throw error;
        done(error);
        return;
      }
      if (!hot) this.#warmth.onLoop(count, beganMs);
      finish(undefined, count);
      return;
    }
    file.read(into, at, (error, count) => {
      this.#warmth.inPool(count, beganMs);
      finish(error, count);
    });
  }

  release(): void {
    assert(!this.#released, 'a range is released once');
    this.#released = true;
    this.#segment.unpin();
  }

  #cutError(): Error {
    return new OperatingError('SKR_DISK_FAILED', `${this.#segment.file.path} was cut while it was read`);
  }
}
