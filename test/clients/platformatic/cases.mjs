/** Cases of @platformatic/kafka. */
import { strict as assert } from 'node:assert';
import { ask, eventually, main, numbered, test, unique } from '../harness.mjs';
import './admin-cases.mjs';
import {
  admin,
  client,
  consumer,
  messagesOf,
  producer,
  read,
  refused,
  send,
  take,
  topic,
  valuesOf,
} from './support.mjs';

test('connect: the cluster, its broker, and the versions served', async (t) => {
  const one = admin(t);
  const metadata = await one.metadata({ topics: [] });
  assert.equal(metadata.brokers.size, 1);
  assert.deepEqual([...metadata.brokers.keys()], [metadata.controllerId]);
  assert((await one.listApis()).length > 40);
  assert.equal((await one.connectToBrokers()).size, 1);
});

test('connect: a dead bootstrap broker is passed over', async (t) => {
  const one = admin(t, { bootstrapBrokers: ['127.0.0.1:1', t.bootstrap] });
  assert.equal((await one.metadata({ topics: [] })).brokers.size, 1);
});

for (const acks of [0, 1, -1]) {
  test(`produce: acks=${acks}`, async (t) => {
    const name = await topic(t);
    const result = await send(t, name, numbered(0, 50), { acks });
    if (acks !== 0) assert.equal(result.offsets[0].offset, 0n);
    assert.deepEqual(valuesOf(await read(t, name, 50)), numbered(0, 50));
  });
}

test('produce: each partition numbers its own messages', async (t) => {
  const name = await topic(t, 3);
  const one = producer(t);
  for (let at = 0; at < 3; at++) {
    const messages = [0, 1, 2].map((partition) => ({ topic: name, partition, value: 'v' }));
    const { offsets } = await one.send({ messages, acks: -1 });
    assert.deepEqual(
      offsets.map(({ offset }) => offset),
      [BigInt(at), BigInt(at), BigInt(at)],
    );
  }
});

test('produce: a key keeps its partition', async (t) => {
  const name = await topic(t, 7);
  const one = producer(t);
  const placed = async () =>
    (await one.send({ messages: [{ topic: name, key: 'skerry', value: 'v' }] })).offsets[0].partition;
  assert.equal(await placed(), await placed());
});

test('produce: null and empty keys and values', async (t) => {
  const name = await topic(t);
  const one = producer(t, { serializers: undefined });
  const empty = Buffer.alloc(0);
  await one.send({
    messages: [
      { topic: name, value: empty, key: empty },
      { topic: name, key: empty },
    ],
    acks: -1,
  });
  const [first, second] = await read(t, name, 2, { deserializers: undefined });
  assert.deepEqual([first.key.length, first.value.length], [0, 0]);
  assert.equal(second.value?.length ?? 0, 0);
});

test('produce: a stream gathers messages into batches', async (t) => {
  const name = await topic(t);
  const stream = producer(t).asStream({ batchSize: 100, batchTime: 10, acks: -1, reportMode: 'batch' });
  const reports = [];
  stream.on('data', (report) => reports.push(report));
  for (const message of messagesOf(name, numbered(0, 1000))) stream.write(message);
  await stream.close();
  assert.deepEqual(valuesOf(await read(t, name, 1000)), numbered(0, 1000));
});

test('produce: an unknown topic is made on demand', async (t) => {
  const name = unique('made');
  const one = producer(t, { autocreateTopics: true });
  await eventually('it is written', () => one.send({ messages: messagesOf(name, ['v0']), acks: -1 }));
  assert.deepEqual(valuesOf(await read(t, name, 1)), ['v0']);
});

test('produce: an unknown topic is refused (auto creation off)', async (t) => {
  const one = producer(t, { retries: 1 });
  await assert.rejects(one.send({ messages: messagesOf(unique('never'), ['v0']) }), /Unknown topic/);
});

test('idempotence: in order and once', async (t) => {
  const name = await topic(t);
  const one = producer(t, { idempotent: true, acks: -1 });
  for (let at = 0; at < 300; at += 10) await one.send({ messages: messagesOf(name, numbered(at, at + 10)) });
  assert(one.producerId >= 0n);
  assert.deepEqual(valuesOf(await read(t, name, 300)), numbered(0, 300));
});

for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
  test(`compression: ${codec}`, async (t) => {
    const name = await topic(t);
    await send(t, name, numbered(0, 500), { compression: codec });
    assert.deepEqual(valuesOf(await read(t, name, 500)), numbered(0, 500));
  });
}

