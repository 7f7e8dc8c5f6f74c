/** kafkajs as a load, as a process (load-process.ts): a client in JavaScript, with all that a client does. */
import { type Consumer, Kafka, logLevel, Partitioners } from 'kafkajs';
import { Histogram } from './histogram.ts';
import { runLoad } from './load-process.ts';

export interface ClientLoad {
  readonly does: 'produce' | 'consume';
  readonly host: string;
  readonly port: number;
  readonly topic: string;
  readonly records: number;
  readonly recordBytes: number;
}

/** About as many as Java's producer puts in a batch of 16 KiB. */
const recordsPerSend = 15;
const sendsAtOnce = 5;

async function produce(kafka: Kafka, { topic, records, recordBytes }: ClientLoad) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = Array.from({ length: recordsPerSend }, () => ({ value: Buffer.alloc(recordBytes, 'skerry') }));
  const latencies = new Histogram();
  let left = records;
  const lane = async () => {
    while (left > 0) {
      const some = Math.min(left, recordsPerSend);
      left -= some;
      const sentMs = performance.now();
      await producer.send({ topic, acks: -1, messages: messages.slice(0, some) });
      latencies.record(performance.now() - sentMs);
    }
  };
  return async () => {
    await Promise.all(Array.from({ length: sendsAtOnce }, lane));
    await producer.disconnect();
    return { requests: latencies.total, bytes: records * recordBytes, latencies: latencies.counts() };
  };
}

function readAll(consumer: Consumer, records: number): Promise<void> {
  let read = 0;
  return new Promise((done, failed) => {
    const eachBatch = ({ batch }: { batch: { messages: readonly unknown[] } }) => {
      read += batch.messages.length;
      if (read >= records) done();
      return Promise.resolve();
    };
    consumer.run({ eachBatch }).catch(failed);
  });
}

async function consume(kafka: Kafka, { topic, records, recordBytes }: ClientLoad) {
  const consumer = kafka.consumer({ groupId: `bench-${topic}-${process.pid}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  return async () => {
    await readAll(consumer, records);
    void consumer.disconnect();
    return { requests: records, bytes: records * recordBytes, latencies: [] };
  };
}

await runLoad(async (load: ClientLoad) => {
  const kafka = new Kafka({ brokers: [`${load.host}:${load.port}`], logLevel: logLevel.NOTHING });
  return load.does === 'produce' ? await produce(kafka, load) : await consume(kafka, load);
});
