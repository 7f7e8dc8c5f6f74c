/**
 * Finds batches by offset: which segment, where in it, how far.
 *
 * At the tail positions are remembered and nothing is read; for data written in the last seconds the search reads on
 * the loop; else through the pool. A search begins at an index entry, and trusts it only as far as the header found
 * there bears it out.
 */
import { assert, Bytes, type Offset, OperatingError, offsetAfter } from '@skerry/base';
import { batchBaseOffset, batchHasDeleteHorizon, batchLastOffset, batchLength, batchRecordCount } from '@skerry/wire';
import { DamageError } from './damage.ts';
import type { LeaderEpochs } from './epochs.ts';
import { type IndexOwner, makeIndexWhole, makeIndexWholeNow, remakeIndex } from './index-rebuild.ts';
import { type LogRange, SegmentRange } from './log-range.ts';
import { corrupt, scanHeaders } from './scan.ts';
import type { Segment } from './segment.ts';
import type { SegmentList } from './segment-list.ts';
import { logLimits } from './settings.ts';
import type { Tail } from './tail.ts';
import { Warmth } from './warmth.ts';

/** A batch, found. */
export interface Found {
  readonly segment: Segment;
  readonly position: Bytes;
  /** Undefined when nobody had to read it. */
  readonly length: number | undefined;
}

export interface ReaderParts extends IndexOwner {
  readonly segments: SegmentList;
  readonly tail: Tail;
  readonly epochs: LeaderEpochs;
  readonly damaged: (error: OperatingError) => void;
}

export interface ReadRequest {
  readonly offset: Offset;
  readonly bytesMax: number;
  /** Only what lies below. */
  readonly upTo: Offset;
  /** Give one whole batch, even beyond `bytesMax` (KIP-74). */
  readonly minOneBatch: boolean;
}

interface Sought {
  readonly offset: Offset;
  /** Passes over batches of which compaction has left no record. */
  readonly skipsEmptied: boolean;
}

/** Where a batch begins; its length and base offset if its header was read. */
type PositionFound = (error: Error | undefined, position: Bytes, length?: number, base?: Offset) => void;

