/** A log on a recorded disk: what a script does to it, and what its owner is told meanwhile. */
import { Bytes, type Compute, crc32c, type Disk, LeaderEpoch, Offset, type Store } from '@skerry/base';
import { defaultLogSettings, FilePool, Flusher, Log, type LogEvent, type LogSettings } from '@skerry/log';
import { MachineClock, MemoryDisk, MemoryStore, Recording, VirtualClock } from '@skerry/testkit';
import { BatchBuilder, type BatchOptions, type Marker, markerBatch, SlabPool } from '@skerry/wire';
import { emptyWorld, keyText, type World } from './file-system.ts';
import type { LogMark } from './log-expectation.ts';

export const folder = 'p-0';

const noCompression = (): never => {
  throw new Error('nothing is compressed here');
};
const compute: Compute = { crc32c, compress: noCompression, decompress: noCompression };

/** One for all: fresh ones for each of a hundred thousand recoveries would take most of the time. */
const slabs = new SlabPool(1024 * 1024);

/** Puts `world` on a disk. */
export function diskOf(world: World, clock: VirtualClock, syncMs = 1): MemoryDisk {
  const disk = new MemoryDisk({ clock, delayMs: (operation) => (operation === 'sync' ? syncMs : 0.05) });
  for (const path of world.folders) disk.makeFolder(path);
  for (const [path, bytes] of world.files) {
    const file = disk.open(path, { create: true });
    if (bytes.length > 0) file.writeNow([bytes], Bytes(0));
    file.close();
  }
  return disk;
}

export function storeOf(world: World, clock: VirtualClock): MemoryStore {
  const pairs = [...world.store].map(([key, value]) => {
    const bytes = Uint8Array.from(key, (letter) => letter.charCodeAt(0));
    return [keyText(bytes), { key: bytes, value }] as const;
  });
  return new MemoryStore({ clock }, new Map(pairs));
}

export interface Doors {
  readonly clock: MachineClock;
  readonly disk: Disk;
  readonly store: Store;
}

export interface Told {
  onSynced(offset: Offset): void;
  onCut(end: Offset): void;
  onFailed(error: Error): void;
  report(event: LogEvent): void;
}

export interface OpenLog {
  readonly log: Log;
  readonly flusher: Flusher;
}

export function openLog(doors: Doors, settings: Partial<LogSettings>, told: Told): OpenLog {
  const { clock, disk } = doors;
  const flusher = new Flusher({ clock, disk });
  const files = Object.assign(new FilePool({ disk, openFilesMax: 100 }), { slabs });
  const log = Log.open({
    folder,
    storePrefix: Uint8Array.of(112, 47),
    settings: { ...defaultLogSettings, ...settings },
    world: { ...doors, compute, flusher, files, report: (event) => told.report(event) },
    cleanShutdown: false,
    retentionNowMs: () => 1_000_000,
    listener: { ...told, onWritten: () => {} },
  });
  return { log, flusher };
}

export interface BatchShape extends BatchOptions {
  readonly count?: number;
  /** Of each value. */
  readonly size?: number;
  readonly timestamp?: number;
}

let filling = 0;

/** A batch of records that no other batch equals. */
export function batchOf({ count = 2, size = 30, timestamp = 1000, ...options }: BatchShape = {}): Uint8Array {
  const builder = new BatchBuilder(options);
  for (let i = 0; i < count; i++) {
    filling = (filling + 1) % 2 ** 31;
    const value = new Uint8Array(Math.max(size, 4)).fill(filling);
    new DataView(value.buffer).setInt32(0, filling);
    builder.append({ timestamp: timestamp + i, value });
  }
  return builder.build();
}

/** Runs a script on a log, with its disk and store recorded. */
export class LogLife {
  readonly recording = new Recording<LogMark>();
  readonly clock = new VirtualClock();
  readonly settings: Partial<LogSettings>;
  epoch = 0;
  disk: MemoryDisk;
  #store: MemoryStore;
  #machine: MachineClock;
  #open: OpenLog;

  constructor(settings: Partial<LogSettings> = {}, world: World = emptyWorld) {
    filling = 0;
    this.settings = { segmentBytes: 500, indexIntervalBytes: 100, retentionMs: -1, ...settings };
    this.disk = diskOf(world, this.clock, 3);
    this.#store = storeOf(world, this.clock);
    this.#machine = new MachineClock(this.clock);
    this.#open = this.#start();
  }

