/** Consumer groups (KIP-848) on a stage: topics that come and go, and members that heartbeat as clients do. */
import { type Uuid, uuidFrom } from '@skerry/base';
import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer } from '../../../src/groups/consumer/contract.ts';
import type { ReadGroupChange } from '../../../src/groups/consumer/records.ts';
import type { TopicView } from '../../../src/groups/contract.ts';
import type { Stage } from '../stage.ts';

/** An id that tells the topic apart in what is printed: the n-th made. */
function topicId(n: number): Uuid {
  return uuidFrom(Uint8Array.from({ length: 16 }, () => n));
}

export class StageTopics implements TopicView {
  readonly #topics = new Map<string, { readonly id: Uuid; partitions: number }>();
  #made = 0;
  version = 0;

  make(name: string, partitions: number): Uuid {
    const id = topicId(++this.#made);
    this.#topics.set(name, { id, partitions });
    this.version++;
    return id;
  }

  grow(name: string, partitions: number): void {
    const topic = this.#topics.get(name);
    if (topic !== undefined) topic.partitions = partitions;
    this.version++;
  }

  remove(name: string): void {
    this.#topics.delete(name);
    this.version++;
  }

  topic(name: string) {
    return this.#topics.get(name);
  }

  topicById(id: Uuid) {
    for (const [name, topic] of this.#topics) if (topic.id === id) return { name, partitions: topic.partitions };
    return undefined;
  }

  names(): Iterable<string> {
    return this.#topics.keys();
  }

  /** As "t:0,1 u:0". */
  text(partitions: readonly { readonly topicId: Uuid; readonly partitions: readonly number[] }[] | null): string {
    if (partitions === null) return 'as before';
    const texts = partitions.map((one) => `${this.topicById(one.topicId)?.name ?? '?'}:${one.partitions.join()}`);
    return texts.sort().join(' ') || 'nothing';
  }
}

/** A record of a consumer group, in a line of a transcript. */
export function changeText({ groupId, change }: ReadGroupChange, name: (memberId: string) => string): string {
  const about = 'memberId' in change ? ` ${name(change.memberId)}` : '';
  const what = change.value === undefined ? ' gone' : '';
  const epoch = change.value !== undefined && 'epoch' in change.value ? ` ${change.value.epoch}` : '';
  return `${groupId} ${change.kind}${about}${epoch}${what}`;
}

export interface ConsumerOptions {
  readonly groupId: string;
  readonly instanceId: string | null;
  readonly topics: readonly string[] | null;
  readonly regex: string | null;
  readonly assignor: string | null;
  readonly rebalanceTimeoutMs: number;
}

const defaults: ConsumerOptions = {
  groupId: 'g',
  instanceId: null,
  topics: ['t'],
  regex: null,
  assignor: null,
  rebalanceTimeoutMs: 60_000,
};

/** A member that does what a client does: gives up at once what it is no longer assigned, and tells so. */
export class StageConsumer {
  readonly name: string;
  memberId: string;
  epoch = 0;
  owned: readonly { readonly topicId: Uuid; readonly partitions: readonly number[] }[] = [];
  options: ConsumerOptions;
  last: ConsumerHeartbeatAnswer | undefined;
  readonly #stage: Stage;

  constructor(stage: Stage, name: string, options: Partial<ConsumerOptions> = {}) {
    this.#stage = stage;
    this.name = name;
    this.memberId = name;
    this.options = { ...defaults, ...options };
    stage.call(name, name);
  }

  /** Joins anew; what it had it has given up. */
  join(): string {
    this.epoch = 0;
    this.owned = [];
    const { topics, regex, assignor, rebalanceTimeoutMs } = this.options;
    return this.ask({
      subscribedTopicNames: topics,
      subscribedTopicRegex: regex,
      serverAssignor: assignor,
      rebalanceTimeoutMs,
    });
  }

  beat(): string {
    return this.ask({});
  }

  leave(epoch = -1): string {
    return this.ask({ memberEpoch: epoch, topicPartitions: null });
  }

  /** Sends a heartbeat, waits for its answer, and returns it as "epoch partitions" or as an error. */
  ask(with_: Partial<ConsumerHeartbeat>): string {
    this.#send(with_);
    this.#stage.settle();
    // Something else of the group may be on its way to the log.
    for (let i = 0; i < 2 && this.last === undefined; i++) this.#stage.settle();
    return this.text();
  }

  send(with_: Partial<ConsumerHeartbeat> = {}): void {
    this.#send(with_);
  }

  text(): string {
    const { last } = this;
    if (last === undefined) return 'unanswered';
    if (last.error !== 'NONE') return last.error;
    return `${last.memberEpoch} ${this.#stage.topics.text(last.assignment)}`;
  }

  #send(with_: Partial<ConsumerHeartbeat>): void {
    const { life } = this.#stage;
    this.last = undefined;
    this.#stage.groups.consumer.heartbeat({ ...this.#request(), ...with_ }, (answer) => {
      if (life !== this.#stage.life) return;
      this.last = answer;
      if (answer.error !== 'NONE') return;
      this.epoch = answer.memberEpoch;
      this.memberId = answer.memberId ?? '';
      if (answer.assignment !== null) this.owned = answer.assignment;
    });
  }

  #request(): ConsumerHeartbeat {
    const { groupId, instanceId } = this.options;
    return {
      groupId,
      memberId: this.memberId,
      memberEpoch: this.epoch,
      instanceId,
      rackId: null,
      rebalanceTimeoutMs: -1,
      subscribedTopicNames: null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: this.owned,
      clientId: this.name,
      clientHost: '/10.0.0.1',
      memberIdRequired: true,
      mayDescribe: () => true,
    };
  }
}

/** The group as it is described, in lines: state and epochs, then each member with what it has and is to have. */
export function groupLines(stage: Stage, groupId = 'g'): readonly string[] {
  const { error, state, epoch, targetEpoch, members } = stage.groups.consumer.describe(groupId);
  if (error !== 'NONE') return [error];
  return [
    `${state} ${epoch}/${targetEpoch}`,
    ...members.map(({ memberId, memberEpoch, ...member }) => {
      const [has, isToHave] = [member.assignment, member.targetAssignment].map((one) => stage.topics.text(one));
      return `${memberId}@${memberEpoch} has ${has}, is to have ${isToHave}`;
    }),
  ];
}
