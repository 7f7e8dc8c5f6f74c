/**
 * One pass of compaction through a log: the newest offset of each key that has come since the last pass, then all
 * segments up to there, written anew group by group. When memory does not hold all keys it goes as far as it does.
 *
 * - Readers and appends go on meanwhile. A cut, the end of the log, or a removal in the midst of a group ends the pass;
 *   what was swapped in before stays.
 * - Transactions: their batches and markers stay as they are, and their records count for no other's key. That keeps
 *   more than Kafka does, and loses nothing.
 * - A batch whose records cannot be read stays as it is.
 */
import { assert, type Compute, limits, type Offset, OperatingError, ProtocolError } from '@skerry/base';
import {
  batchBaseOffset,
  batchCodec,
  batchHasDeleteHorizon,
  batchIsControl,
  batchIsTransactional,
  batchLastOffset,
  batchLength,
  batchProducerId,
  batchRecordCount,
  decompressBatch,
} from '@skerry/wire';
import { DamageError } from '../damage.ts';
import type { Segment } from '../segment.ts';
import { feedBatches, GivenUp } from './batch-feed.ts';
import { BatchFilter, BatchMapper, emptied, type FilterRules } from './batch-filter.ts';
import { OffsetMap } from './offset-map.ts';
import { Output } from './output.ts';
import { Pace } from './pace.ts';
import { cleanable, grouped } from './plan.ts';
import type { Compacted, CompactionBounds, CompactionRules } from './rules.ts';
import { inSlices } from './slices.ts';
import { finishSwap, type SwapParts } from './swap.ts';

type Next = (error?: Error) => void;

export interface PassParts extends SwapParts {
  readonly rules: CompactionRules;
  readonly bounds: CompactionBounds;
  readonly upTo: Offset;
  /** Up to where the log was compacted before. */
  readonly cleaned: Offset;
  /** A segment is being swapped in, or is not any more: nothing may be cut meanwhile. */
  readonly swapping: (isSwapping: boolean) => void;
}

/** Runs a pass. `done` is told what it came to; without an error and a result it was given up. */
export function compact(parts: PassParts, done: (error: Error | undefined, result?: Compacted) => void): void {
  new Pass(parts, done).run();
}

class Pass {
  readonly #parts: PassParts;
  readonly #done: (error: Error | undefined, result?: Compacted) => void;
  readonly #map: OffsetMap;
  readonly #pace: Pace;
  /** Grows with every cut of a segment: the list must be what it was. */
  readonly #segments: readonly Segment[];
  /** Where the keys end that are in the map. */
  #mapEnd: Offset;
  #isMapFull = false;
  #bytesRead = 0;
  #bytesBefore = 0;
  #bytesAfter = 0;

  constructor(parts: PassParts, done: (error: Error | undefined, result?: Compacted) => void) {
    this.#parts = parts;
    this.#done = done;
    this.#map = new OffsetMap(parts.bounds.mapBytesMax);
    this.#pace = new Pace(parts.world.clock, parts.bounds.bytesPerSecondMax);
    this.#segments = cleanable(parts, parts.rules, parts.upTo);
    this.#mapEnd = parts.cleaned;
  }

