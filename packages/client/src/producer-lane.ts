/**
 * The batches of one producer for one partition: sent in the order they were given, each until it is kept, refused,
 * or given up after the delivery time-out.
 *
 * With an identity (KIP-98) up to five are under way, all on one connection; the first of an epoch goes alone, and so
 * does the first after a failure, since a broker that knows nothing of us takes any first sequence. After a failure all
 * that are under way are waited for, then sent again in order under the numbers they had, so that the broker knows each
 * for what it is. Without an identity one is under way at a time.
 *
 * Numbers are given anew, from 0 under the next epoch (KIP-360), when the broker does not know how to go on from the
 * last batch it kept, or when one was refused or given up and leaves a gap. That waits until no batch is in doubt: one
 * that may be kept under its old number must not be sent under another. A batch given up while later ones are in doubt
 * is sent on their behalf, though nobody waits for it any more; the next epoch shuts out what is left of it.
 */
import type { Timer } from '@skerry/base';
import {
  BatchBuilder,
  type CodecName,
  errorName,
  errors,
  type NewRecord,
  type ProduceResponse,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import type { Callback } from './callback.ts';
import type { Cluster } from './cluster.ts';
import type { BrokerConnection } from './connection.ts';
import { isRetriable, KafkaError, UnreachableError } from './errors.ts';
import { type Batch, type Identify, type ProducerIdentity, ProducerNumbers } from './producer-numbers.ts';
import { byIdOrName, type TopicInfo } from './topic-info.ts';

export interface LaneOptions {
  readonly acks: -1 | 0 | 1;
  readonly compression: CodecName;
  /** How long the broker may wait for its replicas. */
  readonly timeoutMs: number;
  readonly deliveryTimeoutMs: number;
  readonly onRetry: ((error: Error) => void) | undefined;
}

interface Target {
  readonly info: TopicInfo;
  readonly connection: BrokerConnection;
}

export class ProducerLane {
  readonly #cluster: Cluster;
  readonly #topic: string;
  readonly #partition: number;
  readonly #options: LaneOptions;
  readonly #identify: Identify | undefined;
  readonly #queue: Batch[] = [];
  readonly #numbers = new ProducerNumbers();
  #flying = 0;
  /** What flies, flies on it. */
  #connection: BrokerConnection | undefined;
  /** One failed: the rest is waited for, and then the pause. */
  #isRetrying = false;
  #pause: Timer | undefined;
  /** A look-up is under way, which will call {@link ProducerLane.#pump}. */
  #isAsking = false;
  #failures = 0;
  #lastError: Error | undefined;
  #watchDueMs = Infinity;
  #watch: Timer | undefined;

  /** Without `identify` batches carry no identity. */
  constructor(cluster: Cluster, topic: string, partition: number, options: LaneOptions, identify?: Identify) {
    this.#cluster = cluster;
    this.#topic = topic;
    this.#partition = partition;
    this.#options = options;
    this.#identify = identify;
  }

  /** Takes a batch; tells its offset, undefined where the broker does not. `records` are lent until then. */
  add(records: readonly NewRecord[], done: Callback<number | undefined>): void {
    const { clock } = this.#cluster.world;
    const deadlineMs = clock.monotonicMs() + this.#options.deliveryTimeoutMs;
    this.#queue.push({
      records,
      timestamp: clock.wallMs(),
      deadlineMs,
      done,
      ordinal: -1,
      sequence: -1,
      bytes: undefined,
      builder: undefined,
      isFlying: false,
      isInDoubt: false,
    });
    this.#watchUntil(deadlineMs);
    this.#pump();
  }

  /** Sends what may be sent now. */
  #pump(): void {
    if (this.#pause !== undefined || this.#isRetrying || this.#isAsking || this.#queue.length === 0) return;
    if (this.#flying === 0) this.#numbers.renumberIfClear(this.#queue);
    const target = this.#target();
    if (target === undefined || (this.#flying > 0 && target.connection !== this.#connection)) return;
    this.#connection = target.connection;
    this.#sendAll(target);
  }

  #sendAll(target: Target): void {
    for (const batch of this.#queue) {
      // What is not in doubt waits for its new number.
      if (batch.isFlying || (this.#numbers.mustRenumber && !batch.isInDoubt)) continue;
      if (!this.#numbers.isWithinWindow(this.#queue, batch)) return;
      if (batch.bytes === undefined) this.#build(batch);
      if (batch.bytes === undefined) return;
      this.#send(batch, batch.bytes, target);
    }
  }

  /** Where batches go. What is missing for that is asked for, and then pumped again. */
  #target(): Target | undefined {
    if (this.#identify !== undefined && this.#numbers.identity === undefined) {
      this.#getIdentity(this.#identify);
      return undefined;
    }
    const info = this.#cluster.known(this.#topic);
    const leader = info?.partitions[this.#partition]?.leader;
    const connection = leader === undefined ? undefined : this.#cluster.connected(leader);
    if (info === undefined) this.#getTopic();
    else if (leader === undefined) this.#refuseAll(info);
    else if (leader < 0) this.#retry(new KafkaError('LEADER_NOT_AVAILABLE', `${this.#topic}/${this.#partition}`));
    else if (connection === undefined) this.#getConnection(leader);
    else return { info, connection };
    return undefined;
  }

  #getIdentity(identify: Identify): void {
    this.#ask<ProducerIdentity>(
      (done) => identify(this.#numbers.worn, done),
      (identity) => {
        this.#numbers.identity = identity;
      },
    );
  }

  #getTopic(): void {
    this.#ask(
      (done) => this.#cluster.topic(this.#topic, true, done),
      () => {},
    );
  }

  #getConnection(leader: number): void {
    this.#ask(
      (done) => this.#cluster.broker(leader, done),
      () => {},
    );
  }

  #ask<T>(run: (done: Callback<T>) => void, take: (found: T) => void): void {
    this.#isAsking = true;
    run((error, found) => {
      this.#isAsking = false;
      if (error === undefined) {
        take(found);
        this.#pump();
      } else if (isRetriable(error)) this.#retry(error);
      else this.#failAll(error);
    });
  }

  #build(batch: Batch): void {
    if (batch.builder !== undefined) return;
    const builder = new BatchBuilder(this.#numbers.give(batch));
    batch.builder = builder;
    for (const record of batch.records) builder.append({ timestamp: batch.timestamp, ...record });
    const { compression } = this.#options;
    let isSync = true;
    builder.compress(compression, this.#cluster.world.compute, (error, bytes) => {
      // Numbered anew meanwhile: these bytes bear the old number.
      if (batch.builder !== builder) return;
      batch.builder = undefined;
      batch.bytes = bytes;
      if (bytes === undefined) this.#refuse(batch, error ?? new Error('no batch was built'));
      if (!isSync) this.#pump();
      else if (bytes === undefined) this.#cluster.world.clock.soon(() => this.#pump());
    });
    isSync = false;
  }

  #send(batch: Batch, records: Uint8Array, { info, connection }: Target): void {
    const { acks, timeoutMs } = this.#options;
    batch.isFlying = true;
    batch.isInDoubt = true;
    this.#flying++;
    const partitionData = [{ index: this.#partition, records }];
    const input = { acks, timeoutMs, topicData: [{ name: info.name, topicId: info.topicId, partitionData }] };
    const version = byIdOrName(info);
    if (acks !== 0) {
      const options = { ...version, extraMs: timeoutMs };
      connection.ask(produceRequest, produceResponse, input, options, (error, answer) => {
        this.#landed(batch);
        if (error !== undefined) this.#unanswered(batch, error);
        else this.#answered(batch, answer);
        this.#goOn();
      });
    } else {
      connection.tell(produceRequest, input, version, (...[error]) => {
        this.#landed(batch);
        if (error === undefined) this.#kept(batch, undefined);
        else this.#unanswered(batch, error);
        this.#goOn();
      });
    }
  }

  #landed(batch: Batch): void {
    batch.isFlying = false;
    this.#flying--;
  }

  #unanswered(batch: Batch, error: Error): void {
    if (isRetriable(error)) this.#tryAgain(error);
    else this.#giveUp(batch, error);
  }

  #answered(batch: Batch, { responses }: ProduceResponse): void {
    const answer = responses[0]?.partitionResponses[0];
    const what = `produce to ${this.#topic}/${this.#partition}`;
    if (answer === undefined)
      return this.#tryAgain(new UnreachableError(`${what}: the broker answered for no partition`));
    const { errorCode } = answer;
    if (errorCode === 0) return this.#kept(batch, answer.baseOffset);
    // It has had the batch, too long ago to remember where.
    if (errorCode === errors.DUPLICATE_SEQUENCE_NUMBER.code) return this.#kept(batch, undefined);
    const message = answer.recordErrors[0]?.batchIndexErrorMessage ?? answer.errorMessage;
    const error = new KafkaError(errorName(errorCode), what, message);
    if (error.retriable) return this.#tryAgain(error);
    batch.isInDoubt = false;
    const isOutOfOrder = error.code === 'OUT_OF_ORDER_SEQUENCE_NUMBER' || error.code === 'UNKNOWN_PRODUCER_ID';
    if (!isOutOfOrder || batch.sequence < 0 || batch.done === undefined) return this.#refuse(batch, error);
    // Behind one that is to be sent again that is no wonder. Of the first it says that the broker's memory is another.
    if (this.#queue[0] === batch) this.#numbers.mustRenumber = true;
    this.#tryAgain(error);
  }

  #kept(batch: Batch, offset: number | undefined): void {
    this.#failures = 0;
    this.#lastError = undefined;
    this.#numbers.isKnown = this.#numbers.identity !== undefined;
    this.#remove(batch);
    const { done } = batch;
    batch.done = undefined;
    done?.(undefined, offset);
  }

  /** The batch is not kept, and will not be. */
  #refuse(batch: Batch, error: Error): void {
    this.#remove(batch);
    this.#numbers.skip(batch);
    if (error instanceof KafkaError && error.code === 'INVALID_PRODUCER_EPOCH')
      this.#numbers.worn = this.#numbers.identity;
    this.#tell(batch, error);
  }

  /** Whether the batch is kept will not be known. */
  #giveUp(batch: Batch, error: Error): void {
    if (!batch.isInDoubt) {
      this.#remove(batch);
      this.#numbers.skip(batch);
    }
    this.#tell(batch, error);
  }

  #tell(batch: Batch, error: Error): void {
    const { done } = batch;
    batch.done = undefined;
    done?.(error, undefined);
  }

  #remove(batch: Batch): void {
    const at = this.#queue.indexOf(batch);
    if (at === 0) this.#queue.shift();
    else if (at > 0) this.#queue.splice(at, 1);
    if (this.#queue.length > 0) return;
    // Nothing is waited for: a timer would keep the process from its end.
    this.#watch?.cancel();
    this.#watchDueMs = Infinity;
  }

  #tryAgain(error: Error): void {
    this.#lastError = error;
    this.#isRetrying = true;
    this.#numbers.isKnown = false;
    if (isRetriable(error)) this.#cluster.forget(this.#topic);
    this.#options.onRetry?.(error);
  }

  #retry(error: Error): void {
    this.#tryAgain(error);
    this.#goOn();
  }

  /** After an answer, or the lack of one. */
  #goOn(): void {
    if (this.#flying === 0) this.#dropGivenUp();
    if (!this.#isRetrying) return this.#pump();
    if (this.#flying > 0 || this.#pause !== undefined) return;
    if (this.#cluster.isClosed) return this.#failAll(this.#lastError ?? new UnreachableError('closed by us'));
    this.#pause = this.#cluster.world.clock.after(this.#cluster.pauseMs(this.#failures++), () => {
      this.#pause = undefined;
      this.#isRetrying = false;
      this.#pump();
    });
  }

  /** Batches given up go once none that somebody waits for is in doubt: the next epoch shuts them out. */
  #dropGivenUp(): void {
    if (this.#queue.some(({ done, isInDoubt }) => isInDoubt && done !== undefined)) return;
    for (const batch of this.#queue.filter(({ done }) => done === undefined)) {
      this.#remove(batch);
      this.#numbers.skip(batch);
    }
  }

  #refuseAll({ name, partitions }: TopicInfo): void {
    const why = `${name} has ${partitions.length} partitions, so none is ${this.#partition}`;
    this.#failAll(new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', why));
  }

  #failAll(error: Error): void {
    this.#isRetrying = false;
    for (const batch of this.#queue.slice()) this.#giveUp(batch, error);
    if (this.#flying === 0) this.#dropGivenUp();
  }

  /** Sees to it that somebody looks at `dueMs`, or before. */
  #watchUntil(dueMs: number): void {
    if (this.#watchDueMs <= dueMs) return;
    const { clock } = this.#cluster.world;
    this.#watch?.cancel();
    this.#watchDueMs = dueMs;
    this.#watch = clock.after(dueMs - clock.monotonicMs(), () => this.#look());
  }

  #look(): void {
    this.#watchDueMs = Infinity;
    const now = this.#cluster.world.clock.monotonicMs();
    const late = this.#queue.filter(({ done, deadlineMs }) => done !== undefined && deadlineMs <= now);
    const text = `produce to ${this.#topic}/${this.#partition}: not kept within ${this.#options.deliveryTimeoutMs} ms`;
    for (const batch of late) this.#giveUp(batch, this.#lastError ?? new UnreachableError(text));
    // The oldest that is left is the next to be late: all have the same time.
    const next = this.#queue.find(({ done }) => done !== undefined);
    if (next !== undefined) this.#watchUntil(next.deadlineMs);
    if (late.length > 0) this.#goOn();
  }
}
