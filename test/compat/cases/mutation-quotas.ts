/**
 * What a client hears that changes the cluster more than its quota lets it (KIP-599). It is not read for a while then,
 * so each request has a connection of its own.
 */
import { apis } from '../apis.ts';
import { ask, type Case, type Step, story } from '../steps.ts';
import { configs, topics } from './support.ts';

const { AlterClientQuotas, CreatePartitions, CreateTopics, DeleteTopics, DescribeClientQuotas } = apis;
const key = 'controller_mutation_rate';
const zero = 'AAAAAAAAAAAAAAAAAAAAAA' as never;
const as = (on: string) => ({ clientId: '~c', on });

const quota = (remove: boolean): Step =>
  ask(AlterClientQuotas, {
    entries: [{ entity: [{ entityType: 'client-id', entityName: '~c' }], ops: [{ key, value: 1, remove }] }],
    validateOnly: false,
  });
const isThere = (answer: unknown): boolean => (answer as { entries: readonly unknown[] | null }).entries?.length === 1;
const create = (name: string, numPartitions: number, on: string, validateOnly = false): Step =>
  ask(
    CreateTopics,
    {
      topics: [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: configs({}) }],
      timeoutMs: 15_000,
      validateOnly,
    },
    as(on),
  );

/** A burst is eleven windows of a second: forty are half a minute's debt. */
const indebted: readonly Step[] = [
  quota(false),
  ask(
    DescribeClientQuotas,
    { components: [{ entityType: 'client-id', matchType: 0, match: '~c' }], strict: true },
    { until: isThere },
  ),
  topics(['a', 'b'], { partitions: 2 }),
  ask(
    CreateTopics,
    { topics: [{ name: '~debt', numPartitions: 40, replicationFactor: 1 }], timeoutMs: 15_000 },
    { version: 'newest', ...as('debt') },
  ),
];

const grow = (count: number, on: string): Step =>
  ask(
    CreatePartitions,
    { topics: [{ name: '~a', count, assignments: null }], timeoutMs: 15_000, validateOnly: false },
    as(on),
  );

export const mutationQuotaCases: readonly Case[] = [
  story(
    CreateTopics,
    'more than the quota lets',
    [
      ...indebted,
      create('~more', 1, 'first'),
      create('~seen', 1, 'second', true),
      create('~a', 1, 'third'),
      create('', 1, 'fourth'),
      quota(true),
    ],
    { from: 5 },
  ),
  story(CreatePartitions, 'more than the quota lets', [...indebted, grow(3, 'first'), grow(1, 'second'), quota(true)], {
    from: 2,
  }),
  story(
    DeleteTopics,
    'more than the quota lets',
    [
      ...indebted,
      ...['~a', '~nobody'].map((name) =>
        ask(DeleteTopics, { topics: [{ name, topicId: zero }], topicNames: [name], timeoutMs: 15_000 }, as(name)),
      ),
      quota(true),
    ],
    { from: 4 },
  ),
];
