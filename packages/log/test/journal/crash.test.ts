/** Random use of a journaled disk, ended by power cuts and kills, held against files as plain arrays. */
import { Bytes, type Disk, type DiskFile } from '@skerry/base';
import { type DiskOperation, type Machine, SeededRandom, World } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { type JournalEvent, type JournaledDisk, openJournaledDisk } from '../../src/index.ts';
import { compute } from '../lab.ts';

type Change = { readonly at: number; readonly bytes: Uint8Array } | { readonly cutTo: number };

/** All that was done to one file, and how much of it must have survived. */
class Model {
  /** What the last commit that was called back covers. */
  committed: Uint8Array = new Uint8Array(0);
  committedChanges = 0;
  isCommitted = false;
  readonly changes: Change[] = [];
  removal: 'none' | 'asked' | 'committed' = 'none';

  /** Why `found` cannot be what a power cut leaves, if it cannot. */
  refuted(found: Uint8Array): string | undefined {
    const later = this.changes.slice(this.committedChanges);
    const safe = this.committed.length;
    let [least, most] = [safe, safe];
    for (const change of later) {
      if ('cutTo' in change) least = Math.min(least, change.cutTo);
      most = Math.max(most, 'cutTo' in change ? change.cutTo : change.at + change.bytes.length);
    }
    if (found.length < least) return `${found.length} bytes, where ${least} were safe`;
    if (found.length > most) return `${found.length} bytes, where there were never more than ${most}`;
    const known = new Uint8Array(found.length);
    for (const change of later) {
      if ('cutTo' in change) continue;
      for (let i = 0; i < change.bytes.length; i++) {
        if (found[change.at + i] === change.bytes[i]) known[change.at + i] = 1;
      }
    }
    for (let i = 0; i < found.length; i++) {
      // A write of which only the end survived leaves zeros before it.
      const isOld = i < safe ? found[i] === this.committed[i] : false;
      if (!isOld && known[i] !== 1 && (i < least || found[i] !== 0))
        return `byte ${i} is ${found[i]}: nobody wrote that`;
    }
    return undefined;
  }
}

class Life {
  readonly machine: Machine;
  readonly events: JournalEvent[];
  disk: JournaledDisk | undefined;
  readonly #random: SeededRandom;
  readonly #models: Map<string, Model>;
  readonly #open = new Map<string, DiskFile>();
  #over = false;

  constructor(machine: Machine, random: SeededRandom, models: Map<string, Model>, events: JournalEvent[]) {
    this.machine = machine;
    this.events = events;
    this.#random = random;
    this.#models = models;
    const { clock, disk } = machine;
    const options = {
      disk,
      clock,
      compute,
      random,
      bytes: 40 * 1024,
      report: (event: JournalEvent) => events.push(event),
    };
    openJournaledDisk({ ...options, journals: (path) => !path.includes('moved') }, (error, opened) => {
      if (error !== undefined) throw error;
      if (!this.#over) this.disk = opened;
    });
  }

  step(nth: number): void {
    const random = this.#random;
    const kind = random.below(20);
    if (kind < 9) this.#write(nth);
    else if (kind < 15) this.#commit();
    else if (kind === 15) this.#truncate();
    else if (kind === 16) this.#remove();
    else if (kind === 17) this.#move(nth);
    else if (this.#open.size > 4) this.#close();
  }

  get #disk(): Disk {
    if (this.disk === undefined) throw new Error('not open yet');
    return this.disk;
  }

  /** An open file, made if there is none of that name; undefined while the removal of its predecessor is not safe. */
  #file(path: string): DiskFile | undefined {
    let model = this.#models.get(path);
    if (model?.removal === 'asked') return undefined;
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    if (model === undefined || model.removal === 'committed') {
      model = new Model();
      this.#models.set(path, model);
    }
    this.#disk.makeFolder(path.slice(0, path.indexOf('/')));
    const file = this.#disk.open(path, { create: true });
    this.#open.set(path, file);
    return file;
  }

