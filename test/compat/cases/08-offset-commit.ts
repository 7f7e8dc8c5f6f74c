import { apis } from '../apis.ts';
import { ask, type Case, story, strangeId } from '../steps.ts';
import { commit, committedTopic, joined, memberCommit, nobody, stable, sync } from './groups.ts';
import { topics } from './support.ts';

const { OffsetCommit } = apis;
const simple = { groupId: '~g', generationIdOrMemberEpoch: -1, memberId: '' };

export const offsetCommitCases: readonly Case[] = [
  story(
    OffsetCommit,
    'without membership',
    [
      topics(['a'], { partitions: 3 }),
      commit(),
      commit({ at: 7, metadata: null }),
      commit({ at: 3, metadata: '', epoch: 4 }),
      commit({ index: 2, at: 0 }),
    ],
    { quick: true },
  ),
  story(OffsetCommit, 'offsets that are odd', [
    topics(['a']),
    ...[-1, -2, 0, 2 ** 50].map((at) => commit({ at })),
    ...[-2, 0, 2 ** 31 - 1].map((epoch) => commit({ epoch })),
  ]),
  story(OffsetCommit, 'metadata at and over its limit', [
    topics(['a']),
    commit({ metadata: 'm'.repeat(4096) }),
    commit({ metadata: 'm'.repeat(4097) }),
    commit({ metadata: 'ü'.repeat(2049) }),
  ]),
  story(
    OffsetCommit,
    'topics and partitions that are not there',
    [
      topics(['a']),
      commit({ index: 1 }),
      commit({ index: -1 }),
      ask(OffsetCommit, { ...simple, topics: [{ ...committedTopic(), name: '~nobody', topicId: strangeId }] }),
      ask(OffsetCommit, {
        ...simple,
        topics: [{ ...committedTopic(), name: '~nobody', topicId: strangeId }, committedTopic()],
      }),
      ask(OffsetCommit, {
        ...simple,
        topics: [{ ...committedTopic(), name: '', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' as never }],
      }),
    ],
    { quick: true },
  ),
  story(OffsetCommit, 'empty and null lists', [
    topics(['a']),
    ask(OffsetCommit, { ...simple, topics: [] }),
    ask(OffsetCommit, { ...simple, topics: [{ ...committedTopic(), partitions: [] }] }),
    ask(OffsetCommit, { ...simple, topics: null as never }),
    ask(OffsetCommit, { ...simple, topics: [{ ...committedTopic(), partitions: null as never }] }),
    commit({}, { groupId: null }),
    commit({}, { memberId: null }),
  ]),
  story(OffsetCommit, 'a partition and a topic twice', [
    topics(['a']),
    ask(OffsetCommit, {
      ...simple,
      topics: [{ ...committedTopic(), partitions: [1, 2].flatMap((at) => committedTopic({ at }).partitions) }],
    }),
    ask(OffsetCommit, { ...simple, topics: [committedTopic({ at: 3 }), committedTopic({ at: 4 })] }),
  ]),
  story(OffsetCommit, 'groups and generations that are wrong', [
    topics(['a']),
    commit({}, { groupId: '' }),
    commit({}, { generationIdOrMemberEpoch: 0 }),
    commit({}, { generationIdOrMemberEpoch: 5 }),
    commit({}, { generationIdOrMemberEpoch: -2 }),
    commit({}, { memberId: nobody }),
    commit({}, { memberId: nobody, generationIdOrMemberEpoch: 1 }),
    commit({}, { groupInstanceId: 'static' }),
  ]),
  story(
    OffsetCommit,
    'as a member',
    [
      topics(['a']),
      ...stable(),
      memberCommit(),
      memberCommit({ at: 9 }, { generationIdOrMemberEpoch: 0 }),
      memberCommit({ at: 9 }, { generationIdOrMemberEpoch: 7 }),
      memberCommit({ at: 9 }, { generationIdOrMemberEpoch: -1 }),
      memberCommit({ at: 9 }, { memberId: nobody }),
      memberCommit({ at: 9 }, { memberId: '' }),
      memberCommit({ at: 9 }, { memberId: '', generationIdOrMemberEpoch: -1 }),
      memberCommit({ at: 9 }, { groupInstanceId: 'static' }),
      memberCommit({ at: 10 }, { retentionTimeMs: 1000n }),
    ],
    { quick: true },
  ),
  story(
    OffsetCommit,
    'as a static member',
    [
      topics(['a']),
      ...joined({ groupInstanceId: 'static' }),
      sync({ groupInstanceId: 'static' }, { version: 'newest' }),
      memberCommit({}, { groupInstanceId: 'static' }),
      memberCommit({ at: 9 }, { groupInstanceId: 'static', memberId: nobody }),
      memberCommit({ at: 9 }, { groupInstanceId: 'static', memberId: '' }),
      memberCommit({ at: 9 }, { groupInstanceId: 'other' }),
      memberCommit({ at: 9 }, { groupInstanceId: 'static', generationIdOrMemberEpoch: 7 }),
    ],
    { from: 7 },
  ),
];
