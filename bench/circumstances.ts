/** Under which circumstances the numbers came about; nothing in it tells whose machine it was. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { referenceKafkaVersion } from '../scripts/reference-kafka.ts';
import { kafkaHeap } from './brokers.ts';
import type { Options } from './options.ts';
import type { About } from './result-file.ts';

const root = join(import.meta.dirname, '..');

/** Read before the first load: our own work must not count as the machine's. */
export function circumstances(options: Options, args: readonly string[], folder: string): About {
  const processors = cpus();
  const model = processors[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown processor';
  const kafkaUsed = options.mode === 'run' && options.target === undefined && options.againstKafka;
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
      `${options.seconds} s in paced ones, ${options.gigabytes} GiB of old data, ` +
      `${options.warmupMegabytes} MB of warm-up; unless the row says otherwise ` +
      'one connection, one partition; acks=all' +
      (kafkaUsed ? `, Kafka with its default settings and -Xms${kafkaHeap} -Xmx${kafkaHeap}` : ''),
  };
}

function withoutPaths(args: readonly string[]): string[] {
  const hidden = ['--json', '--markdown', '--html', '--folder', '--target', '--resume'];
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
