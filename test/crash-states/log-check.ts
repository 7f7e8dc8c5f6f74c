/**
 * Recovers logs from a crash state, and holds them against what their owner was told.
 *
 * A state whose store was lost is held to what the segments alone can tell: no acknowledged record is missing, but the
 * log may begin where its first segment does, and producers are known by the records that are there.
 */
import { Bytes, LeaderEpoch, Offset } from '@skerry/base';
import { type Log, type ProducerState, ProducerStates } from '@skerry/log';
import { MachineClock, type MemoryDisk, type MemoryStore, VirtualClock } from '@skerry/testkit';
import { batchLength } from '@skerry/wire';
import { keyText, type World } from './file-system.ts';
import type { Appended, LogExpectation } from './log-expectation.ts';
import { batchOf, diskOf, openLogs, type Site, storeOf } from './log-life.ts';

export interface LogCheck {
  readonly site: Site;
  readonly expectations: ReadonlyMap<string, LogExpectation>;
  readonly storeLost: boolean;
  /** Looks at indexes, appends, and recovers again. */
  readonly thorough: boolean;
}

export interface Found {
  readonly batches: readonly Appended[];
  readonly start: number;
  readonly end: number;
  /** So much is unknown in that state that most was not checked. */
  readonly loose: boolean;
}

/** Returns what each log holds, by its folder. */
export function checkLogs(world: World, check: LogCheck): ReadonlyMap<string, Found> {
  const recovered = new RecoveredSite(world, check.site);
  const logs = [...check.expectations].map(([folder, expectation]) => {
    const log = recovered.log(folder);
    return { checked: new CheckedLog(recovered, log, expectation, check.storeLost), start: log.logStartOffset };
  });
  const ends = logs.map(({ checked }) => checked.log.logEndOffset);
  recovered.settle();
  const found = new Map<string, Found>();
  for (const [i, { checked, start }] of logs.entries())
    found.set(checked.log.folder, { ...checked.checkAll(check.thorough), start, end: ends[i] ?? 0 });
  if (!check.thorough) return found;
  for (const { checked } of logs) checked.checkAppend();
  const again = new RecoveredSite(recovered.worldNow(), check.site);
  for (const { checked, start } of logs) {
    const { folder, logEndOffset } = checked.log;
    same('the start after a second recovery', again.log(folder).logStartOffset, start);
    same('the end after a second recovery', again.log(folder).logEndOffset, logEndOffset);
  }
  return found;
}

