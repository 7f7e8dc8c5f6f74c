import {
  type AlterClientQuotasRequestInput,
  alterClientQuotasRequest,
  alterClientQuotasResponse,
  describeClientQuotasRequest,
  describeClientQuotasResponse,
  errorName,
} from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { type Site, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

type Entry = NonNullable<AlterClientQuotasRequestInput['entries']>[number];

const entry = (entity: readonly (readonly [string, string | null])[], ops: Entry['ops']): Entry => ({
  entity: entity.map(([entityType, entityName]) => ({ entityType, entityName })),
  ops,
});

/** What was answered for each entity. */
function alter(entries: readonly Entry[], more: AlterClientQuotasRequestInput = {}, version = 1): string[] {
  const ask = { entries, ...more };
  return at.client
    .ask(alterClientQuotasRequest, alterClientQuotasResponse, version, ask)
    .entries.map(({ entity, errorCode }) => {
      const who = entity.map(({ entityType, entityName }) => `${entityType}=${entityName ?? ''}`).join(',');
      return `${who} ${errorName(errorCode)}`;
    });
}

function quotas(): Record<string, number>[] {
  const { entries } = at.client.ask(describeClientQuotasRequest, describeClientQuotasResponse, 1, {});
  return (entries ?? []).map(({ values }) => Object.fromEntries(values.map(({ key, value }) => [key, value])));
}

const rate = 'producer_byte_rate';

test.each([0, 1])('quotas are set, changed and removed (v%i)', (version) => {
  const ops = [
    { key: rate, value: 1e9 },
    { key: 'request_percentage', value: 12.5 },
  ];
  const both = [['client-id', 'c'] as const, ['user', null] as const];
  expect(alter([entry(both, ops)], {}, version)).toEqual(['client-id=c,user= NONE']);
  expect(quotas()).toEqual([{ [rate]: 1e9, request_percentage: 12.5 }]);
  alter([
    entry(both, [
      { key: rate, remove: true },
      { key: 'request_percentage', value: 99 },
    ]),
  ]);
  expect(quotas()).toEqual([{ request_percentage: 99 }]);
  alter([entry(both, [{ key: 'request_percentage', remove: true }])]);
  expect(quotas()).toEqual([]);
});

test.each([
  ['no entity', entry([], [])],
  ['an unknown type', entry([['group', 'a']], [])],
  ['an empty type', entry([['', 'a']], [])],
  ['an empty name', entry([['user', '']], [])],
  [
    'an address with a user',
    entry(
      [
        ['ip', '10.0.0.1'],
        ['user', 'a'],
      ],
      [],
    ),
  ],
  ['no address', entry([['ip', 'not an ip']], [{ key: 'connection_creation_rate', value: 1 }])],
  ['an unknown quota', entry([['user', 'a']], [{ key: 'nonsense', value: 1 }])],
  ["an address's quota for a user", entry([['user', 'a']], [{ key: 'connection_creation_rate', value: 1 }])],
  ["a user's quota for an address", entry([['ip', '10.0.0.1']], [{ key: rate, value: 1 }])],
  ['nothing', entry([['user', 'a']], [{ key: rate, value: 0 }])],
  ['less than nothing', entry([['user', 'a']], [{ key: 'request_percentage', value: -1 }])],
  ['part of a byte', entry([['user', 'a']], [{ key: rate, value: 1.5 }])],
  ['more than fits', entry([['user', 'a']], [{ key: rate, value: 1e20 }])],
  ['more connections than fit', entry([['ip', '10.0.0.1']], [{ key: 'connection_creation_rate', value: 3e9 }])],
  [
    'a quota twice',
    entry(
      [['user', 'a']],
      [
        { key: rate, value: 1 },
        { key: rate, remove: true },
      ],
    ),
  ],
])('%s is refused, and the others of the request are made', (_what, bad) => {
  const answers = alter([bad, entry([['user', 'good']], [{ key: rate, value: 7 }])]);
  expect(answers[0]).toMatch(/ INVALID_REQUEST$/);
  expect(answers[1]).toBe('user=good NONE');
  expect(quotas()).toEqual([{ [rate]: 7 }]);
});

test.each([
  ['a share of a permit', 'controller_mutation_rate', 0.1, 'NONE'],
  ['almost a whole byte', rate, 5.0000001, 'NONE'],
  ['connections of an address', 'connection_creation_rate', 5, 'INVALID_REQUEST'],
])('%s', (_what, key, value, error) => {
  expect(alter([entry([['user', 'a']], [{ key, value }])])).toEqual([`user=a ${error}`]);
});

test.each(['10.0.0.1', '::1', '0:0:0:0:0:0:0:1', '1', null])('%s is an address', (address) => {
  const ops = [{ key: 'connection_creation_rate', value: 5 }];
  expect(alter([entry([['ip', address]], ops)])).toEqual([`ip=${address ?? ''} NONE`]);
});

test('removing what is not there, known or not, is no error', () => {
  const ops = [
    { key: rate, remove: true },
    { key: 'nonsense', remove: true },
  ];
  expect(alter([entry([['user', 'a']], ops), entry([['user', 'b']], [])])).toEqual(['user=a NONE', 'user=b NONE']);
});

test('an entity that comes twice has its first change made, and the second refused', () => {
  const twice = [1, 2].map((value) => entry([['user', 'a']], [{ key: rate, value }]));
  expect(alter(twice)).toEqual(['user=a INVALID_REQUEST']);
  expect(quotas()).toEqual([{ [rate]: 1 }]);
});

test('a type that comes twice in an entity counts with its last name', () => {
  const entity = [['user', 'a'] as const, ['user', 'b'] as const];
  expect(alter([entry(entity, [{ key: rate, value: 1 }])])).toEqual(['user=b NONE']);
});

test('validateOnly changes nothing; no entries are no answers', () => {
  expect(alter([entry([['user', 'a']], [{ key: rate, value: 1 }])], { validateOnly: true })).toEqual(['user=a NONE']);
  expect(quotas()).toEqual([]);
  expect(alter([])).toEqual([]);
});

test.each([true, false])('more than ten thousand changes at once are none (validateOnly %s)', (validateOnly) => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => entry([['user', `u${i}`]], [{ key: rate, value: 1 }]));
  const fault = entry([['user', 'x']], [{ key: 'nonsense', value: 1 }]);
  expect(new Set(alter([...many(10_001), fault], { validateOnly }).map((line) => line.split(' ')[1]))).toEqual(
    new Set(['POLICY_VIOLATION']),
  );
  expect(quotas().length).toBe(0);
  expect(alter([...many(10_000), fault], { validateOnly }).at(-1)).toBe('user=x INVALID_REQUEST');
  expect(quotas().length).toBe(validateOnly ? 0 : 10_000);
});
