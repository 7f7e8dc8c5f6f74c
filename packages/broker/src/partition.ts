import {
  assert,
  type Done,
  InvariantError,
  type LeaderEpoch,
  Offset,
  OperatingError,
  offsetAfter,
  type Uuid,
} from '@skerry/base';
import type { GivenUp, Log, LogListener } from '@skerry/log';
import { batchLastOffsetDelta, type ErrorName } from '@skerry/wire';
import type { TopicSettings } from './settings/topic-settings.ts';
import { type Waiter, Waiters } from './waiters.ts';

/** Where an append stands, or why it does not stand anywhere. */
export type AppendResult =
  | {
      readonly error: undefined;
      readonly baseOffset: Offset;
      /** Of a duplicate: the newest timestamp of the batch that is there, which Kafka tells as its append time. */
      readonly duplicateOfMs?: number;
    }
  | { readonly error: ErrorName; readonly baseOffset?: undefined; readonly duplicateOfMs?: undefined };

/** What an append waits for: the leader's write (acks 0 and 1), or being committed (acks all). */
export type Acks = 'written' | 'committed';

export interface PartitionIdentity {
  readonly topic: string;
  readonly topicId: Uuid;
  readonly index: number;
  readonly leaderEpoch: LeaderEpoch;
}

/** What opens a partition's log, and wants to know how it goes. */
export interface PartitionOwner {
  readonly open: (settings: TopicSettings, listener: LogListener) => Log | undefined;
  readonly onOffline: (error: OperatingError) => void;
  readonly isBlank: boolean;
}

/**
 * One partition as its clients know it: what is written, what is committed, who waits for more.
 *
 * The high watermark bounds what may be read, and is what acks=all waits for. With one replica it is what the log has
 * made as safe as `skerry.durability` asks: synced (power-loss), or in the page cache (process-crash). It never goes
 * back.
 */
export class Partition {
  readonly topic: string;
  readonly topicId: Uuid;
  readonly index: number;
  readonly leaderEpoch: LeaderEpoch;
  settings: TopicSettings;
  /**
   * Compaction takes nothing from here on: what the log says there is not safe elsewhere yet. No such bound, if there
   * is none.
   */
  compactionBound: Offset | undefined;
  /** Undefined when it could not be opened: what it holds is for the operator to decide; and as long as it is blank. */
  #log: Log | undefined;
  /** How the log is opened when somebody first needs it. Only that of a blank partition waits. */
  #begin: (() => Log | undefined) | undefined;
  readonly #written = new Waiters();
  readonly #committed = new Waiters();
  readonly #readers = new Set<() => void>();
  /** Who waits for the log start to be safe. */
  readonly #deleting = new Set<Waiter>();
  readonly #onOffline: (error: OperatingError) => void;
  #highWatermark: Offset;
  #refusal: ErrorName | undefined;
  #damage: OperatingError | undefined;
  #readOnly = false;

  /**
   * `open` opens the log with this partition as its owner; without a log the partition is offline. With `isBlank`,
   * nothing was ever written to it, and its log can wait until somebody needs it: a node has many such partitions.
   */
  constructor(identity: PartitionIdentity, settings: TopicSettings, { open, onOffline, isBlank }: PartitionOwner) {
    this.#onOffline = onOffline;
    this.topic = identity.topic;
    this.topicId = identity.topicId;
    this.index = identity.index;
    this.leaderEpoch = identity.leaderEpoch;
    this.settings = settings;
    this.#begin = () => open(this.settings, this.#listener());
    this.#highWatermark = Offset(0);
    if (isBlank) return;
    this.#openLog();
    const safe = settings.log.durability === 'power-loss' ? this.#log?.syncedOffset : this.#log?.logEndOffset;
    this.#highWatermark = safe ?? Offset(0);
    if (this.#log === undefined) this.#refusal = 'KAFKA_STORAGE_ERROR';
  }

  #openLog(): void {
    const begin = this.#begin;
    this.#begin = undefined;
    this.#log = begin?.();
  }

