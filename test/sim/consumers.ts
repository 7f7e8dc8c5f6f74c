/** Consumers that are told what to read: from the beginning, at times from elsewhere, and at the end all there is. */
import { type Client, type ConsumedRecord, Consumer, KafkaError, offsetOf } from '@skerry/client';
import type { SeededRandom } from '@skerry/testkit';
import { type ConsumerPlan, pick, type TopicPlan } from './plan.ts';
import type { Scene } from './scene.ts';
import { decodeValue } from './values.ts';

/** How often each partition is looked into at the end. */
const inspections = 5;

export async function consume(scene: Scene, plan: ConsumerPlan): Promise<void> {
  const { client, random } = scene.client(plan.name);
  const { maxWaitMs, partitionMaxBytes } = plan;
  const consumer = new Consumer(client, { maxWaitMs, partitionMaxBytes });
  for (const { name, partitions } of scene.plan.topics) {
    for (let index = 0; index < partitions; index++)
      await place(scene, consumer, plan.name, { name, index }, 'earliest');
  }
  while (!scene.closing) {
    await poll(scene, consumer, plan.name);
    if (random.chance(plan.seeks)) await seek(scene, client, consumer, plan.name, random);
    // Without a pause, a partition that is always readable would be read in no time.
    await scene.rest(50 + random.below(200));
  }
}

interface PartitionName {
  readonly name: string;
  readonly index: number;
}

async function poll(scene: Scene, consumer: Consumer, who: string): Promise<void> {
  const asked = scene.events.length;
  try {
    const records = await consumer.poll();
    scene.operations++;
    for (const [partition, found] of Map.groupBy(records, (record) => `${record.topic}/${record.partition}`)) {
      notePoll(scene, who, partition, found, asked);
    }
  } catch (error) {
    scene.failed(error, who);
    if (!(error instanceof KafkaError) || error.code !== 'OFFSET_OUT_OF_RANGE') return;
    await resetAll(scene, consumer, who);
  }
}

function notePoll(
  scene: Scene,
  consumer: string,
  partition: string,
  found: readonly ConsumedRecord[],
  asked: number,
): void {
  const offsets = found.map(({ offset }) => offset as number);
  const values = found.map(({ value }) => decodeValue(value));
  const event = { kind: 'poll', consumer, partition, asked, offsets, values } as const;
  scene.note(event, 'polled', consumer, offsets[0], values.length);
}

/** Which partition's place is gone the error does not say: all are looked at. */
async function resetAll(scene: Scene, consumer: Consumer, who: string): Promise<void> {
  for (const { name, partitions } of scene.plan.topics) {
    for (let index = 0; index < partitions; index++) {
      // One that is offline takes its time to say so.
      if (scene.closing) return;
      await place(scene, consumer, who, { name, index }, 'earliest');
    }
  }
}

async function seek(
  scene: Scene,
  client: Client,
  consumer: Consumer,
  who: string,
  random: SeededRandom,
): Promise<void> {
  const { topics } = scene.plan;
  const topic = topics[random.below(topics.length)] as TopicPlan;
  const partition = { name: topic.name, index: random.below(topic.partitions) };
  try {
    const end = await offsetOf(client, partition.name, partition.index, 'latest');
    const start = await offsetOf(client, partition.name, partition.index, 'earliest');
    await place(scene, consumer, who, partition, random.between(start, Math.max(start, end)));
  } catch (error) {
    scene.failed(error, who);
  }
}

/** Tells `consumer` where to read on. */
async function place(
  scene: Scene,
  consumer: Consumer,
  who: string,
  { name, index }: PartitionName,
  from: number | 'earliest',
): Promise<void> {
  for (;;) {
    const asked = scene.events.length;
    try {
      await consumer.assign(name, index, from);
      const offset = consumer.position(name, index) ?? 0;
      const event = { kind: 'position', consumer: who, partition: `${name}/${index}`, offset, asked } as const;
      scene.note(event, 'position', who, offset);
      scene.operations++;
      return;
    } catch (error) {
      scene.failed(error, who);
      if (scene.closing) return;
      await scene.pause(200);
    }
  }
}

/** Reads a partition from its start to its end. */
export async function readWhole(
  scene: Scene,
  client: Client,
  { name, index }: PartitionName,
  partition = `${name}/${index}`,
): Promise<readonly ConsumedRecord[]> {
  const start = await offsetOf(client, name, index, 'earliest');
  let end = await offsetOf(client, name, index, 'latest');
  const consumer = new Consumer(client);
  await consumer.assign(name, index, start);
  const records: ConsumedRecord[] = [];
  while ((consumer.position(name, index) ?? end) < end) {
    const found = await consumer.poll();
    records.push(...found);
    // Where it may, a power cut has taken the end meanwhile.
    if (found.length === 0) end = Math.min(end, await offsetOf(client, name, index, 'latest'));
  }
  const offsets = records.map(({ offset }) => offset as number);
  const values = records.map(({ value }) => decodeValue(value));
  const timestamps = records.map(({ timestamp }) => timestamp);
  const whole = { kind: 'whole', partition, start, end, offsets, values, timestamps, atMs: scene.nowMs } as const;
  scene.note(whole, 'whole', partition, start, end);
  return records;
}

/**
 * Reads a partition to its end, and then here and there, by offset and by time: what a start has made of the indexes.
 */
export async function inspect(
  scene: Scene,
  client: Client,
  { name, index }: PartitionName,
  random: SeededRandom,
): Promise<void> {
  const partition = `${name}/${index}`;
  const records = await readWhole(scene, client, { name, index });
  const who = `inspector of ${partition}`;
  const consumer = new Consumer(client, { partitionMaxBytes: 1 });
  for (let i = 0; i < inspections && records.length > 0; i++) {
    const timestamp = pick(random, records).timestamp + random.between(-1, 1);
    const found = await offsetOf(client, name, index, { timestamp });
    scene.note({ kind: 'lookup', partition, timestamp, offset: found }, 'looked up', partition, timestamp, found);
    const { offset } = pick(random, records);
    await consumer.assign(name, index, offset);
    const asked = scene.events.length;
    scene.note({ kind: 'position', consumer: who, partition, offset, asked }, 'position', who, offset);
    notePoll(scene, who, partition, await consumer.poll(), asked);
  }
}
