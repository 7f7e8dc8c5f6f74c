/** What a disk in memory forgets, and how it fails. */
import { Bytes, type DiskFile } from '@skerry/base';
import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { MemoryDisk, SeededRandom, VirtualClock } from '../src/index.ts';
import { pattern } from './harness.ts';

let clock: VirtualClock;
let disk: MemoryDisk;

beforeEach(() => {
  clock = new VirtualClock();
  disk = new MemoryDisk({ clock });
});

const failed = (code: string): unknown => expect.objectContaining({ name: 'OperatingError', code });

function commit(file: DiskFile, end = file.size()): Error | undefined {
  let outcome: { readonly error: Error | undefined } | undefined;
  disk.commit([{ file, end }], (error) => {
    outcome = { error };
  });
  clock.runUntil(() => outcome !== undefined);
  return outcome?.error;
}

function commitFolder(folder: string): void {
  let done = false;
  disk.commitFolder(folder, () => {
    done = true;
  });
  clock.runUntil(() => done);
}

function create(path: string, content = pattern(10)): DiskFile {
  const file = disk.open(path, { create: true });
  file.writeNow([content], Bytes(0));
  return file;
}

function content(of: MemoryDisk, path: string): number[] {
  const file = of.open(path, { create: false });
  const bytes = new Uint8Array(file.size());
  file.readNow(bytes, Bytes(0));
  file.close();
  return [...bytes];
}

test('a power cut leaves what was committed, bytes and names', () => {
  disk.makeFolder('x/y');
  const kept = create('x/y/kept');
  create('x/y/lost');
  commit(kept);
  kept.writeNow([pattern(5, 50)], Bytes(8));
  kept.truncate(Bytes(12));
  const after = disk.crash();
  expect(after.list('x/y')).toEqual(['kept']);
  expect(content(after, 'x/y/kept')).toEqual([...pattern(10)]);
  expect(() => disk.list('')).toThrow('went down with its machine');
});

test('a commit covers what was written before its call, up to the position it names', () => {
  const file = create('a', pattern(100));
  let done = false;
  disk.commit([{ file, end: Bytes(60) }], () => {
    done = true;
  });
  file.writeNow([new Uint8Array(10)], Bytes(0));
  clock.runUntil(() => done);
  expect(content(disk.crash(), 'a')).toEqual([...pattern(60)]);
});

test('what lies beyond a commit is not brought back by a later one over a cut', () => {
  const file = create('a', pattern(100));
  commit(file, Bytes(60));
  file.truncate(Bytes(50));
  file.writeNow([pattern(5)], Bytes(50));
  commit(file);
  file.writeNow([pattern(1)], Bytes(90));
  commit(file);
  expect(content(disk.crash(), 'a').slice(55, 90)).toEqual(Array.from({ length: 35 }, () => 0));
});

test('a commit that a power cut overtakes keeps nothing, and is never called back', () => {
  const file = create('a');
  let called = false;
  disk.commit([{ file, end: Bytes(10) }], () => {
    called = true;
  });
  const after = disk.crash();
  clock.runUntilIdle();
  expect(called).toBe(false);
  expect(after.exists('a')).toBe(false);
});

test('a rename, a removal and a folder last once the folder above is committed', () => {
  commit(create('old'));
  commit(create('gone'));
  disk = disk.kill();
  disk.rename('old', 'new');
  disk.remove('gone');
  disk.makeFolder('x');
  disk = disk.crash();
  expect(disk.list('')).toEqual(['gone', 'old']);
  disk.rename('old', 'new');
  disk.remove('gone');
  disk.makeFolder('x');
  commitFolder('');
  expect(disk.crash().list('')).toEqual(['new', 'x']);
});

test('a commit of a folder that others overtake takes nothing back from them', () => {
  let syncMs = 100;
  disk = new MemoryDisk({ clock, delayMs: () => syncMs });
  const gone = create('gone');
  commit(gone);
  gone.close();
  disk.commitFolder('', () => {});
  syncMs = 1;
  commit(create('new'));
  disk.remove('gone');
  commitFolder('');
  clock.runUntilIdle();
  expect(disk.crash().list('')).toEqual(['new']);
});

