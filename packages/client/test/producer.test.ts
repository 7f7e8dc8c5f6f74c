import { utf8Encode } from '@skerry/base';
import {
  batchBaseSequence,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  type ErrorName,
  errorCode,
  initProducerIdRequest,
  initProducerIdResponse,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import type { ClientOptions } from '../src/cluster.ts';
import { Producer, type ProducerOptions } from '../src/producer.ts';
import { stage } from './stage.ts';

/** What a batch that reached the broker said of itself. */
interface Seen {
  readonly producerId: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly records: number;
}

/**
 * A producer before a broker that answers batches with `verdicts` in turn, then with NONE; `silence` answers nothing.
 */
function set(
  verdicts: readonly (ErrorName | 'silence')[],
  options: ProducerOptions = {},
  client: Partial<ClientOptions> = {},
) {
  const left = [...verdicts];
  const seen: Seen[] = [];
  let ids = 100n;
  let end = 0;
  const scene = stage(client);
  scene.broker
    .hasTopic('t')
    .on(initProducerIdRequest, initProducerIdResponse, () => ({ producerId: ids++, producerEpoch: 0 }))
    .on(produceRequest, produceResponse, ({ acks, topicData }) => {
      const batch = topicData[0]?.partitionData[0]?.records ?? new Uint8Array(0);
      const records = batchRecordCount(batch, 0);
      seen.push({
        producerId: batchProducerId(batch, 0),
        epoch: batchProducerEpoch(batch, 0),
        sequence: batchBaseSequence(batch, 0),
        records,
      });
      const verdict = left.shift() ?? 'NONE';
      if (verdict === 'silence' || acks === 0) return undefined;
      const baseOffset = end as never;
      if (verdict === 'NONE') end += records;
      return {
        responses: [
          {
            name: 't',
            topicId: topicData[0]?.topicId,
            partitionResponses: [{ index: 0, errorCode: errorCode(verdict), baseOffset, errorMessage: 'as told' }],
          },
        ],
      };
    });
  return { ...scene, seen, producer: new Producer(scene.client, options) };
}

const shown = ({ producerId, epoch, sequence }: Seen): string => `${producerId}.${epoch} #${sequence}`;
const records = (...values: string[]) => values.map((value) => ({ value: utf8Encode(value) }));

test('a batch is sent as it was given, and its offset told', async () => {
  const { producer, seen, settle } = set([]);
  expect(await settle(producer.send('t', records('a', 'b')))).toEqual({ partition: 0, offset: 0 });
  expect(await settle(producer.send('t', records('c')))).toEqual({ partition: 0, offset: 2 });
  expect(seen).toEqual([
    { producerId: -1, epoch: -1, sequence: -1, records: 2 },
    { producerId: -1, epoch: -1, sequence: -1, records: 1 },
  ]);
});

test('a batch is sent again while that may help, and batches keep their order meanwhile', async () => {
  const { producer, seen, settle } = set(['NOT_LEADER_OR_FOLLOWER', 'silence', 'REQUEST_TIMED_OUT'], {
    timeoutMs: 1000,
  });
  const sent = await settle(Promise.all([producer.send('t', records('a')), producer.send('t', records('b', 'c'))]));
  expect(sent.map(({ offset }) => offset)).toEqual([0, 1]);
  expect(seen.map((batch) => batch.records)).toEqual([1, 1, 1, 1, 2]);
});

test('a refusal for good is told at once, and the next batch is sent', async () => {
  const { producer, seen, settle } = set(['MESSAGE_TOO_LARGE']);
  const [first, second] = await settle(
    Promise.allSettled([producer.send('t', records('a')), producer.send('t', records('b'))]),
  );
  expect(first).toMatchObject({
    reason: { code: 'MESSAGE_TOO_LARGE', message: expect.stringContaining('as told') as string },
  });
  expect(second).toMatchObject({ value: { offset: 0 } });
  expect(seen).toHaveLength(2);
});

test('an idempotent batch that is sent again is the same batch, and sequence numbers follow on', async () => {
  const { producer, seen, settle } = set(['silence', 'NONE', 'NONE'], { idempotent: true, timeoutMs: 1000 });
  await settle(producer.send('t', records('a', 'b')));
  await settle(producer.send('t', records('c')));
  expect(seen).toEqual([
    { producerId: 100, epoch: 0, sequence: 0, records: 2 },
    { producerId: 100, epoch: 0, sequence: 0, records: 2 },
    { producerId: 100, epoch: 0, sequence: 2, records: 1 },
  ]);
});

test('a broker that cannot go on from where we are gets the batch again, from 0 under the next epoch', async () => {
  const { producer, seen, settle } = set(['NONE', 'OUT_OF_ORDER_SEQUENCE_NUMBER'], { idempotent: true });
  await settle(producer.send('t', records('a')));
  await settle(producer.send('t', records('b', 'c')));
  await settle(producer.send('t', records('d')));
  expect(seen.map(shown)).toEqual(['100.0 #0', '100.0 #1', '100.1 #0', '100.1 #2']);
});

test('a refused batch leaves no gap: what follows begins at 0 under the next epoch', async () => {
  const { producer, seen, settle } = set(['NONE', 'MESSAGE_TOO_LARGE'], { idempotent: true });
  await settle(producer.send('t', records('a')));
  await expect(settle(producer.send('t', records('b')))).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
  await settle(producer.send('t', records('c')));
  expect(seen.map(shown)).toEqual(['100.0 #0', '100.0 #1', '100.1 #0']);
});

test('an epoch that somebody has left behind is a refusal, and what follows has another producer id', async () => {
  const { producer, seen, settle } = set(['NONE', 'INVALID_PRODUCER_EPOCH'], { idempotent: true });
  await settle(producer.send('t', records('a')));
  await expect(settle(producer.send('t', records('b')))).rejects.toMatchObject({ code: 'INVALID_PRODUCER_EPOCH' });
  await settle(producer.send('t', records('c')));
  expect(seen.map(shown)).toEqual(['100.0 #0', '100.0 #1', '101.0 #0']);
});

test('the first batch goes alone, then five are under way', async () => {
  const silent = Array.from({ length: 20 }, () => 'silence' as const);
  const { world, producer, seen, settle } = set(['NONE', ...silent], { idempotent: true });
  const sending = Array.from({ length: 9 }, (_, i) => producer.send('t', records(String(i))));
  await settle(sending[0] as Promise<unknown>);
  world.clock.advance(1000);
  expect(seen.map(shown)).toEqual(['100.0 #0', '100.0 #1', '100.0 #2', '100.0 #3', '100.0 #4', '100.0 #5']);
});

test('without idempotence one batch is under way, since more could change places', async () => {
  const { world, producer, seen } = set(['silence', 'silence']);
  for (const value of ['a', 'b', 'c']) void producer.send('t', records(value));
  world.clock.advance(1000);
  expect(seen).toHaveLength(1);
});

test('a batch given up is sent on for those behind it, which keep their numbers', async () => {
  const options = { idempotent: true, timeoutMs: 0, deliveryTimeoutMs: 1000 };
  const silent = Array.from({ length: 2 }, () => 'silence' as const);
  const { world, producer, seen, settle } = set(['NONE', ...silent], options, { requestTimeoutMs: 1200 });
  await settle(producer.send('t', records('a')));
  const first = producer.send('t', records('b'));
  world.clock.advance(500);
  const second = producer.send('t', records('c'));
  const [late, sent] = await settle(Promise.allSettled([first, second]));
  expect(late).toMatchObject({ reason: { name: 'UnreachableError' } });
  expect(sent).toMatchObject({ value: { partition: 0, offset: 2 } });
  expect(seen.map(shown)).toEqual(['100.0 #0', '100.0 #1', '100.0 #2', '100.0 #1', '100.0 #2']);
});

test('after a batch was given up alone, the next epoch shuts it out', async () => {
  const options = { idempotent: true, timeoutMs: 0, deliveryTimeoutMs: 1000 };
  const { world, producer, seen, settle } = set(['NONE', 'silence', 'silence'], options, { requestTimeoutMs: 600 });
  await settle(producer.send('t', records('a')));
  await expect(settle(producer.send('t', records('b')))).rejects.toMatchObject({ name: 'UnreachableError' });
  world.clock.advance(1000);
  await settle(producer.send('t', records('c')));
  expect(seen.map(shown)).toEqual(['100.0 #0', '100.0 #1', '100.0 #1', '100.1 #0']);
});

test('a batch that the broker has had is sent, though nobody knows where', async () => {
  const { producer, settle } = set(['DUPLICATE_SEQUENCE_NUMBER'], { idempotent: true });
  expect(await settle(producer.send('t', records('a')))).toEqual({ partition: 0, offset: undefined });
});

test('with acks none nothing is waited for', async () => {
  const { producer, seen, settle } = set([], { acks: 'none' });
  expect(await settle(producer.send('t', records('a')))).toEqual({ partition: 0, offset: undefined });
  await settle(new Promise((resolve) => void setImmediate(resolve)));
  expect(seen.length).toBeLessThanOrEqual(1);
});

test('a batch is given up after the delivery time-out', async () => {
  const { world, producer, settle } = set(
    Array.from({ length: 999 }, () => 'NOT_ENOUGH_REPLICAS' as const),
    {
      deliveryTimeoutMs: 5000,
    },
  );
  await expect(settle(producer.send('t', records('a')))).rejects.toMatchObject({ code: 'NOT_ENOUGH_REPLICAS' });
  expect(world.clock.monotonicMs()).toBeGreaterThanOrEqual(5000);
  expect(world.clock.monotonicMs()).toBeLessThan(7000);
});

test('a partition that the topic lacks is refused before anything is sent', async () => {
  const { producer, seen, settle } = set([]);
  await expect(settle(producer.send('t', records('a'), 7))).rejects.toThrow('t has 1 partitions, so none is 7');
  expect(seen).toEqual([]);
});

test('records without a key go to partitions that are led; for another it is said that it is tried again', async () => {
  const told: Error[] = [];
  const { broker, producer, settle } = set([], { deliveryTimeoutMs: 500, onRetry: (error) => told.push(error) });
  broker.hasTopic('t', 2);
  for (let i = 0; i < 4; i++)
    expect(await settle(producer.send('t', [{ value: utf8Encode('v') }]))).toMatchObject({ partition: 0 });
  expect(told).toEqual([]);
  await expect(settle(producer.send('t', [{ value: utf8Encode('v') }], 2))).rejects.toMatchObject({
    code: 'LEADER_NOT_AVAILABLE',
  });
  expect(told[0]).toMatchObject({ code: 'LEADER_NOT_AVAILABLE' });
});
