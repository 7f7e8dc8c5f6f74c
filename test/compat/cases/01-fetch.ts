import { apis } from '../apis.ts';
import {
  type AskOptions,
  ask,
  type Case,
  hangup,
  id,
  offset,
  type Side,
  type Step,
  story,
  strangeId,
  take,
} from '../steps.ts';
import { batch, fetchedTopic, packed, plainFetch, produce, topics } from './support.ts';

const { Fetch } = apis;

const from = (fetchOffset: number, more: object = {}): Step =>
  ask(Fetch, { ...plainFetch, topics: [fetchedTopic('a', fetchOffset, more)] });

const filled: readonly Step[] = [
  topics(['a']),
  produce('a', batch(['a', 'b', 'c'])),
  produce('a', packed('gzip', ['d', 'e'])),
  produce('a', batch(['f'.repeat(300)])),
];

/** A fetch in the session that the first answer opened. */
const inSession = (sessionEpoch: number, more: object = {}, session = 'first'): Step =>
  ask(Fetch, (side: Side) => ({
    ...plainFetch,
    topics: [],
    sessionId: side.answer(Fetch, session).sessionId,
    sessionEpoch,
    ...more,
  }));

const opening = (shorts: readonly string[], as = 'first', more: AskOptions = {}): Step =>
  ask(
    Fetch,
    { ...plainFetch, topics: shorts.map((short) => fetchedTopic(short, 0)), sessionId: 0, sessionEpoch: 0 },
    { as, ...more },
  );