test('a commit of a file that others overtake takes back neither a name nor what was not yet written', () => {
  let syncMs = 100;
  disk = new MemoryDisk({ clock, delayMs: () => syncMs });
  const [moved, removed, grown] = [create('moved'), create('removed'), create('grown')];
  const slow = [moved, removed, grown].map((file) => ({ file, end: file.size() }));
  disk.commit(slow, () => {});
  syncMs = 1;
  commit(grown);
  grown.writeNow([pattern(3, 90)], Bytes(0));
  moved.close();
  removed.close();
  disk.rename('moved', 'target');
  disk.remove('removed');
  commitFolder('');
  clock.runUntilIdle();
  const after = disk.crash();
  expect(after.list('')).toEqual(['grown', 'target']);
  expect(content(after, 'grown')).toEqual([...pattern(10)]);
});

test('a kill keeps what was written, synced or not, and a power cut after it does not', () => {
  const file = create('a');
  commit(file);
  file.writeNow([pattern(10, 10)], Bytes(10));
  create('b');
  disk = disk.kill();
  expect(disk.list('')).toEqual(['a', 'b']);
  expect(content(disk, 'a')).toEqual([...pattern(20)]);
  disk = disk.crash();
  expect(disk.list('')).toEqual(['a']);
  expect(content(disk, 'a')).toEqual([...pattern(10)]);
});

test('with chance, a power cut leaves synced bytes whole and of the others any part', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    disk = new MemoryDisk({ clock, random: new SeededRandom(seed) });
    const file = create('a', pattern(1_000));
    commit(file);
    file.writeNow([new Uint8Array(2_000).fill(0xee)], Bytes(1_000));
    file.writeNow([new Uint8Array(700).fill(0xcc)], Bytes(3_000));
    const left = content(disk.crash(), 'a');
    expect(left.slice(0, 1_000)).toEqual([...pattern(1_000)]);
    expect(left.slice(1_000).every((byte) => byte === 0 || byte === 0xee || byte === 0xcc)).toBe(true);
    if (left.length === 1_000) seen.add('nothing');
    else if (left.length === 3_700 && !left.includes(0, 1_000)) seen.add('all');
    else if (left.slice(1_000, 3_000).includes(0)) seen.add('a gap');
    else if (left.length % 512 === 0) seen.add('torn at a sector');
    else seen.add('torn anywhere');
  }
  expect([...seen].sort()).toEqual(['a gap', 'all', 'nothing', 'torn anywhere', 'torn at a sector']);
});

test('the same seed leaves the same', () => {
  const [first, second] = [5, 5].map((seed) => {
    disk = new MemoryDisk({ clock, random: new SeededRandom(seed) });
    const file = create('a', pattern(10_000));
    commit(file, Bytes(100));
    file.writeNow([pattern(3_000)], Bytes(20_000));
    return content(disk.crash(), 'a');
  });
  expect(first).toEqual(second);
});

test('no order of moves loses what a commit had promised, whatever a power cut leaves', () => {
  const move = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('append' as const), size: fc.integer({ min: 1, max: 900 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('commit' as const), size: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), size: fc.nat(2) }) },
  );
  fc.assert(
    fc.property(fc.array(move, { minLength: 10, maxLength: 40, size: 'max' }), fc.nat(), (moves, seed) => {
      disk = new MemoryDisk({ clock, random: new SeededRandom(seed) });
      const file = disk.open('a', { create: true });
      let promised = -1;
      for (const { kind, size } of moves) {
        const end = file.size();
        if (kind === 'append') file.writeNow([pattern(size, end)], end);
        else if (kind === 'wait') clock.advance(size);
        else {
          disk.commit([{ file, end }], () => {
            promised = Math.max(promised, end);
          });
        }
      }
      const after = disk.crash();
      const left = after.exists('a') ? content(after, 'a') : [];
      expect(after.exists('a') || promised === -1).toBe(true);
      expect(left.slice(0, Math.max(promised, 0))).toEqual([...pattern(Math.max(promised, 0))]);
    }),
  );
});

