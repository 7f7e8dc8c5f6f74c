/**
 * The same load on one Skerry and on two, each with a data folder and a port of its own and half of the connections:
 * what a second process gives, in rate and in CPU time.
 *
 *   node --conditions=skerry-source bench/scale/brokers.ts [--rounds 3] [--megabytes 400]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { batchOf } from '../batches.ts';
import { type Broker, makeBroker } from '../brokers.ts';
import { createTopic, deleteTopic } from '../control.ts';
import { measureLoads, settleDisk } from '../measure/drive.ts';
import { cpuTime } from '../process.ts';
import { fetchBytes } from '../rows.ts';
import type { Load } from '../works.ts';
import { printRows } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '400' },
    port: { type: 'string', default: '20100' },
  },
});
const rounds = Number(values.rounds);
const cache = join(import.meta.dirname, '..', '..', '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'bench-scale-'));
const brokers = [0, 1].map((i) =>
  makeBroker('skerry-process-crash', { port: Number(values.port) + i, folder: join(folder, String(i)) }),
);
const end = (): void => {
  for (const broker of brokers) broker.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
};
process.on('exit', end);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const cpuOf = (broker: Broker): number => {
  const cpu = broker.pid === undefined ? undefined : cpuTime(broker.pid);
  return cpu === undefined ? Number.NaN : cpu.userSeconds + cpu.systemSeconds;
};

interface Work {
  readonly kind: 'produce' | 'fetch';
  readonly batchBytes: number;
  readonly share: number;
}

let topics = 0;

/** Two drivers, each with two connections: both to the first broker, or one to each. */
async function measure({ kind, batchBytes, share }: Work, used: readonly Broker[]) {
  const [first, last] = [used[0] as Broker, used.at(-1) as Broker];
  const batch = await batchOf({ batchBytes });
  const batches = Math.round((Number(values.megabytes) * share * 1e6) / batch.bytes.length / 2);
  const loads: Load[] = [];
  for (const { address } of [first, last]) {
    const topic = `scale-${topics++}`;
    await createTopic(address, topic, {}, 1);
    const load = { ...address, topic, partitions: 1, batch, inFlight: 5, connections: 2, fetchBytes, pace: undefined };
    loads.push({ ...load, kind, batches });
  }
  if (kind === 'fetch') {
    const filling = loads.map((load) => ({ ...load, kind: 'produce' as const, inFlight: 50 }));
    await measureLoads(first, 'load.ts', filling);
  }
  await settleDisk();
  const before = used.map(cpuOf);
  const { seconds, bytes } = await measureLoads(first, 'load.ts', loads);
  const each = used.map((broker, i) => cpuOf(broker) - (before[i] ?? 0));
  for (const { host, port, topic } of loads) await deleteTopic({ host, port }, topic);
  const cpu = each.reduce((sum, one) => sum + one, 0);
  return { rate: bytes / 1e6 / seconds, cpu: cpu / (bytes / 1e9), cores: cpu / seconds };
}

const works = {
  'produce, 1 KiB batches': { kind: 'produce', batchBytes: 1024, share: 0.1 },
  'produce, 16 KiB batches': { kind: 'produce', batchBytes: 16 * 1024, share: 1 },
  'fetch, 1 MiB of 16 KiB batches': { kind: 'fetch', batchBytes: 16 * 1024, share: 1 },
} as const;

for (const broker of brokers) await broker.start();
const found = new Map<string, number[]>();
for (const [title, work] of Object.entries(works)) {
  for (let round = -1; round < rounds; round++) {
    for (const count of [1, 2]) {
      const { rate, cpu, cores } = await measure(work, brokers.slice(0, count));
      // The first compiles the code.
      if (round < 0) continue;
      const named = { 'MB/s': rate, 'CPU s/GB of all brokers': cpu, 'cores that they used': cores };
      for (const [what, value] of Object.entries(named)) {
        const row = `${title}: ${what} | ${count}`;
        found.set(row, [...(found.get(row) ?? []), value]);
      }
    }
  }
}
printRows(found, ['1', '2'], ['one broker', 'two brokers']);
process.exit();
