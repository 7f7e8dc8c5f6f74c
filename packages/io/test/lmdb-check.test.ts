import { spawnSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lmdbStore } from '../src/index.ts';
import { lmdbFault } from '../src/lmdb-check.ts';

const root = mkdtempSync(join(tmpdir(), 'skerry-lmdb-check-'));
const good = join(root, 'good');
const file = join(good, 'data.mdb');

/** A table with branches, leaves, free pages, and values on pages of their own. */
beforeAll(async () => {
  const store = lmdbStore(good);
  for (let round = 0; round < 3; round++) {
    const changes = Array.from({ length: 600 }, (_, i) => ({
      key: Buffer.from(`key ${i}`),
      value: round === 2 && i % 3 === 0 ? undefined : Buffer.alloc(i % 50 === 0 ? 9000 : 40, i),
    }));
    await new Promise<void>((resolve, reject) => {
      store.commit(changes, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }
  await new Promise<void>((resolve) => store.close(() => resolve()));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a file that LMDB wrote is good, and so is none', () => {
  expect(lmdbFault(file)).toBeUndefined();
  expect(lmdbFault(join(root, 'missing', 'data.mdb'))).toBeUndefined();
});

test.each([
  ['is cut off', (bytes: Buffer) => bytes.subarray(0, 20_000), /the file ends before byte/],
  ['holds something else', (bytes: Buffer) => Buffer.alloc(bytes.length, 'x'), /page 0 is no head|no file of LMDB/],
  ['is of zeros', (bytes: Buffer) => Buffer.alloc(bytes.length), /page 0 is no head/],
])('a file that %s is refused with SKR_STORE_FAILED, and the process goes on', (_what, damage, why) => {
  const folder = mkdtempSync(join(root, 'bad-'));
  writeFileSync(join(folder, 'data.mdb'), damage(readFileSync(file)));
  expect(lmdbFault(join(folder, 'data.mdb'))).toMatch(why);
  expect(() => lmdbStore(folder)).toThrow(expect.objectContaining({ code: 'SKR_STORE_FAILED' }) as Error);
});

test('a file that was made and not written yet is taken for a new one', () => {
  const folder = mkdtempSync(join(root, 'new-'));
  const fd = openSync(join(folder, 'data.mdb'), 'w');
  ftruncateSync(fd, 0);
  closeSync(fd);
  expect(lmdbFault(join(folder, 'data.mdb'))).toBeUndefined();
});

test.each(['data.mdb', 'lock.mdb'])('a %s that cannot be opened is told, and the process goes on', (name) => {
  const folder = mkdtempSync(join(root, 'unopened-'));
  if (name === 'lock.mdb') mkdirSync(join(folder, name));
  else symlinkSync(name, join(folder, name));
  const script = `import { lmdbStore } from ${JSON.stringify(join(import.meta.dirname, '..', 'src', 'store.ts'))};
    try { lmdbStore(${JSON.stringify(folder)}); } catch ({ code, message }) { console.log(code, message); }`;
  const args = ['--conditions=skerry-source', '--input-type=module', '-e', script];
  const { status, signal, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, signal }).toEqual({ status: 0, signal: null });
  expect(stdout).toMatch(new RegExp(`^SKR_STORE_FAILED open .*: (EISDIR|ELOOP): .*${name}`));
});

test('a bit that is flipped anywhere does not end the process (300 flips)', { timeout: 60_000 }, () => {
  const work = mkdtempSync(join(root, 'flips-'));
  const script = join(import.meta.dirname, 'fixtures', 'flipped-store.ts');
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=skerry-source', script, good, work, '7', '300'],
    { encoding: 'utf8' },
  );
  expect({ status, signal, stderr }).toMatchObject({ status: 0, signal: null });
  const { found, lost } = JSON.parse(stdout) as { found: number; lost: number };
  expect(found).toBeGreaterThan(50);
  expect(lost).toBeGreaterThan(5);
});