test('the n-th write fails as it was told to, with part of it done', () => {
  const file = create('a');
  disk.faults.inject({ on: 'write', skip: 1, times: 1, code: 'ENOSPC', bytesBefore: 3 });
  file.writeNow([pattern(10)], Bytes(0));
  expect(() => file.writeNow([pattern(5), pattern(5)], Bytes(10))).toThrow(failed('SKR_DISK_FULL'));
  expect(file.size()).toBe(13);
  file.writeNow([pattern(10)], Bytes(10));
  expect(file.size()).toBe(20);
  expect(disk.counts).toMatchObject({ write: 4, open: 1 });
});

test.each(['EIO', 'ENOSPC'] as const)(
  'a failed sync (%s) ends all syncs, and its bytes never reach the disk',
  (code) => {
    const file = create('a');
    commit(file);
    file.writeNow([pattern(10)], Bytes(10));
    disk.faults.inject({ on: 'sync', times: 1, code });
    expect(commit(file)).toEqual(failed('SKR_DISK_FAILED'));
    disk.faults.clear();
    expect(commit(file)).toEqual(failed('SKR_DISK_FAILED'));
    // The next process can sync again; what the failed one dropped stays in the cache and nowhere else.
    disk = disk.kill();
    expect(content(disk, 'a')).toHaveLength(20);
    expect(commit(disk.open('a', { create: false }))).toBeUndefined();
    expect(content(disk.crash(), 'a')).toEqual([...pattern(10)]);
  },
);

test('reads, opens, renames and removals fail where they are told to', () => {
  const file = create('a');
  disk.faults.inject({ on: 'read', code: 'EIO', path: 'a' });
  expect(() => file.readNow(new Uint8Array(1), Bytes(0))).toThrow(failed('SKR_DISK_FAILED'));
  let outcome: Error | undefined;
  file.read(new Uint8Array(1), Bytes(0), (error) => {
    outcome = error;
  });
  clock.runUntilIdle();
  expect(outcome).toEqual(failed('SKR_DISK_FAILED'));
  file.close();
  disk.faults.decide = (operation) => (operation === 'open' || operation === 'rename' ? { code: 'EIO' } : undefined);
  expect(() => disk.open('b', { create: true })).toThrow(failed('SKR_DISK_FAILED'));
  expect(() => disk.rename('a', 'b')).toThrow(failed('SKR_DISK_FAILED'));
  disk.remove('a');
  expect(disk.list('')).toEqual([]);
});

test('a disk of a given size gets full, and has room again after a cut or a removal', () => {
  disk = new MemoryDisk({ clock, capacityBytes: 100 });
  const file = create('a', pattern(60));
  expect(disk.freeBytes()).toBe(40);
  expect(() => file.writeNow([pattern(50)], Bytes(60))).toThrow(failed('SKR_DISK_FULL'));
  expect(file.size()).toBe(100);
  file.writeNow([pattern(100)], Bytes(0));
  file.truncate(Bytes(60));
  create('b', pattern(40)).close();
  expect(disk.freeBytes()).toBe(0);
  disk.remove('b');
  expect(disk.freeBytes()).toBe(40);
});

test('a flipped bit shows at once, and after a power cut', () => {
  commit(create('a'));
  disk.flipBit('a', 3, 6);
  const flipped = pattern(10);
  flipped[3] = (flipped[3] ?? 0) ^ 64;
  expect(content(disk, 'a')).toEqual([...flipped]);
  expect(content(disk.crash(), 'a')).toEqual([...flipped]);
});

test('what is open is neither renamed nor removed', () => {
  disk.makeFolder('x');
  const file = create('x/a');
  for (const act of [() => disk.remove('x'), () => disk.rename('x/a', 'b'), () => disk.rename('x', 'y')]) {
    expect(act).toThrow('while it is open');
  }
  file.close();
  disk.rename('x', 'y');
  disk.remove('y');
});

test('the same file under way twice takes its time, and counts', () => {
  const file = create('a');
  const start = clock.monotonicMs();
  expect(commit(file)).toBeUndefined();
  expect(clock.monotonicMs() - start).toBe(1);
  disk = new MemoryDisk({ clock, delayMs: (operation) => (operation === 'sync' ? 30 : 0) });
  const slow = create('b');
  commit(slow);
  expect(clock.monotonicMs() - start).toBe(31);
  expect(disk.counts.sync).toBe(1);
});
