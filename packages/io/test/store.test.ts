/** What only the store on LMDB has to show; the contract itself is tested in testkit, over this one too. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store, StoreChange } from '@skerry/base';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lmdbStore } from '../src/index.ts';

/** Syncs take their time on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

let path: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'skerry.store-'));
});
afterEach(() => rmSync(path, { recursive: true }));

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const failed = (code: string, text: string): unknown =>
  expect.objectContaining({ name: 'OperatingError', code, message: expect.stringContaining(text) });

function commit(store: Store, ...changes: StoreChange[]): Promise<void> {
  return new Promise((resolve, reject) => store.commit(changes, (error) => (error ? reject(error) : resolve())));
}

function close(store: Store): Promise<void> {
  return new Promise((resolve, reject) => store.close((error) => (error ? reject(error) : resolve())));
}

test('a value that changed on the disk is not given out', async () => {
  const store = lmdbStore(path);
  const value = new TextEncoder().encode('a value that is easy to find');
  await commit(store, { key: bytes(1), value }, { key: bytes(2), value: bytes(2) });
  await close(store);
  const file = join(path, 'data.mdb');
  const content = readFileSync(file);
  const at = content.indexOf(value);
  expect(at).toBeGreaterThan(0);
  content[at + 5] = (content[at + 5] ?? 0) ^ 0x10;
  writeFileSync(file, content);

  const again = lmdbStore(path);
  const corrupt = failed('SKR_DATA_CORRUPT', 'the value of key 01 does not match its checksum');
  expect(() => again.get(bytes(1))).toThrow(corrupt);
  expect([...again.entries(bytes(0), bytes(9))]).toEqual([
    [bytes(1), undefined],
    [bytes(2), bytes(2)],
  ]);
  expect(again.get(bytes(2))).toEqual(bytes(2));
  await close(again);
});

test('a full table refuses to grow, keeps what it has, and takes again once there is room', async () => {
  const store = lmdbStore(path, { bytesMax: 1024 * 1024 });
  const full = failed('SKR_DISK_FULL', 'the table is full');
  const put = (i: number): StoreChange => ({ key: bytes(1, i), value: new Uint8Array(20_000).fill(i) });
  let kept = 0;
  await expect(
    (async () => {
      for (; ; kept++) await commit(store, put(kept));
    })(),
  ).rejects.toThrow(full);
  expect(kept).toBeGreaterThan(30);
  await expect(commit(store, { key: bytes(1, 0), value: undefined }, put(kept))).rejects.toThrow(full);
  for (let i = 0; i < kept; i++) expect(store.get(bytes(1, i))).toEqual(put(i).value);
  for (let i = 0; i < 5; i++) await commit(store, { key: bytes(1, i), value: undefined });
  await commit(store, put(kept));
  await commit(store, { key: bytes(2), value: bytes(2) });
  expect(readFileSync(join(path, 'data.mdb')).length).toBeLessThan(2 * 1024 * 1024);
  await close(store);
});

test('rewriting a key for ever does not fill the table', async () => {
  const store = lmdbStore(path, { bytesMax: 256 * 1024 });
  for (let i = 0; i < 300; i++) await commit(store, { key: bytes(1), value: new Uint8Array(30_000).fill(i) });
  expect(store.get(bytes(1))?.[0]).toBe(299 & 0xff);
  await close(store);
});

test('a folder that cannot be opened is an operating error', () => {
  writeFileSync(join(path, 'file'), '');
  expect(() => lmdbStore(join(path, 'file'))).toThrow(failed('SKR_STORE_FAILED', 'open'));
});

test('the map grows with the file, where a reader keeps old pages from being used again', async () => {
  const store = lmdbStore(path, { bytesMax: 256 * 1024 });
  for (const i of [1, 2, 3]) await commit(store, { key: bytes(i), value: bytes(i) });
  const reader = store.entries(bytes(0), bytes(9))[Symbol.iterator]();
  reader.next();
  for (let i = 0; i < 100; i++) await commit(store, { key: bytes(2), value: new Uint8Array(30_000).fill(i) });
  expect(statSync(join(path, 'data.mdb')).size).toBeGreaterThan(4 * 2 * 256 * 1024);
  expect([reader.next().value?.[0], reader.next().value?.[0]]).toEqual([bytes(2), bytes(3)]);
  reader.next();
  expect(store.get(bytes(2))?.[0]).toBe(99);
  await close(store);
});
