/**
 * Transactional producers as a load, as a process (load-process.ts): each with its connection, one transaction after
 * the other, a batch and its end, as clients since KIP-890 do it: Produce v12 adds the partition, EndTxn v5 tells the
 * next epoch.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { nodeCompute } from '@skerry/io';
import {
  BatchBuilder,
  endTxnRequest,
  endTxnResponse,
  errorName,
  findCoordinatorRequest,
  findCoordinatorResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import type { Address } from './control.ts';
import { Histogram } from './histogram.ts';
import { runLoad } from './load-process.ts';
import { Link } from './members.ts';

export interface TransactionLoad extends Address {
  readonly topic: string;
  /** Each writes to a partition of its own. */
  readonly producers: number;
  /** Of all producers. */
  readonly transactions: number;
  readonly records: number;
  readonly recordBytes: number;
}

const transactionTimeoutMs = 60_000;
const coordinatorMsMax = 60_000;
/** The transaction before is still being ended. Clients wait longer: this asks as much as a broker can do. */
const again = new Set(['CONCURRENT_TRANSACTIONS', 'COORDINATOR_LOAD_IN_PROGRESS', 'NOT_COORDINATOR']);
const againMs = 1;
const compute = nodeCompute();

class Producer {
  readonly #link: Link;
  readonly #load: TransactionLoad;
  readonly #partition: number;
  readonly #transactionalId: string;
  readonly #value: Uint8Array;
  #id = -1n;
  #epoch = -1;

  constructor(load: TransactionLoad, partition: number) {
    this.#load = load;
    this.#partition = partition;
    this.#transactionalId = `bench-${process.pid}-${partition}`;
    this.#value = Buffer.alloc(load.recordBytes, 'skerry');
    this.#link = new Link(load);
  }

  async begin(): Promise<void> {
    const deadline = performance.now() + coordinatorMsMax;
    for (;;) {
      const found = await this.#link.ask(findCoordinatorRequest, findCoordinatorResponse, 3, {
        key: this.#transactionalId,
        keyType: 1,
      });
      const given =
        found.errorCode === 0
          ? await this.#link.ask(initProducerIdRequest, initProducerIdResponse, 4, {
              transactionalId: this.#transactionalId,
              transactionTimeoutMs,
            })
          : { errorCode: found.errorCode, producerId: -1n, producerEpoch: -1 };
      this.#id = given.producerId;
      this.#epoch = given.producerEpoch;
      if (given.errorCode === 0) return;
      if (performance.now() > deadline) throw new Error(`no producer id: ${errorName(given.errorCode)}`);
      await delay(50);
    }
  }

  /** One transaction, committed. */
  async run(): Promise<void> {
    const records = this.#batch();
    await this.#until('Produce', async () => {
      const { responses } = await this.#link.ask(produceRequest, produceResponse, 12, {
        transactionalId: this.#transactionalId,
        acks: -1,
        timeoutMs: 30_000,
        topicData: [{ name: this.#load.topic, partitionData: [{ index: this.#partition, records }] }],
      });
      return responses[0]?.partitionResponses[0]?.errorCode ?? -1;
    });
    await this.#until('EndTxn', async () => {
      const ended = await this.#link.ask(endTxnRequest, endTxnResponse, 5, {
        transactionalId: this.#transactionalId,
        producerId: this.#id,
        producerEpoch: this.#epoch,
        committed: true,
      });
      if (ended.errorCode === 0) [this.#id, this.#epoch] = [ended.producerId, ended.producerEpoch];
      return ended.errorCode;
    });
  }

  close(): void {
    this.#link.close();
  }

  async #until(what: string, ask: () => Promise<number>): Promise<void> {
    for (;;) {
      const error = errorName(await ask());
      if (error === 'NONE') return;
      if (!again.has(error)) throw new Error(`${what} failed with ${error}`);
      await delay(againMs);
    }
  }

  /** With the epoch that this transaction has; its numbers begin anew with each epoch. */
  #batch(): Uint8Array {
    const timestamp = Date.now();
    const batch = new BatchBuilder({
      producerId: Number(this.#id),
      producerEpoch: this.#epoch,
      baseSequence: 0,
      transactional: true,
    });
    for (let i = 0; i < this.#load.records; i++) batch.append({ timestamp, value: this.#value });
    return batch.build(compute);
  }
}

await runLoad(async (load: TransactionLoad) => {
  const producers = Array.from({ length: load.producers }, (_, partition) => new Producer(load, partition));
  await Promise.all(producers.map((producer) => producer.begin()));
  const each = load.transactions / load.producers;
  return async () => {
    const latencies = new Histogram();
    await Promise.all(
      producers.map(async (producer) => {
        for (let done = 0; done < each; done++) {
          const began = performance.now();
          await producer.run();
          latencies.record(performance.now() - began);
        }
        producer.close();
      }),
    );
    const bytes = load.transactions * load.records * load.recordBytes;
    return { requests: load.transactions, bytes, latencies: latencies.counts() };
  };
});
