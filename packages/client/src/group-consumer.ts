/**
 * A consumer in a classic group: reads the partitions that the group gives it, from where the group has got to.
 *
 * Within one assignment no record is told twice and none is left out; what `poll` tells is of partitions that are ours
 * at that moment, as far as the coordinator's session lets anybody know. What was told but not committed is told again
 * after a rebalance, to whoever reads on.
 *
 * Not done: static members (KIP-345), cooperative rebalances (KIP-429), giving up the partitions of a program that
 * polls no more (Java's max.poll.interval.ms), noticing that a log was cut below a position and has grown again
 * (KIP-320).
 */
import { assert, type Done, Offset, type Timer } from '@skerry/base';
import type { Callback } from './callback.ts';
import type { Client } from './client.ts';
import type { Cluster } from './cluster.ts';
import { Coordinator } from './coordinator.ts';
import { isRetriable, KafkaError } from './errors.ts';
import { type Assigned, type ConsumedRecord, Fetcher, type FetchOptions } from './fetcher.ts';
import { commitOffsets, committedOffsets, type PartitionOffset } from './group-offsets.ts';
import { type Claim, Membership, type MembershipOptions, type Revocation } from './membership.ts';
import { askOffset, type TopicPartition } from './offsets.ts';

export interface GroupConsumerOptions extends FetchOptions, Partial<MembershipOptions> {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where to begin, or to go on, where nothing is committed, or no longer there. */
  readonly reset?: 'earliest' | 'latest';
  /** Partitions are ours from here on, to be read from these offsets. May be none. */
  readonly onAssigned?: (partitions: readonly PartitionOffset[]) => void;
  /**
   * Partitions are ours no longer: `poll` tells nothing of them any more. What was told of them should be committed
   * before `proceed` is called, unless they are lost; the group waits for that, for the rebalance time-out at most.
   */
  readonly onRevoked?: (partitions: readonly TopicPartition[], why: Revocation, proceed: () => void) => void;
}

/** What one generation has given us. */
interface Assignment {
  readonly partitions: Assigned[];
  readonly fetcher: Fetcher;
  /** Where each partition begins is known, and told. */
  isLocated: boolean;
}

interface Poll {
  readonly done: Callback<ConsumedRecord[]>;
  timer: Timer | undefined;
}

interface Commit {
  readonly assignment: Assignment | undefined;
  readonly offsets: readonly PartitionOffset[];
  readonly claim: Claim;
  readonly deadlineMs: number;
  readonly done: Done;
  failures: number;
}

const maxWaitMsDefault = 500;

export class GroupConsumer {
  readonly #cluster: Cluster;
  readonly #options: GroupConsumerOptions & { readonly reset: 'earliest' | 'latest' };
  readonly #coordinator: Coordinator;
  readonly #membership: Membership;
  /** One is under way at a time, so that a commit tried again never undoes a later one. */
  readonly #commits: Commit[] = [];
  #assignment: Assignment | undefined;
  #poll: Poll | undefined;
  #failure: Error | undefined;
  #closed = false;

