/**
 * Reads partitions it is told to read, from where it is told. Groups come on top of this.
 *
 * One fetch for each broker that leads some of them, all at once; what they answer is one call's result. A partition
 * that cannot be read just now
 * is tried again with the next call.
 */
import { Offset } from '@skerry/base';
import { type DecodedRecord, errorName, errors, type FetchResponse, fetchRequest, fetchResponse } from '@skerry/wire';
import type { Client, TopicInfo } from './client.ts';
import { isRetriable, KafkaError, UnreachableError } from './errors.ts';
import { unpack } from './fetched.ts';
import { type Isolation, offsetOf, type Place } from './offsets.ts';
import { byIdOrName } from './producer.ts';

export interface ConsumerOptions {
  /** How long the broker may wait for records before it answers that there are none. */
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly isolation?: Isolation;
  /** Where to go on when the position is no longer there. Without it that is an error. */
  readonly reset?: 'earliest' | 'latest';
}

export interface ConsumedRecord extends DecodedRecord {
  readonly topic: string;
  readonly partition: number;
}

interface Assigned {
  readonly topic: string;
  readonly partition: number;
  position: Offset;
}

/** What a fetch asks of one leader. */
interface Share {
  readonly info: TopicInfo;
  readonly assigned: Assigned;
}

export class Consumer {
  readonly #client: Client;
  readonly #options: Required<Omit<ConsumerOptions, 'reset'>> & Pick<ConsumerOptions, 'reset'>;
  readonly #assigned = new Map<string, Assigned>();
  #failures = 0;

  constructor(client: Client, options: ConsumerOptions = {}) {
    this.#client = client;
    this.#options = {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 50 * 1024 * 1024,
      partitionMaxBytes: 1024 * 1024,
      isolation: 'read_uncommitted',
      ...options,
    };
  }

  /** Reads a partition too, from an offset or a place; a partition read already goes there. */
  async assign(topic: string, partition: number, from: number | Place): Promise<void> {
    const position =
      typeof from === 'number' ? from : await offsetOf(this.#client, topic, partition, from, this.#options.isolation);
    this.#assigned.set(`${topic}/${partition}`, { topic, partition, position: Offset(position) });
  }

  /** Reads a partition no longer. */
  unassign(topic: string, partition: number): void {
    this.#assigned.delete(`${topic}/${partition}`);
  }

  /** The offset of the next record that a partition would give; undefined if it is not read. */
  position(topic: string, partition: number): number | undefined {
    return this.#assigned.get(`${topic}/${partition}`)?.position;
  }

  /** The next records, in order within each partition; none if there were none for `maxWaitMs`. */
  async poll(): Promise<ConsumedRecord[]> {
    const found: ConsumedRecord[] = [];
    const failed: unknown[] = [];
    const note = (topic: string, error: unknown): void => {
      if (!isRetriable(error)) throw error;
      this.#client.forget(topic);
      failed.push(error);
    };
    const shares = await this.#byLeader(note);
    const answers = await Promise.allSettled([...shares].map(([leader, share]) => this.#fetch(leader, share)));
    for (const [i, share] of [...shares.values()].entries()) {
      const answer = answers[i];
      if (answer?.status === 'fulfilled') await this.#take(answer.value, share, found, note);
      else for (const { assigned } of share) note(assigned.topic, answer?.reason);
    }
    if (failed.length === 0 || found.length > 0) this.#failures = 0;
    else await this.#client.pause(this.#failures++);
    return found;
  }

  async #byLeader(note: (topic: string, error: unknown) => void): Promise<Map<number, Share[]>> {
    const shares = new Map<number, Share[]>();
    for (const assigned of this.#assigned.values()) {
      try {
        const info = await this.#client.topic(assigned.topic);
        const leader = info.partitions[assigned.partition]?.leader;
        if (leader === undefined)
          throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `${assigned.topic}/${assigned.partition}`);
        const share = shares.get(leader);
        if (share === undefined) shares.set(leader, [{ info, assigned }]);
        else share.push({ info, assigned });
      } catch (error) {
        note(assigned.topic, error);
      }
    }
    return shares;
  }

  async #fetch(leader: number, share: readonly Share[]): Promise<FetchResponse> {
    const { maxWaitMs, minBytes, maxBytes, partitionMaxBytes, isolation } = this.#options;
    const connection = await this.#client.broker(leader);
    const topics = Map.groupBy(share, ({ info }) => info);
    const versionMax = [...topics.keys()].map((info) => byIdOrName(info)).find((each) => each.versionMax !== undefined);
    const answer = await connection.request(
      fetchRequest,
      fetchResponse,
      {
        maxWaitMs,
        minBytes,
        maxBytes,
        isolationLevel: isolation === 'read_committed' ? 1 : 0,
        topics: [...topics].map(([{ name, topicId, partitions }, of]) => ({
          topic: name,
          topicId,
          partitions: of.map(({ assigned: { partition, position } }) => ({
            partition,
            currentLeaderEpoch: partitions[partition]?.leaderEpoch ?? -1,
            fetchOffset: position,
            partitionMaxBytes,
          })),
        })),
      },
      { ...versionMax, extraMs: maxWaitMs },
    );
    if (answer.errorCode !== 0) throw new KafkaError(errorName(answer.errorCode), 'fetch');
    return answer;
  }

  async #take(
    answer: FetchResponse,
    share: readonly Share[],
    found: ConsumedRecord[],
    note: (topic: string, error: unknown) => void,
  ): Promise<void> {
    for (const { topic, topicId, partitions } of answer.responses) {
      for (const each of partitions) {
        const match = share.find(
          ({ info, assigned }) =>
            assigned.partition === each.partitionIndex &&
            (topic === '' ? info.topicId === topicId : info.name === topic),
        );
        if (match === undefined)
          throw new UnreachableError('the broker answered for a partition that was not asked for');
        const { assigned } = match;
        try {
          await this.#takePartition(each, assigned, found);
        } catch (error) {
          note(assigned.topic, error);
        }
      }
    }
  }

  async #takePartition(
    answer: FetchResponse['responses'][number]['partitions'][number],
    assigned: Assigned,
    found: ConsumedRecord[],
  ): Promise<void> {
    const { topic, partition, position } = assigned;
    if (answer.errorCode === errors.OFFSET_OUT_OF_RANGE.code && this.#options.reset !== undefined) {
      assigned.position = Offset(
        await offsetOf(this.#client, topic, partition, this.#options.reset, this.#options.isolation),
      );
      return;
    }
    if (answer.errorCode !== 0) {
      throw new KafkaError(errorName(answer.errorCode), `fetch ${topic}/${partition} at offset ${position}`);
    }
    const aborted = this.#options.isolation === 'read_committed' ? (answer.abortedTransactions ?? []) : [];
    const unpacked = await unpack(
      answer.records ?? new Uint8Array(0),
      position,
      aborted.map(({ producerId, firstOffset }) => ({ producerId: Number(producerId), firstOffset })),
      this.#client.world.compute,
    );
    // Meanwhile it may have been told to read elsewhere.
    if (assigned.position !== position) return;
    assigned.position = unpacked.next;
    for (const record of unpacked.records) found.push({ ...record, topic, partition });
  }
}
