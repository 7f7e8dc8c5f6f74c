/**
 * The order of a run: all brokers up (which measures their start), warmed up, then row by row, in each row round by round, in each
 * round every broker in turn. A broker that fails is left out from then on and named at the end; the others go on.
 */
import { type Broker, kafkaHeap } from './brokers.ts';
import { createTopic, deleteTopic, firstProduce } from './control.ts';
import { recordBatch } from './frames.ts';
import { filledTopic, type Measurement, measureFetch, measureProduce } from './measure.ts';
import type { Options } from './options.ts';
import { residentMemory } from './process.ts';
import type { Results } from './results.ts';
import { type LoadRow, loadRows, type Metric, memoryRow, startRow } from './rows.ts';

type Say = (line: string) => void;

/** The brokers that still take part. */
class Field {
  readonly #brokers: Set<Broker>;
  readonly #results: Results;
  readonly #say: Say;

  constructor(brokers: readonly Broker[], results: Results, say: Say) {
    this.#brokers = new Set(brokers);
    this.#results = results;
    this.#say = say;
  }

  /** Those whose row it is, another first in every round: whatever a load leaves behind falls on each in turn. */
  of(row: LoadRow | undefined, round: number): readonly Broker[] {
    const here = [...this.#brokers].filter(({ key }) => row === undefined || row.brokers.includes(key));
    const first = here.length === 0 ? 0 : round % here.length;
    return [...here.slice(first), ...here.slice(0, first)];
  }

  /** Does `task`; if it fails the broker is out. */
  async try<T>(broker: Broker, what: string, task: () => Promise<T>): Promise<T | undefined> {
    try {
      return await task();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const ended = broker.key !== 'target' && broker.pid === undefined ? ' (its process has ended)' : '';
      const trouble = `${broker.name} ${broker.durability}, ${what}: ${reason}${ended}`;
      this.#results.troubles.push(trouble);
      this.#say(`failed: ${trouble}`);
      this.#brokers.delete(broker);
      return undefined;
    }
  }
}

const startTopic = 'bench-start';
const startBatch = recordBatch(1024, Date.now());

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

async function startAll(options: Options, field: Field, results: Results, say: Say): Promise<void> {
  for (const broker of field.of(undefined, 0)) {
    say(`starting ${broker.name} ${broker.durability}${broker.key === 'kafka' ? `, heap ${kafkaHeap}` : ''}`);
    await field.try(broker, 'start', () =>
      options.only.includes(startRow.key) && broker.key !== 'target' ? firstStart(broker) : broker.start(),
    );
  }
  if (!options.only.includes(startRow.key)) return;
  for (let round = 0; round < options.rounds; round++) {
    for (const broker of field.of(undefined, round)) {
      if (broker.key.startsWith('floor') || broker.key === 'target') continue;
      const value = await field.try(broker, startRow.title, () => secondStart(broker));
      if (value !== undefined) results.add({ row: startRow.key, metric: 'start', broker: broker.key, round, value });
    }
  }
}

/** Java compiles what it sees often, and so does V8: each kind of load runs before any is measured. */
async function warmUp(options: Options, rows: readonly LoadRow[], field: Field, say: Say): Promise<void> {
  const large = loadRows.filter((row) => row.key === 'produce-16');
  for (const broker of field.of(undefined, 0)) {
    if (broker.key.startsWith('floor')) continue;
    say(`warming up ${broker.name} ${broker.durability}`);
    for (const row of new Set([...large, ...rows])) {
      if (!field.of(row, 0).includes(broker)) continue;
      const megabytes = (large.includes(row) ? 1 : 0.25) * options.warmupMegabytes * row.share;
      await field.try(broker, `warm-up, ${row.title}`, async () => {
        if (row.kind === 'produce') await measureProduce(broker, row, megabytes, options.connections);
        else await fetchOnce(broker, row, megabytes, options.connections);
      });
    }
  }
}

async function fetchOnce(broker: Broker, row: LoadRow, megabytes: number, connections: number): Promise<void> {
  const topic = await filledTopic(broker, row, megabytes);
  await measureFetch(broker, row, topic, megabytes, connections);
  await deleteTopic(broker.address, topic);
}

async function runRow(options: Options, row: LoadRow, field: Field, results: Results, say: Say): Promise<void> {
  const megabytes = options.megabytes * row.share;
  const topics = new Map<Broker, string>();
  if (row.kind === 'fetch') {
    for (const broker of field.of(row, 0)) {
      const topic = await field.try(broker, row.title, () => filledTopic(broker, row, megabytes));
      if (topic !== undefined) topics.set(broker, topic);
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    say(`${row.title}: round ${round + 1} of ${options.rounds}`);
    for (const broker of field.of(row, round)) {
      const topic = topics.get(broker);
      const measured = await field.try(broker, row.title, () =>
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
  const { seconds, requests, bytes, cpuSeconds, p50Ms, p99Ms } = measured;
  const values: Readonly<Partial<Record<Metric, number | undefined>>> = {
    cpu: cpuSeconds === undefined ? undefined : cpuSeconds / (bytes / 1e9),
    rate: bytes / 1e6 / seconds,
    requests: requests / seconds,
  };
  for (const metric of row.metrics) {
    const value = values[metric];
    if (value !== undefined) results.add({ row: row.key, metric, broker: broker.key, round, value });
  }
  results.latencies.push({ row: row.key, broker: broker.key, round, p50Ms, p99Ms });
}

/** After the last load and before anything else, so that no broker has had time to give memory back. */
function recordMemory(field: Field, results: Results): void {
  for (const broker of field.of(undefined, 0)) {
    const memory = broker.pid === undefined ? undefined : residentMemory(broker.pid);
    if (memory === undefined) continue;
    const sample = { row: memoryRow.key, broker: broker.key, round: 0 };
    results.add({ ...sample, metric: 'residentPeak', value: memory.peakMb });
    results.add({ ...sample, metric: 'resident', value: memory.nowMb });
  }
}

export async function runRows(options: Options, brokers: readonly Broker[], results: Results, say: Say): Promise<void> {
  const field = new Field(brokers, results, say);
  const rows = loadRows.filter((row) => options.only.includes(row.key));
  await startAll(options, field, results, say);
  if (rows.length > 0) await warmUp(options, rows, field, say);
  for (const row of rows) await runRow(options, row, field, results, say);
  if (rows.length > 0 && options.only.includes(memoryRow.key)) recordMemory(field, results);
  for (const broker of field.of(undefined, 0)) await broker.stop();
}
