/** What every store owes its users, over LMDB and the one in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store, StoreChange } from '@skerry/base';
import { lmdbStore } from '@skerry/io';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryStore, VirtualClock } from '../src/index.ts';
import { call, type Pump, pattern, pumpNode, pumpOf } from './harness.ts';

interface Given {
  store: Store;
  readonly pump: Pump;
  /** The table as the next process finds it; the store is closed. */
  readonly again: () => Store;
  readonly release: () => Promise<void>;
}

function onLmdb(): Given {
  const path = mkdtempSync(join(tmpdir(), 'skerry.store-'));
  const given: Given = {
    store: lmdbStore(path),
    pump: pumpNode,
    again: () => lmdbStore(path),
    async release() {
      await call(pumpNode, (done) => given.store.close(done));
      rmSync(path, { recursive: true });
    },
  };
  return given;
}

function inMemory(): Given {
  const clock = new VirtualClock();
  const store = new MemoryStore({ clock });
  return { store, pump: pumpOf(clock), again: () => store.crash(), release: async () => {} };
}

const implementations: readonly (readonly [name: string, make: () => Given])[] = [
  ['on LMDB', onLmdb],
  ['in memory', inMemory],
];

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const put = (key: Uint8Array, value: Uint8Array): StoreChange => ({ key, value });
const drop = (key: Uint8Array): StoreChange => ({ key, value: undefined });
const everything = [bytes(0), new Uint8Array(1_901).fill(0xff)] as const;

