import { apis } from '../apis.ts';
import { ask, type Case, member, story } from '../steps.ts';
import { leave, nobody, stable } from './groups.ts';

const { LeaveGroup } = apis;

export const leaveGroupCases: readonly Case[] = [
  story(LeaveGroup, 'a member, twice', [...stable(), leave(), leave()], { quick: true }),
  story(
    LeaveGroup,
    'who is not there',
    [
      leave(nobody),
      ...stable(),
      leave(nobody),
      leave(''),
      ask(LeaveGroup, { groupId: '', memberId: member(), members: [{ memberId: member() }] }),
      ask(LeaveGroup, { groupId: '~g1', memberId: member(), members: [{ memberId: member() }] }),
    ],
    { quick: true },
  ),
  story(LeaveGroup, 'lists that are odd', [
    ...stable(),
    ask(LeaveGroup, { groupId: '~g', memberId: nobody, members: [] }),
    ask(LeaveGroup, { groupId: '~g', memberId: nobody, members: null as never }),
    ask(LeaveGroup, { groupId: null as never, memberId: nobody, members: [] }),
    ask(LeaveGroup, { groupId: '~g', memberId: null as never, members: [{ memberId: null as never }] }),
    ask(LeaveGroup, { groupId: '~g', memberId: member(), members: [{ memberId: member() }, { memberId: member() }] }),
  ]),
  story(
    LeaveGroup,
    'static members',
    [
      ...stable({ groupInstanceId: 'one' }),
      leave(nobody, { groupInstanceId: 'one' }),
      leave('', { groupInstanceId: 'two' }),
      leave(member(), { groupInstanceId: 'two' }),
      leave('', { groupInstanceId: 'one' }),
      leave('', { groupInstanceId: 'one' }),
    ],
    { from: 3 },
  ),
];