  run(): void {
    const dirty = this.#segments.filter(({ end }) => end > this.#parts.cleaned);
    this.#eachOf(
      dirty,
      (segment, next) => this.#mapSegment(segment, next),
      (error) => {
        if (error !== undefined) this.#finish(error);
        else this.#rewriteAll();
      },
    );
  }

  #eachOf<T>(list: readonly T[], run: (each: T, next: Next) => void, done: Next): void {
    const step = (index: number): void => {
      const each = list[index];
      if (each === undefined) done();
      else run(each, (error) => (error === undefined ? step(index + 1) : done(error)));
    };
    step(0);
  }

  #isOver(): boolean {
    const { writer } = this.#parts;
    return writer.failed || writer.isCutting;
  }

  #finish(error?: Error): void {
    const { cleaned, writer } = this.#parts;
    if (error instanceof GivenUp || (error !== undefined && this.#isOver())) this.#done(undefined);
    else if (error !== undefined) {
      if (error instanceof OperatingError && error.code === 'SKR_DISK_FAILED' && !(error instanceof DamageError))
        writer.fail(error);
      this.#done(error);
    } else {
      assert(this.#mapEnd >= cleaned, 'a pass goes forward');
      const [bytesRead, bytesBefore, bytesAfter] = [this.#bytesRead, this.#bytesBefore, this.#bytesAfter];
      const { size: keys, byteLength: mapBytes } = this.#map;
      this.#done(undefined, { cleaned: this.#mapEnd, keys, mapBytes, bytesRead, bytesBefore, bytesAfter });
    }
  }

  #mapSegment(segment: Segment, next: Next): void {
    if (this.#isMapFull) {
      next();
      return;
    }
    this.#bytesRead += segment.size;
    feedBatches(
      { ...this.#parts, pace: this.#pace, isOver: () => this.#isOver() },
      segment,
      (bytes, at, goOn) => this.#mapBatch(bytes, at, goOn),
      (error) => {
        if (error === undefined && !this.#isMapFull) this.#mapEnd = segment.end;
        next(error);
      },
    );
  }

  #mapBatch(bytes: Uint8Array, at: number, goOn: Next): void {
    const last = batchLastOffset(bytes, at);
    if (this.#isMapFull || last < this.#parts.cleaned || isOpaque(bytes, at)) {
      goOn();
      return;
    }
    if (!this.#map.hasRoom(batchRecordCount(bytes, at))) {
      this.#isMapFull = true;
      this.#mapEnd = batchBaseOffset(bytes, at);
      goOn();
      return;
    }
    this.#withRecords(bytes, at, goOn, (plain, done) => {
      const mapper = new BatchMapper(this.#map, bytes, at, plain);
      inSlices(this.#parts.world.clock, () => mapper.step(), done);
    });
  }

  /** Has `use` look at the records, decompressed if need be; what makes no sense is passed over. */
  #withRecords(
    bytes: Uint8Array,
    at: number,
    goOn: Next,
    use: (plain: Uint8Array | undefined, done: Next) => void,
    unreadable: () => void = () => {},
  ): void {
    const done: Next = (error) => {
      if (error instanceof ProtocolError) unreadable();
      goOn(error instanceof ProtocolError ? undefined : error);
    };
    if (batchCodec(bytes, at) === 0) {
      use(undefined, done);
      return;
    }
    decompressBatch(bytes, at, limits.frameBytesMax, this.#parts.world.compute, (error, plain) => {
      if (error === undefined) use(plain, done);
      else done(error);
    });
  }

  #rewriteAll(): void {
    const list = this.#segments.filter(({ base }) => base < this.#mapEnd);
    const rules: FilterRules = {
      map: this.#map,
      mapEnd: this.#mapEnd,
      nowMs: this.#parts.retentionNowMs(),
      deleteRetentionMs: this.#parts.rules.deleteRetentionMs,
    };
    this.#eachOf(
      grouped(list, this.#parts),
      (group, next) => this.#rewrite(group, rules, next),
      (error) => this.#finish(error),
    );
  }

  #rewrite(group: readonly Segment[], rules: FilterRules, next: Next): void {
    const { world, folder, settings } = this.#parts;
    const [first] = group;
    assert(first !== undefined, 'a group has a segment');
    const cuts = group.map((segment) => segment.cuts);
    const isWhole = (): boolean =>
      !this.#isOver() &&
      group.every((segment, i) => segment.isClosed && segment.cuts === cuts[i]) &&
      this.#isThere(group);
    const output = new Output(world, this.#pace, folder, first.base, settings().indexIntervalBytes);
    const rewriter = new Rewriter(this.#parts, output, rules);
    this.#parts.segments.making = output.segment;
    const giveUp: Next = (error) => {
      this.#parts.segments.making = undefined;
      try {
        output.discard();
      } catch (failed) {
        if (!(failed instanceof OperatingError)) throw failed;
      }
      next(error);
    };
    this.#eachOf(
      group,
      (segment, nextSegment) => {
        this.#bytesRead += segment.size;
        feedBatches(
          { ...this.#parts, pace: this.#pace, isOver: () => !isWhole() },
          segment,
          (bytes, at, goOn) => this.#rewriteBatch(rewriter, bytes, at, goOn),
          nextSegment,
        );
      },
      (error) => {
        if (error !== undefined) giveUp(error);
        // What is as it was need not be there twice.
        else if (group.length === 1 && !rewriter.hasChanged) giveUp();
        else
          output.finish((failed) => {
            if (failed !== undefined) giveUp(failed);
            else if (isWhole()) this.#swap(group, output, next);
            else giveUp(new GivenUp('the log has changed'));
          });
      },
    );
  }

  #isThere(group: readonly Segment[]): boolean {
    const { all } = this.#parts.segments;
    const at = all.indexOf(group[0] as Segment);
    return at >= 0 && group.every((segment, i) => all[at + i] === segment);
  }

  #rewriteBatch(rewriter: Rewriter, bytes: Uint8Array, at: number, goOn: Next): void {
    const written: Next = (error) => {
      if (error === undefined && rewriter.output.isFull) rewriter.output.write(goOn);
      else goOn(error);
    };
    if (batchBaseOffset(bytes, at) >= rewriter.rules.mapEnd || isOpaque(bytes, at)) {
      rewriter.pass(bytes, at);
      written();
    } else if (batchRecordCount(bytes, at) === 0) {
      rewriter.passEmpty(bytes, at);
      written();
    } else {
      this.#withRecords(
        bytes,
        at,
        written,
        (plain, done) => rewriter.filter(bytes, at, plain, done),
        () => rewriter.pass(bytes, at),
      );
    }
  }

  #swap(group: readonly Segment[], output: Output, next: Next): void {
    const { segments, writer, checkpoints, folder, world, swapping } = this.#parts;
    const [first, last] = [group[0], group.at(-1)];
    assert(first !== undefined && last !== undefined, 'a group has a segment');
    const { segment } = output;
    try {
      output.rename(folder);
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      writer.fail(error);
      next(error);
      return;
    }
    swapping(true);
    segment.appendedMs = group.reduce<number | undefined>((ms, { appendedMs }) => appendedMs ?? ms, undefined);
    segments.replace(first, last, segment);
    segments.making = undefined;
    for (const old of group) {
      old.pin();
      writer.dropped(old);
      segments.lingering.add(old);
      this.#bytesBefore += old.size;
    }
    if (segment.appendedMs !== undefined) checkpoints.learnedAppend(segment);
    this.#bytesAfter += segment.size;
    world.report({
      kind: 'compacted',
      folder,
      base: segment.base,
      bytesBefore: sizeOf(group),
      bytesAfter: segment.size,
    });
    finishSwap(this.#parts, { segment, replaced: group }, (error) => {
      swapping(false);
      next(error);
    });
  }
}