describe.each(implementations)('a store %s', (_name, make) => {
  let given: Given;

  beforeEach(() => {
    given = make();
  });
  afterEach(() => given.release());

  const commit = (...changes: StoreChange[]): Promise<void> =>
    call(given.pump, (done) => given.store.commit(changes, done));
  const keys = (from: Uint8Array, to: Uint8Array): number[][] =>
    [...given.store.entries(from, to)].map(([key]) => [...key]);

  test('what is committed is read back, as bytes of the reader', async () => {
    await commit(put(bytes(1), bytes(7, 8)));
    const value = given.store.get(bytes(1));
    expect(value).toEqual(bytes(7, 8));
    value?.fill(0);
    expect(given.store.get(bytes(1))).toEqual(bytes(7, 8));
    expect(given.store.get(bytes(2))).toBeUndefined();
  });

  test('values keep apart when many are read', async () => {
    const sizes = [0, 1, 31, 32, 33, 2_000, 4_096, 20_000, 300_000, 2_000_000];
    await commit(...sizes.map((size, i) => put(bytes(i + 1), pattern(size, i))));
    const read = sizes.map((_, i) => given.store.get(bytes(i + 1)));
    const listed = [...given.store.entries(...everything)];
    for (const [i, size] of sizes.entries()) {
      const [key, value] = listed[i] ?? [];
      expect(key).toEqual(bytes(i + 1));
      for (const found of [read[i], value]) expect(Buffer.compare(found ?? bytes(9, 9), pattern(size, i))).toBe(0);
    }
  });

  test('keys come in the order of their bytes, and a range holds its start and not its end', async () => {
    const all = [[0], [0, 0], [1], [1, 0], [1, 255], [2], [127], [128], [255], [255, 255]];
    await commit(...all.toReversed().map((key) => put(bytes(...key), bytes(1))));
    expect(keys(...everything)).toEqual(all);
    expect(keys(bytes(1), bytes(2))).toEqual([[1], [1, 0], [1, 255]]);
    expect(keys(bytes(1, 0), bytes(255))).toEqual([[1, 0], [1, 255], [2], [127], [128]]);
    expect(keys(bytes(3), bytes(100))).toEqual([]);
    expect(keys(bytes(2), bytes(2))).toEqual([]);
    expect(keys(bytes(2), bytes(1))).toEqual([]);
  });

  test('nothing shows before its commit is called back', async () => {
    let committed = false;
    given.store.commit([put(bytes(1), bytes(1))], () => {
      committed = true;
    });
    expect(given.store.get(bytes(1))).toBeUndefined();
    expect(keys(...everything)).toEqual([]);
    await given.pump(() => committed);
    expect(given.store.get(bytes(1))).toEqual(bytes(1));
  });

  test('the buffers of a commit may be used again once the call returns', async () => {
    const key = bytes(5);
    const value = bytes(6);
    const committing = commit(put(key, value));
    key[0] = 9;
    value[0] = 9;
    await committing;
    expect(given.store.get(bytes(5))).toEqual(bytes(6));
    expect(given.store.get(bytes(9))).toBeUndefined();
  });

  test('commits take effect in the order of their calls, and changes in theirs', async () => {
    const order: number[] = [];
    for (let i = 0; i < 50; i++) {
      const changes = [drop(bytes(1)), put(bytes(1), bytes(99)), put(bytes(1), bytes(i)), put(bytes(2, i), bytes(i))];
      given.store.commit(i === 49 ? [...changes, drop(bytes(2, 7))] : changes, (error) => {
        expect(error).toBeUndefined();
        order.push(i);
      });
    }
    await given.pump(() => order.length === 50);
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(given.store.get(bytes(1))).toEqual(bytes(49));
    expect(keys(bytes(2), bytes(3))).toHaveLength(49);
  });

  test('entries are those of one moment', async () => {
    await commit(...[1, 2, 3].map((i) => put(bytes(i), bytes(i))));
    const seen: number[] = [];
    for (const [key] of given.store.entries(...everything)) {
      seen.push(key[0] ?? 0);
      if (seen.length === 1) await commit(drop(bytes(3)), put(bytes(2, 2), bytes(0)));
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(keys(...everything)).toEqual([[1], [2], [2, 2]]);
  });

  test('a look at the entries may be broken off', async () => {
    await commit(...[1, 2, 3].map((i) => put(bytes(i), bytes(i))));
    for (let i = 0; i < 300; i++) {
      for (const [key] of given.store.entries(...everything)) {
        expect(key).toEqual(bytes(1));
        break;
      }
    }
    await commit(drop(bytes(1)));
    expect(keys(...everything)).toEqual([[2], [3]]);
  });

  test('keys of 1 to 1,900 bytes are taken, others refused before anything is written', async () => {
    const longest = new Uint8Array(1_900).fill(0xff);
    await commit(put(longest, bytes(1)));
    expect(given.store.get(longest)).toEqual(bytes(1));
    expect(keys(...everything)).toEqual([[...longest]]);
    for (const key of [new Uint8Array(0), new Uint8Array(1_901)]) {
      expect(() => given.store.commit([put(bytes(1), bytes(1)), put(key, bytes(1))], () => {})).toThrow('1 to 1900');
      expect(() => given.store.get(key)).toThrow('1 to 1900');
    }
    await commit();
    expect(given.store.get(bytes(1))).toBeUndefined();
  });

  test('close waits for the commits under way, and the next process finds them', async () => {
    let committed = 0;
    for (let i = 0; i < 10; i++) {
      given.store.commit([put(bytes(i + 1), pattern(5_000, i))], (error) => {
        expect(error).toBeUndefined();
        committed++;
      });
    }
    await call(given.pump, (done) => given.store.close(done));
    expect(committed).toBe(10);
    given.store = given.again();
    for (let i = 0; i < 10; i++) expect(given.store.get(bytes(i + 1))).toEqual(pattern(5_000, i));
  });

  test('any commits give the table that a plain map gives', async () => {
    const key = fc.uint8Array({ minLength: 1, maxLength: 2, max: 5 });
    const value = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined, freq: 3 });
    const change = fc.record({ key, value });
    const commits = fc.array(fc.array(change, { maxLength: 8 }), { minLength: 5, maxLength: 12, size: 'max' });
    await fc.assert(
      fc.asyncProperty(commits, async (all) => {
        const found = [...given.store.entries(...everything)];
        await commit(...found.map(([each]) => drop(each)));
        const obvious = new Map<string, [number[], number[]]>();
        for (const changes of all) {
          await commit(...changes);
          for (const { key: each, value: to } of changes) {
            if (to === undefined) obvious.delete(each.join());
            else obvious.set(each.join(), [[...each], [...to]]);
          }
        }
        const listed = [...given.store.entries(...everything)].map(([each, to]) => [[...each], [...(to ?? [])]]);
        const inOrder = [...obvious.values()].sort(([a], [b]) => Buffer.compare(bytes(...a), bytes(...b)));
        expect(listed).toEqual(inOrder);
      }),
      { numRuns: 25 },
    );
  });
});
