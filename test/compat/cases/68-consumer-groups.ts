/** Consumer groups (KIP-848): their heartbeat, their description, and what other APIs say of them. */
import { apis } from '../apis.ts';
import { type AskOptions, ask, type Case, id, offset, type Side, type Step, sequence, story } from '../steps.ts';
import { join, nobody } from './groups.ts';
import { topics } from './support.ts';

const { ConsumerGroupHeartbeat, ConsumerGroupDescribe, OffsetCommit, OffsetFetch, OffsetDelete, DeleteGroups } = apis;
const { DeleteTopics, CreatePartitions, ListGroups, DescribeGroups, Heartbeat, SyncGroup, LeaveGroup } = apis;

interface Beat {
  readonly errorCode: number;
  readonly memberEpoch: number;
  readonly assignment: { readonly topicPartitions: readonly unknown[] } | null;
}

const joining = {
  groupId: '~g',
  memberId: 'one',
  memberEpoch: 0,
  rebalanceTimeoutMs: 30_000,
  subscribedTopicNames: ['~a'],
  topicPartitions: [],
};

const enter = (more: object = {}, options: AskOptions = {}): Step =>
  ask(ConsumerGroupHeartbeat, { ...joining, ...more }, options);

/** A heartbeat in the epoch that the member last heard. */
const beat = (more: object = {}, options: AskOptions & { who?: string } = {}): Step => {
  const { who = 'one', ...others } = options;
  return ask(
    ConsumerGroupHeartbeat,
    (side: Side) => ({
      groupId: '~g',
      memberId: who,
      memberEpoch: side.answer(ConsumerGroupHeartbeat, who).memberEpoch,
      ...more,
    }),
    { as: who, ...others },
  );
};

/** What comes by and by: assignments are a second apart. */
const given = (answer: unknown): boolean => (answer as Beat).assignment !== null;
const inEpoch =
  (epoch: number) =>
  (answer: unknown): boolean =>
    (answer as Beat).memberEpoch === epoch;

const describe: Step = ask(ConsumerGroupDescribe, { groupIds: ['~g'], includeAuthorizedOperations: true });
const partitions = (...indexes: number[]) => [{ topicId: id('a'), partitions: indexes }];

const commit = (epoch: number, more: object = {}, options: AskOptions = {}): Step =>
  ask(
    OffsetCommit,
    {
      groupId: '~g',
      memberId: 'one',
      generationIdOrMemberEpoch: epoch,
      topics: [
        {
          name: '~a',
          topicId: id('a'),
          partitions: [
            { partitionIndex: 0, committedOffset: offset(7), committedMetadata: 'note' },
            { partitionIndex: 1, committedOffset: offset(8), committedMetadata: 'note' },
          ],
        },
      ],
      ...more,
    },
    options,
  );

const fetchOffsets = (memberId: string | null, memberEpoch: number, options: AskOptions = {}): Step =>
  ask(
    OffsetFetch,
    {
      groups: [
        {
          groupId: '~g',
          memberId,
          memberEpoch,
          topics: [{ name: '~a', topicId: id('a'), partitionIndexes: [0, 1] }],
        },
      ],
    },
    { version: 'newest', ...options },
  );

