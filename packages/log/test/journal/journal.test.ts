/** What the journal saves, what it leaves behind, and what becomes of it when the disk fails. */
import { Bytes, type DiskFile } from '@skerry/base';
import { type Machine, World } from '@skerry/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { type JournalEvent, type JournaledDisk, openJournaledDisk, replayJournal } from '../../src/index.ts';
import { readBatchHeader, writeBatchHeader } from '../../src/journal/format.ts';
import { compute } from '../lab.ts';

const files = Array.from({ length: 12 }, (_, i) => `p/${i}`);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

let world: World;
let machine: Machine;
let disk: JournaledDisk;
let events: JournalEvent[];
let failure: Error | undefined;

/** Lets time pass until the call has called back, with its error. */
function wait(start: (done: (error?: Error) => void) => void): Error | undefined {
  let outcome: { readonly error: Error | undefined } | undefined;
  start((error) => {
    outcome = { error };
  });
  world.clock.runUntil(() => outcome !== undefined);
  return outcome?.error;
}

function open(bytes = 8 * 1024 * 1024): void {
  const { disk: inner, clock, random } = machine;
  events = [];
  failure = wait((done) =>
    openJournaledDisk(
      { disk: inner, clock, compute, random, bytes, report: (event) => events.push(event) },
      (error, opened) => {
        if (opened !== undefined) disk = opened;
        done(error);
      },
    ),
  );
}

const commit = (...some: DiskFile[]): Error | undefined =>
  wait((done) =>
    disk.commit(
      some.map((file) => ({ file, end: file.size() })),
      done,
    ),
  );
const append = (file: DiskFile, value: string): void => file.writeNow([text(value)], file.size());
const at = (path: string): DiskFile => disk.open(path, { create: true });

function contentOf(path: string): string {
  const file = machine.disk.open(path, { create: false });
  const bytes = new Uint8Array(file.size());
  file.readNow(bytes, Bytes(0));
  file.close();
  return new TextDecoder().decode(bytes);
}

/** Files that were made safe in their own places, each with its name in it. */
function established(paths = files): DiskFile[] {
  disk.makeFolder('p');
  const made = paths.map(at);
  for (const file of made) append(file, `${file.path}.`);
  expect(commit(...made)).toBeUndefined();
  return made;
}

/** Adds to each file, in one commit. */
function appendAll(made: readonly DiskFile[], value: string): void {
  for (const file of made) append(file, value);
  expect(commit(...made)).toBeUndefined();
}

function cutPower(): void {
  machine.cutPower();
  open();
}

beforeEach(() => {
  world = new World(1);
  machine = world.machine('one');
  open();
});

describe('a commit', () => {
  test('of many small pieces takes one sync, and survives a power cut', () => {
    const made = established();
    const { sync } = machine.disk.counts;
    appendAll(made, 'one');
    expect(machine.disk.counts.sync).toBe(sync + 1);
    appendAll(made, 'two');
    expect(machine.disk.counts.sync).toBe(sync + 2);
    cutPower();
    for (const path of files) expect(contentOf(path)).toBe(`${path}.onetwo`);
    expect(events).toMatchObject([{ kind: 'journalReplayed', files: 12, entries: 24, skipped: 0 }]);
  });

  test('of few files syncs these, and there is no journal', () => {
    const made = established(files.slice(0, 3));
    world.clock.advance(2_000);
    appendAll(made, 'more');
    expect(machine.disk.exists('journal')).toBe(false);
  });

  test('syncs a large piece in its place, and the small ones beside it by the journal', () => {
    const made = established();
    const [first] = made;
    if (first !== undefined) append(first, 'x'.repeat(200_000));
    const { sync } = machine.disk.counts;
    appendAll(made, 'small');
    expect(machine.disk.counts.sync).toBe(sync + 2);
  });

  test('of new files makes them and their folders safe at once, so that a replay makes none', () => {
    established();
    cutPower();
    expect(events).toEqual([]);
    for (const path of files) expect(contentOf(path)).toBe(`${path}.`);
  });

  test('without anything new waits for what is under way, and calls back later', () => {
    const made = established();
    for (const file of made) append(file, 'one');
    const order: string[] = [];
    const dirty = made.map((file) => ({ file, end: file.size() }));
    disk.commit(dirty, () => order.push('first'));
    disk.commit(dirty, () => order.push('second'));
    expect(order).toEqual([]);
    world.clock.runUntil(() => order.length === 2);
    expect(order).toEqual(['first', 'second']);
  });

  test('of a file that was cut leaves nothing beyond the cut, and what was written since', () => {
    const made = established();
    appendAll(made, '0123456789');
    const [first] = made;
    first?.truncate(Bytes(8));
    if (first !== undefined) append(first, 'new');
    appendAll(made.slice(1), 'more');
    expect(commit(...made)).toBeUndefined();
    appendAll(made, '!');
    cutPower();
    expect(contentOf('p/0')).toBe('p/0.0123new!');
    expect(contentOf('p/1')).toBe('p/1.0123456789more!');
  });

  test('of a large rewrite is not undone by what the journal held before', () => {
    const made = established();
    appendAll(made, 'old');
    const [first] = made;
    first?.writeNow([text('y'.repeat(150_000))], Bytes(0));
    appendAll(made, '');
    cutPower();
    expect(contentOf('p/0')).toBe('y'.repeat(150_000));
    expect(contentOf('p/1')).toBe('p/1.old');
  });
});

