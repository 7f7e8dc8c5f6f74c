import { apis } from '../apis.ts';
import { type Case, member, story, take } from '../steps.ts';
import { heardOfAnother, join, joined, nobody, stable, sync } from './groups.ts';
import { bytes } from './support.ts';

const { SyncGroup } = apis;

export const syncGroupCases: readonly Case[] = [
  story(SyncGroup, 'the leader, and again', [...joined(), sync(), sync(), sync({ assignments: [] })], { quick: true }),
  story(
    SyncGroup,
    'arguments that are wrong',
    [
      ...joined(),
      sync({ generationId: 0 }),
      sync({ generationId: 9 }),
      sync({ memberId: nobody }),
      sync({ memberId: '' }),
      sync({ groupId: '~g1' }),
      sync({ groupId: '' }),
      sync({ groupInstanceId: 'one' }),
      sync({ protocolName: 'other' }),
      sync({ protocolType: 'connect' }),
      sync({ protocolName: null }),
      sync({ protocolType: null }),
      sync({ protocolName: null, protocolType: null }),
    ],
    { quick: true },
  ),
  story(SyncGroup, 'assignments that are odd', [
    ...joined(),
    sync({ assignments: [{ memberId: nobody, assignment: bytes('theirs') }] }),
    ...joined({ groupId: '~g1' }),
    sync({
      groupId: '~g1',
      assignments: ['one', 'two'].map((text) => ({ memberId: member(), assignment: bytes(text) })),
    }),
    ...joined({ groupId: '~g2' }),
    sync({ groupId: '~g2', assignments: [] }),
  ]),
  story(SyncGroup, 'nulls', [
    ...stable(),
    sync({ groupId: null }),
    sync({ memberId: null }),
    sync({ assignments: null }),
    sync({ assignments: [{ memberId: member(), assignment: null }] }),
  ]),
  story(
    SyncGroup,
    'a static member',
    [
      ...joined({ groupInstanceId: 'one' }),
      sync({ groupInstanceId: 'two' }),
      sync({ groupInstanceId: 'one', memberId: nobody }),
      sync({ groupInstanceId: 'one' }),
    ],
    { from: 3 },
  ),
  story(SyncGroup, 'while another joins', [
    ...joined({}, { as: 'one', on: 'one' }),
    sync({}, { from: 'one', on: 'one', version: 'newest' }),
    join({}, { as: 'second', on: 'two', later: true, version: 3 }),
    heardOfAnother,
    sync({}, { from: 'one', on: 'one' }),
    join({ memberId: member('one') }, { as: 'one', on: 'one', version: 'newest' }),
    take('second'),
  ]),
];
