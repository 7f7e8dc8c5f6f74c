/**
 * Mixed load for a long time, and whether resident memory stays flat: messages at a fixed pace with a consumer at the
 * end of the log, and beside them one kind of load after the other, each on a fresh topic that is then taken away.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from './brokers.ts';
import { kindOf } from './measure/kinds.ts';
import { residentMemory } from './process.ts';
import type { Results } from './results.ts';
import { type Row, rowOf, soakRow } from './rows.ts';
import type { Run } from './run.ts';
import { type Trend, trendOf } from './trend.ts';

const background = 'end-to-end';
const inTurn = ['produce-16k', 'produce-lz4', 'fetch-1m', 'connections-50', 'group-10', 'partitions-100', 'produce-1k'];
/** A load moves little and begins at most so often: deleted topics lie on the disk for a minute. */
const megabytes = 50;
const turnMs = 2000;
/** Of the background load: then it takes another topic. */
const sliceSeconds = 20;

async function once(row: Row, broker: Broker, results: Results): Promise<void> {
  const world = { megabytes, seconds: sliceSeconds, gigabytes: 1, note: (what: string) => results.note(what) };
  const bench = await kindOf(row).begin(broker, row, row.task, world);
  await bench.measure();
  await bench.end();
}

const known = (id: string): Row => {
  const row = rowOf(id);
  if (row === undefined) throw new Error(`there is no row ${id}`);
  return row;
};

/** What is known so far is kept after each turn: a soak of hours may be ended before its time. */
async function mixedLoad(broker: Broker, { results, keep }: Run, untilMs: number): Promise<void> {
  const isOver = () => performance.now() >= untilMs;
  const paced = async () => {
    while (!isOver()) await once(known(background), broker, results);
  };
  const cycle = async () => {
    for (let turn = 0; !isOver(); turn++) {
      const row = known(inTurn[turn % inTurn.length] ?? background);
      await Promise.all([once(row, broker, results), delay(turnMs)]);
      keep();
    }
  };
  await Promise.all([paced(), cycle()]);
}

/** What is said of the memory. */
function verdict(trend: Trend | undefined): string {
  if (trend === undefined) return 'too short to tell whether resident memory is flat';
  const { isFlat, mbPerHour, gainedMb, meanMb, minutes } = trend;
  const slope = `${mbPerHour.toFixed(1)} MB/hour, ${gainedMb.toFixed(1)} MB over ${minutes.toFixed(1)} minutes`;
  return `resident memory is ${isFlat ? 'flat' : 'NOT flat'}: ${slope}, at ${meanMb.toFixed(0)} MB`;
}

export async function soak(run: Run): Promise<void> {
  const { options, field, results, say } = run;
  const mode = options.durability.length === 1 ? options.durability[0] : 'power-loss';
  const key = mode === 'process-crash' ? 'skerry-process-crash' : 'skerry-power-loss';
  await field.try(soakRow, key, async () => {
    const broker = await field.shared(key, async () => {});
    const beganMs = performance.now();
    field.sample(soakRow, beganMs);
    say(`mixed load for ${options.soakMinutes} minute(s)`);
    await mixedLoad(broker, run, beganMs + options.soakMinutes * 60_000);
    const memory = broker.pid === undefined ? undefined : residentMemory(broker.pid);
    const trend = trendOf(results.memory);
    const add = (metric: 'slope' | 'resident' | 'residentPeak', value: number | undefined) => {
      if (value !== undefined) results.samples.push({ row: soakRow.id, metric, broker: key, round: 0, value });
    };
    add('slope', trend?.mbPerHour);
    add('resident', memory?.nowMb);
    add('residentPeak', memory?.peakMb);
    results.note(verdict(trend));
    if (trend?.isFlat === false) process.exitCode = 1;
    results.done.push(soakRow.id);
  });
  await field.stop();
}
