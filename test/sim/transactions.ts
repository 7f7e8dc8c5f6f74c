/**
 * Transactional producers, and what must hold of them at the end: a committed transaction is there whole, with the
 * offset of its group, and once; of an aborted one nothing is read; of one whose answer was lost all or nothing.
 *
 * Each transactional id has one incarnation after the other. One that gives up, as a client does after an error it does
 * not understand, may live on as a zombie: it goes on with its transaction beside its successor.
 */
import { Offset } from '@skerry/base';
import { type BrokerConnection, KafkaError } from '@skerry/client';
import type { SeededRandom } from '@skerry/testkit';
import {
  addOffsetsToTxnRequest,
  addOffsetsToTxnResponse,
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  BatchBuilder,
  type ErrorName,
  endTxnRequest,
  endTxnResponse,
  errorName,
  initProducerIdRequest,
  initProducerIdResponse,
  produceRequest,
  produceResponse,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
} from '@skerry/wire';
import type { TransactionPlan } from './plan.ts';
import type { Scene } from './scene.ts';
import { encodeValue } from './values.ts';

/** The topic of all transactions, and what the time-out of each is. */
export const transactionTopic = 'tx';
export const transactionPartitions = 2;
export const transactionTimeoutMs = 6000;

/** What became of a transaction: `open` as long as nobody has asked for its end; then it can only be aborted. */
type Fate = 'open' | 'asked' | 'committed' | 'aborted';

export interface Transaction {
  readonly id: string;
  /** In the order in which its id began them. */
  readonly number: number;
  /** Values that were acknowledged, by partition, and such as may be there. */
  readonly kept: { readonly partition: number; readonly value: number }[];
  readonly tried: number[];
  /** What its group has once it is committed; undefined if it commits no offset. */
  offset: number | undefined;
  fate: Fate;
}

interface Owner {
  readonly producerId: bigint;
  epoch: number;
}

export class TransactionalProducer {
  readonly name: string;
  readonly transactions: Transaction[] = [];
  readonly #scene: Scene;
  readonly #plan: TransactionPlan;
  readonly #random: SeededRandom;
  readonly #connect: () => Promise<BrokerConnection>;
  readonly #zombies = new Set<Promise<void>>();

  constructor(scene: Scene, plan: TransactionPlan) {
    const { client, random } = scene.client(plan.name);
    this.name = plan.name;
    this.#scene = scene;
    this.#plan = plan;
    this.#random = random;
    this.#connect = () => client.any();
  }

  get group(): string {
    return `group of ${this.name}`;
  }

