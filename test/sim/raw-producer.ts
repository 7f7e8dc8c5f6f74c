/**
 * An idempotent producer that leaves out what a careful one does: it keeps five batches under way on one connection,
 * sends all of them again, in order, after any failure, and begins its sequence numbers where it likes (near their end,
 * at times). A broker that has lost nothing must take each of them, or know it.
 *
 * At times it sends a batch twice at once, by two connections, and believes whichever answer comes first: on one, an
 * answer that came too soon would wait for its turn behind the first attempt's.
 */
import { type BrokerConnection, type Client, KafkaError, UnreachableError } from '@skerry/client';
import type { SeededRandom } from '@skerry/testkit';
import {
  BatchBuilder,
  errorName,
  initProducerIdRequest,
  initProducerIdResponse,
  type ProduceResponse,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import { type RawProducerPlan, type TopicPlan, topicOf } from './plan.ts';
import type { Scene } from './scene.ts';
import { encodeValue } from './values.ts';

const window = 5;
const sequenceEnd = 2 ** 31;
/** Versions up to this name topics by name. */
const versionMax = 12;

interface Batch {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Its twin was acknowledged. */
  twinTold: boolean;
}

export class RawProducer {
  readonly #scene: Scene;
  readonly #plan: RawProducerPlan;
  readonly #topic: TopicPlan;
  readonly #client: Client;
  readonly #otherClient: Client;
  /** Batches under way by the other connection. */
  readonly #twins = new Set<Promise<void>>();
  readonly #random: SeededRandom;
  readonly #problem: (text: string) => void;
  /** In order, the first not yet answered. */
  #batches: Batch[] = [];
  #connection: BrokerConnection | undefined;
  #producerId = -1;
  #sequence = 0;
  /** Nothing was answered since the connection was opened: one batch at a time, so that the answer is about it. */
  #careful = true;
  /** The broker has told that it knows this producer id in this partition: from there on sequence numbers count. */
  #known = false;

  constructor(scene: Scene, plan: RawProducerPlan, problem: (text: string) => void) {
    const { client, random } = scene.client(plan.name);
    this.#scene = scene;
    this.#plan = plan;
    this.#topic = topicOf(scene.plan, plan.topic);
    this.#client = client;
    this.#otherClient = scene.client(`${plan.name}-other`).client;
    this.#random = random;
    this.#problem = problem;
  }

  async run(): Promise<void> {
    const sendingUntil = (): boolean => !this.#scene.closing;
    let failures = 0;
    while (sendingUntil() || this.#batches.length > 0) {
      if (!sendingUntil() && this.#scene.isDamaged(`${this.#plan.topic}/${this.#plan.partition}`)) return;
      try {
        await this.#session(sendingUntil);
      } catch (error) {
        this.#scene.failed(error, this.#plan.name);
        this.#connection?.close();
        this.#connection = undefined;
        failures = this.#careful ? failures + 1 : 0;
        this.#careful = true;
        // A partition may be out of order for long.
        await this.#scene.pause(50 + this.#random.below(Math.min(300 * 2 ** failures, 5000)));
      }
    }
    await Promise.all(this.#twins);
  }

  /** Until something fails: sends what is due, several at once. */
  async #session(sending: () => boolean): Promise<void> {
    const connection = await this.#connect();
    if (this.#producerId < 0) await this.#identify(connection);
    // What lies before a batch that was acknowledged is safe as well.
    this.#batches.splice(0, this.#batches.findLastIndex(({ twinTold }) => twinTold) + 1);
    const flying: Promise<void>[] = [];
    let sent = 0;
    while (sending() || this.#batches.length > 0) {
      const more = this.#random.below(window + 1);
      while (sending() && this.#batches.length < more) this.#add();
      const room = this.#careful ? 1 : window;
      for (; sent < Math.min(this.#batches.length, room); sent++) {
        const batch = this.#batches[sent] as Batch;
        flying.push(this.#send(connection, batch));
        if (this.#known && !this.#careful && this.#random.chance(this.#plan.twins)) this.#sendTwin(batch);
      }
      // Now and then all are waited for, and mostly none: what breaks then breaks several.
      while (flying.length > 0 && (flying.length === room || this.#random.chance(0.4))) {
        await flying.shift();
        sent--;
        this.#batches.shift();
        this.#careful = false;
        this.#known = true;
        if (room === 1) break;
      }
      await this.#scene.rest(this.#random.fraction() * 2 * this.#plan.pauseMs);
    }
    this.#connection?.close();
  }

  #add(): void {
    const { name: process, topic, partition } = this.#plan;
    const values = Array.from({ length: this.#random.between(1, 3) }, () => this.#scene.newValue());
    const id = this.#scene.newId();
    const builder = new BatchBuilder({
      producerId: this.#producerId,
      producerEpoch: 0,
      baseSequence: this.#sequence,
    });
    for (const value of values) {
      const timestamp = this.#scene.world.clock.wallMs() - this.#random.below(this.#plan.behindMsMax + 1);
      builder.append({ timestamp, value: encodeValue(value, 20) });
    }
    this.#batches.push({ id, bytes: builder.build(), twinTold: false });
    this.#sequence = (this.#sequence + values.length) % sequenceEnd;
    const event = { kind: 'send', id, process, partition: `${topic}/${partition}`, values, acks: 'all' } as const;
    this.#scene.note({ ...event, once: true, atMs: this.#scene.nowMs }, 'produce', process, id, values.length);
  }

  #request(connection: BrokerConnection, { bytes }: Batch): Promise<ProduceResponse> {
    const { topic, partition } = this.#plan;
    const topicData = [{ name: topic, partitionData: [{ index: partition, records: bytes.slice() }] }];
    const input = { acks: -1, timeoutMs: 5000, topicData };
    return connection.request(produceRequest, produceResponse, input, { versionMax });
  }

  #send(connection: BrokerConnection, batch: Batch): Promise<void> {
    const sending = this.#answered(this.#request(connection, batch), batch.id, this.#careful);
    // Those behind one that fails are not waited for.
    sending.catch(() => undefined);
    return sending;
  }

  #sendTwin(batch: Batch): void {
    const twin = this.#twin(batch).catch((error: unknown) => this.#scene.failed(error, this.#plan.name));
    this.#twins.add(twin);
    void twin.then(() => this.#twins.delete(twin));
  }

  /** Comes before the first attempt, or after it, or among those behind it: refused if it is out of its turn. */
  async #twin(batch: Batch): Promise<void> {
    const { responses } = await this.#request(await this.#otherClient.any(), batch);
    this.#scene.operations++;
    const { errorCode = -1, baseOffset: offset = -1 } = responses[0]?.partitionResponses[0] ?? {};
    if (errorCode !== 0) return;
    batch.twinTold = true;
    const told = offset >= 0 ? { offset } : {};
    const event = { kind: 'sent', id: batch.id, ...told, atMs: this.#scene.nowMs } as const;
    this.#scene.note(event, 'produced twin', this.#plan.name, batch.id, offset);
  }

  async #answered(asking: Promise<ProduceResponse>, id: number, alone: boolean): Promise<void> {
    const { responses } = await asking;
    const answer = responses[0]?.partitionResponses[0];
    const code = errorName(answer?.errorCode ?? -1);
    if (code !== 'NONE' && code !== 'DUPLICATE_SEQUENCE_NUMBER') this.#refused(code, alone);
    const offset = answer?.baseOffset ?? -1;
    const told = code === 'NONE' && offset >= 0 ? { offset } : {};
    this.#scene.note({ kind: 'sent', id, ...told, atMs: this.#scene.nowMs }, 'produced', this.#plan.name, id, offset);
    this.#scene.operations++;
  }

  #refused(code: ReturnType<typeof errorName>, alone: boolean): never {
    const outOfOrder = code === 'OUT_OF_ORDER_SEQUENCE_NUMBER';
    if (outOfOrder && alone) {
      const place = `${this.#plan.topic}/${this.#plan.partition}`;
      if (this.#topic.durability === 'power-loss' && !this.#scene.isDamaged(place)) {
        this.#problem(
          `out of order: ${this.#plan.name}'s next batch was refused, though nothing before it may be lost`,
        );
      }
      this.#batches = [];
      this.#producerId = -1;
      this.#known = false;
    }
    throw new KafkaError(code, `produce to ${this.#plan.topic}`);
  }

  async #connect(): Promise<BrokerConnection> {
    return new Promise((resolve, reject) => {
      this.#client.cluster.any((error, connection) => {
        if (error !== undefined) return reject(error);
        this.#connection = connection;
        resolve(connection);
      });
    });
  }

  async #identify(connection: BrokerConnection): Promise<void> {
    const input = { transactionalId: null, transactionTimeoutMs: 60_000 };
    const answer = await connection.request(initProducerIdRequest, initProducerIdResponse, input, { versionMax: 5 });
    if (answer.errorCode !== 0) throw new UnreachableError(`a producer id: ${errorName(answer.errorCode)}`);
    this.#producerId = Number(answer.producerId);
    this.#sequence = this.#plan.firstSequence;
  }
}
