import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderLockNames, lockFolder } from '../src/index.ts';

/** Processes start slowly on a busy machine. */
const patient = { timeout: 60_000 };

let root: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skerry-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await killed(child);
  rmSync(root, { recursive: true });
});

const inUse = (owner: string): unknown =>
  expect.objectContaining({ code: 'SKR_FOLDER_IN_USE', message: expect.stringContaining(owner) });

/** Another process that tries to take the folder: what it said, and itself if it has it. */
async function taker(): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const child = fork(join(import.meta.dirname, 'fixtures/take-lock.ts'), [root], {
    execArgv: ['--conditions=skerry-source'],
  });
  children.push(child);
  const [said] = await once(child, 'message');
  return { child, said: String(said) };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('a folder is held once within a process, and free again after its release', () => {
  const lock = lockFolder(root);
  expect(() => lockFolder(root)).toThrow(inUse(`process ${process.pid} on `));
  lock.release();
  expect(() => lock.release()).toThrow('released once');
  lockFolder(root).release();
  expect(readdirSync(root)).toEqual([folderLockNames[0]]);
});

test('another process that holds the folder is named, and its kill frees it', patient, async () => {
  const { child, said } = await taker();
  expect(said).toBe('held');
  expect(() => lockFolder(root)).toThrow(inUse(`process ${child.pid} on `));
  await killed(child);
  const lock = lockFolder(root);
  expect((await taker()).said).toContain(`in use by process ${process.pid} on `);
  lock.release();
});

test('a name that a process left behind when it ended is not told', () => {
  lockFolder(root).release();
  const { pid } = spawnSync('true');
  writeFileSync(join(root, folderLockNames[1]), `process ${pid} on ${hostname()}\n`);
  const lock = lockFolder(root, { readOnly: true });
  expect(() => lockFolder(root)).toThrow(inUse('another process'));
  lock.release();
});

test('of several processes that start at once, one gets the folder', patient, async () => {
  const said = (await Promise.all([taker(), taker(), taker(), taker()])).map((one) => one.said);
  expect(said.filter((what) => what === 'held')).toHaveLength(1);
});

test('a folder that is missing is made; one that cannot be is an operating error', () => {
  const below = join(root, 'a/b');
  lockFolder(below).release();
  writeFileSync(join(root, 'file'), '');
  expect(() => lockFolder(join(root, 'file'))).toThrow(expect.objectContaining({ code: 'SKR_DISK_FAILED' }));
});

// Then SQLite opens it for reading, and locks nothing.
test('a lock that cannot be opened for writing refuses the start', ({ skip }) => {
  lockFolder(root).release();
  const path = join(root, folderLockNames[0]);
  // Root may write to any other file.
  if (spawnSync('chattr', ['+i', path]).status !== 0) skip('files cannot be made immutable here');
  try {
    const refused = { code: 'SKR_DISK_FAILED', message: expect.stringContaining('readonly') as string };
    expect(() => lockFolder(root)).toThrow(expect.objectContaining(refused) as Error);
  } finally {
    spawnSync('chattr', ['-i', path]);
  }
  lockFolder(root).release();
});

test('a lock that its taker does not refer to stays taken', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  lockFolder(root);
  for (let i = 0; i < 5; i++) {
    collect();
    await nextTurn();
  }
  expect(() => lockFolder(root)).toThrow(inUse('process'));
});
