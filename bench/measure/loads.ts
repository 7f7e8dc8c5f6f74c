/** Rows that are loads of pre-built frames; what a broker must have kept is checked after each. */
import { batchOf } from '../batches.ts';
import type { Broker } from '../brokers.ts';
import { assertCommitted, assertStored, createTopic, deleteTopic } from '../control.ts';
import type { RecordBatch } from '../frames.ts';
import { dropPageCache } from '../process.ts';
import { fetchBytes, type LoadShape, type Row, type Task } from '../rows.ts';
import type { Load } from '../works.ts';
import { type Bench, bench, type Measured, measured, type World } from './bench.ts';
import { type Measurement, measureLoads, settleDisk } from './drive.ts';

type TaskOf<K extends Task['kind']> = Extract<Task, { readonly kind: K }>;

/** Batches under way while a topic is filled for reading: with a synced broker five would take long. */
const fillInFlight = 50;
/** How long messages are produced while old data is read. */
const coldSeconds = 2;

let topics = 0;

export async function freshTopic(broker: Broker, id: string, shape: LoadShape): Promise<string> {
  const topic = `bench-${process.pid}-${id}-${topics++}`;
  const configs = broker.key === 'kafka' ? shape.kafkaTopic : {};
  if (broker.key !== 'echo') await createTopic(broker.address, topic, configs, shape.partitions);
  return topic;
}

/** A load as the shape says, over `drivers` processes. */
function loadsOf(
  broker: Broker,
  shape: LoadShape,
  more: Pick<Load, 'kind' | 'topic' | 'batch' | 'batches'> & Partial<Load>,
): readonly Load[] {
  const { connections, inFlight, partitions, drivers } = shape;
  const { host, port } = broker.address;
  const part = (total: number, driver: number) =>
    Math.floor((total * (driver + 1)) / drivers) - Math.floor((total * driver) / drivers);
  const whole = { host, port, partitions, inFlight, fetchBytes, pace: undefined, connections, ...more };
  return Array.from({ length: drivers }, (_, driver) => ({
    ...whole,
    connections: part(whole.connections, driver),
    batches: part(whole.batches, driver),
  }));
}

/** How many copies of the batch make up the row's part of `megabytes`: each connection and each partition has one. */
function batchesOf({ batch, shape }: Filled, megabytes: number): number {
  const { connections, partitions, share } = shape;
  const wanted = Math.max(connections, Math.round((megabytes * share * 1e6) / batch.bytes.length));
  return Math.ceil(wanted / partitions) * partitions;
}

interface Filled {
  readonly batch: RecordBatch;
  readonly shape: LoadShape;
}

/** Fills a fresh topic, and checks that the broker kept it; then takes it away. */
export async function produceOnce(
  broker: Broker,
  id: string,
  shape: LoadShape,
  batches: number,
  pace?: number,
): Promise<Measurement> {
  const batch = await batchOf(shape);
  await settleDisk();
  const topic = await freshTopic(broker, id, shape);
  const result = await measureLoads(
    broker,
    'load.ts',
    loadsOf(broker, shape, { kind: 'produce', topic, batch, batches, pace }),
  );
  await assertStored(broker.address, topic, batch, batches, shape.partitions);
  await deleteTopic(broker.address, topic);
  return result;
}

export async function beginProduce(
  broker: Broker,
  row: Row,
  { shape }: { readonly shape: LoadShape },
  { megabytes }: World,
): Promise<Bench> {
  const batches = batchesOf({ batch: await batchOf(shape), shape }, megabytes);
  return bench(async () => measured(await produceOnce(broker, row.id, shape, batches)));
}

/** A topic that holds what is to be read. */
export async function filledTopic(
  broker: Broker,
  id: string,
  shape: LoadShape,
  megabytes: number,
): Promise<{ readonly topic: string; readonly batch: RecordBatch; readonly batches: number }> {
  const batch = await batchOf(shape);
  const batches = batchesOf({ batch, shape }, megabytes);
  const topic = await freshTopic(broker, id, shape);
  const filling = { ...shape, connections: 1, drivers: 1, inFlight: fillInFlight };
  await measureLoads(broker, 'load.ts', loadsOf(broker, filling, { kind: 'produce', topic, batch, batches }));
  await assertStored(broker.address, topic, batch, batches, shape.partitions);
  return { topic, batch, batches };
}

export async function beginFetch(
  broker: Broker,
  row: Row,
  { shape }: TaskOf<'produce' | 'fetch'>,
  { megabytes }: World,
): Promise<Bench> {
  const filled = await filledTopic(broker, row.id, shape, megabytes);
  return bench(
    async () => measured(await measureLoads(broker, 'load.ts', loadsOf(broker, shape, { kind: 'fetch', ...filled }))),
    () => deleteTopic(broker.address, filled.topic),
  );
}

