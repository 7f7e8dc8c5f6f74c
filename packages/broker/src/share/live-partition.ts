/**
 * A share partition at work: its state machine (`share-partition.ts`) over the partition's log, with what changes
 * written to `__share_group_state` before anybody is answered.
 *
 * One read at a time: two that began at the same offset would find the same records.
 */
import { Offset, OperatingError } from '@skerry/base';
import {
  batchBaseOffset,
  batchIsControl,
  batchIsTransactional,
  batchLastOffset,
  batchLength,
  batchOverheadBytes,
  batchProducerId,
  type ErrorName,
} from '@skerry/wire';
import type { Deadline, Timers } from '../groups/timers.ts';
import type { Partition } from '../partition.ts';
import { periodMs, type ShareSettings } from './settings-of.ts';
import { type Acknowledgement, type AcquiredRange, SharePartition, type Transition } from './share-partition.ts';
import { acknowledgeType } from './state.ts';
import type { ShareKey, ShareStates } from './states.ts';

export interface LiveWorld {
  readonly states: ShareStates;
  readonly timers: Timers;
  readonly wallMs: () => number;
  readonly settings: (groupId: string) => ShareSettings;
}

export interface TakeTerms {
  readonly memberId: string;
  readonly recordsMax: number;
  readonly pieceSize: number;
  readonly strict: boolean;
  readonly bytesMax: number;
}

/** Records handed out: whole batches, of which `acquired` are the member's. */
export interface Taken {
  readonly records: Uint8Array;
  readonly acquired: readonly AcquiredRange[];
}

interface Batch {
  readonly at: number;
  readonly end: number;
  readonly first: number;
  readonly last: number;
  readonly isControl: boolean;
  /** −1 if it is part of no transaction. */
  readonly transactionOf: number;
}

/** What is read at a time: about as much as a client is given, within these. */
const windowBytes = { min: 64 * 1024, start: 256 * 1024, max: 1024 * 1024 } as const;

export class LivePartition {
  readonly key: ShareKey;
  readonly partition: Partition;
  readonly #world: LiveWorld;
  #share: SharePartition | undefined;
  #stateEpoch = 0;
  #loading: ((error?: ErrorName) => void)[] | undefined;
  #reading = false;
  readonly #queue: (() => void)[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #expiry: Deadline;
  #bytesPerRecord = 0;
  #closed = false;

  constructor(key: ShareKey, partition: Partition, world: LiveWorld) {
    this.key = key;
    this.partition = partition;
    this.#world = world;
    this.#expiry = world.timers.deadline(() => this.#expire());
  }

  /** Records that the group has not done with, up to the high watermark; undefined before anybody has read. */
  get lag(): number | undefined {
    return this.#share?.lag(this.partition.highWatermark);
  }

  get startOffset(): number | undefined {
    return this.#share?.start;
  }

