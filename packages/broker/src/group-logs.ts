/**
 * The logs behind the groups: the partitions of `__consumer_offsets`. What members commit within transactions waits
 * there for their end (`pending-records.ts`).
 */
import type { Done, StoreChange } from '@skerry/base';
import type { ErrorName, Marker } from '@skerry/wire';
import { CoordinatorLogs, type CoordinatorWorld } from './coordinator-logs.ts';
import type { GroupRecord } from './groups/contract.ts';
import { type PendingListener, PendingRecords } from './pending-records.ts';
import type { StateMachine } from './state-log.ts';
import { offsetsTopic } from './topic-plan.ts';
import type { Claim } from './transactions/state.ts';

/** Who is told of what the logs say. */
export interface GroupReplay extends PendingListener {
  /** A record that counts: at start, and when the transaction it was written in has committed. */
  replay(record: GroupRecord): void;
}

export class GroupLogs {
  readonly #logs: CoordinatorLogs;

  constructor(world: CoordinatorWorld, groups: GroupReplay) {
    this.#logs = new CoordinatorLogs(world, {
      topic: offsetsTopic,
      prefix: 'groups',
      lingerMs: () => world.settings['group.coordinator.append.linger.ms'],
      machine: () => machineOf(groups),
    });
  }

  /** Reads what the groups were when the node stopped. One log that is damaged costs its own groups only. */
  start(done: Done): void {
    this.#logs.start(done);
  }

  /** Makes the topic if it is not there; calls back when groups can be coordinated. */
  ready(done: (error?: ErrorName) => void): void {
    this.#logs.ready(done);
  }

  /** Why a group cannot be served now, if so. */
  refusal(groupId: string): ErrorName | undefined {
    return this.#logs.refusal(groupId);
  }

  /** The partition that keeps a group. */
  partitionOf(groupId: string): number {
    return this.#logs.partitionOf(groupId);
  }

  append(groupId: string, records: readonly GroupRecord[], done: (error?: ErrorName) => void, claim?: Claim): void {
    this.#logs.append(groupId, records, done, claim);
  }

  /** Ends a producer's transaction in a partition. */
  end(partition: number, marker: Marker, done: (error?: ErrorName) => void): void {
    this.#logs.end(partition, marker, done);
  }

  /** Brings the tables in the store up to date, for a quick start. */
  flush(done: Done): void {
    this.#logs.flush(done);
  }
}

function machineOf(groups: GroupReplay): StateMachine {
  const pending = new PendingRecords(groups);
  let replaying = true;
  return {
    apply: (record, owner) => {
      const { key, value } = record;
      if (key === null) return [];
      if (owner !== undefined) return pending.add(record, owner);
      if (replaying) groups.replay({ key, value });
      return [...pending.overtake(key), rowOf(key, value)];
    },
    ended: (producerId, committed) => {
      const { counting, changes } = pending.end(producerId, committed);
      for (const { key, value } of counting) {
        groups.replay({ key, value });
        changes.push(rowOf(key, value));
      }
      return changes;
    },
    restore: (key, value) => {
      if (!pending.restore(key, value)) groups.replay({ key, value });
    },
    loaded: () => {
      replaying = false;
    },
  };
}

function rowOf(key: Uint8Array, value: Uint8Array | null): StoreChange {
  return { key: key.slice(), value: value === null ? undefined : value.slice() };
}
