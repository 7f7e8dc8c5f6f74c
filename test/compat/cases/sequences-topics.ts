/** Topics in time: made, filled, cut, deleted, made again under the same name. */
import { apis } from '../apis.ts';
import { ask, type Case, id, offset, type Side, type Step, sequence } from '../steps.ts';
import { commit, committedTopic, offsetsOf } from './groups.ts';
import { batch, fetchedTopic, plainFetch, produce, produced, topics } from './support.ts';

const { CreatePartitions, DeleteRecords, DeleteTopics, DescribeConfigs, Fetch, IncrementalAlterConfigs } = apis;
const { ListOffsets, Metadata, OffsetCommit, OffsetFetch, Produce, AlterConfigs } = apis;
const zero = 'AAAAAAAAAAAAAAAAAAAAAA' as never;

const remove = (short: string): Step =>
  ask(DeleteTopics, { topics: [{ name: `~${short}`, topicId: zero }], topicNames: [`~${short}`], timeoutMs: 15_000 });

const fetch = (at: number, more: object = {}): Step =>
  ask(Fetch, { ...plainFetch, topics: [fetchedTopic('a', at)], ...more });
const ends = (short = 'a'): Step =>
  ask(ListOffsets, {
    replicaId: -1,
    topics: [{ name: `~${short}`, partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
  });

/** The id of `~a` before it was deleted. */
const oldId = (side: Side) => side.answer(Metadata, 'before').topics[0]?.topicId;
const remember = ask(
  Metadata,
  { topics: [{ name: '~a' }], allowAutoTopicCreation: false },
  { as: 'before', version: 'newest' },
);

/** What clients do that have not heard that the topic went, or came again. */
const late: Readonly<Record<string, Step>> = {
  'fetch by the old id': ask(Fetch, (side) => ({
    ...plainFetch,
    topics: [{ ...fetchedTopic('a', 0), topicId: oldId(side) }],
  })),
  'fetch from the old offset': fetch(3),
  'produce by the old id': ask(Produce, (side) => ({
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ ...produced('a', batch(['late'])), topicId: oldId(side) }],
  })),
  'metadata by the old id': ask(
    Metadata,
    (side) => ({ topics: [{ name: null, topicId: oldId(side) ?? zero }], allowAutoTopicCreation: false }),
    { version: 'newest' },
  ),
  'list offsets': ends(),
  'commit by the old id': ask(OffsetCommit, (side) => ({
    groupId: '~g',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: [{ ...committedTopic(), topicId: oldId(side) ?? zero }],
  })),
  // Kafka's coordinator hears of the deletion a moment after it was answered.
  'fetch offsets by the old id': ask(
    OffsetFetch,
    (side) => ({
      groupId: '~g',
      topics: [{ name: '~a', partitionIndexes: [0] }],
      groups: [{ groupId: '~g', topics: [{ name: '~a', topicId: oldId(side) ?? zero, partitionIndexes: [0] }] }],
    }),
    { settles: true },
  ),
  'delete again': remove('a'),
};

const lives = Object.entries(late).flatMap(([what, step]) =>
  (['deleted', 'made again', 'made again and filled'] as const).map((state) =>
    sequence(DeleteTopics, `${state}: ${what}`, [
      topics(['a'], { partitions: 2 }),
      remember,
      produce('a', batch(['a', 'b', 'c'])),
      commit({}, {}, { version: 'newest' }),
      remove('a'),
      ...(state === 'deleted' ? [] : [topics(['a'])]),
      ...(state === 'made again and filled' ? [produce('a', batch(['new']))] : []),
      step,
      ends(),
      offsetsOf('~g', null, { version: 'newest' }),
    ]),
  ),
);

const cut = (to: number): Step =>
  ask(DeleteRecords, {
    topics: [{ name: '~a', partitions: [{ partitionIndex: 0, offset: offset(to) }] }],
    timeoutMs: 10_000,
  });

const cuts = [0, 1, 3, 5, 6, 7, -1, -2].flatMap((to) =>
  [0, 4, -1].map((then) =>
    sequence(DeleteRecords, `cut to ${to}, then to ${then}`, [
      topics(['a']),
      produce('a', batch(['a', 'b', 'c'])),
      produce('a', batch(['d', 'e', 'f'])),
      cut(to),
      fetch(0),
      cut(then),
      fetch(2),
      ends(),
      produce('a', batch(['more'])),
    ]),
  ),
);

const alter = (name: string, configOperation: number, value: string | null): Step =>
  ask(IncrementalAlterConfigs, {
    resources: [{ resourceType: 2, resourceName: '~a', configs: [{ name, configOperation, value }] }],
    validateOnly: false,
  });
const replace = (pairs: Readonly<Record<string, string>>): Step =>
  ask(AlterConfigs, {
    resources: [
      { resourceType: 2, resourceName: '~a', configs: Object.entries(pairs).map(([name, value]) => ({ name, value })) },
    ],
    validateOnly: false,
  });
