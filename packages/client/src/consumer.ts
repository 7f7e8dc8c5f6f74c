/** Reads partitions it is told to read, from where it is told. With a group: {@link GroupConsumer}. */
import { Offset } from '@skerry/base';
import { promised } from './callback.ts';
import type { Client } from './client.ts';
import { type Assigned, type ConsumedRecord, Fetcher, type FetchOptions } from './fetcher.ts';
import { offsetOf, type Place } from './offsets.ts';

export class Consumer {
  readonly #client: Client;
  readonly #options: FetchOptions;
  readonly #fetcher: Fetcher;
  readonly #assigned = new Map<string, Assigned>();

  constructor(client: Client, options: FetchOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#fetcher = new Fetcher(client.cluster, options);
  }

  /** Reads a partition too, from an offset or a place; a partition read already goes there. */
  async assign(topic: string, partition: number, from: number | Place): Promise<void> {
    const position =
      typeof from === 'number' ? from : await offsetOf(this.#client, topic, partition, from, this.#options.isolation);
    this.unassign(topic, partition);
    this.#assigned.set(`${topic}/${partition}`, { topic, partition, position: Offset(position), dropped: false });
  }

  /** Reads a partition no longer. */
  unassign(topic: string, partition: number): void {
    const key = `${topic}/${partition}`;
    const assigned = this.#assigned.get(key);
    if (assigned !== undefined) assigned.dropped = true;
    this.#assigned.delete(key);
  }

  /** The offset of the next record that a partition would give; undefined if it is not read. */
  position(topic: string, partition: number): number | undefined {
    return this.#assigned.get(`${topic}/${partition}`)?.position;
  }

  /** Why the last poll got nothing of a partition, if it could not: the next one tries again. */
  failure(topic: string, partition: number): Error | undefined {
    return this.#assigned.get(`${topic}/${partition}`)?.failure;
  }

  /** The next records, in order within each partition; none if there were none for `maxWaitMs`. */
  poll(): Promise<ConsumedRecord[]> {
    return promised((done) => this.#fetcher.fetch(this.#assigned.values(), done));
  }
}
