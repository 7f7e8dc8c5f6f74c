/** A log on a simulated machine: what each test appends, reads and breaks. */
import { Bytes, type Compute, crc32c, LeaderEpoch, Offset } from '@skerry/base';
import { type Machine, type MemoryDisk, World } from '@skerry/testkit';
import { BatchBuilder, type BatchOptions, batchBaseOffset, batchLastOffset, batchLength } from '@skerry/wire';
import {
  defaultLogSettings,
  FilePool,
  Flusher,
  Log,
  type LogEvent,
  type LogListener,
  type LogRange,
  type LogSettings,
} from '../src/index.ts';

/** Compression is none here: each byte is inverted, so that "decompressing" is seen to be done. */
const inverted = (input: Uint8Array): Uint8Array => input.map((byte) => byte ^ 0xff);

export const compute: Compute = {
  crc32c,
  compress: (_algorithm, input, done) => done(undefined, inverted(input)),
  decompress: (_algorithm, input, _outputBytesMax, done) => done(undefined, inverted(input)),
};

export interface LabOptions {
  readonly seed?: number;
  readonly settings?: Partial<LogSettings>;
  readonly openFilesMax?: number;
  readonly machine?: Machine;
  readonly reads?: { ms: number };
  readonly world?: World;
}

/** One life of a process with one log; {@link Lab.powerCut} and the like give the next. */
export class Lab {
  readonly world: World;
  readonly machine: Machine;
  readonly disk: MemoryDisk;
  readonly flusher: Flusher;
  readonly files: FilePool;
  readonly events: LogEvent[] = [];
  readonly log: Log;
  written = Offset(0);
  synced = Offset(0);
  readonly cuts: Offset[] = [];
  readonly failures: Error[] = [];
  readonly damages: Error[] = [];
  /** Bytes that went through checksums of batches in this life. */
  summedBytes = 0;
  /** What a read through the pool takes, in milliseconds. */
  readonly reads: { ms: number };
  /** The retention clock. */
  nowMs = 0;
  readonly #options: LabOptions;

  constructor(options: LabOptions = {}) {
    this.#options = options;
    this.world = options.world ?? new World(options.seed ?? 1);
    this.reads = options.reads ?? { ms: 0.1 };
    const delayMs = (operation: string): number =>
      operation === 'sync' ? 1 : operation === 'read' ? this.reads.ms : 0.1;
    this.machine = options.machine ?? this.world.machine('one', { delayMs });
    const { clock, disk } = this.machine;
    this.disk = disk;
    this.flusher = new Flusher({ clock, disk });
    this.files = new FilePool({ disk, openFilesMax: options.openFilesMax ?? 100 });
    this.log = this.open('p-0');
  }

  open(folder: string, listener: Partial<LogListener> = {}): Log {
    const { flusher, files } = this;
    const { disk, store, clock } = this.machine;
    return Log.open({
      folder,
      storePrefix: new TextEncoder().encode(`${folder}/`),
      settings: { ...defaultLogSettings, ...this.#options.settings },
      world: {
        disk,
        store,
        clock,
        compute: this.#compute(),
        flusher,
        files,
        report: (event) => this.events.push(event),
      },
      cleanShutdown: false,
      retentionNowMs: () => this.nowMs,
      listener: {
        onWritten: (offset) => {
          this.written = offset;
        },
        onSynced: (offset) => {
          this.synced = offset;
        },
        onCut: (end) => this.cuts.push(end),
        onFailed: (error) => this.failures.push(error),
        onDamaged: (error) => this.damages.push(error),
        ...listener,
      },
    });
  }

  #compute(): Compute {
    return {
      ...compute,
      crc32c: (bytes, start, end, seed) => {
        if (end - start > 40) this.summedBytes += end - start;
        return crc32c(bytes, start, end, seed);
      },
    };
  }

  get clock(): World['clock'] {
    return this.world.clock;
  }

  /** The machine loses power now, and comes back. */
  powerCut(): Lab {
    this.machine.cutPower();
    return this.again();
  }

  /** The process is killed now, and started again. */
  kill(): Lab {
    this.machine.kill();
    return this.again();
  }

