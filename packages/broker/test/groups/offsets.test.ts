import type { Uuid } from '@skerry/base';
import { zeroUuid } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import { expect, test } from 'vitest';
import type { CommitAnswer, CommitRequest } from '../../src/groups/contract.ts';
import { commitOf, commitText, offsetsText, Stage, stabilize } from './stage.ts';

const simple = { groupId: 's', generationId: -1, memberId: '', groupInstanceId: null };
const day = 24 * 3_600_000;

function commit(stage: Stage, request: Partial<CommitRequest>): string {
  let told = 'no answer';
  stage.groups.commit({ ...simple, ...commitOf(5), ...request }, (answer: CommitAnswer) => {
    told = commitText(answer);
  });
  stage.settle();
  return told;
}

function offsets(stage: Stage, groupId = 's', requireStable = false): string {
  let told = 'no answer';
  stage.groups.fetchOffsets(
    { memberId: null, memberEpoch: -1, groupId, topics: undefined, requireStable },
    (answer) => {
      told = offsetsText(answer);
    },
  );
  return told;
}

function deleted(stage: Stage, groupId: string): ErrorName | undefined {
  let told: ErrorName | undefined;
  stage.groups.deleteGroup(groupId, (error) => {
    told = error;
  });
  stage.settle();
  return told;
}

test('a simple consumer commits without being a member, and its note is kept over a restart', () => {
  const stage = new Stage();
  expect(commit(stage, {})).toBe('NONE');
  expect(stage.state('s')).toBe('Empty');
  expect(offsets(stage)).toBe('t-0@5 (note)');
  stage.restart();
  expect(offsets(stage)).toBe('t-0@5 (note)');
});

test('a commit is visible once the log has it; requireStable waits for that', () => {
  const stage = new Stage();
  commit(stage, commitOf(5));
  stage.holdLog();
  commit(stage, commitOf(6));
  expect(offsets(stage)).toBe('t-0@5 (note)');
  let stable = '';
  stage.groups.fetchOffsets(
    { memberId: null, memberEpoch: -1, groupId: 's', topics: undefined, requireStable: true },
    (answer) => {
      stable = offsetsText(answer);
    },
  );
  expect(stable).toBe('');
  stage.releaseLog();
  expect(stable).toBe('t-0@6 (note)');
});

test('a commit that the log refuses changes nothing, and leaves no group behind', () => {
  const stage = new Stage();
  stage.failNextAppend('NOT_ENOUGH_REPLICAS');
  expect(commit(stage, {})).toBe('COORDINATOR_NOT_AVAILABLE');
  expect(stage.state('s')).toBe('Dead');
});

test('a commit that the log takes too long for is to be tried again, and counts if it is taken after all', () => {
  const stage = new Stage();
  stage.holdLog();
  const told: string[] = [];
  stage.groups.commit({ ...simple, ...commitOf(7) }, (answer) => told.push(commitText(answer)));
  stage.clock.advance(4999);
  expect(told).toEqual([]);
  stage.clock.advance(1);
  expect(told).toEqual(['COORDINATOR_NOT_AVAILABLE']);
  stage.releaseLog();
  expect(told).toHaveLength(1);
  expect(offsets(stage)).toBe('t-0@7 (note)');
});

test.each([
  ['a member of an unknown group (v9)', { groupId: 'none', generationId: 1, memberId: 'm' }, 'GROUP_ID_NOT_FOUND'],
  [
    'a member of an unknown group (v8)',
    { groupId: 'none', generationId: 1, memberId: 'm', groupIdNotFoundKnown: false },
    'ILLEGAL_GENERATION',
  ],
  ['a simple consumer, where there are members', { groupId: 'g' }, 'UNKNOWN_MEMBER_ID'],
  ['a stranger', { groupId: 'g', generationId: 1, memberId: 'x' }, 'UNKNOWN_MEMBER_ID'],
  ['a static stranger', { groupId: 'g', generationId: 1, memberId: 'x', groupInstanceId: 'i' }, 'UNKNOWN_MEMBER_ID'],
  ['too long a note', { ...commitOf(1, 't', 0, 'x'.repeat(4097)) }, 'OFFSET_METADATA_TOO_LARGE'],
] as const)('%s: %o is refused', (_who, request, error) => {
  const stage = new Stage();
  stabilize(stage, [stage.member('A')], {});
  expect(commit(stage, request)).toBe(error);
});

test('an offset that was committed for another topic of the same name is not told', () => {
  const stage = new Stage();
  const [first, second] = ['AAAAAAAAAAAAAAAAAAAAAQ' as Uuid, 'AAAAAAAAAAAAAAAAAAAAAg' as Uuid];
  const { topics, ...rest } = commitOf(5);
  commit(stage, { ...rest, topics: topics.map((topic) => ({ ...topic, topicId: first })) });
  const told: string[] = [];
  for (const topicId of [first, second, zeroUuid]) {
    const asked = [{ name: 't', topicId, partitionIndexes: [0, 1] }];
    stage.groups.fetchOffsets(
      { memberId: null, memberEpoch: -1, groupId: 's', topics: asked, requireStable: false },
      (answer) => told.push(offsetsText(answer)),
    );
  }
  expect(told).toEqual(['t-0@5 (note) t-1@-1', 't-0@-1 t-1@-1', 't-0@5 (note) t-1@-1']);
});