  /** Calls back when the state is there. */
  load(done: (error?: ErrorName) => void): void {
    if (this.#closed) return done('UNKNOWN_TOPIC_OR_PARTITION');
    if (this.partition.refusal !== undefined) return done(this.partition.refusal);
    if (this.#share !== undefined) return done();
    if (this.#loading !== undefined) {
      this.#loading.push(done);
      return;
    }
    this.#loading = [done];
    const finish = (error?: ErrorName): void => {
      const waiting = this.#loading ?? [];
      this.#loading = undefined;
      for (const run of waiting) run(error);
    };
    const saved = this.#world.states.get(this.key);
    this.#stateEpoch = saved?.stateEpoch ?? 0;
    const limits = () => this.#world.settings(this.key.groupId);
    if (saved !== undefined && saved.startOffset >= 0) {
      this.#share = new SharePartition(saved, limits);
      return finish();
    }
    this.#firstOffset((offset) => {
      const first = { startOffset: offset, batches: [], stateEpoch: this.#stateEpoch };
      // Written at once: with `latest`, a restart would skip what came meanwhile.
      this.#world.states.write(this.key, first, (error) => {
        if (error === undefined) this.#share = new SharePartition(first, limits);
        finish(error);
      });
    });
  }

  /** Hands out what there is; nothing if there is nothing now. */
  take(terms: TakeTerms, done: (error: ErrorName | undefined, taken?: Taken) => void): void {
    if (this.#reading) {
      this.#queue.push(() => this.take(terms, done));
      return;
    }
    const share = this.#share;
    const refusal = this.#closed ? 'UNKNOWN_TOPIC_OR_PARTITION' : this.partition.refusal;
    if (refusal !== undefined || share === undefined) return done(refusal ?? 'UNKNOWN_SERVER_ERROR');
    this.#followLogStart(share);
    const from = share.nextFetchOffset();
    const { readCommitted } = this.#world.settings(this.key.groupId);
    const upTo = readCommitted ? this.partition.lastStableOffset : this.partition.highWatermark;
    if (from === undefined || from >= upTo) return done(undefined);
    this.#reading = true;
    this.#read(from, upTo, terms, (error, bytes) => {
      this.#reading = false;
      if (error !== undefined || bytes === undefined) done(error);
      else if (this.#closed) done('UNKNOWN_TOPIC_OR_PARTITION');
      else done(undefined, this.#acquire(share, from, bytes, terms, readCommitted));
      this.#queue.shift()?.();
    });
  }

  /** Takes in what a member says; calls back once it is durable, or with why it is refused. */
  acknowledge(memberId: string, said: readonly Acknowledgement[], done: (error?: ErrorName) => void): void {
    const share = this.#share;
    if (share === undefined || this.#closed) {
      return done(this.#closed ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_RECORD_STATE');
    }
    const outcome = share.acknowledge(memberId, said, this.#world.timers.nowMs());
    if (typeof outcome === 'string' || outcome === undefined) return done(outcome);
    this.#write(share, outcome, done);
  }

  /** Gives back what a member holds. */
  release(memberId: string, done: () => void = () => undefined): void {
    const share = this.#share;
    const transition = share?.release(memberId);
    if (share === undefined || transition === undefined) return done();
    this.#write(share, transition, done);
  }

  /** Calls `run` whenever there may be something to take, until it is called back to stop. */
  watch(run: () => void): () => void {
    this.#watchers.add(run);
    const stop = this.partition.onRise(run);
    return () => {
      this.#watchers.delete(run);
      stop();
    };
  }

  /** The group, or its offsets here, are gone. */
  close(): void {
    this.#closed = true;
    this.#expiry.clear();
    this.#wake();
  }

  #firstOffset(done: (offset: number) => void): void {
    const { reset } = this.#world.settings(this.key.groupId);
    const { log, highWatermark } = this.partition;
    if (reset === 'latest') return done(highWatermark);
    if (reset === 'earliest') return done(log.logStartOffset);
    const since = this.#world.wallMs() - periodMs(reset.slice(reset.indexOf(':') + 1));
    log.offsetForTimestamp(since, highWatermark, (error, found) => {
      done(error === undefined && found !== undefined ? found.offset : highWatermark);
    });
  }

  #followLogStart(share: SharePartition): void {
    const moved = share.logStartMoved(this.partition.log.logStartOffset);
    if (moved !== undefined) this.#write(share, moved, () => undefined);
  }

  #read(
    from: number,
    upTo: Offset,
    { recordsMax, bytesMax }: TakeTerms,
    done: (error: ErrorName | undefined, bytes?: Uint8Array) => void,
  ): void {
    const about = this.#bytesPerRecord === 0 ? windowBytes.start : Math.ceil(recordsMax * this.#bytesPerRecord * 1.2);
    const window = Math.min(Math.max(about, windowBytes.min), windowBytes.max, Math.max(bytesMax, 1));
    this.partition.log.read(Offset(from), window, upTo, true, (error, range) => {
      if (error !== undefined) return done('KAFKA_STORAGE_ERROR');
      if (range === undefined) return done(undefined);
      const bytes = new Uint8Array(range.byteLength);
      range.read(bytes, 0, (failed) => {
        range.release();
        if (failed === undefined) done(undefined, bytes);
        else done(failed instanceof OperatingError ? 'KAFKA_STORAGE_ERROR' : 'UNKNOWN_SERVER_ERROR');
      });
    });
  }

  #acquire(
    share: SharePartition,
    from: number,
    bytes: Uint8Array,
    { memberId, recordsMax, pieceSize, strict }: TakeTerms,
    readCommitted: boolean,
  ): Taken | undefined {
    const batches = batchesIn(bytes);
    const terms = { memberId, recordsMax, pieceSize, strict, nowMs: this.#world.timers.nowMs() };
    let acquired = share.acquire({ firstOffset: from, batchEnds: batches.map(({ last }) => last) }, terms);
    const [first, last] = [acquired[0]?.firstOffset, acquired.at(-1)?.lastOffset];
    if (first === undefined || last === undefined) return undefined;
    const given = batches.filter((batch) => batch.last >= first && batch.first <= last);
    const [head, tail] = [given[0], given.at(-1)];
    if (head === undefined || tail === undefined) return { records: bytes.subarray(0, 0), acquired };
    this.#bytesPerRecord = (tail.end - head.at) / (tail.last - head.first + 1);
    if (readCommitted) acquired = this.#withoutAborted(share, memberId, given, acquired);
    this.#arm(share);
    return acquired.length === 0 ? undefined : { records: bytes.subarray(head.at, tail.end), acquired };
  }

  /** Gives up what transactions wrote that were aborted: nobody is to see it. */
  #withoutAborted(
    share: SharePartition,
    memberId: string,
    given: readonly Batch[],
    acquired: readonly AcquiredRange[],
  ): readonly AcquiredRange[] {
    const { log, lastStableOffset } = this.partition;
    const aborted = log.abortedTransactions(Offset(given[0]?.first ?? 0), lastStableOffset);
    const isAborted = ({ isControl, transactionOf, first }: Batch): boolean =>
      !isControl &&
      aborted.some((one) => one.producerId === transactionOf && one.firstOffset <= first && first <= one.lastOffset);
    let kept = acquired;
    for (const batch of given.filter(isAborted)) {
      const inside = kept
        .map((one) => ({
          firstOffset: Math.max(one.firstOffset, batch.first),
          lastOffset: Math.min(one.lastOffset, batch.last),
          types: [acknowledgeType.reject],
        }))
        .filter(({ firstOffset, lastOffset }) => firstOffset <= lastOffset);
      const outcome = share.acknowledge(memberId, inside, this.#world.timers.nowMs());
      if (typeof outcome === 'object') this.#write(share, outcome, () => undefined);
      kept = kept.flatMap((one) => [
        ...(one.firstOffset < batch.first
          ? [{ ...one, lastOffset: Offset(Math.min(one.lastOffset, batch.first - 1)) }]
          : []),
        ...(one.lastOffset > batch.last
          ? [{ ...one, firstOffset: Offset(Math.max(one.firstOffset, batch.last + 1)) }]
          : []),
      ]);
    }
    return kept;
  }

  #expire(): void {
    const share = this.#share;
    if (share === undefined || this.#closed) return;
    const late = share.expire(this.#world.timers.nowMs());
    if (late !== undefined) this.#write(share, late, () => undefined);
    this.#arm(share);
  }

  #arm(share: SharePartition): void {
    if (this.#expiry.isSet()) return;
    const next = share.nextExpiryMs();
    if (next !== undefined) this.#expiry.set(Math.max(0, next - this.#world.timers.nowMs()));
  }

  #write(share: SharePartition, transition: Transition, done: (error?: ErrorName) => void): void {
    const saved = { ...share.saved(), stateEpoch: this.#stateEpoch };
    this.#world.states.write(this.key, saved, (error) => {
      transition.settle(error === undefined);
      if (error !== undefined && !this.#closed) this.#arm(share);
      done(error === undefined ? undefined : 'COORDINATOR_NOT_AVAILABLE');
      this.#wake();
    });
  }

  #wake(): void {
    for (const run of this.#watchers) run();
  }
}

/** The whole batches in `bytes`; the last may be cut. */
function batchesIn(bytes: Uint8Array): Batch[] {
  const batches: Batch[] = [];
  let at = 0;
  while (at + batchOverheadBytes <= bytes.length) {
    const end = at + batchLength(bytes, at);
    if (end > bytes.length) break;
    const transactionOf = batchIsTransactional(bytes, at) ? batchProducerId(bytes, at) : -1;
    const [first, last] = [batchBaseOffset(bytes, at), batchLastOffset(bytes, at)];
    batches.push({ at, end, first, last, isControl: batchIsControl(bytes, at), transactionOf });
    at = end;
  }
  return batches;
}
