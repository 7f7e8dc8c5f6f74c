/**
 * Sends records, a batch for each call.
 *
 * Batches for one partition are sent one after the other, each until it is kept or has failed for good, so that their
 * order is that of the calls.
 * With `idempotent` a batch that is sent again is kept once (KIP-98): it carries the producer's id and a sequence
 * number. A batch given up on may
 * have been kept or not; the sequence is then in doubt, and a new id is taken.
 */
import { assert } from '@skerry/base';
import {
  BatchBuilder,
  type BatchOptions,
  type CodecName,
  initProducerIdRequest,
  initProducerIdResponse,
  type NewRecord,
  type ProduceRequestInput,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import { type Callback, promised } from './callback.ts';
import type { Client } from './client.ts';
import type { BrokerConnection } from './connection.ts';
import { check, isRetriable, KafkaError, UnreachableError } from './errors.ts';
import { partitionOf } from './partitioner.ts';
import { byIdOrName, type TopicInfo } from './topic-info.ts';

export interface ProducerOptions {
  /**
   * Who must have a record before it counts as sent: all in-sync replicas, the leader, or nobody (then no offset is
   * known).
   */
  readonly acks?: 'all' | 'leader' | 'none';
  /** Keeps a batch once, however often it is sent. Needs acks `all`. */
  readonly idempotent?: boolean;
  readonly compression?: CodecName;
  /** How long the broker may wait for its replicas. */
  readonly timeoutMs?: number;
  /** For how long a batch is tried before it is given up. */
  readonly deliveryTimeoutMs?: number;
}

/** Where a batch has gone. */
export interface Sent {
  readonly partition: number;
  /** The first record's; undefined with acks `none`, and for a batch the broker has had for long. */
  readonly offset: number | undefined;
}

interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** The next sequence number of each partition. */
  readonly sequences: Map<string, number>;
}

const sequenceEnd = 2 ** 31;

export class Producer {
  readonly #client: Client;
  readonly #options: Required<ProducerOptions>;
  /** The last batch of each partition, which the next one waits for. */
  readonly #last = new Map<string, Promise<unknown>>();
  #identity: Promise<Identity> | undefined;
  #turn = 0;

  constructor(client: Client, options: ProducerOptions = {}) {
    this.#client = client;
    this.#options = {
      acks: 'all',
      idempotent: false,
      compression: 'none',
      timeoutMs: 30_000,
      deliveryTimeoutMs: 120_000,
      ...options,
    };
    assert(!this.#options.idempotent || this.#options.acks === 'all', 'an idempotent producer needs acks "all"');
  }

