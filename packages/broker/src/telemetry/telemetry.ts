/**
 * Clients' own metrics (KIP-714): who is asked for what, how often each may push, and what came.
 *
 * - A client is known by an id that it is given with its first question, and forgotten when it has been quiet for
 *   three of its intervals, a minute at least, or when too many came after it.
 * - A question or a push that comes before its interval is over is refused, but for the first push after a question,
 *   the last push of all, and a question after an answer that says to ask.
 * - A push is decompressed up to telemetry.max.bytes and no further.
 */
import {
  type Clock,
  type Compute,
  type Random,
  type Uuid,
  utf8Encode,
  uuidFrom,
  uuidWrite,
  zeroUuid,
} from '@skerry/base';
import { codecName, decompressRecords, type ErrorName } from '@skerry/wire';
import type { ResourceConfigs } from '../resource-configs.ts';
import { ClientMetricsTable, seriesPerClientMax } from './client-metrics.ts';
import { type MetricPoint, readMetrics } from './otlp.ts';
import { type ClientTraits, type Subscription, subscriptionOf } from './subscriptions.ts';

interface TelemetrySettings {
  readonly 'telemetry.max.bytes': number;
}

export interface TelemetryWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly compute: Compute;
  readonly settings: TelemetrySettings;
  readonly resources: ResourceConfigs;
}

/** Who speaks, as far as the connection and the request tell. */
export interface TelemetryClient {
  readonly clientId: string;
  readonly host: string;
  readonly port: number;
  readonly softwareName: string;
  readonly softwareVersion: string;
}

export interface Subscribed extends Subscription {
  readonly clientInstanceId: Uuid;
  readonly subscriptionId: number;
}

export interface Push {
  readonly clientInstanceId: Uuid;
  readonly subscriptionId: number;
  readonly terminating: boolean;
  readonly compressionType: number;
  readonly metrics: Uint8Array;
}

interface Instance extends Subscribed {
  /** Of the last question and the last push that were good. */
  askedMs: number;
  pushedMs: number;
  usedMs: number;
  error: ErrorName;
  terminating: boolean;
}

/** Clients known at once: Kafka's number. */
const instancesMax = 16_384;
const idleMsMin = 60_000;
const never = Number.NEGATIVE_INFINITY;
/** Ids that Kafka keeps for itself. */
const reservedIds: ReadonlySet<string> = new Set([zeroUuid, 'AAAAAAAAAAAAAAAAAAAAAQ']);

export class Telemetry {
  readonly #world: TelemetryWorld;
  readonly #table = new ClientMetricsTable();
  /** In the order of their last use. */
  readonly #instances = new Map<Uuid, Instance>();

  constructor(world: TelemetryWorld) {
    this.#world = world;
  }

  /** What clients have told last. */
  get metrics(): Pick<ClientMetricsTable, 'all' | 'size'> {
    return this.#table;
  }

  /** What the client is to push; it gets an id if it has none. */
  subscribe(clientInstanceId: Uuid, client: TelemetryClient): Subscribed | ErrorName {
    const nowMs = this.#world.clock.monotonicMs();
    const id = clientInstanceId === zeroUuid ? this.#newId() : clientInstanceId;
    const instance = this.#instance(id, client, nowMs);
    const mayAsk = instance.error === 'UNKNOWN_SUBSCRIPTION_ID' || instance.error === 'UNSUPPORTED_COMPRESSION_TYPE';
    const isDue = nowMs - Math.max(instance.askedMs, instance.pushedMs) >= instance.intervalMs;
    if (!isDue && !mayAsk) return 'THROTTLING_QUOTA_EXCEEDED';
    if (isDue) instance.askedMs = nowMs;
    instance.error = 'NONE';
    return instance;
  }

