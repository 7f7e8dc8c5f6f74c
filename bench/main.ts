/**
 * The bench: one light driver, the same frames, Skerry and Apache Kafka in interleaved rounds of one run. `--help`
 * lists the options.
 *
 * Absolute figures of a shared machine are noise; read the ratios, and the CPU seconds. What is measured: rows.ts.
 * How: the folder measure. What comes out: result-file.ts, report.ts, page.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fetchReferenceKafka } from '../scripts/reference-kafka.ts';
import { circumstances } from './circumstances.ts';
import { assertBroker } from './control.ts';
import { Field } from './field.ts';
import { processesRunning } from './measure/drive.ts';
import { type Options, readOptions, usage } from './options.ts';
import { printPage } from './page.ts';
import { profile } from './profile.ts';
import { printMarkdown, printTable } from './report.ts';
import { type ResultFile, readResults, writeResults } from './result-file.ts';
import { Results } from './results.ts';
import { rows } from './rows.ts';
import { runRows } from './run.ts';
import { soak } from './soak.ts';
import { UsageError } from './usage-error.ts';

const cache = join(import.meta.dirname, '..', '.cache', 'bench');
const exitCodes = { usage: 2, noBroker: 3, signal: 130 } as const;

const say = (line: string) => {
  process.stderr.write(`${line}\n`);
};

function printRows(): void {
  const width = Math.max(...rows.map(({ id }) => id.length));
  for (const { id, title, inTable } of rows) console.log(`${id.padEnd(width)}  ${inTable ? '*' : ' '} ${title}`);
  console.log('\n* measured without --all or --only');
}

function report(file: ResultFile, { markdown, html }: Options): void {
  if (markdown !== undefined) writeFileSync(markdown, printMarkdown(file));
  if (html !== undefined) writeFileSync(html, printPage(file));
}

/** Why Kafka cannot be measured here, or undefined: without Java, or its jars and the network for them. */
async function whyNoKafka(): Promise<string | undefined> {
  const { error, status } = spawnSync('java', ['-version'], { stdio: 'ignore' });
  if (error !== undefined || status !== 0) return 'Kafka needs Java 17 or newer, and `java` does not run here';
  return await fetchReferenceKafka(say).then(
    () => undefined,
    (reason: unknown) => `Kafka's jars are not here and cannot be fetched: ${String(reason).split('\n')[0]}`,
  );
}

/** What is to be measured: a run that goes on is called as it was, but for where its report goes. */
function called(args: readonly string[]): { readonly options: Options; readonly file: ResultFile | undefined } {
  const options = readOptions(args);
  if (options.resume === undefined) return { options, file: undefined };
  const file = readResults(options.resume);
  file.results.keepOnlyDone();
  file.results.troubles.length = 0;
  const { resume, json = resume, markdown, html } = options;
  return { options: { ...readOptions(file.args), resume, json, markdown, html }, file };
}

/** Leaves no process and no data behind, however the run ends. */
async function withField(
  options: Options,
  results: Results,
  use: (field: Field, folder: string) => Promise<void>,
  goOn: string,
): Promise<void> {
  const folder = join(resolve(options.folder ?? cache), `run-${process.pid}`);
  const field = new Field(options, folder, results, say);
  const clean = () => {
    for (const child of processesRunning) child.kill('SIGKILL');
    field.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  mkdirSync(folder, { recursive: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A terminal's Ctrl-C comes twice, since npm's script hands it on: the second must not end us before all is clean.
    process.on(signal, () => {
      clean();
      say(`ended by ${signal}${goOn}`);
      process.exit(exitCodes.signal);
    });
  }
  try {
    await use(field, folder);
  } finally {
    clean();
  }
}

async function measure(args: readonly string[]): Promise<void> {
  let { options, file } = called(args);
  const { results } = file ?? { results: new Results() };
  if (options.target !== undefined) {
    const { host, port } = options.target;
    const reason = await assertBroker(options.target).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (reason !== undefined) {
      say(`${host}:${port} is no Kafka broker: ${reason}`);
      process.exitCode = exitCodes.noBroker;
      return;
    }
  } else if (options.againstKafka && options.mode === 'run') {
    const trouble = await whyNoKafka();
    if (trouble !== undefined) {
      say(trouble);
      results.troubles.push(trouble);
      options = { ...options, againstKafka: false };
    }
  }
  if (options.mode === 'soak' && options.target !== undefined) {
    throw new UsageError('--soak: the memory of a broker that runs elsewhere cannot be seen');
  }
  const json = resolve(options.json ?? join(cache, 'last.json'));
  mkdirSync(dirname(json), { recursive: true });
  const goOn = options.mode === 'run' ? `; what is measured so far is in ${json}: go on with --resume ${json}` : '';
  await withField(
    options,
    results,
    async (field, folder) => {
      if (options.mode === 'profile') return await profile(options, field, say);
      const about = circumstances(options, args, folder);
      const whole = file ?? { about, args, results };
      if (whole.about['versions'] !== about['versions'])
        results.note(`went on with other versions: ${about['versions']}`);
      const keep = () => writeResults(json, whole);
      keep();
      const run = { options, field, results, say, keep };
      await (options.mode === 'soak' ? soak(run) : runRows(run));
      keep();
      process.stdout.write(`${printTable(whole)}\n`);
      say(`all values: ${json}`);
      report(whole, options);
    },
    goOn,
  );
  if (results.troubles.length > 0) process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<void> {
  try {
    const options = readOptions(args);
    // Before minutes are spent on what could then not be written.
    for (const path of [options.markdown, options.html, options.json]) {
      if (path !== undefined && !existsSync(dirname(path))) throw new UsageError(`${path}: its folder is not there`);
    }
    if (options.mode === 'help') return console.log(usage);
    if (options.mode === 'list') return printRows();
    if (options.report === undefined) return await measure(args);
    const file = readResults(options.report);
    report(file, options);
    if (options.markdown === undefined && options.html === undefined) console.log(printTable(file));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(`${error.message}\n\n--help lists the options`);
    process.exitCode = exitCodes.usage;
  }
}

await main(process.argv.slice(2));
