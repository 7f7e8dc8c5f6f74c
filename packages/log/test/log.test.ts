import { batchBaseOffset, batchLeaderEpoch } from '@skerry/wire';
import { expect, test } from 'vitest';
import { batchOf, Lab } from './lab.ts';

test('what is appended in a turn is written at its end, then synced, then read back', () => {
  const lab = new Lab();
  const [first, second] = [batchOf(3), batchOf(2)];
  expect(lab.append(first)).toBe(0);
  expect(lab.append(second)).toBe(3);
  expect([lab.log.logEndOffset, lab.log.writtenOffset, lab.log.syncedOffset]).toEqual([5, 0, 0]);
  lab.settle();
  expect([lab.written, lab.synced, lab.log.syncedOffset]).toEqual([5, 5, 5]);
  expect(lab.read(0)).toEqual(Uint8Array.from([...first, ...second]));
  expect(lab.read(4)).toEqual(second);
  expect([batchBaseOffset(second, 0), batchLeaderEpoch(second, 0)]).toEqual([3, 0]);
});

test.each(['powerCut', 'kill', 'restart'] as const)('a log comes back whole (after %s)', (how) => {
  const before = new Lab({ settings: { segmentBytes: 400 } });
  const batches = [3, 2, 4, 1, 2, 5].map((count) => batchOf(count));
  for (const batch of batches) {
    before.append(batch, 7);
    before.settle();
  }
  const lab = before[how]();
  expect([lab.log.logStartOffset, lab.log.logEndOffset]).toEqual([0, 17]);
  lab.settle();
  expect(lab.log.syncedOffset).toBe(17);
  const found: number[] = [];
  for (let offset = 0; offset < 17; ) {
    const bytes = lab.read(offset);
    found.push(...bytes);
    offset = batchBaseOffset(bytes, 0);
    for (const batch of batches) if (batchBaseOffset(batch, 0) >= offset) offset = Math.max(offset, 0);
    offset = nextSegment(lab, offset);
  }
  expect(found).toEqual(batches.flatMap((batch) => [...batch]));
  expect(lab.log.epochs.rows).toEqual([{ epoch: 7, startOffset: 0 }]);
});

const nextSegment = (lab: Lab, offset: number): number => {
  const bases = lab.disk
    .list('p-0')
    .filter((name) => name.endsWith('.log'))
    .map((name) => Number(name.slice(0, 20)));
  return bases.find((base) => base > offset) ?? lab.log.logEndOffset;
};
