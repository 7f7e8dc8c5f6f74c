import type { Done } from './disk.ts';

/** Where to listen, or whom to call. Port 0 listens on a free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A two-way stream of bytes. */
export interface Connection {
  /** Our end, as the peer dialled it. */
  readonly local: Address;
  readonly remote: Address;
  /** The name the peer asked for (TLS SNI, RFC 6066 section 3). */
  readonly serverName: string | undefined;
  /**
   * Sends `chunks` in order; they belong to the connection until `written` is called, which happens once, also when
   * the connection fails. False says that enough is queued: the events' `drain` tells when to go on.
   */
  write(chunks: readonly Uint8Array[], written?: () => void): boolean;
  /** Stops the events' `data` until {@link resume}. What the system has read already may still come. */
  pause(): void;
  resume(): void;
  /** Bytes of {@link write} that the system has taken so far. */
  readonly sentBytes: number;
  /** Bytes of {@link write} that it has not taken: the peer, or the way to it, does not keep up. */
  readonly unsentBytes: number;
  /** Sends what is queued, then closes. */
  end(): void;
  /** Closes now. */
  destroy(): void;
}

/** What a connection tells its user. None is called from within a method of the connection. */
export interface ConnectionEvents {
  /** Bytes from the peer. `chunk` is lent for this call only. */
  data(chunk: Uint8Array): void;
  drain(): void;
  /** Nothing more comes, either way. The last event. */
  closed(error?: Error): void;
}

export interface Listener {
  /** Where it really listens, with the port the system chose. */
  readonly address: Address;
  /** Stops accepting; open connections go on. */
  close(done: Done): void;
}

/** Byte connections, as the pure packages see them. */
export interface Network {
  /** `done` gets the listener, or SKR_ADDRESS_IN_USE or SKR_ADDRESS_INVALID. */
  listen(
    address: Address,
    accept: (connection: Connection) => ConnectionEvents,
    done: (error: Error | undefined, listener?: Listener) => void,
  ): void;
  /** Calls `done` with the open connection, or with why there is none; then `events` speaks. */
  connect(
    address: Address,
    events: ConnectionEvents,
    done: (error: Error | undefined, connection?: Connection) => void,
  ): void;
}
