/**
 * A coordinator on a stage: virtual time, a log that commits a little later and can be held or made to fail, members
 * with names, and a transcript of all that is said.
 */
import { MemoryBudget, Offset, utf8Decode, utf8Encode, zeroUuid } from '@skerry/base';
import { SeededRandom, VirtualClock } from '@skerry/testkit';
import type { ErrorName } from '@skerry/wire';
import type {
  CommitAnswer,
  FetchOffsetsAnswer,
  GroupRecord,
  GroupSettings,
  JoinAnswer,
  JoinRequest,
  SyncAnswer,
} from '../../src/groups/contract.ts';
import { Groups } from '../../src/groups/groups.ts';
import { readRecord } from '../../src/groups/records.ts';
import { changeText, StageTopics } from './consumer/stage.ts';

const kafkaDefaults: GroupSettings = {
  'group.initial.rebalance.delay.ms': 3000,
  'group.min.session.timeout.ms': 6000,
  'group.max.session.timeout.ms': 1_800_000,
  'group.max.size': 2_147_483_647,
  'offset.metadata.max.bytes': 4096,
  'offsets.commit.timeout.ms': 5000,
  'offsets.retention.minutes': 10_080,
  'offsets.retention.check.interval.ms': 600_000,
  'group.coordinator.rebalance.protocols': ['classic', 'consumer', 'streams'],
  'group.consumer.session.timeout.ms': 45_000,
  'group.consumer.heartbeat.interval.ms': 5000,
  'group.consumer.assignment.interval.ms': 1000,
  'group.consumer.max.size': 2_147_483_647,
  'group.consumer.migration.policy': 'bidirectional',
  'group.consumer.regex.refresh.interval.ms': 600_000,
};

/** How long the log takes to commit. */
const commitMs = 5;

export class Stage {
  readonly clock = new VirtualClock();
  readonly lines: string[] = [];
  readonly memoryBytes: number;
  readonly settings: { -readonly [K in keyof GroupSettings]: GroupSettings[K] };
  readonly #random: SeededRandom;
  readonly #names = new Map<string, string>();
  /** The table that the log's records add up to. */
  readonly table = new Map<string, GroupRecord>();
  readonly topics = new StageTopics();
  /** Settings of groups, by group and name. */
  readonly groupSettings = new Map<string, string>();
  groups: Groups;
  #life = 0;
  #failures: ErrorName[] = [];
  #held: (() => void)[] | undefined;
  #refusal: ErrorName | undefined;

  constructor(settings: Partial<GroupSettings> = {}, seed = 1, memoryBytes = 2 ** 30) {
    this.memoryBytes = memoryBytes;
    this.settings = { ...kafkaDefaults, ...settings };
    this.#random = new SeededRandom(seed);
    this.groups = this.#coordinator();
    this.groups.start();
  }

  member(name: string, options: Partial<MemberOptions> = {}): StageMember {
    return new StageMember(this, name, { ...memberDefaults, ...options });
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.say(`-- ${ms} ms`);
    this.clock.advance(ms);
  }

  /** Lets what is due now be said, and what is on its way to the log be committed. */
  settle(): void {
    this.clock.advance(commitMs);
  }

  /** The log takes nothing until {@link releaseLog}. */
  holdLog(): void {
    this.#held ??= [];
  }

