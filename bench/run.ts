/**
 * The order of a run: row by row, in each row round by round, in each round every broker in turn. A broker that fails
 * is left out and named at the end; the others go on.
 */
import type { Broker, BrokerKey } from './brokers.ts';
import { type Field, isYardstick, nameOf } from './field.ts';
import type { Bench, Measured, World } from './measure/bench.ts';
import { kindOf } from './measure/kinds.ts';
import type { Metric } from './metrics.ts';
import type { Options } from './options.ts';
import type { Results } from './results.ts';
import { type Row, rowOf } from './rows.ts';

export interface Run {
  readonly options: Options;
  readonly field: Field;
  readonly results: Results;
  readonly say: (line: string) => void;
  /** The results so far are to be kept. */
  readonly keep: () => void;
}

/** Share of a core beyond which the driver had no time left to wait for the broker. */
const driverLoadMax = 0.9;

function worldOf({ options, results }: Run): World {
  const { megabytes, seconds, gigabytes } = options;
  return { megabytes, seconds, gigabytes, note: (what) => results.note(what) };
}

/** Java compiles what it sees often, and so does V8: a load of its kind runs before any is measured. */
async function warmUp(run: Run, row: Row, broker: Broker): Promise<void> {
  if (isYardstick(broker.key)) return;
  run.say(`warming up ${nameOf(broker)}: ${row.title}`);
  const world = { ...worldOf(run), megabytes: run.options.warmupMegabytes };
  const bench = await kindOf(row).begin(broker, row, row.task, world);
  await bench.measure();
  await bench.end();
}

/** The load that every broker has seen before the first row. */
const common = rowOf('produce-16k');

async function begin(run: Run, row: Row, key: BrokerKey): Promise<Bench | undefined> {
  const { field } = run;
  const kind = kindOf(row);
  return await field.try(row, key, async () => {
    if (kind.own) return await kind.begin(field.own(row, key), row, row.task, worldOf(run));
    const broker = await field.shared(key, async (started) => {
      if (common !== undefined && common !== row && (await field.speaks(row, started))) {
        await warmUp(run, common, started);
      }
    });
    if (!(await field.speaks(row, broker))) return undefined;
    if (kind.warm) await warmUp(run, row, broker);
    return await kind.begin(broker, row, row.task, worldOf(run));
  });
}

/** `untilMs`: past it no further round is begun, as long as there was one. */
async function runRow(run: Run, row: Row, untilMs: number): Promise<void> {
  const { options, field, results, say } = run;
  const rounds = kindOf(row).once ? 1 : options.rounds;
  const benches = new Map<BrokerKey, Bench>();
  if (field.of(row, 0).length === 0) results.note(`${row.id}: no broker of this run takes part in it`);
  for (const key of field.of(row, 0)) {
    const bench = await begin(run, row, key);
    if (bench !== undefined) benches.set(key, bench);
  }
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && performance.now() > untilMs) {
      results.note(`${row.title}: for want of time, ${round} of ${rounds} rounds`);
      break;
    }
    const keys = field.of(row, round);
    if (keys.length > 0) say(`${row.id}, ${row.title}: round ${round + 1} of ${rounds}`);
    for (const key of keys) {
      const bench = benches.get(key);
      const measured = bench === undefined ? undefined : await field.try(row, key, () => bench.measure());
      if (measured !== undefined) record(results, row, key, round, measured);
    }
  }
  // What cannot be taken down lies in a folder that goes with the run.
  for (const bench of benches.values()) await bench.end().catch(() => {});
  await field.endOwn();
}

function record(results: Results, row: Row, broker: BrokerKey, round: number, measured: Measured): void {
  const { values, latencies, driverLoad = 0 } = measured;
  for (const metric of row.metrics) {
    const value = values[metric];
    if (value !== undefined) results.samples.push({ row: row.id, metric, broker, round, value });
  }
  const tellsPercentiles = row.metrics.includes('p99' satisfies Metric);
  if (tellsPercentiles && latencies !== undefined && latencies.length > 0) {
    results.addLatencies(row.id, broker, latencies);
  }
  if (driverLoad > driverLoadMax && !isYardstick(broker)) results.limit(row.id, broker);
}

export async function runRows(run: Run): Promise<void> {
  const { options, field, results, keep } = run;
  const isOwn = (row: Row) => Number(kindOf(row).own ?? false);
  // Those with brokers of their own while no others run.
  const rows = options.rows
    .filter(({ id }) => !results.done.includes(id))
    .toSorted((one, other) => isOwn(other) - isOwn(one));
  const lastSeconds = Math.max(0, ...results.memory.map(({ seconds }) => seconds));
  const beganMs = performance.now();
  for (const [i, row] of rows.entries()) {
    field.sample(row, beganMs - lastSeconds * 1000);
    const failuresBefore = results.troubles.length;
    await runRow(run, row, beganMs + (options.minutes * 60_000 * (i + 1)) / rows.length);
    // A row that failed is measured again when the run goes on.
    if (results.troubles.length === failuresBefore) results.done.push(row.id);
    keep();
  }
  await field.stop();
}