  get log(): Log {
    return this.#open.log;
  }

  get flusher(): Flusher {
    return this.#open.flusher;
  }

  #start(): OpenLog {
    const { recording } = this;
    const doors = {
      clock: this.#machine,
      disk: recording.disk(this.disk),
      store: recording.store(this.#store),
    };
    const opened = openLog(doors, this.settings, {
      onSynced: (offset) => recording.mark({ kind: 'synced', offset }),
      onCut: (end) => recording.mark({ kind: 'refused', end }),
      onFailed: (error) => {
        throw error;
      },
      report: () => {},
    });
    recording.mark({ kind: 'synced', offset: opened.log.syncedOffset });
    return opened;
  }

  append(shape: BatchShape = {}): void {
    this.appendBatch(batchOf(shape));
  }

  marker(kind: Marker['kind'], producerId: number): void {
    const marker = { kind, producerId, producerEpoch: 0, coordinatorEpoch: 1, timestamp: 1000 };
    this.appendBatch(markerBatch(marker));
  }

  appendBatch(batch: Uint8Array): void {
    this.log.append(batch, LeaderEpoch(this.epoch));
    this.recording.mark({ kind: 'appended', batch: batch.slice() });
  }

  pass(ms: number): void {
    this.clock.advance(ms);
  }

  /** Lets writes, syncs and the store's commits under way come to their end. */
  settle(): void {
    this.clock.advance(50);
  }

  do(run: (done: (error?: Error) => void) => void): void {
    let over = false;
    run((error) => {
      if (error !== undefined) throw error;
      over = true;
    });
    this.clock.runUntil(() => over);
  }

  truncateTo(offset: number, epoch?: number): void {
    this.recording.mark({ kind: 'cutBegan', offset: this.#batchBaseOf(offset) });
    this.do((done) =>
      this.log.truncateTo(Offset(offset), epoch === undefined ? undefined : LeaderEpoch(epoch), (error) => {
        this.recording.mark({ kind: 'cutEnded', end: this.log.logEndOffset });
        done(error);
      }),
    );
  }

  /** A cut takes whole batches: where the one begins that holds `offset`. */
  #batchBaseOf(offset: number): number {
    let base = offset;
    for (const event of this.recording.events) {
      if (event.kind !== 'mark' || event.mark.kind !== 'appended') continue;
      const view = new DataView(event.mark.batch.buffer);
      const first = Number(view.getBigInt64(0));
      if (first <= offset && first + view.getInt32(23) >= offset) base = first;
    }
    return base;
  }

  emptyAt(offset: number): void {
    this.recording.mark({ kind: 'emptyBegan', offset });
    this.do((done) =>
      this.log.truncateFullyAndStartAt(Offset(offset), (error) => {
        this.recording.mark({ kind: 'emptyEnded', offset });
        done(error);
      }),
    );
  }

  startAt(offset: number): void {
    this.recording.mark({ kind: 'startAsked', offset });
    this.do((done) =>
      this.log.advanceLogStartOffset(Offset(offset), (error) => {
        this.recording.mark({ kind: 'startSaved', offset });
        done(error);
      }),
    );
  }

  retention(settings: Partial<LogSettings>): void {
    this.log.configure({ ...this.log.settings, ...settings });
    this.recording.mark({ kind: 'startAsked', offset: this.log.writtenOffset });
    this.do((done) =>
      this.log.deleteOldSegments(this.log.writtenOffset, (error) => {
        this.recording.mark({ kind: 'startSaved', offset: this.log.logStartOffset });
        done(error);
      }),
    );
  }

  checkpoint(): void {
    this.clock.advance(61_000);
    this.settle();
  }

  /** Closes the log in good order, and opens it again. */
  restart(): void {
    this.do((done) => this.log.close(done));
    this.kill();
  }

  /** Ends the process, whose writes are in the page cache, and starts another. */
  kill(): void {
    this.#machine.stop();
    this.recording.processKilled();
    this.#machine = new MachineClock(this.clock);
    this.disk = this.disk.kill();
    this.#store = this.#store.crash();
    this.#open = this.#start();
  }
}
