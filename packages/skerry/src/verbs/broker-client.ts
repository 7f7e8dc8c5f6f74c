import { Client, type ClientOptions } from '@skerry/client';
import { nodeClock, nodeCompute, nodeNetwork, nodeRandom } from '@skerry/io';
import type { Parsed } from '../args.ts';

/** For how long a command tries again what may succeed later: a broker that restarts, a topic being made. */
const retryTimeoutMsDefault = 15_000;

/**
 * Runs `work` with a client of the brokers that --brokers names. A broker that cannot be reached at all is said at
 * once: whoever types a
 * wrong port should not wait.
 */
export async function withClient<T>(
  parsed: Parsed,
  work: (client: Client) => Promise<T>,
  retryTimeoutMs = retryTimeoutMsDefault,
): Promise<T> {
  const bootstrap = (parsed.text('brokers') ?? '127.0.0.1:9092').split(',').filter((address) => address.trim() !== '');
  const options: ClientOptions = { bootstrap, clientId: 'skerry-cli', connectTimeoutMs: 5000, retryTimeoutMs };
  const world = { clock: nodeClock(), network: nodeNetwork(), random: nodeRandom(), compute: nodeCompute() };
  const client = new Client(world, options);
  try {
    await client.any();
    return await work(client);
  } finally {
    client.close();
  }
}
