import { nodeCompute } from '@skerry/io';
import { World } from '@skerry/testkit';
import { Client } from '../src/client.ts';
import type { ClientOptions } from '../src/cluster.ts';
import { FakeBroker } from './fake-broker.ts';
import { settled } from './pump.ts';

/** A fake broker and a client of it, in one virtual world. */
export function stage(options: Partial<ClientOptions> = {}) {
  const world = new World(1);
  const broker = new FakeBroker(world);
  const client = clientOf(world, { bootstrap: [`${broker.host}:9092`], ...options });
  return { world, broker, client, settle: <T>(promise: Promise<T>) => settled(world.clock, promise) };
}

function clientOf(world: World, options: ClientOptions): Client {
  const { clock } = world;
  const network = world.network.host('client');
  return new Client({ clock, network, random: world.random, compute: nodeCompute({ inline: true }) }, options);
}
