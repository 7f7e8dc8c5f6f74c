import { apis } from '../apis.ts';
import { ask, type Case, type Step, story } from '../steps.ts';
import { configs, topics } from './support.ts';

const { AlterConfigs } = apis;
type Settings = Readonly<Record<string, string | null>>;

const alter = (
  resources: readonly (readonly [type: number, name: string, settings: Settings])[],
  validateOnly = false,
): Step =>
  ask(AlterConfigs, {
    resources: resources.map(([resourceType, resourceName, settings]) => ({
      resourceType,
      resourceName,
      configs: configs(settings),
    })),
    validateOnly,
  });

export const alterConfigsCases: readonly Case[] = [
  story(
    AlterConfigs,
    'more changes than are made at once',
    [10_000, 10_001].map((count) =>
      alter(
        Array.from({ length: count }, (_, i) => [32, `~g${i}`, { 'consumer.session.timeout.ms': '50000' }]),
        true,
      ),
    ),
  ),
  story(
    AlterConfigs,
    'in place of what a topic had',
    [
      topics(['a'], { settings: { 'retention.ms': '5000', 'segment.ms': '6000' } }),
      alter([[2, '~a', { 'retention.ms': '1000' }]]),
      alter([[2, '~a', { 'retention.ms': '2000' }]], true),
      alter([[2, '~a', { 'retention.ms': 'x' }]], true),
      alter([[2, '~a', { 'segment.ms': '9', 'retention.ms': 'x' }]]),
      alter([[2, '~a', { 'no.such': '9' }]]),
      alter([[2, '~a', { 'retention.ms': null }]]),
      alter([[2, '~a', { 'cleanup.policy': 'compact,delete', 'segment.bytes': '2000000' }]]),
      alter([[2, '~a', {}]]),
    ],
    { quick: true },
  ),
  story(AlterConfigs, 'resources that are not there, or none', [
    topics(['a']),
    alter([[2, '~nobody', { 'retention.ms': '1' }]]),
    alter([[2, '', { 'retention.ms': '1' }]]),
    alter([[2, 'a b', { 'retention.ms': '1' }]]),
    alter([[4, '7', {}]]),
    alter([[4, 'one', {}]]),
    alter([[4, '1', { 'num.partitions': '2' }]]),
    alter([[4, '1', { 'log.cleaner.threads': 'x' }]]),
    alter([[8, '1', { root: 'INFO' }]]),
    alter([[16, '', { 'interval.ms': '5000' }]]),
    alter([[16, '~s', { 'interval.ms': '5000' }]]),
    alter([[16, '~s', { 'interval.ms': '5' }]]),
    alter([[16, '~s', {}]]),
    alter([[32, '~g', { 'consumer.session.timeout.ms': '46000' }]]),
    alter([[32, '~g', { nope: '46000' }]]),
    alter([[32, '~g', {}]]),
    ...[0, 1, 3, 99].map((type) => alter([[type, 'x', {}]])),
    alter([]),
    ask(AlterConfigs, { resources: null as never }),
    ask(AlterConfigs, {
      resources: [
        { resourceType: 2, resourceName: '~a', configs: ['1', '2'].map((value) => ({ name: 'retention.ms', value })) },
      ],
    }),
  ]),
  story(AlterConfigs, 'this broker', [alter([[4, '1', { 'log.cleaner.threads': '2' }]]), alter([[4, '1', {}]])], {
    alone: true,
  }),
];
