/**
 * Reads a broker's partitions as bytes: stock clients check less. Every batch must be whole, follow the one before, and
 * match its CRC.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Offset, utf8Decode } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { decodeAnswer, frameOf } from '@skerry/testkit';
import {
  batchBaseOffset,
  batchCrcIsValid,
  batchLastOffset,
  batchLength,
  batchShapeFault,
  errorName,
  fetchRequest,
  fetchResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  type Message,
  records,
} from '@skerry/wire';

const compute = nodeCompute({ inline: true });
const fetchBytes = 1024 * 1024;
const answerMsMax = 120_000;

/** What a partition turned out to hold. */
export interface PartitionContent {
  readonly start: number;
  readonly end: number;
  readonly records: readonly { readonly offset: number; readonly value: string }[];
  /** Why reading ended before the end: an error that the broker told. */
  readonly refused?: string;
  /** What was served and must not have been. */
  readonly damage?: string;
}

export class RawReader {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { take(answer: Uint8Array): void; fail(error: Error): void } | undefined;
  #closed: Error | undefined;
  readonly #readableMsMax: number;
  #deadline: number | undefined;

  private constructor(socket: Socket, readableMsMax: number) {
    this.#socket = socket;
    this.#readableMsMax = readableMsMax;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the broker closed the connection')));
  }

  static open(port: number, { readableMsMax = 120_000 } = {}): Promise<RawReader> {
    return new Promise((done, failed) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', failed);
      socket.once('connect', () => done(new RawReader(socket, readableMsMax)));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** All that the partition serves, from its start to its end. */
  async partition(topic: string, index: number): Promise<PartitionContent> {
    const start = await this.#offset(topic, index, -2);
    if (typeof start === 'string') return { start: 0, end: 0, records: [], refused: start };
    const end = await this.#offset(topic, index, -1);
    if (typeof end === 'string') return { start, end: start, records: [], refused: end };
    const found: { offset: number; value: string }[] = [];
    let at = start;
    while (at < end) {
      const batches = await this.#fetch(topic, index, at);
      if (typeof batches === 'string') return { start, end, records: found, refused: batches };
      const next = takeBatches(batches, at, found);
      if (typeof next === 'string') return { start, end, records: found, damage: next };
      if (next === at)
        return { start, end, records: found, damage: `nothing is served at ${at}, below the end ${end}` };
      at = next;
    }
    return { start, end, records: found };
  }

  /**
   * The same, once the partition has grown to `end` or this reader's time for that is up: what was acknowledged may not
   * be readable at once after a crash.
   */
  async reaching(topic: string, index: number, end: number): Promise<PartitionContent> {
    this.#deadline ??= performance.now() + this.#readableMsMax;
    for (;;) {
      const content = await this.partition(topic, index);
      const wrong = content.refused ?? content.damage;
      if (content.end >= end || wrong !== undefined || performance.now() > this.#deadline) return content;
      await delay(10);
    }
  }

  async #offset(topic: string, index: number, timestamp: number): Promise<number | string> {
    const { topics } = await this.ask(listOffsetsRequest, listOffsetsResponse, 5, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: topic, partitions: [{ partitionIndex: index, timestamp: BigInt(timestamp) }] }],
    });
    const answer = topics[0]?.partitions[0];
    if (answer === undefined || answer.errorCode !== 0) return `ListOffsets: ${errorName(answer?.errorCode ?? -1)}`;
    return answer.offset;
  }

  async #fetch(topic: string, index: number, from: number): Promise<Uint8Array | string> {
    const partitions = [{ partition: index, fetchOffset: Offset(from), partitionMaxBytes: fetchBytes }];
    const asked = { maxWaitMs: 500, minBytes: 1, maxBytes: fetchBytes, topics: [{ topic, partitions }] };
    const { errorCode, responses } = await this.ask(fetchRequest, fetchResponse, 12, asked);
    const answer = responses[0]?.partitions[0];
    const error = errorCode || (answer?.errorCode ?? -1);
    return error === 0 ? (answer?.records ?? new Uint8Array(0)) : `Fetch at ${from}: ${errorName(error)}`;
  }

  /** One request at a time. */
  async ask<T, I>(request: Message<unknown, I>, response: Message<T, never>, version: number, value: I): Promise<T> {
    const answer = await new Promise<Uint8Array>((done, failed) => {
      if (this.#closed !== undefined) return failed(this.#closed);
      const overdue = setTimeout(() => this.#end(new Error(`no answer to ${request.name}`)), answerMsMax);
      this.#waiting = {
        take: (bytes) => {
          clearTimeout(overdue);
          done(bytes);
        },
        fail: (error) => {
          clearTimeout(overdue);
          failed(error);
        },
      };
      this.#socket.write(frameOf({ message: request, version, value }));
    });
    return decodeAnswer(response, version, answer);
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (this.#received.length < 4) return;
    const length = this.#received.readInt32BE(0);
    if (this.#received.length < 4 + length) return;
    const answer = Uint8Array.from(this.#received.subarray(4, 4 + length));
    this.#received = this.#received.subarray(4 + length);
    this.#waiting?.take(answer);
  }

  #end(error: Error): void {
    this.#closed ??= error;
    this.#waiting?.fail(error);
    this.#socket.destroy();
  }
}

/** Adds the records from `at` on; returns the offset after the last, or what is wrong with the bytes. */
function takeBatches(bytes: Uint8Array, at: number, into: { offset: number; value: string }[]): number | string {
  let next = at;
  for (let from = 0; batchShapeFault(bytes, from, bytes.length) !== 'cut'; from += batchLength(bytes, from)) {
    const fault = batchShapeFault(bytes, from, bytes.length);
    const base = batchBaseOffset(bytes, from);
    if (fault !== undefined) return `a batch at ${next}: ${fault}`;
    if (!batchCrcIsValid(bytes, from, compute)) return `a batch at ${next}: its CRC is not that of its bytes`;
    // The first batch may begin before the offset that was asked for, but only on the very first fetch of a log.
    if (base !== next) return `a batch says it is at ${base}, where ${next} is due`;
    for (const { offset, value } of records(bytes, from)) into.push({ offset, value: utf8Decode(value ?? noBytes) });
    next = batchLastOffset(bytes, from) + 1;
  }
  return next;
}

const noBytes = new Uint8Array(0);
