import type { Uuid } from '@skerry/base';
import type { MetricPoint } from './otlp.ts';

/** What one client has told of itself last. */
export interface ClientMetrics {
  readonly clientInstanceId: Uuid;
  readonly clientId: string;
  readonly host: string;
  readonly points: Iterable<MetricPoint>;
}

/** Series of one client that are kept; what is beyond is passed over. */
export const seriesPerClientMax = 1000;
/** Series of all clients together; the client that has been quiet longest makes room. */
export const seriesMax = 50_000;

interface Client extends ClientMetrics {
  readonly series: Map<string, MetricPoint>;
}

/**
 * The last value of each series that clients have pushed, bounded. Clients tell what was added since the push before;
 * here it is added up.
 */
export class ClientMetricsTable {
  /** In the order of their last push. */
  readonly #clients = new Map<Uuid, Client>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  all(): Iterable<ClientMetrics> {
    return this.#clients.values();
  }

  take(from: Pick<ClientMetrics, 'clientInstanceId' | 'clientId' | 'host'>, points: readonly MetricPoint[]): void {
    const { clientInstanceId: id, clientId, host } = from;
    const series = this.#clients.get(id)?.series ?? new Map<string, MetricPoint>();
    this.#size -= series.size;
    for (const point of points) {
      const key = JSON.stringify([point.name, point.attributes]);
      const before = series.get(key);
      if (before === undefined && series.size >= seriesPerClientMax) continue;
      const value = point.kind === 'change' ? (before?.value ?? 0) + point.value : point.value;
      series.set(key, { ...point, value, kind: point.kind === 'gauge' ? 'gauge' : 'total' });
    }
    this.#size += series.size;
    this.#clients.delete(id);
    this.#clients.set(id, { clientInstanceId: id, clientId, host, points: series.values(), series });
    for (const oldest of this.#clients.keys()) {
      if (this.#size <= seriesMax || oldest === id) break;
      this.forget(oldest);
    }
  }

  /** The client has said goodbye, or was not heard of for long. */
  forget(id: Uuid): void {
    this.#size -= this.#clients.get(id)?.series.size ?? 0;
    this.#clients.delete(id);
  }
}
