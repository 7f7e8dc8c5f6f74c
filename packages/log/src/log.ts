/**
 * One partition's records: what is appended, what is read, how both survive. The broker's partition is its one owner.
 *
 *   log start ≤ recovery point ≤ synced ≤ written ≤ end
 *
 * `end` counts what is in memory, `written` what is in the page cache and may be read, `synced` what survives a power cut.
 */
import { assert, type LeaderEpoch, type Offset, OperatingError } from '@skerry/base';
import { Checkpointer } from './checkpointer.ts';
import type { LeaderEpochs } from './epochs.ts';
import type { LogRange } from './log-range.ts';
import { LogReader } from './log-reader.ts';
import { type LogParts, LogWriter } from './log-writer.ts';
import type { ProducerStates } from './producers.ts';
import { type Recovered, recover } from './recovery.ts';
import type { SegmentList } from './segment-list.ts';
import { SegmentList as Segments } from './segment-list.ts';
import type { LogSettings } from './settings.ts';
import { LogState } from './state.ts';
import { Tail } from './tail.ts';
import type { LogOptions } from './world.ts';

export class Log {
  readonly folder: string;
  readonly producers: ProducerStates;
  readonly epochs: LeaderEpochs;
  readonly #parts: LogParts;
  readonly #segments: SegmentList;
  readonly #writer: LogWriter;
  readonly #checkpoints: Checkpointer;
  readonly #reader: LogReader;
  #settings: LogSettings;
  #closed = false;

  /** Opens the log in `folder`, or begins one there. SKR_DATA_CORRUPT for damage to what was safe. */
  static open(options: LogOptions): Log {
    const { world, folder } = options;
    const state = new LogState(world.store, world.compute, options.storePrefix);
    if (!world.disk.exists(folder)) world.disk.makeFolder(folder);
    const recovered = recover({ folder, world, state, settings: () => options.settings });
    return new Log(options, state, recovered);
  }

  private constructor(options: LogOptions, state: LogState, recovered: Recovered) {
    const { folder, world, listener } = options;
    this.folder = folder;
    this.#settings = options.settings;
    this.producers = recovered.producers;
    this.epochs = recovered.epochs;
    this.#segments = new Segments(folder, world.files, recovered.segments);
    this.#parts = {
      folder,
      world,
      listener,
      segments: this.#segments,
      producers: this.producers,
      epochs: this.epochs,
      tail: new Tail(),
      settings: () => this.#settings,
      retentionNowMs: options.retentionNowMs ?? (() => world.clock.wallMs()),
    };
    const failed = (error: Error): void => this.#writer.fail(error);
    this.#checkpoints = new Checkpointer(
      { ...this.#parts, state, failed },
      recovered.logStart,
      recovered.checkpoint,
      recovered.snapshots,
    );
    this.#writer = new LogWriter(this.#parts, this.#checkpoints, recovered.synced);
    this.#reader = new LogReader(this.#parts);
    if (recovered.removedFiles) this.#holdUntilRemoved();
    for (const segment of recovered.segments) if (segment.isClosed) this.#checkpoints.closed(segment);
  }

  /** What was removed must not come back after a power cut, beside what is written from now on. */
  #holdUntilRemoved(): void {
    this.#writer.hold();
    this.#parts.world.disk.commitFolder(this.folder, (error) => {
      if (error === undefined) this.#writer.letGo();
      else this.#writer.fail(error);
    });
  }

  get logStartOffset(): Offset {
    return this.#checkpoints.logStart;
  }

  get logEndOffset(): Offset {
    return this.#writer.end;
  }

  get writtenOffset(): Offset {
    return this.#writer.written;
  }

  get syncedOffset(): Offset {
    return this.#writer.synced;
  }

  get settings(): LogSettings {
    return this.#settings;
  }

  configure(settings: LogSettings): void {
    this.#settings = settings;
  }

  /** Bytes of all segments, as written. */
  get sizeBytes(): number {
    let bytes = 0;
    for (const segment of this.#segments.all) bytes += segment.size;
    return bytes;
  }

  /**
   * Takes `batch`, exactly one of magic 2 that the caller has checked: gives it its base offset and leader epoch in place, and queues it for this
   * turn's write. Its bytes are lent until `onWritten` has passed their end, or `onCut` has refused them.
   */
  append(batch: Uint8Array, leaderEpoch: LeaderEpoch): Offset {
    assert(!this.#closed, 'a closed log takes nothing');
    return this.#writer.append(batch, leaderEpoch);
  }

  /**
   * A pinned range of one segment: batches from the one that holds `offset`, below `upTo`, at most `bytesMax` bytes (the last batch may be
   * cut), but one whole batch with `minOneBatch`. No range if there is nothing to read. Calls back before it returns when the data is hot.
   */
  read(
    offset: Offset,
    bytesMax: number,
    upTo: Offset,
    minOneBatch: boolean,
    done: (error: Error | undefined, range: LogRange | undefined) => void,
  ): void {
    assert(offset >= this.logStartOffset && offset <= this.logEndOffset, 'a read within the log');
    const written = this.#writer.written;
    try {
      this.#reader.read({ offset, bytesMax, upTo: upTo < written ? upTo : written, minOneBatch }, done);
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      done(error, undefined);
    }
  }

  /** Syncs, saves the recovery point and the producers, and closes the files. Nothing may be under way but writes. */
  close(done: (error?: Error) => void): void {
    assert(!this.#closed, 'a log is closed once');
    this.#closed = true;
    const { flusher } = this.#parts.world;
    this.#writer.whenIdle(() => {
      this.#checkpoints.want((error) => {
        flusher.forget(this.#writer);
        for (const segment of this.#segments.all) segment.discard();
        done(error);
      });
      flusher.syncLater(this.#writer);
    });
  }
}
