/**
 * Quotas, enforced as Kafka does (KIP-13, KIP-124, KIP-219, KIP-599, KIP-612): who has used more than it may is
 * answered at once, told for how long to be silent, and not read for that long.
 *
 * Each limit is reckoned over all clients that share it. Nothing is reckoned while no quota is set: then a request has
 * no meter. Times are by the monotonic clock.
 */
import type { Clock } from '@skerry/base';
import type { QuotaTable } from './quota-table.ts';
import { SampledRate, type Windows } from './sampled-rate.ts';
import { TokenBucket } from './token-bucket.ts';

type Key = 'producer_byte_rate' | 'consumer_byte_rate' | 'request_percentage' | 'controller_mutation_rate';
const keys: readonly Key[] = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
];

/** Of addresses, the only one that binds before there is a request. */
const connectionKey = 'connection_creation_rate';

/** Rates kept at once: clients can invent names, and the one that has been quiet longest is forgotten. */
const ratesMax = 10_000;
/** Kafka's default of a rate that is not bounded. */
const unlimited = 2 ** 31 - 1;
/** An answer has an int32 for it. */
const throttleMsMax = 2 ** 31 - 1;
/** A rate without use for so long says nothing any more. */
const idleMsMax = 3_600_000;

export interface QuotaSettings {
  readonly 'quota.window.num': number;
  readonly 'quota.window.size.seconds': number;
  readonly 'controller.quota.window.num': number;
  readonly 'controller.quota.window.size.seconds': number;
}

/** Who uses something: what quotas are set for. */
export interface QuotaClient {
  readonly user: string;
  readonly clientId: string;
}

interface Tally {
  readonly rate: SampledRate;
  readonly bucket: TokenBucket;
  usedMs: number;
}

interface Bound {
  readonly limit: number;
  readonly tally: Tally;
}

export class Quotas {
  readonly #table: QuotaTable;
  readonly #clock: Clock;
  readonly #settings: QuotaSettings;
  /** By quota and who shares it, in the order of their last use. */
  readonly #tallies = new Map<string, Tally>();
  #arrivals: SampledRate | undefined;
  #revision = -1;
  #active = false;