export class LogReader {
  readonly #parts: ReaderParts;
  readonly #warmth: Warmth;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.#warmth = new Warmth(parts.world.clock);
  }

  isHot(offset: Offset): boolean {
    const { tail, world, segments } = this.#parts;
    return offset >= tail.hotFrom(world.clock.monotonicMs(), segments.last.end);
  }

  #mayScanNow(offset: Offset): boolean {
    return this.isHot(offset) || this.#warmth.allows(logLimits.scanBytes);
  }

  read(request: ReadRequest, done: (error: Error | undefined, range: LogRange | undefined) => void): void {
    const { offset, upTo } = request;
    if (offset >= upTo) {
      done(undefined, undefined);
      return;
    }
    this.find(offset, (error, found) => {
      if (error !== undefined || found === undefined) done(error, undefined);
      else this.#limit(found, request, done);
    });
  }

  /**
   * The batch that holds `offset`, or, where compaction has taken that, the next one with records: an answer that
   * begins with batches without any, and may hold nothing else, confuses clients. Where none follows, one without.
   */
  find(offset: Offset, done: (error: Error | undefined, found: Found | undefined) => void): void {
    const { segments } = this.#parts;
    this.#findIn(segments.indexOf(offset), { offset, skipsEmptied: true }, (error, found) => {
      if (error !== undefined || found !== undefined) done(error, found);
      else this.#findIn(segments.indexOf(offset), { offset, skipsEmptied: false }, done);
    });
  }

  #findIn(index: number, sought: Sought, done: (error: Error | undefined, found: Found | undefined) => void): void {
    const { segments } = this.#parts;
    const { offset } = sought;
    const segment = segments.at(index);
    if (segment === undefined) {
      done(undefined, undefined);
      return;
    }
    const next = (): void => {
      const at = segments.all.indexOf(segment);
      if (at < 0) done(undefined, undefined);
      else this.#findIn(at + 1, sought, done);
    };
    if (offset >= segment.end) {
      next();
      return;
    }
    this.#positionIn(segment, sought, (error, position, length) => {
      // Retention, or a cut, was quicker: whoever asks again is told that the offset is out of range.
      if (segment.isDoomed) done(undefined, undefined);
      else if (error !== undefined) done(error, undefined);
      else if (position === segment.size) next();
      else done(undefined, { segment, position, length });
    });
  }

  /** Where the batch begins that holds `offset` or is the first beyond it; the segment's end if all end before. */
  positionOf(segment: Segment, offset: Offset, done: PositionFound): void {
    this.#positionIn(segment, { offset, skipsEmptied: false }, done);
  }

  #positionIn(segment: Segment, sought: Sought, done: PositionFound): void {
    const { offset } = sought;
    const isLast = segment === this.#parts.segments.last || !segment.isClosed;
    const recent = isLast ? this.#parts.tail.positionAt(offset) : undefined;
    if (recent !== undefined) {
      done(undefined, recent.position, undefined, recent.base);
      return;
    }
    const now = this.#mayScanNow(offset);
    this.#scanByIndex(segment, sought, now, (error, position, length, base) => {
      // An index is a guess: what it led to may be its own fault.
      if (!(error instanceof DamageError) || segment.isDoomed) done(error, position, length, base);
      else
        remakeIndex(segment, this.#parts, (failed) =>
          failed === undefined ? this.#scanByIndex(segment, sought, now, done) : done(failed, Bytes(0)),
        );
    });
  }

  #scanByIndex(segment: Segment, sought: Sought, now: boolean, done: PositionFound): void {
    const { offset } = sought;
    const start = segment.index.isUnread ? undefined : segment.index.positionBefore(offset);
    if (start !== undefined) {
      this.#scanFrom(segment, start, sought, now, done);
      return;
    }
    const goOn = (error?: Error): void => {
      const from = segment.index.isUnread ? undefined : segment.index.positionBefore(offset);
      if (error !== undefined || from === undefined) done(error ?? gone(segment), Bytes(0));
      else this.#scanFrom(segment, from, sought, now, done);
    };
    if (this.isHot(offset)) {
      makeIndexWholeNow(segment, this.#parts);
      goOn();
    } else makeIndexWhole(segment, this.#parts, goOn);
  }

  #scanFrom(segment: Segment, from: Bytes, sought: Sought, now: boolean, done: PositionFound): void {
    const { offset, skipsEmptied } = sought;
    if (segment.isDoomed) {
      done(gone(segment), Bytes(0));
      return;
    }
    let length: number | undefined;
    let found: Offset | undefined;
    let expected = segment.base;
    segment.pin();
    scanHeaders({
      file: segment.file,
      slabs: this.#parts.world.files.slabs,
      from,
      end: segment.size,
      now,
      visit: (bytes, at, position) => {
        const base = batchBaseOffset(bytes, at);
        const last = batchLastOffset(bytes, at);
        if (position === from && from > 0 && base > offset)
          throw corrupt(segment.file.path, position, `the index leads to offset ${base} for ${offset}`);
        if (base < expected || last < base || last >= segment.end) {
          throw corrupt(
            segment.file.path,
            position,
            `a batch of offsets ${base} to ${last} where ${expected} may come`,
          );
        }
        expected = offsetAfter(last, 1);
        if (last < offset || (skipsEmptied && isEmptied(bytes, at))) return false;
        length = batchLength(bytes, at);
        found = base;
        return true;
      },
      done: (error, position) => {
        segment.unpin();
        done(error, position, length, found);
      },
    });
  }

  #limit(
    found: Found,
    request: ReadRequest,
    done: (error: Error | undefined, range: LogRange | undefined) => void,
  ): void {
    const { segment, position } = found;
    this.#endBefore(segment, request, (error, end) => {
      if (segment.isDoomed || end > segment.size) done(undefined, undefined);
      else if (error !== undefined) done(error, undefined);
      else if (end - position <= request.bytesMax) done(undefined, this.#range(found, end, request));
      else this.#cut(found, request, done);
    });
  }

  /** Where the batches below `upTo` end in the segment. The index alone does not tell: it may be damaged. */
  #endBefore(segment: Segment, request: ReadRequest, done: (error: Error | undefined, end: Bytes) => void): void {
    if (request.upTo >= segment.end) done(undefined, segment.size);
    else this.positionOf(segment, request.upTo, done);
  }

  /**
   * As much as the request takes. Its first batch is whole, or there is nothing: Java takes an answer without one whole
   * batch for a fault.
   */
  #cut(
    found: Found,
    request: ReadRequest,
    done: (error: Error | undefined, range: LogRange | undefined) => void,
  ): void {
    const { segment, position, length } = found;
    const finish = (bytes: number): void => {
      const end = Bytes(position + Math.max(bytes, request.bytesMax));
      if (bytes > request.bytesMax && !request.minOneBatch) done(undefined, undefined);
      else if (segment.isDoomed || end > segment.size) done(gone(segment), undefined);
      else done(undefined, this.#range(found, end, request));
    };
    if (length !== undefined) {
      finish(length);
      return;
    }
    const sought = { offset: request.offset, skipsEmptied: false };
    this.#scanFrom(segment, position, sought, this.#mayScanNow(request.offset), (error, _position, bytes) => {
      if (segment.isDoomed) done(undefined, undefined);
      else if (error !== undefined || bytes === undefined) done(error ?? gone(segment), undefined);
      else finish(bytes);
    });
  }

  #range({ segment, position }: Found, end: Bytes, { offset }: ReadRequest): LogRange | undefined {
    assert(end >= position, 'a range does not end before it begins');
    if (end === position) return undefined;
    const { world, epochs, damaged } = this.#parts;
    const parts = { world, epochs, damaged, isHot: () => this.isHot(offset), warmth: this.#warmth };
    return new SegmentRange(segment, position, end, offset, parts);
  }
}

const isEmptied = (bytes: Uint8Array, at: number): boolean =>
  batchRecordCount(bytes, at) === 0 && batchHasDeleteHorizon(bytes, at);

const gone = (segment: Segment): Error =>
  new OperatingError('SKR_DISK_FAILED', `${segment.file.path} was removed while it was searched`);
