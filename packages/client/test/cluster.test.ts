import type { Address, Network } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { World } from '@skerry/testkit';
import { expect, test } from 'vitest';
import type { Callback } from '../src/callback.ts';
import { Cluster } from '../src/cluster.ts';
import type { BrokerConnection } from '../src/connection.ts';
import { FakeBroker } from './fake-broker.ts';

/** A cluster of brokers named so, none of which runs yet; and when each was dialled. */
function unreachable(...hosts: readonly string[]) {
  const world = new World(1);
  const { clock, random } = world;
  const dials: { readonly host: string; readonly atMs: number }[] = [];
  const real = world.network.host('client');
  const network: Network = {
    ...real,
    connect: (address: Address, ...rest) => {
      dials.push({ host: address.host, atMs: clock.monotonicMs() });
      real.connect(address, ...rest);
    },
  };
  const bootstrap = hosts.map((host) => `${host}:9092`);
  const cluster = new Cluster({ clock, random, network, compute: nodeCompute({ inline: true }) }, { bootstrap });
  return { world, clock, cluster, dials };
}

/** What the call back is told, in order. */
function telling(): { readonly told: string[]; readonly tell: Callback<BrokerConnection> } {
  const told: string[] = [];
  return { told, tell: (error, connection) => void told.push(error?.message ?? `${connection?.address.host}`) };
}

test('a broker that is not reached is dialled ever more seldom, however many ask for it', () => {
  const { clock, cluster, dials } = unreachable('gone');
  for (let i = 0; i < 8; i++) {
    const ask = (): void => cluster.any(() => void clock.after(20, ask));
    ask();
  }
  clock.advance(20_000);
  const pauses = dials.slice(1).map(({ atMs }, i) => atMs - (dials[i]?.atMs ?? 0));
  expect(pauses[0]).toBeGreaterThanOrEqual(25);
  for (const pause of pauses.slice(6)) expect(pause).toBeGreaterThanOrEqual(500);
  expect(dials.length).toBeGreaterThan(20);
  expect(dials.length).toBeLessThan(45);
});

test('all that wait for it share the attempt that reaches it, and the next failure begins anew', () => {
  const { world, clock, cluster, dials } = unreachable('late');
  const { told, tell } = telling();
  cluster.any(tell);
  clock.advance(10);
  expect(told).toEqual(['late:9092: connect ECONNREFUSED late:9092 (simulated)']);
  const broker = new FakeBroker(world, 'late');
  for (let i = 0; i < 3; i++) cluster.any(tell);
  clock.advance(100);
  expect(told.slice(1)).toEqual(['late', 'late', 'late']);
  expect(dials).toHaveLength(2);
  broker.drop();
  clock.advance(10);
  cluster.any(tell);
  clock.advance(5);
  expect(told).toHaveLength(5);
});

test('another broker is asked before one that was not reached lately', () => {
  const { world, clock, cluster, dials } = unreachable('gone', 'there');
  new FakeBroker(world, 'there').hasTopic('t');
  const { told, tell } = telling();
  cluster.any(tell);
  clock.advance(20);
  cluster.any(tell);
  clock.advance(1);
  expect(told).toEqual(['there', 'there']);
  expect(dials.map(({ host }) => host)).toEqual(['gone', 'there']);
});

test('who waits for the next attempt is told when the client is closed', () => {
  const { clock, cluster, dials } = unreachable('gone');
  const { told, tell } = telling();
  cluster.any(tell);
  clock.advance(10);
  cluster.any(tell);
  cluster.close();
  clock.advance(5000);
  expect(told).toEqual([expect.stringContaining('ECONNREFUSED'), 'closed by us']);
  expect(dials).toHaveLength(1);
});
