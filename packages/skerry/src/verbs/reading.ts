/**
 * Partitions that are read, each on its own: one that cannot be read keeps nobody from the others.
 *
 * A partition is done at the end that it had when its reading began, or given up once it has failed for so long.
 */
import type { Clock } from '@skerry/base';
import {
  type Client,
  type ConsumedRecord,
  Consumer,
  type Isolation,
  KafkaError,
  offsetOf,
  type Place,
} from '@skerry/client';
import type { Terminal } from '../terminal.ts';
import { Trouble } from './trouble.ts';

/** Where to begin: a place, an offset, or so many records before the end. */
export type Start = Place | { readonly offset: number } | { readonly last: number };

export interface ReadingOptions {
  readonly from: Start;
  readonly isolation: Isolation;
  /** How long a partition is tried that cannot be read; without it for ever. */
  readonly patienceMs: number | undefined;
}

interface Reading {
  readonly topic: string;
  readonly partition: number;
  readonly trouble: Trouble;
  /** Where it ended when we began; undefined before it has begun. */
  end: number | undefined;
  givenUp: Error | undefined;
}

/** Until those that answer have begun: so that the first poll asks for all of them. */
const beginMs = 1000;
/** While there is nothing to ask for. */
const idleMs = 100;

export class Readings {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #terminal: Terminal;
  readonly #options: ReadingOptions;
  readonly #consumer: Consumer;
  readonly #all: Reading[] = [];
  #isClosed = false;

  constructor(client: Client, clock: Clock, terminal: Terminal, options: ReadingOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#terminal = terminal;
    this.#options = options;
    this.#consumer = new Consumer(client, { isolation: options.isolation });
  }

  get count(): number {
    return this.#all.length;
  }

  /** What could not be read, and why. */
  get failures(): readonly Error[] {
    return this.#all.flatMap(({ givenUp }) => givenUp ?? []);
  }

  /** All were read to their ends, or given up. */
  get isOver(): boolean {
    return this.#all.every((each) => each.givenUp !== undefined || this.#isRead(each));
  }

  add(topic: string, partition: number): void {
    const trouble = new Trouble(this.#clock, this.#terminal);
    this.#all.push({ topic, partition, trouble, end: undefined, givenUp: undefined });
  }

  /** Begins all; resolves once they have begun, or soon: what has not begins when it can. */
  async begin(): Promise<void> {
    const begun = Promise.all(this.#all.map((each) => this.#begin(each)));
    let timer: ReturnType<Clock['after']> | undefined;
    const soon = new Promise<void>((resolve) => {
      timer = this.#clock.after(beginMs, resolve);
    });
    await Promise.race([begun, soon]);
    timer?.cancel();
  }

  /** Begins no more. */
  close(): void {
    this.#isClosed = true;
  }

  async poll(): Promise<ConsumedRecord[]> {
    if (!this.#all.some(({ end, givenUp }) => end !== undefined && givenUp === undefined)) {
      await new Promise<void>((resolve) => void this.#clock.after(idleMs, resolve));
      return [];
    }
    const records = await this.#consumer.poll();
    for (const each of this.#all) {
      if (each.end === undefined || each.givenUp !== undefined) continue;
      const error = this.#consumer.failure(each.topic, each.partition);
      if (error === undefined || this.#isRead(each)) each.trouble.passed();
      else this.#failed(each, error);
    }
    return records;
  }

  #isRead({ topic, partition, end }: Reading): boolean {
    return end !== undefined && (this.#consumer.position(topic, partition) ?? 0) >= end;
  }

  async #begin(each: Reading): Promise<void> {
    const { topic, partition } = each;
    while (each.end === undefined && each.givenUp === undefined && !this.#isClosed) {
      try {
        const end = await offsetOf(this.#client, topic, partition, 'latest', this.#options.isolation);
        await this.#consumer.assign(topic, partition, await this.#position(each, end));
        each.end = end;
        each.trouble.passed();
      } catch (error) {
        if (!this.#isClosed) this.#failed(each, error as Error);
      }
    }
  }

  async #position({ topic, partition }: Reading, end: number): Promise<number | Place> {
    const { from, isolation } = this.#options;
    if (from === 'earliest' || from === 'latest' || 'timestamp' in from) return from;
    if ('offset' in from) return from.offset;
    return Math.max(await offsetOf(this.#client, topic, partition, 'earliest', isolation), end - from.last);
  }

  #failed(each: Reading, error: Error): void {
    const { patienceMs } = this.#options;
    const name = `${each.topic}/${each.partition}`;
    if (error instanceof KafkaError && !error.retriable) each.givenUp = error;
    each.trouble.failed(error, patienceMs === undefined ? 'trying on' : `${name} is tried for ${patienceMs / 1000} s`);
    if (each.trouble.lastsMs >= (patienceMs ?? Infinity)) each.givenUp = error;
    if (each.givenUp === undefined) return;
    this.#consumer.unassign(each.topic, each.partition);
    const why = each.givenUp.message;
    this.#terminal.note(`${name} was not read to its end: ${why}`);
  }
}