  /** Joins the group at once. */
  constructor({ cluster }: Client, options: GroupConsumerOptions) {
    const { groupId, topics, sessionTimeoutMs = 45_000, rebalanceTimeoutMs = 60_000 } = options;
    const { heartbeatIntervalMs = Math.min(3000, sessionTimeoutMs / 3), metadataMaxAgeMs = 300_000 } = options;
    this.#cluster = cluster;
    this.#options = { reset: 'latest', ...options };
    this.#coordinator = new Coordinator(cluster, groupId);
    this.#membership = new Membership(
      cluster,
      this.#coordinator,
      { groupId, topics, sessionTimeoutMs, rebalanceTimeoutMs, heartbeatIntervalMs, metadataMaxAgeMs },
      {
        assigned: (partitions) => this.#assigned(partitions),
        revoked: (why, proceed) => this.#revoked(why, proceed),
        failed: (error) => this.#failed(error),
      },
    );
    this.#membership.join();
  }

  /** The group's generation that our partitions are of; undefined while we have none. */
  get generationId(): number | undefined {
    return this.#membership.claim?.generationId;
  }

  /** What is read now: where `poll` goes on in each partition. */
  get positions(): readonly PartitionOffset[] {
    if (this.#assignment?.isLocated !== true) return [];
    return this.#assignment.partitions.map(({ topic, partition, position }) => ({
      topic,
      partition,
      offset: position,
    }));
  }

  /**
   * The next records, in order within each partition; none if there were none for `maxWaitMs`, or nothing is ours.
   * An error is for good. One poll at a time.
   */
  poll(done: Callback<ConsumedRecord[]>): void {
    assert(this.#poll === undefined, 'one poll at a time');
    this.#poll = { done, timer: undefined };
    this.#serve();
  }

  /**
   * Commits `offsets`, each that of the next record to read, or all positions; they must be of partitions that are
   * ours, or are just being let go. An error says that nothing is known of the commit, or that it was refused: then
   * the group has moved on, and so will we. It is not tried again once the partitions were given anew, even in the same
   * generation (a member that joins again may be told that nothing has changed): it would undo what was read since.
   */
  commit(offsets: readonly PartitionOffset[] | undefined, done: Done): void {
    const { claim } = this.#membership;
    const mine = offsets ?? this.positions;
    const foreign = mine.find(({ topic, partition }) => this.#find(topic, partition) === undefined);
    if (claim === undefined || foreign !== undefined) {
      const what = foreign === undefined ? 'commit' : `commit of ${foreign.topic}/${foreign.partition}`;
      this.#cluster.world.clock.soon(() => done(notOurs(what)));
      return;
    }
    const deadlineMs = this.#cluster.world.clock.monotonicMs() + this.#cluster.retryTimeoutMs;
    this.#commits.push({ assignment: this.#assignment, offsets: mine, claim, deadlineMs, done, failures: 0 });
    if (this.#commits.length === 1) this.#commitNext();
  }

  /** Goes on elsewhere in a partition that is ours; what was fetched meanwhile is forgotten. */
  seek(topic: string, partition: number, offset: number): void {
    const assigned = this.#find(topic, partition);
    if (assigned !== undefined) assigned.position = Offset(offset);
  }

  /** Leaves the group, once `onRevoked` has let go of the partitions. The client stays open. */
  close(done: () => void): void {
    this.#closed = true;
    this.#membership.leave(() => {
      this.#answer([]);
      done();
    });
  }

  #find(topic: string, partition: number): Assigned | undefined {
    return this.#assignment?.partitions.find((each) => each.topic === topic && each.partition === partition);
  }

  #assigned(partitions: readonly TopicPartition[]): void {
    const assignment: Assignment = {
      partitions: partitions.map((each) => ({ ...each, position: Offset(-1), dropped: false })),
      fetcher: new Fetcher(this.#cluster, this.#options),
      isLocated: false,
    };
    this.#assignment = assignment;
    this.#locate(assignment, 0);
  }

  /** Finds where to begin in each partition: where the group has got to, else where `reset` says. */
  #locate(assignment: Assignment, failures: number): void {
    const isNow = (): boolean => this.#assignment === assignment && !isOver(assignment);
    const retry = (error: Error): void => {
      if (!isRetriable(error)) return this.#failed(error);
      this.#cluster.world.clock.after(this.#cluster.pauseMs(failures), () => {
        if (isNow()) this.#locate(assignment, failures + 1);
      });
    };
    const located = (): void => {
      assignment.isLocated = true;
      this.#options.onAssigned?.(this.positions);
      this.#serve();
    };
    if (assignment.partitions.length === 0) return located();
    committedOffsets(this.#coordinator, this.#options.groupId, assignment.partitions, (error, offsets) => {
      if (!isNow()) return;
      if (error !== undefined) return retry(error);
      let due = 1;
      let failure: Error | undefined;
      const settle = (): void => {
        if (--due > 0 || !isNow()) return;
        if (failure === undefined) located();
        else retry(failure);
      };
      const isolation = this.#options.isolation ?? 'read_uncommitted';
      for (const [i, { offset }] of offsets.entries()) {
        const assigned = assignment.partitions[i] as Assigned;
        if (offset >= 0) assigned.position = Offset(offset);
        else {
          due++;
          askOffset(this.#cluster, assigned, this.#options.reset, isolation, (failed, place) => {
            if (failed === undefined) assigned.position = Offset(place);
            else failure ??= failed;
            settle();
          });
        }
      }
      settle();
    });
  }

  #revoked(why: Revocation, proceed: () => void): void {
    const assignment = this.#assignment;
    for (const assigned of assignment?.partitions ?? []) assigned.dropped = true;
    this.#answer([]);
    const over = (): void => {
      if (this.#assignment === assignment) this.#assignment = undefined;
      proceed();
    };
    // What was never told to be theirs is not taken from them either.
    if (assignment?.isLocated !== true || this.#options.onRevoked === undefined) return over();
    const partitions = assignment.partitions.map(({ topic, partition }) => ({ topic, partition }));
    this.#options.onRevoked(partitions, why, over);
  }

  #failed(error: Error): void {
    this.#failure ??= error;
    this.#serve();
  }

  /** Does for the poll that waits what can be done now. */
  #serve(): void {
    const poll = this.#poll;
    if (poll === undefined) return;
    if (this.#failure !== undefined) return this.#answer(this.#failure);
    const assignment = this.#assignment;
    const isReady = assignment?.isLocated === true && !isOver(assignment) && assignment.partitions.length > 0;
    if (!isReady || assignment.fetcher.isBusy || !this.#membership.isHeld || this.#closed) {
      poll.timer ??= this.#cluster.world.clock.after(this.#options.maxWaitMs ?? maxWaitMsDefault, () => {
        if (this.#poll === poll) this.#answer([]);
      });
      return;
    }
    poll.timer?.cancel();
    assignment.fetcher.fetch(
      assignment.partitions,
      (error, records) => {
        if (this.#poll === poll) this.#answer(error ?? records);
      },
      () => this.#poll === poll && this.#membership.isHeld,
    );
  }

  #answer(result: Error | ConsumedRecord[]): void {
    const poll = this.#poll;
    if (poll === undefined) return;
    this.#poll = undefined;
    poll.timer?.cancel();
    if (result instanceof Error) poll.done(result, undefined);
    else poll.done(undefined, result);
  }

  #commitNext(): void {
    const [commit] = this.#commits;
    if (commit === undefined) return;
    const settle = (error?: Error): void => {
      this.#commits.shift();
      commit.done(error);
      this.#commitNext();
    };
    if (commit.assignment !== this.#assignment) return settle(notOurs('commit'));
    const { clock } = this.#cluster.world;
    if (commit.offsets.length === 0) {
      clock.soon(() => settle());
      return;
    }
    commitOffsets(this.#coordinator, this.#options.groupId, commit.claim, commit.offsets, (error) => {
      if (error === undefined) return settle();
      if (!isRetriable(error) || clock.monotonicMs() >= commit.deadlineMs) {
        this.#membership.heard(error, commit.claim);
        return settle(error);
      }
      clock.after(this.#cluster.pauseMs(commit.failures++), () => this.#commitNext());
    });
  }
}

const notOurs = (what: string): KafkaError => new KafkaError('REBALANCE_IN_PROGRESS', what, 'not ours to commit now');

/** Its partitions are being let go, or were. */
const isOver = ({ partitions }: Assignment): boolean => partitions.some(({ dropped }) => dropped);
