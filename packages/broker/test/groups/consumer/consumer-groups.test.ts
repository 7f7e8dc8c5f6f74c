/** Consumer groups (KIP-848) from join to leave: who gets which partitions when, and what survives. */
import { expect, test } from 'vitest';
import { consumerGroupLimits } from '../../../src/groups/consumer/contract.ts';
import { Stage } from '../stage.ts';
import { groupLines, StageConsumer } from './stage.ts';

function stageOf(
  topics: Readonly<Record<string, number>> = { t: 4 },
  settings: ConstructorParameters<typeof Stage>[0] = {},
): Stage {
  const stage = new Stage({ 'group.consumer.assignment.interval.ms': 0, ...settings });
  for (const [name, partitions] of Object.entries(topics)) stage.topics.make(name, partitions);
  return stage;
}

test('the first member gets everything with its first heartbeat', () => {
  const stage = stageOf();
  const a = new StageConsumer(stage, 'a');
  expect(a.join()).toBe('2 t:0,1,2,3');
  expect(groupLines(stage)).toEqual(['Stable 2/2', 'a@2 has t:0,1,2,3, is to have t:0,1,2,3']);
  expect(a.beat()).toBe('2 as before');
});

test('a partition is given to a new member only after its owner has given it up', () => {
  const stage = stageOf();
  const [a, b] = [new StageConsumer(stage, 'a'), new StageConsumer(stage, 'b')];
  a.join();
  expect(b.join()).toBe('3 nothing');
  // The owner still reads all four when it hears of it.
  expect(a.beat()).toBe('2 t:0,1');
  expect(b.beat()).toBe('3 as before');
  expect(groupLines(stage)).toEqual([
    'Reconciling 3/3',
    'a@2 has t:0,1,2,3, is to have t:0,1',
    'b@3 has nothing, is to have t:2,3',
  ]);
  expect(a.beat()).toBe('3 as before');
  expect(b.beat()).toBe('3 t:2,3');
  expect(groupLines(stage)[0]).toBe('Stable 3/3');
});

test('two assignments are at least the interval apart', () => {
  const stage = stageOf({ t: 4 }, { 'group.consumer.assignment.interval.ms': 1000 });
  const [a, b] = [new StageConsumer(stage, 'a'), new StageConsumer(stage, 'b')];
  a.join();
  expect(b.join()).toBe('2 nothing');
  expect(groupLines(stage)[0]).toBe('Assigning 3/2');
  stage.pass(1000);
  expect(a.beat()).toBe('2 t:0,1');
  expect(groupLines(stage)[0]).toBe('Reconciling 3/3');
});

test('who leaves is gone at once, and the others get what it had', () => {
  const stage = stageOf();
  const [a, b] = [new StageConsumer(stage, 'a'), new StageConsumer(stage, 'b')];
  a.join();
  b.join();
  a.beat();
  a.beat();
  b.beat();
  expect(a.leave()).toBe('-1 as before');
  expect(b.beat()).toBe('4 t:0,1,2,3');
  expect(a.beat()).toBe('UNKNOWN_MEMBER_ID');
});

test('a member that is silent for its session is removed; one that is heard is not', () => {
  const stage = stageOf();
  const [a, b] = [new StageConsumer(stage, 'a'), new StageConsumer(stage, 'b')];
  a.join();
  b.join();
  for (let i = 0; i < 10; i++) {
    stage.pass(5000);
    a.beat();
  }
  expect(b.beat()).toBe('UNKNOWN_MEMBER_ID');
  expect(a.beat()).toBe('4 as before');
  expect(a.owned).toHaveLength(1);
  expect(groupLines(stage)).toEqual(['Stable 4/4', 'a@4 has t:0,1,2,3, is to have t:0,1,2,3']);
});

test('a member that does not give up what it is asked to is removed after its rebalance time-out', () => {
  const stage = stageOf();
  const a = new StageConsumer(stage, 'a', { rebalanceTimeoutMs: 20_000 });
  const b = new StageConsumer(stage, 'b');
  a.join();
  const all = a.owned;
  b.join();
  for (let i = 0; i < 3; i++) {
    expect(a.ask({ topicPartitions: all })).toMatch(/^2 /);
    stage.pass(6000);
  }
  stage.pass(6000);
  expect(a.ask({ topicPartitions: all })).toBe('UNKNOWN_MEMBER_ID');
  expect(b.beat()).toBe('4 t:0,1,2,3');
});

