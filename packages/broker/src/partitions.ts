import {
  type Clock,
  type Compute,
  type Disk,
  type Done,
  type LeaderEpoch,
  type MemoryBudget,
  OperatingError,
  type Store,
  type Uuid,
  utf8Decode,
  utf8Encode,
} from '@skerry/base';
import { DamageError, FilePool, Flusher, Log, type LogListener, type LogWorld, RetentionClock } from '@skerry/log';
import type { PartitionHolder, Topic } from './catalog.ts';
import { Cleaner } from './cleaner.ts';
import { DiskBudget } from './disk-budget.ts';
import { gather } from './gather.ts';
import { Partition, type PartitionIdentity } from './partition.ts';
import type { Report } from './report.ts';
import { readRetentionTime, retentionTimeChange } from './retention-time.ts';
import { Scrubber } from './scrubber.ts';
import type { LiveSettings } from './settings/live-settings.ts';
import { type TopicSettings, topicSettings } from './settings/topic-settings.ts';
import { folderTail, partitionFolder } from './topic-name.ts';
import { metadataTopic } from './topic-plan.ts';

export interface PartitionsWorld {
  readonly disk: Disk;
  readonly store: Store;
  readonly clock: Clock;
  readonly compute: Compute;
  readonly settings: LiveSettings;
  readonly report: Report;
  readonly memory: MemoryBudget;
  /** The node stopped in good order last time: no log needs to be read. */
  readonly cleanShutdown: boolean;
  readonly readOnly: boolean;
}

/** Where partitions' folders are, within the data folder. */
const topicsFolder = 'topics';
/** How often the retention clock is saved while the node runs. */
const clockSaveMs = 10 * 60_000;

/**
 * All partitions of this node: opens their logs, applies their topics' settings, expires old segments, and closes
 * them.
 */
export class Partitions implements PartitionHolder {
  readonly #world: PartitionsWorld;
  readonly #logWorld: LogWorld;
  readonly #retentionClock: RetentionClock;
  readonly budget: DiskBudget;
  #scrubber: Scrubber | undefined;
  #cleaner: Cleaner | undefined;
  #clockSavedMs = Number.NEGATIVE_INFINITY;
  /** Of topics without settings of their own. */
  #plainSettings: TopicSettings | undefined;
  /** What a start finds of partitions; looked up once, since there may be thousands. */
  #kept: { readonly folders: ReadonlySet<string>; readonly logs: ReadonlySet<string> } | undefined;
  /** Open partitions, and their folders. */
  readonly #open = new Map<Partition, string>();

  constructor(world: PartitionsWorld) {
    const { disk, store, clock, compute, report } = world;
    this.#world = world;
    const { now: settings } = world.settings;
    this.budget = new DiskBudget({ clock, disk, settings, report, partitions: () => this.#open.keys() });
    this.#retentionClock = new RetentionClock(clock, readRetentionTime(store));
    const files = new FilePool({ disk });
    this.#logWorld = { disk, store, clock, compute, files, flusher: new Flusher({ clock, disk }), report };
    disk.makeFolder(topicsFolder);
    const folders = new Set(disk.list(topicsFolder).map((name) => `${topicsFolder}/${name}`));
    this.#kept = { folders, logs: logsIn(store) };
  }

  get count(): number {
    return this.#open.size;
  }

  open(topic: Topic, index: number, leaderEpoch: LeaderEpoch): Partition {
    const settings = topic.partitions[0]?.settings ?? this.#settingsOf(topic);
    return this.openLog({ topic: topic.name, topicId: topic.id, index, leaderEpoch }, settings);
  }

  /** Most topics have no settings of their own: one object for all of these. */
  #settingsOf(topic: Topic): TopicSettings {
    const { now } = this.#world.settings;
    if (topic.configs.size > 0) return this.#withinBudget(topicSettings(now, topic.configs));
    this.#plainSettings ??= this.#withinBudget(topicSettings(now, topic.configs));
    return this.#plainSettings;
  }

  #withinBudget(settings: TopicSettings): TopicSettings {
    const { segmentBytesMax } = this.budget;
    if (segmentBytesMax === undefined || !settings.deletes) return settings;
    const segmentBytes = Math.min(settings.log.segmentBytes, Math.max(segmentBytesMax, settings.maxMessageBytes));
    return { ...settings, log: { ...settings.log, segmentBytes } };
  }

