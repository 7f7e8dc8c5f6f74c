/** Consumer groups of the client and the real broker, in virtual time: no promise is waited for. */
import { utf8Decode, utf8Encode } from '@skerry/base';
import { Broker, parseProperties, parseSettings } from '@skerry/broker';
import { Client, type ConsumedRecord, GroupConsumer, type PartitionOffset, Producer } from '@skerry/client';
import { nodeCompute } from '@skerry/io';
import { type Machine, type VirtualClock, World } from '@skerry/testkit';
import { expect, test } from 'vitest';

const compute = nodeCompute({ inline: true });
const partitions = 4;
const sessionTimeoutMs = 10_000;
const properties = `listeners=PLAINTEXT://node-1:9092\nnum.partitions=${partitions}\n`;

function startBroker({ clock, random, disk, store, network }: Machine, worldClock: VirtualClock): void {
  const settings = parseSettings(parseProperties(properties, 'test'));
  const world = { clock, random, disk, store, network, compute };
  let started = false;
  new Broker({ world, settings, report: () => {} }).start((error) => {
    if (error !== undefined) throw error;
    started = true;
  });
  worldClock.runUntil(() => started);
}

/** A process with a member of group g, which polls all the time, and what it was told. */
class Member {
  readonly machine: Machine;
  readonly consumer: GroupConsumer;
  readonly told: string[] = [];
  readonly events: string[] = [];
  /** What should not have been told, or was left out. */
  readonly faults: string[] = [];
  #next = new Map<number, number>();
  #polls = true;

  constructor(machine: Machine) {
    const { clock, random, network } = machine;
    this.machine = machine;
    const client = new Client({ clock, random, network, compute }, { bootstrap: ['node-1:9092'] });
    this.consumer = new GroupConsumer(client, {
      groupId: 'g',
      topics: ['t'],
      reset: 'earliest',
      sessionTimeoutMs,
      maxWaitMs: 100,
      onAssigned: (assigned) => this.#assigned(assigned),
      onRevoked: (revoked, why, proceed) => {
        this.events.push(`- ${revoked.map(({ partition }) => partition).join(' ')} ${why}`);
        this.#next = new Map();
        if (why === 'lost') proceed();
        else this.consumer.commit(undefined, proceed);
      },
    });
    this.#poll();
  }

  get partitions(): number[] {
    return [...this.#next.keys()];
  }

  commit(done: (error?: Error) => void = () => {}): void {
    this.consumer.commit(undefined, done);
  }

  close(clock: VirtualClock): void {
    let closed = false;
    this.#polls = false;
    this.consumer.close(() => {
      closed = true;
    });
    clock.runUntil(() => closed);
  }

  #assigned(assigned: readonly PartitionOffset[]): void {
    this.events.push(`+ ${assigned.map(({ partition }) => partition).join(' ')}`);
    this.#next = new Map(assigned.map(({ partition, offset }) => [partition, offset]));
  }

  #poll(): void {
    this.consumer.poll((error, records) => {
      if (error !== undefined) this.faults.push(error.message);
      for (const record of records ?? []) this.#take(record);
      if (this.#polls && error === undefined) this.#poll();
    });
  }

  #take({ partition, offset, value }: ConsumedRecord): void {
    const next = this.#next.get(partition);
    if (next !== offset) this.faults.push(`${partition}@${offset} where ${next} was due`);
    this.#next.set(partition, offset + 1);
    this.told.push(`${partition}@${offset} ${utf8Decode(value ?? new Uint8Array(0))}`);
  }
}

function start(seed = 11) {
  const world = new World(seed);
  const { clock } = world;
  const node = world.machine('node-1');
  startBroker(node, clock);
  const { random, network } = world.machine('producer');
  const own = { clock, random, network, compute };
  const producer = new Producer(new Client(own, { bootstrap: ['node-1:9092'] }), { idempotent: true });
  let sent = 0;
  let due = 0;
  /** Sends a record to each partition. */
  const send = (): void => {
    const value = utf8Encode(`r${sent++}`);
    for (let partition = 0; partition < partitions; partition++) {
      due++;
      producer.submit('t', [{ value }], partition, (...[error]) => {
        if (error !== undefined) throw error;
        due--;
      });
    }
  };
  const produce = (): void => {
    send();
    clock.runUntil(() => due === 0);
  };
  const outage = (how: 'kill' | 'cutPower', forMs: number): void => {
    node[how]();
    clock.advance(forMs);
    startBroker(node, clock);
  };
  const member = (host: string): Member => new Member(world.machine(host));
  return { world, clock, send, produce, outage, member };
}

