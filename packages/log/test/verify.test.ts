import { Bytes } from '@skerry/base';
import { markerBatch } from '@skerry/wire';
import { describe, expect, test } from 'vitest';
import { type LogVerdict, type Problem, verifyLog } from '../src/index.ts';
import { batchOf, change, compute, Lab } from './lab.ts';

const settings = { segmentBytes: 6000, indexIntervalBytes: 400 };
const firstLog = 'p-0/00000000000000000000.log';

/** A log with everything in it: several segments, indexes, epochs, producers, aborted transactions. */
function written(): Lab {
  const lab = new Lab({ settings });
  for (let i = 0; i < 90; i++) {
    const timestamp = 1_700_000_000_000 + ((i * 7919) % 1000);
    const epoch = Math.floor(i / 20);
    lab.append(batchOf(1 + (i % 4), { timestamp, size: i % 60 }), epoch);
    if (i % 10 === 5) {
      const producer = { producerId: i, producerEpoch: 0 };
      lab.append(batchOf(2, { ...producer, baseSequence: 0, transactional: true, timestamp }), epoch);
      const kind = i % 20 === 5 ? 'abort' : 'commit';
      lab.append(markerBatch({ kind, ...producer, coordinatorEpoch: 0, timestamp }), epoch);
    }
    lab.settle();
  }
  return lab;
}

/** The same, closed in good order. */
function closed(): Lab {
  const lab = written();
  lab.do((done) => lab.log.close(done));
  lab.machine.kill();
  return lab;
}

function verify({ machine }: Lab, hasStore = true): LogVerdict {
  const { disk, clock, store } = machine;
  const state = hasStore ? { store, prefix: new TextEncoder().encode('p-0/') } : undefined;
  return verifyLog({ disk, clock, compute, folder: 'p-0', state });
}

const flip = (bit: number) => (old: number) => old ^ (1 << bit);
const brief = ({ file, position, offset, remedy }: Problem) => ({ file, position, offset, remedy });

describe('a log that was closed in good order', () => {
  test('is good, and every record is counted', () => {
    const verdict = verify(closed());
    expect(verdict.problems).toEqual([]);
    expect(verdict).toMatchObject({ start: 0, end: 250, records: 250, batches: 108 });
    expect(verdict.segments).toBeGreaterThan(2);
  });

  test('is good without a store, but for the reading that the next start has to do', () => {
    const verdict = verify(closed(), false);
    expect(verdict.problems.map(brief)).toEqual([
      { file: 'p-0', position: undefined, offset: undefined, remedy: 'start' },
    ]);
    expect(verdict.records).toBe(250);
  });

  test('a flipped bit in any byte of a segment is found, where it is', () => {
    const lab = closed();
    const size = lab.machine.disk.open(firstLog, { create: false }).size();
    // The third batch of the first segment.
    const [from, to] = [batchOf(1).length + 60, 420];
    expect(to).toBeLessThan(size);
    const missed: number[] = [];
    for (let at = from; at < to; at++) {
      change(lab, firstLog, at, flip(at % 8));
      const faults = verify(lab).problems.filter(({ remedy }) => remedy !== 'start');
      if (!faults.some(({ file }) => file === firstLog || file === 'p-0')) missed.push(at);
      change(lab, firstLog, at, flip(at % 8));
    }
    expect(missed).toEqual([]);
    expect(verify(lab).problems).toEqual([]);
  });

  test('a damaged batch costs its own offsets, and the next is found', () => {
    const lab = closed();
    const good = verify(lab);
    change(lab, firstLog, 530, flip(3));
    const { problems, records } = verify(lab);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      file: firstLog,
      remedy: 'decide',
      what: expect.stringMatching(/^its CRC/) as string,
    });
    expect(good.records - records).toBeLessThanOrEqual(4);
  });

  test('the next batch is found even when the length of the damaged one lies', () => {
    const lab = closed();
    const good = verify(lab);
    change(lab, firstLog, 8, () => 0x7f);
    const { problems, records } = verify(lab);
    expect(problems.map(brief)).toEqual([{ file: firstLog, position: 0, offset: 0, remedy: 'decide' }]);
    expect(good.records - records).toBe(1);
  });

  test('an offset that the CRC does not cover is known to be wrong by its neighbours', () => {
    const lab = closed();
    const second = batchOf(1, { size: 0 }).length;
    change(lab, firstLog, second + 7, flip(2));
    const { problems } = verify(lab);
    expect(problems.map(brief)).toEqual([{ file: firstLog, position: second, offset: 1, remedy: 'rebuild' }]);
    expect(problems[0]?.what).toContain('stands between 1 and 3');
  });

  test.each(['index', 'timeindex', 'txnindex'])('a flipped bit in the %s is found, in all of its bytes', (kind) => {
    const lab = closed();
    const path = `p-0/00000000000000000000.${kind}`;
    const file = lab.machine.disk.open(path, { create: false });
    const size = file.size();
    file.close();
    expect(size).toBeGreaterThan(11);
    for (let at = 0; at < size; at++) {
      // Where a transaction ends for readers is not held against anything: its last eight bytes.
      if (kind === 'txnindex' && at % 34 >= 26) continue;
      change(lab, path, at, flip(at % 8));
      const found = verify(lab).problems.map(({ file, remedy }) => `${file} ${remedy}`);
      expect(found, `byte ${at}`).toContain(`${path} rebuild`);
      change(lab, path, at, flip(at % 8));
    }
  });

  test('a file that is shorter than was safe, and a segment that is missing, are told', () => {
    const lab = closed();
    const names = lab.machine.disk.list('p-0').filter((name) => name.endsWith('.log'));
    const last = `p-0/${names.at(-1)}`;
    const file = lab.machine.disk.open(last, { create: false });
    file.truncate(Bytes(file.size() - 1));
    file.close();
    const faults = () => verify(lab).problems.filter(({ remedy }) => remedy === 'decide');
    expect(faults().map(({ what }) => what)).toContainEqual(expect.stringContaining('the file ends there'));
    lab.machine.disk.remove(last);
    expect(faults().map(({ what }) => what)).toEqual([expect.stringContaining('the segment is missing')]);
  });
});

test('a torn write behind the recovery point is no fault: the next start cuts it', () => {
  const lab = written();
  lab.append(batchOf(3, { size: 200 }), 4);
  lab.machine.clock.soon(() => lab.machine.kill());
  lab.settle();
  const names = lab.machine.disk.list('p-0').filter((name) => name.endsWith('.log'));
  const last = `p-0/${names.at(-1)}`;
  const file = lab.machine.disk.open(last, { create: false });
  file.truncate(Bytes(file.size() - 5));
  const { problems } = verify(lab);
  expect(problems.map(({ remedy }) => remedy)).not.toContain('decide');
  expect(problems.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^a torn write/));
});

test('what the store says and the log does not is told', () => {
  const lab = closed();
  const other = new Lab({ settings });
  for (let i = 0; i < 40; i++) {
    other.append(batchOf(2, { producerId: 7, producerEpoch: 0, baseSequence: 2 * i, timestamp: 5000 + i }), 3);
    other.settle();
  }
  other.do((done) => other.log.close(done));
  other.machine.kill();
  // Their store beside our log.
  const { disk, clock } = lab.machine;
  const state = { store: other.machine.store, prefix: new TextEncoder().encode('p-0/') };
  const { problems } = verifyLog({ disk, clock, compute, folder: 'p-0', state });
  const told = problems.filter(({ remedy }) => remedy === 'rebuild').map(({ what }) => what);
  expect(told.join('\n')).toMatch(/epoch|checkpoint/);
});
