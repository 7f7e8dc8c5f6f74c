import type { Clock, Timer } from '@skerry/base';
import type { Partition } from './partition.ts';
import type { Report } from './report.ts';
import type { LiveSettings } from './settings/live-settings.ts';

export interface CleanerWorld {
  readonly clock: Clock;
  readonly settings: LiveSettings;
  readonly report: Report;
  /** Those that may be compacted. */
  readonly partitions: () => Iterable<Partition>;
}

/** A partition that failed, or could not go on, is left alone so long. */
const pauseMs = 60_000;

/**
 * Compacts the partitions of this node, one at a time, the dirtiest first (`log.cleaner.*`), until it is stopped. A
 * pass that a full disk ends is tried again; damage takes its partition offline, as a read by a client does.
 */
export class Cleaner {
  readonly #world: CleanerWorld;
  readonly #notBeforeMs = new WeakMap<Partition, number>();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(world: CleanerWorld) {
    this.#world = world;
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
    const bounds = {
      mapBytesMax: settings.now['log.cleaner.dedupe.buffer.size'],
      bytesPerSecondMax: settings.now['log.cleaner.io.max.bytes.per.second'],
    };
    const { cleanedOffset } = log;
    log.compact(partition.settings.compaction, bounds, partition.compactableTo, (error, result) => {
      if (this.#stopped) return;
      if (error !== undefined) report({ kind: 'compactionPutOff', topic, partition: index, error });
      if (result === undefined || result.cleaned <= cleanedOffset) this.#pause(partition);
      this.#after(0);
    });
  }

  #pause(partition: Partition): void {
    this.#notBeforeMs.set(partition, this.#world.clock.monotonicMs() + pauseMs);
  }
}
