/**
 * Offsets that are committed within transactions (KIP-98, KIP-447): in the log at once, in the group when the
 * transaction commits, and never if it does not.
 */
import type { ErrorName } from '@skerry/wire';
import type { Claim } from '../transactions/state.ts';
import { type CommitClaim, transactionalClaim } from './consumer/claims.ts';
import type { ConsumerGroup } from './consumer/consumer-group.ts';
import type { CommitAnswer, CommitRequest, GroupRecord, GroupsWorld } from './contract.ts';
import type { ClassicGroup, Moment } from './group.ts';
import { commitChanges, commitRefused, offsetRecords, transactionalRefusal } from './offsets.ts';
import { readRecord } from './records.ts';
import type { GroupRoom } from './room.ts';
import type { Timers } from './timers.ts';

type Group = ClassicGroup | ConsumerGroup;

/** The groups around them. */
interface Inside {
  readonly world: GroupsWorld;
  readonly room: GroupRoom;
  readonly timers: Timers;
  now(): Moment;
  find(groupId: string): Group | undefined;
  create(groupId: string): ClassicGroup;
  /** Why no group is made for this commit, if so. */
  createRefusal(request: CommitRequest): ErrorName | undefined;
  append(group: Group, make: () => readonly GroupRecord[], done: (error?: ErrorName) => void, claim: Claim): void;
  /** Something has ended in the group. */
  look(group: ClassicGroup): void;
}

export class TransactionalCommits {
  readonly #inside: Inside;

  constructor(inside: Inside) {
    this.#inside = inside;
  }

  /** Called in the turn in which the transaction has let the group's partition in: see `Transactions.enlist`. */
  commit(request: CommitRequest, claim: Claim, reply: (answer: CommitAnswer) => void): void {
    const { world, room, timers } = this.#inside;
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return reply(commitRefused(request, refusal));
    const group = this.#inside.find(request.groupId) ?? this.#inside.create(request.groupId);
    const held: CommitClaim = group.kind === 'consumer' ? transactionalClaim(group, request, world.topics) : undefined;
    const at = { now: this.#inside.now(), settings: world.settings, room, claim: held };
    const { changes, answer } = commitChanges(request, group.offsets, at);
    const late = (): CommitAnswer => commitRefused(request, 'COORDINATOR_NOT_AVAILABLE');
    const inTime = timers.within(world.settings['offsets.commit.timeout.ms'], late, reply);
    const done = (error?: ErrorName): void => inTime(error === undefined ? answer : commitRefused(request, error));
    if (changes.length === 0) done();
    else this.#inside.append(group, () => offsetRecords(group, changes), done, claim);
    if (group.kind === 'classic') this.#inside.look(group);
  }

  #refusal(request: CommitRequest): ErrorName | undefined {
    const { groupId, generationId } = request;
    const refusal = this.#inside.world.refusal(groupId);
    if (refusal !== undefined) return refusal;
    const group = this.#inside.find(groupId);
    if (group?.kind === 'classic') return transactionalRefusal(group, request);
    if (group !== undefined) {
      const held = transactionalClaim(group, request, this.#inside.world.topics);
      return typeof held === 'string' ? held : undefined;
    }
    return generationId >= 0 ? 'ILLEGAL_GENERATION' : this.#inside.createRefusal(request);
  }

  /** A record that was written within a transaction begins to wait for its end, or ceases to. */
  pending(producerId: number, key: Uint8Array, isPending: boolean): void {
    const record = readRecord(key, null);
    if (record?.kind !== 'offset') return;
    const { groupId, topic, partition } = record;
    const group = this.#inside.find(groupId) ?? (isPending ? this.#inside.create(groupId) : undefined);
    if (group === undefined) return;
    group.offsets.setPending(topic, partition, producerId, isPending);
    if (group.kind === 'classic') this.#inside.look(group);
  }
}
