import { MemoryBudget, Offset, zeroUuid } from '@skerry/base';
import { expect, test } from 'vitest';
import { type CommitRequest, groupLimits } from '../../src/groups/contract.ts';
import { OffsetTable } from '../../src/groups/offset-table.ts';
import { commitChanges } from '../../src/groups/offsets.ts';
import { offsetRecord } from '../../src/groups/records.ts';
import { GroupRoom } from '../../src/groups/room.ts';
import { Stage, stabilize } from './stage.ts';

test('ids for members that never join with them are given out up to a bound, and go with their session', () => {
  const stage = new Stage();
  const refused: string[] = [];
  const ask = { ...stage.member('A').joinRequest(), memberId: '' };
  for (let i = 0; i < groupLimits.pendingMembersMax + 3; i++) {
    stage.groups.classic.join(ask, ({ error }) => {
      if (error !== 'MEMBER_ID_REQUIRED') refused.push(error);
    });
  }
  stage.settle();
  expect(refused).toEqual(Array.from({ length: 3 }, () => 'COORDINATOR_NOT_AVAILABLE'));
  stage.clock.advance(10_001);
  // The group was nothing but its candidates.
  expect(stage.state()).toBe('Empty');
  stage.clock.advance(600_000);
  expect(stage.state()).toBe('Dead');
  expect(stage.table.size).toBe(0);
});

test('of groups with nothing left only the latest are kept', () => {
  const stage = new Stage();
  const ask = { ...stage.member('A').joinRequest(), memberId: '' };
  for (let i = 0; i < groupLimits.bareGroupsMax + 5; i++) {
    stage.groups.classic.join({ ...ask, groupId: `bare-${i}` }, () => undefined);
  }
  expect(stage.groups.list()).toHaveLength(groupLimits.bareGroupsMax + 5);
  stage.clock.advance(10_001);
  expect(stage.groups.list()).toHaveLength(groupLimits.bareGroupsMax);
});

test('members that tell more than there is room for are refused, and there is room again when others leave', () => {
  const stage = new Stage();
  const protocols = [{ name: 'range', metadata: new Uint8Array(groupLimits.memberBytesMax / 4) }];
  const told: string[] = [];
  const ids: string[] = [];
  const join = (): void => {
    const ask = { ...stage.member('A').joinRequest(), memberIdRequired: false, protocols };
    stage.groups.classic.join(ask, ({ error, memberId }) => {
      told.push(error);
      ids.push(memberId);
    });
  };
  for (let i = 0; i < 5; i++) join();
  stage.clock.advance(6001);
  expect(told).toEqual(['GROUP_MAX_SIZE_REACHED', 'NONE', 'NONE', 'NONE', 'NONE']);
  stage.groups.classic.leave('g', [{ memberId: ids[1] ?? '', groupInstanceId: null }], () => undefined);
  join();
  stage.clock.advance(30_000);
  expect(told.slice(5)).toEqual(['NONE']);
});

const joinNew = (stage: Stage, groupId: string): string[] => {
  const told: string[] = [];
  stage.groups.classic.join({ ...stage.member('A').joinRequest(), groupId }, ({ error }) => told.push(error));
  stage.settle();
  return told;
};

const now = { monotonicMs: 0, wallMs: 0 };

function commitOf(groupId: string, partitions: readonly number[], committedMetadata = ''): CommitRequest {
  const asked = partitions.map((partitionIndex) => ({
    partitionIndex,
    committedOffset: Offset(1),
    committedLeaderEpoch: -1,
    committedMetadata,
  }));
  const topics = [{ name: 't', topicId: zeroUuid, partitions: asked }];
  const who = { groupId, memberId: '', groupInstanceId: null, generationId: -1 };
  return { ...who, topics, retentionTimeMs: -1, groupIdNotFoundKnown: true };
}

/** A commit of an administrator: the partitions that were refused. */
function commitNew(stage: Stage, groupId: string, partitions: readonly number[], metadata = ''): string[] {
  const told: string[] = [];
  stage.groups.commit(commitOf(groupId, partitions, metadata), (answer) => {
    for (const { error } of answer.topics[0]?.partitions ?? []) if (error !== 'NONE') told.push(error);
  });
  stage.settle();
  return told;
}

