/** Connections in numbers, and one that asks and waits, for the attacks. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const dialsAtOnce = 50;

/** A connection of the crowd. */
export interface Held {
  readonly socket: Socket;
  /** When it was opened, and when the broker ended it, by the monotonic clock. */
  readonly openedMs: number;
  closedMs: number | undefined;
}

/** Opens `count` connections, a few at a time, and does `first` on each as it opens. */
export async function crowd(port: number, count: number, first: (socket: Socket) => void): Promise<readonly Held[]> {
  const all: Held[] = [];
  while (all.length < count) {
    const some = Math.min(dialsAtOnce, count - all.length);
    all.push(...(await Promise.all(Array.from({ length: some }, () => open(port, first)))));
  }
  return all;
}

function open(port: number, first: (socket: Socket) => void): Promise<Held> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const held: Held = { socket, openedMs: performance.now(), closedMs: undefined };
    socket.on('error', () => {});
    socket.once('close', () => {
      held.closedMs = performance.now();
      done(held);
    });
    socket.once('connect', () => {
      first(socket);
      done(held);
    });
  });
}

export function leave(crowdOf: readonly Held[]): void {
  for (const { socket } of crowdOf) socket.destroy();
}

/** Waits until all are closed, no longer than `withinMs`. */
export async function untilClosed(crowdOf: readonly Held[], withinMs: number): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (performance.now() < endMs && crowdOf.some(({ closedMs }) => closedMs === undefined)) await delay(250);
}

/** A connection on which one request at a time is asked; what comes back is counted, not kept. */
export class Asker {
  readonly #socket: Socket;
  #left = -1;
  #head = 0;
  #headBytes = 0;
  #bytes = 0;
  #done: ((bytes: number) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('error', (error) => this.#failed?.(error));
    this.#socket.on('close', () => this.#failed?.(new Error('the broker closed the connection')));
    this.#socket.on('data', (chunk) => this.#read(chunk));
  }

  /** The size of the answer. */
  ask(frame: Uint8Array): Promise<number> {
    return new Promise((done, failed) => {
      this.#done = done;
      this.#failed = failed;
      this.#socket.write(frame);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Uint8Array): void {
    let at = 0;
    while (this.#headBytes < 4 && at < chunk.length) {
      this.#head = (this.#head << 8) | (chunk[at++] ?? 0);
      if (++this.#headBytes === 4) this.#left = this.#bytes = this.#head;
    }
    this.#left -= chunk.length - at;
    if (this.#headBytes < 4 || this.#left > 0) return;
    this.#headBytes = 0;
    this.#done?.(this.#bytes);
  }
}