  async run(): Promise<void> {
    while (!this.#scene.closing) {
      const owner = await this.#begin();
      if (owner === undefined) continue;
      const life = this.#live(owner);
      if (!this.#random.chance(this.#plan.zombies)) {
        await life;
        continue;
      }
      // It is taken for dead, and is not.
      const zombie = life.finally(() => this.#zombies.delete(zombie));
      this.#zombies.add(zombie);
      await this.#scene.rest(this.#random.fraction() * 4 * this.#plan.pauseMs);
    }
    await Promise.all(this.#zombies);
  }

  /** Takes the id over; undefined if that did not work this time. */
  async #begin(): Promise<Owner | undefined> {
    try {
      const connection = await this.#connect();
      const asked = { transactionalId: this.name, transactionTimeoutMs };
      const answer = await connection.request(initProducerIdRequest, initProducerIdResponse, asked, { versionMax: 5 });
      this.#check(answer.errorCode, 'init');
      return { producerId: answer.producerId, epoch: answer.producerEpoch };
    } catch (error) {
      this.#scene.failed(error, this.name);
      await this.#scene.pause(20 + this.#random.below(200));
      return undefined;
    }
  }

  /** One transaction after the other, until something goes wrong. */
  async #live(owner: Owner): Promise<void> {
    const sequences = new Map<number, number>();
    try {
      while (!this.#scene.closing) {
        await this.#transact(owner, sequences);
        if (this.#plan.version === 2) sequences.clear();
        this.#scene.operations++;
        await this.#scene.rest(this.#random.fraction() * 2 * this.#plan.pauseMs);
      }
    } catch (error) {
      this.#scene.failed(error, this.name);
    }
  }

  async #transact(owner: Owner, sequences: Map<number, number>): Promise<void> {
    const number = this.transactions.length;
    const transaction: Transaction = { id: this.name, number, kept: [], tried: [], offset: undefined, fate: 'open' };
    this.transactions.push(transaction);
    const connection = await this.#connect();
    for (let i = this.#random.between(1, 3); i > 0; i--) await this.#write(connection, owner, transaction, sequences);
    if (this.#random.chance(0.5)) await this.#commitOffset(connection, owner, transaction);
    if (this.#random.chance(0.1)) await this.#scene.pause(this.#random.below(2 * transactionTimeoutMs));
    await this.#end(owner, transaction, this.#random.chance(0.75));
  }

  async #write(
    connection: BrokerConnection,
    owner: Owner,
    transaction: Transaction,
    sequences: Map<number, number>,
  ): Promise<void> {
    const partition = this.#random.below(transactionPartitions);
    const { producerId, epoch } = owner;
    if (this.#plan.version === 1) await this.#addPartition(connection, owner, partition);
    const value = this.#scene.newValue();
    const sequence = sequences.get(partition) ?? 0;
    sequences.set(partition, sequence + 1);
    const options = {
      producerId: Number(producerId),
      producerEpoch: epoch,
      baseSequence: sequence,
      transactional: true,
    };
    const builder = new BatchBuilder(options);
    builder.append({ timestamp: this.#scene.world.clock.wallMs(), value: encodeValue(value, 20) });
    transaction.tried.push(value);
    const topicData = [{ name: transactionTopic, partitionData: [{ index: partition, records: builder.build() }] }];
    const asked = { transactionalId: this.name, acks: -1, timeoutMs: 5000, topicData };
    const versionMax = this.#plan.version === 1 ? 11 : 12;
    const { responses } = await connection.request(produceRequest, produceResponse, asked, { versionMax });
    this.#check(responses[0]?.partitionResponses[0]?.errorCode ?? -1, 'produce');
    transaction.kept.push({ partition, value });
    this.#scene.world.trace.note('transactional', this.name, transaction.number, value);
  }

  async #addPartition(connection: BrokerConnection, { producerId, epoch }: Owner, partition: number): Promise<void> {
    const asked = {
      v3AndBelowTransactionalId: this.name,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: epoch,
      v3AndBelowTopics: [{ name: transactionTopic, partitions: [partition] }],
    };
    const options = { versionMax: 3 };
    const answer = await connection.request(addPartitionsToTxnRequest, addPartitionsToTxnResponse, asked, options);
    this.#check(answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode ?? -1, 'add');
  }

  async #commitOffset(connection: BrokerConnection, owner: Owner, transaction: Transaction): Promise<void> {
    const shared = { transactionalId: this.name, producerId: owner.producerId, producerEpoch: owner.epoch };
    const group = { ...shared, groupId: this.group };
    if (this.#plan.version === 1) {
      const { errorCode } = await connection.request(addOffsetsToTxnRequest, addOffsetsToTxnResponse, group);
      this.#check(errorCode, 'add offsets');
    }
    const committedOffset = Offset(transaction.number);
    const partitions = [{ partitionIndex: 0, committedOffset, committedMetadata: '' }];
    const asked = { ...group, topics: [{ name: transactionTopic, partitions }] };
    const options = { versionMax: this.#plan.version === 1 ? 3 : 5 };
    const answer = await connection.request(txnOffsetCommitRequest, txnOffsetCommitResponse, asked, options);
    this.#check(answer.topics[0]?.partitions[0]?.errorCode ?? -1, 'commit offset');
    transaction.offset = committedOffset;
  }

  /** Ends it; asks again if the answer is lost, as clients do. */
  async #end(owner: Owner, transaction: Transaction, committed: boolean): Promise<void> {
    const { producerId, epoch } = owner;
    const asked = { transactionalId: this.name, producerId, producerEpoch: epoch, committed };
    const options = { versionMax: this.#plan.version === 1 ? 4 : 5 };
    if (committed) transaction.fate = 'asked';
    for (let tries = 0; ; tries++) {
      try {
        const connection = await this.#connect();
        const answer = await connection.request(endTxnRequest, endTxnResponse, asked, options);
        this.#check(answer.errorCode, 'end');
        transaction.fate = committed ? 'committed' : 'aborted';
        this.#scene.world.trace.note(transaction.fate, this.name, transaction.number, epoch);
        if (this.#plan.version === 2) owner.epoch = answer.producerEpoch;
        return;
      } catch (error) {
        const isUnknown = !(error instanceof KafkaError) || error.code === 'CONCURRENT_TRANSACTIONS';
        if (!isUnknown || tries === 3) throw error;
        this.#scene.failed(error, this.name);
        await this.#scene.pause(100);
      }
    }
  }

  #check(code: number, what: string): void {
    const name: ErrorName = errorName(code);
    if (name !== 'NONE') throw new KafkaError(name, what);
  }
}