const heartbeatCases: readonly Case[] = [
  story(
    ConsumerGroupHeartbeat,
    'one member from join to leave',
    [
      topics(['a'], { partitions: 2 }),
      enter({}, { as: 'one' }),
      describe,
      beat(),
      beat({ topicPartitions: partitions(0, 1) }),
      beat({ rebalanceTimeoutMs: 40_000, subscribedTopicNames: ['~a'], topicPartitions: partitions(0, 1) }),
      beat({ memberEpoch: -1 }),
      describe,
      beat({ memberEpoch: 2 }),
      enter({ memberId: 'two' }, { as: 'two' }),
      describe,
    ],
    { quick: true },
  ),
  story(ConsumerGroupHeartbeat, 'with everything wrong in turn', [
    topics(['a'], { partitions: 2 }),
    enter({ groupId: '' }),
    enter({ groupId: ' ' }),
    enter({ instanceId: '' }),
    enter({ rackId: '' }),
    enter({ rebalanceTimeoutMs: -1 }),
    enter({ topicPartitions: null }),
    enter({ topicPartitions: partitions(0) }),
    enter({ subscribedTopicNames: null }),
    enter({ serverAssignor: 'none' }),
    enter({ memberEpoch: -3 }),
    enter({ memberEpoch: -2 }),
    enter({ memberEpoch: -1 }),
    enter({ memberEpoch: 2 }),
    enter({ subscribedTopicNames: [] }, { as: 'one' }),
    describe,
  ]),
  story(ConsumerGroupHeartbeat, 'without a member id', [topics(['a']), enter({ memberId: '' })]),
  story(ConsumerGroupHeartbeat, 'epochs that are not the member’s', [
    topics(['a'], { partitions: 2 }),
    enter({}, { as: 'one' }),
    beat({ memberEpoch: 6 }, { as: 'wrong' }),
    beat({ memberId: 'stranger' }, { as: 'wrong' }),
    beat({ groupId: '~g1' }, { as: 'wrong' }),
    beat({ memberEpoch: -1, memberId: 'stranger' }, { as: 'wrong' }),
    beat({ memberEpoch: -1, groupId: '~g1' }, { as: 'wrong' }),
    beat({ subscribedTopicNames: ['~a', '~b'] }, { until: inEpoch(3) }),
    beat({ memberEpoch: 2 }, { as: 'wrong' }),
    beat({ memberEpoch: 2, topicPartitions: partitions(0) }, { as: 'wrong' }),
    beat({ memberEpoch: 2, topicPartitions: partitions(0, 7) }, { as: 'wrong' }),
    enter({}, { as: 'one' }),
    describe,
  ]),
  story(ConsumerGroupHeartbeat, 'two members, and what one has to give up', [
    topics(['a'], { partitions: 2 }),
    enter({ serverAssignor: 'range' }, { as: 'one' }),
    enter({ memberId: 'two', serverAssignor: 'range' }, { as: 'two' }),
    describe,
    beat({ topicPartitions: partitions(0, 1) }, { until: given }),
    describe,
    beat({ topicPartitions: partitions(0, 1) }),
    beat({}, { who: 'two' }),
    beat({ topicPartitions: partitions(0) }),
    describe,
    beat({}, { who: 'two', until: given }),
    describe,
    beat({ memberEpoch: -1 }),
    beat({}, { who: 'two', until: given }),
    describe,
  ]),
  story(ConsumerGroupHeartbeat, 'a static member that leaves for a while', [
    topics(['a'], { partitions: 2 }),
    enter({ instanceId: 'i' }, { as: 'one' }),
    enter({ memberId: 'two', instanceId: 'i' }, { as: 'wrong' }),
    beat({ instanceId: 'i', memberId: 'two' }, { as: 'wrong' }),
    beat({ instanceId: 'j' }, { as: 'wrong' }),
    beat({ memberEpoch: -2, instanceId: 'i', memberId: 'two' }, { as: 'wrong' }),
    beat({ memberEpoch: -2, instanceId: 'i' }, { as: 'wrong' }),
    describe,
    enter({ memberId: 'two', instanceId: 'i' }, { as: 'two' }),
    beat({ instanceId: 'i' }, { as: 'wrong' }),
    describe,
    beat({ instanceId: 'i', memberEpoch: -1 }, { who: 'two' }),
    describe,
  ]),
  story(
    ConsumerGroupHeartbeat,
    'a regular expression',
    [
      topics(['a', 'b'], { partitions: 1 }),
      enter({ subscribedTopicNames: null, subscribedTopicRegex: '~a.*' }, { as: 'one' }),
      beat({}, { until: given }),
      describe,
      beat({ subscribedTopicRegex: '' }),
      beat({}, { until: inEpoch(4) }),
      describe,
    ],
    { from: 1 },
  ),
  story(
    ConsumerGroupHeartbeat,
    'regular expressions that are none',
    [
      '(',
      'a**',
      '\\1',
      '(?=a)',
      '[b-a]',
      'a{2,1}',
      'a{1001}',
      '*',
      ')',
      '(?P<n>a)',
      '\\pL',
      '\\Qa',
      '[[:word:]]',
      'x{',
      '(?i)a',
      '',
    ].map((subscribedTopicRegex, i) => enter({ memberId: `m${i}`, subscribedTopicNames: null, subscribedTopicRegex })),
    { from: 1 },
  ),
  story(ConsumerGroupHeartbeat, 'topics that come, grow and go', [
    enter({ subscribedTopicNames: ['~a', '~b'] }, { as: 'one' }),
    topics(['a'], { partitions: 1 }),
    beat({}, { until: given }),
    describe,
    ask(
      CreatePartitions,
      { topics: [{ name: '~a', count: 2, assignments: null }], timeoutMs: 10_000 },
      { version: 'newest' },
    ),
    beat({}, { until: given }),
    describe,
    ask(
      DeleteTopics,
      { topics: [{ name: '~a', topicId: '~zero' as never }], topicNames: ['~a'], timeoutMs: 10_000 },
      { version: 5 },
    ),
    beat({ topicPartitions: [] }, { until: inEpoch(5) }),
    describe,
  ]),
];