test('a topic that comes, grows or goes raises the epoch with the next heartbeat', () => {
  const stage = stageOf({});
  const a = new StageConsumer(stage, 'a', { topics: ['t', 'u'] });
  expect(a.join()).toBe('2 nothing');
  stage.topics.make('t', 1);
  expect(a.beat()).toBe('3 t:0');
  stage.topics.make('other', 1);
  expect(a.beat()).toBe('3 as before');
  stage.topics.make('u', 2);
  expect(a.beat()).toBe('4 t:0 u:0,1');
  stage.topics.remove('t');
  expect(a.beat()).toBe('4 u:0,1');
  expect(a.beat()).toBe('5 as before');
});

test('epochs of the future and the past are fenced, but for the last one whose answer was lost', () => {
  const stage = stageOf();
  const [a, b] = [new StageConsumer(stage, 'a'), new StageConsumer(stage, 'b')];
  a.join();
  b.join();
  expect(a.ask({ memberEpoch: 3 })).toBe('FENCED_MEMBER_EPOCH');
  a.beat();
  a.beat();
  expect(a.epoch).toBe(3);
  const had = stage.topics.topic('t')?.id;
  if (had === undefined) throw new Error('no topic');
  expect(a.ask({ memberEpoch: 2, topicPartitions: [{ topicId: had, partitions: [0] }] })).toBe('3 as before');
  expect(a.ask({ memberEpoch: 2, topicPartitions: [{ topicId: had, partitions: [0, 3] }] })).toBe(
    'FENCED_MEMBER_EPOCH',
  );
  expect(a.ask({ memberEpoch: 2, topicPartitions: null })).toBe('FENCED_MEMBER_EPOCH');
  expect(new StageConsumer(stage, 'c', {}).ask({ memberEpoch: 2 })).toBe('UNKNOWN_MEMBER_ID');
});

test('a static member keeps its partitions over a restart of its own, and nobody moves', () => {
  const stage = stageOf();
  const a = new StageConsumer(stage, 'a', { instanceId: 'i' });
  const b = new StageConsumer(stage, 'b');
  a.join();
  b.join();
  a.beat();
  a.beat();
  b.beat();
  const again = new StageConsumer(stage, 'a2', { instanceId: 'i' });
  expect(again.join()).toBe('UNRELEASED_INSTANCE_ID');
  expect(a.leave(-2)).toBe('-2 as before');
  expect(again.join()).toBe('3 t:0,1');
  expect(a.ask({ memberEpoch: 3 })).toBe('FENCED_INSTANCE_ID');
  expect(groupLines(stage)).toEqual([
    'Stable 3/3',
    'b@3 has t:2,3, is to have t:2,3',
    'a2@3 has t:0,1, is to have t:0,1',
  ]);
});

test('a static member that does not come back within its session loses its place', () => {
  const stage = stageOf();
  const a = new StageConsumer(stage, 'a', { instanceId: 'i' });
  a.join();
  a.leave(-2);
  stage.pass(45_000);
  stage.settle();
  expect(groupLines(stage)).toEqual(['Empty 3/2']);
});

test('after a restart of the node everybody goes on where they were', () => {
  const stage = stageOf();
  const [a, b] = [new StageConsumer(stage, 'a'), new StageConsumer(stage, 'b')];
  a.join();
  b.join();
  a.beat();
  const before = groupLines(stage);
  stage.restart();
  expect(groupLines(stage)).toEqual(before);
  // The partitions that a gave up meanwhile are b's.
  expect(a.beat()).toBe('3 as before');
  expect(b.beat()).toBe('3 t:2,3');
  stage.pass(45_001);
  stage.settle();
  expect(groupLines(stage)).toEqual(['Empty 5/3']);
});

