import {
  type Clock,
  type Compute,
  type Disk,
  type Done,
  type LeaderEpoch,
  OperatingError,
  type Store,
  utf8Encode,
} from '@skerry/base';
import { FilePool, Flusher, Log, type LogListener, type LogWorld } from '@skerry/log';
import type { PartitionHolder, Topic } from './catalog.ts';
import { gather } from './gather.ts';
import { Partition, type PartitionIdentity } from './partition.ts';
import type { Report } from './report.ts';
import type { Settings } from './settings/settings.ts';
import { type TopicSettings, topicSettings } from './settings/topic-settings.ts';
import { partitionFolder } from './topic-name.ts';

export interface PartitionsWorld {
  readonly disk: Disk;
  readonly store: Store;
  readonly clock: Clock;
  readonly compute: Compute;
  readonly settings: Settings;
  readonly report: Report;
  /** The node stopped in good order last time: no log needs to be read. */
  readonly cleanShutdown: boolean;
}

/** Where partitions' folders are, within the data folder. */
const topicsFolder = 'topics';

/**
 * All partitions of this node: opens their logs, applies their topics' settings, expires old segments, and closes
 * them.
 */
export class Partitions implements PartitionHolder {
  readonly #world: PartitionsWorld;
  readonly #logWorld: LogWorld;
  readonly #open = new Set<Partition>();

  constructor(world: PartitionsWorld) {
    const { disk, store, clock, compute, report } = world;
    this.#world = world;
    const files = new FilePool({ disk });
    this.#logWorld = { disk, store, clock, compute, files, flusher: new Flusher({ clock, disk }), report };
    disk.makeFolder(topicsFolder);
  }

  get count(): number {
    return this.#open.size;
  }

  open(topic: Topic, index: number, leaderEpoch: LeaderEpoch): Partition {
    const settings = topicSettings(this.#world.settings, topic.configs);
    return this.openLog({ topic: topic.name, topicId: topic.id, index, leaderEpoch }, settings);
  }

  /** Opens a partition that no topic describes: the metadata log's. */
  openLog(identity: PartitionIdentity, settings: TopicSettings): Partition {
    const { topic, topicId, index } = identity;
    const folder = `${topicsFolder}/${partitionFolder(topic, topicId, index)}`;
    const storePrefix = utf8Encode(`log ${topicId} ${index} `);
    const open = (listener: LogListener): Log | undefined => {
      try {
        const { cleanShutdown } = this.#world;
        return Log.open({
          folder,
          storePrefix,
          settings: settings.log,
          world: this.#logWorld,
          cleanShutdown,
          listener,
        });
      } catch (error) {
        if (!(error instanceof OperatingError) || error.code !== 'SKR_DATA_CORRUPT') throw error;
        this.#world.report({ kind: 'partitionOffline', topic, partition: index, error });
        return undefined;
      }
    };
    const partition = new Partition(identity, settings, open);
    this.#open.add(partition);
    return partition;
  }

  configured(topic: Topic): void {
    const settings = topicSettings(this.#world.settings, topic.configs);
    for (const partition of topic.partitions) partition.configure(settings);
  }

  drop(topic: Topic): void {
    for (const partition of topic.partitions) {
      this.#open.delete(partition);
      partition.remove((error) => {
        if (error !== undefined)
          this.#world.report({ kind: 'removalFailed', topic: topic.name, partition: partition.index, error });
      });
    }
  }

  /** Removes what `log.retention.*` no longer keeps. Until compaction exists, compacted topics keep everything. */
  expire(): void {
    for (const partition of this.#open) {
      if (partition.refusal !== undefined || partition.settings.compacted) continue;
      const { topic, index, log, highWatermark } = partition;
      log.deleteOldSegments(highWatermark, (error) => {
        if (error !== undefined) this.#world.report({ kind: 'removalFailed', topic, partition: index, error });
      });
    }
  }

  /** Syncs and closes all logs; with an error the next start must recover. */
  close(done: Done): void {
    const waiting = gather(done);
    for (const partition of this.#open) {
      partition.close(waiting.one());
    }
    waiting.all();
  }
}
