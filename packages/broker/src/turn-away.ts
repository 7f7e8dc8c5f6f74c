import type { Clock, Connection, ConnectionEvents } from '@skerry/base';

/**
 * Keeps a connection that comes too soon after others of its address for `ms`, unread, then closes it (KIP-612): closed
 * at once, its client would try again at once.
 */
export function turnAway(connection: Connection, ms: number, clock: Clock, onEnd: () => void): ConnectionEvents {
  const timer = clock.after(ms, () => connection.destroy());
  return {
    data: () => connection.pause(),
    drain: () => undefined,
    closed() {
      timer.cancel();
      onEnd();
    },
  };
}
