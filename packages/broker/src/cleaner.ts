import type { Clock, MemoryBudget, Timer } from '@skerry/base';
import type { Partition } from './partition.ts';
import type { Report } from './report.ts';
import type { LiveSettings } from './settings/live-settings.ts';

export interface CleanerWorld {
  readonly clock: Clock;
  readonly settings: LiveSettings;
  readonly report: Report;
  readonly memory: MemoryBudget;
  /** Those that may be compacted. */
  readonly partitions: () => Iterable<Partition>;
}

/** A partition that failed, or could not go on, is left alone so long. */
const pauseMs = 60_000;
/** A map takes no more of the memory that is free, */
const freeShare = 1 / 2;
/** and begins with no less. */
const mapBytesMin = 1024 * 1024;
/** It can grow by so much for each byte of records, which few are smaller than. */
const mapBytesPerByte = 4;
/** How long it waits for memory. */
const memoryWaitMs = 1000;

/**
 * Compacts the partitions of this node, one at a time, the dirtiest first (`log.cleaner.*`), until it is stopped. A
 * pass that a full disk ends is tried again; damage takes its partition offline, as a read by a client does. The map
 * of a pass draws on the memory budget: with little free it is smaller, and the log takes more passes; with less than
 * that they wait.
 */
export class Cleaner {
  readonly #world: CleanerWorld;
  readonly #notBeforeMs = new WeakMap<Partition, number>();
  #timer: Timer | undefined;
  #stopped = false;
  #mapBytes = 0;

  constructor(world: CleanerWorld) {
    this.#world = world;
    world.memory.add({ name: 'compaction', bytes: () => this.#mapBytes });
    this.#idle();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #idle(): void {
    this.#after(this.#world.settings.now['log.cleaner.backoff.ms']);
  }

  #after(delayMs: number): void {
    if (!this.#stopped) this.#timer = this.#world.clock.after(delayMs, () => this.#step());
  }

  #step(): void {
    const partition = this.#dirtiest();
    if (partition === undefined) this.#idle();
    else this.#compact(partition);
  }

  #dirtiest(): Partition | undefined {
    const nowMs = this.#world.clock.monotonicMs();
    let found: Partition | undefined;
    let most = -1;
    for (const partition of this.#world.partitions()) {
      const { settings, refusal, isBlank } = partition;
      if (!settings.compacted || isBlank || refusal !== undefined) continue;
      if (nowMs < (this.#notBeforeMs.get(partition) ?? 0)) continue;
      const { isDue, ratio } = partition.log.dirt(settings.compaction, partition.compactableTo);
      if (!isDue || ratio <= most) continue;
      found = partition;
      most = ratio;
    }
    return found;
  }

  #compact(partition: Partition): void {
    const { settings, report } = this.#world;
    const { topic, index, log } = partition;
    const mapBytes = this.#mapBytesFor(partition);
    if (mapBytes < mapBytesMin) return this.#after(memoryWaitMs);
    this.#mapBytes = mapBytes;
    const bounds = {
      mapBytesMax: mapBytes,
      bytesPerSecondMax: settings.now['log.cleaner.io.max.bytes.per.second'],
    };
    const { cleanedOffset } = log;
    log.compact(partition.settings.compaction, bounds, partition.compactableTo, (error, result) => {
      this.#mapBytes = 0;
      if (this.#stopped) return;
      if (error !== undefined) report({ kind: 'compactionPutOff', topic, partition: index, error });
      if (result === undefined || result.cleaned <= cleanedOffset) this.#pause(partition);
      this.#after(0);
    });
  }

  #mapBytesFor({ log, settings, compactableTo }: Partition): number {
    const { memory, settings: node } = this.#world;
    memory.trim();
    const { bytes } = log.dirt(settings.compaction, compactableTo);
    const useful = Math.max(bytes * mapBytesPerByte, mapBytesMin);
    const allowed = Math.max(node.now['log.cleaner.dedupe.buffer.size'], mapBytesMin);
    return Math.min(allowed, useful, Math.floor(memory.freeBytes * freeShare));
  }

  #pause(partition: Partition): void {
    this.#notBeforeMs.set(partition, this.#world.clock.monotonicMs() + pauseMs);
  }
}