  /** Opens a partition; also one that no topic describes: the metadata log's. */
  openLog(identity: PartitionIdentity, settings: TopicSettings): Partition {
    const { topic, topicId, index } = identity;
    const folder = `${topicsFolder}/${partitionFolder(topic, topicId, index)}`;
    const storePrefix = utf8Encode(`log ${topicId} ${index} `);
    const onOffline = (error: OperatingError): void => {
      const { file, position, offset } = error instanceof DamageError ? error : {};
      this.#world.report({ kind: 'partitionOffline', topic, partition: index, error, file, position, offset });
    };
    const isBlank = this.#isBlank(folder, topicId, index);
    let unopened: OperatingError | undefined;
    const open = (current: TopicSettings, listener: LogListener): Log | undefined => {
      try {
        const { cleanShutdown } = this.#world;
        const log = Log.open({
          folder,
          storePrefix,
          settings: current.log,
          world: this.#logWorld,
          cleanShutdown,
          listener,
          leaderEpoch: identity.leaderEpoch,
          isNew: isBlank,
          retentionNowMs: () => this.#retentionClock.nowMs(),
        });
        this.#retentionClock.atLeast(log.appendedMs ?? 0);
        return log;
      } catch (error) {
        if (!(error instanceof OperatingError) || error.code !== 'SKR_DATA_CORRUPT') throw error;
        unopened = error;
        onOffline(error);
        return undefined;
      }
    };
    const partition = new Partition(identity, settings, { open, onOffline, isBlank });
    if (unopened !== undefined) partition.noteDamage(unopened);
    if (this.#world.readOnly) partition.setReadOnly();
    this.#open.set(partition, folder);
    return partition;
  }

  /** Whether nothing of a partition is on the disk or in the store. */
  #isBlank(folder: string, topicId: Uuid, index: number): boolean {
    if (this.#kept === undefined) return !this.#world.disk.exists(folder);
    return !this.#kept.folders.has(folder) && !this.#kept.logs.has(`log ${topicId} ${index}`);
  }

  /**
   * Calls back when all that the logs held at the start is committed: what a crash left written is synced first, so
   * that no client is told of an earlier end than before.
   */
  settled(done: Done): void {
    // Topics made from now on have ids that the store has never seen.
    this.#kept = undefined;
    const waiting = gather(done);
    if (!this.#world.readOnly) for (const partition of this.#open.keys()) partition.whenCommitted(waiting.one());
    waiting.all();
  }

  configured(topic: Topic): void {
    const settings = this.#settingsOf(topic);
    for (const partition of topic.partitions) partition.configure(settings);
  }

  nodeConfigured(cluster: ReadonlyMap<string, string>, node: ReadonlyMap<string, string>): void {
    this.#world.settings.alter(cluster, node);
    this.#plainSettings = undefined;
  }

  drop(topic: Topic, removed: () => void): void {
    const folders: string[] = [];
    const waiting = gather((error) => {
      if (error === undefined) this.#removeRest(topic.id, folders, removed);
    });
    for (const partition of topic.partitions) {
      const folder = this.#open.get(partition);
      this.#open.delete(partition);
      if (folder !== undefined) folders.push(folder);
      const one = waiting.one();
      partition.remove((error) => {
        if (error !== undefined) this.#removalFailed(topic.name, partition.index, error);
        one(error);
      });
    }
    waiting.all();
  }

  finishRemovals(ids: ReadonlySet<Uuid>, removed: (id: Uuid) => void): void {
    const known = new Set(this.#open.values());
    const idByTail = new Map([...ids].map((id) => [folderTail(id), id]));
    const foldersById = new Map<Uuid, string[]>([...ids].map((id) => [id, []]));
    for (const name of this.#world.disk.list(topicsFolder)) {
      const folder = `${topicsFolder}/${name}`;
      if (known.has(folder)) continue;
      const id = idByTail.get(name.slice(name.lastIndexOf('.') + 1));
      if (id === undefined) this.#world.report({ kind: 'strangeFolder', folder });
      else foldersById.get(id)?.push(folder);
    }
    for (const [id, folders] of foldersById) {
      this.#removeRest(id, folders, () => {
        for (const folder of folders) this.#world.report({ kind: 'removalFinished', folder });
        removed(id);
      });
    }
  }

  /** Removes what partitions of a topic left: folders that nobody has open, and keys. `removed` when it stays so. */
  #removeRest(id: Uuid, folders: readonly string[], removed: () => void): void {
    const { disk, store } = this.#world;
    const failed = (error: Error): void => this.#removalFailed(id, -1, error);
    try {
      for (const folder of folders) disk.remove(folder);
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      return failed(error);
    }
    const keys = store.entries(utf8Encode(`log ${id} `), utf8Encode(`log ${id}!`));
    const changes = [...keys].map(([key]) => ({ key, value: undefined }));
    disk.commitFolder(topicsFolder, (error) => {
      if (error !== undefined) failed(error);
      else if (changes.length === 0) removed();
      else store.commit(changes, (notSaved) => (notSaved === undefined ? removed() : failed(notSaved)));
    });
  }

