/** What every disk owes its users. */
import { Bytes, type Disk, type DiskFile } from '@skerry/base';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { call, type Pump, pattern } from './harness.ts';

export interface Given {
  readonly disk: Disk;
  readonly pump: Pump;
  readonly release: () => void;
}

function content(file: DiskFile): Uint8Array {
  const bytes = new Uint8Array(file.size());
  expect(file.readNow(bytes, Bytes(0))).toBe(bytes.length);
  return bytes;
}

/** A file as a plain array: what the random test compares with. */
class ObviousFile {
  bytes: number[] = [];

  truncate(size: number): void {
    this.bytes = Array.from({ length: size }, (_, i) => this.bytes[i] ?? 0);
  }

  write(chunks: readonly Uint8Array[], at: number): void {
    let to = at;
    for (const chunk of chunks) {
      for (const byte of chunk) {
        while (this.bytes.length < to) this.bytes.push(0);
        this.bytes[to++] = byte;
      }
    }
  }

  read(length: number, at: number): number[] {
    return this.bytes.slice(at, at + length);
  }
}

/** Holds what `make` gives to the contract of {@link Disk}; `name` says where it keeps its files. */
export function diskContract(name: string, make: () => Given): void {
  describe(`a disk in ${name}`, () => {
    let given: Given;
    let disk: Disk;
    let pump: Pump;

    beforeEach(() => {
      given = make();
      ({ disk, pump } = given);
    });
    afterEach(() => given.release());

    const create = (path: string): DiskFile => disk.open(path, { create: true });
    const write = (file: DiskFile, chunks: readonly Uint8Array[], at: number): Promise<void> =>
      call(pump, (done) => file.write(chunks, Bytes(at), done));
    const commit = (...files: DiskFile[]): Promise<void> =>
      call(pump, (done) =>
        disk.commit(
          files.map((file) => ({ file, end: file.size() })),
          done,
        ),
      );

    test('chunks are written one after the other, where they were asked to be', () => {
      const file = create('a');
      file.writeNow([pattern(10), new Uint8Array(0), pattern(5, 10)], Bytes(0));
      file.writeNow([pattern(3, 2)], Bytes(2));
      file.writeNow([], Bytes(0));
      file.writeNow([new Uint8Array(0)], Bytes(100));
      expect(file.size()).toBe(15);
      expect(content(file)).toEqual(pattern(15));
    });

    test('one write takes more chunks than a system call does', async () => {
      const file = create('a');
      const chunks = Array.from({ length: 3_000 }, (_, i) => pattern(7, 7 * i));
      file.writeNow(chunks, Bytes(0));
      await write(file, chunks, 21_000);
      expect(file.size()).toBe(42_000);
      expect(content(file).subarray(0, 21_000)).toEqual(pattern(21_000));
      expect(content(file).subarray(21_000)).toEqual(pattern(21_000));
    });

    test('writes through the pool are done in the order of their calls', async () => {
      const file = create('a');
      const order: number[] = [];
      let left = 20;
      for (let i = 0; i < 20; i++) {
        file.write([new Uint8Array(1_000).fill(i)], Bytes(i * 500), (error) => {
          expect(error).toBeUndefined();
          order.push(i);
          left--;
        });
      }
      await pump(() => left === 0);
      expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
      expect(file.size()).toBe(10_500);
      // Each lies over the latter half of the one before it.
      for (let i = 0; i < 20; i++) expect(content(file)[i * 500 + 499]).toBe(i);
    });

    test('a gap before a write is zero', () => {
      const file = create('a');
      file.writeNow([pattern(4, 1)], Bytes(100));
      expect(content(file)).toEqual(new Uint8Array([...new Uint8Array(100), ...pattern(4, 1)]));
    });

    test('a read gives what there is, and less only at the end', async () => {
      const file = create('a');
      file.writeNow([pattern(100)], Bytes(0));
      const into = new Uint8Array(60).fill(0xff);
      expect(file.readNow(into, Bytes(70))).toBe(30);
      expect(into).toEqual(new Uint8Array([...pattern(30, 70), ...new Uint8Array(30).fill(0xff)]));
      expect(file.readNow(into, Bytes(100))).toBe(0);
      expect(file.readNow(into, Bytes(1_000))).toBe(0);
      expect(await call<number>(pump, (done) => file.read(into, Bytes(0), done))).toBe(60);
      expect(into).toEqual(pattern(60));
      expect(await call<number>(pump, (done) => file.read(into, Bytes(95), done))).toBe(5);
      expect(await call<number>(pump, (done) => file.read(into, Bytes(100), done))).toBe(0);
    });

    test('a cut file ends where it was cut, and grows from there', async () => {
      const file = create('a');
      file.writeNow([pattern(100)], Bytes(0));
      file.truncate(Bytes(40));
      expect(file.size()).toBe(40);
      file.writeNow([pattern(10, 50)], Bytes(50));
      expect(content(file)).toEqual(new Uint8Array([...pattern(40), ...new Uint8Array(10), ...pattern(10, 50)]));
      await commit(file);
      expect(file.size()).toBe(60);
    });

    test('a file is found again under its name', async () => {
      disk.makeFolder('x/y');
      const file = create('x/y/a');
      file.writeNow([pattern(9)], Bytes(0));
      await commit(file);
      file.close();
      expect(disk.exists('x/y/a')).toBe(true);
      const again = disk.open('x/y/a', { create: false });
      expect(again.path).toBe('x/y/a');
      expect(content(again)).toEqual(pattern(9));
      const kept = disk.open('x/y/a', { create: true });
      expect(kept.size()).toBe(9);
    });

    test('the length of a file is known without opening it', async () => {
      disk.makeFolder('x');
      const file = create('x/a');
      expect(disk.sizeOf('x/a')).toBe(0);
      file.writeNow([pattern(9)], Bytes(0));
      expect(disk.sizeOf('x/a')).toBe(9);
      await write(file, [pattern(9)], 20);
      expect(disk.sizeOf('x/a')).toBe(29);
      file.truncate(Bytes(5));
      expect(disk.sizeOf('x/a')).toBe(5);
      await commit(file);
      file.close();
      expect(disk.sizeOf('x/a')).toBe(5);
      // Nobody has it open: it may be moved.
      disk.rename('x/a', 'x/b');
      expect(disk.sizeOf('x/b')).toBe(5);
    });

    test('a file that is missing is an operating error, and so is one in a missing folder', () => {
      const failed = expect.objectContaining({ name: 'OperatingError', code: 'SKR_DISK_FAILED' });
      expect(() => disk.open('a', { create: false })).toThrow(failed);
      expect(() => disk.open('x/a', { create: true })).toThrow(failed);
      expect(() => disk.rename('a', 'b')).toThrow(failed);
      expect(() => disk.sizeOf('a')).toThrow(failed);
      disk.makeFolder('x');
      expect(() => disk.open('x', { create: false })).toThrow(failed);
    });

    test('a folder lists its names by code unit, and a missing one lists none', () => {
      disk.makeFolder('x/y');
      disk.makeFolder('x/y');
      for (const name of ['b', 'a', 'Z', 'é', '10', '9']) create(`x/${name}`).close();
      expect(disk.list('x')).toEqual(['10', '9', 'Z', 'a', 'b', 'y', 'é']);
      expect(disk.list('')).toEqual(['x']);
      expect(disk.list('nowhere')).toEqual([]);
    });

    test('a rename moves a file over another, and a folder with all in it', async () => {
      disk.makeFolder('x');
      for (const [name, length] of [
        ['x/a', 3],
        ['x/b', 5],
      ] as const) {
        const file = create(name);
        file.writeNow([pattern(length)], Bytes(0));
        file.close();
      }
      disk.rename('x/a', 'x/b');
      disk.rename('x', 'z');
      await call(pump, (done) => disk.commitFolder('', done));
      await call(pump, (done) => disk.commitFolder('z', done));
      expect(disk.list('')).toEqual(['z']);
      expect(disk.list('z')).toEqual(['b']);
      expect(disk.open('z/b', { create: false }).size()).toBe(3);
    });

    test('what is removed is gone with all in it, and removing it twice does no harm', () => {
      disk.makeFolder('x/y');
      create('x/y/a').close();
      disk.remove('x');
      disk.remove('x');
      disk.remove('x/y/a');
      expect(disk.list('')).toEqual([]);
      expect(disk.exists('x/y/a')).toBe(false);
    });

    test('commits of one file and of many call back in order, once each', async () => {
      const files = ['a', 'b', 'c'].map(create);
      const order: number[] = [];
      for (let i = 0; i < 30; i++) {
        const file = files[i % 3] as DiskFile;
        file.writeNow([pattern(100)], file.size());
        disk.commit([{ file, end: file.size() }], (error) => {
          expect(error).toBeUndefined();
          order.push(i);
        });
      }
      await pump(() => order.length === 30);
      for (const nth of [0, 1, 2]) {
        const own = order.filter((i) => i % 3 === nth);
        expect(own).toEqual([...own].sort((a, b) => a - b));
      }
      await commit(...files);
      await commit();
    });

    test('a file may be closed while its write and its commit are under way', async () => {
      const file = create('a');
      file.writeNow([pattern(10)], Bytes(0));
      let committed = false;
      disk.commit([{ file, end: Bytes(10) }], (error) => {
        expect(error).toBeUndefined();
        committed = true;
      });
      file.close();
      // Would take the descriptor's number if it were free.
      const other = create('b');
      await pump(() => committed);
      expect(other.size()).toBe(0);
      expect(() => file.size()).not.toThrow();
      expect(() => file.readNow(new Uint8Array(1), Bytes(0))).toThrow('after its close');
    });

    test.each(['../a', '/a', 'x/../../a', 'x//a', './a', 'a\\b', 'a\0'])('the path %j is refused', (path) => {
      expect(() => disk.open(path, { create: true })).toThrow('a path of the disk');
      expect(() => disk.exists(path)).toThrow('a path of the disk');
    });

    test('a commit beyond what is written is refused', () => {
      const file = create('a');
      expect(() => disk.commit([{ file, end: Bytes(1) }], () => {})).toThrow('commit of what is not written');
    });

    test('there is room', () => {
      expect(disk.freeBytes()).toBeGreaterThan(0);
      expect(disk.totalBytes()).toBeGreaterThanOrEqual(disk.freeBytes());
    });

    test('any order of writes, cuts and reads gives what a plain array gives', async () => {
      const step = fc.record({
        kind: fc.constantFrom('writeNow', 'write', 'truncate', 'commit'),
        at: fc.nat(300),
        sizes: fc.array(fc.nat(80), { minLength: 1, maxLength: 4 }),
      });
      const steps = fc.array(step, { minLength: 20, maxLength: 40, size: 'max' });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (moves) => {
          const file = create(`random-${run++}`);
          const obvious = new ObviousFile();
          for (const [i, { kind, at, sizes }] of moves.entries()) {
            const chunks = sizes.map((size, nth) => pattern(size, i * 31 + nth));
            const into = new Uint8Array(sizes[0] ?? 0);
            if (kind === 'truncate') file.truncate(Bytes(at));
            else if (kind === 'writeNow') file.writeNow(chunks, Bytes(at));
            else if (kind === 'write') await write(file, chunks, at);
            else if (kind === 'commit') await commit(file);
            const found = await call<number>(pump, (done) => file.read(into, Bytes(at), done));

            if (kind === 'truncate') obvious.truncate(at);
            else if (kind !== 'commit') obvious.write(chunks, at);
            expect(file.size()).toBe(obvious.bytes.length);
            expect([...into.subarray(0, found)]).toEqual(obvious.read(into.length, at));
          }
          expect([...content(file)]).toEqual(obvious.bytes);
          file.close();
        }),
        { numRuns: 40 },
      );
    });
  });
}
