/**
 * The consumer groups (KIP-848) of this node: who is heard when, and what is written in which order.
 *
 * Of each group one thing at a time is on its way to the log: what is asked meanwhile waits, so that everything is
 * decided by what is committed, and nothing has to be taken back when the log refuses.
 */
import { assert } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import type { GroupRecord, GroupSettings, TopicView } from '../contract.ts';
import type { Moment } from '../group.ts';
import { compileRegex, regexProblem } from '../regex/regex.ts';
import type { Deadline, Timers } from '../timers.ts';
import type { GroupChange, ResolvedRegex } from './changes.ts';
import { requestRefusal } from './check.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import {
  type ConsumerHeartbeat,
  type ConsumerHeartbeatAnswer,
  type DescribedConsumerGroup,
  heartbeatRefused,
  type Refusal,
} from './contract.ts';
import { describeConsumerGroup, nothingDescribed } from './describe.ts';
import { fencing, type HeartbeatWorld, type Plan, planHeartbeat } from './heartbeat.ts';
import { type ConsumerMember, leaveEpochs, memberStates } from './member.ts';
import { changeRecord } from './records.ts';
import { metadataHash } from './topics.ts';

/** What consumer groups need of the coordinator of all groups. */
export interface ConsumerGroupsWorld {
  readonly timers: Timers;
  readonly settings: GroupSettings;
  readonly topics: TopicView;
  now(): Moment;
  /** Runs later in this turn. */
  soon(run: () => void): void;
  newMemberId(): string;
  roomForMember(): boolean;
  groupSetting(groupId: string, name: string): string | undefined;
  /** Why the node does not serve the group now, if so. */
  refusal(groupId: string): ErrorName | undefined;
  /** A consumer group; undefined if there is no group of that name, 'other' if it is of another kind. */
  find(groupId: string): ConsumerGroup | 'other' | undefined;
  /** A group to join. */
  open(groupId: string): Opened | Refusal;
  /** Appends what `make` gives, and calls back once it is committed, or with why it is not. */
  append(group: ConsumerGroup, make: () => readonly GroupRecord[], done: (error?: ErrorName) => void): void;
}

/** A group to join, which may have to take its place first: that of nothing, or of a group of another kind. */
export interface Opened {
  readonly group: ConsumerGroup;
  /** What ends the group that it replaces. */
  readonly before: readonly GroupRecord[];
  /** Lets the group take its place. */
  adopt(): void;
  /** It could not be written: what was there is there again. */
  abandon(): void;
}

interface Ticking {
  readonly session: Deadline;
  readonly rebalance: Deadline;
}

interface Running {
  /** What waits for the write under way. */
  readonly queue: (() => void)[];
  busy: boolean;
  readonly clocks: Map<string, Ticking>;
}

/** Between two looks for topics that regular expressions match: Kafka's. */
const regexIntervalMs = 10_000;

export class ConsumerGroups {
  readonly #world: ConsumerGroupsWorld;
  readonly #running = new WeakMap<ConsumerGroup, Running>();

  constructor(world: ConsumerGroupsWorld) {
    this.#world = world;
  }

