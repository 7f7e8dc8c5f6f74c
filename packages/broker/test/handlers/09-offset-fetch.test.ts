import type { Uuid } from '@skerry/base';
import { errorName, metadataRequest, metadataResponse, offsetFetchRequest, offsetFetchResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { commit, type Site, simpleCommit, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
  commit(at.client, 9, simpleCommit(5));
  commit(at.client, 9, simpleCommit(6, 'u'));
});

type Told = {
  readonly name: string;
  readonly partitions: readonly {
    readonly partitionIndex: number;
    readonly committedOffset: number;
    readonly metadata: string | null;
    readonly errorCode: number;
  }[];
};
const lines = (topics: readonly Told[]): string[] =>
  topics.flatMap(({ name, partitions }) =>
    partitions.map((p) => `${name}-${p.partitionIndex}@${p.committedOffset} ${p.metadata} ${errorName(p.errorCode)}`),
  );

test.each([1, 2, 5, 7])(
  'one group, asked for partitions: what is not committed is −1 with an empty note (v%i)',
  (v) => {
    const asked = { groupId: 's', topics: [{ name: 't', partitionIndexes: [0, 1] }] };
    const answer = at.client.ask(offsetFetchRequest, offsetFetchResponse, v, asked);
    expect(lines(answer.topics)).toEqual(['t-0@5 note 5 NONE', 't-1@-1  NONE']);
  },
);

test.each([2, 7])('one group, asked for all (v%i)', (version) => {
  const asked = { groupId: 's', topics: null, ...(version >= 7 ? { requireStable: true } : {}) };
  const answer = at.client.ask(offsetFetchRequest, offsetFetchResponse, version, asked);
  expect(lines(answer.topics).sort()).toEqual(['t-0@5 note 5 NONE', 'u-0@6 note 6 NONE']);
});

test.each([8, 9])('several groups, each with its answer (v%i)', (version) => {
  at.denied.add('describe group secret');
  const groups = [
    { groupId: 's', topics: null },
    { groupId: 'secret', topics: null },
    { groupId: 'unknown', topics: [{ name: 't', partitionIndexes: [0] }] },
  ];
  const answer = at.client.ask(offsetFetchRequest, offsetFetchResponse, version, { groups });
  expect(answer.groups.map((g) => `${g.groupId} ${errorName(g.errorCode)} ${lines(g.topics).sort().join()}`)).toEqual([
    's NONE t-0@5 note 5 NONE,u-0@6 note 6 NONE',
    'secret GROUP_AUTHORIZATION_FAILED ',
    'unknown NONE t-0@-1  NONE',
  ]);
});

test('topics by id: offsets committed by name are found, an unknown id has its own error (v10)', () => {
  const asked = { topics: [{ name: 't' }], allowAutoTopicCreation: false };
  const { topics } = at.client.ask(metadataRequest, metadataResponse, 12, asked);
  const topicId = topics[0]?.topicId as Uuid;
  const unknown = 'AAAAAAAAAAAAAAAAAAAAAQ' as Uuid;
  const groups = [
    { groupId: 's', topics: [topicId, unknown].map((id) => ({ topicId: id, partitionIndexes: [0] })) },
    { groupId: 's', topics: null },
  ];
  const answer = at.client.ask(offsetFetchRequest, offsetFetchResponse, 10, { groups });
  const told = answer.groups.map((g) => lines(g.topics.map((topic) => ({ ...topic, name: topic.topicId }))));
  expect(told[0]).toEqual([`${topicId}-0@5 note 5 NONE`, `${unknown}-0@-1  UNKNOWN_TOPIC_ID`]);
  expect(told[1]).toContain(`${topicId}-0@5 note 5 NONE`);
});

test('a topic that may not be described is refused when asked for, and left out when all are', () => {
  at.denied.add('describe topic u');
  const groups = [
    { groupId: 's', topics: ['t', 'u'].map((name) => ({ name, partitionIndexes: [0] })) },
    { groupId: 's', topics: null },
  ];
  const answer = at.client.ask(offsetFetchRequest, offsetFetchResponse, 9, { groups });
  expect(answer.groups.map(({ topics }) => lines(topics))).toEqual([
    ['t-0@5 note 5 NONE', 'u-0@-1  TOPIC_AUTHORIZATION_FAILED'],
    ['t-0@5 note 5 NONE'],
  ]);
});

test('a refused group: at the top from v2 on, at every partition before', () => {
  at.denied.add('describe group s');
  const asked = { groupId: 's', topics: [{ name: 't', partitionIndexes: [0] }] };
  const old = at.client.ask(offsetFetchRequest, offsetFetchResponse, 1, asked);
  expect(lines(old.topics)).toEqual(['t-0@-1  GROUP_AUTHORIZATION_FAILED']);
  const later = at.client.ask(offsetFetchRequest, offsetFetchResponse, 2, asked);
  expect([errorName(later.errorCode), lines(later.topics)]).toEqual(['GROUP_AUTHORIZATION_FAILED', []]);
});