  constructor(table: QuotaTable, clock: Clock, settings: QuotaSettings) {
    this.#table = table;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Whether any quota is set: all that a request costs while there is none. */
  get active(): boolean {
    if (this.#revision !== this.#table.revision) {
      this.#revision = this.#table.revision;
      this.#active = this.#table.hasAny(keys);
      if (!this.#active && !this.#table.hasAny([connectionKey])) this.#tallies.clear();
    }
    return this.#active;
  }

  meter(client: QuotaClient, requestBytes: number): Meter {
    return new Meter(this, this.#clock, client, requestBytes);
  }

  /** Counts `value` towards a rate; how long the client must be silent for that. */
  record(key: Key, client: QuotaClient, value: number): number {
    const bound = this.#bound(key, client);
    if (bound === undefined) return 0;
    const nowMs = this.#clock.monotonicMs();
    bound.tally.rate.record(value, nowMs);
    return throttleMs(bound.tally.rate, bound.limit, nowMs);
  }

  /**
   * Counts a new connection from `host`, unless there are too many (KIP-612): then for how long it is turned away, one
   * window at most.
   */
  connectThrottleMs(host: string): number {
    const limit = this.#table.ofAddress(connectionKey, host);
    if (limit === undefined) return 0;
    const { rate } = this.#tally(JSON.stringify([connectionKey, host]));
    const nowMs = this.#clock.monotonicMs();
    rate.record(1, nowMs);
    const ms = throttleMs(rate, limit, nowMs);
    if (ms > 0) rate.record(-1, nowMs);
    return Math.min(ms, this.#windows().ms);
  }

  /** Counts a new connection, from wherever; how long the next must wait if `limit` of them may come in a second. */
  creationThrottleMs(limit: number): number {
    if (limit >= unlimited) return 0;
    const rate = (this.#arrivals ??= new SampledRate(this.#windows()));
    const nowMs = this.#clock.monotonicMs();
    rate.record(1, nowMs);
    return Math.min(throttleMs(rate, limit, nowMs), this.#windows().ms);
  }

  /** Takes back what was counted: it does not happen after all. */
  unrecord(key: Key, client: QuotaClient, value: number): void {
    this.#bound(key, client)?.tally.rate.record(-value, this.#clock.monotonicMs());
  }

  /** Bytes that a fetch may ask for at most: more would never be let through. */
  fetchBytesMax(client: QuotaClient): number {
    const limit = this.#bound('consumer_byte_rate', client)?.limit;
    if (limit === undefined || !(limit > 0)) return Number.POSITIVE_INFINITY;
    const { count, ms } = this.#windows();
    return Math.max(Math.floor((limit * (count - 1) * ms) / 1000), 1);
  }

  /** Takes permits to change the cluster, or tells that they are refused, and for how long. */
  takePermits(client: QuotaClient, permits: number, strict: boolean): { refused: boolean; throttleMs: number } {
    const bound = this.#bound('controller_mutation_rate', client);
    if (bound === undefined) return { refused: false, throttleMs: 0 };
    const { bucket } = bound.tally;
    const nowMs = this.#clock.monotonicMs();
    const refused = strict && bucket.left(bound.limit, nowMs) < 0;
    if (!refused) bucket.take(permits, bound.limit, nowMs);
    const left = bucket.left(bound.limit, nowMs);
    // Who took the last permits is served, and only the next has to wait, unless it does not know how to.
    const late = refused || (!strict && left < 0);
    return { refused, throttleMs: late ? Math.min(Math.round((-left / bound.limit) * 1000), throttleMsMax) : 0 };
  }

  /** The longest silence for the time that requests took: one window. */
  get requestThrottleMsMax(): number {
    return this.#windows().ms;
  }

  #windows(): Windows {
    return { count: this.#settings['quota.window.num'], ms: this.#settings['quota.window.size.seconds'] * 1000 };
  }

  #bound(key: Key, { user, clientId }: QuotaClient): Bound | undefined {
    const binding = this.#table.binding(key, user, clientId);
    if (binding === undefined) return undefined;
    return { limit: binding.limit, tally: this.#tally(JSON.stringify([key, binding.user, binding.clientId])) };
  }

  #tally(name: string): Tally {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#tallies.get(name);
    this.#tallies.delete(name);
    const tally = known !== undefined && nowMs - known.usedMs < idleMsMax ? known : this.#newTally();
    tally.usedMs = nowMs;
    this.#tallies.set(name, tally);
    const [oldest] = this.#tallies.keys();
    if (this.#tallies.size > ratesMax && oldest !== undefined) this.#tallies.delete(oldest);
    return tally;
  }

  #newTally(): Tally {
    const settings = this.#settings;
    const mutations = {
      count: settings['controller.quota.window.num'],
      ms: settings['controller.quota.window.size.seconds'] * 1000,
    };
    return { rate: new SampledRate(this.#windows()), bucket: new TokenBucket(mutations), usedMs: 0 };
  }
}

/** The silence that brings a rate back to its limit. */
function throttleMs(rate: SampledRate, limit: number, nowMs: number): number {
  const perSecond = rate.perSecond(nowMs);
  if (!(perSecond > limit)) return 0;
  return Math.min(Math.round(((perSecond - limit) / limit) * rate.spanMs(nowMs)), throttleMsMax);
}

/** What one request uses of its client's quotas. */
export class Meter {
  readonly #quotas: Quotas;
  readonly #clock: Clock;
  readonly #client: QuotaClient;
  readonly #requestBytes: number;
  readonly #startMs: number;
  /** Time that the handler took before it left its answer for later. */
  #spentMs: number | undefined;
  #timeCounts = true;
  #throttleMs = 0;

  constructor(quotas: Quotas, clock: Clock, client: QuotaClient, requestBytes: number) {
    this.#quotas = quotas;
    this.#clock = clock;
    this.#client = client;
    this.#requestBytes = requestBytes;
    this.#startMs = clock.monotonicMs();
  }

  /** The request was a Produce. Without an answer it does not count towards the time that requests take. */
  produced(isAnswered: boolean): void {
    if (!isAnswered) this.#timeCounts = false;
    this.#throttle(this.#quotas.record('producer_byte_rate', this.#client, this.#requestBytes));
  }

  get fetchBytesMax(): number {
    return this.#quotas.fetchBytesMax(this.#client);
  }

  /** Would send records of so many bytes; whether they must not be sent now, and the answer is to be empty. */
  refusesFetch(bytes: number): boolean {
    this.#throttle(this.#quotas.record('consumer_byte_rate', this.#client, bytes));
    if (this.throttleMs() === 0) return false;
    this.#quotas.unrecord('consumer_byte_rate', this.#client, bytes);
    return true;
  }

  /**
   * Changes so many partitions; whether that is refused for now. A client that cannot be told so (`strict` false) is
   * served, and waits afterwards.
   */
  refusesMutation(partitions: number, strict: boolean): boolean {
    const { refused, throttleMs } = this.#quotas.takePermits(this.#client, partitions, strict);
    this.#throttle(throttleMs);
    return refused;
  }

  /** The handler has returned: what comes later is somebody else's time. */
  returned(): void {
    this.#spentMs ??= this.#clock.monotonicMs() - this.#startMs;
  }

  /** How long the client must be silent, all that it has used counted. */
  throttleMs(): number {
    if (this.#timeCounts) {
      this.#timeCounts = false;
      const spentMs = this.#spentMs ?? this.#clock.monotonicMs() - this.#startMs;
      const percent = spentMs / 10;
      const throttleMs = this.#quotas.record('request_percentage', this.#client, percent);
      this.#throttle(Math.min(throttleMs, this.#quotas.requestThrottleMsMax));
    }
    return this.#throttleMs;
  }

  #throttle(ms: number): void {
    this.#throttleMs = Math.max(this.#throttleMs, ms);
  }
}
