import { assert, utf8Decode } from '@skerry/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { commitOf, commitText, offsetsText, Stage, type StageMember } from './stage.ts';

/** What may happen next; joins and syncs are frequent, or no generation would ever complete. */
const what = fc.constantFrom(
  ...(['join', 'join', 'join', 'join', 'sync', 'sync', 'sync', 'sync'] as const),
  ...(['heartbeat', 'heartbeat', 'commit', 'leave', 'wake', 'change', 'forget'] as const),
  ...(['gather', 'gather', 'wait', 'wait', 'hold', 'release', 'fail', 'restart'] as const),
);
const move = fc.record({ who: fc.nat(4), what, ms: fc.oneof(fc.nat(50), fc.nat(4000)), n: fc.nat(9) });
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** Plays moves and holds everything that is answered against what may be. */
class Play {
  readonly stage = new Stage({ 'group.initial.rebalance.delay.ms': 1000 });
  readonly members: StageMember[];
  /** By generation: the leader that was told. */
  readonly #leaders = new Map<number, string>();
  /** Answers that were looked at. */
  readonly #seen = new WeakSet<object>();
  #generation = 0;
  #committed = '';
  /** Commits that the log took too long for, in order: it may have taken them after all. */
  #late: string[] = [];
  /** How often something worth testing happened. */
  stable = 0;

  constructor() {
    const terms = { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 5000 };
    this.members = [0, 1, 2, 3, 4].map((i) =>
      this.stage.member(`M${i}`, { ...terms, instance: i > 2 ? `static${i}` : null, version: i === 0 ? 3 : 9 }),
    );
  }

  move({ who, what, ms, n }: Move): void {
    const member = this.members[who];
    if (member === undefined) return;
    this.#act(member, what, ms, n);
    this.stage.clock.advance(what === 'wait' ? ms : 1);
    this.check();
  }

  /** What must hold at any time. */
  check(): void {
    const { state, members, protocolData } = this.stage.groups.describe('g');
    const ids = members.map((m) => m.memberId);
    assert(new Set(ids).size === ids.length, 'a member is there once');
    if (state === 'Empty' || state === 'Dead') assert(ids.length === 0, `${state} has no members`);
    if (state === 'Stable') {
      this.stable++;
      assert(ids.length > 0 && protocolData !== '', 'a stable group has members and a protocol');
    }
    for (const member of this.members) this.#checkMember(member, new Set(ids));
    this.#checkOffsets();
  }

  /** Everybody falls silent: what was asked is answered, and nobody is left. */
  end(): void {
    this.stage.releaseLog();
    this.stage.clock.advance(20 * 60_000);
    for (const { name, waiting } of this.members) assert(waiting === 0, `${name} is answered`);
    assert(this.stage.groups.describe('g').members.length === 0, 'who is silent is removed');
    this.#checkOffsets();
    this.stage.restart();
    this.#checkOffsets();
  }

  #act(member: StageMember, what: Move['what'], ms: number, n: number): void {
    const { stage } = this;
    switch (what) {
      case 'join':
        if (member.waiting === 0) member.join();
        return;
      case 'gather':
        return this.#gather();
      case 'sync':
        if (member.waiting === 0 && member.generationId > 0) member.sync(this.#decision(member), this.members);
        return;
      case 'heartbeat':
        member.heartbeat();
        return;
      case 'wake':
        for (const one of this.members) one.heartbeat();
        return;
      case 'commit':
        return this.#commit(member, ms);
      case 'leave':
        if (member.memberId !== '') member.leave();
        return;
      case 'change':
        member.options = { ...member.options, protocols: n < 5 ? { range: `${n}` } : { sticky: 's', range: `${n}` } };
        return;
      case 'forget':
        // The client restarts: a dynamic one as a stranger, a static one to be known again.
        if (member.waiting > 0) return;
        Object.assign(member, { memberId: '', generationId: -1, joined: undefined, synced: undefined });
        return;
      case 'hold':
        return stage.holdLog();
      case 'release':
        return stage.releaseLog();
      case 'fail':
        return stage.failNextAppend('NOT_ENOUGH_REPLICAS');
      case 'restart':
        return this.#restart();
      case 'wait':
        return;
    }
  }