test('headers: any bytes, and none', async (t) => {
  const name = await topic(t);
  const one = producer(t, { serializers: undefined });
  const headers = new Map([
    [Buffer.from('a'), Buffer.from([0, 255])],
    [Buffer.from('ü'), Buffer.alloc(0)],
  ]);
  await one.send({ messages: [{ topic: name, value: Buffer.from('v'), headers }], acks: -1 });
  const [message] = await read(t, name, 1, { deserializers: undefined });
  assert.deepEqual([...message.headers], [...headers]);
});

test('large: a message near the limit passes, one over it is refused by the broker', async (t) => {
  const name = await topic(t, 1, { 'max.message.bytes': '100000' });
  const one = producer(t, { retries: 1 });
  const body = 'x'.repeat(99_000);
  await one.send({ messages: messagesOf(name, [body]), acks: -1 });
  assert(
    (await refused(one.send({ messages: messagesOf(name, [body + body]), acks: -1 }))).includes('MESSAGE_TOO_LARGE'),
  );
  await one.send({ messages: messagesOf(name, ['after']), acks: -1 });
  assert.deepEqual(
    (await read(t, name, 2)).map(({ value }) => value.length),
    [99_000, 5],
  );
});

test('large: a batch over the limits of a fetch comes whole (KIP-74)', async (t) => {
  const name = await topic(t);
  for (let at = 0; at < 3; at++) await send(t, name, ['y'.repeat(800_000)]);
  const messages = await read(t, name, 3, { consume: { maxBytes: 1000, maxBytesPerPartition: 1000 } });
  assert.deepEqual(
    messages.map(({ value }) => value.length),
    [800_000, 800_000, 800_000],
  );
});

test('consume: many messages over many partitions', async (t) => {
  const name = await topic(t, 12);
  const one = producer(t);
  const all = Array.from({ length: 12 }, (_, partition) => messagesOf(name, numbered(0, 200), partition)).flat();
  await one.send({ messages: all, acks: -1 });
  const next = new Map();
  for (const { partition, offset, value } of await read(t, name, 2400)) {
    const expected = next.get(partition) ?? 0;
    assert.deepEqual([offset, value], [BigInt(expected), `v${expected}`]);
    next.set(partition, expected + 1);
  }
});

test('consume: committed messages only', async (t) => {
  const name = await topic(t);
  await send(t, name, numbered(0, 20));
  const committed = { isolationLevel: client.FetchIsolationLevels.READ_COMMITTED };
  assert.deepEqual(valuesOf(await read(t, name, 20, { consume: committed })), numbered(0, 20));
});

test('seek: the earliest, the latest, and an offset', async (t) => {
  const name = await topic(t);
  await send(t, name, numbered(0, 10));
  assert.deepEqual(valuesOf(await read(t, name, 10)), numbered(0, 10));
  const manual = { mode: 'manual', offsets: [{ topic: name, partition: 0, offset: 4n }] };
  assert.deepEqual(valuesOf(await read(t, name, 6, { consume: manual })), numbered(4, 10));
  const latest = await consumer(t).consume({ topics: [name], mode: 'latest', autocommit: false });
  await eventually('it stands at the end', () => latest.offsetsToFetch.get(`${name}:0`) === 10n);
  await send(t, name, numbered(10, 12));
  assert.deepEqual(valuesOf(await take(latest, 2)), numbered(10, 12));
});

test('timestamps: the producer’s are kept, and found', async (t) => {
  const name = await topic(t);
  const first = BigInt(Date.now() - 3_600_000);
  const messages = numbered(0, 10).map((value, at) => ({
    topic: name,
    partition: 0,
    value,
    timestamp: first + BigInt(at) * 1000n,
  }));
  await producer(t).send({ messages, acks: -1 });
  const one = consumer(t);
  const found = await one.listOffsetsWithTimestamps({ topics: [name], timestamp: first + 2500n });
  assert.deepEqual(found.get(name).get(0), { offset: 3n, timestamp: first + 3000n });
  assert.deepEqual(
    (await read(t, name, 10)).map(({ timestamp }) => timestamp),
    messages.map(({ timestamp }) => timestamp),
  );
});