  #listener(): LogListener {
    return {
      onWritten: (end) => {
        if (this.settings.log.durability === 'process-crash') this.#raise(end);
        this.#written.pass(end);
      },
      onSynced: (end) => this.#raise(end),
      onCut: (end) => this.#refuseBeyond(end),
      onFailed: () => {
        this.#refusal = 'KAFKA_STORAGE_ERROR';
        this.#refuseBeyond(this.#highWatermark);
      },
      onDamaged: (error) => this.takeOffline(error),
    };
  }

  /** The partition's records. Only while it is not refused: see {@link refusal}. */
  get log(): Log {
    if (this.#begin !== undefined) this.#openLog();
    if (this.#log === undefined) throw new InvariantError(`${this.topic}-${this.index} is offline`);
    return this.#log;
  }

  /** Nothing was ever written to it, and nobody has asked for its log. */
  get isBlank(): boolean {
    return this.#begin !== undefined;
  }

  /** Bytes of its records. */
  get sizeBytes(): number {
    return this.#log?.sizeBytes ?? 0;
  }

  /** Bytes that its segments take on the disk. */
  get diskBytes(): number {
    return this.#log?.diskBytes ?? 0;
  }

  /** First offset that consumers may not read yet. */
  get highWatermark(): Offset {
    return this.#highWatermark;
  }

  /**
   * First offset that a read_committed consumer may not read yet: the first of an open transaction, else the high
   * watermark (KIP-98).
   */
  get lastStableOffset(): Offset {
    return this.log.lastStableOffset(this.#highWatermark);
  }

  /** Up to where it may be compacted. */
  get compactableTo(): Offset {
    const { lastStableOffset: stable, compactionBound: bound } = this;
    return bound === undefined || stable < bound ? stable : bound;
  }

  /** Why it serves nothing now, if so. */
  get refusal(): ErrorName | undefined {
    return this.#refusal;
  }

  /** What it holds is damaged: for the operator to decide. */
  get isOffline(): boolean {
    return this.#refusal === 'KAFKA_STORAGE_ERROR';
  }

  /**
   * Appends one checked batch and calls back when `acks` holds. `batch` is stamped in place and lent until then.
   *
   * A producer's batch is held against what the producer sent before (KIP-98): a duplicate is answered with the
   * offset it has, once that is as safe as a first append would be.
   */
  append(batch: Uint8Array, acks: Acks, done: (result: AppendResult) => void): void {
    if (this.refusal !== undefined) return done({ error: this.refusal });
    if (this.#readOnly) return done({ error: 'KAFKA_STORAGE_ERROR' });
    const verdict = this.log.producers.check(batch);
    if (verdict.kind === 'refused') return done({ error: verdict.error });
    let baseOffset: Offset;
    try {
      baseOffset = verdict.kind === 'duplicate' ? verdict.batch.baseOffset : this.log.append(batch, this.leaderEpoch);
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      return done({ error: 'KAFKA_STORAGE_ERROR' });
    }
    const end = offsetAfter(baseOffset, batchLastOffsetDelta(batch, 0) + 1);
    this.#whenSafe(end, acks, (error) => {
      if (error !== undefined) done({ error });
      else if (verdict.kind === 'duplicate') done({ error, baseOffset, duplicateOfMs: verdict.batch.timestamp });
      else done({ error, baseOffset });
    });
  }

  /**
   * Calls `run` at each rise of the high watermark, and when the partition goes away, until it is called back to
   * stop.
   */
  onRise(run: () => void): () => void {
    this.#readers.add(run);
    return () => this.#readers.delete(run);
  }

  /** Takes no appends from now on. */
  setReadOnly(): void {
    this.#readOnly = true;
  }

  /** Calls back when all that the log holds now is committed; at once if the partition cannot come to that. */
  whenCommitted(done: Done): void {
    if (this.#refusal !== undefined || this.#log === undefined) return done();
    this.#whenSafe(this.#log.logEndOffset, 'committed', () => done());
  }

  /**
   * Forgets all below `offset`, at most the high watermark: at once for readers; calls back when no power cut brings
   * it back.
   */
  deleteRecords(offset: Offset, done: Waiter): void {
    if (this.#refusal !== undefined) return done(this.#refusal);
    if (this.#readOnly) return done('KAFKA_STORAGE_ERROR');
    assert(offset <= this.#highWatermark, 'only what is committed is deleted');
    this.#deleting.add(done);
    this.log.advanceLogStartOffset(offset, (error) => {
      if (this.#deleting.delete(done)) done(error === undefined ? undefined : 'KAFKA_STORAGE_ERROR');
    });
    // Whoever waits for more from below the new start is told that it is gone.
    this.#wakeReaders();
  }

  /** Gives up all below `offset`, where a segment begins, to make room for newer records. */
  giveUp(offset: Offset, done: Done): void {
    this.log.giveUp(offset, done);
    this.#wakeReaders();
  }

  /** What {@link giveUp} has taken, if anything: not asked of a partition that is offline. */
  get givenUp(): GivenUp | undefined {
    return this.#log?.givenUp;
  }

  configure(settings: TopicSettings): void {
    this.settings = settings;
    this.#log?.configure(settings.log);
  }

  /** What is wrong with what it holds, if anything is known to be. */
  get damage(): OperatingError | undefined {
    return this.#damage;
  }

  /** What kept the log from being opened. */
  noteDamage(error: OperatingError): void {
    this.#damage = error;
  }

  /**
   * Serves nothing from now on: what it holds is damaged, and the operator decides. The log goes on with what it has
   * taken: its bytes are lent until they are written, and who waits is answered as ever.
   */
  takeOffline(error: OperatingError): void {
    if (this.#refusal !== undefined) return;
    this.#damage = error;
    this.#refuse('KAFKA_STORAGE_ERROR');
    this.#onOffline(error);
  }

  /** Syncs and closes the log, then ends all who still wait. */
  close(done: Done): void {
    this.#refuse('NOT_LEADER_OR_FOLLOWER');
    if (this.#log === undefined) return done();
    this.#log.close((error) => {
      this.#refuseBeyond(Offset(-1), 'NOT_LEADER_OR_FOLLOWER');
      done(error);
    });
  }

  /** Removes all records, then ends all who wait: the topic was deleted. Until then the disk may hold their bytes. */
  remove(done: Done): void {
    this.#refuse('UNKNOWN_TOPIC_OR_PARTITION');
    if (this.#log === undefined) return done();
    this.#log.remove((error) => {
      this.#refuseBeyond(Offset(-1), 'UNKNOWN_TOPIC_OR_PARTITION');
      done(error);
    });
  }

  #refuse(error: ErrorName): void {
    this.#begin = undefined;
    this.#refusal = error;
    this.#wakeReaders();
  }

  #whenSafe(end: Offset, acks: Acks, waiter: Waiter): void {
    if (acks === 'committed' && this.#highWatermark < end) this.#committed.add(end, waiter);
    else if (acks === 'written' && this.log.writtenOffset < end) this.#written.add(end, waiter);
    else waiter();
  }

  #raise(end: Offset): void {
    if (end <= this.#highWatermark) return;
    assert(end <= this.log.writtenOffset, 'nothing is committed before it is written');
    this.#highWatermark = end;
    this.#committed.pass(end);
    this.#wakeReaders();
  }

  #wakeReaders(): void {
    for (const run of this.#readers) run();
  }

  #refuseBeyond(end: Offset, error: ErrorName = 'KAFKA_STORAGE_ERROR'): void {
    this.#written.fail(end, error);
    this.#committed.fail(end, error);
    // A full disk cuts what was not written, and leaves this to be answered; a log that is over never will.
    if (this.#refusal === undefined) return;
    const deleting = [...this.#deleting];
    this.#deleting.clear();
    for (const call of deleting) call(error);
  }
}
