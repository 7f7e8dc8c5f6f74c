/**
 * The file of a run's results: JSON, written anew after each row, so that a run that was ended goes on from it.
 *
 *   format, version   "skerry-bench", 2: another version is refused, not guessed at
 *   about             circumstances, for people: date, command, versions, machine, disk, load before it, settings
 *   args              the command line, by which a run that goes on asks for the same
 *   done              ids of the rows that are complete
 *   samples           every value: row, metric, broker, round, value
 *   latencies         histograms of the rows with percentiles: row, broker, counts: [bucket, count] (histogram.ts)
 *   memory            resident memory over time: row, broker, seconds, mb
 *   limited           rows and brokers where the driver was the limit
 *   notes, troubles   in words: what to know, what was not measured
 *
 * Whatever is read is checked to the last value: it comes from outside.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { brokerKeys } from './brokers.ts';
import { metrics } from './metrics.ts';
import { Results } from './results.ts';
import { rowOf } from './rows.ts';
import { UsageError } from './usage-error.ts';

const format = 'skerry-bench';
const version = 2;

/** Under which circumstances the numbers came about. */
export type About = Readonly<Record<string, string>>;

export interface ResultFile {
  readonly about: About;
  readonly args: readonly string[];
  readonly results: Results;
}

/** The old file stays whole until the new one is. */
export function writeResults(path: string, { about, args, results }: ResultFile): void {
  const { done, samples, latencies, memory, limited, notes, troubles } = results;
  const lists = { done, samples, latencies, memory, limited, notes, troubles };
  const fields = Object.entries({ format, version, about, args }).map(([key, value]) => [key, JSON.stringify(value)]);
  // A line a value: a file that two people can compare.
  const lines = Object.entries(lists).map(([key, list]) => [
    key,
    `[\n${list.map((one) => JSON.stringify(one)).join(',\n')}\n]`,
  ]);
  const text = [...fields, ...lines].map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(',\n');
  writeFileSync(`${path}.new`, `{\n${text}\n}\n`);
  renameSync(`${path}.new`, path);
}

export function readResults(path: string): ResultFile {
  if (!existsSync(path)) throw new UsageError(`${path}: there is no such file`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return fileOf(value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new UsageError(`${path}: not a result file of this bench: ${error.message}`);
  }
}

class Refusal extends Error {}

type Check<T> = (value: unknown, where: string) => T;

const refuse = (where: string, expected: string): never => {
  throw new Refusal(`${where} is not ${expected}`);
};
const text: Check<string> = (value, where) => (typeof value === 'string' ? value : refuse(where, 'a text'));
const number: Check<number> = (value, where) =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(where, 'a number');
const object: Check<Readonly<Record<string, unknown>>> = (value, where) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse(where, 'an object');
const listOf =
  <T>(item: Check<T>): Check<T[]> =>
  (value, where) =>
    Array.isArray(value) ? value.map((one: unknown, i) => item(one, `${where}[${i}]`)) : refuse(where, 'a list');
const oneOf =
  <T extends string>(allowed: readonly T[], what: string): Check<T> =>
  (value, where) =>
    allowed.find((one) => one === value) ?? refuse(where, what);
const row: Check<string> = (value, where) =>
  rowOf(text(value, where)) === undefined ? refuse(where, 'a row that --list prints') : text(value, where);
const metric = oneOf(Object.keys(metrics) as (keyof typeof metrics)[], 'a metric');
const broker = oneOf(brokerKeys, 'a broker');
const pair: Check<readonly [number, number]> = (value, where) => {
  const [bucket = -1, count = -1] = listOf(number)(value, where);
  // 27 doublings of 64 are all that a histogram has.
  const isPair =
    Number.isSafeInteger(bucket) && bucket >= 0 && bucket < 2048 && Number.isSafeInteger(count) && count > 0;
  return isPair ? [bucket, count] : refuse(where, 'a bucket and its count');
};

function fileOf(value: unknown): ResultFile {
  const file = object(value, 'the file');
  if (file['format'] !== format) throw new Refusal(`its format is not "${format}"`);
  if (file['version'] !== version) throw new Refusal(`its version is ${String(file['version'])}, not ${version}`);
  const list = <T>(name: string, item: Check<T>): T[] => listOf(item)(file[name], name);
  const each =
    <T>(make: (one: Readonly<Record<string, unknown>>, where: string) => T): Check<T> =>
    (one, where) =>
      make(object(one, where), where);
  const whose = (one: Readonly<Record<string, unknown>>, where: string) => ({
    row: row(one['row'], `${where}.row`),
    broker: broker(one['broker'], `${where}.broker`),
  });
  const about = Object.entries(object(file['about'], 'about')).map(([key, what]) => [key, text(what, `about.${key}`)]);
  const results = new Results();
  results.done.push(...list('done', row));
  results.samples.push(
    ...list(
      'samples',
      each((one, where) => ({
        ...whose(one, where),
        metric: metric(one['metric'], `${where}.metric`),
        round: number(one['round'], `${where}.round`),
        value: number(one['value'], `${where}.value`),
      })),
    ),
  );
  results.latencies.push(
    ...list(
      'latencies',
      each((one, where) => ({ ...whose(one, where), counts: listOf(pair)(one['counts'], `${where}.counts`) })),
    ),
  );
  results.memory.push(
    ...list(
      'memory',
      each((one, where) => ({
        ...whose(one, where),
        seconds: number(one['seconds'], `${where}.seconds`),
        mb: number(one['mb'], `${where}.mb`),
      })),
    ),
  );
  results.limited.push(...list('limited', each(whose)));
  results.notes.push(...list('notes', text));
  results.troubles.push(...list('troubles', text));
  return { about: Object.fromEntries(about) as About, args: list('args', text), results };
}
