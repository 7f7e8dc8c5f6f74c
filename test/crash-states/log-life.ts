/** Logs on a recorded disk: what a script does to them, and what their owner is told meanwhile. */
import { Bytes, type Compute, crc32c, type Disk, LeaderEpoch, Offset, type Store, utf8Encode } from '@skerry/base';
import {
  defaultLogSettings,
  FilePool,
  Flusher,
  Log,
  type LogEvent,
  type LogSettings,
  openJournaledDisk,
} from '@skerry/log';
import { MachineClock, MemoryDisk, MemoryStore, Recording, SeededRandom, VirtualClock } from '@skerry/testkit';
import {
  BatchBuilder,
  type BatchOptions,
  batchBaseOffset,
  batchLastOffset,
  type Marker,
  markerBatch,
  SlabPool,
} from '@skerry/wire';
import { emptyWorld, type World } from './file-system.ts';
import type { LogMark, LogTold } from './log-expectation.ts';

/** How the logs of a run are set up, also when they are recovered. */
export interface Site {
  readonly folders: readonly string[];
  readonly settings: Partial<LogSettings>;
  /** Their files lie on a journaled disk. */
  readonly isJournaled: boolean;
}

/** Small, so that it is filled some times. */
const journalBytes = 40 * 1024;

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
  const inOrder = [...world.store].sort(([a], [b]) => (a < b ? -1 : 1));
  const pairs = inOrder.map(([key, value]) => {
    return { key: Uint8Array.from(key, (letter) => letter.charCodeAt(0)), value, damaged: false };
  });
  return new MemoryStore({ clock }, pairs);
}

export interface Doors {
  readonly clock: MachineClock;
  readonly disk: Disk;
  readonly store: Store;
}

export interface Told {
  readonly onSynced: (offset: Offset) => void;
  readonly onCut: (end: Offset) => void;
  readonly onFailed: (error: Error) => void;
  readonly report: (event: LogEvent) => void;
}

export interface OpenLogs {
  readonly logs: ReadonlyMap<string, Log>;
  readonly flusher: Flusher;
}

/** Opens all logs of a site, letting time pass while a journal is replayed. */
export function openLogs(site: Site, doors: Doors, time: VirtualClock, told: (folder: string) => Told): OpenLogs {
  const disk = site.isJournaled ? journaled(doors, time) : doors.disk;
  const { clock, store } = doors;
  const flusher = new Flusher({ clock, disk });
  const files = Object.assign(new FilePool({ disk, openFilesMax: 100 }), { slabs });
  const open = (folder: string): Log => {
    const { report, ...listener } = told(folder);
    return Log.open({
      folder,
      storePrefix: utf8Encode(`${folder}/`),
      settings: { ...defaultLogSettings, ...site.settings },
      world: { clock, store, disk, compute, flusher, files, report },
      cleanShutdown: false,
      retentionNowMs: () => 1_000_000,
      listener: { ...listener, onWritten: () => {} },
    });
  };
  return { logs: new Map(site.folders.map((folder) => [folder, open(folder)])), flusher };
}

