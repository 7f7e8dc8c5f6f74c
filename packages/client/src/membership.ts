/**
 * A member of a classic group (KIP-62, KIP-394), without its partitions' records: joins, assigns if it leads, keeps
 * its session, joins again when the group rebalances or has lost it, leaves.
 *
 *   idle     --join()-->                                        joining
 *   joining  --let in-->                                        syncing
 *   syncing  --assignment told-->                               stable
 *   syncing  --the group has moved on-->                        joining
 *   stable   --the group rebalances, or does not know us-->     revoking
 *   revoking --the owner has let go of its partitions-->        joining
 *   any      --leave(), or a refusal that no trying changes-->  over
 *
 * What a time-out or a broken connection leaves open is asked again, with a pause that grows; while the coordinator
 * cannot be reached the assignment stays, but {@link Membership.isHeld} says no once the session may have run out:
 * the partitions may be somebody else's then.
 */
import { assert, type Timer } from '@skerry/base';
import {
  type ErrorName,
  heartbeatRequest,
  heartbeatResponse,
  type JoinGroupResponse,
  joinGroupRequest,
  joinGroupResponse,
  leaveGroupRequest,
  leaveGroupResponse,
  syncGroupRequest,
  syncGroupResponse,
} from '@skerry/wire';
import type { Callback } from './callback.ts';
import type { Cluster } from './cluster.ts';
import type { Coordinator } from './coordinator.ts';
import { isRetriable, KafkaError } from './errors.ts';
import {
  assignRanges,
  consumerProtocol,
  rangeStrategy,
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from './group-protocol.ts';
import type { TopicPartition } from './offsets.ts';

export interface MembershipOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** After so long without a word from us, our partitions are given to others. */
  readonly sessionTimeoutMs: number;
  /** For how long a rebalance waits for us to let go of what we have. */
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** How often the leader looks whether topics have other partitions than those it has shared out. */
  readonly metadataMaxAgeMs: number;
}

/**
 * Why partitions are given up: the group shares them out anew, and commits are still taken; we are no longer a member
 * and commits are refused; or we leave.
 */
export type Revocation = 'rebalance' | 'lost' | 'left';

export interface MembershipEvents {
  assigned(partitions: readonly TopicPartition[]): void;
  /** The partitions are to be let go; `proceed` tells that they are. */
  revoked(why: Revocation, proceed: () => void): void;
  /** It is over: no trying will help. */
  failed(error: Error): void;
}

/** Who speaks, and of which generation. */
export interface Claim {
  readonly memberId: string;
  readonly generationId: number;
}

/** Errors that say that this member, or its generation, is of the past. */
const lostBy: ReadonlySet<ErrorName> = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);
const memberIdRequired = 79;
/** The same while a topic is missing. */
const missingTopicMs = 1000;
/** Beyond the rebalance time-out, for the coordinator's own delays: group.initial.rebalance.delay.ms above all. */
const joinGraceMs = 5000;

export class Membership {
  readonly #cluster: Cluster;
  readonly #coordinator: Coordinator;
  readonly #options: MembershipOptions;
  readonly #events: MembershipEvents;
  #state: 'idle' | 'joining' | 'syncing' | 'stable' | 'revoking' | 'over' = 'idle';
  /** Counts changes of state: an answer to what an earlier state asked is nobody's. */
  #turn = 0;
  #memberId = '';
  #generationId = -1;
  #failures = 0;
  #heartbeat: Timer | undefined;
  /** What the leader has shared out: partitions by topic. Undefined for the others. */
  #shared: ReadonlyMap<string, number> | undefined;
  /** When we sent what the coordinator last took for a sign of life. */
  #heardMs = -Infinity;

  constructor(cluster: Cluster, coordinator: Coordinator, options: MembershipOptions, events: MembershipEvents) {
    this.#cluster = cluster;
    this.#coordinator = coordinator;
    this.#options = options;
    this.#events = events;
  }

