/** What goes wrong in a run, and when: each kind at random moments, as often as the plan says. */
import type { DiskOperation, SeededRandom } from '@skerry/testkit';
import { nodeAddress, type SupervisedNode } from './node.ts';
import type { Moment, Observer } from './observer.ts';
import { pick } from './plan.ts';
import type { Scene } from './scene.ts';

export class Faults {
  readonly #scene: Scene;
  readonly #node: SupervisedNode;
  readonly #observer: Observer;
  readonly #random: SeededRandom;
  /** Syncs take so many milliseconds, and the rest of what the disk does is slower as well. */
  slowness: number;
  readonly #moments: readonly (Moment | 'now')[];
  #over = false;

  constructor(scene: Scene, node: SupervisedNode, observer: Observer) {
    this.#scene = scene;
    this.#observer = observer;
    this.#node = node;
    this.#random = scene.world.random.fork('faults');
    const { faults, topics } = scene.plan;
    this.slowness = faults.syncMs;
    const retains = topics.some(({ configs }) => 'retention.ms' in configs || 'retention.bytes' in configs);
    this.#moments = ['now', 'now', 'sync', 'sync', 'sync of state', 'roll', retains ? 'removal' : 'roll'];
  }

  begin(): void {
    const { faults } = this.#scene.plan;
    this.#often(faults.killMs, 'kill', (random) => this.#aim(random, () => this.#node.kill()));
    this.#often(faults.powerCutMs, 'power cut', (random) => this.#aim(random, () => this.#node.cutPower()));
    this.#often(faults.stopMs, 'stop', () => this.#node.stop());
    this.#often(faults.failedSyncMs, 'failed sync', (random) => this.#failOnce(random, 'sync'));
    this.#often(faults.refusedSyncMs, 'refused sync', (random) => this.#failOnce(random, 'sync', 'ENOSPC'));
    this.#often(faults.flippedBitMs, 'flipped bit', (random) => this.#flipBit(random));
    this.#often(faults.storeFailureMs, 'store failure', (random) => this.#failStore(random));
    this.#often(faults.lostStoreMs, 'lost store', () => this.#loseStore());
    this.#often(faults.damagedValueMs, 'damaged value', (random) => this.#damageValue(random));
    this.#often(faults.ioErrorMs, 'io error', (random) =>
      this.#failOnce(random, pick<DiskOperation>(random, ['write', 'read', 'open', 'truncate', 'rename', 'remove'])),
    );
    this.#often(faults.fullDiskMs, 'full disk', (random) => this.#fillDisk(random));
    this.#often(faults.slowDiskMs, 'slow disk', (random) => this.#slowDown(random));
    this.#often(faults.cutLinkMs, 'cut link', (random) => this.#cutLink(random));
    this.#often(faults.resetMs, 'reset', (random) => this.#reset(random));
    this.#often(faults.clockJumpMs, 'clock jump', (random) => this.#jump(random));
  }

  /** Nothing goes wrong any more. */
  end(): void {
    const { world } = this.#scene;
    const { disk } = this.#node.machine;
    this.#over = true;
    this.slowness = 1;
    disk.faults.clear();
    this.#node.machine.store.failCommits(0);
    disk.capacityBytes = Number.MAX_SAFE_INTEGER;
    world.network.heal();
  }

  /** The node has begun to start: some starts end soon. */
  starting(): void {
    const { crashAtStart } = this.#scene.plan.faults;
    if (this.#over || crashAtStart === 0 || this.#random.below(crashAtStart) > 0) return;
    this.#scene.world.clock.after(this.#random.fraction() * 20 * this.slowness, () => {
      if (this.#over || this.#node.state !== 'starting') return;
      this.#observer.counters.add('crash during a start');
      if (this.#random.chance(0.5)) this.#node.kill();
      else this.#node.cutPower();
    });
  }

  /** Now, or at a moment at which something may not be safe yet. */
  #aim(random: SeededRandom, run: () => void): void {
    const moment = pick<Moment | 'now'>(random, this.#moments);
    if (moment === 'now') return run();
    const sync = 1.2 * this.slowness;
    const spanMs = moment === 'roll' ? pick(random, [sync, 600]) : sync;
    const delayMs = random.fraction() * spanMs;
    this.#observer.atNext.set(moment, () => {
      this.#scene.world.clock.after(delayMs, () => {
        if (!this.#over) run();
      });
    });
  }

  #often(meanMs: number, what: string, run: (random: SeededRandom) => void): void {
    if (meanMs === 0) return;
    const random = this.#random.fork(what);
    const { clock } = this.#scene.world;
    const next = (): void => {
      clock.after(-Math.log(1 - random.fraction()) * meanMs, () => {
        if (this.#over) return;
        this.#scene.world.trace.note(what, 'faults', 0, 0);
        run(random);
        next();
      });
    };
    next();
  }

  #failOnce(random: SeededRandom, on: DiskOperation, code: 'EIO' | 'ENOSPC' = 'EIO'): void {
    const skip = random.below(20);
    const torn = on === 'write' ? { bytesBefore: random.below(2000) } : {};
    this.#node.machine.disk.faults.inject({ on, code, skip, times: 1, ...torn });
  }

  /** In a segment that a checkpoint covers, so that only this partition may be hurt, and must not be read wrong. */
  #flipBit(random: SeededRandom): void {
    const { machine } = this.#node;
    const safe = this.#observer.safeFiles(machine.disk);
    if (safe.length === 0) return;
    const { path, bytes } = pick(random, safe);
    machine.disk.flipBit(path, random.below(bytes), random.below(8));
    this.#observer.damaged(path);
  }

  #failStore(random: SeededRandom): void {
    const { store } = this.#node.machine;
    const full = random.chance(0.5);
    store.failCommits(full ? random.between(1, 30) : 1, full ? 'SKR_DISK_FULL' : 'SKR_STORE_FAILED');
  }

  /** An operator deletes the store's folder while the node is down. */
  #loseStore(): void {
    this.#node.kill();
    this.#node.machine.loseStore();
  }

  /** A bit flips in a value of the store, whose checksum shows it: what a log or a table is must not depend on it. */
  #damageValue(random: SeededRandom): void {
    const { store } = this.#node.machine;
    // It is closed then.
    if (this.#node.state === 'stopping') return;
    const keys = [...store.entries(new Uint8Array([0]), new Uint8Array([0xff]))].map(([key]) => key);
    if (keys.length === 0) return;
    store.damage(pick(random, keys));
    this.#observer.counters.add('damaged value');
  }

  #fillDisk(random: SeededRandom): void {
    const { disk } = this.#node.machine;
    disk.capacityBytes = disk.usedBytes + random.below(5000);
    this.#scene.world.clock.after(random.between(100, 5000), () => {
      this.#node.machine.disk.capacityBytes = Number.MAX_SAFE_INTEGER;
    });
  }

  #slowDown(random: SeededRandom): void {
    this.slowness = random.between(5, 100);
    this.#scene.world.clock.after(random.between(500, 5000), () => {
      this.slowness = this.#over ? 1 : this.#scene.plan.faults.syncMs;
    });
  }

  #cutLink(random: SeededRandom): void {
    const { network } = this.#scene.world;
    const other = this.#client(random);
    const oneWay = random.chance(0.5);
    if (random.chance(0.5)) network.cut(other, nodeAddress.host, { oneWay });
    else network.cut(nodeAddress.host, other, { oneWay });
    this.#scene.world.clock.after(random.between(50, 8000), () => network.heal(other, nodeAddress.host));
  }

  #reset(random: SeededRandom): void {
    this.#scene.world.network.reset(this.#client(random), nodeAddress.host);
  }

  #client(random: SeededRandom): string {
    const { producers, rawProducers, consumers } = this.#scene.plan;
    return pick(random, [
      ...[...producers, ...rawProducers, ...consumers].map(({ name }) => name),
      ...this.#scene.members,
    ]);
  }

  #jump(random: SeededRandom): void {
    const { clock } = this.#node.machine;
    const { plausibleJumps } = this.#scene.plan.faults;
    const to = plausibleJumps ? undefined : pick(random, [Date.UTC(1970, 0, 1), Date.UTC(2100, 0, 1)]);
    const now = this.#scene.world.clock.wallMs();
    clock.wallOffsetMs = to === undefined ? random.between(-3_600_000, 3_600_000) : to - now;
  }
}