function journaled({ clock, disk }: Doors, time: VirtualClock): Disk {
  let opened: Disk | undefined;
  const options = { disk, clock, compute, random: new SeededRandom(1), bytes: journalBytes, report: () => {} };
  openJournaledDisk(options, (error, journaledDisk) => {
    if (error !== undefined) throw error;
    opened = journaledDisk;
  });
  time.runUntil(() => opened !== undefined);
  if (opened === undefined) throw new Error('no journal was opened');
  return opened;
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

/** Runs a script on logs, with their disk and store recorded. */
export class LogLife {
  readonly recording = new Recording<LogMark>();
  readonly clock = new VirtualClock();
  readonly site: Site;
  epoch = 0;
  disk: MemoryDisk;
  #store: MemoryStore;
  #machine: MachineClock;
  #open: OpenLogs;

  constructor(settings: Partial<LogSettings> = {}, site: Partial<Site> = {}, world: World = emptyWorld) {
    filling = 0;
    const usual = { segmentBytes: 500, indexIntervalBytes: 100, retentionMs: -1 };
    this.site = { folders: ['p-0'], isJournaled: false, ...site, settings: { ...usual, ...settings } };
    this.disk = diskOf(world, this.clock, 3);
    this.#store = storeOf(world, this.clock);
    this.#machine = new MachineClock(this.clock);
    this.#open = this.#start();
  }

  get flusher(): Flusher {
    return this.#open.flusher;
  }

  log(folder = this.site.folders[0]): Log {
    const log = this.#open.logs.get(folder ?? '');
    if (log === undefined) throw new Error(`${folder} is no log of the site`);
    return log;
  }

  mark(told: LogTold, folder = this.site.folders[0] ?? ''): void {
    this.recording.mark({ folder, told });
  }

  #start(): OpenLogs {
    const { recording } = this;
    const doors = {
      clock: this.#machine,
      disk: recording.disk(this.disk),
      store: recording.store(this.#store),
    };
    const opened = openLogs(this.site, doors, this.clock, (folder) => ({
      onSynced: (offset) => this.mark({ kind: 'synced', offset }, folder),
      onCut: (end) => this.mark({ kind: 'refused', end }, folder),
      onFailed: (error) => {
        throw error;
      },
      report: () => {},
    }));
    for (const [folder, log] of opened.logs) this.mark({ kind: 'synced', offset: log.syncedOffset }, folder);
    return opened;
  }

  append(shape: BatchShape = {}, folder?: string): void {
    this.appendBatch(batchOf(shape), folder);
  }

  marker(kind: Marker['kind'], producerId: number): void {
    const marker = { kind, producerId, producerEpoch: 0, coordinatorEpoch: 1, timestamp: 1000 };
    this.appendBatch(markerBatch(marker));
  }

  appendBatch(batch: Uint8Array, folder?: string): void {
    this.log(folder).append(batch, LeaderEpoch(this.epoch));
    this.mark({ kind: 'appended', batch: batch.slice() }, folder);
  }

  pass(ms: number): void {
    this.clock.advance(ms);
  }

  /** Lets writes, syncs and the store's commits under way come to their end. */
  settle(): void {
    this.clock.advance(50);
  }

  do(run: (done: (error?: Error) => void) => void): void {
    this.clock.finish(run);
  }

  truncateTo(offset: number, epoch?: number, folder?: string): void {
    const log = this.log(folder);
    this.mark({ kind: 'cutBegan', offset: this.#batchBaseOf(offset, log.folder) }, folder);
    this.do((done) =>
      log.truncateTo(Offset(offset), epoch === undefined ? undefined : LeaderEpoch(epoch), (error) => {
        this.mark({ kind: 'cutEnded', end: log.logEndOffset }, folder);
        done(error);
      }),
    );
  }

  /** A cut takes whole batches: where the one begins that holds `offset`. */
  #batchBaseOf(offset: number, folder: string): number {
    let base = offset;
    for (const event of this.recording.events) {
      if (event.kind !== 'mark' || event.mark.folder !== folder || event.mark.told.kind !== 'appended') continue;
      const { batch } = event.mark.told;
      const first = batchBaseOffset(batch, 0);
      if (first <= offset && batchLastOffset(batch, 0) >= offset) base = first;
    }
    return base;
  }

  emptyAt(offset: number, folder?: string): void {
    this.mark({ kind: 'emptyBegan', offset }, folder);
    this.do((done) =>
      this.log(folder).truncateFullyAndStartAt(Offset(offset), (error) => {
        this.mark({ kind: 'emptyEnded', offset }, folder);
        done(error);
      }),
    );
  }

  startAt(offset: number, folder?: string): void {
    this.mark({ kind: 'startAsked', offset }, folder);
    this.do((done) =>
      this.log(folder).advanceLogStartOffset(Offset(offset), (error) => {
        this.mark({ kind: 'startSaved', offset }, folder);
        done(error);
      }),
    );
  }

  retention(settings: Partial<LogSettings>): void {
    const log = this.log();
    log.configure({ ...log.settings, ...settings });
    this.mark({ kind: 'startAsked', offset: log.writtenOffset });
    this.do((done) =>
      log.deleteOldSegments(log.writtenOffset, (error) => {
        this.mark({ kind: 'startSaved', offset: log.logStartOffset });
        done(error);
      }),
    );
  }

  checkpoint(): void {
    this.clock.advance(61_000);
    this.settle();
  }

  /** Closes the logs in good order, and opens them again. */
  restart(): void {
    for (const log of this.#open.logs.values()) this.do((done) => log.close(done));
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