  push(push: Push, client: TelemetryClient, done: (error: ErrorName) => void): void {
    const { clientInstanceId, terminating, metrics } = push;
    if (reservedIds.has(clientInstanceId)) return done('INVALID_REQUEST');
    const nowMs = this.#world.clock.monotonicMs();
    const instance = this.#instance(clientInstanceId, client, nowMs);
    const refusal = this.#refusal(instance, push, nowMs);
    instance.terminating = terminating;
    instance.error = refusal ?? 'NONE';
    if (refusal !== undefined || metrics.length === 0) return done(instance.error);
    this.#read(push, (points) => {
      if (points === undefined) instance.error = 'INVALID_RECORD';
      else if (this.#instances.has(clientInstanceId)) this.#table.take({ ...client, clientInstanceId }, points);
      done(points === undefined ? 'INVALID_RECORD' : 'NONE');
    });
  }

  #refusal(instance: Instance, push: Push, nowMs: number): ErrorName | undefined {
    if (instance.terminating) return 'INVALID_REQUEST';
    const isDue = instance.askedMs > instance.pushedMs || nowMs - instance.pushedMs >= instance.intervalMs;
    if (isDue) instance.pushedMs = nowMs;
    else if (!push.terminating) return 'THROTTLING_QUOTA_EXCEEDED';
    if (push.subscriptionId !== instance.subscriptionId) return 'UNKNOWN_SUBSCRIPTION_ID';
    if (codecName(push.compressionType) === undefined) return 'UNSUPPORTED_COMPRESSION_TYPE';
    return push.metrics.length > this.#world.settings['telemetry.max.bytes'] ? 'TELEMETRY_TOO_LARGE' : undefined;
  }

  /** The points of a push, or undefined if there is no reading it. */
  #read({ compressionType, metrics }: Push, done: (points: readonly MetricPoint[] | undefined) => void): void {
    const { compute, settings } = this.#world;
    const codec = codecName(compressionType) ?? 'none';
    decompressRecords(codec, metrics, settings['telemetry.max.bytes'], compute, (error, plain) => {
      done(error === undefined && plain !== undefined ? pointsIn(plain) : undefined);
    });
  }

  /** The client as it is known, or known anew where it is to push something else than before. */
  #instance(id: Uuid, client: TelemetryClient, nowMs: number): Instance {
    const known = this.#instances.get(id);
    const subscription = subscriptionOf(this.#world.resources, traitsOf(id, client));
    const subscriptionId = this.#subscriptionId(id, subscription);
    const isSame = known?.subscriptionId === subscriptionId && nowMs - known.usedMs < idleMs(known);
    const instance: Instance = isSame
      ? known
      : {
          ...subscription,
          clientInstanceId: id,
          subscriptionId,
          askedMs: never,
          pushedMs: never,
          usedMs: nowMs,
          error: 'NONE',
          terminating: false,
        };
    instance.usedMs = nowMs;
    this.#instances.delete(id);
    this.#instances.set(id, instance);
    this.#forgetIdle(nowMs);
    return instance;
  }

  #forgetIdle(nowMs: number): void {
    for (const [id, instance] of this.#instances) {
      const isOver = nowMs - instance.usedMs >= idleMs(instance);
      if (!isOver && this.#instances.size <= instancesMax) return;
      this.#instances.delete(id);
      this.#table.forget(id);
    }
  }

  /** Kafka's reckoning: a checksum of what is asked for, mixed with the client's id. */
  #subscriptionId(id: Uuid, { metrics, intervalMs }: Subscription): number {
    const text = utf8Encode(`[${metrics.join(', ')}]${intervalMs}`);
    const bytes = new Uint8Array(16);
    uuidWrite(id, bytes, 0);
    const view = new DataView(bytes.buffer);
    let hash = this.#world.compute.crc32c(text, 0, text.length);
    for (let at = 0; at < 16; at += 4) hash ^= view.getInt32(at);
    return hash | 0;
  }

  #newId(): Uuid {
    for (;;) {
      const bytes = this.#world.random.bytes(16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const id = uuidFrom(bytes);
      if (!this.#instances.has(id)) return id;
    }
  }
}

function idleMs({ intervalMs }: Subscription): number {
  return Math.max(idleMsMin, 3 * intervalMs);
}

function pointsIn(plain: Uint8Array): readonly MetricPoint[] | undefined {
  try {
    return readMetrics(plain, seriesPerClientMax);
  } catch {
    return undefined;
  }
}

function traitsOf(id: Uuid, client: TelemetryClient): ClientTraits {
  return {
    client_instance_id: id,
    client_id: client.clientId,
    client_software_name: client.softwareName,
    client_software_version: client.softwareVersion,
    client_source_address: client.host,
    client_source_port: String(client.port),
  };
}