test('offsets of a simple group go with their retention, the group with the last (retention 7 days)', () => {
  const stage = new Stage();
  commit(stage, commitOf(5, 'old'));
  stage.clock.advance(4 * day);
  commit(stage, commitOf(6, 'new'));
  stage.clock.advance(3 * day);
  expect(offsets(stage)).toBe('new-0@6 (note)');
  stage.clock.advance(4 * day + 600_000);
  expect(offsets(stage)).toBe('');
  expect(stage.state('s')).toBe('Dead');
  expect(stage.table.size).toBe(0);
});

test('a commit with a retention of its own goes when that is over (v2 to v4)', () => {
  const stage = new Stage();
  commit(stage, { retentionTimeMs: day });
  stage.restart();
  stage.clock.advance(day - 700_000);
  expect(offsets(stage)).toBe('t-0@5 (note)');
  stage.clock.advance(1_300_000);
  expect(offsets(stage)).toBe('');
});

test('offsets of a group with members stay, whatever their age, while its topics are not known', () => {
  const stage = new Stage();
  const a = stage.member('A', { sessionTimeoutMs: 1_800_000 });
  stabilize(stage, [a], { A: 'p0' });
  a.commit(5);
  for (let i = 0; i < 8 * 48; i++) {
    stage.clock.advance(day / 48 - 1);
    a.heartbeat();
  }
  expect(offsets(stage, 'g')).toBe('t-0@5 (note)');
  // Without members the retention starts to count when they have left.
  a.leave();
  stage.clock.advance(6.9 * day);
  expect(offsets(stage, 'g')).toBe('t-0@5 (note)');
  stage.clock.advance(0.2 * day);
  expect(stage.state('g')).toBe('Dead');
});

test('a clock that was wrong does not cost a consumer its offsets (start in 1970, then learn the time)', () => {
  const stage = new Stage();
  stage.clock.jumpWall(-60 * 365 * day);
  commit(stage, {});
  stage.clock.jumpWall(60 * 365 * day);
  stage.clock.advance(day);
  expect(offsets(stage)).toBe('t-0@5 (note)');
  stage.restart();
  stage.clock.advance(6 * day);
  expect(offsets(stage)).toBe('t-0@5 (note)');
  stage.clock.advance(2 * day);
  expect(offsets(stage)).toBe('');
});

test('an age goes on over a restart', () => {
  const stage = new Stage();
  commit(stage, {});
  stage.clock.advance(6 * day);
  stage.restart();
  stage.clock.advance(1 * day + 600_000);
  expect(offsets(stage)).toBe('');
});

test('a deleted topic takes its offsets along, in all groups', () => {
  const stage = new Stage();
  for (const groupId of ['s', 'r']) {
    commit(stage, { groupId, ...commitOf(5, 't') });
    commit(stage, { groupId, ...commitOf(6, 'u') });
  }
  stage.groups.topicDeleted('t');
  stage.settle();
  expect([offsets(stage, 's'), offsets(stage, 'r')]).toEqual(['u-0@6 (note)', 'u-0@6 (note)']);
  stage.restart();
  expect([offsets(stage, 's'), offsets(stage, 'r')]).toEqual(['u-0@6 (note)', 'u-0@6 (note)']);
});

test('only a group without members can be deleted, with all that the log has of it', () => {
  const stage = new Stage();
  const a = stage.member('A');
  stabilize(stage, [a], { A: 'p0' });
  a.commit(5);
  stage.settle();
  expect(deleted(stage, 'g')).toBe('NON_EMPTY_GROUP');
  expect(deleted(stage, 'none')).toBe('GROUP_ID_NOT_FOUND');
  a.leave();
  stage.settle();
  stage.failNextAppend('NOT_ENOUGH_REPLICAS');
  expect(deleted(stage, 'g')).toBe('COORDINATOR_NOT_AVAILABLE');
  expect(offsets(stage, 'g')).toBe('t-0@5 (note)');
  expect(deleted(stage, 'g')).toBe('NONE');
  expect(stage.state()).toBe('Dead');
  expect(stage.table.size).toBe(0);
});

test('nothing joins or commits while a deletion is on its way to the log', () => {
  const stage = new Stage();
  commit(stage, {});
  stage.holdLog();
  stage.groups.deleteGroup('s', () => undefined);
  expect(commit(stage, commitOf(6))).toBe('COORDINATOR_NOT_AVAILABLE');
  const a = stage.member('A', { groupId: 's' });
  a.join();
  stage.settle();
  expect(a.joined?.error).toBe('COORDINATOR_NOT_AVAILABLE');
  stage.releaseLog();
  expect(stage.state('s')).toBe('Dead');
});

test('offsets of topics that a consumer group reads are not deleted', () => {
  const stage = new Stage();
  const reads = '\u0000\u0000\u0000\u0000\u0000\u0001\u0000\u0001t';
  const a = stage.member('A', { protocolType: 'consumer', protocols: { range: reads } });
  stabilize(stage, [a], { A: 'p0' });
  a.commit(5, 't');
  a.commit(6, 'u');
  stage.settle();
  const told: unknown[] = [];
  const asked = ['t', 'u'].map((topic) => ({ topic, partition: 0 }));
  stage.groups.deleteOffsets('g', asked, (error, refused) => told.push(error, [...refused]));
  stage.settle();
  expect(told).toEqual(['NONE', ['t']]);
  expect(offsets(stage, 'g')).toBe('t-0@5 (note)');
});