  heartbeat(request: ConsumerHeartbeat, reply: (answer: ConsumerHeartbeatAnswer) => void): void {
    const { groupId } = request;
    const refuse = (refusal: Refusal): void => reply(heartbeatRefused(refusal));
    const wrong = requestRefusal(request) ?? this.#nodeRefusal(groupId);
    if (wrong !== undefined) return refuse(wrong);
    const opened = request.memberEpoch === 0 ? this.#world.open(groupId) : this.#found(groupId);
    if ('error' in opened) return refuse(opened);
    const { group } = opened;
    const running = this.#runningOf(group);
    // Another group may have the name when this one's turn comes.
    if (running.busy) {
      running.queue.push(() => this.heartbeat(request, reply));
      return;
    }
    const plan = planHeartbeat(group, request, this.#heartbeatWorld(group));
    if ('error' in plan) return refuse(plan);
    opened.adopt();
    this.inTurn(group, (done) => {
      this.#write(group, plan.changes, opened.before, (error) => {
        if (error === undefined) {
          this.#follow(group, plan);
          this.#maybeResolve(group, request);
          reply(plan.answer);
        } else {
          opened.abandon();
          refuse({ error, message: 'The change could not be written.' });
        }
        done();
      });
    });
  }

  describe(groupId: string): DescribedConsumerGroup {
    const nameless: Refusal | undefined = groupId === '' ? { error: 'INVALID_GROUP_ID', message: null } : undefined;
    const found = this.#nodeRefusal(groupId) ?? nameless ?? this.#found(groupId);
    if ('error' in found) return nothingDescribed(groupId, found);
    return describeConsumerGroup(found.group, this.#world.topics);
  }

  /** Runs once nothing of the group is on its way; `done` lets the next one run. */
  inTurn(group: ConsumerGroup, run: (done: () => void) => void): void {
    const running = this.#runningOf(group);
    if (running.busy) {
      running.queue.push(() => this.inTurn(group, run));
      return;
    }
    running.busy = true;
    run(() => {
      assert(running.busy, 'a turn ends once');
      running.busy = false;
      while (!running.busy && running.queue.length > 0) running.queue.shift()?.();
    });
  }

  /** All records are read: members have their session time-out, and those that give up partitions their time for it. */
  start(group: ConsumerGroup): void {
    for (const member of group.members.values()) this.#measure(group, member, true);
  }

  /** The group is gone: nothing of it is measured any more. */
  stop(group: ConsumerGroup): void {
    for (const memberId of this.#runningOf(group).clocks.keys()) this.#forget(group, memberId);
  }

  #nodeRefusal(groupId: string): Refusal | undefined {
    const { settings } = this.#world;
    if (!settings['group.coordinator.rebalance.protocols'].includes('consumer')) {
      return { error: 'UNSUPPORTED_VERSION', message: 'This node does not serve consumer groups.' };
    }
    const error = this.#world.refusal(groupId);
    return error === undefined ? undefined : { error, message: 'This node does not serve the group now.' };
  }

  #found(groupId: string): Opened | Refusal {
    const found = this.#world.find(groupId);
    if (found === undefined) return { error: 'GROUP_ID_NOT_FOUND', message: `Group ${groupId} not found.` };
    if (found === 'other') return { error: 'GROUP_ID_NOT_FOUND', message: `Group ${groupId} is not a consumer group.` };
    return { group: found, before: [], adopt: () => undefined, abandon: () => undefined };
  }

  #follow(group: ConsumerGroup, plan: Plan): void {
    if (plan.topicsVersion !== undefined) group.topicsVersion = plan.topicsVersion;
    for (const memberId of plan.gone) this.#forget(group, memberId);
    const member = plan.member === undefined ? undefined : group.member(plan.member.memberId);
    if (member !== undefined) this.#measure(group, member, plan.moved);
  }

  #write(
    group: ConsumerGroup,
    changes: readonly GroupChange[],
    before: readonly GroupRecord[],
    done: (error?: ErrorName) => void,
  ): void {
    if (changes.length === 0) return done();
    const records = (): readonly GroupRecord[] => [
      ...before,
      ...changes.map((change) => changeRecord(group.groupId, change)),
    ];
    this.#world.append(group, records, (error) => {
      if (error === undefined) for (const change of changes) group.apply(change);
      done(error);
    });
  }

  /** Starts, or starts again, what is measured of a member. */
  #measure(group: ConsumerGroup, member: ConsumerMember, moved: boolean): void {
    const { memberId } = member;
    const { clocks } = this.#runningOf(group);
    let clock = clocks.get(memberId);
    if (clock === undefined) {
      const { timers } = this.#world;
      clock = {
        session: timers.deadline(() => this.#fence(group, memberId, 'session')),
        rebalance: timers.deadline(() => this.#fence(group, memberId, 'rebalance')),
      };
      clocks.set(memberId, clock);
    }
    clock.session.set(member.classic?.sessionTimeoutMs ?? this.#setting(group, 'consumer.session.timeout.ms'));
    if (!isRevoking(member)) clock.rebalance.clear();
    // Its time for giving up partitions runs from when it was asked to, and not from each time that it is heard.
    else if (moved) clock.rebalance.set(member.rebalanceTimeoutMs);
  }

  #forget(group: ConsumerGroup, memberId: string): void {
    const { clocks } = this.#runningOf(group);
    const clock = clocks.get(memberId);
    clock?.session.clear();
    clock?.rebalance.clear();
    clocks.delete(memberId);
  }

  /** The member's time is up: it is no longer one, unless it is heard before its turn comes. */
  #fence(group: ConsumerGroup, memberId: string, which: keyof Ticking): void {
    this.inTurn(group, (done) => {
      const member = group.member(memberId);
      const clock = this.#runningOf(group).clocks.get(memberId);
      const heard = clock?.[which].isSet() !== false || (which === 'rebalance' && member && !isRevoking(member));
      if (member === undefined || heard) return done();
      this.#write(group, fencing(group, [member], this.#world.topics), [], (error) => {
        if (error === undefined) this.#forget(group, memberId);
        else clock?.[which].set(retryMs);
        done();
      });
    });
  }

  /** Looks for the topics that the group's regular expressions match, if there is reason to. */
  #maybeResolve(group: ConsumerGroup, { mayDescribe }: ConsumerHeartbeat): void {
    if (group.regexReaders.size === 0) return;
    const { topics, settings } = this.#world;
    const { monotonicMs } = this.#world.now();
    const since = monotonicMs - group.regexMonotonicMs;
    if (since <= regexIntervalMs) return;
    const unresolved = group.regexReaders.size !== group.regexes.size;
    const isLate = since >= settings['group.consumer.regex.refresh.interval.ms'];
    if (!unresolved && group.regexVersion === topics.version && !isLate) return;
    group.regexMonotonicMs = monotonicMs;
    group.regexVersion = topics.version;
    this.#world.soon(() => this.inTurn(group, (done) => this.#resolve(group, mayDescribe, done)));
  }

  #resolve(group: ConsumerGroup, mayDescribe: (topic: string) => boolean, done: () => void): void {
    const { topics } = this.#world;
    const { wallMs } = this.#world.now();
    const names = [...topics.names()].filter(mayDescribe).sort();
    const regexes = new Map(group.regexes);
    const changes: GroupChange[] = [];
    for (const regex of group.regexReaders.keys()) {
      const found = names.filter(compileRegex(regex));
      const value: ResolvedRegex = { topics: found, version: BigInt(topics.version), timestampMs: wallMs };
      // Also one that matches nothing is written down, as resolved.
      if (group.regexes.get(regex)?.topics.join() === found.join()) continue;
      changes.push({ kind: 'regex', regex, value });
      regexes.set(regex, value);
    }
    if (changes.length === 0) return done();
    const hash = metadataHash(group.members, regexes, topics);
    if (hash !== group.metadataHash) {
      changes.push({ kind: 'epoch', value: { epoch: group.epoch + 1, metadataHash: hash } });
    }
    this.#write(group, changes, [], () => done());
  }

  #runningOf(group: ConsumerGroup): Running {
    let running = this.#running.get(group);
    if (running === undefined) this.#running.set(group, (running = { queue: [], busy: false, clocks: new Map() }));
    return running;
  }

  #heartbeatWorld(group: ConsumerGroup): HeartbeatWorld {
    const { topics, settings } = this.#world;
    return {
      topics,
      now: this.#world.now(),
      heartbeatIntervalMs: this.#setting(group, 'consumer.heartbeat.interval.ms'),
      assignmentIntervalMs: this.#setting(group, 'consumer.assignment.interval.ms'),
      sizeMax: settings['group.consumer.max.size'],
      roomForMember: this.#world.roomForMember(),
      newMemberId: () => this.#world.newMemberId(),
      regexProblem,
    };
  }

  /** The group's own, or the node's. */
  #setting({ groupId }: ConsumerGroup, name: keyof typeof forAllGroups): number {
    const own = this.#world.groupSetting(groupId, name);
    return own === undefined ? forAllGroups[name](this.#world.settings) : Number(own);
  }
}

/** What a group may set for itself, and what the node says for all. */
const forAllGroups = {
  'consumer.session.timeout.ms': (settings: GroupSettings) => settings['group.consumer.session.timeout.ms'],
  'consumer.heartbeat.interval.ms': (settings: GroupSettings) => settings['group.consumer.heartbeat.interval.ms'],
  'consumer.assignment.interval.ms': (settings: GroupSettings) => settings['group.consumer.assignment.interval.ms'],
} as const;

/** Before a member whose removal could not be written is removed again. */
const retryMs = 1_000;

function isRevoking({ state, epoch, classic }: ConsumerMember): boolean {
  return state === memberStates.unrevoked && classic === null && epoch !== leaveEpochs.forNow;
}
