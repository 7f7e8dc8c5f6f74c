import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { commit, join, joined, leave, stable } from './groups.ts';
import { topics } from './support.ts';

const { DeleteGroups } = apis;
const remove = (...groupsNames: readonly string[]) => ask(DeleteGroups, { groupsNames });

export const deleteGroupsCases: readonly Case[] = [
  story(
    DeleteGroups,
    'in every state',
    [
      topics(['a']),
      remove('~g'),
      commit(),
      ...joined({ groupId: '~g1' }),
      ...stable({ groupId: '~g2' }),
      remove('~g', '~g1', '~g2', '~g3'),
      remove('~g'),
    ],
    { quick: true },
  ),
  story(DeleteGroups, 'whose last member has left', [
    topics(['a']),
    ...stable(),
    leave(),
    commit(),
    remove('~g'),
    commit(),
    ...joined(),
  ]),
  story(DeleteGroups, 'that a member is about to join', [join({}, { version: 9 }), remove('~g')]),
  // The empty name is the same in every version's run.
  story(
    DeleteGroups,
    'lists that are odd',
    [
      remove(),
      topics(['a']),
      commit(),
      remove('~g', '~g'),
      remove('~g', ''),
      ask(DeleteGroups, { groupsNames: null as never }),
      remove('x'.repeat(3000)),
    ],
    { alone: true },
  ),
];
