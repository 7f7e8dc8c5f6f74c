/** Share groups over the wire, in virtual time: deliveries, locks, crashes, and requests that make no sense. */
import { Offset } from '@skerry/base';
import {
  deleteGroupsRequest,
  deleteGroupsResponse,
  errorName,
  offsetCommitRequest,
  offsetCommitResponse,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
} from '@skerry/wire';
import { describe, expect, it } from 'vitest';
import { acknowledgeType } from '../../src/share/state.ts';
import { batchOf, produce } from '../calls.ts';
import { join, type Stage, say, stage, take } from './share-stage.ts';

const { accept, release, renew } = acknowledgeType;

function restarted({ node, topicId }: Stage, end: 'kill' | 'cutPower'): Stage {
  node[end]();
  node.start();
  return { node, topicId, client: node.client() };
}

describe('a share group', () => {
  it('delivers each record once to who acknowledges it, and waits for more', () => {
    const on = stage();
    produce(on.client, 't', batchOf(['a', 'b']));
    expect(join(on.client, 'm')).toMatchObject({ error: 'NONE', memberEpoch: 1 });
    expect(take(on, 'm', 0)).toMatchObject({ acquired: [[0, 1, 1]], values: ['a', 'b'] });
    expect(take(on, 'm', 1, [[0, 1, accept]])).toMatchObject({ acknowledged: 'NONE', acquired: [] });
    produce(on.client, 't', batchOf(['c']));
    expect(take(on, 'm', 2)).toMatchObject({ acquired: [[2, 2, 1]], values: ['c'] });
  });

  it.each(['kill', 'cutPower'] as const)('forgets no acknowledgement and no record that has none: %s', (end) => {
    const before = stage();
    produce(before.client, 't', batchOf(['a', 'b', 'c', 'd']));
    take(before, 'm', 0);
    expect(say(before, 'm', 1, [[0, 1, accept]])).toBe('NONE');
    expect(say(before, 'm', 2, [[3, 3, accept]])).toBe('NONE');
    const after = restarted(before, end);
    expect(take(after, 'm', 1).error).toBe('SHARE_SESSION_NOT_FOUND');
    expect(take(after, 'm', 0).acquired).toEqual([[2, 2, 1]]);
  });

  it('keeps where a group began, though nothing was acknowledged', () => {
    const before = stage({ 'group.share.record.lock.duration.ms': 15000 });
    produce(before.client, 't', batchOf(['a']));
    take(before, 'm', 0);
    const after = restarted(before, 'kill');
    produce(after.client, 't', batchOf(['b']));
    expect(take(after, 'm', 0).acquired).toEqual([[0, 1, 1]]);
  });

  it('gives a record to another when its lock times out, and counts that', () => {
    const on = stage();
    produce(on.client, 't', batchOf(['a']));
    take(on, 'm', 0);
    const other = { ...on, client: on.node.client() };
    expect(take(other, 'n', 0).acquired).toEqual([]);
    on.node.machineTime(31_000);
    expect(take(other, 'n', 1).acquired).toEqual([[0, 0, 2]]);
    expect(say(on, 'm', 1, [[0, 0, accept]])).toBe('INVALID_RECORD_STATE');
    expect(say(other, 'n', 2, [[0, 0, accept]])).toBe('NONE');
  });

  it('leaves a record with who asks for more time', () => {
    const on = stage();
    produce(on.client, 't', batchOf(['a']));
    take(on, 'm', 0);
    on.node.machineTime(20_000);
    expect(say(on, 'm', 1, [[0, 0, renew]])).toBe('NONE');
    on.node.machineTime(20_000);
    expect(say(on, 'm', 2, [[0, 0, accept]])).toBe('NONE');
  });

  it('gives back what a member holds when its session ends, with a word or with its connection', () => {
    const on = stage();
    produce(on.client, 't', batchOf(['a']));
    take(on, 'm', 0);
    expect(say(on, 'm', -1, [])).toBe('NONE');
    const other = { ...on, client: on.node.client() };
    expect(take(other, 'n', 0).acquired).toEqual([[0, 0, 1]]);
    other.client.close();
    on.node.machineTime(10);
    expect(take(on, 'm', 0).acquired).toEqual([[0, 0, 1]]);
  });

  it('refuses stale epochs, unknown sessions and what was never acquired, and changes nothing', () => {
    const on = stage();
    produce(on.client, 't', batchOf(['a', 'b']));
    expect(say(on, 'm', 1, [[0, 0, accept]])).toBe('SHARE_SESSION_NOT_FOUND');
    expect(say(on, 'm', 0, [[0, 0, accept]])).toBe('INVALID_SHARE_SESSION_EPOCH');
    expect(take(on, 'm', 0, [[0, 0, accept]]).error).toBe('INVALID_REQUEST');
    take(on, 'm', 0);
    expect(take(on, 'm', 7).error).toBe('INVALID_SHARE_SESSION_EPOCH');
    expect(say(on, 'm', 1, [[0, 2, accept]])).toBe('INVALID_RECORD_STATE');
    expect(say(on, 'm', 2, [[1, 0, accept]])).toBe('INVALID_REQUEST');
    expect(say(on, 'm', 3, [[0, 0, 9]])).toBe('INVALID_REQUEST');
    expect(say(on, 'm', 4, [[0, 1, release]])).toBe('NONE');
    expect(take(on, 'm', 5).acquired).toEqual([[0, 1, 2]]);
  });

  it('is no group to commit offsets to', () => {
    const on = stage();
    join(on.client, 'm');
    const topics = [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: Offset(1) }] }];
    const commit = { groupId: 'g', memberId: '', generationIdOrMemberEpoch: -1, topics };
    const plain = on.client.ask(offsetCommitRequest, offsetCommitResponse, 9, commit);
    const within = { ...commit, transactionalId: 'id', producerId: 1n, producerEpoch: 0 };
    const transactional = on.client.ask(txnOffsetCommitRequest, txnOffsetCommitResponse, 3, within);
    for (const { topics: answered } of [plain, transactional])
      expect(errorName(answered[0]?.partitions[0]?.errorCode ?? 0)).toBe('GROUP_ID_NOT_FOUND');
  });

  it('has as many members and sessions as the settings say', () => {
    const on = stage({ 'group.share.max.size': 1, 'group.share.max.share.sessions': 1 });
    join(on.client, 'm');
    expect(join(on.client, 'n').error).toBe('GROUP_MAX_SIZE_REACHED');
    take(on, 'm', 0);
    expect(take(on, 'n', 0).error).toBe('SHARE_SESSION_LIMIT_REACHED');
  });

  it('knows its members by their epochs, after a restart too, until they are silent too long', () => {
    const before = stage();
    expect(join(before.client, 'm', 3).error).toBe('GROUP_ID_NOT_FOUND');
    join(before.client, 'm');
    expect(join(before.client, 'n', 3).error).toBe('UNKNOWN_MEMBER_ID');
    expect(join(before.client, 'm', 3).error).toBe('FENCED_MEMBER_EPOCH');
    const after = restarted(before, 'kill');
    expect(join(after.client, 'm', 1)).toMatchObject({ error: 'NONE', memberEpoch: 1 });
    const deleted = () =>
      after.client.ask(deleteGroupsRequest, deleteGroupsResponse, 2, { groupsNames: ['g'] }).results[0]?.errorCode;
    expect(errorName(deleted() ?? -1)).toBe('NON_EMPTY_GROUP');
    after.node.machineTime(46_000);
    expect(join(after.client, 'm', 1).error).toBe('UNKNOWN_MEMBER_ID');
    expect(errorName(deleted() ?? -1)).toBe('NONE');
    expect(join(after.client, 'm', 1).error).toBe('GROUP_ID_NOT_FOUND');
  });
});
