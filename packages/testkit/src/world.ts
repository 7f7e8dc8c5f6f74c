/**
 * Everything outside of a program, from one seed: a clock, a network, and machines with a disk, a store and chance of
 * their own. The same seed and the same calls give the same run.
 */
import type { Clock, Network, Timer } from '@skerry/base';
import type { FaultEffect } from './disk-faults.ts';
import { MemoryDisk, type MemoryDiskOptions } from './memory-disk.ts';
import { MemoryNetwork, type MemoryNetworkOptions } from './memory-network.ts';
import { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
import { SeededRandom } from './seeded-random.ts';
import { TraceHash } from './trace.ts';
import { type Owner, VirtualClock } from './virtual-clock.ts';

export class World {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly network: MemoryNetwork;

  readonly trace: TraceHash;
  /** Told when a fault has changed what happens: that it did is worth counting. */
  effect: ((what: FaultEffect) => void) | undefined;

  constructor(seed: number, network: Pick<MemoryNetworkOptions, 'shortChunks'> = {}) {
    this.seed = seed;
    this.clock = new VirtualClock();
    this.random = new SeededRandom(seed);
    this.trace = new TraceHash(() => this.clock.monotonicMs());
    const random = this.random.fork('network');
    this.network = new MemoryNetwork({ ...network, clock: this.clock, random, trace: this.trace.note });
  }

  /** A new machine; `host` is its address. */
  machine(host: string, disk: Pick<MemoryDiskOptions, 'capacityBytes' | 'delayMs'> = {}): Machine {
    return new Machine(this, host, disk);
  }
}

/** What one process finds on its machine. After a kill or a power cut the properties are those of the next process. */
export class Machine {
  readonly host: string;
  readonly random: SeededRandom;
  readonly network: Network;
  clock: MachineClock;
  disk: MemoryDisk;
  store: MemoryStore;
  readonly #world: World;

  constructor(world: World, host: string, disk: Pick<MemoryDiskOptions, 'capacityBytes' | 'delayMs'>) {
    this.#world = world;
    this.host = host;
    this.random = world.random.fork(host);
    this.network = world.network.host(host);
    this.clock = new MachineClock(world.clock);
    this.disk = new MemoryDisk({
      ...disk,
      clock: world.clock,
      random: this.random.fork('disk'),
      trace: world.trace.note,
      effect: (what) => world.effect?.(what),
    });
    this.store = new MemoryStore(this.#storeOptions('store'));
  }

  /** Ends the process as kill -9 does: what it wrote is still there. */
  kill(): void {
    this.#gone();
    this.disk = this.disk.kill();
  }

  /** Ends the process and takes from the disk what was not synced. */
  cutPower(): void {
    this.#gone();
    this.disk = this.disk.crash();
  }

  /** Puts an empty store in the place of the one there is: what an operator does who deletes its folder. */
  loseStore(): void {
    this.store = new MemoryStore(this.#storeOptions('new store'));
  }

  #storeOptions(name: string): MemoryStoreOptions {
    const { clock } = this.#world;
    return { clock, random: this.random.fork(name), effect: (what) => this.#world.effect?.(what) };
  }

  #gone(): void {
    this.clock.stop();
    this.clock = new MachineClock(this.#world.clock, this.clock.wallOffsetMs);
    this.#world.network.vanish(this.host);
    this.store = this.store.crash();
  }
}

/** A machine's view of the time: its wall clock may be wrong, and what its process had planned ends with it. */
export class MachineClock implements Clock, Owner {
  /** How far the machine's wall clock is ahead of the world's. */
  wallOffsetMs: number;
  /** The process is gone: nothing that it asked for is called any more. */
  stopped = false;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, wallOffsetMs = 0) {
    this.#clock = clock;
    this.wallOffsetMs = wallOffsetMs;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  wallMs(): number {
    return this.#clock.wallMs() + this.wallOffsetMs;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#clock.after(delayMs, run, this);
  }

  soon(run: () => void): void {
    this.#clock.soon(run, this);
  }

  stop(): void {
    this.stopped = true;
  }
}
