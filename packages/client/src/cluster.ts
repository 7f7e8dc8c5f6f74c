/**
 * What all clients of one cluster share, in callbacks: connections, one a broker, and who leads which partition.
 *
 * Nothing is tried twice here but by {@link Cluster.retry}. What is known of a topic is asked for once, and again when
 * a broker says that it is no longer so ({@link Cluster.forget}).
 *
 * A broker that could not be reached is left alone for a while, the longer the more often it could not (KIP-144): who
 * wants a connection to it meanwhile waits, and all that wait share the next attempt.
 */
import type { Address, Timer } from '@skerry/base';
import { errorName, type MetadataResponse, metadataRequest, metadataResponse } from '@skerry/wire';
import { parseAddress } from './address.ts';
import type { Callback } from './callback.ts';
import { BrokerConnection, type ConnectionOptions } from './connection.ts';
import { isRetriable, KafkaError, UnreachableError } from './errors.ts';
import { type TopicInfo, topicInfo } from './topic-info.ts';
import type { ClientWorld } from './world.ts';

export interface ClientOptions extends Partial<ConnectionOptions> {
  /** Brokers to begin with, as `host:port`. */
  readonly bootstrap: readonly string[];
  /** For how long what may succeed later is tried again. */
  readonly retryTimeoutMs?: number;
}

const retryPauseMsMin = 50;
const retryPauseMsMax = 1000;

/** A connection, or those who wait for it. */
interface Link {
  /** Undefined until it is dialled. */
  connection: BrokerConnection | undefined;
  waiting: Callback<BrokerConnection>[] | undefined;
  /** The attempt is put off until then. */
  putOff: Timer | undefined;
}

/** A broker that could not be reached. */
interface Missed {
  /** How often in a row. */
  readonly times: number;
  /** No attempt is made before. */
  readonly untilMs: number;
}

