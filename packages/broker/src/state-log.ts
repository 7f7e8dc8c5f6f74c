import {
  assert,
  type Clock,
  type Done,
  type LeaderEpoch,
  Offset,
  OperatingError,
  offsetAfter,
  type Store,
  type StoreChange,
  type Timer,
} from '@skerry/base';
import { BackOff } from '@skerry/log';
import {
  BatchBuilder,
  batchBaseOffset,
  batchHasDeleteHorizon,
  batchIsControl,
  batchIsTransactional,
  batchLastOffsetDelta,
  batchProducerId,
  batchRecordCount,
  controlRecord,
  type ErrorName,
  type Marker,
  markerBatch,
  records,
} from '@skerry/wire';
import type { Partition } from './partition.ts';
import type { Report } from './report.ts';
import { SavedTable } from './saved-table.ts';
import { scan } from './scan.ts';
import type { Claim } from './transactions/state.ts';

/** A record of a state log, as its machine sees it. */
export interface StateRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** The transaction under which a record was written. */
export interface RecordOwner {
  readonly producerId: number;
  readonly offset: Offset;
}

/** What the records of a log add up to: metadata, groups, transactions. */
export interface StateMachine {
  /**
   * Takes in one committed record, and returns the rows of the table that it changes. Keys are relative to the log's
   * own prefix. `owner` says under whose transaction it was written, and where: it counts when that commits.
   */
  apply(record: StateRecord, owner?: RecordOwner): readonly StoreChange[];
  /** The transaction of a producer has ended, as far as this log goes. Returns the rows that this changes. */
  ended?(producerId: number, committed: boolean): readonly StoreChange[];
  /**
   * So many offsets have no records any more: a repair gave them up. What they said is not known, and what follows may
   * build on it. Returns the rows that this changes.
   */
  lost?(offsets: number): readonly StoreChange[];
  /** Takes in one row at start, before any record; rows come in the order of their keys. */
  restore(key: Uint8Array, value: Uint8Array): void;
  /** The start is over. Rows that no record stands for may be changed through `change` from now on. */
  loaded(change: (changes: readonly StoreChange[]) => void): void;
}

/** How far a log is. */
export interface LogStanding {
  readonly leaderEpoch: LeaderEpoch;
  readonly highWatermark: Offset;
  readonly logEndOffset: Offset;
}

export interface StateLogWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly report: Report;
  /** What the table's keys in the store begin with. */
  readonly prefix: Uint8Array;
}

/** Rows changed since the last commit to the store, at most; then it is committed at once. */
const dirtyRowsMax = 1_000;
/** Longest time a changed row waits: what a restart replays, against the wear of a commit each second. */
const commitDelayMs = 5_000;
/** Between two tries, while the store has no space. */
const retryMsMax = 60_000;

/**
 * A log whose records, applied in order, make a table: the one pattern of all coordinators.
 *
 * An append is answered once its records are committed and applied. The table in the store is only a copy for a quick
 * start (`saved-table.ts`): it remembers how far it has applied the log, in the same transaction, and never holds what
 * the log has not synced, in any durability mode. Start-up reads the rows and the log's tail.
 *
 * A table that claims more than the log holds, or of which a row is damaged or missing, is thrown away and made anew
 * from the whole log. The log has all that takes: it is compacted, never cut at its start.
 */
export class StateLog {
  readonly #partition: Partition;
  readonly #machine: StateMachine;
  readonly #world: StateLogWorld;
  readonly #table: SavedTable;
  readonly #backOff = new BackOff(commitDelayMs, retryMsMax);
  #applied = Offset(0);
  #committing = false;
  #timer: Timer | undefined;

  constructor(partition: Partition, machine: StateMachine, world: StateLogWorld) {
    this.#partition = partition;
    this.#machine = machine;
    this.#world = world;
    // A tombstone may go only when the table in the store is without its row.
    partition.compactionBound = Offset(0);
    this.#table = new SavedTable(world.store, world.prefix);
  }

  /** Who leads the log, and how far it is. */
  get standing(): LogStanding {
    const { leaderEpoch, highWatermark, log } = this.#partition;
    return { leaderEpoch, highWatermark, logEndOffset: log.logEndOffset };
  }

  /** First offset that is not applied yet. */
  get applied(): Offset {
    return this.#applied;
  }

  /**
   * Reads the table, then the log from where the table ends; calls back when all its records are applied. What a crash
   * left written and not synced is waited for, since it becomes committed without another word.
   */
  start(done: Done): void {
    const { log } = this.#partition;
    if (this.#partition.highWatermark >= log.logEndOffset) return this.#read(done);
    const stop = this.#partition.onRise(() => {
      const { refusal } = this.#partition;
      if (refusal === undefined && this.#partition.highWatermark < log.logEndOffset) return;
      stop();
      if (refusal === undefined) this.#read(done);
      else done(new Error(`${this.#partition.topic}-${this.#partition.index}: ${refusal}`));
    });
  }