test('a commit that names less than was safe takes nothing back', () => {
  for (let seed = 1; seed < 20; seed++) {
    world = new World(seed);
    machine = world.machine('one');
    open();
    const made = established();
    appendAll(made, '0123456789');
    made[0]?.truncate(Bytes(12));
    const dirty = made.slice(0, 1).map((file) => ({ file, end: Bytes(2) }));
    expect(wait((done) => disk.commit(dirty, done))).toBeUndefined();
    cutPower();
    expect(contentOf('p/0')).toBe('p/0.01234567');
  }
});

describe('a removal', () => {
  test('that is safe stays, and a new file of that name holds nothing of the old one', () => {
    const made = established();
    appendAll(made, 'old');
    for (const path of ['p/0', 'p/1']) {
      made[files.indexOf(path)]?.close();
      disk.remove(path);
    }
    expect(wait((done) => disk.commitFolder('p', done))).toBeUndefined();
    const again = at('p/1');
    append(again, 'N');
    expect(commit(again)).toBeUndefined();
    cutPower();
    expect(machine.disk.exists('p/0')).toBe(false);
    expect(contentOf('p/1')).toBe('N');
    expect(contentOf('p/2')).toBe('p/2.old');
  });

  test('of a folder is made safe by a commit of the folder above, with all that was in it', () => {
    const made = established();
    appendAll(made, 'old');
    for (const file of made) file.close();
    disk.remove('p');
    expect(wait((done) => disk.commitFolder('', done))).toBeUndefined();
    cutPower();
    expect(machine.disk.list('')).not.toContain('p');
  });

  test('that is not safe yet brings back all that was', () => {
    const made = established();
    appendAll(made, 'old');
    made[0]?.close();
    disk.remove('p/0');
    appendAll(made.slice(1), 'more');
    cutPower();
    // The disk in memory keeps or drops the name by chance.
    if (machine.disk.exists('p/0')) expect(contentOf('p/0')).toBe('p/0.old');
    expect(contentOf('p/1')).toBe('p/1.oldmore');
  });

  test('must be safe before a new file of that name is written, and a held file is not renamed', () => {
    const made = established();
    appendAll(made, 'old');
    for (const file of made) file.close();
    disk.remove('p/0');
    const again = at('p/0');
    expect(() => append(again, 'new')).toThrow('before the removal of its predecessor is durable');
    expect(() => disk.rename('p/1', 'p/renamed')).toThrow('while the journal holds it');
    expect(() => disk.rename('p/renamed', 'p/1')).toThrow('while the journal holds it');
    expect(() => disk.rename('p', 'q')).toThrow('while the journal holds it');
  });
});

describe('after a kill', () => {
  test('what was written and never committed is still there, for the system has it', () => {
    const made = established();
    appendAll(made, 'one');
    for (const file of made) append(file, 'two');
    const fresh = at('p/fresh');
    append(fresh, 'new');
    machine.kill();
    open();
    expect(events).toMatchObject([{ kind: 'journalReplayed' }]);
    for (const path of files) expect(contentOf(path)).toBe(`${path}.onetwo`);
    expect(contentOf('p/fresh')).toBe('new');
  });
});

