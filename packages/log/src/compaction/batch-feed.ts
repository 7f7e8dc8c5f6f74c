/**
 * Reads the batches of closed segments, one after the other, through the pool and a slab at a time. Every batch is
 * checked before it is given: what is written anew gets a new CRC, which must not cover damage.
 */
import { Bytes, limits } from '@skerry/base';
import {
  batchBaseOffset,
  batchFaults,
  batchHeaderBytes,
  batchLastOffset,
  batchLength,
  batchShapeFault,
  checkBatch,
} from '@skerry/wire';
import { corrupt } from '../scan.ts';
import type { Segment } from '../segment.ts';
import type { LogWorld } from '../world.ts';
import type { Pace } from './pace.ts';

export interface FeedParts {
  readonly world: LogWorld;
  readonly pace: Pace;
  /** Whether the work is to stop: the log ends, or is cut. */
  readonly isOver: () => boolean;
}

/** Takes a batch, which is lent until it calls `next`: now, or later. */
export type Visit = (bytes: Uint8Array, at: number, next: (error?: Error) => void) => void;

/** Work that was given up, through no fault of the log. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

/** Gives all batches of `segment` to `visit`. `done` is told how many bytes that were. */
export function feedBatches(
  parts: FeedParts,
  segment: Segment,
  visit: Visit,
  done: (error: Error | undefined) => void,
): void {
  new Feed(parts, segment, visit, done).read(limits.slabBytes);
}

class Feed {
  readonly #parts: FeedParts;
  readonly #segment: Segment;
  readonly #visit: Visit;
  readonly #done: (error: Error | undefined) => void;
  #slab: Uint8Array = new Uint8Array(0);
  #count = 0;
  #at = 0;
  #position = 0;
  #expected: number;

  constructor(parts: FeedParts, segment: Segment, visit: Visit, done: (error: Error | undefined) => void) {
    this.#parts = parts;
    this.#segment = segment;
    this.#visit = visit;
    this.#done = done;
    this.#expected = segment.base;
    segment.pin();
  }

  #end(error?: Error): void {
    if (this.#slab.length > 0) this.#parts.world.files.slabs.give(this.#slab);
    this.#segment.unpin();
    this.#done(error);
  }

  /** Reads on where the last batch ended, at least `bytes` if the file has them. */
  read(bytes: number): void {
    const { world, pace, isOver } = this.#parts;
    const { size, file } = this.#segment;
    if (isOver()) {
      this.#end(new GivenUp('the log has changed'));
      return;
    }
    if (this.#position === size) {
      this.#end();
      return;
    }
    if (this.#slab.length < bytes) {
      if (this.#slab.length > 0) world.files.slabs.give(this.#slab);
      this.#slab = world.files.slabs.take(bytes);
    }
    const into = this.#slab.subarray(0, Math.min(this.#slab.length, size - this.#position));
    file.read(into, Bytes(this.#position), (error, count) => {
      if (error !== undefined) {
        this.#end(isOver() ? new GivenUp('the log has changed') : error);
        return;
      }
      this.#count = count;
      this.#at = 0;
      pace.after(count, () => this.#walk());
    });
  }

  /** Gives the whole batches of the slab. A visit that calls back at once must not make the stack deeper. */
  #walk(): void {
    let isHere = true;
    while (isHere) {
      if (batchShapeFault(this.#slab, this.#at, this.#count) !== undefined) {
        this.#readOn();
        return;
      }
      const [bytes, at] = [this.#slab, this.#at];
      const fault = this.#fault();
      if (fault !== undefined) {
        this.#end(corrupt(this.#segment.file.path, this.#position, fault));
        return;
      }
      this.#at += batchLength(bytes, at);
      this.#position += batchLength(bytes, at);
      this.#expected = batchLastOffset(bytes, at) + 1;
      let inCall = true;
      let cameBack = false;
      this.#visit(bytes, at, (error) => {
        if (error !== undefined) {
          isHere = false;
          this.#end(error);
        } else if (inCall) cameBack = true;
        else this.#walk();
      });
      inCall = false;
      isHere &&= cameBack;
    }
  }

  #fault(): string | undefined {
    const fault = checkBatch(this.#slab, this.#at, this.#count, this.#parts.world.compute, 'log');
    if (fault !== undefined) return batchFaults[fault].text;
    const base = batchBaseOffset(this.#slab, this.#at);
    return base === this.#expected ? undefined : `a batch of offset ${base} where ${this.#expected} is to come`;
  }

  /** What the slab ends with is no whole batch. */
  #readOn(): void {
    const { size, file } = this.#segment;
    const left = size - this.#position;
    const isNew = this.#at === 0;
    if (!isNew || left === 0) {
      this.read(limits.slabBytes);
      return;
    }
    const length = this.#count < batchHeaderBytes ? 0 : batchLength(this.#slab, 0);
    if (length > this.#count && length <= Math.min(left, limits.frameBytesMax)) this.read(length);
    else this.#end(corrupt(file.path, this.#position, 'the header of a batch makes no sense'));
  }
}
