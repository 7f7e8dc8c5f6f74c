/** The Java clients and Kafka's command-line tools: jars from Maven Central, cases compiled once. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  cacheFolder,
  fetchJars,
  fetchReferenceKafka,
  referenceKafkaJars,
  referenceKafkaVersion,
} from '../../../scripts/reference-kafka.ts';
import { type Client, hashOf, lacking, run, type Toolchain } from './run.ts';

export const java = [
  ['java', '-version'],
  ['javac', '-version'],
  ['mvn', '-version'],
] as const;

const sourceFolder = join(import.meta.dirname, '..', 'java');

/** Compiles source files; the folder's name holds the hash of all that went in. */
export async function compiled(sources: readonly string[], jars: string): Promise<string> {
  const files = sources.map((source) => join(sourceFolder, source));
  const hash = hashOf(...files.map((file) => readFileSync(file)), jars);
  const classes = join(cacheFolder, 'java-classes', `${sources.at(-1)}-${hash}`);
  if (existsSync(classes)) return classes;
  const fresh = `${classes}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  await run('javac', ['-Xlint:none', '-d', fresh, '-cp', join(jars, '*'), ...files]);
  if (existsSync(classes)) rmSync(fresh, { recursive: true, force: true });
  else renameSync(fresh, classes);
  return classes;
}

export const quickJvm = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

interface Cases {
  readonly artifacts: readonly string[];
  /** What they are kept under. */
  readonly folder: string;
  readonly sources: readonly string[];
  /** The classes that hold cases, for the process of Cases.java. */
  readonly classes: readonly string[];
}

async function javaCases({ artifacts, folder, sources, classes }: Cases): Promise<Toolchain> {
  const jars = join(cacheFolder, folder);
  const missing = await lacking(existsSync(jars) ? java.slice(0, 2) : java);
  if (missing !== undefined) return { missing };
  await fetchJars(artifacts, jars);
  const compiledTo = await compiled(['Cases.java', ...sources], jars);
  const path = `${compiledTo}:${join(jars, '*')}`;
  return { command: 'java', args: [...quickJvm, '-cp', path, 'Cases', ...classes] };
}

/**
 * A Java client of one version. The files hold what is new in the clients since; `Described28.java` stands in for what
 * 2.8 calls otherwise.
 */
function clientOf(version: string, newer: readonly string[], tests: string): Client {
  const classes = ['ClientCases', 'AdminCases', ...newer];
  const files = newer.includes('CasesSince39') ? classes : [...classes, 'Described28'];
  return {
    name: `Java kafka-clients ${version}`,
    tests: [tests],
    install: () =>
      javaCases({
        artifacts: [`org.apache.kafka:kafka-clients:${version}`],
        folder: join('java-clients', version),
        sources: files.map((file) => `${file}.java`),
        classes,
      }),
  };
}

/** Connect's worker, of the reference release, with the connectors of files. Its arguments are files of properties. */
async function connectWorker(): Promise<Toolchain> {
  const file = join(cacheFolder, 'kafka-connect', referenceKafkaVersion);
  const fetched = existsSync(file) && existsSync(referenceKafkaJars);
  const missing = await lacking(fetched ? java.slice(0, 1) : java);
  if (missing !== undefined) return { missing };
  const jars = await fetchReferenceKafka();
  await fetchJars([`org.apache.kafka:connect-file:${referenceKafkaVersion}`], file);
  const log = `-Dlog4j2.configurationFile=${join(jars, '..', 'log4j2-server.xml')}`;
  const path = `${join(jars, '*')}:${join(file, '*')}`;
  return { command: 'java', args: [...quickJvm, log, '-cp', path, 'org.apache.kafka.connect.cli.ConnectStandalone'] };
}

/** Kafka's command-line tools, many of them in one JVM. */
export async function kafkaTools(): Promise<Toolchain> {
  const fetched = existsSync(join(cacheFolder, 'kafka', referenceKafkaVersion));
  const missing = await lacking(fetched ? java.slice(0, 1) : java);
  if (missing !== undefined) return { missing };
  const jars = await fetchReferenceKafka();
  const classes = await compiled(['ToolRunner.java'], jars);
  const log = `-Dlog4j2.configurationFile=${join(jars, '..', 'log4j2-tools.xml')}`;
  return { command: 'java', args: [...quickJvm, log, '-cp', `${classes}:${join(jars, '*')}`, 'ToolRunner'] };
}

export const javaClient: Client = {
  ...clientOf(
    '4.4.0',
    ['CasesSince39', 'CasesSince44', 'ConsumerGroupCases', 'ShareGroupCases'],
    'java/clients.test.ts',
  ),
  everyTime: true,
};
export const javaClient39 = clientOf('3.9.2', ['CasesSince39'], 'java/clients-39.more.test.ts');
export const javaClient28 = clientOf('2.8.2', [], 'java/clients-28.more.test.ts');

const beneath = 'the Java client beneath is tried by itself';

export const kafkaToolsClient: Client = {
  name: `Kafka's command-line tools ${referenceKafkaVersion}`,
  tests: ['java/tools.test.ts', 'java/tools-groups.test.ts', 'java/tools.more.test.ts', 'java/dump-log.test.ts'],
  everyTime: true,
  install: kafkaTools,
  lacks: {
    large: beneath,
    seek: beneath,
    group: beneath,
    'static membership': beneath,
    cooperative: beneath,
    commit: beneath,
  },
};

export const kafkaStreams: Client = {
  name: `Kafka Streams ${referenceKafkaVersion}`,
  tests: ['java/streams.more.test.ts'],
  install: () =>
    javaCases({
      artifacts: [`org.apache.kafka:kafka-streams:${referenceKafkaVersion}`],
      folder: join('kafka-streams', referenceKafkaVersion),
      sources: ['StreamsCases.java'],
      classes: ['StreamsCases'],
    }),
  lacks: {
    connect: beneath,
    produce: beneath,
    idempotence: beneath,
    compression: beneath,
    headers: beneath,
    large: beneath,
    seek: beneath,
    'static membership': beneath,
    commit: beneath,
    'admin configs': beneath,
    'admin groups': beneath,
    'admin quotas': beneath,
    'admin other': beneath,
  },
};

export const kafkaConnect: Client = {
  name: `Kafka Connect ${referenceKafkaVersion}, standalone`,
  tests: ['java/connect.more.test.ts'],
  install: connectWorker,
  lacks: {
    connect: beneath,
    produce: beneath,
    idempotence: beneath,
    compression: beneath,
    headers: beneath,
    large: beneath,
    seek: beneath,
    timestamps: beneath,
    group: beneath,
    'static membership': beneath,
    cooperative: beneath,
    commit: beneath,
    'admin topics': beneath,
    'admin configs': beneath,
    'admin records': beneath,
    'admin quotas': beneath,
    'admin other': beneath,
  },
};

export const javaClients: readonly Client[] = [
  javaClient,
  javaClient39,
  javaClient28,
  kafkaToolsClient,
  kafkaStreams,
  kafkaConnect,
];
