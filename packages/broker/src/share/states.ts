/**
 * What `__share_group_state` says of each share partition (KIP-932), in Kafka's format. Each record here is a snapshot:
 * all of a partition's state, so that the log can be compacted and nothing builds on a record before it.
 */
import { assert, Offset, type Uuid } from '@skerry/base';
import {
  codec,
  type ErrorName,
  Reader,
  type ShareSnapshotValueInput,
  shareSnapshotKey,
  shareSnapshotValue,
} from '@skerry/wire';
import { encodeRecord } from '../record-codec.ts';
import type { StateRecord } from '../state-log.ts';
import type { SavedState } from './state.ts';

export interface ShareKey {
  readonly groupId: string;
  readonly topicId: Uuid;
  readonly partition: number;
}

/** `startOffset` −1: where the group's settings say, when somebody reads. */
export interface ShareState extends SavedState {
  readonly stateEpoch: number;
  readonly snapshotEpoch: number;
}

interface StatesWorld {
  wallMs(): number;
  append(name: string, record: StateRecord, done: (error?: ErrorName) => void): void;
}

/** Share partitions of all groups, at most; one more is refused. */
export const shareStatesMax = 100_000;

/** How Kafka names a share partition, to find its coordinator too. */
export function nameOf({ groupId, topicId, partition }: ShareKey): string {
  return `${groupId}:${topicId}:${partition}`;
}

export class ShareStates {
  readonly #world: StatesWorld;
  /** By group, then by topic and partition. */
  readonly #groups = new Map<string, Map<string, { readonly key: ShareKey; state: ShareState }>>();
  #size = 0;

  constructor(world: StatesWorld) {
    this.#world = world;
  }

  replay({ key, value }: StateRecord): void {
    if (key === null) return;
    const reader = new Reader(key);
    if (reader.int16() !== shareSnapshotKey.apiKey) return;
    const read = codec(shareSnapshotKey, 0).read(reader);
    if (value === null) return this.#forget(read);
    const valueReader = new Reader(value);
    const version = valueReader.int16();
    if (version !== 0) return;
    const { snapshotEpoch, stateEpoch, startOffset, stateBatches } = codec(shareSnapshotValue, 0).read(valueReader);
    const batches = stateBatches.map(({ firstOffset, lastOffset, deliveryState, deliveryCount }) => ({
      first: firstOffset,
      last: lastOffset,
      state: deliveryState,
      deliveries: deliveryCount,
    }));
    this.#set(read, { snapshotEpoch, stateEpoch, startOffset, batches });
  }

  get isFull(): boolean {
    return this.#size >= shareStatesMax;
  }

  get({ groupId, topicId, partition }: ShareKey): ShareState | undefined {
    return this.#groups.get(groupId)?.get(`${topicId}:${partition}`)?.state;
  }

  /** All share partitions of a group. */
  keysOf(groupId: string): ShareKey[] {
    return [...(this.#groups.get(groupId)?.values() ?? [])].map(({ key }) => key);
  }

  keysOfTopic(topicId: Uuid): ShareKey[] {
    return [...this.#groups.keys()].flatMap((group) => this.keysOf(group)).filter((key) => key.topicId === topicId);
  }

  /** Writes all of a share partition's state; calls back once it is durable. */
  write(key: ShareKey, saved: SavedState & { readonly stateEpoch: number }, done: (error?: ErrorName) => void): void {
    const before = this.get(key);
    if (before === undefined && this.isFull) return done('COORDINATOR_NOT_AVAILABLE');
    const state: ShareState = { ...saved, snapshotEpoch: (before?.snapshotEpoch ?? -1) + 1 };
    const now = BigInt(this.#world.wallMs());
    const value: ShareSnapshotValueInput = {
      snapshotEpoch: state.snapshotEpoch,
      stateEpoch: state.stateEpoch,
      leaderEpoch: 0,
      startOffset: Offset(state.startOffset),
      createTimestamp: now,
      writeTimestamp: now,
      stateBatches: state.batches.map(({ first, last, state: deliveryState, deliveries }) => ({
        firstOffset: Offset(first),
        lastOffset: Offset(last),
        deliveryState,
        deliveryCount: deliveries,
      })),
    };
    const record = { key: keyBytes(key), value: encodeRecord(shareSnapshotValue, 0, 0, value) };
    this.#world.append(nameOf(key), record, (error) => {
      if (error === undefined) this.#set(key, state);
      done(error);
    });
  }

  delete(key: ShareKey, done: (error?: ErrorName) => void): void {
    this.#world.append(nameOf(key), { key: keyBytes(key), value: null }, (error) => {
      if (error === undefined) this.#forget(key);
      done(error);
    });
  }

  #set(key: ShareKey, state: ShareState): void {
    let partitions = this.#groups.get(key.groupId);
    if (partitions === undefined) this.#groups.set(key.groupId, (partitions = new Map()));
    const name = `${key.topicId}:${key.partition}`;
    if (!partitions.has(name)) this.#size++;
    partitions.set(name, { key, state });
  }

  #forget(key: ShareKey): void {
    const partitions = this.#groups.get(key.groupId);
    if (partitions?.delete(`${key.topicId}:${key.partition}`) !== true) return;
    this.#size--;
    assert(this.#size >= 0, 'what is forgotten was known');
    if (partitions.size === 0) this.#groups.delete(key.groupId);
  }
}

function keyBytes(key: ShareKey): Uint8Array {
  return encodeRecord(shareSnapshotKey, shareSnapshotKey.apiKey, 0, key);
}
