import { Bytes, Offset } from '@skerry/base';
import { batchBaseOffset, batchLength, batchRecordCount, markerBatch } from '@skerry/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planRepair, type RepairPlan, repairLog, verifyLog } from '../src/index.ts';
import { basesOf, batchOf, change, compute, Lab } from './lab.ts';

const settings = { segmentBytes: 12_000 };
const firstLog = 'p-0/00000000000000000000.log';
const prefix = new TextEncoder().encode('p-0/');

/** Closed in good order: several segments, epochs, producers, aborted transactions. */
function closed(): Lab {
  const lab = new Lab({ settings });
  for (let i = 0; i < 90; i++) {
    const timestamp = 1_700_000_000_000 + ((i * 7919) % 1000);
    const epoch = Math.floor(i / 20);
    lab.append(batchOf(1 + (i % 4), { timestamp, size: 5 * (i % 60) }), epoch);
    if (i % 10 === 5) {
      const producer = { producerId: i, producerEpoch: 0 };
      lab.append(batchOf(2, { ...producer, baseSequence: 0, transactional: true, timestamp }), epoch);
      lab.append(
        markerBatch({ kind: i % 20 === 5 ? 'abort' : 'commit', ...producer, coordinatorEpoch: 0, timestamp }),
        epoch,
      );
    }
    lab.settle();
  }
  lab.do((done) => lab.log.close(done));
  lab.machine.kill();
  return lab;
}

const offline = ({ machine: { disk, clock, store } }: Lab) => ({
  disk,
  clock,
  compute,
  folder: 'p-0',
  state: { store, prefix },
});

const faults = (lab: Lab) => verifyLog(offline(lab)).problems;

function repair(
  lab: Lab,
  decision: { skipBad?: boolean; truncateAt?: number },
): { plan: RepairPlan; copies: readonly string[] } {
  const { skipBad = false, truncateAt } = decision;
  const plan = planRepair(offline(lab), {
    skipBad,
    truncateAt: truncateAt === undefined ? undefined : Offset(truncateAt),
  });
  expect(plan.undecided).toEqual([]);
  let copies: readonly string[] = [];
  lab.do((done) =>
    repairLog({ ...offline(lab), stamp: 'now' }, plan, (error, names) => {
      copies = names;
      done(error);
    }),
  );
  return { plan, copies };
}

function sizeOf({ machine }: Lab, path: string): number {
  const file = machine.disk.open(path, { create: false });
  const size = file.size();
  file.close();
  return size;
}

/** Bases of the batches that a log finds there. */
function basesIn(lab: Lab): number[] {
  const open = lab.again();
  const bases = basesOf(open.readAll());
  open.do((done) => open.log.close(done));
  open.machine.kill();
  return bases;
}

/** Bases and places of the batches in the first segment, as they were written. */
function layout(lab: Lab): { base: number; position: number; length: number }[] {
  const file = lab.machine.disk.open(firstLog, { create: false });
  const bytes = new Uint8Array(file.size());
  file.readNow(bytes, Bytes(0));
  file.close();
  const found = [];
  for (let at = 0; at < bytes.length; at += batchLength(bytes, at))
    found.push({ base: batchBaseOffset(bytes, at), position: at, length: batchLength(bytes, at) });
  return found;
}

describe('a damaged batch below the recovery point', () => {
  test('is given up alone, with a copy, and the log goes on as before', () => {
    const lab = closed();
    const bases = basesIn(lab);
    const batch = layout(lab)[10];
    if (batch === undefined) throw new Error('no tenth batch');
    change(lab, firstLog, batch.position + 65, (old) => old ^ 8);
    expect(planRepair(offline(lab), { skipBad: false, truncateAt: undefined }).undecided).toHaveLength(1);

    const { plan, copies } = repair(lab, { skipBad: true });
    expect(plan.losses).toHaveLength(1);
    expect(copies).toEqual([`${firstLog}.removed-now-${batch.position}`]);
    expect(sizeOf(lab, copies[0] ?? '')).toBe(batch.length);
    expect(faults(lab)).toEqual([]);

    const after = lab.again();
    expect(basesOf(after.readAll())).toEqual(bases.filter((base) => base !== batch.base));
    // A reader that asks for a lost offset gets the next one that there is.
    expect(batchBaseOffset(after.read(batch.base), 0)).toBeGreaterThan(batch.base);
    expect(after.log.logEndOffset).toBe(250);
    expect(after.append(batchOf(1), 4)).toBe(250);
    expect(after.kinds()).not.toContain('recovered');
  });

  test('with all behind it, where the operator says so: later segments too', () => {
    const lab = closed();
    const batch = layout(lab)[10];
    if (batch === undefined) throw new Error('no tenth batch');
    change(lab, firstLog, batch.position + 65, (old) => old ^ 8);
    const { copies, plan } = repair(lab, { truncateAt: batch.base });
    expect(plan.end).toBe(batch.base);
    expect(copies.length).toBeGreaterThan(1);
    expect(faults(lab)).toEqual([]);
    const after = lab.again();
    expect(after.log.logEndOffset).toBe(batch.base);
    expect(after.append(batchOf(1), 9)).toBe(batch.base);
  });

  test('whose offset alone is wrong loses nothing', () => {
    const lab = closed();
    const intact = basesIn(lab);
    const batch = layout(lab)[10];
    if (batch === undefined) throw new Error('no tenth batch');
    change(lab, firstLog, batch.position + 6, () => 7);
    expect(faults(lab).map(({ remedy }) => remedy)).toEqual(['rebuild']);
    const { copies } = repair(lab, {});
    expect(copies).toEqual([]);
    expect(faults(lab)).toEqual([]);
    expect(basesOf(lab.again().readAll())).toEqual(intact);
  });

  test('whose leader epoch alone is wrong loses nothing', () => {
    const lab = closed();
    const batch = layout(lab)[10];
    if (batch === undefined) throw new Error('no tenth batch');
    change(lab, firstLog, batch.position + 13, () => 3);
    expect(faults(lab).map(({ remedy }) => remedy)).toEqual(['rebuild']);
    repair(lab, {});
    expect(faults(lab)).toEqual([]);
  });
});

