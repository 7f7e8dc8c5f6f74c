/**
 * An administrator who makes topics, fills them, looks whether all is there, deletes them, and makes others of the same
 * name. A topic that was deleted must not come back, nor a record of it.
 */
import { Admin, Producer } from '@skerry/client';
import { readWhole } from './consumers.ts';
import type { Scene } from './scene.ts';
import { encodeValue } from './values.ts';

const who = 'administrator';

export async function administer(scene: Scene, pauseMs: number): Promise<void> {
  const { client, random } = scene.client(who);
  const admin = new Admin(client);
  const producer = new Producer(client, {
    idempotent: random.chance(0.5),
    deliveryTimeoutMs: scene.plan.retryTimeoutMs,
  });
  for (let life = 0; !scene.closing; life++) {
    const name = `passing-${random.below(2)}`;
    const durability = random.chance(0.5) ? 'power-loss' : 'process-crash';
    // A topic made again is another: its records are told apart by its name here.
    const partition = `${name}/0 the ${life}th`;
    scene.partitions[partition] = { durability };
    const configs = { 'skerry.durability': durability };
    await scene.insist(who, () => admin.createTopic({ name, partitions: 1, configs }), 'TOPIC_ALREADY_EXISTS');
    scene.deletedTopics.delete(name);
    for (let i = random.below(6); i > 0; i--) await send(scene, producer, name, partition, random.between(1, 3));
    await scene.insist(who, async () => {
      await readWhole(scene, client, { name, index: 0 }, partition);
    });
    await scene.pause(random.fraction() * pauseMs);
    await scene.insist(who, () => admin.deleteTopic(name), 'UNKNOWN_TOPIC_OR_PARTITION');
    scene.deletedTopics.add(name);
    scene.operations += 3;
    await scene.pause(random.fraction() * pauseMs);
  }
}

async function send(scene: Scene, producer: Producer, name: string, partition: string, count: number): Promise<void> {
  const values = Array.from({ length: count }, () => scene.newValue());
  const records = values.map((value) => ({ value: encodeValue(value, 20) }));
  const id = scene.newId();
  const event = { kind: 'send', id, process: who, partition, values, acks: 'all', once: false } as const;
  scene.note({ ...event, atMs: scene.nowMs }, 'produce', who, id, count);
  scene.operations++;
  try {
    const { offset } = await producer.send(name, records, 0);
    const told = offset === undefined ? {} : { offset };
    scene.note({ kind: 'sent', id, ...told, atMs: scene.nowMs }, 'produced', who, id, offset ?? -1);
  } catch (error) {
    scene.failed(error, who, id);
  }
}

/** At the end: nothing that was deleted may be there. */
export async function findDeleted(scene: Scene, problem: (text: string) => void): Promise<void> {
  const { client } = scene.client('inspector');
  const admin = new Admin(client);
  await scene.insist('inspector', async () => {
    for (const { name } of await admin.listTopics()) {
      if (scene.deletedTopics.has(name)) problem(`deleted-topic-back: ${name} was deleted, acknowledged, and is there`);
    }
  });
}