test.each([
  ['of one file', 0],
  ['whose second file is in use', 14],
])('the replay of a journal %s may end at any moment, and the start after it too', (_what, rounds) => {
  for (const [first, second] of [
    ['kill', 'kill'],
    ['kill', 'cutPower'],
    ['cutPower', 'kill'],
  ] as const) {
    for (let ms = 0; ms < 12; ms += 0.5) {
      world = new World(ms * 100);
      machine = world.machine('one');
      open(128 * 1024);
      const made = established();
      for (let i = 0; i < rounds; i++) appendAll(made, `${i % 10}`.repeat(400));
      appendAll(made, 'last');
      for (const file of made) append(file, 'lost');
      machine[first]();
      const { disk: inner, clock, random } = machine;
      openJournaledDisk({ disk: inner, clock, compute, random, bytes: 2 ** 17, report: () => {} }, () => {});
      world.clock.advance(ms);
      machine[second]();
      open(128 * 1024);
      const again = files.map(at);
      // Over what was safe, in the files themselves; then behind it, by the journal.
      for (const file of again) file.writeNow([text('NEW')], Bytes(file.path.length + 1));
      expect(commit(...again)).toBeUndefined();
      const found = files.map(contentOf);
      appendAll(again, '!');
      cutPower();
      expect(files.map(contentOf), `${first} and, after ${ms} ms, ${second}`).toEqual(found.map((one) => `${one}!`));
      for (const [i, path] of files.entries()) expect(found[i]?.startsWith(`${path}.NEW`)).toBe(true);
    }
  }
});

describe('what a power cut leaves of the journal', () => {
  const header = 64;
  const block = 4096;

  /** Three batches, each of one block, in the journal's first file. */
  function threeBatches(): void {
    const made = established();
    for (const value of ['one', 'two', 'three']) appendAll(made, value);
    expect(machine.disk.open('journal/1', { create: false }).size()).toBe(3 * block);
    machine.cutPower();
  }

  test('a last batch that is torn ends it, silently', () => {
    threeBatches();
    machine.disk.flipBit('journal/1', 2 * block + header + 50, 3);
    open();
    expect(failure).toBeUndefined();
    for (const path of files) expect(contentOf(path).startsWith(`${path}.onetwo`)).toBe(true);
  });

  test('what lies behind its end is searched for a later batch, once', () => {
    threeBatches();
    // What an earlier use of the file has left.
    const blocks = 100;
    const journal = machine.disk.open('journal/1', { create: false });
    journal.writeNow([new Uint8Array(blocks * block)], Bytes(3 * block));
    journal.close();
    const before = machine.disk.counts.read;
    open();
    expect(failure).toBeUndefined();
    const reads = machine.disk.counts.read - before;
    expect(reads).toBeGreaterThan(blocks - 2);
    expect(reads).toBeLessThan(1.5 * blocks);
  });

  test.each([
    ['bytes of p/0', header + 36],
    ['bytes of some files', 20],
  ])('%s that were safe and are damaged refuse the start, and nothing is changed', (what, byte) => {
    threeBatches();
    const before = files.map(contentOf);
    machine.disk.flipBit('journal/1', block + byte, 3);
    open();
    expect(failure).toMatchObject({ code: 'SKR_DATA_CORRUPT', message: expect.stringContaining(what) });
    expect(files.map(contentOf)).toEqual(before);
  });

  test('every bit of a batch in the middle counts, but for the zeros at its end', () => {
    threeBatches();
    const length = header + 12 * 32 + 10 * 3 + 2 * 4 + 12 * 3;
    for (let byte = 0; byte < length; byte += 7) {
      machine.disk.flipBit('journal/1', block + byte, byte % 8);
      open();
      expect(failure, `byte ${byte}`).toMatchObject({ code: 'SKR_DATA_CORRUPT' });
      machine.disk.flipBit('journal/1', block + byte, byte % 8);
    }
  });

  test('a repair goes on without what is damaged, and says what that is', () => {
    threeBatches();
    machine.disk.flipBit('journal/1', block + header + 36, 3);
    const { disk: inner } = machine;
    const told: JournalEvent[] = [];
    const report = (event: JournalEvent): number => told.push(event);
    expect(wait((done) => replayJournal({ disk: inner, compute, report, skipDamaged: true }, done))).toBeUndefined();
    expect(told).toContainEqual({ kind: 'journalDamaged', path: 'p/0', position: block });
    expect(contentOf('p/1')).toBe('p/1.onetwothree');
    open();
    expect(failure).toBeUndefined();
  });

  test.each([
    ['another’s are none, as a client may have sent them', 1, undefined],
    ['its own show that one before it was damaged', 0, 'SKR_DATA_CORRUPT'],
  ])('of heads behind its end, %s', (_what, change, code) => {
    const made = established();
    appendAll(made, 'one');
    const journal = machine.disk.open('journal/1', { create: false });
    const head = new Uint8Array(header);
    journal.readNow(head, Bytes(0));
    const first = readBatchHeader(head, 0, compute);
    if (first === undefined) throw new Error('the journal begins with a batch');
    writeBatchHeader(head, { ...first, sequence: 99, previous: 98, nonce: first.nonce + change }, compute);
    journal.writeNow([head], Bytes(3 * block));
    wait((done) => machine.disk.commit([{ file: journal, end: journal.size() }], done));
    machine.cutPower();
    open();
    expect(failure).toEqual(code === undefined ? undefined : expect.objectContaining({ code }));
    if (code === undefined) expect(contentOf('p/0')).toBe('p/0.one');
  });
});