  /** What is not saved costs little: a restart adds what the wall clock says has passed since. */
  #saveRetentionClock(done: Done): void {
    if (this.#world.readOnly) return done();
    this.#clockSavedMs = this.#world.clock.monotonicMs();
    this.#world.store.commit([retentionTimeChange(this.#retentionClock.time())], done);
  }

  #removalFailed(topic: string, partition: number, error: Error): void {
    this.#world.report({ kind: 'removalFailed', topic, partition, error });
  }

  /** Removes what `log.retention.*` no longer keeps. Topics whose cleanup.policy is not delete keep everything. */
  expire(): void {
    const { clock } = this.#world;
    if (clock.monotonicMs() - this.#clockSavedMs >= clockSaveMs) this.#saveRetentionClock(() => {});
    for (const partition of this.#open.keys()) {
      if (partition.refusal !== undefined || !partition.settings.deletes) continue;
      const { topic, index, log, highWatermark } = partition;
      log.deleteOldSegments(highWatermark, (error) => {
        if (error !== undefined && this.#open.has(partition)) this.#removalFailed(topic, index, error);
      });
    }
  }

  /** Begins to look through what is old for damage, in the background, until {@link close}. */
  scrub(): void {
    const { clock, settings } = this.#world;
    const written = (): Partition[] => [...this.#open.keys()].filter(({ isBlank }) => !isBlank);
    this.#scrubber = new Scrubber(clock, settings.now['skerry.scrub.bytes.per.second'], written);
  }

  /** Begins to compact partitions whose topics ask for that, in the background, until {@link close}. */
  compact(): void {
    const { clock, settings, report, memory, readOnly } = this.#world;
    if (readOnly || !settings.now['log.cleaner.enable']) return;
    this.#cleaner = new Cleaner({ clock, settings, report, memory, partitions: () => this.#compactable() });
  }

  /** The metadata log's records have no keys: what it says is the sum of all of them. */
  *#compactable(): Generator<Partition> {
    for (const partition of this.#open.keys()) if (partition.topic !== metadataTopic) yield partition;
  }

  /** Syncs and closes all logs; with an error the next start must recover. */
  close(done: Done): void {
    this.#scrubber?.stop();
    this.budget.stop();
    this.#cleaner?.stop();
    const waiting = gather(done);
    this.#saveRetentionClock(waiting.one());
    for (const partition of this.#open.keys()) {
      partition.close(waiting.one());
    }
    waiting.all();
  }
}

/** What keys of logs begin with, without the blank at its end: `log`, the topic's id, the partition's index. */
function logsIn(store: Store): Set<string> {
  const logs = new Set<string>();
  for (const [key] of store.entries(utf8Encode('log '), utf8Encode('log!'))) {
    // What follows the third blank is a number in bytes.
    let end = key.length;
    let blanks = 0;
    for (let i = 0; i < key.length && blanks < 3; i++) {
      if (key[i] !== blank) continue;
      blanks++;
      end = i;
    }
    logs.add(utf8Decode(key.subarray(0, end)));
  }
  return logs;
}

const blank = 0x20;
