/**
 * Sends records, a batch for each call; batches for one partition are kept in the order of the calls.
 *
 * With `idempotent` a batch that is sent again is kept once (KIP-98): see {@link ProducerLane}. A batch given up on may
 * have been kept or not.
 */
import { assert } from '@skerry/base';
import { type CodecName, errorName, initProducerIdRequest, initProducerIdResponse, type NewRecord } from '@skerry/wire';
import { type Callback, promised } from './callback.ts';
import type { Client } from './client.ts';
import type { Cluster } from './cluster.ts';
import { KafkaError } from './errors.ts';
import { partitionOf } from './partitioner.ts';
import { type LaneOptions, ProducerLane } from './producer-lane.ts';
import type { Identify, ProducerIdentity } from './producer-numbers.ts';
import type { TopicInfo } from './topic-info.ts';

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
  /** Told of each failure after which it is tried again. */
  readonly onRetry?: (error: Error) => void;
}

/** Where a batch has gone. */
export interface Sent {
  readonly partition: number;
  /** The first record's; undefined with acks `none`, and for a batch the broker has had for long. */
  readonly offset: number | undefined;
}

const timeoutMsDefault = 30_000;
const deliveryTimeoutMsDefault = 120_000;
/** Version 6 is not final yet (KIP-939). */
const initVersionMax = 5;

export class Producer {
  readonly #cluster: Cluster;
  readonly #lane: LaneOptions;
  readonly #isIdempotent: boolean;
  readonly #lanes = new Map<string, ProducerLane[]>();
  /** What goes on once the partitions of a topic are known, in order. */
  readonly #undecided = new Map<string, ((error: Error | undefined, info?: TopicInfo) => void)[]>();
  #identity: ProducerIdentity | undefined;
  /** Who waits for the identity that is being asked for. */
  #identifying: Callback<ProducerIdentity>[] | undefined;
  #turn = 0;
  /** Batches that are neither kept nor failed. */
  #due = 0;
  #flushed: (() => void)[] = [];

  constructor({ cluster }: Client, options: ProducerOptions = {}) {
    const { acks = 'all', idempotent = false, compression = 'none' } = options;
    const { timeoutMs = timeoutMsDefault, deliveryTimeoutMs = deliveryTimeoutMsDefault, onRetry } = options;
    assert(!idempotent || acks === 'all', 'an idempotent producer needs acks "all"');
    this.#cluster = cluster;
    this.#isIdempotent = idempotent;
    const wanted = acks === 'all' ? -1 : acks === 'leader' ? 1 : 0;
    this.#lane = { acks: wanted, compression, timeoutMs, deliveryTimeoutMs, onRetry };
  }

  /**
   * Sends `records` as one batch and calls back when it is kept as `acks` asks. Without a partition the first record's
   * key decides, as in Java's producer; without a key, partitions take turns. `records` are lent until then.
   */
  submit(topic: string, records: readonly NewRecord[], partition: number | undefined, done: Callback<Sent>): void {
    assert(records.length > 0, 'a batch has a record');
    this.#due++;
    const settle: Callback<Sent> = (...result) => {
      done(...result);
      this.#settled();
    };
    if (partition !== undefined) return this.#add(topic, records, partition, settle);
    const key = records[0]?.key;
    this.#decide(topic, (error, info) => {
      if (info !== undefined) this.#add(topic, records, this.#choose(key, info), settle);
      else settle(error ?? new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', topic), undefined);
    });
  }

  /** The same as a promise. */
  send(topic: string, records: readonly NewRecord[], partition?: number): Promise<Sent> {
    return promised((done) => this.submit(topic, records, partition, done));
  }

  /** Waits for what is under way. The client stays open. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#due === 0) resolve();
      else this.#flushed.push(resolve);
    });
  }

  #settled(): void {
    if (--this.#due > 0) return;
    const flushed = this.#flushed;
    this.#flushed = [];
    for (const done of flushed) done();
  }

  #add(topic: string, records: readonly NewRecord[], partition: number, done: Callback<Sent>): void {
    this.#laneOf(topic, partition).add(records, (error, offset) => {
      if (error === undefined) done(undefined, { partition, offset });
      else done(error, undefined);
    });
  }

  #laneOf(topic: string, partition: number): ProducerLane {
    let lanes = this.#lanes.get(topic);
    if (lanes === undefined) {
      lanes = [];
      this.#lanes.set(topic, lanes);
    }
    const known = lanes[partition];
    if (known !== undefined) return known;
    const identify: Identify = (worn, done) => this.#identify(worn, done);
    const own = this.#isIdempotent ? identify : undefined;
    const lane = new ProducerLane(this.#cluster, topic, partition, this.#lane, own);
    lanes[partition] = lane;
    return lane;
  }

  #decide(topic: string, run: (error: Error | undefined, info?: TopicInfo) => void): void {
    const waiting = this.#undecided.get(topic);
    if (waiting !== undefined) {
      waiting.push(run);
      return;
    }
    const known = this.#cluster.known(topic);
    if (known !== undefined) return run(undefined, known);
    const all = [run];
    this.#undecided.set(topic, all);
    this.#cluster.retry<TopicInfo>(
      (tried) =>
        this.#cluster.topic(topic, true, (...result) => {
          if (result[0] !== undefined) this.#lane.onRetry?.(result[0]);
          tried(...result);
        }),
      (error, info) => {
        this.#undecided.delete(topic);
        for (const each of all) each(error, info);
      },
      this.#lane.deliveryTimeoutMs,
    );
  }

  #choose(key: Uint8Array | null | undefined, { partitions }: TopicInfo): number {
    if (key !== null && key !== undefined) return partitionOf(key, partitions.length);
    // Those without a leader are left out, as Java's producer does.
    const led = partitions.filter(({ leader }) => leader >= 0);
    const able = led.length > 0 ? led : partitions;
    return able[this.#turn++ % able.length]?.partition ?? 0;
  }

  #identify(worn: ProducerIdentity | undefined, done: Callback<ProducerIdentity>): void {
    if (worn !== undefined && this.#identity?.producerId === worn.producerId) this.#identity = undefined;
    if (this.#identity !== undefined) return done(undefined, this.#identity);
    if (this.#identifying !== undefined) {
      this.#identifying.push(done);
      return;
    }
    const waiting = [done];
    this.#identifying = waiting;
    this.#askIdentity((...result) => {
      this.#identifying = undefined;
      this.#identity = result[1];
      for (const each of waiting) each(...result);
    });
  }

  #askIdentity(done: Callback<ProducerIdentity>): void {
    const input = { transactionalId: null, transactionTimeoutMs: 2 ** 31 - 1 };
    const version = { versionMax: initVersionMax };
    this.#cluster.any((unreachable, connection) => {
      if (unreachable !== undefined) return done(unreachable, undefined);
      connection.ask(initProducerIdRequest, initProducerIdResponse, input, version, (error, answer) => {
        if (error !== undefined) return done(error, undefined);
        const { errorCode, producerId, producerEpoch } = answer;
        if (errorCode !== 0) return done(new KafkaError(errorName(errorCode), 'a producer id'), undefined);
        done(undefined, { producerId: Number(producerId), producerEpoch });
      });
    });
  }
}
