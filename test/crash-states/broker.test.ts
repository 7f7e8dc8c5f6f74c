/**
 * Whatever a power cut leaves of a node: it starts again, topics that were made are there with all that was
 * acknowledged, as many partitions as they grew to and no record that was deleted; deleted topics stay away and can be
 * made anew, and committed offsets are those of the last commit.
 */
import { expect, test } from 'vitest';
import { BrokerLife, type BrokerMark, type Step } from './broker-life.ts';
import { chosen, explore, newTotals, type Run, tell } from './explore.ts';
import type { World } from './file-system.ts';

/** What must be found of a topic; more than one of each while an answer is due. */
interface Expected {
  readonly exists: Set<boolean>;
  values: string[];
  /** Sent, and not answered. */
  sent: string | undefined;
  offsets: Set<number | undefined>;
  partitions: Set<number>;
  starts: Set<number>;
}

class Expectation {
  readonly topics = new Map<string, Expected>();

  note({ when, step }: BrokerMark): boolean {
    const topic = this.#topic(step.topic);
    if (when === 'asked') ask(topic, step);
    else answer(topic, step);
    return true;
  }

  #topic(name: string): Expected {
    const known = this.topics.get(name) ?? {
      exists: new Set([false]),
      values: [],
      sent: undefined,
      offsets: new Set([undefined]),
      partitions: new Set([1]),
      starts: new Set([0]),
    };
    this.topics.set(name, known);
    return known;
  }
}

function ask(topic: Expected, step: Step): void {
  if (step.op === 'create') topic.exists.add(true);
  if (step.op === 'delete') topic.exists.add(false);
  if (step.op === 'produce') topic.sent = step.value;
  if (step.op === 'commit') topic.offsets.add(step.offset);
  if (step.op === 'grow') topic.partitions.add(step.count);
  if (step.op === 'trim') topic.starts.add(step.offset);
}

function answer(topic: Expected, step: Step): void {
  if (step.op === 'produce') {
    topic.values.push(step.value);
    topic.sent = undefined;
  } else if (step.op === 'commit') topic.offsets = new Set([step.offset]);
  else if (step.op === 'grow') topic.partitions = new Set([step.count]);
  else if (step.op === 'trim') topic.starts = new Set([step.offset]);
  else {
    topic.exists.clear();
    topic.exists.add(step.op === 'create');
    if (step.op === 'create') return;
    const offsets = new Set([undefined]);
    Object.assign(topic, { values: [], sent: undefined, offsets, partitions: new Set([1]), starts: new Set([0]) });
  }
}

/** A store that is lost took the log starts with it: records that were deleted may come back, others not. */
function checkStart(life: BrokerLife, name: string, { exists, partitions, starts }: Expected, lost: boolean): number {
  const start = life.startOf(name);
  if (exists.size > 1) return start;
  if (!starts.has(start) && !(lost && start < Math.max(...starts))) throw new Error(`${name} starts at ${start}`);
  const size = life.partitions(name);
  if (!partitions.has(size)) throw new Error(`${name} has ${size} partitions`);
  return start;
}

function check(world: World, expectation: Expectation, thorough: boolean, storeLost: boolean): void {
  const life = new BrokerLife(world);
  life.start();
  const topics = life.topics();
  const offsets = life.offsets();
  for (const [name, expected] of expectation.topics) {
    const { exists, values, sent, offsets: committed } = expected;
    const isThere = topics.includes(name);
    if (!exists.has(isThere)) throw new Error(`topic ${name} is ${isThere ? '' : 'not '}there`);
    if (!isThere) continue;
    const start = checkStart(life, name, expected, storeLost);
    const found = life.values(name);
    const legal = [values, sent === undefined ? values : [...values, sent], ...(exists.size > 1 ? [[]] : [])];
    if (!legal.some((one) => one.slice(start).join() === found.join()))
      throw new Error(`${name} holds ${found.join()}, not ${values.join()}`);
    const offset = offsets.get(name);
    if (exists.size === 1 && !committed.has(offset)) throw new Error(`${name} was committed at ${offset}`);
    if (!thorough) continue;
    life.do({ op: 'produce', topic: name, value: 'next' });
    if (life.values(name).join() !== [...found, 'next'].join()) throw new Error(`${name} does not go on`);
  }
  if (!thorough) return;
  for (const name of expectation.topics.keys()) {
    if (topics.includes(name)) continue;
    life.do({ op: 'create', topic: name });
    life.do({ op: 'produce', topic: name, value: 'first' });
    if (life.values(name).join() !== 'first') throw new Error(`${name}, made anew, holds ${life.values(name).join()}`);
  }
}

function steps(life: BrokerLife): void {
  life.start();
  life.do({ op: 'create', topic: 'a' });
  for (let i = 0; i < 3; i++) life.do({ op: 'produce', topic: 'a', value: `a${i}` });
  life.do({ op: 'commit', topic: 'a', offset: 1 });
  life.do({ op: 'create', topic: 'b' });
  life.do({ op: 'produce', topic: 'b', value: 'b0' });
  life.do({ op: 'grow', topic: 'a', count: 3 });
  life.do({ op: 'trim', topic: 'a', offset: 2 });
  life.do({ op: 'commit', topic: 'a', offset: 2 });
  life.do({ op: 'delete', topic: 'b' });
  life.do({ op: 'create', topic: 'b' });
  life.do({ op: 'produce', topic: 'b', value: 'b1' });
  life.restart();
  life.do({ op: 'produce', topic: 'a', value: 'a3' });
  life.do({ op: 'trim', topic: 'a', offset: 4 });
  life.do({ op: 'grow', topic: 'b', count: 2 });
  life.do({ op: 'commit', topic: 'b', offset: 1 });
  life.do({ op: 'delete', topic: 'a' });
  life.pass(5000);
}

const name = 'topics and groups of a broker';

test.runIf(chosen === undefined || chosen.script === name)('topics and groups of a broker', () => {
  const life = new BrokerLife();
  steps(life);
  const expectation = new Expectation();
  const run: Run<BrokerMark> = {
    name,
    events: life.recording.events,
    note: (mark) => expectation.note(mark),
    check: (world, { storeLost, number }) => check(world, expectation, number % 5 === 0 || storeLost, storeLost),
  };
  const totals = newTotals();
  explore(run, { combinationsMax: 12, draws: 10 }, totals, chosen);
  tell(name, totals);
  if (chosen === undefined) expect(totals.distinct.size).toBeGreaterThan(300);
});
