/** The results as a table for the terminal, as a page of docs, and as JSON. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { referenceKafkaVersion } from '../scripts/reference-kafka.ts';
import { kafkaHeap } from './brokers.ts';
import type { Options } from './options.ts';
import type { Line, Results } from './results.ts';

const root = join(import.meta.dirname, '..');

/** Share of a core beyond which the driver had no time left to wait for the broker. */
const driverLoadMax = 0.9;

const columns: readonly (readonly [keyof Line, string])[] = [
  ['work', 'work'],
  ['measure', 'measure'],
  ['durability', 'durability'],
  ['measured', 'measured'],
  ['kafka', 'Kafka'],
  ['ratio', 'measured ÷ Kafka'],
  ['goal', 'goal'],
  ['floor', 'floor'],
];

/** Under which circumstances the numbers came about; nothing in it tells whose machine it was. */
export interface Circumstances {
  readonly date: string;
  readonly command: string;
  readonly versions: string;
  readonly machine: string;
  readonly disk: string;
  readonly busy: string;
  readonly settings: string;
}

/** Read before the first load: our own work must not count as the machine's. */
export function circumstances(options: Options, args: readonly string[], folder: string): Circumstances {
  const processors = cpus();
  const model = processors[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown processor';
  const kafkaUsed = options.target === undefined && options.against.includes('kafka');
  return {
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...withoutPaths(args)] : [])].join(' '),
    versions: [
      ...(options.target === undefined ? [skerryVersion()] : []),
      ...(kafkaUsed ? [`Apache Kafka ${referenceKafkaVersion} on ${javaVersion()}`] : []),
      `Node ${process.version}`,
    ].join(', '),
    machine: `${processors.length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Linux ${release()}`,
    disk: fileSystem(folder),
    busy: `load average before the first load ${loadavg()[0]?.toFixed(2)}`,
    settings:
      `${options.rounds} interleaved rounds, ${options.megabytes} MB a round in the large rows, ` +
      `${options.warmupMegabytes} MB of warm-up, ${options.connections} connection(s), one partition, acks=all` +
      (kafkaUsed ? `, Kafka with its default settings and -Xms${kafkaHeap} -Xmx${kafkaHeap}` : ''),
  };
}

function withoutPaths(args: readonly string[]): string[] {
  const hidden = ['--json', '--markdown', '--folder', '--target'];
  return args.filter((arg, i) => !hidden.some((name) => arg.startsWith(name) || args[i - 1] === name));
}

function skerryVersion(): string {
  const text = readFileSync(join(root, 'packages', 'skerry', 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  const commit = /^[0-9a-f]+$/.exec(output('git', ['rev-parse', '--short', 'HEAD']))?.[0];
  return `Skerry ${version}${commit === undefined ? '' : ` (${commit})`}`;
}

/** `java -version` speaks on stderr: `openjdk version "21.0.1" …`. */
function javaVersion(): string {
  const version = /version "([^"]+)"/.exec(output('java', ['-version']))?.[1];
  return version === undefined ? 'an unknown Java' : `Java ${version}`;
}

function output(command: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return `${stdout ?? ''}${stderr ?? ''}`.trim();
}

/** Magic numbers of statfs(2). On tmpfs a sync costs nothing, so no durability figure means anything. */
const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'XFS',
  0x9123683e: 'Btrfs',
  0x794c7630: 'overlayfs',
  0x01021994: 'tmpfs: syncs cost nothing here, figures with syncs mean nothing',
};

function fileSystem(folder: string): string {
  const { type } = statfsSync(folder);
  return fileSystems[type] ?? `file system 0x${type.toString(16)}`;
}

export function printTable(results: Results, about: Circumstances): string {
  const rows = [columns.map(([, title]) => title), ...results.lines().map((line) => columns.map(([key]) => line[key]))];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...table, '', ...Object.entries(about).map(([key, value]) => `${key}: ${value}`), ...troubles(results)].join(
    '\n',
  );
}

function troubles({ troubles: all, details, cuts }: Results): readonly string[] {
  const limited = details.filter(({ driverLoad, broker }) => driverLoad > driverLoadMax && !broker.startsWith('floor'));
  const rows = new Set(limited.map(({ row, broker }) => `${row} of ${broker}`));
  return [
    ...[...rows].map((row) => `limited by the driver, the broker could do more: ${row}`),
    ...cuts.map((cut) => `for want of time: ${cut}`),
    ...all.map((trouble) => `not measured: ${trouble}`),
  ];
}

const tableRow = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

export function printMarkdown(results: Results, about: Circumstances): string {
  return `${[
    '# Benchmarks',
    '',
    'One light driver sends the same pre-built frames to each broker, on one machine, in interleaved rounds of',
    'one run. Absolute figures of a shared machine are noise; the ratios and the CPU seconds are what to read.',
    'This page is written by the command below.',
    '',
    tableRow(columns.map(([, title]) => title)),
    tableRow(columns.map(() => '---')),
    ...results.lines().map((line) => tableRow(columns.map(([key]) => line[key]))),
    '',
    'Each value is the median of the rounds, with the least and the most in brackets; the ratio is that of the',
    'medians, with the least and the most of the ratios within one round. CPU seconds are those of the server',
    'process from the operating system. The floor is what Node needs to receive, sum and write (or read and send)',
    'the same bytes with none of a broker’s duties.',
    '',
    ...Object.entries(about).map(([key, value]) => `- ${key}: ${key === 'command' ? `\`${value}\`` : value}`),
    ...troubles(results).map((line) => `- ${line}`),
  ].join('\n')}\n`;
}

export function printJson(results: Results, about: Circumstances): string {
  const { samples, details, troubles: failures } = results;
  return `${JSON.stringify({ ...about, samples, details, troubles: failures }, undefined, 2)}\n`;
}
