import { describe, expect, test } from 'vitest';
import {
  admin,
  consumer,
  covers,
  eventually,
  kafka,
  numbered,
  producer,
  readAll,
  received,
  soon,
  topicOf,
  unique,
  useBroker,
  values,
} from './support.ts';

const broker = useBroker();

const transactional = () => ({ transactionalId: unique('id'), maxInFlightRequests: 1, idempotent: true });

describe('kafkajs transactions', () => {
  test('transactions: what is committed is read by readers of committed records, what is aborted is not', async () => {
    covers('Producer.transaction', 'Transaction.commit', 'Transaction.abort', 'Transaction.isActive');
    const client = kafka(broker());
    const [one, other] = [await topicOf(client, 2), await topicOf(client)];
    const writer = await producer(client, transactional());
    const kept = await writer.transaction();
    expect(kept.isActive()).toBe(true);
    await kept.send({ topic: one, messages: numbered(0, 4) });
    await kept.sendBatch({ topicMessages: [{ topic: other, messages: numbered(0, 2) }] });
    await kept.commit();
    expect(kept.isActive()).toBe(false);
    const dropped = await writer.transaction();
    await dropped.send({ topic: one, messages: [{ value: 'dropped' }] });
    await dropped.abort();
    const last = await writer.transaction();
    await last.send({ topic: other, messages: [{ value: 'last' }] });
    await last.commit();

    expect(new Set(values(await readAll(client, one, 4)))).toEqual(new Set(['v0', 'v1', 'v2', 'v3']));
    expect(values(await readAll(client, other, 3))).toEqual(['v0', 'v1', 'last']);
    const all = await readAll(client, one, 5, { readUncommitted: true });
    expect(new Set(values(all))).toEqual(new Set(['dropped', 'v0', 'v1', 'v2', 'v3']));
  });

  test('transactions: offsets are committed with the records made of what was consumed, or not at all', async () => {
    covers('Transaction.sendOffsets', 'Transaction.sendOffsets.consumerGroupId');
    const client = kafka(broker(), { retry: soon });
    const [source, target] = [await topicOf(client), await topicOf(client)];
    await (await producer(client)).send({ topic: source, messages: numbered(0, 3) });
    const groupId = unique('group');
    const writer = await producer(client, transactional());
    const over = await admin(client);
    const committed = async () => (await over.fetchOffsets({ groupId, topics: [source] }))[0]?.partitions[0]?.offset;

    const reader = await consumer(client, { groupId });
    await reader.subscribe({ topics: [source], fromBeginning: true });
    let aborted = false;
    await reader.run({
      autoCommit: false,
      eachMessage: async (payload) => {
        const { value, offset, partition } = received(payload);
        const next = String(Number(offset) + 1);
        const to = { topic: source, partitions: [{ partition, offset: next }] };
        if (!aborted) {
          const lost = await writer.transaction();
          await lost.send({ topic: target, messages: [{ value: 'lost' }] });
          await lost.sendOffsets({ consumerGroupId: groupId, topics: [to] });
          await lost.abort();
          aborted = true;
        }
        const step = await writer.transaction();
        await step.send({ topic: target, messages: [{ value: `${value}!` }] });
        await step.sendOffsets({ consumerGroupId: groupId, topics: [to] });
        await step.commit();
      },
    });
    expect(values(await readAll(client, target, 3))).toEqual(['v0!', 'v1!', 'v2!']);
    await eventually('offset 3 to be committed', async () => (await committed()) === '3');
  });

  test('transactions: a producer that comes later shuts the earlier one out', async () => {
    const client = kafka(broker());
    const topic = await topicOf(client);
    covers('ProducerConfig.transactionalId', 'ProducerConfig.transactionTimeout');
    const config = { ...transactional(), transactionalId: unique('id'), transactionTimeout: 30_000 };
    const first = await producer(client, config);
    const open = await first.transaction();
    await open.send({ topic, messages: [{ value: 'of the first' }] });
    const second = await producer(client, config);
    const next = await second.transaction();
    await next.send({ topic, messages: [{ value: 'of the second' }] });
    await expect(open.commit()).rejects.toThrow(/epoch|fenced|newer/i);
    await next.commit();
    expect(values(await readAll(client, topic, 1))).toEqual(['of the second']);
  });
});
