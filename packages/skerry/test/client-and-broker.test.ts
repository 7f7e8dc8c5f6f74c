/** The client and the real broker, in virtual time. */
import { utf8Decode, utf8Encode } from '@skerry/base';
import { Broker, parseProperties, parseSettings } from '@skerry/broker';
import { Admin, Client, Consumer, offsetOf, Producer } from '@skerry/client';
import { nodeCompute } from '@skerry/io';
import { type Machine, type VirtualClock, World } from '@skerry/testkit';
import { codecNames } from '@skerry/wire';
import { expect, test } from 'vitest';

const stepMs = 1;
const compute = nodeCompute({ inline: true });

/** Lets virtual time pass until `promise` settles; all that promises have made ready runs before each step. */
async function settled<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let done = false;
  const noted = promise.finally(() => {
    done = true;
  });
  noted.catch(() => {});
  for (;;) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (done) return noted;
    clock.advance(stepMs);
  }
}

function startBroker({ clock, random, disk, store, network }: Machine, worldClock: VirtualClock): void {
  const settings = parseSettings(parseProperties('listeners=PLAINTEXT://node-1:9092', 'test'));
  const world = { clock, random, disk, store, network, compute };
  let started = false;
  new Broker({ world, settings, report: () => {} }).start((error) => {
    if (error !== undefined) throw error;
    started = true;
  });
  worldClock.runUntil(() => started);
}

function start() {
  const world = new World(7);
  const { clock, random } = world;
  const machine = world.machine('node-1');
  startBroker(machine, clock);
  const client = new Client(
    { clock, random, network: world.network.host('client'), compute },
    { bootstrap: ['node-1:9092'] },
  );
  return { world, machine, client, settle: <T>(promise: Promise<T>) => settled(clock, promise) };
}

async function readAll(client: Client, topic: string): Promise<string[]> {
  const consumer = new Consumer(client);
  const end = await offsetOf(client, topic, 0, 'latest');
  await consumer.assign(topic, 0, 'earliest');
  const values: string[] = [];
  while ((consumer.position(topic, 0) ?? 0) < end) {
    for (const { value } of await consumer.poll()) values.push(utf8Decode(value ?? new Uint8Array(0)));
  }
  return values;
}

test('topics are made, listed, described and deleted', async () => {
  const { client, settle } = start();
  const admin = new Admin(client);
  await settle(admin.createTopic({ name: 'b', partitions: 3, configs: { 'retention.ms': '5000' } }));
  await settle(admin.createTopic({ name: 'a' }));
  expect((await settle(admin.listTopics())).map(({ name, partitions }) => [name, partitions.length])).toEqual([
    ['a', 1],
    ['b', 3],
  ]);
  await expect(settle(admin.createTopic({ name: 'a' }))).rejects.toMatchObject({ code: 'TOPIC_ALREADY_EXISTS' });
  await settle(admin.deleteTopic('a'));
  await expect(settle(admin.describeTopic('a'))).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
  expect((await settle(admin.describeTopic('b'))).partitions.map(({ partition }) => partition)).toEqual([0, 1, 2]);
});

test.each(codecNames)('records come back as they were sent (%s)', async (compression) => {
  const { client, settle } = start();
  const producer = new Producer(client, { compression, idempotent: true });
  const values = Array.from({ length: 50 }, (_, i) => `${i}:${'x'.repeat(i * 7)}`);
  await settle(
    producer.send(
      't',
      values.map((value) => ({ value: utf8Encode(value) })),
    ),
  );
  expect(await settle(readAll(client, 't'))).toEqual(values);
});

test("an idempotent producer's records are there once, though connections break and the node is killed", async () => {
  const { world, machine, client, settle } = start();
  const producer = new Producer(client, { idempotent: true });
  await settle(producer.send('t', [{ value: utf8Encode('0') }]));
  const sent = ['0'];
  for (let i = 1; i <= 30; i++) {
    const sending = producer.send('t', [{ value: utf8Encode(String(i)) }]);
    await settled(world.clock, new Promise((resolve) => void world.clock.after(i % 5, () => resolve(undefined))));
    if (i % 10 === 0) {
      machine.kill();
      startBroker(machine, world.clock);
    } else if (i % 3 === 0) world.network.reset('client', 'node-1');
    await settle(sending);
    sent.push(String(i));
  }
  expect(await settle(readAll(client, 't'))).toEqual(sent);
});