  /** Whether the partitions are surely still ours. */
  get isHeld(): boolean {
    if (this.#state !== 'stable') return false;
    return this.#cluster.world.clock.monotonicMs() < this.#heardMs + this.#options.sessionTimeoutMs;
  }

  /** With what a commit must be signed; undefined where none would be taken. */
  get claim(): Claim | undefined {
    if (this.#state !== 'stable' && this.#state !== 'revoking') return undefined;
    return { memberId: this.#memberId, generationId: this.#generationId };
  }

  join(): void {
    assert(this.#state === 'idle', 'a member joins once');
    this.#join();
  }

  /** What a commit was answered, should it say something of our membership. */
  heard(error: Error, claim: Claim): void {
    if (!(error instanceof KafkaError) || !(error.code === 'REBALANCE_IN_PROGRESS' || lostBy.has(error.code))) return;
    if (claim.generationId !== this.#generationId || claim.memberId !== this.#memberId) return;
    if (this.#state === 'stable' || this.#state === 'revoking') this.#toldOff(error);
  }

  /** Lets go of the partitions, says goodbye if anybody hears it, and calls back. */
  leave(done: () => void): void {
    if (this.#state === 'over') return done();
    const owns = this.#state === 'stable';
    this.#enter('revoking');
    const goodbye = (): void => {
      this.#enter('over');
      if (this.#memberId === '') return done();
      const { groupId } = this.#options;
      const members = [{ memberId: this.#memberId }];
      this.#coordinator.ask(
        {
          request: leaveGroupRequest,
          response: leaveGroupResponse,
          input: (version) => (version >= 3 ? { groupId, members } : { groupId, memberId: this.#memberId }),
          error: ({ errorCode }) => errorCode,
        },
        done,
      );
    };
    if (owns) this.#events.revoked('left', goodbye);
    else goodbye();
  }

  /** Another state: nothing of the last one's goes on. */
  #enter(state: 'joining' | 'syncing' | 'stable' | 'revoking' | 'over'): () => boolean {
    assert(this.#state !== 'over', 'what is over stays so');
    this.#state = state;
    this.#heartbeat?.cancel();
    const turn = ++this.#turn;
    return () => turn === this.#turn;
  }

  #join(): void {
    const isNow = this.#enter('joining');
    const { groupId, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const input = {
      groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId: this.#memberId,
      protocolType: consumerProtocol,
      protocols: [{ name: rangeStrategy, metadata: writeSubscription(topics) }],
    };
    this.#coordinator.ask(
      {
        request: joinGroupRequest,
        response: joinGroupResponse,
        extraMs: rebalanceTimeoutMs + joinGraceMs,
        input: () => input,
        error: ({ errorCode }) => (errorCode === memberIdRequired ? 0 : errorCode),
      },
      (error, answer) => {
        if (!isNow()) return;
        if (error !== undefined) return this.#again(error, () => this.#join());
        this.#memberId = answer.memberId;
        if (answer.errorCode === memberIdRequired) return this.#join();
        this.#failures = 0;
        this.#generationId = answer.generationId;
        this.#lead(answer);
      },
    );
  }

  /** The leader decides who reads what; the others tell nothing. */
  #lead(answer: JoinGroupResponse): void {
    const isNow = this.#enter('syncing');
    this.#shared = undefined;
    if (answer.leader !== answer.memberId || answer.skipAssignment) return this.#sync(isNow, []);
    const members = answer.members.map(({ memberId, metadata }) => ({ memberId, topics: readSubscription(metadata) }));
    const topics = [...new Set(members.flatMap((member) => member.topics))];
    this.#count(topics, (error, counts) => {
      if (!isNow()) return;
      if (error !== undefined) return this.#again(error, () => this.#lead(answer));
      this.#shared = counts;
      const assigned = assignRanges(members, (topic) => counts.get(topic) ?? 0);
      const assignments = [...assigned].map(([memberId, of]) => ({ memberId, assignment: writeAssignment(of) }));
      this.#sync(isNow, assignments);
    });
  }

  /** How many partitions each topic has now: 0 if there is no such topic, which asking for it may make. */
  #count(topics: readonly string[], done: Callback<Map<string, number>>): void {
    this.#cluster.metadata(topics, true, (error, answer) => {
      if (error !== undefined) return done(error, undefined);
      const counts = new Map(topics.map((topic) => [topic, 0]));
      for (const { name, errorCode, partitions } of answer.topics) {
        if (name !== null && errorCode === 0) counts.set(name, partitions.length);
      }
      done(undefined, counts);
    });
  }

  /** Shares out anew once topics have other partitions: nobody else in the group looks. */
  #watchTopics(isNow: () => boolean): void {
    const shared = this.#shared;
    if (shared === undefined) return;
    const { metadataMaxAgeMs } = this.#options;
    const isMissing = [...shared.values()].includes(0);
    const delayMs = isMissing ? Math.min(missingTopicMs, metadataMaxAgeMs) : metadataMaxAgeMs;
    this.#cluster.world.clock.after(delayMs, () => {
      if (!isNow()) return;
      this.#count([...shared.keys()], (_error, counts) => {
        if (!isNow()) return;
        const isOther = counts !== undefined && [...shared].some(([topic, count]) => counts.get(topic) !== count);
        if (isOther) this.#letGo('rebalance');
        else this.#watchTopics(isNow);
      });
    });
  }

  #sync(isNow: () => boolean, assignments: readonly { memberId: string; assignment: Uint8Array }[]): void {
    const { groupId, rebalanceTimeoutMs } = this.#options;
    const sentMs = this.#cluster.world.clock.monotonicMs();
    const input = {
      groupId,
      generationId: this.#generationId,
      memberId: this.#memberId,
      protocolType: consumerProtocol,
      protocolName: rangeStrategy,
      assignments,
    };
    this.#coordinator.ask(
      {
        request: syncGroupRequest,
        response: syncGroupResponse,
        extraMs: rebalanceTimeoutMs,
        input: () => input,
        error: ({ errorCode }) => errorCode,
      },
      (error, answer) => {
        if (!isNow()) return;
        if (error !== undefined) {
          const movedOn =
            error instanceof KafkaError && (error.code === 'REBALANCE_IN_PROGRESS' || lostBy.has(error.code));
          return this.#again(error, () => (movedOn ? this.#join() : this.#sync(isNow, assignments)));
        }
        this.#failures = 0;
        this.#heardMs = sentMs;
        const isStable = this.#enter('stable');
        this.#watchTopics(isStable);
        this.#beatAfter(this.#options.heartbeatIntervalMs);
        this.#events.assigned(readAssignment(answer.assignment));
      },
    );
  }

  /** Tries again after a pause, if that may help. */
  #again(error: Error, run: () => void): void {
    const code = error instanceof KafkaError ? error.code : undefined;
    if (this.#cluster.isClosed) return this.#giveUp(error);
    if (code === 'UNKNOWN_MEMBER_ID' || code === 'FENCED_INSTANCE_ID') this.#memberId = '';
    else if (code !== 'ILLEGAL_GENERATION' && code !== 'REBALANCE_IN_PROGRESS' && !isRetriable(error)) {
      return this.#giveUp(error);
    }
    const turn = this.#turn;
    this.#cluster.world.clock.after(this.#cluster.pauseMs(this.#failures++), () => {
      if (turn === this.#turn) run();
    });
  }

  #giveUp(error: Error): void {
    const owned = this.#state === 'stable';
    this.#enter('over');
    if (owned) this.#events.revoked('lost', () => this.#events.failed(error));
    else this.#events.failed(error);
  }

  #beatAfter(delayMs: number): void {
    const turn = this.#turn;
    this.#heartbeat = this.#cluster.world.clock.after(delayMs, () => this.#beat(() => turn === this.#turn));
  }

  #beat(isNow: () => boolean): void {
    const { groupId, heartbeatIntervalMs } = this.#options;
    const sentMs = this.#cluster.world.clock.monotonicMs();
    const input = { groupId, generationId: this.#generationId, memberId: this.#memberId };
    this.#coordinator.ask(
      {
        request: heartbeatRequest,
        response: heartbeatResponse,
        input: () => input,
        error: ({ errorCode }) => errorCode,
      },
      (...[error]) => {
        if (!isNow()) return;
        if (error instanceof KafkaError && !error.retriable) return this.#toldOff(error);
        if (error !== undefined && this.#cluster.isClosed) return this.#giveUp(error);
        if (error === undefined) {
          this.#failures = 0;
          this.#heardMs = sentMs;
          this.#beatAfter(heartbeatIntervalMs);
        } else this.#beatAfter(Math.min(heartbeatIntervalMs, this.#cluster.pauseMs(this.#failures++)));
      },
    );
  }

  /** The coordinator does not take us for a member of a settled group. */
  #toldOff(error: KafkaError): void {
    const lost = lostBy.has(error.code);
    if (error.code !== 'REBALANCE_IN_PROGRESS' && !lost) return this.#giveUp(error);
    if (lost && error.code !== 'ILLEGAL_GENERATION') this.#memberId = '';
    if (this.#state === 'revoking') {
      // Letting go already. The session is kept until that is done, for commits to be taken.
      if (!lost) this.#beatAfter(this.#options.heartbeatIntervalMs);
      return;
    }
    this.#letGo(lost ? 'lost' : 'rebalance');
  }

  #letGo(why: Revocation): void {
    const isNow = this.#enter('revoking');
    if (why !== 'lost') this.#beatAfter(this.#options.heartbeatIntervalMs);
    this.#events.revoked(why, () => {
      if (isNow()) this.#join();
    });
  }
}