  releaseLog(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) run();
    this.settle();
  }

  failNextAppend(error: ErrorName): void {
    this.#failures.push(error);
  }

  /** The coordinator answers nothing but `error`, until called without. */
  refuse(error?: ErrorName): void {
    this.#refusal = error;
  }

  /** The node dies and comes back: only what the log committed is left. */
  restart(): void {
    this.say('restart');
    this.#life++;
    this.#held = undefined;
    this.#failures = [];
    this.groups.close();
    this.groups = this.#coordinator();
    for (const { key, value } of this.table.values()) this.groups.replay(key, value);
    this.groups.start();
  }

  /** Which life of the node this is: nobody hears the answers of an earlier one. */
  get life(): number {
    return this.#life;
  }

  state(groupId = 'g'): string {
    const { state, members, protocolData } = this.groups.describe(groupId);
    const who = members.map((m) => `${this.name(m.memberId)}=${utf8Decode(m.memberAssignment) || '-'}`).join(' ');
    return `${state}${protocolData === '' ? '' : ` ${protocolData}`}${who === '' ? '' : ` [${who}]`}`;
  }

  sayState(groupId = 'g'): void {
    this.say(`   ${groupId} is ${this.state(groupId)}`);
  }

  say(line: string): void {
    this.lines.push(line);
  }

  call(memberId: string, name: string): void {
    if (memberId !== '') this.#names.set(memberId, name);
  }

  name(memberId: string): string {
    // Not told to anybody yet: the id starts with the client's or the instance's name.
    return this.#names.get(memberId) ?? (memberId === '' ? '-' : `${memberId.slice(0, -37)}?`);
  }

  transcript(): string {
    return `${this.lines.join('\n')}\n`;
  }

  #coordinator(): Groups {
    const life = this.#life;
    return new Groups({
      clock: this.clock,
      random: this.#random,
      settings: this.settings,
      topics: this.topics,
      groupSetting: (groupId, name) => this.groupSettings.get(`${groupId} ${name}`),
      memory: new MemoryBudget(this.memoryBytes),
      refusal: () => this.#refusal,
      append: (_groupId, records, done) => {
        const failure = this.#failures.shift();
        const commit = (): void => {
          if (life !== this.#life) return;
          if (failure === undefined) this.#apply(records);
          done(failure);
        };
        if (this.#held !== undefined) this.#held.push(commit);
        else this.clock.after(commitMs, commit);
      },
    });
  }

  #apply(records: readonly GroupRecord[]): void {
    for (const record of records) {
      const key = record.key.join();
      if (record.value === null) this.table.delete(key);
      else this.table.set(key, record);
      this.say(`   log: ${this.#recordText(record)}`);
    }
  }

  #recordText({ key, value }: GroupRecord): string {
    const record = readRecord(key, value);
    if (record === undefined) return 'something else';
    if (record.kind === 'offset') {
      const what = record.value === undefined ? 'gone' : `at ${record.value.offset}`;
      return `${record.groupId} ${record.topic}-${record.partition} ${what}`;
    }
    if (record.kind === 'consumer') return changeText(record, (memberId) => this.name(memberId));
    if (record.value === undefined) return `${record.groupId} gone`;
    const { generation, leader, members } = record.value;
    const who = members.map((m) => `${this.name(m.memberId)}=${utf8Decode(m.assignment) || '-'}`).join(' ');
    return `${record.groupId} generation ${generation} leader ${this.name(leader ?? '')} [${who}]`;
  }
}

export interface MemberOptions {
  readonly groupId: string;
  readonly instance: string | null;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  /** Name to metadata, as text. */
  readonly protocols: Readonly<Record<string, string>>;
  /** The version of JoinGroup that it speaks. */
  readonly version: number;
}

const memberDefaults: MemberOptions = {
  groupId: 'g',
  instance: null,
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 30_000,
  protocolType: 'test',
  protocols: { range: 'm' },
  version: 9,
};

export class StageMember {
  readonly name: string;
  options: MemberOptions;
  memberId = '';
  generationId = -1;
  joined: JoinAnswer | undefined;
  synced: SyncAnswer | undefined;
  /** Joins and syncs that were asked and not answered. */
  waiting = 0;
  readonly #stage: Stage;

  constructor(stage: Stage, name: string, options: MemberOptions) {
    this.#stage = stage;
    this.name = name;
    this.options = options;
  }

  /** Joins; with MEMBER_ID_REQUIRED it joins again with the id, as clients do. */
  join(): void {
    const stage = this.#stage;
    stage.say(`${this.name}: join${this.memberId === '' ? '' : ' again'}`);
    this.waiting++;
    const { life } = stage;
    stage.groups.classic.join(this.joinRequest(), (answer) => {
      if (life !== stage.life) return;
      this.waiting--;
      if (answer.error === 'MEMBER_ID_REQUIRED') {
        this.memberId = answer.memberId;
        stage.call(answer.memberId, this.name);
        return this.join();
      }
      this.joined = answer;
      if (answer.error === 'NONE') {
        this.memberId = answer.memberId;
        stage.call(answer.memberId, this.name);
        this.generationId = answer.generationId;
      }
      stage.say(`   ${this.name} <- join ${joinText(answer, stage)}`);
    });
  }

