import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { topics } from './support.ts';

const { DescribeConfigs } = apis;
const describe = (resourceType: number, resourceName: string, more: object = {}, options: object = {}) =>
  ask(DescribeConfigs, { resources: [{ resourceType, resourceName, configurationKeys: null, ...more }], ...options });

export const describeConfigsCases: readonly Case[] = [
  story(
    DescribeConfigs,
    'a topic',
    [
      topics(['a'], {
        settings: { 'retention.ms': '5000', 'cleanup.policy': 'compact,delete', 'segment.bytes': '2000000' },
      }),
      describe(2, '~a'),
      describe(2, '~a', {}, { includeSynonyms: true }),
      describe(2, '~a', {}, { includeSynonyms: true, includeDocumentation: true }),
      describe(2, '~a', { configurationKeys: ['retention.ms', 'no.such', 'cleanup.policy'] }),
      describe(2, '~a', { configurationKeys: ['retention.ms', 'retention.ms'] }),
      describe(2, '~a', { configurationKeys: [] }),
    ],
    { quick: true },
  ),
  story(DescribeConfigs, 'the broker', [
    describe(4, '1', { configurationKeys: ['log.retention.ms', 'num.partitions', 'node.id', 'listeners', 'no.such'] }),
    describe(4, '1', { configurationKeys: ['log.segment.bytes', 'compression.type'] }, { includeSynonyms: true }),
    describe(4, ''),
    describe(4, '7'),
    describe(4, 'one'),
    describe(4, '-1'),
  ]),
  story(
    DescribeConfigs,
    'all of the broker’s settings',
    [describe(4, '1', {}, { includeSynonyms: true, includeDocumentation: true })],
    {
      from: 4,
    },
  ),
  story(
    DescribeConfigs,
    'resources that are not there, or none',
    [
      describe(2, '~nobody'),
      describe(2, ''),
      describe(2, '..'),
      describe(2, 'not a name'),
      describe(2, '~@250:x'),
      ...[0, 1, 3, 5, 7, 99, -1].map((type) => describe(type, 'x')),
      describe(8, '1'),
      describe(8, '7'),
      describe(16, 'nobody'),
      describe(16, ''),
      describe(32, 'nobody'),
      describe(32, ''),
    ],
    { quick: true },
  ),
  story(DescribeConfigs, 'lists that are odd', [
    topics(['a']),
    ask(DescribeConfigs, { resources: [] }),
    ask(DescribeConfigs, { resources: null as never }),
    describe(2, null as never),
    ask(DescribeConfigs, {
      resources: [2, 2].map((resourceType) => ({
        resourceType,
        resourceName: '~a',
        configurationKeys: ['retention.ms'],
      })),
    }),
    ask(DescribeConfigs, {
      resources: ['~a', '~nobody'].map((resourceName) => ({
        resourceType: 2,
        resourceName,
        configurationKeys: ['retention.ms'],
      })),
    }),
  ]),
];
