/**
 * TCP on node:net.
 *
 * An accept that fails (no descriptor left) is passed over: the connection stays in the system's queue or is refused, and the next one is
 * another chance.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
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

export function nodeNetwork(): Network {
  return { listen, connect: dial };
}

function listen(
  address: Address,
  accept: (connection: Connection) => ConnectionEvents,
  done: (error: Error | undefined, listener?: Listener) => void,
): void {
  const server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: limits.slabBytes }, (socket) =>
    welcome(socket, accept),
  );
  const refused = (cause: Error): void => done(listenError(address, cause));
  server.once('error', refused);
  try {
    server.listen({ host: address.host, port: address.port, backlog: 1024 }, () => {
      server.off('error', refused);
      server.on('error', () => {});
      done(undefined, listenerOf(server));
    });
  } catch (error) {
    queueMicrotask(() => refused(error as Error));
  }
}

function welcome(socket: Socket, accept: (connection: Connection) => ConnectionEvents): void {
  const connection = new NodeConnection(socket);
  connection.events = accept(connection);
  socket.on('data', (chunk) => connection.received(chunk));
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
  let socket: Socket;
  try {
    socket = connect({ ...address, allowHalfOpen: true, noDelay: true });
  } catch (error) {
    queueMicrotask(() => done(error as Error));
    return;
  }
  socket.once('error', done);
  socket.once('connect', () => {
    socket.off('error', done);
    const connection = new NodeConnection(socket);
    connection.events = events;
    done(undefined, connection);
    socket.on('data', (chunk) => connection.received(chunk));
  });
}

function listenError({ host, port }: Address, cause: NodeJS.ErrnoException): OperatingError {
  const kind = cause.code === 'EADDRINUSE' ? 'SKR_ADDRESS_IN_USE' : 'SKR_ADDRESS_INVALID';
  return new OperatingError(kind, `listen on ${host}:${port}: ${cause.message}`, { cause });
}
