/**
 * The bench: one light driver, the same frames, Skerry and Apache Kafka in interleaved rounds of one run. `--help`
 * lists the options.
 *
 * Absolute figures of a shared machine are noise; read the ratios, and the CPU seconds. What is measured: rows.ts.
 * How: measure.ts.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Broker, floor, kafka, skerry, target } from './brokers.ts';
import { loadsRunning } from './measure.ts';
import { type Options, readOptions, UsageError, usage } from './options.ts';
import { profile } from './profile.ts';
import { circumstances, printJson, printMarkdown, printTable } from './report.ts';
import { Results } from './results.ts';
import { runRows } from './run.ts';

const root = join(import.meta.dirname, '..');
const say = (line: string) => {
  process.stderr.write(`${line}\n`);
};

function brokersFor(options: Options, folder: string): Broker[] {
  if (options.target !== undefined) return [target(options.target)];
  const { port } = options;
  const kafkas = options.against.includes('kafka') ? [kafka(port, join(folder, 'kafka'), say)] : [];
  const skerries = options.against.includes('skerry')
    ? options.durability.map((durability, i) =>
        skerry({
          port: port + 1 + i,
          folder: join(folder, `skerry-${durability}`),
          durability,
          nodeArgs: options.nodeFlags,
        }),
      )
    : [];
  const floors = [floor(port + 3, join(folder, 'floor'), false), floor(port + 4, join(folder, 'floor-sync'), true)];
  return [...kafkas, ...skerries, ...floors];
}

/** Leaves no process and no data behind, however the run ends. */
function clean(started: ReadonlySet<Broker>, folder: string): void {
  for (const load of loadsRunning) load.kill('SIGKILL');
  for (const broker of started) broker.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** Lends a folder to `use`; what it adds to `started` is ended with it. */
async function withFolder(
  options: Options,
  use: (folder: string, started: Set<Broker>) => Promise<void>,
): Promise<void> {
  const folder = join(resolve(options.folder ?? join(root, '.cache', 'bench')), `run-${process.pid}`);
  const started = new Set<Broker>();
  mkdirSync(folder, { recursive: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      clean(started, folder);
      process.exit(130);
    });
  }
  try {
    await use(folder, started);
  } finally {
    clean(started, folder);
  }
}

async function bench(options: Options, args: readonly string[], folder: string, started: Set<Broker>): Promise<void> {
  const about = circumstances(options, args, folder);
  const results = new Results();
  for (const broker of brokersFor(options, folder)) started.add(broker);
  await runRows(options, [...started], results, say);
  process.stdout.write(`${printTable(results, about)}\n`);
  if (options.json !== undefined) writeFileSync(options.json, printJson(results, about));
  if (options.markdown !== undefined) writeFileSync(options.markdown, printMarkdown(results, about));
  if (results.troubles.length > 0) process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<void> {
  try {
    const options = readOptions(args);
    if (options === 'help') process.stdout.write(`${usage}\n`);
    else if (options.profile) await withFolder(options, (folder, started) => profile(options, folder, started, say));
    else await withFolder(options, (folder, started) => bench(options, args, folder, started));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exitCode = 2;
  }
}

await main(process.argv.slice(2));
