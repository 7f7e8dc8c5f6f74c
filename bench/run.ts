/**
 * The order of a run: all brokers up (which measures their start), warmed up, then row by row, in each row round by
 * round, in each round every broker in turn. A broker that fails is left out from then on and named at the end; the
 * others go on.
 */
import { type Broker, kafkaHeap } from './brokers.ts';
import { assertBroker, createTopic, deleteTopic, firstProduce } from './control.ts';
import { recordBatch } from './frames.ts';
import { filledTopic, type Measurement, measureFetch, measureProduce, measureRow } from './measure.ts';
import type { Options } from './options.ts';
import { residentMemory } from './process.ts';
import type { Results } from './results.ts';
import { type LoadRow, loadRows, type Metric, memoryRow, startRow } from './rows.ts';

type Say = (line: string) => void;

/** The brokers that still take part. */
class Field {
  readonly #brokers: Set<Broker>;
  /** Rows that failed, per broker that goes on with the others. */
  readonly #spoilt = new Map<Broker, Set<LoadRow>>();
  readonly #results: Results;
  readonly #say: Say;

  constructor(brokers: readonly Broker[], results: Results, say: Say) {
    this.#brokers = new Set(brokers);
    this.#results = results;
    this.#say = say;
  }

  all(): readonly Broker[] {
    return [...this.#brokers];
  }

  /**
   * Those whose row it is, another first in every round: whatever a load leaves behind falls on each in turn. None if
   * only floors are left.
   */
  of(row: LoadRow, round: number): readonly Broker[] {
    const here = this.all().filter((broker) => row.brokers.includes(broker.key) && !this.#spoilt.get(broker)?.has(row));
    if (here.every(isFloor)) return [];
    const first = round % here.length;
    return [...here.slice(first), ...here.slice(0, first)];
  }

  /** Does `task`. If it fails the broker is out: of `row` if it still answers, else of all that follows. */
  async try<T>(broker: Broker, row: LoadRow | undefined, what: string, task: () => Promise<T>): Promise<T | undefined> {
    try {
      return await task();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const answers = await assertBroker(broker.address).then(
        () => true,
        () => false,
      );
      if (row !== undefined && answers) this.#spoilt.set(broker, (this.#spoilt.get(broker) ?? new Set()).add(row));
      else this.#brokers.delete(broker);
      const gone = row !== undefined && !answers ? ' (it answers no more, and is left out from here on)' : '';
      const trouble = `${broker.name} ${broker.durability}, ${what}: ${reason}${gone}`;
      this.#results.troubles.push(trouble);
      this.#say(`failed: ${trouble}`);
      return undefined;
    }
  }
}

const isFloor = ({ key }: Broker) => key.startsWith('floor');

const startTopic = 'bench-start';
const startBatch = recordBatch(1024, Date.now());

interface Run {
  readonly options: Options;
  readonly field: Field;
  readonly results: Results;
  readonly say: Say;
}

/** First start: makes the topic that later starts produce to, and fills the compile cache. */
async function firstStart(broker: Broker): Promise<void> {
  await broker.start();
  await createTopic(broker.address, startTopic, {});
}

/** Stops and starts again; milliseconds from spawning the process to the first acknowledged record. */
async function secondStart(broker: Broker): Promise<number> {
  await broker.stop();
  const given = new AbortController();
  const begin = performance.now();
  const up = broker.start().catch((error: unknown) => {
    given.abort();
    throw error;
  });
  const acknowledged = firstProduce(broker.address, startTopic, startBatch, given.signal).then(
    () => performance.now() - begin,
  );
  const [, elapsedMs] = await Promise.all([up, acknowledged]);
  return elapsedMs;
}

async function startAll({ options, field, results, say }: Run): Promise<void> {
  for (const broker of field.all()) {
    say(`starting ${broker.name} ${broker.durability}${broker.key === 'kafka' ? `, heap ${kafkaHeap}` : ''}`);
    await field.try(broker, undefined, 'start', () =>
      options.only.includes(startRow.key) && broker.key !== 'target' ? firstStart(broker) : broker.start(),
    );
  }
  if (!options.only.includes(startRow.key)) return;
  for (let round = 0; round < options.rounds; round++) {
    for (const broker of field.all()) {
      if (isFloor(broker) || broker.key === 'target') continue;
      const value = await field.try(broker, undefined, startRow.title, () => secondStart(broker));
      if (value !== undefined) results.add({ row: startRow.key, metric: 'start', broker: broker.key, round, value });
    }
  }
}

/** Java compiles what it sees often, and so does V8: each kind of load runs before any is measured. */
async function warmUp({ options, field, say }: Run, rows: readonly LoadRow[]): Promise<void> {
  const large = loadRows.filter((row) => row.key === 'produce-16');
  for (const broker of field.all()) {
    if (isFloor(broker)) continue;
    say(`warming up ${broker.name} ${broker.durability}`);
    for (const row of new Set([...large, ...rows])) {
      if (!field.of(row, 0).includes(broker)) continue;
      const megabytes = options.warmupMegabytes * row.share;
      await field.try(broker, row, `warm-up, ${row.title}`, () =>
        measureRow(broker, row, megabytes, options.connections),
      );
    }
  }
}

/** `untilMs`: past it no further round is begun, as long as there was one. */
async function runRow({ options, field, results, say }: Run, row: LoadRow, untilMs: number): Promise<void> {
  const megabytes = options.megabytes * row.share;
  const topics = new Map<Broker, string>();
  if (row.kind === 'fetch') {
    for (const broker of field.of(row, 0)) {
      const topic = await field.try(broker, row, row.title, () => filledTopic(broker, row, megabytes));
      if (topic !== undefined) topics.set(broker, topic);
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    if (round > 0 && performance.now() > untilMs) {
      results.cuts.push(`${row.title}: ${round} of ${options.rounds} rounds`);
      break;
    }
    const brokers = field.of(row, round);
    if (brokers.length > 0) say(`${row.title}: round ${round + 1} of ${options.rounds}`);
    for (const broker of brokers) {
      const topic = topics.get(broker);
      const measured = await field.try(broker, row, row.title, () =>
        topic === undefined
          ? measureProduce(broker, row, megabytes, options.connections)
          : measureFetch(broker, row, topic, megabytes, options.connections),
      );
      if (measured !== undefined) record(results, row, broker, round, measured);
    }
  }
  for (const [broker, topic] of topics) await deleteTopic(broker.address, topic);
}

function record(results: Results, row: LoadRow, broker: Broker, round: number, measured: Measurement): void {
  const { seconds, requests, bytes, cpu, p50Ms, p99Ms, driverLoad } = measured;
  const values: Readonly<Partial<Record<Metric, number | undefined>>> = {
    cpu: cpu === undefined ? undefined : (cpu.userSeconds + cpu.systemSeconds) / (bytes / 1e9),
    rate: bytes / 1e6 / seconds,
    requests: requests / seconds,
    core: cpu === undefined ? undefined : (100 * (cpu.userSeconds + cpu.systemSeconds)) / seconds,
    p50: p50Ms,
    p99: p99Ms,
  };
  for (const metric of row.metrics) {
    const value = values[metric];
    if (value !== undefined) results.add({ row: row.key, metric, broker: broker.key, round, value });
  }
  results.details.push({ row: row.key, broker: broker.key, round, p50Ms, p99Ms, driverLoad });
}

/** After the last load and before anything else, so that no broker has had time to give memory back. */
function recordMemory(field: Field, results: Results): void {
  for (const broker of field.all()) {
    const memory = broker.pid === undefined ? undefined : residentMemory(broker.pid);
    if (memory === undefined) continue;
    const sample = { row: memoryRow.key, broker: broker.key, round: 0 };
    results.add({ ...sample, metric: 'residentPeak', value: memory.peakMb });
    results.add({ ...sample, metric: 'resident', value: memory.nowMb });
  }
}

export async function runRows(options: Options, brokers: readonly Broker[], results: Results, say: Say): Promise<void> {
  const beganMs = performance.now();
  const field = new Field(brokers, results, say);
  const run: Run = { options, field, results, say };
  const rows = loadRows.filter((row) => options.only.includes(row.key));
  await startAll(run);
  if (rows.length > 0) await warmUp(run, rows);
  const leftMs = beganMs + options.minutes * 60_000 - performance.now();
  const loadsBeganMs = performance.now();
  for (const [i, row] of rows.entries()) {
    await runRow(run, row, loadsBeganMs + (leftMs * (i + 1)) / rows.length);
  }
  if (rows.length > 0 && options.only.includes(memoryRow.key)) recordMemory(field, results);
  for (const broker of field.all()) await broker.stop();
}