/** What the log says of an offset that was committed long ago. */
function rowOf(groupId: string, partition = 0): [Uint8Array, Uint8Array | null] {
  const plain = { offset: Offset(1), leaderEpoch: -1, metadata: '', topicId: zeroUuid };
  const { key, value } = offsetRecord(groupId, 't', partition, {
    ...plain,
    commitTimestampMs: 0,
    expireTimestampMs: -1,
  });
  return [key, value];
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

test('so many groups and no more: a new one is to be tried again, and one that goes makes room', () => {
  const stage = new Stage();
  for (let i = 0; i < groupLimits.groupsMax; i++) {
    stage.groups.replay(...rowOf(`g${i}`));
  }
  expect(commitNew(stage, 'late', [0])).toEqual(['COORDINATOR_NOT_AVAILABLE']);
  expect(joinNew(stage, 'late')).toEqual(['COORDINATOR_NOT_AVAILABLE']);
  expect(commitNew(stage, 'g7', [1])).toEqual([]);
  stage.groups.deleteGroup('g9', () => undefined);
  stage.settle();
  expect(commitNew(stage, 'late', [0])).toEqual([]);
});

test('so many offsets and no more, of all groups: one more is refused, renewing is not', () => {
  const room = new GroupRoom(new MemoryBudget(2 ** 32), () => 1);
  const table = new OffsetTable(room);
  const { settings } = new Stage();
  const commit = (partitions: readonly number[]): readonly number[] => {
    const { changes } = commitChanges(commitOf('g', partitions), table, { now, settings, room });
    for (const { topic, partition, committed } of changes) if (committed) table.set(topic, partition, committed);
    return changes.map(({ partition }) => partition);
  };
  room.offsets = groupLimits.offsetsMax - 3;
  expect(commit([0, 1])).toEqual([0, 1]);
  expect(commit([1, 2, 3, 0])).toEqual([1, 2, 0]);
  expect(room.offsets).toBe(groupLimits.offsetsMax);
  table.delete('t', 1);
  expect(commit([4, 5])).toEqual([4]);
});

test('groups take half of the memory budget: what would add to them is refused, and there is room again later', () => {
  const stage = new Stage({ 'offset.metadata.max.bytes': 4096 }, 1, 2 ** 20);
  const said = 'x'.repeat(4000);
  let groups = 0;
  for (; commitNew(stage, `g${groups}`, [0], said).length === 0; groups++) expect(groups).toBeLessThan(131);
  expect(groups).toBeGreaterThan(80);
  expect(commitNew(stage, 'other', [0])).toEqual(['COORDINATOR_NOT_AVAILABLE']);
  expect(commitNew(stage, 'g0', upTo(5, 1))).toContain('INVALID_COMMIT_OFFSET_SIZE');
  expect(commitNew(stage, 'g0', [0], said)).toEqual([]);
  expect(joinNew(stage, 'g0')).toEqual(['GROUP_MAX_SIZE_REACHED']);
  stage.groups.deleteGroup('g1', () => undefined);
  stage.settle();
  expect(commitNew(stage, 'other', [0])).toEqual([]);
});

test('a full group turns newcomers away and keeps its members (group.max.size=2)', () => {
  const stage = new Stage({ 'group.max.size': 2 });
  const [a, b, c] = [stage.member('A'), stage.member('B'), stage.member('C')];
  stabilize(stage, [a, b], { A: 'p0', B: 'p1' });
  c.join();
  stage.settle();
  expect(c.joined?.error).toBe('GROUP_MAX_SIZE_REACHED');
  expect(stage.state()).toBe('Stable range [A=p0 B=p1]');
});

test('a group found too large at start rebalances, and the last to come are turned away', () => {
  const stage = new Stage();
  const members = ['A', 'B', 'C'].map((name) => stage.member(name));
  stabilize(stage, members, { A: 'p0', B: 'p1', C: 'p2' });
  stage.settings['group.max.size'] = 2;
  stage.restart();
  for (const member of members) member.join();
  stage.settle();
  expect(members.map(({ joined }) => joined?.error)).toEqual(['NONE', 'NONE', 'GROUP_MAX_SIZE_REACHED']);
});

test('while the groups are being read, a heartbeat is good and everything else must wait', () => {
  const stage = new Stage();
  const a = stage.member('A');
  stabilize(stage, [a], { A: 'p0' });
  stage.refuse('COORDINATOR_LOAD_IN_PROGRESS');
  expect(a.heartbeat()).toBe('NONE');
  a.join();
  a.sync();
  stage.settle();
  expect([a.joined?.error, a.synced?.error]).toEqual(['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_LOAD_IN_PROGRESS']);
  expect(stage.groups.describe('g').error).toBe('COORDINATOR_LOAD_IN_PROGRESS');
});
