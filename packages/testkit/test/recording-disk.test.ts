import { Bytes } from '@skerry/base';
import { expect, test } from 'vitest';
import { MemoryDisk, MemoryStore, Recording, VirtualClock } from '../src/index.ts';

function recorded() {
  const clock = new VirtualClock();
  const inner = new MemoryDisk({ clock });
  const recording = new Recording<string>();
  return { clock, inner, recording, disk: recording.disk(inner) };
}

test('calls are noted in their order, with their bytes, and commits when they begin and end', () => {
  const { clock, recording, disk } = recorded();
  disk.makeFolder('f');
  const file = disk.open('f/a', { create: true });
  const bytes = Uint8Array.of(1, 2);
  file.writeNow([bytes, Uint8Array.of(3)], Bytes(0));
  bytes.fill(9);
  disk.commit([{ file, end: Bytes(3) }], () => recording.mark('safe'));
  file.truncate(Bytes(1));
  clock.advance(10);
  expect(recording.events).toEqual([
    { kind: 'makeFolder', path: 'f' },
    { kind: 'open', path: 'f/a', file: 0, created: true },
    { kind: 'write', file: 0, at: 0, bytes: Uint8Array.of(1, 2, 3) },
    { kind: 'commit', call: 0, files: [{ file: 0, end: 3 }] },
    { kind: 'truncate', file: 0, size: 1 },
    { kind: 'done', call: 0, failed: false, bytesTaken: 0 },
    { kind: 'mark', mark: 'safe' },
  ]);
});

test('of a write that found no space what got in is noted', () => {
  const { clock, inner, recording, disk } = recorded();
  const file = disk.open('a', { create: true });
  inner.faults.inject({ on: 'write', code: 'ENOSPC', bytesBefore: 2, times: 2 });
  expect(() => file.writeNow([Uint8Array.of(1, 2, 3)], Bytes(0))).toThrow('ENOSPC');
  file.write([Uint8Array.of(4, 5, 6)], Bytes(2), () => {});
  clock.advance(10);
  expect(recording.events.slice(1)).toEqual([
    { kind: 'write', file: 0, at: 0, bytes: Uint8Array.of(1, 2) },
    { kind: 'poolWrite', call: 0, file: 0, at: 2, bytes: Uint8Array.of(4, 5, 6) },
    { kind: 'done', call: 0, failed: true, bytesTaken: 2 },
  ]);
});

test('a folder is removed one name after the other, a missing one not at all', () => {
  const { recording, disk } = recorded();
  disk.makeFolder('f/g');
  disk.open('f/g/a', { create: true }).close();
  disk.remove('f');
  disk.remove('f');
  const removed = recording.events.filter(({ kind }) => kind === 'remove');
  expect(removed).toEqual(['f/g/a', 'f/g', 'f'].map((path) => ({ kind: 'remove', path })));
});

test('a commit of the store that a killed process did not see end has failed', () => {
  const { clock, recording } = recorded();
  const store = recording.store(new MemoryStore({ clock }));
  store.commit([{ key: Uint8Array.of(1), value: Uint8Array.of(2) }], () => {});
  recording.processKilled();
  expect(recording.events).toEqual([
    { kind: 'storeCommit', call: 0, changes: [{ key: Uint8Array.of(1), value: Uint8Array.of(2) }] },
    { kind: 'done', call: 0, failed: true, bytesTaken: 0 },
  ]);
});
