/** Quotas at work, over the wire to a simulated broker: who gets how much, and who has to wait. */
import { zeroUuid } from '@skerry/base';
import { decodeAnswer, frameOf, type RawClient } from '@skerry/testkit';
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
  BatchBuilder,
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorName,
  type FetchResponse,
  fetchRequest,
  fetchResponse,
  heartbeatRequest,
  heartbeatResponse,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { fetchOf, valuesIn } from '../calls.ts';
import { type Site, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

const user = (entityName: string | null) => ({ entityType: 'user', entityName });
const client = (entityName: string | null) => ({ entityType: 'client-id', entityName });

function quota(entity: readonly { entityType: string; entityName: string | null }[], values: Record<string, number>) {
  const ops = Object.entries(values).map(([key, value]) => ({ key, value }));
  const ask = { entries: [{ entity, ops }] };
  const { entries } = at.node.client().ask(alterClientQuotasRequest, alterClientQuotasResponse, 1, ask);
  expect(entries.map(({ errorCode }) => errorName(errorCode))).toEqual(['NONE']);
}

function batch(bytes: number): Uint8Array {
  const builder = new BatchBuilder({});
  builder.append({ timestamp: 1000, value: new Uint8Array(bytes) });
  return builder.build();
}

/** Produces one record; for how long the client is to be silent. */
function produce(from: RawClient, bytes: number, clientId = 'raw', acks = -1): number {
  const topicData = [{ name: 't', partitionData: [{ index: 0, records: batch(bytes) }] }];
  from.send(frameOf({ message: produceRequest, version: 9, value: { acks, timeoutMs: 1000, topicData }, clientId }));
  if (acks === 0) return 0;
  const answer = from.next();
  if (answer === undefined) throw new Error('closed');
  return decodeAnswer(produceResponse, 9, answer).throttleTimeMs;
}

/** How long it takes until the next request of the connection is answered. */
function silence(of: RawClient): number {
  const { clock } = at.world;
  const before = clock.monotonicMs();
  of.ask(heartbeatRequest, heartbeatResponse, 4, { groupId: 'g' });
  return Math.round(clock.monotonicMs() - before);
}

test('who produces too much is answered at once, and not read for as long as the answer says', () => {
  quota([user('ANONYMOUS')], { producer_byte_rate: 1000 });
  const throttleMs = produce(at.client, 20_000 - 113);
  // 20,000 bytes in ten seconds are twice what is allowed.
  expect(throttleMs).toBeGreaterThan(9_900);
  expect(throttleMs).toBeLessThan(10_100);
  expect(silence(at.client)).toBeGreaterThanOrEqual(throttleMs);
  expect(silence(at.client)).toBeLessThan(50);
});

test('over a minute a greedy producer gets what it may, and no more', () => {
  quota([client('raw')], { producer_byte_rate: 10_000 });
  const from = at.world.clock.monotonicMs();
  let sent = 0;
  while (at.world.clock.monotonicMs() - from < 60_000) {
    produce(at.client, 5_000);
    sent += 5_100;
  }
  expect(sent).toBeGreaterThan(60 * 9_000);
  expect(sent).toBeLessThan(60 * 10_000 + 11 * 10_000 + 10_000);
});

test('what is sent with acks=0 counts too', () => {
  quota([user('ANONYMOUS')], { producer_byte_rate: 1000 });
  produce(at.client, 20_000, 'raw', 0);
  expect(silence(at.client)).toBeGreaterThan(9_000);
});

test('others do not wait', () => {
  quota([client('raw')], { producer_byte_rate: 1000 });
  const other = at.node.client();
  produce(at.client, 50_000);
  expect(produce(other, 50_000, 'other')).toBe(0);
  expect(silence(other)).toBeLessThan(50);
});

test.each([
  ['a user and client id', [user('ANONYMOUS'), client('raw')]],
  ['a user and any client id', [user('ANONYMOUS'), client(null)]],
  ['a user', [user('ANONYMOUS')]],
  ['any user and a client id', [user(null), client('raw')]],
  ['any user and any client id', [user(null), client(null)]],
  ['any user', [user(null)]],
  ['a client id', [client('raw')]],
  ['any client id', [client(null)]],
])('a quota of %s goes before all that follow', (_what, entity) => {
  const places = [
    [user('ANONYMOUS'), client('raw')],
    [user('ANONYMOUS'), client(null)],
    [user('ANONYMOUS')],
    [user(null), client('raw')],
    [user(null), client(null)],
    [user(null)],
    [client('raw')],
    [client(null)],
  ];
  const key = JSON.stringify(entity);
  const from = places.findIndex((place) => JSON.stringify(place) === key);
  for (const place of places.slice(from + 1)) quota(place, { producer_byte_rate: 1 });
  quota(entity, { producer_byte_rate: 1e9 });
  expect(produce(at.client, 10_000)).toBe(0);
  quota(entity, { producer_byte_rate: 1 });
  expect(produce(at.client, 10_000)).toBeGreaterThan(0);
});

test('clients of one user share its quota; under a quota of both each client id has its own', () => {
  quota([user('ANONYMOUS')], { producer_byte_rate: 1000 });
  expect(produce(at.client, 8_000, 'a')).toBe(0);
  expect(produce(at.client, 8_000, 'b')).toBeGreaterThan(0);
  quota([user('ANONYMOUS'), client(null)], { producer_byte_rate: 1000 });
  const [c, d] = [at.node.client(), at.node.client()];
  expect(produce(c, 8_000, 'c')).toBe(0);
  expect(produce(d, 8_000, 'd')).toBe(0);
});

function fetch(from: RawClient, offset: number, more = {}): FetchResponse {
  return from.ask(fetchRequest, fetchResponse, 12, fetchOf('t', offset, more));
}

const recordsIn = ({ responses }: FetchResponse): number =>
  responses
    .flatMap(({ partitions }) => partitions.map(({ records }) => valuesIn(records ?? new Uint8Array(0)).length))
    .reduce((sum, count) => sum + count, 0);

test('who fetches too much gets nothing for a time, and then what it asked for', () => {
  for (let i = 0; i < 4; i++) produce(at.client, 6_000);
  quota([user('ANONYMOUS')], { consumer_byte_rate: 1000 });
  const consumer = at.node.client();
  const first = fetch(consumer, 0);
  expect([recordsIn(first), first.throttleTimeMs]).toEqual([1, 0]);
  const second = fetch(consumer, 1);
  expect([second.responses, second.throttleTimeMs > 0]).toEqual([[], true]);
  const waited = silence(consumer);
  expect(waited).toBeGreaterThanOrEqual(second.throttleTimeMs);
  at.node.machineTime(11_000);
  expect(recordsIn(fetch(consumer, 1))).toBe(1);
});

test('a fetch session is none the worse for an empty answer', () => {
  for (let i = 0; i < 4; i++) produce(at.client, 6_000);
  quota([user('ANONYMOUS')], { consumer_byte_rate: 1000 });
  const consumer = at.node.client();
  const { sessionId, ...begun } = fetch(consumer, 0, { sessionId: 0, sessionEpoch: 0 });
  expect([sessionId > 0, begun.throttleTimeMs]).toEqual([true, 0]);
  const refused = fetch(consumer, 1, { sessionId, sessionEpoch: 1 });
  expect([refused.sessionId, refused.errorCode, refused.throttleTimeMs > 0]).toEqual([sessionId, 0, true]);
  at.node.machineTime(11_000);
  expect(recordsIn(fetch(consumer, 1, { sessionId, sessionEpoch: 2 }))).toBe(1);
  const refusedAgain = fetch(at.node.client(), 0, { sessionId: 0, sessionEpoch: 0 });
  expect([refusedAgain.sessionId, refusedAgain.throttleTimeMs > 0]).toEqual([0, true]);
});

function create(from: RawClient, name: string, numPartitions: number, version = 7) {
  const topics = [{ name, numPartitions, replicationFactor: 1 }];
  const answer = from.ask(createTopicsRequest, createTopicsResponse, version, { topics, timeoutMs: 1000 });
  return { error: errorName(answer.topics[0]?.errorCode ?? -1), throttleMs: answer.throttleTimeMs };
}

test('who changes topics too fast is refused for a time; what it changed last may be more than was left', () => {
  quota([user('ANONYMOUS')], { controller_mutation_rate: 1 });
  expect(create(at.client, 'a', 21)).toEqual({ error: 'NONE', throttleMs: 0 });
  const { error, throttleMs } = create(at.client, 'b', 1);
  expect([error, Math.round(throttleMs / 100)]).toEqual(['THROTTLING_QUOTA_EXCEEDED', 100]);
  expect(silence(at.client)).toBeGreaterThanOrEqual(throttleMs);
  expect(create(at.client, 'b', 1).error).toBe('NONE');
});

test('a topic that may not be removed yet is named with its id', () => {
  quota([user('ANONYMOUS')], { controller_mutation_rate: 1 });
  create(at.client, 'a', 21);
  const ask = { topics: [{ name: 'a' }], timeoutMs: 1000 };
  const [answer] = at.node.client().ask(deleteTopicsRequest, deleteTopicsResponse, 6, ask).responses;
  expect(errorName(answer?.errorCode ?? -1)).toBe('THROTTLING_QUOTA_EXCEEDED');
  expect([answer?.name, answer?.topicId === zeroUuid]).toEqual(['a', false]);
});

test('an older client, which would not understand that, is served and then not read', () => {
  quota([user('ANONYMOUS')], { controller_mutation_rate: 1 });
  const { error, throttleMs } = create(at.client, 'a', 21, 5);
  expect([error, Math.round(throttleMs / 100)]).toEqual(['NONE', 100]);
  expect(silence(at.client)).toBeGreaterThanOrEqual(throttleMs);
});

test('a quota is kept over a power cut, and gone once it is removed', () => {
  quota([user(null)], { producer_byte_rate: 1 });
  at.node.cutPower();
  at.node.start();
  expect(produce(at.node.client(), 1000)).toBeGreaterThan(0);
  const ops = [{ key: 'producer_byte_rate', remove: true }];
  const ask = { entries: [{ entity: [user(null)], ops }] };
  const admin = at.node.client();
  admin.ask(alterClientQuotasRequest, alterClientQuotasResponse, 1, ask);
  expect(produce(admin, 1000)).toBe(0);
  at.node.stop();
  at.node.start();
  expect(produce(at.node.client(), 1000)).toBe(0);
});

test('too many connections of one address: those too many are kept waiting unserved, then closed', () => {
  const { clock } = at.world;
  quota([{ entityType: 'ip', entityName: null }], { connection_creation_rate: 1 });
  const served = Array.from({ length: 10 }, () => at.node.client('10.0.0.1'));
  const late = at.node.client('10.0.0.1');
  for (const one of served) expect(one.ask(heartbeatRequest, heartbeatResponse, 4, { groupId: 'g' })).toBeDefined();
  late.send(frameOf({ message: heartbeatRequest, version: 4, value: { groupId: 'g' } }));
  const from = clock.monotonicMs();
  clock.runUntil(() => late.isClosed);
  expect(late.pending).toBe(0);
  expect(clock.monotonicMs() - from).toBeGreaterThan(500);
  expect(clock.monotonicMs() - from).toBeLessThan(1_100);
  expect(at.node.events.filter(({ kind }) => kind === 'connectionThrottled')).toMatchObject([{ host: '10.0.0.1' }]);
  const other = at.node.client('10.0.0.2');
  expect(other.ask(heartbeatRequest, heartbeatResponse, 4, { groupId: 'g' })).toBeDefined();
});

test('a node stops while connections are turned away', () => {
  quota([{ entityType: 'ip', entityName: null }], { connection_creation_rate: 1 });
  const clients = Array.from({ length: 12 }, () => at.node.client('10.0.0.1'));
  at.node.stop();
  at.world.clock.runUntil(() => clients.every(({ isClosed }) => isClosed));
});
