import { utf8Decode } from '@skerry/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commitOf, commitText, offsetsText, Stage, type StageMember } from './stage.ts';

/** What may happen next; joins and syncs are frequent, or no generation would ever complete. */
const what = fc.constantFrom(
  ...(['join', 'join', 'join', 'join', 'sync', 'sync', 'sync', 'sync'] as const),
  ...(['heartbeat', 'heartbeat', 'commit', 'leave', 'wake', 'change', 'forget'] as const),
  ...(['wait', 'wait', 'wait', 'hold', 'release', 'fail', 'restart'] as const),
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
    expect(new Set(ids).size).toBe(ids.length);
    if (state === 'Empty' || state === 'Dead') expect(ids).toEqual([]);
    if (state === 'Stable') {
      this.stable++;
      expect(ids).not.toEqual([]);
      expect(protocolData).not.toBe('');
    }
    for (const member of this.members) this.#checkMember(member, new Set(ids));
    expect(this.#offsets()).toBe(this.#committed);
  }

  /** Everybody falls silent: what was asked is answered, and nobody is left. */
  end(): void {
    this.stage.releaseLog();
    this.stage.clock.advance(20 * 60_000);
    expect(this.members.map(({ waiting }) => waiting)).toEqual([0, 0, 0, 0, 0]);
    expect(this.stage.groups.describe('g').members).toEqual([]);
    expect(this.#offsets()).toBe(this.#committed);
    this.stage.restart();
    expect(this.#offsets()).toBe(this.#committed);
  }

  #act(member: StageMember, what: Move['what'], ms: number, n: number): void {
    const { stage } = this;
    switch (what) {
      case 'join':
        if (member.waiting === 0) member.join();
        return;
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

  #restart(): void {
    this.stage.restart();
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
    const { life } = this.stage;
    this.stage.groups.commit({ ...member.claim(), ...commitOf(offset) }, (answer) => {
      if (life === this.stage.life && commitText(answer) === 'NONE') this.#committed = `t-0@${offset} (note)`;
    });
  }

  #checkMember(member: StageMember, ids: ReadonlySet<string>): void {
    const { joined, synced } = member;
    if (joined?.error === 'NONE' && !this.#seen.has(joined)) {
      this.#seen.add(joined);
      // Nobody is told an earlier generation than another was before.
      expect(joined.generationId).toBeGreaterThanOrEqual(Math.max(this.#generation, 1));
      this.#generation = joined.generationId;
      // A static leader may have come back under a new id: its name tells who it is.
      const name = this.stage.name(joined.leader);
      expect(name).toBe(this.#leaders.get(joined.generationId) ?? name);
      this.#leaders.set(joined.generationId, name);
      if (joined.members.length > 0) {
        expect(joined.leader).toBe(joined.memberId);
        expect(joined.members.map((m) => m.memberId)).toContain(joined.memberId);
      }
    }
    if (synced?.error === 'NONE' && !this.#seen.has(synced)) {
      this.#seen.add(synced);
      // What is given out is the member's own, of its generation, and in the log.
      const told = utf8Decode(synced.assignment);
      if (told !== '') expect(told).toBe(`${member.name} in ${member.generationId}`);
      expect(this.#loggedGeneration()).toBeGreaterThanOrEqual(member.generationId);
    }
    if (member.heartbeat() === 'NONE') expect(ids.has(member.memberId)).toBe(true);
  }

  #offsets(): string {
    let text = '';
    this.stage.groups.fetchOffsets({ groupId: 'g', topics: undefined, requireStable: false }, (answer) => {
      text = offsetsText(answer);
    });
    return text;
  }
}

test('whatever members, log and node do, a generation has one leader, nobody waits for ever, no commit is lost', () => {
  let stable = 0;
  fc.assert(
    fc.property(fc.array(move, { minLength: 60, maxLength: 200, size: 'max' }), (moves) => {
      const play = new Play();
      for (const one of moves) play.move(one);
      play.end();
      stable += play.stable;
    }),
    { numRuns: 150 },
  );
  // The moves must have led somewhere.
  expect(stable).toBeGreaterThan(500);
});