/** The echo server gets the same messages at the same moments, and sends each back. */
export async function beginEndToEnd(
  broker: Broker,
  row: Row,
  { shape, pace }: TaskOf<'end-to-end'>,
  { seconds }: World,
): Promise<Bench> {
  const batch = await batchOf(shape);
  const kind = broker.key === 'echo' ? 'echo' : 'endToEnd';
  return bench(async () => {
    await settleDisk();
    const topic = await freshTopic(broker, row.id, shape);
    const loads = loadsOf(broker, shape, { kind, topic, batch, batches: pace * seconds, pace });
    const result = measured(await measureLoads(broker, 'load.ts', loads));
    if (kind === 'endToEnd') await deleteTopic(broker.address, topic);
    return result;
  });
}

export async function beginOpen(
  broker: Broker,
  row: Row,
  { shape, ofMaximum }: TaskOf<'open'>,
  { megabytes, seconds }: World,
): Promise<Bench> {
  const batches = batchesOf({ batch: await batchOf(shape), shape }, megabytes);
  // The first compiles the code; the second is the maximum.
  await produceOnce(broker, row.id, shape, batches);
  const maximum = await produceOnce(broker, row.id, shape, batches);
  const pace = Math.max(1, Math.floor((ofMaximum * maximum.requests) / maximum.seconds));
  return bench(async () => measured(await produceOnce(broker, row.id, shape, pace * seconds, pace)));
}

export async function beginCold(
  broker: Broker,
  row: Row,
  { shape, pace }: TaskOf<'cold'>,
  { megabytes, note }: World,
): Promise<Bench> {
  const filled = await filledTopic(broker, row.id, shape, megabytes);
  const { batch } = filled;
  return bench(
    async () => {
      const topic = await freshTopic(broker, row.id, shape);
      await settleDisk();
      if (!dropPageCache())
        note(`${row.id}: the page cache cannot be dropped (not root), so the old data was in memory`);
      const result = await measureLoads(broker, 'load.ts', [
        ...loadsOf(broker, shape, { kind: 'fetch', ...filled }),
        ...loadsOf(broker, shape, { kind: 'produce', topic, batch, batches: pace * coldSeconds, pace, inFlight: 50 }),
      ]);
      await deleteTopic(broker.address, topic);
      return coldMeasured(result);
    },
    () => deleteTopic(broker.address, filled.topic),
  );
}

/** The reader's rate, the producer's latencies, the CPU time of both. */
function coldMeasured(result: Awaited<ReturnType<typeof measureLoads>>): Measured {
  const [reader, producer] = result.each;
  if (reader === undefined || producer === undefined) throw new Error('two loads were meant');
  const { values, latencies } = measured({ ...result, latencies: producer.latencies });
  const driverLoad = result.driverLoad;
  return {
    values: { ...values, rate: reader.bytes / 1e6 / reader.seconds },
    ...(latencies && { latencies }),
    driverLoad,
  };
}

const transactionRecordBytes = 100;

export async function beginTransactions(
  broker: Broker,
  row: Row,
  { shape, producers, records }: TaskOf<'transactions'>,
  { megabytes }: World,
): Promise<Bench> {
  const wanted = (megabytes * shape.share * 1e6) / (records * transactionRecordBytes);
  const transactions = Math.ceil(wanted / producers) * producers;
  return bench(async () => {
    await settleDisk();
    const topic = await freshTopic(broker, row.id, shape);
    const load = { ...broker.address, topic, producers, transactions, records, recordBytes: transactionRecordBytes };
    const result = await measureLoads(broker, 'transactions.ts', [load]);
    const marker = 1;
    await assertCommitted(broker.address, topic, producers, transactions * (records + marker));
    await deleteTopic(broker.address, topic);
    const { values, ...more } = measured(result);
    return { ...more, values: { ...values, transactions: values.requests } };
  });
}

/** Reading is timed from when all have joined. */
export async function beginGroup(
  broker: Broker,
  row: Row,
  { shape, members }: TaskOf<'group'>,
  { megabytes }: World,
): Promise<Bench> {
  const filled = await filledTopic(broker, row.id, shape, megabytes);
  const loads = loadsOf(broker, { ...shape, connections: members }, { kind: 'group', ...filled });
  return bench(
    async () => {
      const load = await measureLoads(broker, 'load.ts', loads);
      return measured({ ...load, seconds: load.seconds - (load.joinMs ?? 0) / 1000 });
    },
    () => deleteTopic(broker.address, filled.topic),
  );
}
