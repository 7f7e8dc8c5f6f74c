/** Producers of the SDK: batches of records for partitions chosen at random, a few waiting at once. */
import { Producer } from '@skerry/client';
import type { SeededRandom } from '@skerry/testkit';
import type { ProducerPlan, TopicPlan } from './plan.ts';
import type { Scene } from './scene.ts';
import { encodeValue } from './values.ts';

/** Batches of one producer that wait for one another. */
const waitingMax = 4;

export async function produce(scene: Scene, plan: ProducerPlan): Promise<void> {
  const { client, random } = scene.client(plan.name);
  const { acks, idempotent } = plan;
  const producer = new Producer(client, { acks, idempotent, deliveryTimeoutMs: scene.plan.retryTimeoutMs });
  const sending = new Set<Promise<void>>();
  while (!scene.closing) {
    await scene.rest(random.fraction() * 2 * plan.pauseMs);
    if (sending.size >= waitingMax) continue;
    const one = send(scene, producer, plan, random).finally(() => {
      sending.delete(one);
      scene.operations++;
    });
    sending.add(one);
  }
  await Promise.all(sending);
}

async function send(scene: Scene, producer: Producer, plan: ProducerPlan, random: SeededRandom): Promise<void> {
  const { topics } = scene.plan;
  const topic = topics[random.below(topics.length)] as TopicPlan;
  const partition = random.below(topic.partitions);
  const values = Array.from({ length: random.between(1, plan.recordsMax) }, () => scene.newValue());
  const records = values.map((value) => ({
    value: encodeValue(value, random.below(plan.valueBytesMax)),
    timestamp: scene.world.clock.wallMs() - random.below(plan.behindMsMax + 1),
  }));
  const id = scene.newId();
  const { name: process, acks, idempotent: once } = plan;
  const place = { id, process, partition: `${topic.name}/${partition}` };
  scene.note({ kind: 'send', ...place, values, acks, once, atMs: scene.nowMs }, 'produce', process, id, values.length);
  try {
    const { offset } = await producer.send(topic.name, records, partition);
    const told = offset === undefined ? {} : { offset };
    scene.note({ kind: 'sent', id, ...told, atMs: scene.nowMs }, 'produced', process, id, offset ?? -1);
  } catch (error) {
    // Whether it was kept is anybody's guess: an attempt before the last may have been.
    scene.failed(error, process, id);
  }
}
