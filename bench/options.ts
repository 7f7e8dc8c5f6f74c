/** The command line of the bench. */
import { parseArgs } from 'node:util';
import type { BrokerKey, SkerryDurability } from './brokers.ts';
import type { Address } from './control.ts';
import { type Row, rows } from './rows.ts';
import { UsageError } from './usage-error.ts';

export interface Options {
  readonly mode: 'help' | 'list' | 'report' | 'profile' | 'soak' | 'run';
  readonly rows: readonly Row[];
  /** Whether Kafka is measured beside ours. */
  readonly againstKafka: boolean;
  readonly durability: readonly SkerryDurability[];
  readonly target: Address | undefined;
  readonly rounds: number;
  readonly megabytes: number;
  readonly warmupMegabytes: number;
  readonly seconds: number;
  readonly gigabytes: number;
  /** Of a soak. */
  readonly soakMinutes: number;
  /** Once a row is behind its part of this, its later rounds are left out. */
  readonly minutes: number;
  readonly port: number;
  /** Where the data of the brokers lies while the bench runs. */
  readonly folder: string | undefined;
  /** Of a run that was ended: what it measured is not measured again. */
  readonly resume: string | undefined;
  /** Of a run that is over: nothing is measured. */
  readonly report: string | undefined;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
  readonly html: string | undefined;
  /** For Skerry's Node, to try what they are worth. */
  readonly nodeFlags: readonly string[];
}

export const usage = `usage: npm run bench -- [options]
  What to measure: the table of goals unless one of these is given.
  --all               every row
  --only ID,ID        these rows
  --list              prints the rows, and measures nothing
  --soak MINUTES      instead: mixed load, and whether resident memory stays flat under it
  --profile           instead: where Skerry's time goes in each row
  --resume FILE       goes on with the run whose results are in FILE, as it was called
  Whom:
  --against BROKER    kafka, beside Skerry in the same run (the default), or none
  --durability MODE   power-loss or process-crash: run Skerry only in this mode
  --target HOST:PORT  instead: a broker that runs already: no CPU, memory or start figures
  How much:
  --rounds N          interleaved rounds (3)
  --megabytes N       what the large rows move in a round (400)
  --warmup N          megabytes before the first round (400)
  --seconds N         how long a round of a paced load is (5)
  --gigabytes N       what a restart finds (1)
  --minutes N         leave out later rounds of rows rather than take much longer (10; with --all or --only no bound)
  Where:
  --port N            first of the ports to use: N to N+19, and those 10000 above (20000)
  --folder DIR        where the brokers keep their data meanwhile, on the disk to measure (.cache/bench)
  --node-flag=FLAG    for Skerry's Node, as in --node-flag=--single-threaded-gc; may be repeated
  What comes out:
  --json FILE         every measured value, row by row (.cache/bench/last.json)
  --markdown FILE     the table with its circumstances
  --html FILE         a page with plots
  --report FILE       measures nothing: makes --markdown, --html or the table from the results in FILE
exit code: 0 all was measured, 1 something was not, 2 the command line or a file is wrong, 3 the target is no broker,
130 ended by a signal`;

const spec = {
  all: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  list: { type: 'boolean' },
  soak: { type: 'string' },
  profile: { type: 'boolean' },
  resume: { type: 'string' },
  against: { type: 'string' },
  durability: { type: 'string', multiple: true },
  target: { type: 'string' },
  rounds: { type: 'string' },
  megabytes: { type: 'string' },
  warmup: { type: 'string' },
  seconds: { type: 'string' },
  gigabytes: { type: 'string' },
  minutes: { type: 'string' },
  port: { type: 'string' },
  folder: { type: 'string' },
  'node-flag': { type: 'string', multiple: true },
  json: { type: 'string' },
  markdown: { type: 'string' },
  html: { type: 'string' },
  report: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  const count = (name: 'rounds' | 'megabytes' | 'warmup' | 'seconds' | 'gigabytes' | 'soak', byDefault: number) =>
    numberOf(values[name] ?? String(byDefault), `--${name}`);
  const isTable = values.all !== true && values.only === undefined;
  const modes = (['help', 'list', 'report', 'profile', 'soak'] as const).filter((mode) => values[mode] !== undefined);
  const against = oneOf(values.against ?? 'kafka', '--against', ['kafka', 'none']);
  return {
    mode: modes[0] ?? 'run',
    rows: values.only === undefined ? rows.filter((row) => !isTable || row.inTable) : rowsOf(values.only),
    againstKafka: against === 'kafka',
    durability: (values.durability ?? ['process-crash', 'power-loss']).map((mode) =>
      oneOf(mode, '--durability', ['power-loss', 'process-crash']),
    ),
    target: values.target === undefined ? undefined : addressOf(values.target),
    rounds: count('rounds', 3),
    megabytes: count('megabytes', 400),
    warmupMegabytes: count('warmup', 400),
    seconds: count('seconds', 5),
    gigabytes: count('gigabytes', 1),
    soakMinutes: count('soak', 60),
    minutes: numberOf(values.minutes ?? (isTable ? '10' : '100000'), '--minutes'),
    port: portOf(values.port ?? '20000', '--port'),
    folder: values.folder,
    resume: values.resume,
    report: values.report,
    json: values.json,
    markdown: values.markdown,
    html: values.html,
    nodeFlags: values['node-flag'] ?? [],
  };
}

/** Columns of the run, in which order each is first in a round. */
export function brokersOf({ target, againstKafka, durability }: Options): readonly BrokerKey[] {
  if (target !== undefined) return ['target'];
  const kafka: readonly BrokerKey[] = againstKafka ? ['kafka'] : [];
  return [...kafka, ...durability.map((mode) => `skerry-${mode}` as const), 'floor', 'floor-sync', 'echo'];
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: spec }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function rowsOf(only: readonly string[]): Row[] {
  return only
    .flatMap((ids) => ids.split(','))
    .filter((id) => id !== '')
    .map((id) => {
      const row = rows.find((one) => one.id === id);
      if (row === undefined) throw new UsageError(`--only ${id}: no such row, --list prints them all`);
      return row;
    });
}

function oneOf<T extends string>(value: string, option: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${option} ${value}: one of ${allowed.join(', ')}`);
  return found;
}

function numberOf(value: string, option: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) throw new UsageError(`${option} ${value}: a whole number from 1`);
  return number;
}

/** The ports that follow from it must be ports too. */
const portMax = 65_535 - 10_000 - 20;

function portOf(value: string, option: string): number {
  const port = numberOf(value, option);
  if (port > portMax) throw new UsageError(`${option} ${value}: a port up to ${portMax}`);
  return port;
}

function addressOf(value: string): Address {
  const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(value) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new UsageError(`--target ${value}: HOST:PORT`);
  }
  return { host, port: Number(port) };
}
