import { Offset, type Uuid } from '@skerry/base';
import { metadataRequest, metadataResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { commit, committed, type Site, settle, simpleCommit, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

test.each([2, 5, 6, 7, 8, 9])('a commit is answered and kept, with its note (v%i)', (version) => {
  expect(commit(at.client, version, simpleCommit(12))).toEqual(['t-0 NONE']);
  expect(committed(at.client, 's')).toEqual(['t-0@12 (note 12)']);
});

test('topics are named by id, and an unknown one has its own error (v10)', () => {
  const asked = { topics: [{ name: 't' }], allowAutoTopicCreation: false };
  const { topics } = at.client.ask(metadataRequest, metadataResponse, 12, asked);
  const topicId = topics[0]?.topicId as Uuid;
  const unknown = 'AAAAAAAAAAAAAAAAAAAAAQ' as Uuid;
  const partitions = [{ partitionIndex: 1, committedOffset: Offset(3), committedMetadata: 'n' }];
  const request = {
    groupId: 's',
    topics: [
      { topicId: unknown, partitions },
      { topicId, partitions },
    ],
  };
  expect(commit(at.client, 10, request)).toEqual([`${unknown}-1 UNKNOWN_TOPIC_ID`, `${topicId}-1 NONE`]);
  expect(committed(at.client, 's')).toEqual(['t-1@3 (n)']);
});

test('a partition that does not exist does not spoil the others', () => {
  const { topics } = simpleCommit(1);
  const partitions = [0, 7].map((partitionIndex) => ({ partitionIndex, committedOffset: Offset(1) }));
  const asked = { groupId: 's', topics: [...(topics ?? []), { name: 'none', partitions }, { name: 'u', partitions }] };
  expect(commit(at.client, 9, asked).sort()).toEqual([
    'none-0 UNKNOWN_TOPIC_OR_PARTITION',
    'none-7 UNKNOWN_TOPIC_OR_PARTITION',
    't-0 NONE',
    'u-0 NONE',
    'u-7 UNKNOWN_TOPIC_OR_PARTITION',
  ]);
});

test('who may not read the group, or a topic, is told which', () => {
  const partitions = [{ partitionIndex: 0, committedOffset: Offset(1) }];
  const asked = { groupId: 's', topics: ['t', 'u'].map((name) => ({ name, partitions })) };
  at.denied.add('read topic u');
  expect(commit(at.client, 9, asked).sort()).toEqual(['t-0 NONE', 'u-0 TOPIC_AUTHORIZATION_FAILED']);
  at.denied.add('read group s');
  expect(commit(at.client, 2, asked)).toEqual(['t-0 GROUP_AUTHORIZATION_FAILED', 'u-0 GROUP_AUTHORIZATION_FAILED']);
});

test('a member commits in its generation alone', () => {
  const { groupId, memberId, generationId } = settle(at.client);
  const { topics } = simpleCommit(5);
  const as = (generation: number) => ({ groupId, memberId, generationIdOrMemberEpoch: generation, topics });
  expect(commit(at.client, 9, as(generationId))).toEqual(['t-0 NONE']);
  expect(commit(at.client, 9, as(generationId + 1))).toEqual(['t-0 ILLEGAL_GENERATION']);
  expect(commit(at.client, 9, { groupId, topics })).toEqual(['t-0 UNKNOWN_MEMBER_ID']);
});

test('what was answered survives a power cut', () => {
  commit(at.client, 9, simpleCommit(1));
  commit(at.client, 9, simpleCommit(2));
  commit(at.client, 9, simpleCommit(3, 'u'));
  at.node.cutPower();
  at.node.start();
  expect(committed(at.node.client(), 's').sort()).toEqual(['t-0@2 (note 2)', 'u-0@3 (note 3)']);
});
