import { utf8Encode } from '@skerry/base';
import { errorName, type OffsetDeleteRequestInput, offsetDeleteRequest, offsetDeleteResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { commit, committed, join, type Site, settle, simpleCommit, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

/** What was answered: the error of all, or "topic-partition ERROR" for each. */
function remove(groupId: string, topics: OffsetDeleteRequestInput['topics']): string[] {
  const answer = at.client.ask(offsetDeleteRequest, offsetDeleteResponse, 0, { groupId, topics });
  if (answer.errorCode !== 0) return [errorName(answer.errorCode), ...answer.topics.map(({ name }) => name)];
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode }) => `${name}-${partitionIndex} ${errorName(errorCode)}`),
  );
}

const of = (name: string, ...indexes: number[]) => ({
  name,
  partitions: indexes.map((partitionIndex) => ({ partitionIndex })),
});

/** A consumer's metadata: version 0, its topics, no user data. */
function reads(...topics: string[]): Uint8Array {
  const names = topics.map((topic) => `\0${String.fromCharCode(topic.length)}${topic}`).join('');
  return utf8Encode(`\0\0\0\0\0${String.fromCharCode(topics.length)}${names}\0\0\0\0`);
}

test('offsets go one by one; what is not there to be removed is removed', () => {
  commit(at.client, 9, simpleCommit(5));
  commit(at.client, 9, simpleCommit(6, 'u'));
  expect(remove('s', [of('t', 0, 1)])).toEqual(['t-0 NONE', 't-1 NONE']);
  expect(committed(at.client, 's')).toEqual(['u-0@6 (note 6)']);
});

test('what does not exist, or may not be read, has its own error, and the rest goes', () => {
  commit(at.client, 9, simpleCommit(5));
  at.denied.add('read topic u');
  expect(remove('s', [of('none', 0), of('t', 7, 0), of('u', 0)])).toEqual([
    'none-0 UNKNOWN_TOPIC_OR_PARTITION',
    't-7 UNKNOWN_TOPIC_OR_PARTITION',
    't-0 NONE',
    'u-0 TOPIC_AUTHORIZATION_FAILED',
  ]);
  expect(committed(at.client, 's')).toEqual([]);
});

test('offsets of a topic that a member reads stay', () => {
  const identity = settle(at.client, '', { protocols: [{ name: 'range', metadata: reads('t') }] });
  commit(at.client, 9, { ...simpleCommit(5), ...claim(identity) });
  commit(at.client, 9, { ...simpleCommit(6, 'u'), ...claim(identity) });
  expect(remove('g', [of('t', 0), of('u', 0)])).toEqual(['t-0 GROUP_SUBSCRIBED_TO_TOPIC', 'u-0 NONE']);
  expect(committed(at.client, 'g')).toEqual(['t-0@5 (note 5)']);
});

test('members that are no consumers keep all offsets', () => {
  join(at.client, 9, { protocolType: 'connect' });
  expect(remove('g', [of('t', 0)])).toEqual(['NON_EMPTY_GROUP']);
});

test('a topic named twice has two entries, but one where anything of the request is refused', () => {
  commit(at.client, 9, simpleCommit(5));
  const ask = { groupId: 's', topics: [of('t', 0), of('t', 1, 1)] };
  const { topics } = at.client.ask(offsetDeleteRequest, offsetDeleteResponse, 0, ask);
  expect(topics.map(({ partitions }) => partitions.length)).toEqual([1, 2]);
  expect(remove('s', [of('t', 0, 0), of('t', 7)])).toEqual(['t-7 UNKNOWN_TOPIC_OR_PARTITION', 't-0 NONE', 't-0 NONE']);
});

test('a group whose offsets are all removed is still there', () => {
  commit(at.client, 9, simpleCommit(5));
  remove('s', [of('t', 0)]);
  expect(remove('s', [of('t', 0)])).toEqual(['t-0 NONE']);
});

test('a group that is not there, has no name, or may not be deleted, is refused as a whole', () => {
  expect(remove('none', [of('t', 0)])).toEqual(['GROUP_ID_NOT_FOUND']);
  expect(remove('none', [of('none', 0)])).toEqual(['GROUP_ID_NOT_FOUND']);
  expect(remove('none', [])).toEqual(['GROUP_ID_NOT_FOUND']);
  expect(remove('', [of('t', 0)])).toEqual(['INVALID_GROUP_ID']);
  at.denied.add('delete group s');
  expect(remove('s', [of('t', 0)])).toEqual(['GROUP_AUTHORIZATION_FAILED']);
});

function claim({ groupId, memberId, generationId }: ReturnType<typeof settle>) {
  return { groupId, memberId, generationIdOrMemberEpoch: generationId };
}
