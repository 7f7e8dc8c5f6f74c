import { Bytes, type Disk, type Done, OperatingError, type Store } from '@skerry/base';
import { MemoryDisk, MemoryStore, VirtualClock } from '@skerry/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOnlyDisk, readOnlyStore } from '../src/index.ts';

const paths = ['a', 'b', 'f/a', 'f/b', 'f/g/c'] as const;

type Step =
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly at: number;
      readonly bytes: Uint8Array;
      readonly pool: boolean;
    }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly target: string };

const path = fc.constantFrom(...paths);
const place = fc.oneof(fc.nat(200), fc.nat(10_000), fc.constantFrom(4095, 4096, 4097, 8192));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    path,
    at: place,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 9000 }),
    pool: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('truncate' as const), path, size: place }),
  fc.record({ kind: fc.constant('remove' as const), path: fc.constantFrom(...paths, 'f', 'f/g') }),
  fc.record({ kind: fc.constant('rename' as const), path, target: path }),
);

/** Runs what calls back, to its end. */
function wait(clock: VirtualClock, run: (done: Done) => void): void {
  let over = false;
  run((error) => {
    if (error !== undefined) throw error;
    over = true;
  });
  clock.runUntil(() => over);
}

function take(disk: Disk, clock: VirtualClock, taken: Step): void {
  if (taken.kind === 'remove') return disk.remove(taken.path);
  for (const folder of ['f', 'f/g']) disk.makeFolder(folder);
  if (taken.kind === 'rename') {
    if (disk.exists(taken.path) && taken.path !== taken.target) disk.rename(taken.path, taken.target);
    return;
  }
  const file = disk.open(taken.path, { create: true });
  // A hole is never written by anybody here: what is beyond the end is filled first.
  const end = Bytes(file.size());
  if (taken.kind === 'truncate') file.truncate(Bytes(Math.min(taken.size, end)));
  else if (taken.pool) wait(clock, (done) => file.write([taken.bytes], Bytes(Math.min(taken.at, end)), done));
  else file.writeNow([taken.bytes.subarray(0, 1), taken.bytes.subarray(1)], Bytes(Math.min(taken.at, end)));
  file.close();
}

/** All that shows of a disk: names, lengths, bytes, read both ways. */
function shown(disk: Disk, clock: VirtualClock): unknown {
  const folders = ['', 'f', 'f/g'].map((folder) => disk.list(folder));
  const files = paths.map((name) => {
    if (!disk.exists(name)) return undefined;
    const file = disk.open(name, { create: false });
    const now = new Uint8Array(file.size() + 10);
    const count = file.readNow(now, Bytes(0));
    const later = new Uint8Array(5000);
    let counted = -1;
    file.read(later, Bytes(100), (_error, read) => {
      counted = read;
    });
    clock.runUntil(() => counted >= 0);
    file.close();
    return [file.size(), count, now.slice(0, count), counted, later.slice(0, counted)];
  });
  return { folders, files };
}

describe('a read-only disk', () => {
  test('shows what any disk would after the same changes, and the one below is as it was', () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 12, size: 'max' });
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const clock = new VirtualClock();
        const [below, plain] = [new MemoryDisk({ clock }), new MemoryDisk({ clock })];
        for (const disk of [below, plain]) for (const each of before) take(disk, clock, each);
        const was = shown(below, clock);
        const counts = { ...below.counts };
        const over = readOnlyDisk(below, { clock });
        for (const each of after) {
          take(over, clock, each);
          take(plain, clock, each);
        }
        expect(shown(over, clock)).toEqual(shown(plain, clock));
        const { write, truncate, rename, remove } = below.counts;
        expect({ ...counts, write, truncate, rename, remove }).toEqual(counts);
        expect(shown(below, clock)).toEqual(was);
      }),
      { numRuns: 300 },
    );
  });

  test('is full when it would keep too much in memory, and has room again when that goes', () => {
    const clock = new VirtualClock();
    const disk = readOnlyDisk(new MemoryDisk({ clock }), { clock, bytesMax: 10_000 });
    const file = disk.open('a', { create: true });
    file.writeNow([new Uint8Array(8192)], Bytes(0));
    expect(() => file.writeNow([new Uint8Array(10)], Bytes(8192))).toThrow(OperatingError);
    file.truncate(Bytes(10));
    file.writeNow([new Uint8Array(10)], Bytes(4096));
    expect(disk.freeBytes()).toBeLessThan(4096);
  });
});

describe('a read-only store', () => {
  const key = (name: number) => Uint8Array.of(1, name);
  const all = (store: Store) => [...store.entries(Uint8Array.of(0), Uint8Array.of(9))].map(([k, v]) => [k[1], v?.[0]]);

  test('shows changes over what is below, in order, and leaves that alone', () => {
    const changes = fc.array(fc.record({ name: fc.nat(20), value: fc.option(fc.nat(255), { nil: undefined }) }), {
      minLength: 1,
      maxLength: 20,
      size: 'max',
    });
    fc.assert(
      fc.property(changes, changes, (before, after) => {
        const clock = new VirtualClock();
        const toChange = ({ name, value }: { name: number; value: number | undefined }) => ({
          key: key(name),
          value: value === undefined ? undefined : Uint8Array.of(value),
        });
        const [below, plain] = [new MemoryStore({ clock }), new MemoryStore({ clock })];
        for (const store of [below, plain]) wait(clock, (done) => store.commit(before.map(toChange), done));
        const was = all(below);
        const over = readOnlyStore(below, { clock });
        for (const store of [over, plain]) wait(clock, (done) => store.commit(after.map(toChange), done));
        expect(all(over)).toEqual(all(plain));
        for (let name = 0; name <= 20; name++) expect(over.get(key(name))).toEqual(plain.get(key(name)));
        expect(all(below)).toEqual(was);
        expect(below.commits).toBe(1);
      }),
    );
  });

  test('takes no more than its bound, and may lie over nothing', () => {
    const clock = new VirtualClock();
    const store = readOnlyStore(undefined, { clock, bytesMax: 1000 });
    let failed: Error | undefined;
    store.commit([{ key: key(1), value: new Uint8Array(2000) }], (error) => {
      failed = error;
    });
    clock.runUntil(() => failed !== undefined);
    expect(failed).toMatchObject({ code: 'SKR_DISK_FULL' });
    expect(all(store)).toEqual([]);
  });
});