/** What all partitions hold after `rounds` of sending, as members tell it. */
function all(rounds: number): string[] {
  const records = [];
  for (let partition = 0; partition < partitions; partition++) {
    for (let i = 0; i < rounds; i++) records.push(`${partition}@${i} r${i}`);
  }
  return records.sort();
}

const toldBy = (...members: Member[]): string[] => members.flatMap(({ told }) => told).sort();
const faultsOf = (...members: Member[]): string[] => members.flatMap(({ faults }) => faults);

/** Two members that have two partitions each, and have read what was sent once. */
function pair() {
  const scene = start();
  scene.produce();
  const [a, b] = [scene.member('a'), scene.member('b')];
  scene.clock.runUntil(() => a.told.length + b.told.length === partitions);
  return { ...scene, a, b };
}

test('a member reads all, commits, leaves; the next goes on where it had got to', () => {
  const { clock, produce, member } = start();
  produce();
  const first = member('a');
  clock.runUntil(() => first.told.length === partitions);
  first.close(clock);
  expect(first.events).toEqual(['+ 0 1 2 3', '- 0 1 2 3 left']);
  produce();
  const second = member('b');
  clock.runUntil(() => second.told.length === partitions);
  clock.advance(5000);
  expect(toldBy(first, second)).toEqual(all(2));
  expect(faultsOf(first, second)).toEqual([]);
});

test('two members share the partitions, and each record is told once', () => {
  const { clock, produce, a, b } = pair();
  expect([...a.events, ...b.events].sort()).toEqual(['+ 0 1', '+ 2 3']);
  for (let i = 0; i < 20; i++) produce();
  clock.advance(1000);
  expect(toldBy(a, b)).toEqual(all(21));
  expect(faultsOf(a, b)).toEqual([]);
});

test('one that comes later takes over half from what is committed, and nothing is told twice', () => {
  const { clock, produce, member } = start();
  produce();
  const a = member('a');
  clock.runUntil(() => a.told.length === partitions);
  const b = member('b');
  for (let i = 0; i < 40; i++) {
    produce();
    clock.advance(250);
  }
  expect(a.events[1]).toBe('- 0 1 2 3 rebalance');
  expect(a.partitions.length + b.partitions.length).toBe(partitions);
  expect(b.partitions).toHaveLength(2);
  expect(toldBy(a, b)).toEqual(all(41));
  expect(faultsOf(a, b)).toEqual([]);
});

test('a topic that comes later is shared out without anybody asking', () => {
  const { clock, produce, member } = start();
  const [a, b] = [member('a'), member('b')];
  clock.advance(10_000);
  produce();
  clock.advance(5000);
  expect(a.partitions).toHaveLength(2);
  expect(b.partitions).toHaveLength(2);
  expect(toldBy(a, b)).toEqual(all(1));
  expect(faultsOf(a, b)).toEqual([]);
});

test('the partitions of a member that dies go to the other after its session, from what it had committed', () => {
  const { clock, produce, a, b } = pair();
  a.commit();
  clock.advance(100);
  produce();
  clock.runUntil(() => a.told.length + b.told.length === 2 * partitions);
  const lost = a.partitions;
  a.machine.kill();
  clock.advance(sessionTimeoutMs - 1000);
  expect(b.partitions).toHaveLength(2);
  clock.advance(10_000);
  expect(b.partitions).toEqual([0, 1, 2, 3]);
  // What a was told and had not committed is told again.
  const again = lost.map((partition) => `${partition}@1 r1`);
  expect(toldBy(a, b)).toEqual([...all(2), ...again].sort());
  expect(faultsOf(a, b)).toEqual([]);
});

