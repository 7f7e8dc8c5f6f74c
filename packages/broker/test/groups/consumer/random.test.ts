/**
 * Consumer groups under whatever members, log and node do. No partition is ever read by two members that have not been
 * fenced, and a group that is left alone comes to rest with every partition read.
 */
import { SeededRandom } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { Stage } from '../stage.ts';
import { groupLines, StageConsumer } from './stage.ts';

const seeds = 20;
const steps = 150;
const fenced = new Set(['UNKNOWN_MEMBER_ID', 'FENCED_MEMBER_EPOCH']);

class Play {
  readonly stage = new Stage({ 'group.consumer.assignment.interval.ms': 1000 });
  readonly members: StageConsumer[] = [];
  readonly #random: SeededRandom;
  #count = 0;
  #partitions = 2;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.stage.topics.make('t', this.#partitions);
    this.stage.topics.make('u', 3);
  }

  #below(bound: number): number {
    const [high = 0, low = 0] = this.#random.bytes(2);
    return (high * 256 + low) % bound;
  }

  step(): void {
    const one = this.members[this.#below(Math.max(1, this.members.length))];
    const what = this.#below(100);
    if (one === undefined || (what < 10 && this.members.length < 6)) this.#enter();
    else if (what < 50) this.#beat(one);
    else if (what < 70) this.#beatSlowly(one);
    else if (what < 75) this.#leave(one);
    else if (what < 80) one.options = { ...one.options, topics: this.#topics() };
    else if (what < 84) this.#answerIsLost(one);
    else if (what < 87) this.#grow();
    else if (what < 90) this.stage.failNextAppend('NOT_ENOUGH_REPLICAS');
    else if (what < 92) this.stage.restart();
    else this.stage.pass(this.#below(2000));
    this.check();
  }

  /** Nobody leaves and nothing fails any more. */
  settle(): void {
    for (let round = 0; round < 30; round++) {
      for (const one of this.members) this.#beat(one);
      this.stage.pass(1100);
      this.check();
    }
  }

  /** What a client reads is what it was last told, until it is fenced or leaves. */
  check(): void {
    const readers = new Map<string, string>();
    for (const { name, owned } of this.members) {
      for (const { topicId, partitions } of owned) {
        for (const partition of partitions) {
          const key = `${topicId}-${partition}`;
          expect([key, readers.get(key)]).toEqual([key, undefined]);
          readers.set(key, name);
        }
      }
    }
  }

  #topics(): readonly string[] {
    return [['t'], ['u'], ['t', 'u']][this.#below(3)] ?? [];
  }

  #enter(): void {
    const member = new StageConsumer(this.stage, `m${++this.#count}`, { topics: this.#topics() });
    if (/^\d/.test(member.join())) this.members.push(member);
  }

  /** Returns whether the coordinator still knew it. */
  #beat(one: StageConsumer): boolean {
    const said = one.ask({ subscribedTopicNames: one.options.topics, rebalanceTimeoutMs: 600_000 });
    if (fenced.has(said)) one.join();
    return !fenced.has(said);
  }

  /** It goes on reading what it is to give up, until it is heard again. */
  #beatSlowly(one: StageConsumer): void {
    const had = one.owned;
    if (!this.#beat(one)) return;
    const left = one.owned.reduce((sum, { partitions }) => sum + partitions.length, 0);
    if (left < had.reduce((sum, { partitions }) => sum + partitions.length, 0)) one.owned = had;
  }

  #leave(one: StageConsumer): void {
    if (one.leave().startsWith('-1')) this.members.splice(this.members.indexOf(one), 1);
  }

  /** The member has not heard the answer: it says the same again, in its old epoch. */
  #answerIsLost(one: StageConsumer): void {
    const { epoch, owned } = one;
    const said = one.ask({});
    if (/^\d/.test(said)) Object.assign(one, { epoch, owned });
    else if (fenced.has(said)) one.join();
  }

  #grow(): void {
    if (this.#partitions >= 12) return;
    this.#partitions += 1 + this.#below(3);
    this.stage.topics.grow('t', this.#partitions);
  }
}

test('whatever members, log and node do, no partition has two readers, and in the end each has one', () => {
  for (let seed = 1; seed <= seeds; seed++) {
    const play = new Play(seed);
    for (let i = 0; i < steps; i++) play.step();
    play.settle();
    const read = new Set(play.members.flatMap(({ options }) => options.topics ?? []));
    const wanted = [...read].reduce((sum, name) => sum + (play.stage.topics.topic(name)?.partitions ?? 0), 0);
    const held = play.members.flatMap(({ owned }) => owned.flatMap(({ partitions }) => partitions)).length;
    expect({ seed, held, state: groupLines(play.stage)[0]?.split(' ')[0] ?? '' }).toEqual({
      seed,
      held: wanted,
      state: play.members.length === 0 ? expect.any(String) : 'Stable',
    });
  }
});