test('what the log does not take has not been: the member tries again', () => {
  const stage = stageOf();
  const a = new StageConsumer(stage, 'a');
  stage.failNextAppend('NOT_ENOUGH_REPLICAS');
  expect(a.join()).toBe('COORDINATOR_NOT_AVAILABLE');
  expect(groupLines(stage)).toEqual(['GROUP_ID_NOT_FOUND']);
  expect(a.join()).toBe('2 t:0,1,2,3');
});

test('what is asked while something is on its way to the log is decided by what then is there', () => {
  const stage = stageOf();
  const [a, b] = [new StageConsumer(stage, 'a'), new StageConsumer(stage, 'b')];
  stage.holdLog();
  a.send({ subscribedTopicNames: ['t'], rebalanceTimeoutMs: 1000 });
  b.send({ subscribedTopicNames: ['t'], rebalanceTimeoutMs: 1000 });
  stage.settle();
  expect([a.text(), b.text()]).toEqual(['unanswered', 'unanswered']);
  stage.releaseLog();
  expect([a.text(), b.text()]).toEqual(['2 t:0,1,2,3', '3 nothing']);
});

test('a regular expression is resolved after the answer, and its topics come with the next heartbeat', () => {
  const stage = stageOf({ 'foo-1': 1, 'foo-2': 1, bar: 1 });
  const a = new StageConsumer(stage, 'a', { topics: null, regex: 'foo-.*' });
  expect(a.join()).toMatch(/nothing$/);
  expect(a.beat()).toMatch(/ foo-1:0 foo-2:0$/);
  stage.topics.make('foo-3', 1);
  stage.pass(10_001);
  a.beat();
  expect(a.beat()).toMatch(/ foo-1:0 foo-2:0 foo-3:0$/);
  stage.restart();
  expect(a.beat()).toMatch(/as before$/);
});

test.each(['(', 'a**', '\\1', '(?=x)', 'a{1001}', '(((a{100}){100}){100})'])('%s is refused', (regex) => {
  const stage = stageOf();
  expect(new StageConsumer(stage, 'a', { topics: null, regex }).join()).toBe('INVALID_REGULAR_EXPRESSION');
  expect(groupLines(stage)).toEqual(['GROUP_ID_NOT_FOUND']);
});

test('a subscription that shrinks takes the partitions away at once', () => {
  const stage = stageOf({ t: 1, u: 1 });
  const a = new StageConsumer(stage, 'a', { topics: ['t', 'u'] });
  expect(a.join()).toBe('2 t:0 u:0');
  expect(a.ask({ subscribedTopicNames: ['u'] })).toBe('2 u:0');
  expect(a.beat()).toBe('3 as before');
});

test('a member names so many topics and no more, a group has so many regular expressions', () => {
  const stage = stageOf();
  const names = Array.from({ length: consumerGroupLimits.topicNamesMax + 1 }, (_, i) => `t${i}`);
  expect(new StageConsumer(stage, 'a', { topics: names }).join()).toBe('INVALID_REQUEST');
  for (let i = 0; i <= consumerGroupLimits.regexesMax; i++) {
    const joined = new StageConsumer(stage, `m${i}`, { topics: null, regex: `x${i}` }).join();
    if (i === consumerGroupLimits.regexesMax) expect(joined).toBe('INVALID_REGULAR_EXPRESSION');
    else expect(joined).toMatch(/nothing$/);
  }
});

test('a full group takes no more members', () => {
  const stage = stageOf({ t: 2 }, { 'group.consumer.max.size': 1 });
  const a = new StageConsumer(stage, 'a');
  a.join();
  expect(new StageConsumer(stage, 'b').join()).toBe('GROUP_MAX_SIZE_REACHED');
  expect(a.join()).toBe('2 t:0,1');
});

test('a group has session and heartbeat settings of its own', () => {
  const stage = stageOf();
  stage.groupSettings.set('g consumer.session.timeout.ms', '46000');
  stage.groupSettings.set('g consumer.heartbeat.interval.ms', '7000');
  const a = new StageConsumer(stage, 'a');
  a.join();
  expect(a.last?.heartbeatIntervalMs).toBe(7000);
  stage.pass(45_500);
  expect(a.beat()).toBe('2 as before');
});
