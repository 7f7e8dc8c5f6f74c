/**
 * TCP on node:net.
 *
 * - All connections read into one buffer: the system fills it and we hand it on within one call, and `data` lends its
 *   chunk for that call only. Node by itself takes a fresh 64 KiB from the heap for every read; measured on a loop-back
 *   stream, CPU of the receiver per GB fell from 0.65 s to 0.30 s with writes of 16 KiB, to 0.21 s with 256 KiB, and
 *   its resident memory from 150 to 59 MB.
 * - An accept that fails (no descriptor left) is passed over: the next one is another chance.
 */
import { type BoundSocket, connect, createServer, type OnReadOpts, type Server, Socket } from 'node:net';
import {
  type Address,
  type Connection,
  type ConnectionEvents,
  type Listener,
  limits,
  type Network,
  OperatingError,
} from '@skerry/base';
import { plainAddress } from './address.ts';
import { NodeConnection } from './connection.ts';

/** Larger ones read no faster: this is what the system gives at once, and it stays in the processor's cache. */
const readBytes = 64 * 1024;
const sharedBuffer = new Uint8Array(readBytes);

/**
 * What every socket is given. A machine that lost its power says nothing: after a silent minute the system asks, and
 * closes in the end.
 */
const keepAliveMs = 60_000;
const common = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs };

export function nodeNetwork(): Network {
  return { listen, connect: dial };
}

function listen(
  address: Address,
  accept: (connection: Connection) => ConnectionEvents,
  done: (error: Error | undefined, listener?: Listener) => void,
): void {
  const server = createServer({ ...common, pauseOnConnect: true });
  const refused = (cause: Error): void => done(listenError(address, cause));
  server.once('error', refused);
  try {
    server.listen({ host: address.host, port: address.port, backlog: 1024 }, () => {
      server.off('error', refused);
      server.on('error', () => {});
      takeHandles(server, accept);
      done(undefined, listenerOf(server));
    });
  } catch (error) {
    queueMicrotask(() => refused(error as Error));
  }
}

/**
 * Takes accepted connections before Node makes a socket of each: it would have to be thrown away for one that reads
 * into our buffer, since Node gives `onread` to sockets that dial, not to a server's. That `_handle` and `onconnection`
 * may be taken is not documented, but as old as Node; without them the network's suite fails loudly.
 */
function takeHandles(server: Server, accept: (connection: Connection) => ConnectionEvents): void {
  const { _handle: listening } = server as unknown as { _handle: Listening };
  listening.onconnection = (status, handle) => {
    if (handle !== undefined && status === 0) welcome(handle, accept);
  };
}

interface Listening {
  onconnection: (status: number, handle: Accepted | undefined) => void;
}

type Accepted = BoundSocket & {
  setNoDelay(on: boolean): void;
  setKeepAlive(on: boolean, afterSeconds: number): void;
};

function welcome(handle: Accepted, accept: (connection: Connection) => ConnectionEvents): void {
  handle.setNoDelay(true);
  handle.setKeepAlive(true, keepAliveMs / 1000);
  const reader = new Reader();
  const options = { handle, allowHalfOpen: true, onread: reader.onread, writableHighWaterMark: limits.slabBytes };
  const socket = new Socket(options);
  const connection = new NodeConnection(socket);
  reader.connection = connection;
  connection.events = accept(connection);
  connection.start();
}

/** Brings what the system read to its connection. */
class Reader {
  connection: NodeConnection | undefined;
  readonly onread: OnReadOpts = {
    // Windows fills the buffer while we are elsewhere, so there each connection needs its own.
    buffer: process.platform === 'win32' ? new Uint8Array(readBytes) : sharedBuffer,
    callback: (length, buffer) => {
      this.connection?.received(buffer.subarray(0, length));
      return true;
    },
  };
}

function listenerOf(server: Server): Listener {
  const bound = server.address();
  const { address, port } = bound === null || typeof bound === 'string' ? { address: '', port: 0 } : bound;
  return {
    address: plainAddress(address, port),
    close(done) {
      // The server's own callback would wait for its connections, which go on.
      server.close();
      setImmediate(done);
    },
  };
}

function dial(
  address: Address,
  events: ConnectionEvents,
  done: (error: Error | undefined, connection?: Connection) => void,
): void {
  const reader = new Reader();
  const options = {
    ...common,
    ...address,
    onread: reader.onread,
    writableHighWaterMark: limits.slabBytes,
  };
  let socket: Socket;
  try {
    socket = connect(options);
  } catch (error) {
    queueMicrotask(() => done(error as Error));
    return;
  }
  socket.once('error', done);
  socket.once('connect', () => {
    socket.off('error', done);
    const connection = new NodeConnection(socket);
    connection.events = events;
    reader.connection = connection;
    socket.resume();
    done(undefined, connection);
  });
}

function listenError({ host, port }: Address, cause: NodeJS.ErrnoException): OperatingError {
  const kind = cause.code === 'EADDRINUSE' ? 'SKR_ADDRESS_IN_USE' : 'SKR_ADDRESS_INVALID';
  return new OperatingError(kind, `listen on ${host}:${port}: ${cause.message}`, { cause });
}