  sync(assignments: Readonly<Record<string, string>> = {}, members: readonly StageMember[] = []): void {
    const stage = this.#stage;
    const given = Object.entries(assignments);
    stage.say(`${this.name}: sync${given.length === 0 ? '' : ` ${given.map(([n, a]) => `${n}=${a}`).join(' ')}`}`);
    this.waiting++;
    const { life } = stage;
    stage.groups.classic.sync(
      {
        ...this.claim(),
        protocolType: this.options.protocolType,
        protocolName: this.joined?.protocolName ?? null,
        assignments: given.map(([name, assignment]) => ({
          memberId: members.find((m) => m.name === name)?.memberId ?? name,
          assignment: utf8Encode(assignment),
        })),
      },
      (answer) => {
        if (life !== stage.life) return;
        this.waiting--;
        this.synced = answer;
        const text = answer.error === 'NONE' ? utf8Decode(answer.assignment) || 'nothing' : answer.error;
        stage.say(`   ${this.name} <- sync ${text}`);
      },
    );
  }

  heartbeat(): ErrorName {
    const error = this.#stage.groups.classic.heartbeat(this.claim());
    this.#stage.say(`${this.name}: heartbeat <- ${error}`);
    return error;
  }

  leave(): void {
    this.#stage.say(`${this.name}: leave`);
    this.#stage.groups.classic.leave(
      this.options.groupId,
      [{ memberId: this.memberId, groupInstanceId: null }],
      (answer) => this.#stage.say(`   ${this.name} <- leave ${answer.members[0]?.error ?? answer.error}`),
    );
  }

  commit(offset: number, topic = 't', partition = 0): void {
    this.#stage.say(`${this.name}: commit ${topic}-${partition} ${offset}`);
    this.#stage.groups.commit({ ...this.claim(), ...commitOf(offset, topic, partition) }, (answer) =>
      this.#stage.say(`   ${this.name} <- commit ${commitText(answer)}`),
    );
  }

  claim() {
    const { groupId, instance } = this.options;
    return { groupId, memberId: this.memberId, generationId: this.generationId, groupInstanceId: instance };
  }

  joinRequest(): JoinRequest {
    const { groupId, instance, sessionTimeoutMs, rebalanceTimeoutMs, protocolType, protocols, version } = this.options;
    return {
      groupId,
      memberId: this.memberId,
      groupInstanceId: instance,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      protocolType,
      protocols: Object.entries(protocols).map(([name, metadata]) => ({ name, metadata: utf8Encode(metadata) })),
      clientId: this.name,
      clientHost: '/10.0.0.1',
      memberIdRequired: version >= 4,
      skipAssignmentSupported: version >= 9,
    };
  }
}

/** Brings the members into one stable generation, led by the first; each gets what `assignments` says. */
export function stabilize(
  stage: Stage,
  members: readonly StageMember[],
  assignments: Readonly<Record<string, string>>,
): void {
  for (const member of members) member.join();
  stage.clock.advance(stage.settings['group.initial.rebalance.delay.ms'] * 2 + 1);
  for (const member of members) {
    const leads = member.joined?.leader === member.memberId;
    member.sync(leads ? assignments : {}, members);
  }
  stage.settle();
}

export function commitOf(offset: number, topic = 't', partition = 0, metadata: string | null = 'note') {
  return {
    retentionTimeMs: -1,
    groupIdNotFoundKnown: true,
    topics: [
      {
        name: topic,
        topicId: zeroUuid,
        partitions: [
          {
            partitionIndex: partition,
            committedOffset: Offset(offset),
            committedLeaderEpoch: 3,
            committedMetadata: metadata,
          },
        ],
      },
    ],
  };
}

export function commitText({ topics }: CommitAnswer): string {
  return topics.flatMap((topic) => topic.partitions.map(({ error }) => error)).join(' ');
}

/** All that a group has committed, as text. */
export function offsetsText({ error, topics }: FetchOffsetsAnswer): string {
  if (error !== 'NONE') return error;
  return topics
    .flatMap(({ name, partitions }) =>
      partitions.map(
        (p) => `${name}-${p.partitionIndex}@${p.committedOffset}${p.metadata === '' ? '' : ` (${p.metadata})`}`,
      ),
    )
    .join(' ');
}

function joinText(answer: JoinAnswer, stage: Stage): string {
  if (answer.error !== 'NONE') return answer.error;
  const members = answer.members.map((m) => `${stage.name(m.memberId)}:${utf8Decode(m.metadata)}`).join(' ');
  const skip = answer.skipAssignment ? ' skip assignment' : '';
  const told = members === '' ? '' : ` [${members}]`;
  return `generation ${answer.generationId} ${answer.protocolName} leader ${stage.name(answer.leader)}${told}${skip}`;
}
