import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';

const { FindCoordinator } = apis;
const find = (key: string, keyType = 0) => ask(FindCoordinator, { key, keyType, coordinatorKeys: [key] });

export const findCoordinatorCases: readonly Case[] = [
  story(FindCoordinator, 'of groups', [find('~g'), find('~g1'), find(''), find('x'.repeat(1000))], { quick: true }),
  story(
    FindCoordinator,
    'of what has none',
    [2, 3, -1, 127].map((type) => find('~g', type)),
    { from: 1 },
  ),
  story(
    FindCoordinator,
    'of a share partition',
    [find('~g:AAAAAAAAAAAAAAAAAAAAAA:0', 2), find('~g:k5x2Vq0bR1uYwZ3sT7nM4w:0', 2), find('~g:what:0', 2)],
    { from: 1 },
  ),
  story(
    FindCoordinator,
    'several at once',
    [
      ask(FindCoordinator, { keyType: 0, coordinatorKeys: ['~g', '~g1', '~g'] }),
      ask(FindCoordinator, { keyType: 0, coordinatorKeys: [] }),
      ask(FindCoordinator, { keyType: 0, coordinatorKeys: null as never }),
    ],
    { from: 4 },
  ),
  story(FindCoordinator, 'a null key', [ask(FindCoordinator, { key: null as never })], { to: 3 }),
];
