/**
 * Fetches and compiles what the foreign clients need, once, into the cache folder; quick when that is done.
 *
 * A toolchain the machine lacks is told as `missing`: the suites then skip with that reason, and fail where CI is set.
 */
import { type ExecFileException, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  cacheFolder,
  fetchJars,
  fetchReferenceKafka,
  referenceKafkaVersion,
  withLock,
} from '../../scripts/reference-kafka.ts';

export const javaClientVersion = '4.4.0';
const pythonPackages = [
  'confluent-kafka==2.16.1',
  'kafka-python==3.0.12',
  // Codecs of kafka-python; confluent-kafka brings its own.
  'python-snappy==0.7.3',
  'lz4==4.4.5',
  'zstandard==0.25.0',
];

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

export type Toolchain = Program | { readonly missing: string };

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((done, failed) => {
    execFile(command, args, { maxBuffer: 1 << 24 }, (error: ExecFileException | null, stdout, stderr) => {
      if (error === null) done(stdout);
      else failed(new Error(`${command}: ${error.message}\n${stderr.slice(-2000)}`));
    });
  });
}

/** The reason when the machine lacks one of the commands. */
async function lacking(commands: readonly (readonly [command: string, flag: string])[]): Promise<string | undefined> {
  for (const [command, flag] of commands) {
    const found = await run(command, [flag]).then(
      () => true,
      () => false,
    );
    if (!found) return `${command} is not on this machine`;
  }
  return undefined;
}

const java = [
  ['java', '-version'],
  ['javac', '-version'],
  ['mvn', '-version'],
] as const;

/** Compiles one source file; the folder's name holds the hash of all that went in, so that it is current or absent. */
async function compiled(source: string, jars: string): Promise<string> {
  const file = join(import.meta.dirname, 'java', source);
  const hash = createHash('sha256').update(readFileSync(file)).update(jars).digest('hex').slice(0, 16);
  const classes = join(cacheFolder, 'java-classes', `${source}-${hash}`);
  if (existsSync(classes)) return classes;
  const fresh = `${classes}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  await run('javac', ['-d', fresh, '-cp', join(jars, '*'), file]);
  if (existsSync(classes)) rmSync(fresh, { recursive: true, force: true });
  else renameSync(fresh, classes);
  return classes;
}

const quickJvm = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** The Java client and its cases. */
export async function javaClient(): Promise<Toolchain> {
  const jars = join(cacheFolder, 'java-clients', javaClientVersion);
  const missing = await lacking(existsSync(jars) ? java.slice(0, 1) : java);
  if (missing !== undefined) return { missing };
  await fetchJars([`org.apache.kafka:kafka-clients:${javaClientVersion}`], jars);
  const classes = await compiled('ClientCases.java', jars);
  return { command: 'java', args: [...quickJvm, '-cp', `${classes}:${join(jars, '*')}`, 'ClientCases'] };
}

/** Kafka's command-line tools, many of them in one JVM. */
export async function kafkaTools(): Promise<Toolchain> {
  const fetched = existsSync(join(cacheFolder, 'kafka', referenceKafkaVersion));
  const missing = await lacking(fetched ? java.slice(0, 1) : java);
  if (missing !== undefined) return { missing };
  const jars = await fetchReferenceKafka();
  const classes = await compiled('ToolRunner.java', jars);
  const log = `-Dlog4j2.configurationFile=${join(jars, '..', 'log4j2-tools.xml')}`;
  return { command: 'java', args: [...quickJvm, log, '-cp', `${classes}:${join(jars, '*')}`, 'ToolRunner'] };
}

/** A Python client and its cases: `confluent` or `kafka_python`. */
export async function pythonClient(program: 'confluent' | 'kafka_python'): Promise<Toolchain> {
  const hash = createHash('sha256').update(pythonPackages.join('\n')).digest('hex').slice(0, 16);
  const venv = join(cacheFolder, 'python', hash);
  if (!existsSync(venv)) {
    const missing = await lacking([['python3', '--version']]);
    if (missing !== undefined) return { missing };
    await withLock(`${venv}.making`, async () => {
      if (existsSync(venv)) return;
      // A virtual environment cannot be moved: it is whole once its stamp folder is there, else made again.
      const fresh = `${venv}-environment`;
      rmSync(fresh, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', fresh]);
      const pip = ['-m', 'pip', 'install', '-q', '--only-binary', ':all:', ...pythonPackages];
      await run(join(fresh, 'bin', 'python'), pip);
      mkdirSync(venv, { recursive: true });
    });
  }
  const file = join(import.meta.dirname, 'python', `${program}_cases.py`);
  return { command: join(`${venv}-environment`, 'bin', 'python'), args: ['-u', file] };
}