export class Cluster {
  readonly world: ClientWorld;
  /** For how long what may succeed later is tried again. */
  readonly retryTimeoutMs: number;
  readonly #bootstrap: readonly Address[];
  readonly #options: ConnectionOptions;
  readonly #brokers = new Map<number, Address>();
  readonly #topics = new Map<string, TopicInfo>();
  /** Who waits to be told of a topic that is being asked for. */
  readonly #lookups = new Map<string, Callback<TopicInfo>[]>();
  /** By address; opening ones too, so that no broker is dialled twice. */
  readonly #links = new Map<string, Link>();
  /** The same by the broker's number, once open: no name is put together for each request. */
  readonly #open = new Map<number, BrokerConnection>();
  /** By address, of those that are known now. */
  readonly #missed = new Map<string, Missed>();
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
    this.retryTimeoutMs = retryTimeoutMs;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** A connection to whichever broker answers first. */
  any(done: Callback<BrokerConnection>): void {
    const addresses = this.#addresses();
    const next = (at: number, last: Error): void => {
      const address = addresses[at];
      if (address === undefined) return done(last, undefined);
      this.#connect(address, (error, connection) => {
        if (error === undefined) done(undefined, connection);
        else next(at + 1, error);
      });
    };
    next(0, new UnreachableError('no broker is named'));
  }

  /** Each once; those that were not reached lately come last. */
  #addresses(): Address[] {
    const byKey = new Map<string, Address>();
    for (const address of this.#bootstrap) byKey.set(keyOf(address), address);
    for (const address of this.#brokers.values()) byKey.set(keyOf(address), address);
    if (byKey.size === 1 || this.#missed.size === 0) return [...byKey.values()];
    const [well, missed]: [Address[], Address[]] = [[], []];
    for (const [key, address] of byKey) (this.#missed.has(key) ? missed : well).push(address);
    return [...well, ...missed];
  }

  /** The open connection to the broker that has this number, if there is one. */
  connected(id: number): BrokerConnection | undefined {
    const connection = this.#open.get(id);
    return connection?.isOpen === true ? connection : undefined;
  }

  /** A connection to the broker that has this number. */
  broker(id: number, done: Callback<BrokerConnection>): void {
    const open = this.connected(id);
    if (open !== undefined) return done(undefined, open);
    const address = this.#brokers.get(id);
    if (address === undefined)
      return done(new UnreachableError(`broker ${id}: nobody has told its address`), undefined);
    this.#connect(address, (error, connection) => {
      if (error !== undefined) return done(error, undefined);
      this.#open.set(id, connection);
      done(undefined, connection);
    });
  }

  /** A connection to the controller, or to any broker of a cluster in which all take its requests. */
  controller(done: Callback<BrokerConnection>): void {
    if (this.#controllerId >= 0) return this.broker(this.#controllerId, done);
    this.metadata([], false, (error, answer) => {
      if (error !== undefined) done(error, undefined);
      else if (answer.controllerId < 0) this.any(done);
      else this.broker(answer.controllerId, done);
    });
  }

  /** Where a broker is, as another has told. */
  learn(id: number, address: Address): void {
    const known = this.#brokers.get(id);
    if (known?.host === address.host && known.port === address.port) return;
    this.#brokers.set(id, address);
    this.#open.delete(id);
    if (known !== undefined) this.#missed.delete(keyOf(known));
  }

  /** Where a topic's partitions are, if that is known. */
  known(name: string): TopicInfo | undefined {
    return this.#topics.get(name);
  }

  /** Where a topic's partitions are. With `create`, asking for a topic makes it, if the broker is set so. */
  topic(name: string, create: boolean, done: Callback<TopicInfo>): void {
    const known = this.#topics.get(name);
    if (known !== undefined) return done(undefined, known);
    const waiting = this.#lookups.get(name);
    if (waiting !== undefined) {
      waiting.push(done);
      return;
    }
    const all = [done];
    this.#lookups.set(name, all);
    this.#lookUp(name, create, (...result) => {
      this.#lookups.delete(name);
      for (const each of all) each(...result);
    });
  }

  /** What the cluster tells of some topics, or of all; nothing of it is taken as known but the brokers. */
  metadata(names: readonly string[] | undefined, create: boolean, done: Callback<MetadataResponse>): void {
    const input = { topics: names?.map((name) => ({ name })) ?? null, allowAutoTopicCreation: create };
    this.any((error, connection) => {
      if (error !== undefined) return done(error, undefined);
      connection.ask(metadataRequest, metadataResponse, input, {}, (failed, answer) => {
        if (failed !== undefined) return done(failed, undefined);
        for (const { nodeId, host, port } of answer.brokers) this.learn(nodeId, { host, port });
        this.#controllerId = answer.controllerId;
        done(undefined, answer);
      });
    });
  }

  /** What was known of a topic no longer holds. */
  forget(name: string): void {
    this.#topics.delete(name);
  }

  /** Runs `attempt` until it succeeds, fails for good, or has failed for too long. */
  retry<T>(attempt: (done: Callback<T>) => void, done: Callback<T>, timeoutMs = this.retryTimeoutMs): void {
    const { clock } = this.world;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    const run = (failures: number): void =>
      attempt((...result) => {
        const [error] = result;
        const over = this.#closed || clock.monotonicMs() >= deadlineMs;
        if (error === undefined || over || !isRetriable(error)) return done(...result);
        clock.after(this.pauseMs(failures), () => run(failures + 1));
      });
    run(0);
  }

  /**
   * How long to wait after so many failures: longer the more there were, and by chance, so that clients do not come
   * back all at once.
   */
  pauseMs(failures: number): number {
    const most = Math.min(retryPauseMsMax, retryPauseMsMin * 2 ** Math.min(failures, 10));
    return most / 2 + this.world.random.below(Math.ceil(most / 2));
  }

  /** Closes all connections; what is under way fails. */
  close(): void {
    this.#closed = true;
    for (const { connection, putOff, waiting } of this.#links.values()) {
      connection?.close();
      if (putOff === undefined) continue;
      putOff.cancel();
      this.world.clock.soon(() => {
        for (const each of waiting ?? []) each(new UnreachableError('closed by us'), undefined);
      });
    }
    this.#links.clear();
    this.#open.clear();
  }

  #lookUp(name: string, create: boolean, done: Callback<TopicInfo>): void {
    this.metadata([name], create, (error, answer) => {
      if (error !== undefined) return done(error, undefined);
      const found = answer.topics.find((topic) => topic.name === name);
      const code = found?.errorCode ?? 3;
      if (found === undefined || code !== 0) return done(new KafkaError(errorName(code), `topic ${name}`), undefined);
      const info = topicInfo(found);
      // A new topic has none yet. Where some have one, the others must not keep anybody from these.
      if (info.partitions.every(({ leader }) => leader < 0)) {
        return done(new KafkaError('LEADER_NOT_AVAILABLE', `topic ${name}`), undefined);
      }
      this.#topics.set(name, info);
      done(undefined, info);
    });
  }

  #connect(address: Address, done: Callback<BrokerConnection>): void {
    if (this.#closed) return done(new UnreachableError(`${address.host}:${address.port}: closed by us`), undefined);
    const key = keyOf(address);
    const known = this.#links.get(key);
    if (known?.waiting !== undefined) {
      known.waiting.push(done);
      return;
    }
    if (known?.connection?.isOpen === true) return done(undefined, known.connection);
    const link: Link = { connection: undefined, waiting: [done], putOff: undefined };
    this.#links.set(key, link);
    const { clock } = this.world;
    const waitMs = (this.#missed.get(key)?.untilMs ?? 0) - clock.monotonicMs();
    if (waitMs <= 0) this.#dial(key, address, link);
    else {
      link.putOff = clock.after(waitMs, () => {
        link.putOff = undefined;
        this.#dial(key, address, link);
      });
    }
  }

  #dial(key: string, address: Address, link: Link): void {
    link.connection = BrokerConnection.open(this.world, address, this.#options, (...result) => {
      const waiting = link.waiting ?? [];
      link.waiting = undefined;
      if (result[0] === undefined) this.#missed.delete(key);
      else {
        if (this.#links.get(key) === link) this.#links.delete(key);
        this.#miss(key);
      }
      for (const each of waiting) each(...result);
    });
  }

  #miss(key: string): void {
    if (!this.#addresses().some((each) => keyOf(each) === key)) return;
    const times = this.#missed.get(key)?.times ?? 0;
    this.#missed.set(key, { times: times + 1, untilMs: this.world.clock.monotonicMs() + this.pauseMs(times) });
  }
}

const keyOf = ({ host, port }: Address): string => `${host}:${port}`;
