/**
 * Rows with a broker of their own, which is not started when they get it: how it starts, what it takes when nobody asks
 * it anything, and what it grows to.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from '../brokers.ts';
import { createTopic, firstProduce } from '../control.ts';
import { recordBatch } from '../frames.ts';
import { type ResidentMemory, residentMemory } from '../process.ts';
import { type LoadShape, type Row, rowOf, type Task } from '../rows.ts';
import { type Bench, bench, type Measured, measured, type World } from './bench.ts';
import { measureLoads } from './drive.ts';
import { filledTopic, freshTopic, produceOnce } from './loads.ts';

type TaskOf<K extends Task['kind']> = Extract<Task, { readonly kind: K }>;

const topicOfStarts = 'bench-start';
const firstBatch = recordBatch(1024, Date.now());
/** Written past the last recovery point before each kill -9. */
const unfinishedMegabytes = 64;
/** What stays idle for so many times --seconds: a hundredth of a second is the kernel's finest. */
const idleTimes = { settle: 6, window: 4 } as const;

/** Milliseconds from spawning the process to the first acknowledged record. */
async function timedStart(broker: Broker): Promise<number> {
  const given = new AbortController();
  const begin = performance.now();
  const up = broker.start().catch((error: unknown) => {
    given.abort();
    throw error;
  });
  const acknowledged = firstProduce(broker.address, topicOfStarts, firstBatch, given.signal).then(
    () => performance.now() - begin,
  );
  const [, elapsedMs] = await Promise.all([up, acknowledged]);
  return elapsedMs;
}

/** The first start, which makes the topic that later ones produce to and fills the compile cache, is not measured. */
export async function beginStart(broker: Broker): Promise<Bench> {
  await broker.start();
  await createTopic(broker.address, topicOfStarts, {});
  await broker.stop();
  return bench(
    async () => {
      const start = await timedStart(broker);
      await broker.stop();
      return { values: { start } };
    },
    () => broker.stop(),
  );
}

/** Each round: something not yet synced, kill -9, start; a stop in good order, start. */
export async function beginRestart(
  broker: Broker,
  row: Row,
  { shape }: TaskOf<'restart'>,
  { gigabytes }: World,
): Promise<Bench> {
  await broker.start();
  await createTopic(broker.address, topicOfStarts, {});
  await filledTopic(broker, row.id, shape, (gigabytes * 2 ** 30) / 1e6);
  return bench(
    async () => {
      await filledTopic(broker, row.id, shape, unfinishedMegabytes);
      await broker.stop('SIGKILL');
      const startKilled = await timedStart(broker);
      await broker.stop();
      return { values: { startKilled, start: await timedStart(broker) } };
    },
    () => broker.stop(),
  );
}

/** Each partition has been written to once: one that never was may cost nothing. */
export async function beginIdle(
  broker: Broker,
  row: Row,
  { partitions, connections, groups }: TaskOf<'idle'>,
  { seconds }: World,
): Promise<Bench> {
  await broker.start();
  const shape: LoadShape = {
    batchBytes: 1024,
    connections: 1,
    drivers: 1,
    inFlight: 50,
    share: 1,
    kafkaTopic: {},
    partitions: Math.max(1, partitions),
  };
  const topic = partitions === 0 ? '' : (await filledTopic(broker, row.id, shape, 0)).topic;
  const hold = {
    ...broker.address,
    topic: topic === '' && groups > 0 ? await freshTopic(broker, row.id, shape) : topic,
    connections,
    groups,
    settleSeconds: idleTimes.settle * seconds,
    seconds: idleTimes.window * seconds,
  };
  return bench(
    async () => {
      let memory: ResidentMemory | undefined;
      const load = await measureLoads(broker, 'hold.ts', [hold], () => {
        memory = memoryOf(broker);
      });
      return { values: { core: measured(load).values.core, resident: memory?.nowMb } };
    },
    () => broker.stop(),
  );
}

/** What the memory row lays on a broker, one after the other, and how much of --megabytes each is. */
const mixed = ['produce-16k', 'produce-256k', 'connections-50', 'partitions-100'] as const;
const mixedShare = 0.5;

export async function beginMemory(
  broker: Broker,
  row: Row,
  { shape }: TaskOf<'memory'>,
  { megabytes, seconds }: World,
): Promise<Bench> {
  await broker.start();
  await createTopic(broker.address, topicOfStarts, {});
  await delay(idleTimes.settle * seconds * 1000);
  const residentIdle = memoryOf(broker)?.nowMb;
  return bench(
    async (): Promise<Measured> => {
      for (const id of mixed) {
        const task = rowOf(id)?.task;
        if (task?.kind !== 'produce') throw new Error(`${id} is no produce row`);
        const batches = Math.round((mixedShare * megabytes * 1e6) / task.shape.batchBytes);
        await produceOnce(broker, row.id, { ...shape, ...task.shape }, batches);
      }
      const { nowMb, peakMb } = memoryOf(broker) ?? {};
      return { values: { residentIdle, residentPeak: peakMb, resident: nowMb } };
    },
    () => broker.stop(),
  );
}

const memoryOf = ({ pid }: Broker): ResidentMemory | undefined => (pid === undefined ? undefined : residentMemory(pid));