const sizeOf = (group: readonly Segment[]): number => group.reduce((sum, { size }) => sum + size, 0);

/** Batches whose records are not looked at. */
const isOpaque = (bytes: Uint8Array, at: number): boolean =>
  batchIsControl(bytes, at) || batchIsTransactional(bytes, at);

/** Writes what stays of batches. */
class Rewriter {
  readonly output: Output;
  readonly rules: FilterRules;
  readonly #parts: PassParts;
  hasChanged = false;

  constructor(parts: PassParts, output: Output, rules: FilterRules) {
    this.#parts = parts;
    this.output = output;
    this.rules = rules;
  }

  pass(bytes: Uint8Array, at: number): void {
    this.output.take(bytes, at, batchLength(bytes, at));
  }

  /** A batch that has no records already. One without the mark stands for what a repair gave up, and stays. */
  passEmpty(bytes: Uint8Array, at: number): void {
    const mayGo = batchProducerId(bytes, at) < 0 ? batchHasDeleteHorizon(bytes, at) : !this.#isLast(bytes, at);
    if (!mayGo) this.pass(bytes, at);
    else {
      // Alone it becomes the same again.
      if (batchProducerId(bytes, at) >= 0) this.hasChanged = true;
      this.output.leaveOut(bytes, at);
    }
  }

  filter(bytes: Uint8Array, at: number, plain: Uint8Array | undefined, done: Next): void {
    const { clock, compute } = this.#parts.world;
    const filter = new BatchFilter(this.rules, bytes, at, plain);
    inSlices(
      clock,
      () => filter.step(),
      (error) => {
        if (error !== undefined) done(error);
        else if (filter.isSame) {
          this.pass(bytes, at);
          done();
        } else {
          this.hasChanged = true;
          if (filter.isEmpty) this.#empty(bytes, at, done);
          else this.#build(filter, compute, done);
        }
      },
    );
  }

  #build(filter: BatchFilter, compute: Compute, done: Next): void {
    try {
      filter.build(compute, (failed, batch) => {
        if (batch !== undefined) this.output.take(batch, 0, batch.length);
        done(failed);
      });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      done(error);
    }
  }

  #empty(bytes: Uint8Array, at: number, done: Next): void {
    if (this.#isLast(bytes, at)) {
      const batch = emptied(bytes, at, this.#parts.world.compute);
      this.output.take(batch, 0, batch.length);
    } else this.output.leaveOut(bytes, at);
    done();
  }

  /** Whether it is the last that its producer wrote: its sequence number is what the next one must follow. */
  #isLast(bytes: Uint8Array, at: number): boolean {
    const producerId = batchProducerId(bytes, at);
    if (producerId < 0) return false;
    return this.#parts.producers.get(producerId)?.batches.at(-1)?.lastOffset === batchLastOffset(bytes, at);
  }
}
