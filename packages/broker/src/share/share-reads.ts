/**
 * How share groups read: their sessions, and the share partitions that somebody reads now. One per node, called by the
 * handlers of ShareFetch and ShareAcknowledge.
 */
import type { Clock, Uuid } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import type { Catalog } from '../catalog.ts';
import { Timers } from '../groups/timers.ts';
import type { Settings } from '../settings/settings.ts';
import { LivePartition } from './live-partition.ts';
import { type ShareSession, ShareSessions } from './sessions.ts';
import { type ShareSettings, shareSettings } from './settings-of.ts';
import { SharePartition } from './share-partition.ts';
import { nameOf, type ShareKey, type ShareStates } from './states.ts';

interface ReadsWorld {
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly settings: Settings;
  readonly states: ShareStates;
}

export class ShareReads {
  readonly sessions: ShareSessions;
  readonly states: ShareStates;
  readonly #world: ReadsWorld;
  readonly #timers: Timers;
  readonly #live = new Map<string, LivePartition>();

  constructor(world: ReadsWorld) {
    this.#world = world;
    this.states = world.states;
    this.#timers = new Timers(world.clock);
    this.sessions = new ShareSessions(() => world.settings['group.share.max.share.sessions']);
  }

  settingsOf(groupId: string): ShareSettings {
    return shareSettings(groupId, this.#world.settings, this.#world.catalog.resources);
  }

  /** A share partition at work; undefined if there is no such partition. */
  open(key: ShareKey): LivePartition | undefined {
    const partition = this.#world.catalog.topicById(key.topicId)?.partitions[key.partition];
    if (partition === undefined) return undefined;
    const name = nameOf(key);
    const known = this.#live.get(name);
    if (known !== undefined) return known;
    const live = new LivePartition(key, partition, {
      states: this.#world.states,
      timers: this.#timers,
      wallMs: () => this.#world.clock.wallMs(),
      settings: (groupId) => this.settingsOf(groupId),
    });
    this.#live.set(name, live);
    return live;
  }

  /** A share partition, if it is at work. */
  known(key: ShareKey): LivePartition | undefined {
    return this.#live.get(nameOf(key));
  }

  /** Up to where a group is done with a partition, and how many records come after; −1 where nobody knows. */
  standing(key: ShareKey): { readonly startOffset: number; readonly lag: number } {
    const live = this.known(key);
    if (live?.startOffset !== undefined) return { startOffset: live.startOffset, lag: live.lag ?? -1 };
    const saved = this.states.get(key);
    const partition = this.#world.catalog.topicById(key.topicId)?.partitions[key.partition];
    if (saved === undefined || saved.startOffset < 0) return { startOffset: -1, lag: -1 };
    if (partition === undefined || partition.refusal !== undefined) return { startOffset: saved.startOffset, lag: -1 };
    const share = new SharePartition(saved, () => this.settingsOf(key.groupId));
    return { startOffset: share.start, lag: share.lag(partition.highWatermark) };
  }

  /** Gives back all that a session's member holds, then calls back. */
  end(session: ShareSession, done: () => void = () => undefined): void {
    this.sessions.end(session);
    let due = 1;
    const settled = (): void => {
      if (--due === 0) done();
    };
    for (const { topicId, index } of session.partitions.values()) {
      const live = this.known({ groupId: session.groupId, topicId, partition: index });
      if (live === undefined) continue;
      due++;
      live.release(session.memberId, settled);
    }
    settled();
  }

  /** Moves a share partition's start, for a group that nobody is in. */
  reset(key: ShareKey, startOffset: number, done: (error?: ErrorName) => void): void {
    this.#drop(key);
    const stateEpoch = (this.states.get(key)?.stateEpoch ?? -1) + 1;
    this.states.write(key, { stateEpoch, startOffset, batches: [] }, done);
  }

  /** Forgets a share partition. */
  remove(key: ShareKey, done: (error?: ErrorName) => void): void {
    this.#drop(key);
    this.states.delete(key, done);
  }

  topicDeleted(topicId: Uuid): void {
    for (const [name, live] of this.#live) {
      if (live.key.topicId !== topicId) continue;
      live.close();
      this.#live.delete(name);
    }
    for (const key of this.states.keysOfTopic(topicId)) this.states.delete(key, () => undefined);
  }

  close(): void {
    this.#timers.close();
  }

  #drop(key: ShareKey): void {
    this.known(key)?.close();
    this.#live.delete(nameOf(key));
  }
}
