import { type Clock, type Done, type Store, utf8Encode } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import type { Catalog } from './catalog.ts';
import type { Cluster } from './cluster.ts';
import { gather } from './gather.ts';
import type { GroupRecord } from './groups/contract.ts';
import type { Settings } from './settings/settings.ts';
import { StateLog } from './state-log.ts';
import { defaultPlan, offsetsTopic } from './topic-plan.ts';

interface World {
  readonly catalog: Catalog;
  readonly cluster: Cluster;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: Settings;
}

/**
 * The logs behind the groups: the partitions of `__consumer_offsets`, which is made when the first client asks for a
 * coordinator.
 */
export class GroupLogs {
  readonly #world: World;
  readonly #replay: (record: GroupRecord) => void;
  readonly #logs: StateLog[] = [];

  constructor(world: World, replay: (record: GroupRecord) => void) {
    this.#world = world;
    this.#replay = replay;
  }

  /** Reads what the groups were when the node stopped. */
  start(done: Done): void {
    const topic = this.#world.catalog.topic(offsetsTopic);
    const waiting = gather(done);
    for (const partition of topic?.partitions ?? []) {
      if (partition.refusal !== undefined) continue;
      const { store, clock } = this.#world;
      const machine = {
        apply: ({ key, value }: { key: Uint8Array | null; value: Uint8Array | null }) => {
          if (key === null) return [];
          if (replaying) this.#replay({ key, value });
          return [{ key: key.slice(), value: value === null ? undefined : value.slice() }];
        },
        restore: (key: Uint8Array, value: Uint8Array) => this.#replay({ key, value }),
      };
      let replaying = true;
      const log = new StateLog(partition, machine, { store, clock, prefix: utf8Encode(`groups ${partition.index} `) });
      this.#logs[partition.index] = log;
      const started = waiting.one();
      log.start((error) => {
        replaying = false;
        started(error);
      });
    }
    waiting.all();
  }

  /** Makes the topic if it is not there; calls back when groups can be coordinated. */
  ready(done: (error?: ErrorName) => void): void {
    const { catalog, cluster, settings } = this.#world;
    if (this.#logs.length > 0) return done();
    cluster.ensureTopic(defaultPlan(offsetsTopic, settings), (error) => {
      if (error !== undefined || this.#logs.length > 0) return done(error);
      if (catalog.topic(offsetsTopic) === undefined) return done('COORDINATOR_NOT_AVAILABLE');
      this.start((failed) => done(failed === undefined ? undefined : 'COORDINATOR_NOT_AVAILABLE'));
    });
  }

  /** Why a group cannot be served now, if so. */
  refusal(groupId: string): ErrorName | undefined {
    if (this.#logs.length === 0) return undefined;
    return this.#logFor(groupId) === undefined ? 'COORDINATOR_NOT_AVAILABLE' : undefined;
  }

  append(groupId: string, records: readonly GroupRecord[], done: (error?: ErrorName) => void): void {
    this.ready((error) => {
      const log = this.#logFor(groupId);
      if (error !== undefined || log === undefined) return done(error ?? 'COORDINATOR_NOT_AVAILABLE');
      log.append(records, done);
    });
  }

  /** Brings the tables in the store up to date, for a quick start. */
  flush(done: Done): void {
    const waiting = gather(done);
    for (const log of this.#logs) {
      if (log === undefined) continue;
      log.flush(waiting.one());
    }
    waiting.all();
  }

  #logFor(groupId: string): StateLog | undefined {
    const count = this.#world.catalog.topic(offsetsTopic)?.partitions.length ?? 0;
    return count === 0 ? undefined : this.#logs[partitionOf(groupId, count)];
  }
}

/** The partition that keeps a group: Kafka's choice, Java's hash of the name. */
function partitionOf(groupId: string, count: number): number {
  let hash = 0;
  for (let i = 0; i < groupId.length; i++) hash = (Math.imul(hash, 31) + groupId.charCodeAt(i)) | 0;
  return (hash & 0x7fffffff) % count;
}