function same(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what} is ${String(found)}, not ${String(expected)}`);
}

function that(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what());
}

/** The logs of a site, opened on a crash state. */
class RecoveredSite {
  readonly clock = new VirtualClock();
  readonly disk: MemoryDisk;
  readonly #store: MemoryStore;
  readonly #logs: ReadonlyMap<string, Log>;
  /** Within it all that is written gets synced. */
  readonly #settleMs: number;

  constructor(world: World, site: Site) {
    this.disk = diskOf(world, this.clock);
    this.#store = storeOf(world, this.clock);
    this.#settleMs = site.settings.durability === 'process-crash' ? 5000 : 20;
    const doors = { clock: new MachineClock(this.clock), disk: this.disk, store: this.#store };
    const fail = (error: Error): never => {
      throw error;
    };
    const told = { onSynced: () => {}, onCut: () => {}, onFailed: fail, report: () => {} };
    this.#logs = openLogs(site, doors, this.clock, () => told).logs;
  }

  log(folder: string): Log {
    const log = this.#logs.get(folder);
    if (log === undefined) throw new Error(`${folder} is no log of the site`);
    return log;
  }

  settle(): void {
    this.clock.advance(this.#settleMs);
  }

  /** What is on the disk and in the store now. */
  worldNow(): World {
    const disk = this.disk.kill();
    const folders: string[] = [];
    const files = new Map<string, Uint8Array>();
    for (const folder of disk.list('')) {
      folders.push(folder);
      for (const name of disk.list(folder)) {
        const path = `${folder}/${name}`;
        const file = disk.open(path, { create: false });
        const bytes = new Uint8Array(file.size());
        file.readNow(bytes, Bytes(0));
        file.close();
        files.set(path, bytes);
      }
    }
    const store = new Map<string, Uint8Array>();
    for (const [key, value] of this.#store.entries(Uint8Array.of(0), Uint8Array.of(255)))
      if (value !== undefined) store.set(keyText(key), value);
    return { folders, files, store };
  }
}

class CheckedLog {
  readonly log: Log;
  readonly #recovered: RecoveredSite;
  readonly #expectation: LogExpectation;
  readonly #storeLost: boolean;
  /** What the segments alone cannot tell is not asked. */
  readonly #loose: boolean;
  readonly #firstBase: number;

  constructor(recovered: RecoveredSite, log: Log, expectation: LogExpectation, storeLost: boolean) {
    this.#recovered = recovered;
    this.log = log;
    this.#expectation = expectation;
    this.#storeLost = storeLost;
    const { cutTo, emptyAt, startMin, startMax } = expectation;
    this.#loose = storeLost && (cutTo !== undefined || emptyAt !== undefined || startMax > startMin);
    const [first = ''] = recovered.disk.list(log.folder).filter((name) => name.endsWith('.log'));
    this.#firstBase = Number(first.slice(0, 20));
  }

  checkAll(thorough: boolean): { readonly batches: readonly Appended[]; readonly loose: boolean } {
    const batches = this.#readAll();
    const found = { batches: this.#checkRecords(batches), loose: this.#loose };
    if (this.#loose) return found;
    this.#checkEpochs(batches);
    this.#checkProducers(batches);
    if (thorough) this.#checkLookups(batches);
    return found;
  }

  #do(run: (done: (error?: Error) => void) => void): void {
    this.#recovered.clock.finish(run);
  }

  #readAll(): Uint8Array[] {
    const { log } = this;
    const found: Uint8Array[] = [];
    let next: number = log.logStartOffset;
    while (next < log.writtenOffset) {
      const bytes = this.#read(next, 1_000_000);
      if (bytes.length === 0 && this.#loose) return found;
      that(bytes.length > 0, () => `nothing is read at ${next} below the end ${log.writtenOffset}`);
      for (let at = 0; at < bytes.length; at += batchLength(bytes, at)) {
        const batch = bytes.slice(at, at + batchLength(bytes, at));
        found.push(batch);
        next =
          Number(new DataView(batch.buffer, batch.byteOffset).getBigInt64(0)) +
          new DataView(batch.buffer, batch.byteOffset).getInt32(23) +
          1;
      }
    }
    return found;
  }

  #read(offset: number, bytesMax: number): Uint8Array {
    let bytes = new Uint8Array(0);
    this.#do((done) =>
      this.log.read(Offset(offset), bytesMax, this.log.writtenOffset, true, (error, range) => {
        if (error !== undefined || range === undefined) {
          done(error);
          return;
        }
        bytes = new Uint8Array(range.byteLength);
        range.read(bytes, 0, (failed) => {
          range.release();
          done(failed);
        });
      }),
    );
    return bytes;
  }

  /** Nothing acknowledged is missing, nothing is there that was not appended. */
  #checkRecords(batches: readonly Uint8Array[]): readonly Appended[] {
    const { log } = this;
    const [expectation, storeLost] = [this.#expectation, this.#storeLost];
    const [start, end]: [number, number] = [log.logStartOffset, log.logEndOffset];
    const found = batches.map((bytes) => this.#known(bytes));
    const loose = this.#loose;
    let next = found[0]?.base ?? start;
    that(next <= start, () => `the log starts at ${start}, its first batch at ${next}`);
    for (const batch of found) {
      that(batch.base === next || loose, () => `a batch at ${batch.base} where ${next} comes`);
      next = batch.last + 1;
    }
    if (loose) return found;
    if (found.length > 0) same('the end', end, next);
    else same('the end of a log without batches', end, start);
    if (expectation.emptyAt !== undefined && start === expectation.emptyAt && end === start) return found;
    that(end >= expectation.acked, () => `the log ends at ${end}, acknowledged was ${expectation.acked}`);
    that(start <= expectation.startMax, () => `it starts at ${start}, asked was ${expectation.startMax}`);
    if (!storeLost) that(start >= expectation.startMin, () => `it starts at ${start}, not ${expectation.startMin}`);
    return found;
  }

  #known(bytes: Uint8Array): Appended {
    const batch = this.#expectation.find(bytes);
    if (batch !== undefined) return batch;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    throw new Error(`a batch of ${bytes.length} bytes at ${view.getBigInt64(0)} that was not appended there`);
  }

  /** The rows are those of the batches; one without records may be of batches that are gone. */
  #checkEpochs(batches: readonly Uint8Array[]): void {
    const { log } = this;
    const rows: number[][] = [];
    for (const { epoch, base } of batches.map((bytes) => this.#known(bytes)))
      if (rows.at(-1)?.[0] !== epoch) rows.push([epoch, Math.max(base, log.logStartOffset)]);
    const found = log.epochs.rows
      .map(({ epoch, startOffset }) => [epoch, startOffset])
      .filter(([, start], i, all) => start !== (all[i + 1]?.[1] ?? log.logEndOffset));
    same('the table of epochs', JSON.stringify(found), JSON.stringify(rows));
  }

  /** Producers and aborted transactions are those of the batches, those below the log start included. */
  #checkProducers(batches: readonly Uint8Array[]): void {
    const { log } = this;
    const [expectation, storeLost] = [this.#expectation, this.#storeLost];
    const found = batches.map((bytes) => this.#known(bytes));
    const end = log.logEndOffset;
    const emptied = expectation.emptyAt !== undefined && end === expectation.emptyAt && found.length === 0;
    const below = emptied ? [] : expectation.lineage.filter(({ last }) => last < (found[0]?.base ?? end));
    const whole = replay([...below, ...found], this.#recovered.clock, end);
    const have = { producers: plain(log.producers), stable: log.lastStableOffset(end) };
    const text = JSON.stringify(have);
    const aborted = log.abortedTransactions(log.logStartOffset, end);
    const forgetful = expectation.forgetful || (storeLost && this.#firstBase > 0);
    if (text === JSON.stringify({ producers: whole.producers, stable: whole.stable })) {
      const expected = whole.aborted.filter(({ lastOffset }) => lastOffset >= log.logStartOffset);
      same('the aborted transactions', JSON.stringify(aborted), JSON.stringify(expected));
      return;
    }
    const near = replay([...below.filter(({ base }) => base >= this.#firstBase), ...found], this.#recovered.clock, end);
    const expected = JSON.stringify({ producers: near.producers, stable: near.stable });
    if (forgetful && text === expected) return;
    throw new Error(`producers are ${text}, not ${JSON.stringify({ ...whole, aborted: undefined })}`);
  }

  /** Offsets and times are found as a look at every record finds them. */
  #checkLookups(batches: readonly Uint8Array[]): void {
    const { log } = this;
    const found = batches.map((bytes) => this.#known(bytes));
    for (const { base, last, bytes } of found) {
      const offset = Math.max(base, log.logStartOffset) === base ? last : Math.max(base, log.logStartOffset);
      const read = this.#read(offset, 1);
      that(Buffer.compare(read, bytes) === 0, () => `a read at ${offset} gives not the batch at ${base}`);
    }
    const records = found.flatMap((batch) => batch.records).filter(({ offset }) => offset >= log.logStartOffset);
    for (const asked of [0, 1000, 1005, 1011, 1030, 2000]) {
      const expected = records.find(({ timestamp }) => timestamp >= asked);
      same(`the offset at ${asked} ms`, this.#offsetAt(asked), expected?.offset);
    }
  }

  #offsetAt(timestamp: number): number | undefined {
    let found: number | undefined;
    this.#do((done) =>
      this.log.offsetForTimestamp(timestamp, this.log.writtenOffset, (error, record) => {
        found = record?.offset;
        done(error);
      }),
    );
    return found;
  }

  /** The log goes on: what is appended next is synced, and read. */
  checkAppend(): void {
    const { log } = this;
    const batch = batchOf({ count: 1, timestamp: 5000 });
    const end = log.logEndOffset;
    const epoch = Math.max(log.epochs.latest ?? 0, 0);
    same('the offset of the next append', log.append(batch, LeaderEpoch(epoch)), end);
    this.#recovered.settle();
    same('the synced offset', log.syncedOffset, end + 1);
    that(Buffer.compare(this.#read(end, 1), batch) === 0, () => 'what was appended next is not read');
  }
}

function plain(states: ProducerStates): unknown[] {
  const fields = (state: ProducerState): unknown[] => [
    state.producerId,
    state.epoch,
    state.coordinatorEpoch,
    state.transactionFirstOffset,
    state.lastTimestamp,
    state.batches.map((batch) => Object.values(batch)),
  ];
  return [...states.all()].sort((a, b) => a.producerId - b.producerId).map(fields);
}

function replay(batches: readonly Appended[], clock: VirtualClock, end: Offset) {
  const states = new ProducerStates(clock);
  const aborted = [];
  for (const { bytes, base } of batches) {
    const entry = states.record(bytes, 0, Offset(base));
    if (entry !== undefined) aborted.push(entry);
  }
  return { producers: plain(states), stable: states.lastStableOffset(end), aborted };
}
