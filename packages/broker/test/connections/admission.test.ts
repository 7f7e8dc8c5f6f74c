import { expect, test } from 'vitest';
import { Admission, parseOverrides } from '../../src/connections/admission.ts';

const unlimited = 2 ** 31 - 1;
const settings = {
  'max.connections': unlimited,
  'max.connections.per.ip': unlimited,
  'max.connections.per.ip.overrides': '',
  'skerry.connections.reserved': 0,
};

const enterAll = (admission: Admission, hosts: readonly string[]): (string | undefined)[] =>
  hosts.map((host) => admission.enter(host));

test('one more than max.connections is refused, until another leaves', () => {
  const admission = new Admission({ ...settings, 'max.connections': 2 }, Number.POSITIVE_INFINITY);
  expect(enterAll(admission, ['a', 'b', 'c'])).toEqual([undefined, undefined, 'max.connections']);
  admission.leave('a');
  expect(enterAll(admission, ['c', 'd'])).toEqual([undefined, 'max.connections']);
  expect(admission.total).toBe(2);
});

test.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('%s has the reserved room for itself', (operator) => {
  const limited = { ...settings, 'max.connections': 1, 'skerry.connections.reserved': 1 };
  const admission = new Admission(limited, Number.POSITIVE_INFINITY);
  expect(enterAll(admission, ['10.0.0.1', '10.0.0.2', operator, operator])).toEqual([
    undefined,
    'max.connections',
    undefined,
    'max.connections',
  ]);
});

test('what the system has room for binds below max.connections, the reserved room within it', () => {
  const admission = new Admission({ ...settings, 'skerry.connections.reserved': 1 }, 3);
  const hosts = ['10.0.0.1', '10.0.0.1', '10.0.0.1', '127.0.0.1', '127.0.0.1'];
  expect(enterAll(admission, hosts)).toEqual([undefined, undefined, 'max.connections', undefined, 'max.connections']);
});

test('an address has its own bound, or the one that all have', () => {
  const limited = {
    ...settings,
    'max.connections.per.ip': 1,
    'max.connections.per.ip.overrides': '10.0.0.1:2, [fd00::1]:0',
  };
  const admission = new Admission(limited, Number.POSITIVE_INFINITY);
  const no = 'max.connections.per.ip';
  expect(enterAll(admission, ['10.0.0.1', '10.0.0.1', '10.0.0.1'])).toEqual([undefined, undefined, no]);
  expect(enterAll(admission, ['10.0.0.2', '10.0.0.2', 'fd00:0::1'])).toEqual([undefined, no, no]);
  admission.leave('10.0.0.2');
  expect(enterAll(admission, ['10.0.0.2', '10.0.0.2'])).toEqual([undefined, no]);
});

test('bounds that change hold from the next connection on', () => {
  const changing = { ...settings };
  const admission = new Admission(changing, Number.POSITIVE_INFINITY);
  expect(enterAll(admission, ['a', 'a'])).toEqual([undefined, undefined]);
  changing['max.connections.per.ip.overrides'] = 'a:2';
  expect(enterAll(admission, ['a', 'b'])).toEqual(['max.connections.per.ip', undefined]);
  changing['max.connections.per.ip.overrides'] = '';
  expect(enterAll(admission, ['a'])).toEqual([undefined]);
});

test('overrides are divided at their last colon', () => {
  const found = parseOverrides('10.0.0.1:5,localhost:7,::1:3,  gateway:9 ,nonsense,x:');
  expect([...found]).toEqual([
    ['10.0.0.1', 5],
    ['127.0.0.1', 7],
    ['0:0:0:0:0:0:0:1', 3],
    ['gateway', 9],
  ]);
});
