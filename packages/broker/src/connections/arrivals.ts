/**
 * How many connections may come in a second, all addresses together (max.connection.creation.rate, KIP-402): those too
 * many are left unread until it is their turn, in the order they came, as Kafka leaves them in the system's queue.
 */
import { type Clock, type Connection, type ConnectionEvents, joined, type Timer } from '@skerry/base';

/** Connections that may wait for their turn: they cost a descriptor each. More are closed. */
export const arrivalsMax = 1000;

interface Arrival {
  serve(): void;
}

export class Arrivals {
  readonly #clock: Clock;
  /** Counts a connection; how long the next must wait for that. */
  readonly #throttleMs: () => number;
  /** In a Map, since one in the middle may leave. */
  readonly #waiting = new Set<Arrival>();
  #timer: Timer | undefined;

  constructor(clock: Clock, throttleMs: () => number) {
    this.#clock = clock;
    this.#throttleMs = throttleMs;
  }

  /** Undefined: it is served at once. Otherwise for how long it waits, or that it cannot. */
  delayMs(): number | 'full' | undefined {
    if (this.#waiting.size >= arrivalsMax) return 'full';
    if (this.#waiting.size > 0) return 0;
    const ms = this.#throttleMs();
    return ms > 0 ? ms : undefined;
  }

  /** Keeps `connection` unread until its turn; `delayMs` is what {@link delayMs} said. */
  hold(connection: Connection, delayMs: number, serve: () => ConnectionEvents, onEnd: () => void): ConnectionEvents {
    connection.pause();
    const held: Uint8Array[] = [];
    let served: ConnectionEvents | undefined;
    const arrival: Arrival = {
      serve() {
        served = serve();
        if (held.length > 0) served.data(joined(held));
        connection.resume();
      },
    };
    this.#waiting.add(arrival);
    this.#timer ??= this.#clock.after(delayMs, () => this.#next());
    return {
      data(chunk) {
        if (served !== undefined) served.data(chunk);
        else held.push(chunk.slice());
      },
      drain: () => served?.drain(),
      closed: (error) => {
        if (served !== undefined) return served.closed(error);
        this.#waiting.delete(arrival);
        onEnd();
      },
    };
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waiting.clear();
  }

  #next(): void {
    this.#timer = undefined;
    for (const arrival of this.#waiting) {
      this.#waiting.delete(arrival);
      arrival.serve();
      const ms = this.#waiting.size === 0 ? 0 : this.#throttleMs();
      if (ms === 0) continue;
      this.#timer = this.#clock.after(ms, () => this.#next());
      return;
    }
  }
}
