/**
 * One TCP connection.
 *
 * - What is written in a turn leaves in one system call at the end of it (turn.ts), or before, once it is much.
 * - A peer that sends no more may still be waiting for answers, and cannot be told from one that has left: the
 *   connection stays writable until {@link lingerMs} have passed without a byte going out.
 * - `end` sends the end of the stream and reads on until the peer has closed too, no longer than {@link lingerMs}: to
 *   close with unread input makes the system reset the connection, and the peer may then lose the answers.
 */
import type { Socket } from 'node:net';
import type { Address, Connection, ConnectionEvents } from '@skerry/base';
import { plainAddress } from './address.ts';
import { atFlush } from './turn.ts';

/** Queued bytes that are worth a system call of their own: to gather more would only delay them. */
const promptBytes = 128 * 1024;
/** How long a half-closed connection is kept. */
const lingerMs = 1_000;

export class NodeConnection implements Connection {
  readonly local: Address;
  readonly remote: Address;
  readonly serverName: string | undefined = undefined;
  readonly #socket: Socket;
  #events: ConnectionEvents | undefined;
  #error: Error | undefined;
  #corked = false;
  #ended = false;
  #linger: NodeJS.Timeout | undefined;
  #paused = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.local = plainAddress(socket.localAddress, socket.localPort);
    this.remote = plainAddress(socket.remoteAddress, socket.remotePort);
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('drain', () => this.#events?.drain());
    socket.on('end', () => this.#lingering());
    socket.on('close', () => {
      clearTimeout(this.#linger);
      this.#events?.closed(this.#error);
    });
  }

  /** Where the connection's news goes. Set before any can come. */
  set events(events: ConnectionEvents) {
    this.#events = events;
  }

  /** For the socket's reader. After {@link end} what still comes is thrown away. */
  received(chunk: Uint8Array): void {
    if (!this.#ended) this.#events?.data(chunk);
  }

  write(chunks: readonly Uint8Array[], written?: () => void): boolean {
    const socket = this.#socket;
    if (this.#ended || socket.destroyed) {
      if (written !== undefined) atFlush(written);
      return false;
    }
    if (!this.#corked) {
      this.#corked = true;
      socket.cork();
      atFlush(this.#uncork);
    }
    const last = chunks.length - 1;
    for (let i = 0; i < last; i++) socket.write(chunks[i] as Uint8Array);
    const room = socket.write(chunks[last] ?? nothing, written && ((): void => written()));
    if (socket.writableLength >= promptBytes) this.#uncork();
    this.#linger?.refresh();
    return room;
  }

  readonly #uncork = (): void => {
    // What was sent before the end of the turn leaves this call due; it may then send a later write a little early.
    this.#corked = false;
    this.#socket.uncork();
  };

  get sentBytes(): number {
    const handle = handleOf(this.#socket);
    // What Node has handed over, less what the system still leaves with it.
    return handle === null ? this.#socket.bytesWritten : handle.bytesWritten - handle.writeQueueSize;
  }

  get unsentBytes(): number {
    return this.#socket.writableLength === 0 ? 0 : this.#socket.bytesWritten - this.sentBytes;
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.resume();
  }

  /** Begins to read, unless its user has paused it already. */
  start(): void {
    if (!this.#paused) this.#socket.resume();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#corked) this.#uncork();
    this.#socket.end(() => this.#lingering());
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** One side has closed; the other has so long. */
  #lingering(): void {
    this.#linger ??= setTimeout(() => this.#lingered(), lingerMs);
  }

  #lingered(): void {
    if (this.#socket.writableLength > 0) this.#linger?.refresh();
    else this.#socket.destroy();
  }
}

/** Its counters are what Node's own socket time-out goes by; nothing documented tells of a write that is half done. */
function handleOf(socket: Socket): Counted | null {
  const { _handle: handle } = socket as unknown as { _handle: Counted | null };
  return handle;
}

interface Counted {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

const nothing = new Uint8Array(0);