  /** All who wait for nothing join, and then ask for their part: else a generation would seldom complete. */
  #gather(): void {
    for (const member of this.members) if (member.waiting === 0) member.join();
    this.stage.clock.advance(1100);
    for (const member of this.members) this.#act(member, 'sync', 0, 0);
    this.stage.clock.advance(10);
  }

  #restart(): void {
    this.stage.restart();
    this.#late = [];
    // Who waited for the dead node is not answered; its client asks again.
    for (const member of this.members) member.waiting = 0;
    // Generations after the last one written are forgotten, and may be told again with other members.
    const logged = this.#loggedGeneration();
    this.#generation = logged;
    for (const generation of this.#leaders.keys()) if (generation > logged) this.#leaders.delete(generation);
    for (const member of this.members) {
      Object.assign(member, { joined: undefined, synced: undefined });
      if (member.generationId > logged) member.generationId = -1;
    }
  }

  #loggedGeneration(): number {
    const line = this.stage.lines.findLast((one) => one.startsWith('   log: g generation'));
    return line === undefined ? 0 : Number(/generation (\d+)/.exec(line)?.[1]);
  }

  #decision(member: StageMember): Record<string, string> {
    if (member.joined?.leader !== member.memberId) return {};
    return Object.fromEntries(this.members.map(({ name }) => [name, `${name} in ${member.generationId}`]));
  }

  #commit(member: StageMember, offset: number): void {
    const { life, clock, settings } = this.stage;
    const dueMs = clock.monotonicMs() + settings['offsets.commit.timeout.ms'];
    const text = `t-0@${offset} (note)`;
    this.stage.groups.commit({ ...member.claim(), ...commitOf(offset) }, (answer) => {
      if (life !== this.stage.life) return;
      if (commitText(answer) !== 'NONE') {
        if (clock.monotonicMs() >= dueMs) this.#late.push(text);
        return;
      }
      // Those before it have come to their end.
      this.#committed = text;
      this.#late = [];
    });
  }

  #checkMember(member: StageMember, ids: ReadonlySet<string>): void {
    const { joined, synced } = member;
    if (joined?.error === 'NONE' && !this.#seen.has(joined)) {
      this.#seen.add(joined);
      // Nobody is told an earlier generation than another was before.
      assert(joined.generationId >= Math.max(this.#generation, 1), 'generations grow');
      this.#generation = joined.generationId;
      // A static leader may have come back under a new id: its name tells who it is.
      const name = this.stage.name(joined.leader).replace(/^static(\d)\?$/, 'M$1');
      const before = this.#leaders.get(joined.generationId) ?? name;
      assert(name === before, `generation ${joined.generationId} is led by ${before}, not by ${name}`);
      this.#leaders.set(joined.generationId, name);
      if (joined.members.length > 0) {
        assert(joined.leader === joined.memberId, 'only the leader is told of the members');
        assert(
          joined.members.some((m) => m.memberId === joined.memberId),
          'and is one of them',
        );
      }
    }
    if (synced?.error === 'NONE' && !this.#seen.has(synced)) {
      this.#seen.add(synced);
      // What is given out is the member's own, of its generation, and in the log.
      const told = utf8Decode(synced.assignment);
      assert(told === '' || told === `${member.name} in ${member.generationId}`, `${member.name} is given ${told}`);
      assert(this.#loggedGeneration() >= member.generationId, 'what is given out is in the log');
    }
    if (member.heartbeat() === 'NONE') assert(ids.has(member.memberId), 'who is alive is a member');
  }

  #checkOffsets(): void {
    const offsets = this.#offsets();
    const taken = this.#late.lastIndexOf(offsets);
    if (offsets !== this.#committed && taken >= 0) {
      this.#committed = offsets;
      this.#late.splice(0, taken + 1);
    }
    assert(offsets === this.#committed, `committed is ${this.#committed}, told is ${offsets}`);
  }

  #offsets(): string {
    let text = '';
    this.stage.groups.fetchOffsets(
      { memberId: null, memberEpoch: -1, groupId: 'g', topics: undefined, requireStable: false },
      (answer) => {
        text = offsetsText(answer);
      },
    );
    return text;
  }
}

test('whatever members, log and node do, a generation has one leader, nobody waits for ever, no commit is lost', () => {
  let stable = 0;
  let moved = 0;
  fc.assert(
    fc.property(fc.array(move, { minLength: 60, maxLength: 150, size: 'max' }), (moves) => {
      const play = new Play();
      for (const one of moves) play.move(one);
      play.end();
      stable += play.stable;
      moved += moves.length;
    }),
    { numRuns: 60 },
  );
  // The moves must have led somewhere: about one in five does, give or take a fiftieth.
  expect(stable / moved).toBeGreaterThan(1 / 8);
}, 60_000);
