import { VirtualClock } from '@skerry/testkit';
import type { ErrorName } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import type { BrokerEvent } from '../../src/report.ts';
import { type ProducerAnswer, transactionLimits } from '../../src/transactions/contract.ts';
import { Transactions } from '../../src/transactions/transactions.ts';

let clock: VirtualClock;
let events: BrokerEvent[];
/** Steps on their way to the log, while they are held. */
let held: (() => void)[] | undefined;
let markerRefusal: ErrorName | undefined;
let transactions: Transactions;

beforeEach(() => {
  clock = new VirtualClock();
  events = [];
  held = undefined;
  markerRefusal = undefined;
  let nextId = 0;
  transactions = new Transactions({
    clock,
    settings: {
      'transaction.max.timeout.ms': 900_000,
      'transactional.id.expiration.ms': 60_000,
      'transaction.abort.timed.out.transaction.cleanup.interval.ms': 10_000,
      'transaction.remove.expired.transaction.cleanup.interval.ms': 10_000,
    },
    report: (event) => events.push(event),
    version: () => 2,
    newProducerId: (done) => done(undefined, nextId++),
    ready: (done) => done(),
    append: (_id, _record, done) => {
      if (held === undefined) done();
      else held.push(done);
    },
    refusal: () => undefined,
    coordinatorEpoch: () => 0,
    writeMarker: (_topic, _partition, _marker, done) => done(markerRefusal),
  });
  transactions.start();
});

function init(id: string): ProducerAnswer {
  let answered: ProducerAnswer = { error: 'NONE', producerId: -1, epoch: -1 };
  transactions.init({ id, timeoutMs: 1000, claim: undefined }, (answer) => {
    answered = answer;
  });
  return answered;
}

const add = (id: string, { producerId, epoch }: ProducerAnswer, partitions: number, told: (error: ErrorName) => void) =>
  transactions.add(
    {
      id,
      claim: { producerId, epoch },
      partitions: new Map([['t', new Set(Array.from({ length: partitions }, (_, i) => i))]]),
      clientVersion: 2,
    },
    told,
  );

test('so many transactional ids and no more: a new one is to be tried again, and one that expires makes room', () => {
  for (let i = 0; i < transactionLimits.idsMax; i++) init(`id-${i}`);
  expect(init('one more').error).toBe('COORDINATOR_NOT_AVAILABLE');
  expect(init('id-7').error).toBe('NONE');
  clock.advance(90_001);
  expect(init('one more').error).toBe('NONE');
  expect([...transactions.all()]).toHaveLength(1);
});

test('so many partitions of one transaction and no more', () => {
  const owner = init('a');
  const told: ErrorName[] = [];
  add('a', owner, transactionLimits.partitionsMax + 1, (error) => told.push(error));
  clock.advance(1);
  add('a', owner, transactionLimits.partitionsMax, (error) => told.push(error));
  clock.advance(1);
  expect(told).toEqual(['INVALID_REQUEST', 'NONE']);
});

test('requests of one id wait for the step before, so many and so long', () => {
  const owner = init('a');
  held = [];
  const told: ErrorName[] = [];
  const end = (): void =>
    transactions.end(
      { id: 'a', claim: { producerId: owner.producerId, epoch: owner.epoch }, commit: false, clientVersion: 2 },
      ({ error }) => told.push(error),
    );
  for (let i = 0; i < transactionLimits.waitingMax + 3; i++) end();
  expect(told).toEqual(['CONCURRENT_TRANSACTIONS', 'CONCURRENT_TRANSACTIONS']);
  clock.advance(transactionLimits.waitMsMax + 1);
  expect(told).toHaveLength(transactionLimits.waitingMax + 2);
  for (const done of held.splice(0)) done();
  expect(told.at(-1)).toBe('NONE');
});

test('a marker that is refused is written again and again, and said once; until then the id does not go on', () => {
  const owner = init('a');
  add('a', owner, 2, () => undefined);
  clock.advance(1);
  markerRefusal = 'KAFKA_STORAGE_ERROR';
  const { producerId, epoch } = owner;
  transactions.end({ id: 'a', claim: { producerId, epoch }, commit: true, clientVersion: 2 }, () => undefined);
  clock.advance(60_000);
  expect(events).toEqual([{ kind: 'markersLate', id: 'a', partitions: 2, refusal: 'KAFKA_STORAGE_ERROR' }]);
  expect([...transactions.all()][0]?.state.status).toBe('PrepareCommit');
  markerRefusal = undefined;
  clock.advance(10_000);
  expect([...transactions.all()][0]?.state.status).toBe('CompleteCommit');
});

test.each(['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_PRODUCER_EPOCH'] as const)(
  'a partition that says %s to a marker needs none',
  (refusal) => {
    const owner = init('a');
    add('a', owner, 1, () => undefined);
    clock.advance(1);
    markerRefusal = refusal;
    const { producerId, epoch } = owner;
    transactions.end({ id: 'a', claim: { producerId, epoch }, commit: true, clientVersion: 2 }, () => undefined);
    expect([...transactions.all()][0]?.state.status).toBe('CompleteCommit');
  },
);