async function member(t, name, groupId, options = {}) {
  const one = consumer(t, { groupId, ...options });
  const joined = {
    one,
    values: [],
    held: () => one.assignments?.find((of) => of.topic === name)?.partitions.length ?? 0,
  };
  joined.stream = await one.consume({ topics: [name], mode: 'committed', fallbackMode: 'earliest', autocommit: 50 });
  joined.stream.on('data', ({ value }) => joined.values.push(value));
  joined.stream.on('error', () => {}); // A rebalance may end it while the case closes.
  return joined;
}

const holds = async (joined, count) => await eventually(`${count} partitions`, () => joined.held() === count);

async function share(t, options) {
  const [name, groupId] = [await topic(t, 6), unique('group')];
  const one = await member(t, name, groupId, options);
  await holds(one, 6);
  const two = await member(t, name, groupId, options);
  await holds(one, 3);
  await holds(two, 3);
  const group = (await admin(t).describeGroups({ groups: [groupId] })).get(groupId);
  assert.equal(group.members.size, 2);
  await one.one.close(true);
  await holds(two, 6);
  return group;
}

test('group: two members share the partitions', async (t) => {
  assert.equal((await share(t)).protocol, 'roundrobin');
});

test('cooperative: two members share the partitions', async (t) => {
  const protocols = [{ name: client.COOPERATIVE_STICKY_ASSIGNOR ?? 'cooperative-sticky', version: 1 }];
  const { protocol } = await share(t, { protocols, partitionAssigner: client.cooperativeStickyAssigner });
  assert.equal(protocol, 'cooperative-sticky');
});

test('static membership: whoever has a member’s name gets its partitions, without a rebalance', async (t) => {
  const [name, groupId] = [await topic(t, 4), unique('group')];
  const one = await member(t, name, groupId, { groupInstanceId: 'one' });
  const two = await member(t, name, groupId, { groupInstanceId: 'two' });
  await holds(one, 2);
  await holds(two, 2);
  const before = two.one.generationId;
  // Closed, it would leave the group, named or not; so a new one takes its name while the old one still runs.
  const again = await member(t, name, groupId, { groupInstanceId: 'two' });
  await holds(again, 2);
  assert.equal(again.one.generationId, before);
});

test('commit: by hand, and a new member resumes there', async (t) => {
  const [name, groupId] = [await topic(t), unique('group')];
  await send(t, name, numbered(0, 10));
  const one = consumer(t, { groupId });
  const stream = await one.consume({ topics: [name], mode: 'committed', fallbackMode: 'earliest', autocommit: false });
  const messages = await take(stream, 10);
  await one.commit({ offsets: [{ topic: name, partition: 0, offset: messages[3].offset + 1n, leaderEpoch: 0 }] });
  const committed = await one.listCommittedOffsets({ topics: [{ topic: name, partitions: [0] }] });
  assert.equal(committed.get(name)[0], 4n);
  await one.close(true);
  const resumed = await read(t, name, 6, { groupId, consume: { mode: 'committed' } });
  assert.deepEqual(valuesOf(resumed), numbered(4, 10));
});

test('commit: by the clock', async (t) => {
  const [name, groupId] = [await topic(t), unique('group')];
  await send(t, name, numbered(0, 10));
  await member(t, name, groupId);
  const asked = { groups: [{ groupId, topics: [{ name, partitionIndexes: [0] }] }] };
  await eventually('all is committed', async () => {
    const [group] = await admin(t).listConsumerGroupOffsets(asked);
    return group.topics[0].partitions[0].committedOffset === 10n;
  });
});

for (const how of ['restart', 'kill9']) {
  const gone = async () => {
    await ask(how);
    if (how === 'kill9') await ask('restart');
  };
  test(`restart: a running producer and group go on (${how})`, async (t) => {
    const [name, groupId] = [await topic(t), unique('group')];
    const one = producer(t, { idempotent: true, acks: -1 });
    let reader = await member(t, name, groupId);
    const seen = new Set();
    const reads = async (count) =>
      await eventually(`${count} values`, () => {
        for (const value of reader.values) seen.add(value);
        return seen.size === count;
      });
    for (const value of numbered(0, 20)) await one.send({ messages: messagesOf(name, [value]) });
    await reads(20);
    await gone();
    await eventually('it writes again', () => one.send({ messages: messagesOf(name, ['v20']) }));
    for (const value of numbered(21, 40)) await one.send({ messages: messagesOf(name, [value]) });
    // Its stream ends with an error when the broker goes: an application makes a new one, in the same group.
    if (reader.stream.destroyed) reader = await eventually('it joins again', () => member(t, name, groupId));
    await reads(40);
  });
}

await main();
