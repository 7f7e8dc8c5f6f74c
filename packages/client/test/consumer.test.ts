import { Offset, utf8Decode, utf8Encode } from '@skerry/base';
import {
  BatchBuilder,
  type ErrorName,
  errorCode,
  fetchRequest,
  fetchResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  markerBatch,
  setBatchBaseOffset,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { Consumer } from '../src/consumer.ts';
import type { ConsumedRecord, FetchOptions as ConsumerOptions } from '../src/fetcher.ts';
import { stage } from './stage.ts';

interface Answer {
  readonly error?: ErrorName;
  readonly bytes?: Uint8Array;
  readonly aborted?: readonly { producerId: bigint; firstOffset: Offset }[];
}

/** A consumer of t/0, which runs from 10 to 50, before a broker that answers fetches with `answers` in turn. */
function set(answers: readonly Answer[], options: ConsumerOptions = {}) {
  const left = [...answers];
  const asked: number[] = [];
  const scene = stage();
  scene.broker
    .hasTopic('t')
    .on(listOffsetsRequest, listOffsetsResponse, ({ topics }) => {
      const timestamp = topics[0]?.partitions[0]?.timestamp;
      const offset = Offset(timestamp === -2n ? 10 : timestamp === -1n ? 50 : timestamp === 777n ? 20 : -1);
      return { topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset }] }] };
    })
    .on(fetchRequest, fetchResponse, ({ topics }) => {
      asked.push(topics[0]?.partitions[0]?.fetchOffset ?? -1);
      const { error = 'NONE', bytes = new Uint8Array(0), aborted = [] } = left.shift() ?? {};
      const partition = {
        partitionIndex: 0,
        errorCode: errorCode(error),
        records: bytes,
        abortedTransactions: aborted,
      };
      return { responses: [{ topic: 't', topicId: topics[0]?.topicId, partitions: [partition] }] };
    });
  return { ...scene, asked, consumer: new Consumer(scene.client, options) };
}

function batch(baseOffset: number, values: readonly string[], producerId?: number): Uint8Array {
  const own = producerId === undefined ? {} : { producerId, producerEpoch: 0, baseSequence: 0, transactional: true };
  const builder = new BatchBuilder({ ...own, baseOffset: Offset(baseOffset) });
  for (const value of values) builder.append({ value: utf8Encode(value) });
  return builder.build();
}

function marker(offset: number, producerId: number, kind: 'abort' | 'commit'): Uint8Array {
  const bytes = markerBatch({ kind, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0 });
  setBatchBaseOffset(bytes, 0, Offset(offset));
  return bytes;
}

const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(parts.flatMap((part) => [...part]));
const shown = (records: readonly ConsumedRecord[]): string[] =>
  records.map(({ offset, value }) => `${offset}:${utf8Decode(value ?? new Uint8Array(0))}`);

test.each([
  ['earliest', 10],
  ['latest', 50],
  [{ timestamp: 777 }, 20],
  [{ timestamp: 999 }, 50],
  [33, 33],
] as const)('from %j the first fetch asks for offset %i', async (from, offset) => {
  const { consumer, asked, settle } = set([]);
  await settle(consumer.assign('t', 0, from));
  await settle(consumer.poll());
  expect(asked).toEqual([offset]);
});

test('records before the position, and a batch that is cut short, are not told', async () => {
  const cut = batch(14, ['e']).subarray(0, 40);
  const { consumer, asked, settle } = set([{ bytes: joined(batch(10, ['a', 'b']), batch(12, ['c', 'd']), cut) }]);
  await settle(consumer.assign('t', 0, 11));
  const records = await settle(consumer.poll());
  expect(shown(records)).toEqual(['11:b', '12:c', '13:d']);
  expect(records[0]).toMatchObject({ topic: 't', partition: 0, key: null });
  await settle(consumer.poll());
  expect(asked).toEqual([11, 14]);
});