const otherCases: readonly Case[] = [
  story(ConsumerGroupDescribe, 'groups that are there, and are not', [
    topics(['a'], { partitions: 1 }),
    enter({ rackId: 'r' }, { version: 'newest', as: 'one' }),
    describe,
    ask(ConsumerGroupDescribe, { groupIds: ['~g', '~g1', '', '~g'], includeAuthorizedOperations: false }),
    ask(ConsumerGroupDescribe, { groupIds: [] }),
    commit(-1, { groupId: '~g2', memberId: '' }, { version: 9 }),
    ask(ConsumerGroupDescribe, { groupIds: ['~g2'] }),
  ]),
  story(OffsetCommit, 'in a consumer group, by epoch', [
    topics(['a'], { partitions: 2 }),
    enter({}, { version: 'newest', as: 'one' }),
    commit(2),
    commit(1),
    commit(3),
    commit(-1),
    commit(-1, { memberId: '' }),
    commit(2, { memberId: nobody }),
    beat({ subscribedTopicNames: ['~a', '~b'] }, { version: 'newest', until: inEpoch(3) }),
    commit(2),
    commit(3),
    beat({ memberEpoch: -1 }, { version: 'newest' }),
    commit(3),
    commit(-1, { memberId: '' }),
  ]),
  story(OffsetFetch, 'from a consumer group, by epoch', [
    topics(['a'], { partitions: 2 }),
    enter({}, { version: 'newest', as: 'one' }),
    commit(2, {}, { version: 'newest' }),
    fetchOffsets('one', 2),
    fetchOffsets('one', 1),
    fetchOffsets('one', 3),
    fetchOffsets('one', -1),
    fetchOffsets('', -1),
    fetchOffsets(nobody, 2),
    fetchOffsets(null, -1),
  ]),
  sequence(ConsumerGroupHeartbeat, 'what other APIs say of a consumer group', [
    topics(['a'], { partitions: 2 }),
    enter({}, { as: 'one' }),
    commit(2, {}, { version: 'newest' }),
    ask(ListGroups, { statesFilter: ['stable'], typesFilter: ['consumer'] }),
    ask(DescribeGroups, { groups: ['~g'], includeAuthorizedOperations: true }),
    ask(OffsetDelete, { groupId: '~g', topics: [{ name: '~a', partitions: [{ partitionIndex: 0 }] }] }),
    ask(DeleteGroups, { groupsNames: ['~g'] }),
    ask(Heartbeat, { groupId: '~g', generationId: 2, memberId: 'one' }),
    ask(LeaveGroup, { groupId: '~g', memberId: nobody, members: [{ memberId: nobody, groupInstanceId: null }] }),
    ask(SyncGroup, {
      groupId: '~g',
      generationId: 2,
      memberId: nobody,
      protocolType: 'consumer',
      protocolName: 'range',
    }),
    beat({ memberEpoch: -1 }),
    ask(ListGroups, { statesFilter: ['empty'], typesFilter: [] }),
    ask(OffsetDelete, { groupId: '~g', topics: [{ name: '~a', partitions: [{ partitionIndex: 0 }] }] }),
    ask(DeleteGroups, { groupsNames: ['~g'] }),
    describe,
  ]),
  sequence(ConsumerGroupHeartbeat, 'in the place of an empty classic group, and back', [
    topics(['a'], { partitions: 2 }),
    commit(-1, { memberId: '' }, { version: 9 }),
    ask(ListGroups, { statesFilter: [], typesFilter: [] }),
    enter({}, { as: 'one' }),
    ask(ListGroups, { statesFilter: [], typesFilter: [] }),
    fetchOffsets(null, -1),
    beat({ memberEpoch: -1 }),
    join({}, { version: 'newest' }),
    ask(ListGroups, { statesFilter: [], typesFilter: [] }),
    fetchOffsets(null, -1),
  ]),
];

export const consumerGroupCases: readonly Case[] = [...heartbeatCases, ...otherCases];
