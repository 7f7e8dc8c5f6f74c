/** The command line of the bench. */
import { parseArgs } from 'node:util';
import type { SkerryDurability } from './brokers.ts';
import type { Address } from './control.ts';
import { rowKeys } from './rows.ts';

export interface Options {
  /** Rows to measure. */
  readonly only: readonly string[];
  readonly against: readonly ('kafka' | 'skerry')[];
  readonly durability: readonly SkerryDurability[];
  readonly target: Address | undefined;
  readonly rounds: number;
  readonly megabytes: number;
  /** Once a row is behind its part of this, its later rounds are left out. */
  readonly minutes: number;
  readonly warmupMegabytes: number;
  readonly connections: number;
  readonly port: number;
  /** Where the data of the brokers lies while the bench runs. */
  readonly folder: string | undefined;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
  readonly profile: boolean;
  /** For Skerry's Node, to try what they are worth. */
  readonly nodeFlags: readonly string[];
}

/** What the user asked for cannot be done; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `usage: npm run bench -- [options]
  --only ROW          one of ${rowKeys.join(', ')}; may be repeated
  --against BROKER    kafka or skerry: measure only this one
  --durability MODE   power-loss or process-crash: run Skerry only in this mode
  --target HOST:PORT  measure a broker that runs already: no CPU, memory or start figures
  --rounds N          interleaved rounds (3)
  --megabytes N       what the large rows move in a round (400)
  --minutes N         leave out later rounds of rows rather than take much longer (10)
  --warmup N          megabytes before the first round (400)
  --connections N     of each load (1)
  --port N            first of the ports to use: N to N+4, and N+10000 (23000)
  --folder DIR        where the brokers keep their data meanwhile, on the disk to measure (.cache/bench)
  --json FILE         every measured value
  --markdown FILE     the table with its circumstances
  --node-flag=FLAG    for Skerry's Node, as in --node-flag=--single-threaded-gc; may be repeated
  --profile           instead: where Skerry's time goes in each row`;

export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseOrExplain(args);
  if (values.help === true) return 'help';
  return {
    only: (values.only ?? rowKeys).map((row) => oneOf(row, '--only', rowKeys)),
    against: (values.against ?? ['kafka', 'skerry']).map((name) => oneOf(name, '--against', ['kafka', 'skerry'])),
    durability: (values.durability ?? ['process-crash', 'power-loss']).map((mode) =>
      oneOf(mode, '--durability', ['power-loss', 'process-crash']),
    ),
    target: values.target === undefined ? undefined : addressOf(values.target),
    rounds: count(values.rounds ?? '3', '--rounds'),
    megabytes: count(values.megabytes ?? '400', '--megabytes'),
    minutes: count(values.minutes ?? '10', '--minutes'),
    warmupMegabytes: count(values.warmup ?? '400', '--warmup'),
    connections: count(values.connections ?? '1', '--connections'),
    port: portOf(values.port ?? '23000', '--port'),
    folder: values.folder,
    json: values.json,
    markdown: values.markdown,
    profile: values.profile === true,
    nodeFlags: values['node-flag'] ?? [],
  };
}

function parseOrExplain(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true },
        against: { type: 'string', multiple: true },
        durability: { type: 'string', multiple: true },
        target: { type: 'string' },
        rounds: { type: 'string' },
        megabytes: { type: 'string' },
        minutes: { type: 'string' },
        warmup: { type: 'string' },
        connections: { type: 'string' },
        port: { type: 'string' },
        folder: { type: 'string' },
        json: { type: 'string' },
        markdown: { type: 'string' },
        profile: { type: 'boolean' },
        'node-flag': { type: 'string', multiple: true },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<T extends string>(value: string, option: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${option} ${value}: one of ${allowed.join(', ')}`);
  return found;
}

function count(value: string, option: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) throw new UsageError(`${option} ${value}: a whole number from 1`);
  return number;
}

function portOf(value: string, option: string): number {
  const port = count(value, option);
  if (port > 65_535) throw new UsageError(`${option} ${value}: not a port`);
  return port;
}

function addressOf(value: string): Address {
  const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(value) ?? [];
  if (host === undefined || port === undefined) throw new UsageError(`--target ${value}: HOST:PORT`);
  return { host, port: portOf(port, '--target') };
}
