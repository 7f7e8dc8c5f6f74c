/**
 * Looks over the node's shoulder: counts what faults have done, and knows which files are safe by the node's own word.
 */
import type { BrokerEvent } from '@skerry/broker';
import { logLimits } from '@skerry/log';
import type { MemoryDisk, World } from '@skerry/testkit';
import { Counters } from './counters.ts';
import type { Ending } from './node.ts';

interface SafeFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * At which something is worth going wrong: a sync is asked for; one of the broker's own topics (topics and groups are
 * acknowledged by it); a segment is begun; one is given up to retention.
 */
export type Moment = 'sync' | 'sync of state' | 'roll' | 'removal';

export class Observer {
  readonly counters = new Counters();
  /** Folders of partitions, `topic-index`, of which a bit was flipped. */
  readonly damagedFolders = new Set<string>();
  /** Each is called once, when that happens next. */
  readonly atNext = new Map<Moment, () => void>();
  /** The last recovery point that each folder's log told. */
  readonly #recoveryPoints = new Map<string, number>();
  /** Segments that were begun, and of which nothing was synced yet. */
  readonly #rolling = new Set<string>();
  /** When this process began a segment, and so ended the one before. */
  readonly #begunMs = new Map<string, number>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    world.effect = (what) => this.counters.add(what);
    world.trace.observer = (what, where) => {
      if (what !== 'sync') return;
      if (this.#rolling.size > 0) this.#rolling.delete(where);
      this.#come('sync');
      if (where.startsWith('topics/__')) this.#come('sync of state');
    };
  }

  reported(event: BrokerEvent): void {
    this.counters.add(`event: ${event.kind}`);
    if (event.kind === 'rolled') {
      const path = segmentPath(event.folder, event.base);
      this.#rolling.add(path);
      this.#begunMs.set(path, this.#world.clock.monotonicMs());
      this.#come('roll');
    }
    if (event.kind === 'segmentRemoved' && event.why !== 'truncation') this.#come('removal');
    if (event.kind === 'checkpoint') this.#recoveryPoints.set(event.folder, event.recoveryPoint);
    if (event.kind === 'recovered' && event.cutBytes > 0) this.counters.add('torn batch found by recovery');
  }

  #come(moment: Moment): void {
    const aimed = this.atNext.get(moment);
    this.atNext.delete(moment);
    aimed?.();
  }

  ended(how: Ending): void {
    this.counters.add(`end: ${how}`);
    if (this.#rolling.size > 0 && how !== 'stop') this.counters.add('crash during a roll');
    this.#rolling.clear();
    this.#begunMs.clear();
  }

  /**
   * Segments that are closed, and lie below their log's recovery point. Those that were written a moment ago are left
   * out: the page cache has them, in which no disk changes a bit, and they are served from there as they are.
   */
  safeFiles(disk: MemoryDisk): SafeFile[] {
    const coolMs = this.#world.clock.monotonicMs() - logLimits.hotMs;
    return [...this.#recoveryPoints].flatMap(([folder, point]) => {
      const logs = disk.list(folder).filter((name) => name.endsWith('.log'));
      const safe = logs.filter((_name, i) => {
        const next = logs[i + 1];
        const endedMs = this.#begunMs.get(`${folder}/${next}`) ?? -Infinity;
        return next !== undefined && Number.parseInt(next, 10) <= point && endedMs <= coolMs;
      });
      return safe.map((name) => ({ path: `${folder}/${name}`, bytes: disk.bytesOf(`${folder}/${name}`) }));
    });
  }

  damaged(path: string): void {
    this.counters.add('flipped bit');
    this.damagedFolders.add(path.split('/').slice(0, -1).join('/'));
  }

  /** Whether a bit of partition `topic/index` was flipped. */
  isDamaged(partition: string): boolean {
    const name = partition.replace('/', '-');
    return [...this.damagedFolders].some((folder) => folder.includes(`/${name}.`));
  }
}

const segmentPath = (folder: string, base: number): string => `${folder}/${String(base).padStart(20, '0')}.log`;