test('the partitions of a member that leaves go to the other at once', () => {
  const { clock, produce, a, b } = pair();
  a.close(clock);
  produce();
  clock.advance(4000);
  expect(b.partitions).toEqual([0, 1, 2, 3]);
  expect(toldBy(a, b)).toEqual(all(2));
  expect(faultsOf(a, b)).toEqual([]);
});

test.each(['kill', 'cutPower'] as const)('members keep what they have while the broker is gone (%s)', (how) => {
  const { clock, send, outage, a, b } = pair();
  for (let i = 0; i < 5; i++) {
    send();
    clock.advance(1);
    outage(how, 3000);
    clock.advance(4000);
  }
  expect([...a.events, ...b.events].sort()).toEqual(['+ 0 1', '+ 2 3']);
  expect(toldBy(a, b)).toEqual(all(6));
  expect(faultsOf(a, b)).toEqual([]);
});

test('a member that was away for longer than its session commits nothing, and reads on as a new one', () => {
  const { world, clock, produce, a, b } = pair();
  produce();
  clock.runUntil(() => a.told.length + b.told.length === 2 * partitions);
  world.network.cut('a', 'node-1');
  clock.advance(sessionTimeoutMs + 5000);
  expect(b.partitions).toEqual([0, 1, 2, 3]);
  expect(a.partitions).toHaveLength(2);
  let refusal: Error | undefined;
  a.commit((error) => {
    refusal = error;
  });
  produce();
  world.network.heal();
  clock.runUntil(() => refusal !== undefined);
  expect(refusal).toMatchObject({ code: 'UNKNOWN_MEMBER_ID' });
  expect(a.events.at(-1)).toMatch(/^- . . lost$/);
  clock.advance(10_000);
  expect(a.partitions.length + b.partitions.length).toBe(partitions);
  expect(a.partitions).toHaveLength(2);
  const again = a.told.filter((record) => b.told.includes(record));
  expect(again.every((record) => /@[01] /.test(record))).toBe(true);
  expect(faultsOf(a, b)).toEqual([]);
});

test('a commit of what is not ours is refused before it is sent', () => {
  const { clock, a } = pair();
  const [foreign = -1] = [0, 1, 2, 3].filter((partition) => !a.partitions.includes(partition));
  let refusal: Error | undefined;
  a.consumer.commit([{ topic: 't', partition: foreign, offset: 0 }], (error) => {
    refusal = error;
  });
  clock.advance(1);
  expect(refusal?.message).toContain(`commit of t/${foreign}: REBALANCE_IN_PROGRESS`);
});

/** Members come, commit, leave and die; the broker and its power too; links are reset. */
function run(seed: number): { readonly members: Member[]; readonly rounds: number } {
  const { world, clock, send, outage, member } = start(seed);
  const random = world.random.fork('story');
  const members: Member[] = [];
  const rounds = 60;
  let alive: Member[] = [];
  for (let i = 0; i < rounds; i++) {
    send();
    clock.advance(random.below(1500));
    const one = alive[random.below(Math.max(alive.length, 1))];
    const move = random.below(12);
    if (one === undefined || (move === 0 && alive.length < 4)) {
      const joined = member(`m${members.length}`);
      members.push(joined);
      alive.push(joined);
    } else if (move === 1) outage('kill', random.below(4000));
    else if (move === 2) outage('cutPower', random.below(4000));
    else if (move === 3) world.network.reset(one.machine.host, 'node-1');
    else if (move === 4) world.network.reset('producer', 'node-1');
    else if (move <= 6) one.commit();
    else if (move === 7) {
      alive = alive.filter((each) => each !== one);
      if (random.chance(0.5)) one.machine.kill();
      else one.close(clock);
    }
  }
  members.push(member('last'));
  clock.advance(2 * sessionTimeoutMs + 60_000);
  return { members, rounds };
}

test('whatever happens, all is told, in order, and once to whoever has the partition (12 seeds)', () => {
  for (let seed = 0; seed < 12; seed++) {
    const { members, rounds } = run(seed);
    expect(faultsOf(...members), `seed ${seed}`).toEqual([]);
    expect([...new Set(toldBy(...members))], `seed ${seed}`).toEqual(all(rounds));
  }
});
