/**
 * The way of an append to the disk: queued, written with the others of its turn, synced.
 *
 * What is appended in a turn to one segment is a gather, and one write. Gathers are written in order; one through the
 * pool holds back those behind it. A full disk takes back the gather and all behind it; any other failure ends the
 * log.
 *
 * A new segment gets its first write only when all before it are synced: one sync a segment that writers wait for. So
 * a power cut tears the last one at most, and damage in an older one is known for what it is, even without the store.
 */
import {
  assert,
  type DirtyFile,
  type DiskFile,
  type LeaderEpoch,
  type Offset,
  OperatingError,
  offsetAfter,
} from '@skerry/base';
import {
  batchBaseOffset,
  batchLastOffset,
  batchLastOffsetDelta,
  batchLength,
  setBatchBaseOffset,
  setBatchLeaderEpoch,
} from '@skerry/wire';
import type { CapturedCheckpoint, Checkpointer } from './checkpointer.ts';
import type { CheckpointsLeft, FlushedLog } from './flusher.ts';
import { ensureIndexNow } from './index-rebuild.ts';
import type { LogParts } from './log-parts.ts';
import { LogSyncer } from './log-syncer.ts';
import type { AbortedTransaction } from './producers.ts';
import type { Recovered } from './recovery.ts';
import { isAged } from './roll-age.ts';
import type { Segment } from './segment.ts';
import { logLimits } from './settings.ts';

interface Gather {
  readonly segment: Segment;
  readonly chunks: Uint8Array[];
  bytes: number;
  /** The log's end after it. */
  end: Offset;
  aborted: AbortedTransaction[] | undefined;
  /** Handed to the disk: nothing is added any more. */
  sent: boolean;
}

export class LogWriter implements FlushedLog {
  readonly #parts: LogParts;
  readonly #checkpoints: Checkpointer;
  readonly #syncer: LogSyncer;
  #queue: Gather[] = [];
  #end: Offset;
  #written: Offset;
  /** The segment that was written last. */
  #current: Segment;
  #writing = false;
  #holds = 0;
  #cutting = false;
  #whenIdle: (() => void)[] = [];
  #failed = false;

