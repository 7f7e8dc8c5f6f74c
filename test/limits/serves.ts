import { setTimeout as delay } from 'node:timers/promises';
import { apiVersionsRequest } from '../../bench/frames.ts';
import { Asker } from './sockets.ts';

/** Whether a new client is answered within five seconds. */
export async function serves(port: number): Promise<boolean> {
  const asker = new Asker(port);
  try {
    const late = delay(5000, false);
    return await Promise.race([asker.ask(apiVersionsRequest()).then(() => true), late]);
  } catch {
    return false;
  } finally {
    asker.close();
  }
}
