/**
 * Whatever a power cut leaves of a log that is compacted: the newest acknowledged record of each key is there, at its
 * offset, every record is one that was appended, and the log goes on.
 */
import { LeaderEpoch, Offset, utf8Decode, utf8Encode } from '@skerry/base';
import { MachineClock, VirtualClock } from '@skerry/testkit';
import { BatchBuilder, batchLength, records } from '@skerry/wire';
import { expect, test } from 'vitest';
import { explore, newTotals, type Run, tell } from './explore.ts';
import type { World } from './file-system.ts';
import type { LogMark } from './log-expectation.ts';
import { diskOf, LogLife, openLogs, type Site, storeOf } from './log-life.ts';

const rules = { dirtyRatioMin: 0, lagMsMin: 0, lagMsMax: Infinity, deleteRetentionMs: 1e9 };
const bounds = { mapBytesMax: 2 ** 20, bytesPerSecondMax: Infinity };
const settings = { segmentBytes: 300 };

/** `key=value` by offset. */
type Content = ReadonlyMap<number, string>;

const keyOf = (record = ''): string => record.slice(0, record.indexOf('='));

class CompactedLife {
  readonly life: LogLife;
  readonly appended = new Map<number, string>();

  constructor(isJournaled: boolean) {
    this.life = new LogLife(settings, { isJournaled });
  }

  put(...keys: string[]): void {
    const builder = new BatchBuilder();
    const base = this.life.log().logEndOffset;
    for (const [i, key] of keys.entries()) {
      const value = `${base + i}`.padStart(20, '.');
      builder.append({ timestamp: 1000, key: utf8Encode(key), value: utf8Encode(value) });
      this.appended.set(base + i, `${key}=${value}`);
    }
    this.life.appendBatch(builder.build());
  }

  fill(rounds: number): void {
    for (let i = 0; i < rounds; i++) {
      this.put('a', `k${i % 3}`);
      this.put('b');
      this.life.pass(4);
    }
    this.life.settle();
  }

  compact(): void {
    const { life } = this;
    life.do((done) => life.log().compact(rules, bounds, life.log().syncedOffset, done));
  }
}

function contentOf(world: World, site: Site): { readonly content: Content; readonly end: number } {
  const clock = new VirtualClock();
  const disk = diskOf(world, clock);
  const fail = (error: Error): never => {
    throw error;
  };
  const told = { onSynced: () => {}, onCut: () => {}, onFailed: fail, onDamaged: fail, report: () => {} };
  const doors = { clock: new MachineClock(clock), disk, store: storeOf(world, clock) };
  const log = openLogs(site, doors, clock, () => told).logs.get('p-0');
  if (log === undefined) throw new Error('no log');
  const end = log.logEndOffset;
  clock.advance(50);
  const rest = disk.list('p-0').filter((name) => !/^\d{20}\.(log|index|timeindex)$/.test(name));
  if (rest.length > 0) throw new Error(`files are left: ${rest.join()}`);
  expect(log.append(new BatchBuilder().append({ value: null }).build(), LeaderEpoch(0))).toBe(end);
  clock.advance(50);
  const content = new Map<number, string>();
  for (let next = 0; next < end; ) {
    let bytes = new Uint8Array(0);
    clock.finish((done) =>
      log.read(Offset(next), 1_000_000, Offset(end), true, (error, range) => {
        if (error !== undefined || range === undefined) return done(error);
        bytes = new Uint8Array(range.byteLength);
        range.read(bytes, 0, (failed) => {
          range.release();
          done(failed);
        });
      }),
    );
    if (bytes.length === 0) throw new Error(`nothing is read at ${next} of ${end}`);
    for (let at = 0; at < bytes.length; at += batchLength(bytes, at)) {
      const view = new DataView(bytes.buffer, at);
      const base = Number(view.getBigInt64(0));
      if (base < next) throw new Error(`a batch of offset ${base} where ${next} may come`);
      next = base + view.getInt32(23) + 1;
      for (const { offset, key, value } of records(bytes, at))
        content.set(offset, `${utf8Decode(key ?? bytes)}=${utf8Decode(value ?? bytes)}`);
    }
  }
  return { content, end };
}

function check(world: World, site: Site, appended: Content, acked: number): void {
  const { content, end } = contentOf(world, site);
  if (end < acked) throw new Error(`the log ends at ${end}, acknowledged was ${acked}`);
  const newest = new Map<string, number>();
  for (const [offset, record] of content) {
    if (appended.get(offset) !== record) throw new Error(`${record} at ${offset}, not ${appended.get(offset)}`);
    newest.set(keyOf(record), offset);
  }
  for (const [offset, record] of appended) {
    const found = newest.get(keyOf(record)) ?? -1;
    if (offset < acked && found < offset) throw new Error(`${record} at ${offset} is lost`);
  }
}

const totals = newTotals();

test.each([
  ['compacted once', false, [9]],
  ['compacted again and again', false, [6, 4, 5]],
  ['compacted on a journaled disk', true, [6, 4]],
] as const)('%s', (name, isJournaled, rounds) => {
  const before = { ...totals, distinct: totals.distinct.size };
  const compacted = new CompactedLife(isJournaled);
  const { life, appended } = compacted;
  for (const count of rounds) {
    compacted.fill(count);
    const size = life.log().sizeBytes;
    compacted.compact();
    expect(life.log().sizeBytes).toBeLessThan(size);
  }
  compacted.put('c');
  life.settle();
  let acked = 0;
  const run: Run<LogMark> = {
    name,
    events: life.recording.events,
    note: ({ told }) => {
      if (told.kind !== 'synced') return false;
      acked = Math.max(acked, told.offset);
      return true;
    },
    check: (world) => check(world, life.site, appended, acked),
  };
  explore(run, { combinationsMax: 60, draws: 30 }, totals);
  tell(name, totals, before);
  expect(totals.recovered - before.recovered).toBeGreaterThan(1000);
});