export const fetchCases: readonly Case[] = [
  story(Fetch, 'from every offset', [...filled, ...[0, 1, 2, 3, 4, 5, 6].map((at) => from(at))], { quick: true }),
  story(Fetch, 'out of range', [...filled, ...[7, 1000, -1, -2, 2 ** 40].map((at) => from(at))], { quick: true }),
  story(Fetch, 'byte limits', [
    ...filled,
    ...[0, 1, 61, 100, 200, 1000, -1].flatMap((limit) => [
      from(0, { partitionMaxBytes: limit }),
      ask(Fetch, { ...plainFetch, maxBytes: limit, topics: [fetchedTopic('a', 0)] }),
    ]),
  ]),
  story(Fetch, 'byte limits over two partitions', [
    topics(['a'], { partitions: 2 }),
    produce('a', batch(['a'.repeat(200)])),
    produce('a', batch(['b'.repeat(200)]), 1),
    ...[0, 1, 200, 300, 600, 1000].map((maxBytes) =>
      ask(Fetch, {
        ...plainFetch,
        maxBytes,
        topics: [
          {
            topic: '~a',
            topicId: id('a'),
            partitions: [0, 1].map((partition) => ({ partition, fetchOffset: offset(0), partitionMaxBytes: 1000 })),
          },
        ],
      }),
    ),
  ]),
  story(Fetch, 'leader epochs', [
    ...filled,
    ...[-2, -1, 0, 1, 2 ** 31 - 1].map((currentLeaderEpoch) => from(0, { currentLeaderEpoch })),
    ...[-2, -1, 0, 1].map((lastFetchedEpoch) => from(3, { lastFetchedEpoch, currentLeaderEpoch: 0 })),
  ]),
  story(Fetch, 'log start offsets and isolation', [
    ...filled,
    from(0, { logStartOffset: offset(5) }),
    ...[0, 1, 2, -1].map((isolationLevel) =>
      ask(Fetch, { ...plainFetch, isolationLevel, topics: [fetchedTopic('a', 0)] }),
    ),
  ]),
  story(
    Fetch,
    'topics and partitions that are not there',
    [
      topics(['a']),
      ask(Fetch, { ...plainFetch, topics: [{ ...fetchedTopic('a', 0), topic: '~nobody', topicId: strangeId }] }),
      ask(Fetch, { ...plainFetch, topics: [{ ...fetchedTopic('a', 0), topic: '', topicId: id('nothing') }] }),
      from(0, { partition: 1 }),
      from(0, { partition: -1 }),
      ask(Fetch, {
        ...plainFetch,
        topics: [fetchedTopic('a', 0), { ...fetchedTopic('a', 0), topic: '~nobody', topicId: strangeId }],
      }),
    ],
    { quick: true },
  ),
  story(Fetch, 'empty and null lists', [
    topics(['a']),
    ask(Fetch, { ...plainFetch, topics: [] }),
    ask(Fetch, { ...plainFetch, topics: [{ topic: '~a', topicId: id('a'), partitions: [] }] }),
    ask(Fetch, { ...plainFetch, topics: null as never }),
    ask(Fetch, { ...plainFetch, topics: [{ topic: '~a', topicId: id('a'), partitions: null as never }] }),
    ask(Fetch, { ...plainFetch, topics: [{ ...fetchedTopic('a', 0), topic: null as never }] }),
  ]),
  story(Fetch, 'a partition and a topic twice', [
    ...filled,
    ask(Fetch, {
      ...plainFetch,
      topics: [
        {
          topic: '~a',
          topicId: id('a'),
          partitions: [0, 3].map((at) => ({ partition: 0, fetchOffset: offset(at), partitionMaxBytes: 1000 })),
        },
      ],
    }),
    ask(Fetch, { ...plainFetch, topics: [fetchedTopic('a', 0), fetchedTopic('a', 5)] }),
  ]),
  story(Fetch, 'asked by a replica, or by a node that is none', [
    ...filled,
    ...[0, 1, 5, -2].map((replicaId) =>
      ask(Fetch, {
        ...plainFetch,
        replicaId,
        replicaState: { replicaId, replicaEpoch: -1n },
        topics: [fetchedTopic('a', 0)],
      }),
    ),
    ask(Fetch, {
      ...plainFetch,
      replicaId: 5,
      replicaState: { replicaId: 5, replicaEpoch: -1n },
      topics: [fetchedTopic('a', 9, { currentLeaderEpoch: 3 })],
    }),
  ]),
  story(Fetch, 'waiting for records that come', [
    topics(['a']),
    ask(
      Fetch,
      { maxWaitMs: 7000, minBytes: 1, maxBytes: 1 << 20, topics: [fetchedTopic('a', 0)] },
      { on: 'waiter', as: 'waited', later: true },
    ),
    produce('a', batch(['late'])),
    take('waited'),
  ]),
  story(Fetch, 'waiting in vain', [
    topics(['a']),
    ask(Fetch, { maxWaitMs: 50, minBytes: 1, maxBytes: 1 << 20, topics: [fetchedTopic('a', 0)] }),
    ask(Fetch, { maxWaitMs: -1, minBytes: 1, maxBytes: 1 << 20, topics: [fetchedTopic('a', 0)] }),
    ask(Fetch, { maxWaitMs: 50, minBytes: -1, maxBytes: 1 << 20, topics: [fetchedTopic('a', 0)] }),
  ]),
  story(
    Fetch,
    'a session: what changed, what was forgotten, what was added',
    [
      topics(['a', 'b']),
      produce('a', batch(['a'])),
      opening(['a', 'b']),
      inSession(1),
      inSession(2, { topics: [fetchedTopic('a', 1)] }),
      produce('a', batch(['more'])),
      inSession(3),
      inSession(4, { forgottenTopicsData: [{ topic: '~a', topicId: id('a'), partitions: [0] }] }),
      produce('a', batch(['unseen'])),
      inSession(5),
      inSession(6, { topics: [fetchedTopic('a', 0)] }),
      inSession(7, { forgottenTopicsData: [{ topic: '~nobody', topicId: strangeId, partitions: [0] }] }),
      inSession(8, { topics: [fetchedTopic('a', 100)] }),
      inSession(9),
    ],
    { from: 7, quick: true },
  ),
  story(
    Fetch,
    'a session goes on over another connection',
    [
      topics(['a']),
      produce('a', batch(['a'])),
      opening(['a']),
      hangup('main'),
      inSession(1, { topics: [fetchedTopic('a', 1)] }),
      produce('a', batch(['more'])),
      inSession(2),
    ],
    { from: 7 },
  ),
  story(
    Fetch,
    'session epochs that are wrong',
    [
      topics(['a']),
      produce('a', batch(['a'])),
      opening(['a']),
      inSession(2),
      inSession(0),
      inSession(1),
      inSession(-1),
      inSession(1),
      ask(Fetch, { ...plainFetch, topics: [], sessionId: 123_456, sessionEpoch: 1 }),
      ask(Fetch, { ...plainFetch, topics: [], sessionId: 0, sessionEpoch: 5 }),
      ask(Fetch, { ...plainFetch, topics: [], sessionId: 0, sessionEpoch: 0 }),
      ask(Fetch, { ...plainFetch, topics: [fetchedTopic('a', 0)], sessionId: 123_456, sessionEpoch: -1 }),
    ],
    { from: 7 },
  ),
  story(
    Fetch,
    'a session that goes on with ids in place of names, or the other way round',
    [
      topics(['a']),
      produce('a', batch(['a'])),
      opening(['a'], 'named', { version: 12 }),
      inSession(1, {}, 'named'),
      inSession(1, { topics: [fetchedTopic('a', 0)] }, 'named'),
      opening(['a']),
      ask(Fetch, (side) => ({ ...plainFetch, sessionId: side.answer(Fetch, 'first').sessionId, sessionEpoch: 1 }), {
        version: 12,
      }),
      inSession(1),
    ],
    { from: 13 },
  ),
  story(
    Fetch,
    'a session with topics that are not there, then are',
    [
      ask(
        Fetch,
        { ...plainFetch, topics: [{ ...fetchedTopic('a', 0), topicId: strangeId }], sessionId: 0, sessionEpoch: 0 },
        { as: 'first' },
      ),
      inSession(1),
      topics(['a']),
      produce('a', batch(['a'])),
      inSession(2),
      inSession(3, { topics: [fetchedTopic('a', 0)] }),
      inSession(4),
    ],
    { from: 7 },
  ),
];
