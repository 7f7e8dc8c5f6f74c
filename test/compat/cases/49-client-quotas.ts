import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';

const { AlterClientQuotas, DescribeClientQuotas } = apis;

type Part = readonly [entityType: string, entityName: string | null];
const entityOf = (parts: readonly Part[]) => parts.map(([entityType, entityName]) => ({ entityType, entityName }));
const set = (key: string, value: number) => ({ key, value, remove: false });
const unset = (key: string) => ({ key, value: 0, remove: true });
const entry = (parts: readonly Part[], ...ops: readonly ReturnType<typeof set>[]) => ({ entity: entityOf(parts), ops });
const alter = (...entries: readonly ReturnType<typeof entry>[]) =>
  ask(AlterClientQuotas, { entries, validateOnly: false });
const describe = (components: readonly (readonly [string, number, string | null])[], strict = false) =>
  ask(
    DescribeClientQuotas,
    { components: components.map(([entityType, matchType, match]) => ({ entityType, matchType, match })), strict },
    // What a controller has decided reaches its broker a moment later.
    { settles: true },
  );
const ofUser = (name = '~u') => describe([['user', 0, name]]);

const rate = 'producer_byte_rate';
const odd = [0, -1, 0.1, 1.5, 1.000_000_1, Number.NaN, Number.POSITIVE_INFINITY, 1e20, 2 ** 53];

export const clientQuotasCases: readonly Case[] = [
  story(
    AlterClientQuotas,
    'set, changed and removed',
    [
      alter(entry([['user', '~u']], set(rate, 1000), set('request_percentage', 12.5))),
      ofUser(),
      alter(entry([['user', '~u']], set(rate, 2000), unset('request_percentage'))),
      ofUser(),
      alter(entry([['user', '~u']], unset(rate), unset('consumer_byte_rate'))),
      ofUser(),
    ],
    { quick: true },
  ),
  story(AlterClientQuotas, 'entities', [
    alter(entry([])),
    alter(entry([['user', '~u']])),
    alter(entry([['group', '~u']], set(rate, 1))),
    alter(entry([['', '~u']], set(rate, 1))),
    alter(entry([['user', '']], set(rate, 1))),
    alter(entry([['ip', '']], set('connection_creation_rate', 1))),
    alter(
      entry(
        [
          ['user', '~u'],
          ['ip', '10.0.0.1'],
        ],
        set(rate, 1),
      ),
    ),
    alter(entry([['ip', 'not an address']], set('connection_creation_rate', 1))),
    ...['10.0.0.1', '::1', '1'].map((ip) => alter(entry([['ip', ip]], set('connection_creation_rate', 1e6)))),
    alter(
      entry(
        [
          ['user', '~u'],
          ['user', '~v'],
        ],
        set(rate, 1),
      ),
    ),
    ofUser('~v'),
    alter(
      entry(
        [
          ['user', '~u'],
          ['client-id', '~c'],
        ],
        set(rate, 1),
      ),
    ),
    ofUser(),
  ]),
  story(AlterClientQuotas, 'more changes than are made at once', [
    ...[10_000, 10_001].map((count) =>
      ask(AlterClientQuotas, {
        entries: Array.from({ length: count }, (_, i) => entry([['user', `~u${i}`]], set(rate, 1))),
        validateOnly: true,
      }),
    ),
    // Neither what is so already nor what is refused counts.
    ask(AlterClientQuotas, {
      entries: Array.from({ length: 10_010 }, (_, i) =>
        entry([['user', `~u${i}`]], i < 20 ? unset(rate) : set(i < 40 ? 'nonsense' : rate, 1)),
      ),
      validateOnly: true,
    }),
  ]),
  story(AlterClientQuotas, 'keys', [
    alter(entry([['user', '~u']], set('nonsense', 1))),
    alter(entry([['user', '~u']], unset('nonsense'))),
    alter(entry([['user', '~u']], set('connection_creation_rate', 1))),
    alter(entry([['ip', '10.0.0.2']], set(rate, 1))),
    alter(entry([['user', '~u']], set(rate, 1), set(rate, 2))),
    alter(entry([['user', '~u']], set(rate, 1), unset(rate))),
    alter(entry([['user', '~u']], unset(rate), set(rate, 1))),
    alter(entry([['user', '~u']], set(rate, 1), set('nonsense', 1))),
    ofUser(),
  ]),
  ...[rate, 'consumer_byte_rate', 'request_percentage', 'controller_mutation_rate'].map((key) =>
    story(AlterClientQuotas, `values of ${key}`, [
      ...odd.map((value) => alter(entry([['user', '~u']], set(key, value)))),
      ofUser(),
    ]),
  ),
  story(AlterClientQuotas, 'several entities, some of them wrong', [
    alter(entry([['user', '~u']], set(rate, 1)), entry([['user', '~v']], set('nonsense', 1))),
    ofUser(),
    alter(entry([['user', '~v']], set(rate, 1)), entry([['user', '~v']], set('consumer_byte_rate', 2))),
    ofUser('~v'),
    ask(AlterClientQuotas, { entries: [entry([['user', '~w']], set(rate, 1))], validateOnly: true }),
    ofUser('~w'),
    ask(AlterClientQuotas, { entries: [], validateOnly: false }),
    ask(AlterClientQuotas, { entries: null as never, validateOnly: false }),
  ]),
  story(DescribeClientQuotas, 'filters', [
    alter(
      entry([['user', '~u']], set(rate, 1)),
      entry(
        [
          ['user', '~u'],
          ['client-id', '~c'],
        ],
        set(rate, 2),
      ),
    ),
    describe([['user', 0, '~u']]),
    describe([['user', 0, '~u']], true),
    describe([
      ['user', 0, '~u'],
      ['client-id', 2, null],
    ]),
    describe([
      ['user', 2, null],
      ['client-id', 0, '~c'],
    ]),
    describe([['client-id', 0, '~none']]),
    describe([['user', 0, '']]),
  ]),
  story(DescribeClientQuotas, 'filters that are odd', [
    ...(
      [
        ['user', 0, null],
        ['user', 1, 'x'],
        ['user', 2, 'x'],
        ['user', 7, null],
        ['user', -1, 'x'],
        ['', 0, 'x'],
        ['group', 0, 'x'],
      ] as const
    ).map((component) => describe([component])),
    describe([
      ['user', 0, '~u'],
      ['user', 2, null],
    ]),
    describe([
      ['ip', 2, null],
      ['user', 2, null],
    ]),
    ask(DescribeClientQuotas, { components: null as never, strict: false }),
  ]),
];