  constructor(parts: LogParts, checkpoints: Checkpointer, { synced, doubtful }: Recovered) {
    this.#parts = parts;
    this.#checkpoints = checkpoints;
    this.#current = parts.segments.last;
    this.#end = this.#current.end;
    this.#written = this.#end;
    this.#syncer = new LogSyncer(parts, checkpoints, this, { synced, doubtful });
    for (const segment of parts.segments.all) if (segment.size > segment.syncedSize) this.#syncer.dirtied(segment, 0);
    assert(!this.#syncer.isClean || synced === this.#end, 'what is not synced is dirty');
  }

  get end(): Offset {
    return this.#end;
  }

  get written(): Offset {
    return this.#written;
  }

  get synced(): Offset {
    return this.#syncer.synced;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Nothing waits for its write. */
  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  get isCutting(): boolean {
    return this.#cutting;
  }

  /** The segment that is written now, or takes the next write. */
  get current(): Segment {
    return this.#current;
  }

  append(batch: Uint8Array, leaderEpoch: LeaderEpoch): Offset {
    assert(!this.#failed && !this.#cutting, 'no append to a log that failed, or while it is cut');
    assert(batchLength(batch, 0) === batch.length, 'an append is exactly one batch');
    const base = this.#end;
    setBatchBaseOffset(batch, 0, base);
    setBatchLeaderEpoch(batch, 0, leaderEpoch);
    if (leaderEpoch !== this.#parts.epochs.latest && leaderEpoch >= 0) this.#parts.epochs.append(leaderEpoch, base);
    const lastOffset = offsetAfter(base, batchLastOffsetDelta(batch, 0));
    const gather = this.#gatherFor(batch.length, lastOffset);
    const aborted = this.#parts.producers.record(batch, 0, base);
    if (aborted !== undefined) (gather.aborted ??= []).push(aborted);
    gather.chunks.push(batch);
    gather.bytes += batch.length;
    this.#end = offsetAfter(lastOffset, 1);
    gather.end = this.#end;
    return base;
  }

  /** Starts a segment although the last has room. */
  roll(): void {
    assert(this.isIdle, 'a log rolls by itself while it writes');
    if (this.#current.size === 0) return;
    this.coverEnd();
    this.#parts.segments.add(this.#end);
    this.#startSegment(this.#parts.segments.last);
  }

  #gatherFor(bytes: number, lastOffset: Offset): Gather {
    let gather = this.#queue.at(-1);
    const segment = this.#segmentFor(bytes, lastOffset, gather);
    if (gather === undefined || gather.sent || gather.segment !== segment) {
      if (gather === undefined) this.#parts.world.flusher.writeLater(this);
      gather = { segment, chunks: [], bytes: 0, end: this.#end, aborted: undefined, sent: false };
      this.#queue.push(gather);
    }
    return gather;
  }

  #segmentFor(bytes: number, lastOffset: Offset, gather: Gather | undefined): Segment {
    const last = this.#parts.segments.last;
    ensureIndexNow(last, this.#parts);
    let size: number = last.size;
    if (gather !== undefined) for (const queued of this.#queue) if (queued.segment === last) size += queued.bytes;
    const settings = this.#parts.settings();
    const now = this.#parts.retentionNowMs();
    last.openedMs ??= now;
    const bytesMax = Math.min(settings.segmentBytes, logLimits.segmentBytesMax);
    const full = size + bytes > bytesMax || last.index.isFull(settings.segmentIndexBytes);
    const tooFar = lastOffset - last.base > 2 ** 31 - 1;
    if (size === 0 || !(full || tooFar || isAged(last, now, settings))) return last;
    const next = this.#parts.segments.add(this.#end);
    next.openedMs = now;
    return next;
  }

  /** Writes gathers in order, until one goes through the pool, or must wait. */
  write(): void {
    const { flusher, clock } = this.#parts.world;
    let gather = this.#queue[0];
    if (gather !== undefined) this.coverEnd();
    while (gather !== undefined && !this.#writing && this.#holds === 0 && this.#mayStart(gather.segment)) {
      if (gather.segment !== this.#current) this.#startSegment(gather.segment);
      gather.sent = true;
      this.#checkChunks(gather);
      if (!flusher.writesOnLoop) return this.#writeInPool(gather);
      const start = clock.monotonicMs();
      try {
        gather.segment.file.handle(true).writeNow(gather.chunks, gather.segment.size);
      } catch (error) {
        this.#writeFailed(error);
        return;
      }
      flusher.wroteOnLoop(clock.monotonicMs() - start);
      this.#wrote(gather);
      gather = this.#queue[0];
    }
  }

  coverEnd(): void {
    if (!this.#syncer.coverEnd()) return;
    this.hold();
    this.afterSync(() => this.letGo());
  }

  #writeInPool(gather: Gather): void {
    const { segment } = gather;
    let handle: DiskFile;
    try {
      handle = segment.file.handle(true);
    } catch (error) {
      this.#writeFailed(error);
      return;
    }
    this.#writing = true;
    const ended = this.#parts.world.flusher.writingInPool();
    segment.pin();
    segment.file.hold();
    handle.write(gather.chunks, segment.size, (error) => {
      this.#writing = false;
      ended();
      segment.file.letGo();
      segment.unpin();
      if (this.#failed) return;
      if (error === undefined) this.#wrote(gather);
      else this.#writeFailed(error);
      if (this.#failed) return;
      this.write();
      this.#parts.world.flusher.flush();
    });
  }

  /** Whether all segments before `segment` are synced. */
  #mayStart(segment: Segment): boolean {
    // One that was begun by age is the current one before it has a batch.
    if ((segment === this.#current && segment.size > 0) || this.#syncer.isClean) return true;
    this.#syncer.ask();
    return false;
  }

  #startSegment(segment: Segment): void {
    const before = this.#current;
    before.close();
    this.#checkpoints.closed(before);
    this.#current = segment;
    this.#parts.tail.forgetPositions();
    this.#parts.world.report({ kind: 'rolled', folder: this.#parts.folder, base: segment.base });
  }

  /** The same facts before the write as recovery checks after it. */
  #checkChunks(gather: Gather): void {
    let expected = gather.segment.end;
    for (const chunk of gather.chunks) {
      assert(batchBaseOffset(chunk, 0) === expected, 'batches are written without a gap');
      assert(batchLength(chunk, 0) === chunk.length, 'batches are written whole');
      expected = offsetAfter(batchLastOffset(chunk, 0), 1);
    }
    assert(expected === gather.end, 'a gather ends where its last batch does');
  }

  #wrote(gather: Gather): void {
    this.#queue.shift();
    const { segment, chunks, aborted } = gather;
    const { tail, world, producers } = this.#parts;
    segment.appendedMs = this.#parts.retentionNowMs();
    const interval = this.#parts.settings().indexIntervalBytes;
    tail.mark(world.clock.monotonicMs(), this.#written);
    for (const chunk of chunks) {
      tail.note(batchBaseOffset(chunk, 0), segment.size);
      segment.wrote(chunk, 0, batchLength(chunk, 0), interval);
    }
    for (const entry of aborted ?? []) this.#checkpoints.indexFiles.aborted(segment, entry);
    assert(segment.end === gather.end, 'the segment ends where the gather does');
    this.#written = gather.end;
    producers.settle(gather.end);
    this.#checkpoints.wrote(segment, gather.bytes);
    this.#syncer.dirtied(segment, gather.bytes);
    this.#parts.listener.onWritten(gather.end);
    if (this.isIdle) this.#runIdle();
  }

  /** Calls `run` when nothing waits for its write: now, or later. */
  whenIdle(run: () => void): void {
    this.#whenIdle.push(run);
    if (this.isIdle) this.#runIdle();
  }

  #runIdle(): void {
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const run of waiting) run();
  }

  #writeFailed(error: unknown): void {
    if (!(error instanceof OperatingError)) throw error;
    if (error.code !== 'SKR_DISK_FULL') {
      this.fail(error);
      return;
    }
    const { segments, producers, world, folder, listener } = this.#parts;
    try {
      this.#cutShortWrite(this.#current);
    } catch (cutError) {
      if (!(cutError instanceof OperatingError)) throw cutError;
      this.fail(cutError);
      return;
    }
    this.#queue = [];
    this.#end = this.#written;
    producers.undoTo(this.#end);
    this.#checkpoints.undone(this.#end);
    this.#parts.epochs.truncateTo(this.#end, undefined);
    while (segments.last !== this.#current)
      for (const unwritten of segments.take(segments.all.length - 1, segments.all.length)) unwritten.doom();
    world.report({ kind: 'diskFull', folder, end: this.#end, error });
    listener.onCut(this.#end, error);
    this.#runIdle();
  }

  /** Of a short write nothing may stay: what follows would be read as its rest. */
  #cutShortWrite(segment: Segment): void {
    if (!segment.file.isOpen || segment.file.handle().size() <= segment.size) return;
    segment.file.handle().truncate(segment.size);
    this.#syncer.shortened(segment);
  }

  /** Ends the log: nothing is written, synced or acknowledged any more. */
  fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#queue = [];
    this.#parts.world.flusher.forget(this);
    this.#parts.world.report({ kind: 'failed', folder: this.#parts.folder, error });
    this.#checkpoints.abandon(error);
    this.#parts.listener.onFailed(error);
  }

  /** Ends the log without a word. */
  stop(): void {
    this.#failed = true;
    this.#queue = [];
    this.#parts.world.flusher.forget(this);
    this.#checkpoints.abandon(new OperatingError('SKR_DISK_FAILED', `${this.#parts.folder} was closed`));
  }

  /** Has the log looked at now and then. */
  watch(): void {
    if (!this.#failed) this.#syncer.watch();
  }

  /** Calls `run` after a sync that begins from now on. */
  afterSync(run: () => void): void {
    this.#syncer.after(run);
  }

  beginSync(into: DirtyFile[]): boolean {
    if (this.#failed) return false;
    // What a cut is about to take away must not be called safe.
    const capture = (): CapturedCheckpoint | undefined =>
      this.#cutting ? undefined : this.#checkpoints.capture(into, this.#written, this.#end);
    return this.#syncer.begin(into, this.#written, capture);
  }

  endSync(error: Error | undefined): void {
    this.#syncer.end(error === undefined && !this.#failed);
    if (error !== undefined) this.fail(error);
    if (!this.#failed) this.write();
  }

  tick(nowMs: number, left: CheckpointsLeft): boolean {
    return !this.#failed && this.#syncer.tick(nowMs, left);
  }

  /** A segment is about to be removed: it needs no sync. */
  dropped(segment: Segment): void {
    this.#syncer.dropped(segment);
  }

  /** Takes no more appends until {@link endCut}, and calls `run` when all that was queued is written, or refused. */
  beginCut(run: () => void): void {
    assert(!this.#cutting, 'one cut at a time');
    this.#cutting = true;
    this.whenIdle(run);
  }

  /**
   * The segments end at `end` now: what was beyond was never there. `touched` was made shorter; without one, all is
   * new.
   */
  cutTo(end: Offset, touched: Segment | undefined): void {
    assert(this.#cutting && this.isIdle, 'a cut between appends');
    this.#current = this.#parts.segments.last;
    this.#end = end;
    this.#written = end;
    this.#syncer.cutTo(end, touched === undefined);
    if (touched !== undefined) this.#syncer.shortened(touched);
    this.#parts.tail.cut(end);
  }

  endCut(): void {
    assert(this.#cutting, 'a cut ends once');
    this.#cutting = false;
  }

  /** Holds writes back, not appends. */
  hold(): void {
    this.#holds++;
  }

  letGo(): void {
    assert(this.#holds > 0, 'a hold is released once');
    this.#holds--;
    if (!this.#failed) this.write();
  }
}
