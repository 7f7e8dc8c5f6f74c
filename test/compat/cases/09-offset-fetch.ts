import { apis } from '../apis.ts';
import { ask, type Case, id, story, strangeId } from '../steps.ts';
import { commit, nobody, offsetsOf, stable } from './groups.ts';
import { topics } from './support.ts';

const { OffsetFetch } = apis;

export const offsetFetchCases: readonly Case[] = [
  story(
    OffsetFetch,
    'some, all, none',
    [
      topics(['a', 'b'], { partitions: 2 }),
      commit(),
      commit({ short: 'b', index: 1, at: 0, metadata: null, epoch: 3 }),
      offsetsOf('~g', [
        { short: 'a', indexes: [0, 1] },
        { short: 'b', indexes: [1] },
      ]),
      offsetsOf('~g', null),
      offsetsOf('~g', []),
      offsetsOf('~g', [{ short: 'a', indexes: [] }]),
      offsetsOf('~g', [{ short: 'a', indexes: [0] }], {}, { memberId: nobody, memberEpoch: 4 }),
    ],
    { quick: true },
  ),
  story(OffsetFetch, 'groups, topics and partitions that are not there', [
    topics(['a']),
    commit(),
    offsetsOf('~g1', [{ short: 'a', indexes: [0] }]),
    offsetsOf('~g1', null),
    offsetsOf('', [{ short: 'a', indexes: [0] }]),
    offsetsOf('~g', [{ short: 'nobody', indexes: [0] }]),
    offsetsOf('~g', [{ short: 'a', indexes: [1, -1] }]),
  ]),
  story(OffsetFetch, 'all of the group without a name', [offsetsOf('', null)], { to: 9 }),
  story(OffsetFetch, 'partitions and topics twice', [
    topics(['a']),
    commit(),
    offsetsOf('~g', [{ short: 'a', indexes: [0, 0] }]),
    offsetsOf('~g', [
      { short: 'a', indexes: [0] },
      { short: 'a', indexes: [0] },
    ]),
  ]),
  story(
    OffsetFetch,
    'several groups',
    [
      topics(['a']),
      commit(),
      commit({ at: 1 }, { groupId: '~g1' }),
      ask(OffsetFetch, {
        groups: ['~g', '~g1', '~g2'].map((groupId) => ({ groupId, topics: null })),
      }),
      ask(OffsetFetch, { groups: ['~g', '~g'].map((groupId) => ({ groupId, topics: null })) }),
      ask(OffsetFetch, { groups: [] }),
      ask(OffsetFetch, { groups: null as never }),
      ask(OffsetFetch, { groups: [{ groupId: null as never, topics: null }] }),
      ask(OffsetFetch, { groups: [{ groupId: '~g', topics: null }], requireStable: true }),
      ask(
        OffsetFetch,
        { groups: [{ groupId: '~g', topics: [{ topicId: strangeId, partitionIndexes: [0] }] }] },
        { version: 10 },
      ),
      ask(
        OffsetFetch,
        { groups: [{ groupId: '~g', topics: [{ topicId: id('a'), partitionIndexes: [0, 7] }] }] },
        { version: 10 },
      ),
    ],
    { from: 8 },
  ),
  story(OffsetFetch, 'of a group with members', [
    topics(['a']),
    ...stable(),
    commit(),
    offsetsOf('~g', [{ short: 'a', indexes: [0] }]),
    offsetsOf('~g', null),
  ]),
  story(OffsetFetch, 'a null group', [ask(OffsetFetch, { groupId: null as never, topics: null })], { to: 7 }),
];
