/** Groups in time: members that join, commit, leave, expire and come back. */
import { apis } from '../apis.ts';
import { ask, type Case, member, type Step, sequence, take } from '../steps.ts';
import {
  commit,
  heardOfAnother,
  heartbeat,
  join,
  leave,
  memberCommit,
  nobody,
  offsetsOf,
  otherSubscription,
  sync,
} from './groups.ts';
import { topics } from './support.ts';

const { DescribeGroups, JoinGroup } = apis;

const isIn = (state: string) => (answer: unknown) =>
  (answer as { groups: readonly { groupState: string }[] }).groups[0]?.groupState === state;
const until = (state: string): Step =>
  ask(
    DescribeGroups,
    { groups: ['~g'], includeAuthorizedOperations: false },
    { until: isIn(state), version: 'newest' },
  );

const newest = { version: 'newest' } as const;
const enter = (more: object = {}): readonly Step[] => [
  join(more, newest),
  join({ memberId: member(), ...more }, newest),
  sync({}, newest),
];

const middles: Readonly<Record<string, readonly Step[]>> = {
  beats: [heartbeat(), heartbeat()],
  commits: [memberCommit(), memberCommit({ at: 6 })],
  'commits in an old generation': [memberCommit({}, { generationIdOrMemberEpoch: 0 })],
  'commits as nobody': [memberCommit({}, { memberId: nobody })],
  'joins again with the same': [join({ memberId: member() }, newest), sync({}, newest)],
  'joins again and does not sync': [join({ memberId: member() }, newest), memberCommit()],
  'syncs again': [sync({}, newest)],
};

const ends: Readonly<Record<string, readonly Step[]>> = {
  leaves: [leave(), heartbeat()],
  'leaves and is back': [leave(), ...enter(), heartbeat()],
  'leaves, and a commit without membership': [leave(), commit({ at: 9 })],
  'stays, and a commit without membership': [commit({ at: 9 })],
  'leaves, and an old commit': [leave(), memberCommit({ at: 9 })],
};

const lives = [{}, { groupInstanceId: 'static' }].flatMap((kind) =>
  Object.entries(middles).flatMap(([middle, steps]) =>
    Object.entries(ends).map(([end, last]) =>
      sequence(JoinGroup, `a ${'groupInstanceId' in kind ? 'static' : 'dynamic'} member ${middle}, ${end}`, [
        topics(['a']),
        ...enter(kind),
        ...steps,
        ...last,
        offsetsOf('~g', null, newest),
      ]),
    ),
  ),
);

const expiring = { sessionTimeoutMs: 150, rebalanceTimeoutMs: 1000 };
const expiries = [
  sequence(JoinGroup, 'a member that expires, and its late requests', [
    topics(['a']),
    ...enter(expiring),
    memberCommit(),
    until('Empty'),
    heartbeat(),
    memberCommit({ at: 7 }),
    commit({ at: 8 }),
    join({ memberId: member() }, newest),
  ]),
  sequence(JoinGroup, 'a static member that expires and comes back', [
    topics(['a']),
    ...enter({ ...expiring, groupInstanceId: 'static' }),
    until('Empty'),
    ...enter({ groupInstanceId: 'static' }),
    heartbeat({ groupInstanceId: 'static' }),
    memberCommit({}, { groupInstanceId: 'static' }),
  ]),
  sequence(JoinGroup, 'a member that never syncs', [
    topics(['a']),
    join({ sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 200 }, newest),
    join({ memberId: member(), sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 200 }, newest),
    until('Empty'),
    heartbeat(),
    sync({}, newest),
  ]),
  sequence(JoinGroup, 'a member id that nobody uses', [
    join({ sessionTimeoutMs: 150 }, newest),
    until('Empty'),
    until('Dead'),
    join({ memberId: member() }, newest),
    heartbeat({ generationId: 0 }),
  ]),
];

/** Two members, one on a connection of its own, ready to be synced. */
const two = (kind: object = {}): readonly Step[] => [
  topics(['a']),
  join(kind, { ...newest, as: 'one' }),
  join({ memberId: member('one'), ...kind }, { ...newest, as: 'one' }),
  sync({}, { ...newest, from: 'one' }),
  join({ protocols: [{ name: 'range', metadata: otherSubscription }] }, { on: 'two', as: 'two', version: 4 }),
  join(
    { memberId: member('two'), protocols: [{ name: 'range', metadata: otherSubscription }] },
    { ...newest, on: 'two', as: 'two', later: true },
  ),
  heardOfAnother,
  join({ memberId: member('one'), ...kind }, { ...newest, as: 'one' }),
  take('two'),
];

const assign = sync(
  {
    assignments: ['one', 'two'].map((as) => ({ memberId: member(as), assignment: new Uint8Array([as.length, 49]) })),
  },
  { ...newest, from: 'one' },
);

const pairs = [
  ['the follower syncs', [sync({ assignments: [] }, { ...newest, from: 'two', on: 'two' })]],
  ['the follower leaves', [leave(member('two'))]],
  ['the leader leaves', [leave(member('one'))]],
  ['both leave', [leave(member('two')), leave(member('one'))]],
  ['a stranger leaves', [leave(nobody)]],
] as const;

const rebalances = pairs.map(([what, steps]) =>
  sequence(JoinGroup, `two members: ${what}`, [...two(), assign, ...steps, offsetsOf('~g', null, newest)]),
);

export const groupSequences: readonly Case[] = [...lives, ...expiries, ...rebalances];
