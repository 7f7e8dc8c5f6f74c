/**
 * All connections of a node: who is let in, and who is made to leave.
 *
 * One timer, while there are connections, looks at all of them: a connection costs no timer of its own, and a request
 * none either.
 */
import { type Clock, type Connection, type ConnectionEvents, limits, type Timer } from '@skerry/base';
import type { Overdue, ReadGate, ServerConnection } from '@skerry/wire';
import type { Quotas } from '../quotas/quotas.ts';
import type { Report } from '../report.ts';
import type { Settings } from '../settings/settings.ts';
import { turnAway } from '../turn-away.ts';
import { Admission } from './admission.ts';
import { Arrivals } from './arrivals.ts';
import { type ConnectionLimit, type Counters, newCounters } from './counters.ts';

/** How exact the bounds of time are. */
const lookEveryMs = 1000;

const limitOf: Readonly<Record<Overdue, ConnectionLimit>> = {
  firstRequest: 'skerry.connections.first.request.ms',
  idle: 'connections.max.idle.ms',
  stall: 'skerry.connections.stall.ms',
  frame: 'skerry.memory.budget',
};

export interface ConnectionsOptions {
  readonly clock: Clock;
  /** As they are now. */
  readonly settings: Settings;
  readonly quotas: Quotas;
  readonly report: Report;
  readonly gate: ReadGate;
  /** Connections that the system has room for. */
  readonly possible: number;
}

export class Connections {
  readonly counters: Counters = newCounters();
  readonly #options: ConnectionsOptions;
  readonly #admission: Admission;
  readonly #arrivals: Arrivals;
  readonly #open = new Set<Connection>();
  readonly #served = new Map<ServerConnection, string>();
  #timer: Timer | undefined;

  constructor(options: ConnectionsOptions) {
    const { clock, settings, quotas, possible } = options;
    this.#options = options;
    this.#admission = new Admission(settings, possible);
    this.#arrivals = new Arrivals(clock, () => quotas.creationThrottleMs(settings['max.connection.creation.rate']));
  }

  /** Connections open now. */
  get count(): number {
    return this.#open.size;
  }

  /** Serves a connection with what `serve` makes of it, which calls `left` when it is over; or does not. */
  accept(connection: Connection, serve: (left: () => void) => ServerConnection): ConnectionEvents {
    const { clock, quotas } = this.#options;
    const { host } = connection.remote;
    const refusedBy = this.#admission.enter(host);
    if (refusedBy !== undefined) return this.#refuse(connection, refusedBy);
    this.#open.add(connection);
    const left = (): void => {
      this.#open.delete(connection);
      this.#admission.leave(host);
    };
    const throttleMs = quotas.connectThrottleMs(host);
    if (throttleMs > 0) {
      this.counters.connection_creation_rate++;
      this.#options.report({ kind: 'connectionThrottled', host, throttleMs });
      return turnAway(connection, throttleMs, clock, left);
    }
    const delayMs = this.#arrivals.delayMs();
    if (delayMs === undefined) return this.#serve(host, left, serve);
    this.#reached('max.connection.creation.rate', host);
    if (delayMs === 'full') {
      left();
      return away(connection);
    }
    return this.#arrivals.hold(connection, delayMs, () => this.#serve(host, left, serve), left);
  }

  /** Ends all of them. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#arrivals.close();
    for (const connection of this.#open) connection.destroy();
  }

  #serve(host: string, left: () => void, serve: (left: () => void) => ServerConnection): ServerConnection {
    const served = serve(() => {
      this.#served.delete(served);
      left();
    });
    this.#served.set(served, host);
    this.#lookLater();
    return served;
  }

  #refuse(connection: Connection, limit: ConnectionLimit): ConnectionEvents {
    this.#reached(limit, connection.remote.host);
    return away(connection);
  }

  #reached(limit: ConnectionLimit, host: string): void {
    this.counters[limit]++;
    const isIdle = limit === 'connections.max.idle.ms';
    this.#options.report(isIdle ? { kind: 'connectionIdle', host } : { kind: 'connectionLimited', limit, host });
  }

  #lookLater(): void {
    this.#timer ??= this.#options.clock.after(lookEveryMs, () => {
      this.#timer = undefined;
      this.#look();
      if (this.#served.size > 0) this.#lookLater();
    });
  }

  /** Ends connections whose peers are late. */
  #look(): void {
    const { clock, settings, gate } = this.#options;
    // Whole numbers: a fraction kept for each connection would be garbage a second later.
    const nowMs = Math.floor(clock.monotonicMs());
    const mostMs = gate.isShort ? limits.memoryPatienceMs : Number.POSITIVE_INFINITY;
    const patience = {
      firstRequestMs: settings['skerry.connections.first.request.ms'],
      idleMs: neverIfNegative(settings['connections.max.idle.ms']),
      stallMs: Math.min(settings['skerry.connections.stall.ms'], mostMs),
      frameMs: mostMs,
    };
    for (const [served, host] of this.#served) {
      const overdue = served.overdue(nowMs, patience);
      if (overdue === undefined) continue;
      this.#reached(limitOf[overdue], host);
      served.close();
    }
  }
}

const neverIfNegative = (ms: number): number => (ms < 0 ? Number.POSITIVE_INFINITY : ms);

/** Closes a connection as soon as that may be done. */
function away(connection: Connection): ConnectionEvents {
  connection.destroy();
  return { data: () => undefined, drain: () => undefined, closed: () => undefined };
}