  #path(): string {
    return `${'ab'[this.#random.below(2)]}/${this.#random.below(5)}`;
  }

  #write(nth: number): void {
    const file = this.#file(this.#path());
    if (file === undefined) return;
    const size = file.size();
    const at = this.#random.chance(0.8) ? size : this.#random.below(size + 20);
    const bytes = new Uint8Array(1 + this.#random.below(this.#random.chance(0.1) ? 3000 : 300));
    // Values of one write differ from those of others at the same place.
    for (let i = 0; i < bytes.length; i++) bytes[i] = 1 + ((nth * 37 + i * 7) % 255);
    this.#model(file.path).changes.push({ at, bytes });
    file.writeNow([bytes], Bytes(at));
  }

  #truncate(): void {
    const file = this.#file(this.#path());
    if (file === undefined) return;
    const cutTo = this.#random.below(file.size() + 1);
    this.#model(file.path).changes.push({ cutTo });
    file.truncate(Bytes(cutTo));
  }

  #commit(): void {
    const some = [...this.#open.values()].filter(() => this.#random.chance(0.7));
    const dirty = some.map((file) => ({ file, end: file.size() }));
    const covered = some.map((file) => {
      const model = this.#model(file.path);
      const bytes = new Uint8Array(file.size());
      file.readNow(bytes, Bytes(0));
      return { model, bytes, changes: model.changes.length };
    });
    this.#disk.commit(dirty, (error) => {
      if (this.#over) return;
      expect(error).toBeUndefined();
      for (const { model, bytes, changes } of covered) {
        if (changes < model.committedChanges) continue;
        model.isCommitted = true;
        model.committed = bytes;
        model.committedChanges = changes;
      }
    });
  }

  #close(): void {
    const [path, file] = [...this.#open][this.#random.below(this.#open.size)] ?? [];
    if (path === undefined) return;
    file?.close();
    this.#open.delete(path);
  }

  #remove(): void {
    const path = this.#path();
    const model = this.#models.get(path);
    if (model === undefined || model.removal !== 'none') return;
    this.#open.get(path)?.close();
    this.#open.delete(path);
    model.removal = 'asked';
    this.#disk.remove(path);
    if (this.#random.chance(0.3)) return;
    this.#disk.commitFolder(path.slice(0, 1), (error) => {
      expect(error).toBeUndefined();
      if (this.#over) return;
      model.removal = 'committed';
    });
  }

  /** A file is made, made safe, and put in the place of another. */
  #move(nth: number): void {
    if (!this.#disk.exists('a')) return;
    const file = this.#disk.open(`a/new-moved-${nth}`, { create: true });
    const bytes = new Uint8Array(50).fill(1 + (nth % 255));
    file.writeNow([bytes], Bytes(0));
    const target = 'a/moved';
    this.#disk.commit([{ file, end: Bytes(50) }], (error) => {
      file.close();
      if (this.#over) return;
      expect(error).toBeUndefined();
      this.#disk.rename(file.path, target);
      const model = this.#models.get(target) ?? new Model();
      this.#models.set(target, model);
      model.changes.push({ at: 0, bytes });
      const changes = model.changes.length;
      this.#disk.commitFolder('a', (failed) => {
        expect(failed).toBeUndefined();
        if (this.#over || changes < model.committedChanges) return;
        model.isCommitted = true;
        model.committed = bytes;
        model.committedChanges = changes;
      });
    });
  }

  #model(path: string): Model {
    const model = this.#models.get(path);
    if (model === undefined) throw new Error(`${path} has no model`);
    return model;
  }

  end(how: 'kill' | 'cutPower'): void {
    this.#over = true;
    this.machine[how]();
  }
}

/** Holds what is found against the models, and begins anew from it. */
function check(machine: Machine, models: Map<string, Model>): void {
  const { disk } = machine;
  const known = [...models];
  for (const [path, model] of known) {
    const isThere = disk.exists(path);
    if (model.removal === 'none' && model.isCommitted) expect(isThere, `${path} is there`).toBe(true);
    if (model.removal === 'committed') expect(isThere, `${path} is gone`).toBe(false);
    models.delete(path);
    if (!isThere) continue;
    const file = disk.open(path, { create: false });
    const found = new Uint8Array(file.size());
    file.readNow(found, Bytes(0));
    file.close();
    expect(model.refuted(found), path).toBeUndefined();
    const next = new Model();
    next.isCommitted = model.isCommitted && model.removal === 'none';
    // What was safe still is, what else was found may yet be lost.
    next.committed = next.isCommitted ? model.committed : new Uint8Array(0);
    next.changes.push({ cutTo: Math.min(found.length, next.committed.length) });
    for (const change of model.changes.slice(model.committedChanges)) next.changes.push(change);
    next.changes.push({ at: 0, bytes: found });
    models.set(path, next);
  }
}

function run(seed: number): readonly JournalEvent[] {
  const random = new SeededRandom(seed);
  const world = new World(seed);
  // Syncs take their time, but none overtakes another: the disk in memory would then forget names again.
  let last = 0;
  const delayMs = (operation: DiskOperation): number => {
    if (operation !== 'sync') return 0.05;
    last = Math.max(last, world.clock.monotonicMs() + 0.5 + random.below(4) / 4);
    return last - world.clock.monotonicMs();
  };
  const machine = world.machine('one', { delayMs });
  const models = new Map<string, Model>();
  const events: JournalEvent[] = [];
  for (let lives = 0; lives < 3; lives++) {
    let life = new Life(machine, random, models, events);
    while (life.disk === undefined) {
      if (random.chance(0.02)) {
        life.end(random.chance(0.5) ? 'kill' : 'cutPower');
        life = new Life(machine, random, models, events);
      }
      world.clock.advance(0.5);
    }
    check(machine, models);
    // After a kill, what is gone may come back with the next power cut unless that is made safe.
    let due = 0;
    for (const folder of ['a', 'b'].filter((name) => machine.disk.exists(name))) {
      due++;
      life.disk.commitFolder(folder, () => due--);
    }
    world.clock.runUntil(() => due === 0);
    const steps = random.between(20, 140);
    for (let i = 0; i < steps; i++) {
      life.step(lives * 1000 + i);
      if (random.chance(0.4)) world.clock.advance(random.below(6) / 2);
    }
    life.end(random.chance(0.3) ? 'kill' : 'cutPower');
  }
  return events;
}

test('what was committed is there after any end, and nothing that nobody wrote (2,100 lives)', () => {
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= 700; seed++) {
    try {
      for (const { kind } of run(seed)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
  for (const kind of ['journalReplayed', 'journalRolled', 'journalBehind']) {
    expect(counts.get(kind) ?? 0, kind).toBeGreaterThan(20);
  }
});
