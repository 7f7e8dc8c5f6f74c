/** A log in a world of the tests' own: memory disk, virtual time, a store that survives what its disk survives. */
import {
  type Clock,
  type Compute,
  crc32c,
  type Done,
  LeaderEpoch,
  Offset,
  type Store,
  type StoreChange,
} from '@skerry/base';
import { MemoryDisk, VirtualClock } from '@skerry/testkit';
import { BatchBuilder, type BatchOptions } from '@skerry/wire';
import {
  defaultLogSettings,
  FilePool,
  Flusher,
  Log,
  type LogEvent,
  type LogRange,
  type LogSettings,
} from '../src/index.ts';

const compare = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return a.length - b.length;
};

/** Commits take effect a moment after their call, in order; a crash loses those that had not. */
export class TestStore implements Store {
  readonly #clock: Clock;
  #table: Map<string, StoreChange>;
  #lost = false;

  constructor(clock: Clock, from?: TestStore) {
    this.#clock = clock;
    this.#table = new Map(from === undefined ? [] : from.#table);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#table.get(key.toString())?.value?.slice();
  }

  *entries(from: Uint8Array, to: Uint8Array): Iterable<readonly [Uint8Array, Uint8Array]> {
    const all = [...this.#table.values()].sort((a, b) => compare(a.key, b.key));
    for (const { key, value } of all) {
      if (value !== undefined && compare(key, from) >= 0 && compare(key, to) < 0) yield [key.slice(), value.slice()];
    }
  }

  commit(changes: readonly StoreChange[], done: Done): void {
    this.#clock.after(2, () => {
      if (this.#lost) return;
      for (const change of changes) {
        if (change.value === undefined) this.#table.delete(change.key.toString());
        else this.#table.set(change.key.toString(), { key: change.key.slice(), value: change.value.slice() });
      }
      done();
    });
  }

  crash(clock: Clock): TestStore {
    this.#lost = true;
    return new TestStore(clock, this);
  }

  close(done: Done): void {
    this.#clock.soon(done);
  }
}

export const compute: Compute = {
  crc32c,
  compress: () => {
    throw new Error('not in these tests');
  },
  decompress: () => {
    throw new Error('not in these tests');
  },
};

export interface LabOptions {
  readonly settings?: Partial<LogSettings>;
  readonly openFilesMax?: number;
  readonly disk?: MemoryDisk;
  readonly store?: TestStore;
  readonly clock?: VirtualClock;
}

/** The world, and one log in it. */
export class Lab {
  readonly clock: VirtualClock;
  readonly disk: MemoryDisk;
  readonly store: TestStore;
  readonly flusher: Flusher;
  readonly files: FilePool;
  readonly settings: LogSettings;
  readonly events: LogEvent[] = [];
  readonly log: Log;
  written = Offset(0);
  synced = Offset(0);
  cuts: Offset[] = [];
  failures: Error[] = [];
  readonly #options: LabOptions;

  constructor(options: LabOptions = {}) {
    this.#options = options;
    this.clock = options.clock ?? new VirtualClock();
    this.disk = options.disk ?? new MemoryDisk({ clock: this.clock });
    this.store = options.store ?? new TestStore(this.clock);
    this.flusher = new Flusher({ clock: this.clock, disk: this.disk });
    this.files = new FilePool({ disk: this.disk, ...(options.openFilesMax && { openFilesMax: options.openFilesMax }) });
    this.settings = { ...defaultLogSettings, ...options.settings };
    this.log = this.open('p-0');
  }

  open(folder: string): Log {
    const { disk, store, clock, flusher, files } = this;
    return Log.open({
      folder,
      storePrefix: new TextEncoder().encode(`${folder}/`),
      settings: this.settings,
      world: { disk, store, clock, compute, flusher, files, report: (event) => this.events.push(event) },
      cleanShutdown: false,
      listener: {
        onWritten: (offset) => {
          this.written = offset;
        },
        onSynced: (offset) => {
          this.synced = offset;
        },
        onCut: (end) => this.cuts.push(end),
        onFailed: (error) => this.failures.push(error),
      },
    });
  }

  /** The machine loses power now, and comes back. */
  powerCut(): Lab {
    return this.#again(this.disk.crash());
  }

  /** The process is killed now, and started again. */
  kill(): Lab {
    return this.#again(this.disk.kill());
  }

  /** The log is closed in good order and opened again. */
  restart(): Lab {
    let closed = false;
    this.log.close((error) => {
      if (error !== undefined) throw error;
      closed = true;
    });
    this.clock.runUntil(() => closed);
    return this.kill();
  }

  #again(disk: MemoryDisk): Lab {
    return new Lab({ ...this.#options, clock: this.clock, disk, store: this.store.crash(this.clock) });
  }

  /** Lets everything under way come to its end. */
  settle(): void {
    this.clock.advance(5000);
  }

  append(batch: Uint8Array, epoch = 0): Offset {
    return this.log.append(batch, LeaderEpoch(epoch));
  }

  /** All that `read` finds, as bytes. */
  read(offset: number, bytesMax = 1_000_000, upTo: number = this.log.writtenOffset, minOneBatch = true): Uint8Array {
    const range = this.range(offset, bytesMax, upTo, minOneBatch);
    if (range === undefined) return new Uint8Array(0);
    const bytes = new Uint8Array(range.byteLength);
    let over = false;
    range.read(bytes, 0, (error) => {
      if (error !== undefined) throw error;
      over = true;
    });
    this.clock.runUntil(() => over);
    range.release();
    return bytes;
  }

  range(offset: number, bytesMax: number, upTo: number, minOneBatch: boolean): LogRange | undefined {
    let found: LogRange | undefined;
    let over = false;
    this.log.read(Offset(offset), bytesMax, Offset(upTo), minOneBatch, (error, range) => {
      if (error !== undefined) throw error;
      found = range;
      over = true;
    });
    this.clock.runUntil(() => over);
    return found;
  }
}

/** A batch of `count` records whose values are `size` bytes long. */
export function batchOf(
  count: number,
  options: BatchOptions & { readonly size?: number; readonly timestamp?: number } = {},
): Uint8Array {
  const builder = new BatchBuilder(options);
  for (let i = 0; i < count; i++) {
    builder.append({ timestamp: options.timestamp ?? 1000 + i, value: new Uint8Array(options.size ?? 10).fill(i + 1) });
  }
  return builder.build();
}
