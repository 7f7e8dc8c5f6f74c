/** What only the disk on the file system has to show; the contract itself is tested in testkit, over this one too. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bytes, type Disk, type DiskFile, type OperatingError } from '@skerry/base';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lmdbStore, nodeDisk } from '../src/index.ts';

/** Syncs take their time on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skerry-disk-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const failed = (code: string, ...texts: string[]): unknown =>
  expect.objectContaining({ name: 'OperatingError', code, message: expect.stringMatching(texts.join('.*')) });

function commit(disk: Disk, file: DiskFile): Promise<void> {
  return new Promise((resolve, reject) =>
    disk.commit([{ file, end: file.size() }], (error) => (error ? reject(error) : resolve())),
  );
}

function write(file: DiskFile, chunks: readonly Uint8Array[], at: number): Promise<void> {
  return new Promise((resolve, reject) =>
    file.write(chunks, Bytes(at), (error) => (error ? reject(error) : resolve())),
  );
}

test('the root is made with all above it', () => {
  const disk = nodeDisk(join(root, 'a/b/c'));
  expect(disk.list('')).toEqual([]);
  expect(statSync(join(root, 'a/b/c')).isDirectory()).toBe(true);
});

test('an error names the call, the file and the reason', () => {
  const disk = nodeDisk(root);
  expect(() => disk.open('a', { create: false })).toThrow(failed('SKR_DISK_FAILED', 'open a: ', 'ENOENT'));
  writeFileSync(join(root, 'file'), '');
  expect(() => disk.makeFolder('file/x')).toThrow(failed('SKR_DISK_FAILED', 'make folder file/x: ', 'ENOTDIR'));
  expect(() => disk.list('file')).toThrow(failed('SKR_DISK_FAILED', 'list file: ', 'ENOTDIR'));
  expect(() => nodeDisk(join(root, 'file'))).toThrow(failed('SKR_DISK_FAILED', 'EEXIST'));
});

test.runIf(process.platform === 'linux')('what cannot be looked up is an error, not a file that is missing', () => {
  const disk = nodeDisk(root);
  symlinkSync('loop', join(root, 'loop'));
  expect(() => disk.exists('loop')).toThrow(failed('SKR_DISK_FAILED', 'look for loop: ', 'ELOOP'));
  writeFileSync(join(root, 'file'), '');
  expect([disk.exists('file'), disk.exists('file/x'), disk.exists('x/y')]).toEqual([true, false, false]);
});

test.runIf(process.platform === 'linux')(
  'the descriptors of closed files are given back, also after a commit under way',
  async () => {
    const disk = nodeDisk(root);
    const openDescriptors = (): number =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(join(root, 'f'));
        } catch {
          return false;
        }
      }).length;
    const commits: Promise<void>[] = [];
    for (let i = 0; i < 20; i++) {
      const file = disk.open(`f${i}`, { create: true });
      file.writeNow([new Uint8Array(100)], Bytes(0));
      commits.push(commit(disk, file), write(file, [new Uint8Array(5)], 200));
      file.close();
    }
    expect(openDescriptors()).toBe(20);
    await Promise.all(commits);
    await new Promise((resolve) => nodeDisk(root).commitFolder('', resolve));
    expect(openDescriptors()).toBe(0);
    expect(statSync(join(root, 'f7')).size).toBe(205);
  },
);

test('a folder that was removed while its sync waited is no error', async () => {
  const disk = nodeDisk(root);
  disk.makeFolder('x');
  const done = new Promise<Error | undefined>((resolve) => disk.commitFolder('x', resolve));
  disk.remove('x');
  expect(await done).toBeUndefined();
});

test.runIf(existsSync('/dev/full'))('a write that finds no space at all says so', async () => {
  symlinkSync('/dev/full', join(root, 'full'));
  const file = nodeDisk(root).open('full', { create: false });
  const full = failed('SKR_DISK_FULL', 'write full: ', 'ENOSPC');
  expect(() => file.writeNow([new Uint8Array(10)], Bytes(0))).toThrow(full);
  await expect(write(file, [new Uint8Array(10)], 0)).rejects.toThrow(full);
});

/** Only root may mount; elsewhere these are counted as skipped. */
describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a disk of 1 MiB', () => {
  let mounted: string;

  beforeEach(() => {
    mounted = mkdtempSync(join(tmpdir(), 'skerry-small-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mounted]);
  });
  afterEach(() => {
    execFileSync('umount', ['--lazy', mounted]);
    rmSync(mounted, { recursive: true });
  });

  const chunks = [new Uint8Array(700_000).fill(1), new Uint8Array(700_000).fill(2)];

  test('a store that cannot be made for want of room says so, and the process goes on', async () => {
    const path = join(mounted, 'store');
    const filler = nodeDisk(mounted).open('a', { create: true });
    expect(() => filler.writeNow([new Uint8Array(1_100_000)], Bytes(0))).toThrow(failed('SKR_DISK_FULL', 'ENOSPC'));
    expect(() => lmdbStore(path)).toThrow(failed('SKR_DISK_FULL', 'store: ENOSPC'));
    filler.truncate(Bytes(0));
    filler.close();
    const store = lmdbStore(path);
    await new Promise<void>((done) => store.close(() => done()));
  });

  test('a store with no room left refuses, keeps what it has, tries once a second, and takes again', async () => {
    const store = lmdbStore(join(mounted, 'store'));
    const put = (i: number): Promise<void> =>
      new Promise((done, fail) => {
        const change = { key: Uint8Array.of(1, i), value: new Uint8Array(10_000).fill(i) };
        store.commit([change], (error) => (error === undefined ? done() : fail(error)));
      });
    for (let i = 0; i < 20; i++) await put(i);
    const filler = nodeDisk(mounted).open('filler', { create: true });
    expect(() => filler.writeNow([new Uint8Array(1_100_000)], Bytes(0))).toThrow(failed('SKR_DISK_FULL', 'ENOSPC'));
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (let i = 20; i < 60; i++) await expect(put(i)).rejects.toThrow(failed('SKR_DISK_FULL', '0 bytes are left'));
    expect(told.mock.calls.length).toBeGreaterThan(0);
    expect(told.mock.calls.length).toBeLessThan(40);
    told.mockRestore();
    filler.truncate(Bytes(0));
    filler.close();
    for (let i = 20; i < 40; i++) await put(i);
    for (let i = 0; i < 40; i++) expect(store.get(Uint8Array.of(1, i))).toEqual(new Uint8Array(10_000).fill(i));
    await new Promise<void>((done) => store.close(() => done()));
  });

  test('a write that does not fit goes in as far as it fits, fails, and can be cut back', () => {
    const disk = nodeDisk(mounted);
    expect(disk.freeBytes()).toBe(1024 * 1024);
    const file = disk.open('a', { create: true });
    file.writeNow([new Uint8Array(1_000)], Bytes(0));
    expect(() => file.writeNow(chunks, Bytes(1_000))).toThrow(failed('SKR_DISK_FULL', 'write a: ', 'ENOSPC'));
    expect(file.size()).toBe(1024 * 1024);
    expect(disk.freeBytes()).toBe(0);
    file.truncate(Bytes(1_000));
    expect(file.size()).toBe(1_000);
    file.writeNow([new Uint8Array(500_000)], Bytes(1_000));
    file.close();
  });

  test('through the pool, the writes queued behind the one that failed fail with it', async () => {
    const file = nodeDisk(mounted).open('a', { create: true });
    const outcomes = await Promise.allSettled([
      write(file, [new Uint8Array(1_000)], 0),
      write(file, chunks, 1_000),
      write(file, [new Uint8Array(10)], 1_401_000),
    ]);
    const codes = outcomes.map((one) => (one.status === 'rejected' ? (one.reason as OperatingError).code : 'written'));
    expect(codes).toEqual(['written', 'SKR_DISK_FULL', 'SKR_DISK_FULL']);
    expect(file.size()).toBe(1024 * 1024);
    file.truncate(Bytes(1_000));
    await write(file, [new Uint8Array(10)], 1_000);
    file.close();
  });

  test('a store reports that it could not write, and keeps what it had', async () => {
    const store = lmdbStore(join(mounted, 'table'));
    const key = new Uint8Array([1]);
    const put = (length: number): Promise<void> =>
      new Promise((resolve, reject) =>
        store.commit([{ key, value: new Uint8Array(length) }], (error) => (error ? reject(error) : resolve())),
      );
    await put(1_000);
    await expect(put(2_000_000)).rejects.toThrow(failed('SKR_DISK_FULL', 'bytes are left on the disk'));
    expect(store.get(key)).toHaveLength(1_000);
    await put(2_000);
    expect(store.get(key)).toHaveLength(2_000);
    await new Promise<void>((resolve) => store.close(() => resolve()));
  });
});
