import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { commit, joined, stable } from './groups.ts';
import { topics } from './support.ts';

const { ListGroups } = apis;
const list = (statesFilter: readonly string[] = [], typesFilter: readonly string[] = []) =>
  ask(ListGroups, { statesFilter, typesFilter });

export const listGroupsCases: readonly Case[] = [
  story(
    ListGroups,
    'in every state, filtered',
    [
      topics(['a']),
      ...joined(),
      ...stable({ groupId: '~g1' }),
      commit({}, { groupId: '~g2' }),
      list(),
      ...[
        'Stable',
        'Empty',
        'CompletingRebalance',
        'PreparingRebalance',
        'Dead',
        'stable',
        'EMPTY',
        'nonsense',
        '',
      ].map((state) => list([state])),
      list(['Stable', 'Empty']),
      list(['Stable', 'Stable']),
      ...['classic', 'Classic', 'consumer', 'share', 'streams', 'nonsense', ''].map((type) => list([], [type])),
      list(['Empty'], ['classic']),
    ],
    { quick: true },
  ),
  story(ListGroups, 'null filters', [
    ask(ListGroups, { statesFilter: null as never, typesFilter: [] }),
    ask(ListGroups, { statesFilter: [], typesFilter: null as never }),
  ]),
];