/** Kafka takes settings in a moment after it has answered. */
const describe = ask(
  DescribeConfigs,
  {
    resources: [
      {
        resourceType: 2,
        resourceName: '~a',
        configurationKeys: ['cleanup.policy', 'retention.ms', 'max.message.bytes'],
      },
    ],
    includeSynonyms: true,
  },
  { settles: true },
);
const [set, unset, append, subtract] = [0, 1, 2, 3];

const alterations: Readonly<Record<string, readonly Step[]>> = {
  'set and unset': [alter('retention.ms', set, '1000'), describe, alter('retention.ms', unset, null)],
  'set twice': [alter('retention.ms', set, '1000'), alter('retention.ms', set, '2000')],
  'append and subtract': [
    alter('cleanup.policy', append, 'compact'),
    describe,
    alter('cleanup.policy', subtract, 'delete'),
  ],
  'append what is there': [alter('cleanup.policy', append, 'delete')],
  'subtract what is not there': [alter('cleanup.policy', subtract, 'compact')],
  'subtract all': [alter('cleanup.policy', subtract, 'delete')],
  'append to a number': [alter('retention.ms', append, '5')],
  'a wrong value between two right ones': [
    alter('retention.ms', set, '1000'),
    alter('retention.ms', set, 'soon'),
    alter('retention.ms', set, '2000'),
  ],
  'a name that is none': [alter('no.such', set, '1')],
  'a limit, and a batch over it': [alter('max.message.bytes', set, '100'), produce('a', batch(['x'.repeat(200)]))],
  'an operation that is none': [alter('retention.ms', 9, '1')],
  'set to null': [alter('retention.ms', set, null)],
};

const settings = Object.entries(alterations).flatMap(([what, steps]) => [
  sequence(IncrementalAlterConfigs, `settings: ${what}`, [
    topics(['a']),
    describe,
    ...steps,
    describe,
    produce('a'),
    describe,
  ]),
  sequence(IncrementalAlterConfigs, `settings of a topic that has some: ${what}`, [
    topics(['a'], { settings: { 'retention.ms': '5000', 'cleanup.policy': 'compact,delete' } }),
    describe,
    ...steps,
    describe,
    replace({ 'max.message.bytes': '5000' }),
    describe,
  ]),
]);

const grow = (count: number, assignments: readonly { brokerIds: readonly number[] }[] | null = null): Step =>
  ask(CreatePartitions, { topics: [{ name: '~a', count, assignments }], timeoutMs: 15_000, validateOnly: false });

const growths = [
  [2, 3],
  [3, 2],
  [2, 2],
  [1, 5],
  [0, 4],
  [-1, 2],
].map(([first = 0, second = 0]) =>
  sequence(CreatePartitions, `partitions: ${first}, then ${second}`, [
    topics(['a']),
    produce('a', batch(['a'])),
    grow(first),
    grow(second),
    produce('a', batch(['b']), 1),
    fetch(0),
    commit({ index: 1 }, {}, { version: 'newest' }),
  ]),
);

/** A step in the session opened as `first`. */
const inSession = (sessionEpoch: number, more: object = {}): Step =>
  ask(
    Fetch,
    (side: Side) => ({
      ...plainFetch,
      topics: [],
      sessionId: side.answer(Fetch, 'first').sessionId,
      sessionEpoch,
      ...more,
    }),
    { version: 'newest' },
  );
const forget = (short: string) => ({
  forgottenTopicsData: [{ topic: `~${short}`, topicId: id(short), partitions: [0] }],
});

const between: Readonly<Record<string, (epoch: number) => readonly Step[]>> = {
  'forgets one': (epoch) => [inSession(epoch, forget('a'))],
  'forgets both': (epoch) => [
    inSession(epoch, { forgottenTopicsData: [...forget('a').forgottenTopicsData, ...forget('b').forgottenTopicsData] }),
  ],
  'adds one': (epoch) => [topics(['c']), produce('c'), inSession(epoch, { topics: [fetchedTopic('c', 0)] })],
  'moves on': (epoch) => [inSession(epoch, { topics: [fetchedTopic('a', 2)] })],
  'goes beyond the end': (epoch) => [inSession(epoch, { topics: [fetchedTopic('b', 50)] })],
  'forgets and adds the same': (epoch) => [inSession(epoch, { topics: [fetchedTopic('a', 1)], ...forget('a') })],
  'sees a topic go': (epoch) => [remove('b'), inSession(epoch)],
};

const sessions = Object.entries(between).flatMap(([first, one]) =>
  Object.entries(between)
    .filter(([second]) => second !== first)
    .map(([second, other]) =>
      sequence(Fetch, `a session that ${first}, then ${second}`, [
        topics(['a', 'b']),
        produce('a', batch(['a', 'b', 'c'])),
        ask(
          Fetch,
          { ...plainFetch, topics: [fetchedTopic('a', 0), fetchedTopic('b', 0)], sessionId: 0, sessionEpoch: 0 },
          { as: 'first', version: 'newest' },
        ),
        ...one(1),
        produce('a', batch(['more'])),
        ...other(2),
        inSession(3),
      ]),
    ),
);

export const topicSequences: readonly Case[] = [...lives, ...cuts, ...settings, ...growths, ...sessions];
