/** What needs a clock that moves while a handler works, or more clients than one would connect. */
import type { Clock } from '@skerry/base';
import { beforeEach, expect, test } from 'vitest';
import { QuotaTable } from '../../src/quotas/quota-table.ts';
import { Quotas } from '../../src/quotas/quotas.ts';

const settings = {
  'quota.window.num': 11,
  'quota.window.size.seconds': 1,
  'controller.quota.window.num': 11,
  'controller.quota.window.size.seconds': 1,
};
const someone = { user: 'u', clientId: 'c' };
const everybody = [{ entityType: 'user', entityName: null }];

let nowMs: number;
let table: QuotaTable;
let quotas: Quotas;
beforeEach(() => {
  nowMs = 1000;
  table = new QuotaTable();
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallMs: () => 0,
    after: () => ({ cancel: () => undefined }),
    soon: () => undefined,
  };
  quotas = new Quotas(table, clock, settings);
});

/** A request whose handler works so long; for how long its client is to be silent. */
function request(ms: number, laterMs = 0): number {
  const meter = quotas.meter(someone, 100);
  nowMs += ms;
  meter.returned();
  nowMs += laterMs;
  return meter.throttleMs();
}

test('there is something to count exactly as long as a quota is set', () => {
  expect(quotas.active).toBe(false);
  table.set(everybody, 'producer_byte_rate', 5);
  expect(quotas.active).toBe(true);
  table.set(everybody, 'producer_byte_rate', undefined);
  expect(quotas.active).toBe(false);
  table.set([{ entityType: 'ip', entityName: null }], 'connection_creation_rate', 5);
  expect(quotas.active).toBe(false);
});

test('who keeps the node busy for longer than its share waits, a window at most', () => {
  table.set(everybody, 'request_percentage', 10);
  expect(request(500)).toBe(0);
  // 1.1 s of work in 10.6 s: after another 0.4 s they are ten percent.
  expect(request(600)).toBe(400);
  expect(request(5000)).toBe(1000);
});

test('time in which an answer is awaited is nobody’s', () => {
  table.set(everybody, 'request_percentage', 1);
  expect(request(1, 60_000)).toBe(0);
});

test('a request counts once, however often it is asked how long to wait', () => {
  table.set(everybody, 'request_percentage', 10);
  const meter = quotas.meter(someone, 100);
  nowMs += 1200;
  const ms = meter.throttleMs();
  expect(ms).toBeGreaterThan(0);
  expect(meter.throttleMs()).toBe(ms);
});

test('records that were not sent do not count', () => {
  table.set(everybody, 'consumer_byte_rate', 1000);
  const refused = (): boolean => quotas.meter(someone, 0).refusesFetch(9000);
  expect([refused(), refused()]).toEqual([false, true]);
  nowMs += 8000;
  expect(refused()).toBe(true);
  nowMs += 3000;
  expect(refused()).toBe(false);
});

test('the longest wait fits the answer', () => {
  table.set(everybody, 'producer_byte_rate', 1e-6);
  const meter = quotas.meter(someone, 1e9);
  meter.produced(true);
  expect(meter.throttleMs()).toBe(2 ** 31 - 1);
});

test('a rate that nobody has used for an hour is forgotten', () => {
  table.set(everybody, 'controller_mutation_rate', 0.000_01);
  expect(quotas.meter(someone, 0).refusesMutation(1000, true)).toBe(false);
  expect(quotas.meter(someone, 0).refusesMutation(1, true)).toBe(true);
  nowMs += 3_600_000;
  expect(quotas.meter(someone, 0).refusesMutation(1, true)).toBe(false);
});

test('names that clients make up cost a bounded number of rates', () => {
  table.set([{ entityType: 'client-id', entityName: null }], 'controller_mutation_rate', 0.000_01);
  const take = (clientId: string): boolean => quotas.meter({ user: 'u', clientId }, 0).refusesMutation(1, true);
  take('first');
  expect(take('first')).toBe(true);
  for (let i = 0; i < 10_000; i++) take(`made up ${i}`);
  expect(take('first')).toBe(false);
});

const address = (entityName: string | null) => [{ entityType: 'ip', entityName }];
/** How many of so many connections, made at once, are served. */
const served = (host: string, connections: number): number =>
  Array.from({ length: connections }, () => quotas.connectThrottleMs(host)).filter((ms) => ms === 0).length;

test('an address makes as many connections as its quota lets it, over the windows; others have the default', () => {
  table.set(address('10.0.0.1'), 'connection_creation_rate', 2);
  table.set(address(null), 'connection_creation_rate', 3);
  expect([served('10.0.0.1', 100), served('10.0.0.2', 100), served('10.0.0.3', 100)]).toEqual([20, 30, 30]);
  nowMs += 60_000;
  expect(served('10.0.0.1', 100)).toBe(20);
  table.set(address(null), 'connection_creation_rate', undefined);
  expect(served('10.0.0.2', 100)).toBe(100);
});

test('one turned away does not count, and waits for a window at most', () => {
  table.set(address(null), 'connection_creation_rate', 1);
  expect(served('10.0.0.1', 1000)).toBe(10);
  expect(quotas.connectThrottleMs('10.0.0.1')).toBe(1000);
  nowMs += 5000;
  expect(served('10.0.0.1', 1000)).toBe(0);
  nowMs += 6500;
  expect(served('10.0.0.1', 1000)).toBe(10);
});

test('a quota binds its address, however either is written', () => {
  table.set(address('::ffff:0a00:0001'), 'connection_creation_rate', 2);
  table.set(address('2001:db8::1'), 'connection_creation_rate', 1);
  expect(served('10.0.0.1', 100)).toBe(20);
  expect(served('2001:DB8:0:0::0001', 100)).toBe(10);
  expect(served('2001:db8::2', 100)).toBe(100);
});
