import { assert, type Clock, type Done, Offset, type Store, type StoreChange, type Timer } from '@skerry/base';
import { BatchBuilder, batchIsControl, batchLastOffsetDelta, type ErrorName, records } from '@skerry/wire';
import type { Partition } from './partition.ts';
import { scan } from './scan.ts';

/** A record of a state log, as its machine sees it. */
export interface StateRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** What the records of a log add up to: metadata, groups, transactions. */
export interface StateMachine {
  /**
   * Takes in one committed record, and returns the rows of the table that it changes. Keys are relative to the log's
   * own prefix.
   */
  apply(record: StateRecord): readonly StoreChange[];
  /** Takes in one row at start, before any record; rows come in the order of their keys. */
  restore(key: Uint8Array, value: Uint8Array): void;
}

/** Rows changed since the last commit to the store, at most; then it is committed at once. */
const dirtyRowsMax = 10_000;
/** Longest time a changed row waits: what a restart replays, against the wear of a commit each second. */
const commitDelayMs = 5_000;
/** Store keys: a row, and the offset up to which the rows hold the log. */
const rowKind = 0x72;
const appliedKind = 0x61;

/**
 * A log whose records, applied in order, make a table: the one pattern of all coordinators.
 *
 * An append is answered once its records are committed and applied. The table in the store is only a copy for a quick
 * start: it remembers how far it has applied the log, in the same transaction, and never holds what the log has not
 * synced. Start-up reads the rows and the log's tail. A table that claims more than the log holds is thrown away and
 * made anew from the whole log.
 */
export class StateLog {
  readonly #partition: Partition;
  readonly #machine: StateMachine;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #prefix: Uint8Array;
  readonly #dirty = new Map<string, StoreChange>();
  #applied = Offset(0);
  #committing = false;
  #timer: Timer | undefined;

  constructor(partition: Partition, machine: StateMachine, world: { store: Store; clock: Clock; prefix: Uint8Array }) {
    this.#partition = partition;
    this.#machine = machine;
    this.#store = world.store;
    this.#clock = world.clock;
    this.#prefix = world.prefix;
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
    const { log, highWatermark } = this.#partition;
    const applied = this.#store.get(this.#key(appliedKind));
    const claimed = applied === undefined ? log.logStartOffset : Offset(fromBigEndian(applied));
    const rows = this.#store.entries(this.#key(rowKind), this.#key(rowKind + 1));
    if (claimed <= log.logEndOffset && applied !== undefined) {
      for (const [key, value] of rows) this.#machine.restore(key.subarray(this.#prefix.length + 1), value);
      this.#applied = claimed;
    } else {
      for (const [key] of rows) this.#dirty.set(keyText(key), { key, value: undefined });
      this.#applied = log.logStartOffset;
    }
    scan(
      this.#partition,
      this.#applied,
      highWatermark,
      (batch, at) => this.#replay(batch, at),
      (error) => {
        if (error === undefined) this.#applied = highWatermark;
        if (this.#dirty.size > 0) this.#scheduleCommit();
        done(error);
      },
    );
  }

  /**
   * Appends `added` as one batch; calls back once they are committed and applied, in the order of the calls, or with
   * why they are not.
   */
  append(added: readonly StateRecord[], done: (error?: ErrorName) => void): void {
    assert(added.length > 0, 'a state change has a record');
    const builder = new BatchBuilder();
    const timestamp = this.#clock.wallMs();
    for (const { key, value } of added) builder.append({ timestamp, key, value });
    const batch = builder.build();
    this.#partition.append(batch, 'committed', ({ error, baseOffset }) => {
      if (error !== undefined) return done(error);
      assert(baseOffset >= this.#applied, 'records are applied in order');
      for (const record of added) this.#apply(record);
      this.#applied = Offset(baseOffset + added.length);
      done();
    });
  }

  /** Commits what the table has not got yet. */
  flush(done: Done): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#dirty.size === 0 || this.#committing) return done();
    // The table never holds what the log has not synced: where a sync comes late, so does the table.
    if (this.#partition.log.syncedOffset < this.#applied) {
      this.#scheduleCommit();
      return done();
    }
    this.#committing = true;
    const changes = new Map(this.#dirty);
    const applied = { key: this.#key(appliedKind), value: toBigEndian(this.#applied) };
    this.#dirty.clear();
    this.#store.commit([...changes.values(), applied], (error) => {
      this.#committing = false;
      // What could not be kept is still owed, unless it has changed again.
      if (error !== undefined)
        for (const [key, change] of changes) if (!this.#dirty.has(key)) this.#dirty.set(key, change);
      if (this.#dirty.size > 0) this.#scheduleCommit();
      done(error);
    });
  }

  #replay(batch: Uint8Array, at: number): void {
    if (!batchIsControl(batch, at)) for (const record of records(batch, at)) this.#apply(record);
    this.#applied = Offset(this.#applied + batchLastOffsetDelta(batch, at) + 1);
  }

  #apply(record: StateRecord): void {
    for (const { key, value } of this.#machine.apply(record)) {
      const full = this.#key(rowKind, key);
      this.#dirty.set(keyText(full), { key: full, value });
    }
    if (this.#dirty.size === dirtyRowsMax) this.flush(() => undefined);
    else if (this.#dirty.size > 0) this.#scheduleCommit();
  }

  #scheduleCommit(): void {
    if (!this.#committing) this.#timer ??= this.#clock.after(commitDelayMs, () => this.flush(() => undefined));
  }

  #key(kind: number, rest: Uint8Array = new Uint8Array(0)): Uint8Array {
    const key = new Uint8Array(this.#prefix.length + 1 + rest.length);
    key.set(this.#prefix);
    key[this.#prefix.length] = kind;
    key.set(rest, this.#prefix.length + 1);
    return key;
  }
}

/** A key as a map wants it: one code unit a byte. */
function keyText(key: Uint8Array): string {
  let text = '';
  for (const byte of key) text += String.fromCharCode(byte);
  return text;
}

function toBigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  for (let i = 7, left = value; i >= 0; i--, left = Math.floor(left / 256)) bytes[i] = left % 256;
  return bytes;
}

function fromBigEndian(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