  #read(done: Done): void {
    const { log, highWatermark, topic, index } = this.#partition;
    const found = this.#table.read(log.logEndOffset);
    if (found.kind === 'whole') {
      for (const [key, value] of found.rows) this.#machine.restore(key, value);
      this.#applied = found.applied;
      this.#partition.compactionBound = found.applied;
    } else {
      if (found.kind === 'unusable')
        this.#world.report({ kind: 'tableRebuilt', topic, partition: index, why: found.why });
      this.#applied = log.logStartOffset;
    }
    scan(
      this.#partition,
      this.#applied,
      highWatermark,
      (batch, at) => this.#replay(batch, at),
      (error) => {
        if (error !== undefined) return done(error);
        this.#applied = highWatermark;
        this.#machine.loaded((changes) => this.#take(changes));
        if (this.#table.hasNews) this.#scheduleCommit();
        done();
      },
    );
  }

  /**
   * Appends `added` as one batch; calls back once they are committed and applied, in the order of the calls, or with
   * why they are not. With a `claim` they are part of that producer's transaction.
   */
  append(added: readonly StateRecord[], done: (error?: ErrorName) => void, claim?: Claim): void {
    assert(added.length > 0, 'a state change has a record');
    const owned = { producerId: claim?.producerId ?? -1, producerEpoch: claim?.epoch ?? -1 };
    const builder = new BatchBuilder({ ...owned, transactional: claim !== undefined });
    const timestamp = this.#world.clock.wallMs();
    for (const { key, value } of added) builder.append({ timestamp, key, value });
    const batch = builder.build();
    this.#partition.append(batch, 'committed', ({ error, baseOffset }) => {
      if (error !== undefined) return done(error);
      assert(baseOffset >= this.#applied, 'records are applied in order');
      for (const [i, record] of added.entries()) {
        const owner = claim && { producerId: claim.producerId, offset: offsetAfter(baseOffset, i) };
        this.#take(this.#machine.apply(record, owner));
      }
      this.#applied = Offset(baseOffset + added.length);
      done();
    });
  }

  /** Appends the marker that ends a producer's transaction here; calls back as {@link append}. */
  end(marker: Marker, done: (error?: ErrorName) => void): void {
    this.#partition.append(markerBatch(marker), 'committed', ({ error, baseOffset }) => {
      if (error !== undefined) return done(error);
      assert(baseOffset >= this.#applied, 'markers are applied in order');
      this.#ended(marker.producerId, marker.kind === 'commit');
      this.#applied = Offset(baseOffset + 1);
      done();
    });
  }

  /** Commits what the table has not got yet. */
  flush(done: Done): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#table.hasNews || this.#committing) return done();
    // The table never holds what the log has not synced: where a sync comes late, so does the table.
    if (this.#partition.log.syncedOffset < this.#applied) {
      this.#scheduleCommit();
      return done();
    }
    this.#committing = true;
    const applied = this.#applied;
    this.#table.commit(applied, (error) => {
      this.#committing = false;
      if (error === undefined) {
        this.#backOff.reset();
        this.#partition.compactionBound = applied;
      } else this.#notSaved(error);
      if (this.#table.hasNews) this.#scheduleCommit(error === undefined ? commitDelayMs : this.#backOff.next());
      done(error);
    });
  }

  /** For want of space the table waits, and a restart would replay more. Anything else ends the node. */
  #notSaved(error: Error): void {
    const { topic, index, log } = this.#partition;
    if (!(error instanceof OperatingError) || error.code !== 'SKR_DISK_FULL')
      this.#world.report({ kind: 'failed', folder: log.folder, error });
    else if (!this.#backOff.isOn) this.#world.report({ kind: 'tableNotSaved', topic, partition: index, error });
  }

  #replay(batch: Uint8Array, at: number): void {
    const offsets = batchLastOffsetDelta(batch, at) + 1;
    // What compaction leaves without records was taken in when it came, or newer records of its keys follow.
    const isEmptied = batchHasDeleteHorizon(batch, at);
    if (batchRecordCount(batch, at) === 0 && !isEmptied) this.#take(this.#machine.lost?.(offsets) ?? []);
    else if (batchIsControl(batch, at)) this.#replayMarker(batch, at);
    else this.#replayRecords(batch, at);
    this.#applied = Offset(batchBaseOffset(batch, at) + offsets);
  }

  #replayRecords(batch: Uint8Array, at: number): void {
    const producerId = batchIsTransactional(batch, at) ? batchProducerId(batch, at) : undefined;
    for (const record of records(batch, at)) {
      const owner = producerId === undefined ? undefined : { producerId, offset: record.offset };
      this.#take(this.#machine.apply(record, owner));
    }
  }

  #replayMarker(batch: Uint8Array, at: number): void {
    const marker = controlRecord(batch, at);
    if (marker?.kind === 'commit' || marker?.kind === 'abort')
      this.#ended(batchProducerId(batch, at), marker.kind === 'commit');
  }

  #ended(producerId: number, committed: boolean): void {
    this.#take(this.#machine.ended?.(producerId, committed) ?? []);
  }

  #take(changes: readonly StoreChange[]): void {
    const before = this.#table.dirtyRows;
    this.#table.change(changes);
    if (before < dirtyRowsMax && this.#table.dirtyRows >= dirtyRowsMax) this.flush(() => undefined);
    else if (this.#table.hasNews) this.#scheduleCommit();
  }

  #scheduleCommit(delayMs = commitDelayMs): void {
    if (!this.#committing) this.#timer ??= this.#world.clock.after(delayMs, () => this.flush(() => undefined));
  }
}
