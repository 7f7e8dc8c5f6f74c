/** Consumer groups of the client and the real broker, in virtual time. */
import { utf8Decode, utf8Encode } from '@skerry/base';
import { Broker, parseProperties, parseSettings } from '@skerry/broker';
import { Client, type ConsumedRecord, GroupConsumer, type GroupConsumerOptions, Producer } from '@skerry/client';
import { nodeCompute } from '@skerry/io';
import { type Machine, type VirtualClock, World } from '@skerry/testkit';
import { expect, test } from 'vitest';

const compute = nodeCompute({ inline: true });
const partitions = 4;

function startBroker({ clock, random, disk, store, network }: Machine, worldClock: VirtualClock): void {
  const settings = parseSettings(
    parseProperties(`listeners=PLAINTEXT://node-1:9092\nnum.partitions=${partitions}\n`, 'test'),
  );
  const world = { clock, random, disk, store, network, compute };
  let started = false;
  new Broker({ world, settings, report: () => {} }).start((error) => {
    if (error !== undefined) throw error;
    started = true;
  });
  worldClock.runUntil(() => started);
}

/** A member, what it was told, and how often what. */
class Member {
  readonly consumer: GroupConsumer;
  readonly told: string[] = [];
  readonly events: string[] = [];
  failure: Error | undefined;
  #polls = true;

  constructor(client: Client, options: Partial<GroupConsumerOptions> = {}) {
    this.consumer = new GroupConsumer(client, {
      groupId: 'g',
      topics: ['t'],
      reset: 'earliest',
      sessionTimeoutMs: 10_000,
      maxWaitMs: 100,
      onAssigned: (assigned) => this.events.push(`+ ${assigned.map(({ partition }) => partition).join(' ')}`),
      onRevoked: (revoked, why, proceed) => {
        this.events.push(`- ${revoked.map(({ partition }) => partition).join(' ')} ${why}`);
        if (why === 'lost') proceed();
        else this.consumer.commit(undefined, proceed);
      },
      ...options,
    });
    this.#poll();
  }

  get partitions(): number[] {
    return this.consumer.positions.map(({ partition }) => partition);
  }

  stop(): void {
    this.#polls = false;
  }

  #poll(): void {
    this.consumer.poll((error, records) => {
      this.failure = error;
      for (const record of records ?? []) this.#take(record);
      if (this.#polls && error === undefined) this.#poll();
    });
  }

  #take({ partition, offset, value }: ConsumedRecord): void {
    if (!this.partitions.includes(partition)) throw new Error(`${partition} is not ours`);
    this.told.push(`${partition}@${offset} ${utf8Decode(value ?? new Uint8Array(0))}`);
  }
}

function start() {
  const world = new World(11);
  const { clock, random } = world;
  const machine = world.machine('node-1');
  startBroker(machine, clock);
  const clientOn = (host: string) =>
    new Client({ clock, random, network: world.network.host(host), compute }, { bootstrap: ['node-1:9092'] });
  const producer = new Producer(clientOn('producer'), { idempotent: true });
  let sent = 0;
  /** Sends a record to each partition. */
  const produce = async (): Promise<void> => {
    let due = partitions;
    const value = utf8Encode(`r${sent++}`);
    for (let partition = 0; partition < partitions; partition++) {
      producer.submit('t', [{ value }], partition, (error) => {
        if (error !== undefined) throw error;
        due--;
      });
    }
    while (due > 0) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      clock.advance(1);
    }
  };
  return { world, machine, clock, clientOn, produce };
}

/** What all partitions hold after `rounds` of produce, as a member tells it. */
function all(rounds: number): string[] {
  const records = [];
  for (let partition = 0; partition < partitions; partition++) {
    for (let i = 0; i < rounds; i++) records.push(`${partition}@${i} r${i}`);
  }
  return records;
}

test('a member reads all, commits, leaves; the next goes on where it had got to', async () => {
  const { clock, clientOn, produce } = start();
  await produce();
  const first = new Member(clientOn('a'));
  clock.runUntil(() => first.told.length === partitions);
  let closed = false;
  first.stop();
  first.consumer.close(() => {
    closed = true;
  });
  clock.runUntil(() => closed);
  expect(first.told.sort()).toEqual(all(1));
  expect(first.events).toEqual(['+ 0 1 2 3', '- 0 1 2 3 left']);
  await produce();
  const second = new Member(clientOn('b'));
  clock.runUntil(() => second.told.length === partitions);
  clock.advance(5000);
  expect([...first.told, ...second.told].sort()).toEqual(all(2));
});