describe('a journal', () => {
  /** Appends that fill both its files more than once. */
  function fill(made: readonly DiskFile[], rounds: number): void {
    for (let i = 0; i < rounds; i++) appendAll(made, `${i}`.padStart(20_000, '.'));
  }

  test('is bounded: its files are used again once all they hold is in its place', () => {
    const made = established();
    fill(made, 120);
    expect(events.filter(({ kind }) => kind === 'journalRolled').length).toBeGreaterThan(4);
    for (const file of ['journal/0', 'journal/1']) {
      expect(machine.disk.open(file, { create: false }).size()).toBeLessThanOrEqual(4 * 1024 * 1024);
    }
    cutPower();
    expect(contentOf('p/3')).toHaveLength(4 + 120 * 20_000);
    // Not what the files held before, as well.
    const [replayed] = events;
    expect(replayed?.kind === 'journalReplayed' ? replayed.entries : 0).toBeLessThan(12 * 40);
  });

  test('syncs the files of a full one in the background, little by little', () => {
    const made = established();
    fill(made, 16);
    const { sync } = machine.disk.counts;
    fill(made, 8);
    // One for each commit, and some of the files.
    expect(machine.disk.counts.sync - sync).toBeLessThan(8 + 12);
  });

  test('is empty after a stop in good order', () => {
    const made = established();
    appendAll(made, 'one');
    for (const file of made) file.close();
    expect(wait((done) => disk.close(done))).toBeUndefined();
    expect(contentOf('journal/1')).toBe('');
    cutPower();
    expect(events).toEqual([]);
    expect(contentOf('p/5')).toBe('p/5.one');
  });

  test('that finds no space is emptied, and the files are synced instead; later it is used again', () => {
    const made = established();
    appendAll(made, 'one');
    machine.disk.faults.inject({ on: 'write', code: 'ENOSPC', path: 'journal', times: 1 });
    appendAll(made, 'two');
    expect(events).toMatchObject([{ kind: 'journalFull' }]);
    expect(contentOf('journal/1')).toBe('');
    const { sync } = machine.disk.counts;
    appendAll(made, 'three');
    expect(machine.disk.counts.sync).toBe(sync + made.length);
    world.clock.advance(60_000);
    appendAll(made, 'four');
    expect(machine.disk.counts.sync).toBe(sync + made.length + 1);
    cutPower();
    expect(contentOf('p/7')).toBe('p/7.onetwothreefour');
  });

  test('that is being emptied for want of space takes note of a removal meanwhile', () => {
    const made = established();
    appendAll(made, 'one');
    machine.disk.faults.inject({ on: 'write', code: 'ENOSPC', path: 'journal', times: 1 });
    made.pop()?.close();
    disk.remove('p/11');
    for (const file of made) append(file, 'two');
    const done: string[] = [];
    const dirty = made.map((file) => ({ file, end: file.size() }));
    // Its folder's sync is over when the journal has found no space.
    disk.commit(dirty, (error) => done.push(error?.message ?? 'files'));
    disk.commitFolder('p', (error) => done.push(error?.message ?? 'folder'));
    world.clock.runUntil(() => done.length === 2);
    expect(done).toEqual(['files', 'folder']);
    cutPower();
    expect(machine.disk.exists('p/11')).toBe(false);
    expect(contentOf('p/7')).toBe('p/7.onetwo');
  });

  test.each(['sync', 'write'] as const)('whose %s fails fails every commit from then on', (on) => {
    const made = established();
    for (const file of made) append(file, 'one');
    machine.disk.faults.inject({ on, code: 'EIO', path: 'journal', times: 1 });
    const failed = expect.objectContaining({ code: 'SKR_DISK_FAILED' });
    expect(commit(...made)).toEqual(failed);
    machine.disk.faults.clear();
    expect(commit(...made)).toEqual(failed);
    expect(commit()).toEqual(failed);
    expect(wait((done) => disk.commitFolder('p', done))).toEqual(failed);
    expect(wait((done) => disk.close(done))).toEqual(failed);
  });

  test('fails every commit once a file of a full one cannot be synced', () => {
    const made = established();
    fill(made, 16);
    machine.disk.faults.inject({ on: 'sync', code: 'EIO', path: 'p/', times: 1 });
    let error: Error | undefined;
    for (let i = 0; i < 40 && error === undefined; i++) {
      for (const file of made) append(file, '.'.repeat(20_000));
      error = commit(...made);
    }
    expect(error).toMatchObject({ code: 'SKR_DISK_FAILED' });
  });
});