const transactions = joined(
  batch(0, ['a'], 7),
  batch(1, ['b'], 8),
  marker(2, 7, 'abort'),
  batch(3, ['c'], 7),
  marker(4, 7, 'commit'),
);
const aborted = [{ producerId: 7n, firstOffset: Offset(0) }];

test('records of aborted transactions are left out up to their marker (read_committed)', async () => {
  const { consumer, settle } = set([{ bytes: transactions, aborted }], { isolation: 'read_committed' });
  await settle(consumer.assign('t', 0, 0));
  expect(shown(await settle(consumer.poll()))).toEqual(['1:b', '3:c']);
  expect(consumer.position('t', 0)).toBe(5);
});

test('all records but markers are told (read_uncommitted)', async () => {
  const { consumer, settle } = set([{ bytes: transactions }]);
  await settle(consumer.assign('t', 0, 0));
  expect(shown(await settle(consumer.poll()))).toEqual(['0:a', '1:b', '3:c']);
});

test('a partition whose leader has moved is asked for again', async () => {
  const { consumer, broker, settle } = set([{ error: 'NOT_LEADER_OR_FOLLOWER' }, { bytes: batch(10, ['a']) }]);
  await settle(consumer.assign('t', 0, 10));
  expect(await settle(consumer.poll())).toEqual([]);
  expect(shown(await settle(consumer.poll()))).toEqual(['10:a']);
  expect(broker.calls.filter(({ apiKey }) => apiKey === 3)).toHaveLength(2);
});

test('a position that is gone is an error, unless it is told where to go on', async () => {
  const strict = set([{ error: 'OFFSET_OUT_OF_RANGE' }]);
  await strict.settle(strict.consumer.assign('t', 0, 3));
  const polled = strict.settle(strict.consumer.poll());
  await expect(polled).rejects.toThrow('fetch t/0 at offset 3: OFFSET_OUT_OF_RANGE');

  const lenient = set([{ error: 'OFFSET_OUT_OF_RANGE' }], { reset: 'earliest' });
  await lenient.settle(lenient.consumer.assign('t', 0, 3));
  await lenient.settle(lenient.consumer.poll());
  expect(lenient.consumer.position('t', 0)).toBe(10);
});

test('a batch whose bytes were changed is not told, but asked for again', async () => {
  const changed = batch(10, ['abc']);
  changed[changed.length - 3] = 0x7a;
  const { consumer, settle } = set([{ bytes: changed }, { bytes: batch(10, ['abc']) }]);
  await settle(consumer.assign('t', 0, 10));
  expect(await settle(consumer.poll())).toEqual([]);
  expect(shown(await settle(consumer.poll()))).toEqual(['10:abc']);
});

test('what was asked of a partition that is read no longer, or elsewhere, is not told', async () => {
  const { consumer, settle } = set([
    { bytes: batch(10, ['a']) },
    { bytes: batch(10, ['a']) },
    { bytes: batch(20, ['b']) },
  ]);
  await settle(consumer.assign('t', 0, 10));
  const first = consumer.poll();
  consumer.unassign('t', 0);
  expect(await settle(first)).toEqual([]);
  await settle(consumer.assign('t', 0, 10));
  const second = consumer.poll();
  await settle(consumer.assign('t', 0, 20));
  expect(await settle(second)).toEqual([]);
  expect(shown(await settle(consumer.poll()))).toEqual(['20:b']);
});

test('a partition that nobody leads keeps nobody from the others, and says why it gives nothing', async () => {
  const { broker, consumer, settle } = set([{ bytes: batch(10, ['a']) }]);
  broker.hasTopic('t', 1);
  await settle(consumer.assign('t', 0, 'earliest'));
  await settle(consumer.assign('t', 1, 0));
  expect(await settle(consumer.poll())).toMatchObject([{ offset: 10 }]);
  expect(consumer.failure('t', 0)).toBeUndefined();
  expect(consumer.failure('t', 1)).toMatchObject({
    code: 'LEADER_NOT_AVAILABLE',
    message: expect.stringContaining('t/1'),
  });
});