  /** The log is closed in good order and opened again. */
  restart(): Lab {
    this.do((done) => this.log.close(done));
    return this.kill();
  }

  /** Nothing is left of what the store held. */
  loseStore(): void {
    const { store } = this.machine;
    this.do((done) => {
      const keys = [...store.entries(Uint8Array.of(0), Uint8Array.of(255))].map(([key]) => ({ key, value: undefined }));
      store.commit(keys, done);
    });
  }

  again(settings?: Partial<LogSettings>): Lab {
    const { world, machine, reads } = this;
    return new Lab({ ...this.#options, ...(settings && { settings }), world, machine, reads });
  }

  /** Runs what calls back, to its end. */
  do(run: (done: (error?: Error) => void) => void): void {
    this.clock.finish(run);
  }

  /** Lets writes and syncs under way come to their end. */
  settle(): void {
    this.clock.advance(100);
  }

  append(batch: Uint8Array, epoch = 0): Offset {
    return this.log.append(batch, LeaderEpoch(epoch));
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  /** What one read finds, as bytes. */
  read(offset: number, bytesMax = 1_000_000, upTo: number = this.log.writtenOffset, minOneBatch = true): Uint8Array {
    const range = this.range(offset, bytesMax, upTo, minOneBatch);
    if (range === undefined) return new Uint8Array(0);
    const bytes = this.bytesOf(range);
    range.release();
    return bytes;
  }

  bytesOf(range: LogRange): Uint8Array {
    const bytes = new Uint8Array(range.byteLength);
    this.do((done) => range.read(bytes, 0, done));
    return bytes;
  }

  range(offset: number, bytesMax: number, upTo: number, minOneBatch: boolean): LogRange | undefined {
    let found: LogRange | undefined;
    this.do((done) =>
      this.log.read(Offset(offset), bytesMax, Offset(upTo), minOneBatch, (error, range) => {
        found = range;
        done(error);
      }),
    );
    return found;
  }

  /** All batches from `offset` on, read segment by segment. */
  readAll(offset: number = this.log.logStartOffset): Uint8Array[] {
    const found: Uint8Array[] = [];
    let next = offset;
    while (next < this.log.writtenOffset) {
      const bytes = this.read(next);
      if (bytes.length === 0) throw new Error(`nothing to read at ${next}`);
      for (const batch of batchesOf(bytes)) {
        found.push(batch);
        next = batchLastOffset(batch, 0) + 1;
      }
    }
    return found;
  }

  fileNames(): string[] {
    return this.disk.list('p-0').map((name) => name.replace(/^0+(?=\d)/, ''));
  }

  content(name: string): Uint8Array {
    const file = this.disk.open(`p-0/${name}`, { create: false });
    const bytes = new Uint8Array(file.size());
    file.readNow(bytes, 0 as never);
    file.close();
    return bytes;
  }
}

function batchesOf(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += batchLength(bytes, at)) {
    found.push(bytes.slice(at, at + batchLength(bytes, at)));
  }
  return found;
}

export const basesOf = (batches: readonly Uint8Array[]): number[] => batches.map((batch) => batchBaseOffset(batch, 0));

export interface BatchShape extends BatchOptions {
  /** Of each value. */
  readonly size?: number;
  /** Of the first record; the others follow by a millisecond each. */
  readonly timestamp?: number;
}

/** A batch of `count` records. */
export function batchOf(count: number, shape: BatchShape = {}): Uint8Array {
  const { size = 10, timestamp = 1000, ...options } = shape;
  const builder = new BatchBuilder(options);
  for (let i = 0; i < count; i++) {
    builder.append({ timestamp: timestamp + i, value: new Uint8Array(size).fill(i + 1) });
  }
  return builder.build();
}

/** Changes a file's bytes behind everybody's back. */
export function change({ machine }: Lab, path: string, at: number, edit: (old: number) => number): void {
  const file = machine.disk.open(path, { create: false });
  const byte = new Uint8Array(1);
  file.readNow(byte, Bytes(at));
  byte[0] = edit(byte[0] ?? 0);
  file.writeNow([byte], Bytes(at));
  file.close();
}
