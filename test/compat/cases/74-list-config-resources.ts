import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';

const { ListConfigResources } = apis;
const list = (resourceTypes: readonly number[]) => ask(ListConfigResources, { resourceTypes });

export const listConfigResourcesCases: readonly Case[] = [
  story(
    ListConfigResources,
    'of each type',
    [list([4]), list([8]), list([4, 8, 4]), list([0]), list([1]), list([3]), list([99]), list([4, 99])],
    { from: 1, quick: true },
  ),
];
