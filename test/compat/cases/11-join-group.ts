import { apis } from '../apis.ts';
import { type Case, member, story, take } from '../steps.ts';
import { heardOfAnother, join, joined, nobody, protocols, stable, subscription, sync } from './groups.ts';

const { JoinGroup } = apis;

export const joinGroupCases: readonly Case[] = [
  story(
    JoinGroup,
    'the first member, and again',
    [join(), join({ memberId: member() }), join({ memberId: member() })],
    { quick: true },
  ),
  story(
    JoinGroup,
    'arguments that are wrong',
    [
      join({ groupId: '' }),
      join({ sessionTimeoutMs: 99 }),
      join({ sessionTimeoutMs: 100 }),
      join({ groupId: '~g1', sessionTimeoutMs: 1_800_001 }),
      join({ groupId: '~g1', sessionTimeoutMs: -1 }),
      join({ groupId: '~g2', rebalanceTimeoutMs: -1 }),
      join({ groupId: '~g1', memberId: nobody }),
      join({ groupId: '~g1', protocols: [] }),
      join({ groupId: '~g1', protocolType: '' }),
      join({ groupId: '~g1', protocolType: '', protocols: [] }),
    ],
    { quick: true },
  ),
  story(JoinGroup, 'nulls', [
    join({ groupId: null }),
    join({ memberId: null }),
    join({ protocolType: null }),
    join({ protocols: null }),
    join({ protocols: [{ name: null, metadata: subscription }] }),
    join({ protocols: [{ name: 'range', metadata: null }] }),
  ]),
  story(
    JoinGroup,
    'protocols twice',
    [
      join({ protocols: [...protocols, ...protocols] }),
      join({ memberId: member(), protocols: [...protocols, ...protocols] }),
    ],
    // Kafka's silence costs its whole deadline: one version says it.
    { from: 9, to: 9 },
  ),
  story(JoinGroup, 'a member that is in, with other protocols', [
    ...stable(),
    join({ memberId: member(), protocols: [{ name: 'other', metadata: subscription }] }),
    sync(),
    join({ memberId: member(), protocolType: 'connect' }),
  ]),
  story(JoinGroup, 'a second member whose protocols do not fit', [
    ...stable(),
    join({ protocolType: 'connect' }, { on: 'two', as: 'two' }),
    join({ protocols: [{ name: 'other', metadata: subscription }] }, { on: 'two', as: 'two' }),
  ]),
  story(
    JoinGroup,
    'static members',
    [
      join({ groupInstanceId: 'one' }, { as: 'one' }),
      join({ groupInstanceId: 'one', memberId: nobody }),
      join({ groupInstanceId: 'one', memberId: member('one') }, { as: 'one' }),
      sync({}, { from: 'one' }),
      join({ groupInstanceId: 'one' }, { as: 'again' }),
      join({ groupInstanceId: 'one', memberId: member('one') }, { as: 'stale' }),
      join({ groupInstanceId: '' }),
    ],
    { from: 5 },
  ),
  story(JoinGroup, 'a group without name of type, and with another', [
    join({ protocolType: 'connect', protocols: [{ name: 'default', metadata: subscription }] }),
    join({ memberId: member(), protocolType: 'connect', protocols: [{ name: 'default', metadata: subscription }] }),
  ]),
  story(JoinGroup, 'two members', [
    ...joined({}, { as: 'one', on: 'one' }),
    sync({}, { from: 'one', on: 'one', version: 'newest' }),
    join({}, { as: 'second', on: 'two', later: true, version: 3 }),
    heardOfAnother,
    join({ memberId: member('one') }, { as: 'one', on: 'one' }),
    take('second'),
  ]),
  story(JoinGroup, 'a third member, of two that group.max.size allows', [
    ...joined({}, { as: 'one', on: 'one' }),
    sync({}, { from: 'one', on: 'one', version: 'newest' }),
    join({}, { as: 'second', on: 'two', later: true, version: 3 }),
    heardOfAnother,
    join({ memberId: member('one') }, { as: 'one', on: 'one', version: 'newest' }),
    take('second'),
    join({}, { on: 'three', as: 'three' }),
    join({ groupInstanceId: 'static' }, { on: 'three', as: 'three' }),
    join({ memberId: nobody }, { on: 'three', as: 'three' }),
  ]),
];
