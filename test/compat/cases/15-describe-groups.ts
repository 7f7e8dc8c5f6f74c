import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { commit, joined, leave, stable } from './groups.ts';
import { topics } from './support.ts';

const { DescribeGroups } = apis;
const describe = (...groups: readonly string[]) => ask(DescribeGroups, { groups, includeAuthorizedOperations: false });

export const describeGroupsCases: readonly Case[] = [
  story(
    DescribeGroups,
    'in every state',
    [
      describe('~g'),
      ...joined(),
      describe('~g'),
      ...stable({ groupId: '~g1' }),
      describe('~g1'),
      ask(DescribeGroups, { groups: ['~g1'], includeAuthorizedOperations: true }),
      ...stable({ groupId: '~g2', groupInstanceId: 'one' }),
      describe('~g2'),
      describe('~g', '~g1', '~g2', '~g3'),
    ],
    { quick: true },
  ),
  story(DescribeGroups, 'that are empty, or hold offsets alone', [
    topics(['a']),
    commit(),
    describe('~g'),
    ...stable({ groupId: '~g1' }),
    leave('~member:JoinGroup', {}, { as: 'left' }),
    describe('~g1'),
  ]),
  story(DescribeGroups, 'lists that are odd', [
    describe(),
    describe(''),
    describe('~g', '~g'),
    ask(DescribeGroups, { groups: null as never }),
    describe('x'.repeat(3000)),
  ]),
];