  /**
   * Sends `records` as one batch and resolves when it is kept as `acks` asks. Without a partition the first record's
   * key decides, as in
   * Java's producer; without a key, partitions take turns.
   */
  async send(topic: string, records: readonly NewRecord[], partition?: number): Promise<Sent> {
    assert(records.length > 0, 'a batch has a record');
    const info = await this.#client.topic(topic, { create: true });
    const to = partition ?? this.#choose(records[0]?.key, info);
    if (to < 0 || to >= info.partitions.length) {
      throw new KafkaError(
        'UNKNOWN_TOPIC_OR_PARTITION',
        `${topic} has ${info.partitions.length} partitions, so none is ${to}`,
      );
    }
    const place = `${topic}/${to}`;
    const before = this.#last.get(place);
    const sending = (async () => {
      await before?.catch(() => {});
      return this.#deliver(topic, to, records);
    })();
    this.#last.set(place, sending);
    try {
      return { partition: to, offset: await sending };
    } finally {
      if (this.#last.get(place) === sending) this.#last.delete(place);
    }
  }

  submit(topic: string, records: readonly NewRecord[], partition: number | undefined, done: Callback<Sent>): void {
    this.send(topic, records, partition).then(
      (sent) => done(undefined, sent),
      (error: unknown) => done(error as Error, undefined),
    );
  }

  /** Waits for what is under way. The client stays open. */
  async flush(): Promise<void> {
    await Promise.allSettled(this.#last.values());
  }

  #choose(key: Uint8Array | null | undefined, { partitions }: TopicInfo): number {
    if (key === null || key === undefined) return this.#turn++ % partitions.length;
    return partitionOf(key, partitions.length);
  }

  async #deliver(topic: string, partition: number, records: readonly NewRecord[]): Promise<number | undefined> {
    const identity = this.#options.idempotent ? await this.#identify() : undefined;
    const place = `${topic}/${partition}`;
    const baseSequence = identity?.sequences.get(place) ?? 0;
    const batch = await this.#build(records, identity === undefined ? {} : { ...identity, baseSequence });
    identity?.sequences.set(place, (baseSequence + records.length) % sequenceEnd);
    try {
      return await retry(this.#client, () => this.#sendOnce(topic, partition, batch), this.#options.deliveryTimeoutMs);
    } catch (error) {
      // Whether it was kept is not known, so neither is the next sequence number: begin anew, with an id that has none.
      this.#identity = undefined;
      throw error;
    }
  }

  async #sendOnce(topic: string, partition: number, batch: Uint8Array): Promise<number | undefined> {
    const { acks, timeoutMs } = this.#options;
    try {
      const info = await this.#client.topic(topic, { create: true });
      const leader = info.partitions[partition]?.leader ?? -1;
      const connection = await promised<BrokerConnection>((done) => this.#client.cluster.broker(leader, done));
      const input: ProduceRequestInput = {
        acks: acks === 'all' ? -1 : acks === 'leader' ? 1 : 0,
        timeoutMs,
        topicData: [{ name: topic, topicId: info.topicId, partitionData: [{ index: partition, records: batch }] }],
      };
      const version = byIdOrName(info);
      if (acks === 'none') {
        await promised((done) => connection.tell(produceRequest, input, version, done));
        return undefined;
      }
      return await this.#ask(connection, input, { ...version, extraMs: timeoutMs }, `${topic}/${partition}`);
    } catch (error) {
      if (isRetriable(error)) this.#client.forget(topic);
      throw error;
    }
  }

  async #ask(
    connection: BrokerConnection,
    input: ProduceRequestInput,
    options: { versionMax?: number; extraMs: number },
    place: string,
  ): Promise<number | undefined> {
    const { responses } = await connection.request(produceRequest, produceResponse, input, options);
    const answer = responses[0]?.partitionResponses[0];
    if (answer === undefined) throw new UnreachableError(`${place}: the broker answered for no partition`);
    // A batch it has had already, too long ago to remember where.
    if (answer.errorCode === 46) return undefined;
    check(
      answer.errorCode,
      `produce to ${place}`,
      answer.recordErrors[0]?.batchIndexErrorMessage ?? answer.errorMessage,
    );
    return answer.baseOffset;
  }

  #build(records: readonly NewRecord[], options: BatchOptions): Promise<Uint8Array> {
    const { producerId, producerEpoch, baseSequence } = options;
    const builder = new BatchBuilder(
      producerId === undefined ? {} : ({ producerId, producerEpoch, baseSequence } as BatchOptions),
    );
    const now = this.#client.cluster.world.clock.wallMs();
    for (const record of records) builder.append({ timestamp: now, ...record });
    return new Promise((resolve, reject) => {
      builder.compress(this.#options.compression, this.#client.cluster.world.compute, (error, batch) => {
        if (batch === undefined) reject(error ?? new Error('no batch'));
        else resolve(batch);
      });
    });
  }

  #identify(): Promise<Identity> {
    this.#identity ??= retry(this.#client, async () => {
      const connection = await this.#client.any();
      const answer = await connection.request(
        initProducerIdRequest,
        initProducerIdResponse,
        { transactionalId: null, transactionTimeoutMs: 2 ** 31 - 1 },
        // Version 6 is not final yet (KIP-939).
        { versionMax: 5 },
      );
      check(answer.errorCode, 'a producer id');
      return { producerId: Number(answer.producerId), producerEpoch: answer.producerEpoch, sequences: new Map() };
    });
    this.#identity.catch(() => {
      this.#identity = undefined;
    });
    return this.#identity;
  }
}

function retry<T>({ cluster }: Client, run: () => Promise<T>, timeoutMs?: number): Promise<T> {
  const attempt = (done: Callback<T>): void => {
    run().then(
      (value) => done(undefined, value),
      (error: unknown) => done(error as Error, undefined),
    );
  };
  return promised((done) => cluster.retry(attempt, done, timeoutMs));
}