test('where the end was lost, offsets are not given a second time', () => {
  const lab = closed();
  const names = lab.machine.disk.list('p-0').filter((name) => name.endsWith('.log'));
  const last = `p-0/${names.at(-1)}`;
  const file = lab.machine.disk.open(last, { create: false });
  file.truncate(Bytes(file.size() - 1));
  file.close();
  expect(planRepair(offline(lab), { skipBad: false, truncateAt: undefined }).undecided).not.toEqual([]);
  const { plan } = repair(lab, { skipBad: true });
  expect(plan.end).toBe(250);
  expect(faults(lab)).toEqual([]);
  const after = lab.again();
  expect(after.append(batchOf(1), 4)).toBe(250);
  after.settle();
  expect(basesOf(after.readAll()).at(-1)).toBe(250);
  // Nor when the store is lost afterwards.
  after.loseStore();
  expect(after.kill().log.logEndOffset).toBe(251);
});

test('a repair may follow another in one process: it leaves no file open', () => {
  const lab = closed();
  repair(lab, {});
  repair(lab, { truncateAt: 5 });
  for (const name of lab.machine.disk.list('p-0')) lab.machine.disk.remove(`p-0/${name}`);
});

test('a segment that is missing is given up', () => {
  const lab = closed();
  const names = lab.machine.disk.list('p-0').filter((name) => name.endsWith('.log'));
  lab.machine.disk.remove(`p-0/${names.at(-1)}`);
  repair(lab, { skipBad: true });
  expect(faults(lab)).toEqual([]);
  expect(lab.again().append(batchOf(1), 4)).toBe(250);
});

test('indexes that are made anew equal those that the log wrote', () => {
  const lab = closed();
  const contents = () => {
    const { disk } = lab.machine;
    const names = disk.list('p-0').filter((name) => /\.(index|timeindex|txnindex)$/.test(name));
    return names.map((name) => {
      const file = disk.open(`p-0/${name}`, { create: false });
      const bytes = new Uint8Array(file.size());
      file.readNow(bytes, Bytes(0));
      file.close();
      return [name, bytes] as const;
    });
  };
  const before = contents();
  for (const [name] of before) lab.machine.disk.remove(`p-0/${name}`);
  repair(lab, {});
  expect(faults(lab)).toEqual([]);
  expect(contents()).toEqual(before);
});

test('whatever is damaged, a repair leaves a log that opens, and has every batch that nothing touched', () => {
  const original = closed();
  const intact = new Map<number, string>();
  const before = original.again();
  for (const batch of before.readAll()) intact.set(batchBaseOffset(batch, 0), batch.join());
  const damage = fc.array(
    fc.record({
      segment: fc.nat(5),
      place: fc.double({ min: 0, max: 0.999, noNaN: true }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 100 }),
      cut: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4, size: 'max' },
  );
  fc.assert(
    fc.property(damage, (strokes) => {
      const lab = closed();
      const names = lab.machine.disk.list('p-0').filter((name) => name.endsWith('.log'));
      let touched = 0;
      for (const { segment, place, bytes, cut } of strokes) {
        const path = `p-0/${names[segment % names.length]}`;
        const file = lab.machine.disk.open(path, { create: false });
        const at = Math.floor(place * file.size());
        const isCut = cut && path.endsWith(names.at(-1) ?? '');
        // Bytes lost at the end: as many batches as lie there.
        if (isCut) touched += file.size() - at;
        else touched += bytes.length;
        if (isCut) file.truncate(Bytes(at));
        else if (at + bytes.length <= file.size()) file.writeNow([bytes], Bytes(at));
        file.close();
      }
      repair(lab, { skipBad: true });
      expect(faults(lab)).toEqual([]);
      const after = lab.again();
      expect(after.log.logEndOffset).toBe(250);
      const found = after.readAll().filter((batch) => batchRecordCount(batch, 0) > 0);
      for (const batch of found) {
        const was = intact.get(batchBaseOffset(batch, 0));
        expect(batch.subarray(16).join()).toBe(was?.split(',').slice(16).join());
      }
      // Every batch takes more than 61 bytes, and a stroke of 100 touches three at most.
      expect(intact.size - found.length).toBeLessThanOrEqual(strokes.length * 3 + touched / 61);
    }),
    { numRuns: 60 },
  );
});

test('a crash at any step of a repair leaves what a second one brings to its end', () => {
  for (let step = 0; step < 60; step++) {
    const lab = closed();
    const batch = layout(lab)[10];
    if (batch === undefined) throw new Error('no tenth batch');
    change(lab, firstLog, batch.position + 65, (old) => old ^ 8);
    const plan = planRepair(offline(lab), { skipBad: true, truncateAt: undefined });
    let ended = 0;
    repairLog({ ...offline(lab), stamp: 'first' }, plan, () => ended++);
    lab.clock.advance(step);
    lab.machine.cutPower();
    repair(lab, { skipBad: true });
    expect(faults(lab), `after step ${step}`).toEqual([]);
    expect(lab.again().log.logEndOffset).toBe(250);
    if (ended > 0) return;
  }
  throw new Error('the repair did not end');
});
