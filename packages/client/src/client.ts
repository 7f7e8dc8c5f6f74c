/**
 * What Producer, Consumer and Admin share: connections, one a broker, and who leads which partition.
 *
 * What is known of a topic is asked for once, and again when a broker says that it is no longer so ({@link
 * Client.forget}).
 */
import type { Address, Uuid } from '@skerry/base';
import { type MetadataResponse, metadataRequest, metadataResponse } from '@skerry/wire';
import { BrokerConnection, type ConnectionOptions } from './connection.ts';
import { check, isRetriable, KafkaError, UnreachableError } from './errors.ts';
import type { ClientWorld } from './world.ts';

export interface ClientOptions extends Partial<ConnectionOptions> {
  /** Brokers to begin with, as `host:port`. */
  readonly bootstrap: readonly string[];
  /** For how long what may succeed later is tried again. */
  readonly retryTimeoutMs?: number;
}

export interface PartitionInfo {
  readonly partition: number;
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

export interface TopicInfo {
  readonly name: string;
  readonly topicId: Uuid;
  readonly isInternal: boolean;
  /** In the order of their numbers. */
  readonly partitions: readonly PartitionInfo[];
}

const retryPauseMsMin = 50;
const retryPauseMsMax = 1000;
const portDefault = 9092;

export class Client {
  readonly world: ClientWorld;
  readonly #bootstrap: readonly Address[];
  readonly #options: ConnectionOptions;
  readonly #retryTimeoutMs: number;
  readonly #brokers = new Map<number, Address>();
  readonly #topics = new Map<string, TopicInfo>();
  /** By address; opening ones too, so that no broker is dialled twice. */
  readonly #connections = new Map<string, Promise<BrokerConnection>>();
  #controllerId = -1;
  #closed = false;

  constructor(world: ClientWorld, options: ClientOptions) {
    const {
      clientId = 'skerry',
      connectTimeoutMs = 10_000,
      requestTimeoutMs = 30_000,
      retryTimeoutMs = 60_000,
    } = options;
    this.world = world;
    this.#bootstrap = options.bootstrap.map(parseAddress);
    this.#options = { clientId, connectTimeoutMs, requestTimeoutMs };
    this.#retryTimeoutMs = retryTimeoutMs;
  }

  /** A connection to whichever broker answers first. */
  async any(): Promise<BrokerConnection> {
    let last: unknown = new UnreachableError('no broker is named');
    for (const address of [...this.#bootstrap, ...this.#brokers.values()]) {
      try {
        return await this.#connection(address);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  /** A connection to the broker that has this number. */
  async broker(id: number): Promise<BrokerConnection> {
    const address = this.#brokers.get(id);
    if (address === undefined) throw new UnreachableError(`broker ${id}: nobody has told its address`);
    return this.#connection(address);
  }

  /** A connection to the controller, or to any broker of a cluster in which all take its requests. */
  async controller(): Promise<BrokerConnection> {
    if (this.#controllerId < 0) await this.metadata([]);
    return this.#controllerId < 0 ? this.any() : this.broker(this.#controllerId);
  }

  /** Where a topic's partitions are. With `create`, asking for a topic makes it, if the broker is set so. */
  async topic(name: string, { create = false }: { create?: boolean } = {}): Promise<TopicInfo> {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    return this.retry(async () => {
      const { topics } = await this.metadata([name], create);
      const found = topics.find((topic) => topic.name === name);
      check(found?.errorCode ?? 3, `topic ${name}`);
      const info = topicInfo(found as MetadataTopic);
      if (info.partitions.some(({ leader }) => leader < 0))
        throw new KafkaError('LEADER_NOT_AVAILABLE', `topic ${name}`);
      this.#topics.set(name, info);
      return info;
    });
  }

  /** What the cluster tells of some topics, or of all; nothing of it is taken as known but the brokers. */
  async metadata(names: readonly string[] | undefined, create = false): Promise<MetadataResponse> {
    const connection = await this.any();
    const answer = await connection.request(metadataRequest, metadataResponse, {
      topics: names?.map((name) => ({ name })) ?? null,
      allowAutoTopicCreation: create,
    });
    for (const { nodeId, host, port } of answer.brokers) this.#brokers.set(nodeId, { host, port });
    this.#controllerId = answer.controllerId;
    return answer;
  }

  /** What was known of a topic no longer holds. */
  forget(name: string): void {
    this.#topics.delete(name);
  }

  /** Runs `run` until it succeeds, fails for good, or has failed for too long. */
  async retry<T>(run: () => Promise<T>, timeoutMs: number = this.#retryTimeoutMs): Promise<T> {
    const deadline = this.world.clock.monotonicMs() + timeoutMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await run();
      } catch (error) {
        if (this.#closed || !isRetriable(error) || this.world.clock.monotonicMs() >= deadline) throw error;
      }
      await this.pause(attempt);
    }
  }

  /**
   * Waits a little, longer the more often it was tried, and by chance, so that clients do not come back all at once.
   */
  async pause(attempt: number): Promise<void> {
    const most = Math.min(retryPauseMsMax, retryPauseMsMin * 2 ** attempt);
    const pauseMs = most / 2 + this.world.random.below(Math.ceil(most / 2));
    await new Promise<void>((resolve) => {
      this.world.clock.after(pauseMs, resolve);
    });
  }

  /** Closes all connections; what is under way fails. */
  close(): void {
    this.#closed = true;
    for (const opening of this.#connections.values()) {
      opening.then(
        (connection) => connection.close(),
        () => {},
      );
    }
    this.#connections.clear();
  }

  async #connection(address: Address): Promise<BrokerConnection> {
    const key = `${address.host}:${address.port}`;
    const known = this.#connections.get(key);
    if (known !== undefined) {
      const connection = await known;
      if (connection.isOpen) return connection;
      if (this.#connections.get(key) === known) this.#connections.delete(key);
      return this.#connection(address);
    }
    const opening = BrokerConnection.open(this.world, address, this.#options);
    this.#connections.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#connections.get(key) === opening) this.#connections.delete(key);
      throw error;
    }
  }
}

type MetadataTopic = MetadataResponse['topics'][number];

export function topicInfo({ name, topicId, isInternal, partitions }: MetadataTopic): TopicInfo {
  return {
    name: name ?? '',
    topicId,
    isInternal,
    partitions: partitions
      .map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes }) => ({
        partition: partitionIndex,
        leader: leaderId,
        leaderEpoch,
        replicas: replicaNodes,
        isr: isrNodes,
      }))
      .sort((a, b) => a.partition - b.partition),
  };
}

/** Reads `host:port`, `[v6]:port` or `host`. */
export function parseAddress(text: string): Address {
  const [, host, port = String(portDefault)] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (host === undefined || Number(port) > 65535) {
    throw new UnreachableError(`${text}: not a broker's address: must be HOST:PORT, such as 127.0.0.1:9092`);
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
