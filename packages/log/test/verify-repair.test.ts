import { Bytes, Offset } from '@skerry/base';
import { batchBaseOffset, batchLength, batchRecordCount, markerBatch } from '@skerry/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DamageError } from '../src/damage.ts';
import { dumpSegment, planRepair, type RepairPlan, repairLog, verifyLog } from '../src/index.ts';
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

/** Bases and places of the batches in a segment, as they were written. */
function layout(lab: Lab, path = firstLog): { base: number; position: number; length: number }[] {
  const file = lab.machine.disk.open(path, { create: false });
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
    // A batch without records stands for it: the log has no gap.
    const found = after.readAll();
    expect(basesOf(found)).toEqual(bases);
    expect(basesOf(found.filter((each) => batchRecordCount(each, 0) === 0))).toEqual([batch.base]);
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
    expect(plan.losses[0]).toContain(`(offsets from ${batch.base} on)`);
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

describe('without the store, a batch that stands where it does not belong', () => {
  /** A log of two segments, the last of one batch or of several. */
  function bare(): Lab {
    const lab = new Lab({ settings: { segmentBytes: 1000 } });
    for (let i = 0; i < 8; i++) {
      lab.append(batchOf(1 + (i % 3), { size: 100 }), 1);
      lab.settle();
    }
    lab.do((done) => lab.log.close(done));
    lab.machine.kill();
    lab.loseStore();
    return lab;
  }

  function places(): { path: string; position: number }[] {
    const { disk } = bare().machine;
    const logs = disk.list('p-0').filter((name) => name.endsWith('.log'));
    return logs.flatMap((name) =>
      layout(bare(), `p-0/${name}`).map(({ position }) => ({ path: `p-0/${name}`, position })),
    );
  }

  const intact = basesIn(bare());

  test('by one flipped bit of its offset refuses the start, and a repair puts it back', () => {
    expect(places().length).toBe(intact.length);
    for (const { path, position } of places()) {
      for (const bit of [0, 1, 2, 3, 5, 11, 30, 45, 63]) {
        const lab = bare();
        change(lab, path, position + 7 - (bit >> 3), (old) => old ^ (1 << (bit & 7)));
        expect(() => lab.again(), `${path} ${position} ${bit}`).toThrow(DamageError);
        expect(
          faults(lab)
            .map(({ remedy }) => remedy)
            .toSorted(),
        ).toEqual(['rebuild', 'start']);
        repair(lab, {});
        expect(faults(lab)).toEqual([]);
        expect(basesIn(lab)).toEqual(intact);
      }
    }
  });

  test('by its leader epoch refuses the start too, where another follows', () => {
    for (const { path, position } of places().slice(0, -1)) {
      const lab = bare();
      change(lab, path, position + 14, () => 3);
      expect(() => lab.again()).toThrow(DamageError);
      repair(lab, {});
      expect(basesIn(lab)).toEqual(intact);
    }
  });
});

describe('offsets that are in no batch', () => {
  /** Takes the tenth batch out of its segment as if it had never been there. */
  function withoutTenth(): { lab: Lab; base: number; next: number } {
    const lab = closed();
    const [batch, next] = layout(lab).slice(10);
    if (batch === undefined || next === undefined) throw new Error('no tenth batch');
    const file = lab.machine.disk.open(firstLog, { create: false });
    const rest = new Uint8Array(file.size() - next.position);
    file.readNow(rest, Bytes(next.position));
    file.writeNow([rest], Bytes(batch.position));
    file.truncate(Bytes(batch.position + rest.length));
    file.close();
    return { lab, base: batch.base, next: next.base };
  }

  test('are damage: what follows bears the gap out, so that nothing is moved', () => {
    const { lab, base, next } = withoutTenth();
    expect(faults(lab).find(({ remedy }) => remedy === 'decide')?.what).toBe(
      `offsets ${base} to ${next - 1} are missing`,
    );
    lab.loseStore();
    expect(() => lab.again()).toThrow(DamageError);
    const bases = basesOf(all(lab));
    const { plan } = repair(lab, { skipBad: true });
    expect(plan.losses).toEqual([
      `${firstLog} at byte ${plan.segments[0]?.fills[0]?.position}: offsets ${base} to ${next - 1} missing`,
    ]);
    lab.loseStore();
    expect(basesIn(lab)).toEqual([...bases, base].toSorted((a, b) => a - b));
  });

  test('and in no segment are filled too', () => {
    const lab = closed();
    const names = lab.machine.disk.list('p-0').filter((name) => name.endsWith('.log'));
    lab.machine.disk.remove(`p-0/${names[1]}`);
    const bases = basesOf(all(lab));
    expect(faults(lab).some(({ what }) => what.endsWith('are missing'))).toBe(true);
    lab.loseStore();
    const { plan } = repair(lab, { skipBad: true });
    expect(plan.losses).toHaveLength(1);
    lab.loseStore();
    expect(basesIn(lab)).toHaveLength(bases.length + 1);
  });

  /** The good batches of all segments. */
  function all({ machine: { disk } }: Lab): Uint8Array[] {
    const found: Uint8Array[] = [];
    for (const name of disk.list('p-0').filter((each) => each.endsWith('.log'))) {
      const file = disk.open(`p-0/${name}`, { create: false });
      for (const step of dumpSegment(file, compute))
        if (step.bad === undefined) found.push(step.bytes.slice(step.at, step.at + step.facts.size));
      file.close();
    }
    return found;
  }
});

test('where a batch was given up, the log opens without the store', () => {
  const lab = closed();
  const bases = basesIn(lab);
  for (const { position } of [layout(lab)[0], layout(lab)[10], layout(lab).at(-1)].filter((each) => each !== undefined))
    change(lab, firstLog, position + 65, (old) => old ^ 8);
  repair(lab, { skipBad: true });
  expect(faults(lab)).toEqual([]);
  lab.loseStore();
  expect(basesIn(lab)).toEqual(bases);
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
  const { plan } = repair(lab, { truncateAt: 5 });
  expect(plan.losses[0]).toMatch(/\(offsets from [0-5] on\)$/);
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
