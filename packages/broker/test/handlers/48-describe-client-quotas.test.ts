import {
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
  set('user=a', 'producer_byte_rate');
  set('user=a,client-id=c', 'consumer_byte_rate');
  set('user=', 'producer_byte_rate');
  set('client-id=c', 'request_percentage');
  set('ip=10.0.0.1', 'connection_creation_rate');
});

function set(text: string, key: string): void {
  const entity = text.split(',').map((part) => {
    const [entityType = '', entityName = ''] = part.split('=');
    return { entityType, entityName: entityName === '' ? null : entityName };
  });
  const entries = [{ entity, ops: [{ key, value: 5 }] }];
  at.client.ask(alterClientQuotasRequest, alterClientQuotasResponse, 1, { entries });
}

/** What was answered: an error, or each entity with its quotas. */
function describe(components: readonly (readonly [string, number, string | null])[], strict = false, version = 1) {
  const asked = components.map(([entityType, matchType, match]) => ({ entityType, matchType, match }));
  const ask = { components: asked, strict };
  const answer = at.client.ask(describeClientQuotasRequest, describeClientQuotasResponse, version, ask);
  if (answer.errorCode !== 0) return [errorName(answer.errorCode), answer.entries === null ? 'no entries' : 'entries'];
  return (answer.entries ?? []).map(({ entity, values }) => {
    const who = entity.map(({ entityType, entityName }) => `${entityType}=${entityName ?? ''}`).join(',');
    return `${who}: ${values.map(({ key, value }) => `${key}=${value}`).join(' ')}`;
  });
}

test('all quotas, where nothing is asked for (v0, v1)', () => {
  const all = [
    'user=a: producer_byte_rate=5',
    'client-id=c,user=a: consumer_byte_rate=5',
    'user=: producer_byte_rate=5',
    'client-id=c: request_percentage=5',
    'ip=10.0.0.1: connection_creation_rate=5',
  ];
  expect(describe([], false, 0)).toEqual(all);
  expect(describe([], false, 1)).toEqual(all);
  expect(describe([], true)).toEqual([]);
});

test.each([
  ['a name', [['user', 0, 'a']], false, ['user=a', 'client-id=c,user=a']],
  ['a name and nothing else', [['user', 0, 'a']], true, ['user=a']],
  ['the default', [['user', 1, null]], false, ['user=']],
  ['any name of a type', [['user', 2, null]], false, ['user=a', 'client-id=c,user=a', 'user=']],
  [
    'two types',
    [
      ['user', 0, 'a'],
      ['client-id', 2, null],
    ],
    true,
    ['client-id=c,user=a'],
  ],
  ['an unknown name', [['user', 0, 'z']], false, []],
  ['an empty name', [['user', 0, '']], false, []],
  ['addresses', [['ip', 2, null]], false, ['ip=10.0.0.1']],
] as const)('%s', (_what, components, strict, found) => {
  expect(describe(components, strict).map((line) => line.slice(0, line.indexOf(':')))).toEqual(found);
});

test.each([
  ['an exact match without a name', [['user', 0, null]], 'INVALID_REQUEST'],
  ['the default with a name', [['user', 1, 'a']], 'INVALID_REQUEST'],
  ['any name with a name', [['user', 2, 'a']], 'INVALID_REQUEST'],
  ['no such match', [['user', 3, null]], 'INVALID_REQUEST'],
  ['an empty type', [['', 0, 'a']], 'INVALID_REQUEST'],
  [
    'a type twice',
    [
      ['user', 0, 'a'],
      ['user', 2, null],
    ],
    'INVALID_REQUEST',
  ],
  [
    'an address with a user',
    [
      ['ip', 2, null],
      ['user', 2, null],
    ],
    'INVALID_REQUEST',
  ],
  ['a type that there is not', [['group', 0, 'a']], 'UNSUPPORTED_VERSION'],
] as const)('%s is refused', (_what, components, error) => {
  expect(describe(components)).toEqual([error, 'no entries']);
});
