/** The Java clients and Kafka's command-line tools: jars from Maven Central, cases compiled once. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  cacheFolder,
  fetchJars,
  fetchReferenceKafka,
  referenceKafkaVersion,
} from '../../../scripts/reference-kafka.ts';
import { type Client, hashOf, lacking, run, type Toolchain } from './run.ts';

const javaClientVersion = '4.4.0';

const java = [
  ['java', '-version'],
  ['javac', '-version'],
  ['mvn', '-version'],
] as const;

/** Compiles one source file; the folder's name holds the hash of all that went in. */
async function compiled(source: string, jars: string): Promise<string> {
  const file = join(import.meta.dirname, '..', 'java', source);
  const classes = join(cacheFolder, 'java-classes', `${source}-${hashOf(readFileSync(file), jars)}`);
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
async function javaCases(): Promise<Toolchain> {
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

export const javaClient: Client = {
  name: `Java kafka-clients ${javaClientVersion}`,
  tests: ['java/clients.test.ts'],
  everyTime: true,
  install: javaCases,
};

export const kafkaToolsClient: Client = {
  name: `Kafka's command-line tools ${referenceKafkaVersion}`,
  tests: ['java/tools.test.ts', 'java/dump-log.test.ts'],
  everyTime: true,
  install: kafkaTools,
  lacks: {
    idempotence: 'the Java client beneath is tried by itself',
    large: 'the Java client beneath is tried by itself',
    seek: 'the Java client beneath is tried by itself',
    group: 'the Java client beneath is tried by itself',
    'static membership': 'the Java client beneath is tried by itself',
    cooperative: 'the Java client beneath is tried by itself',
    commit: 'the Java client beneath is tried by itself',
    restart: 'a tool runs and ends',
  },
};

export const javaClients: readonly Client[] = [javaClient, kafkaToolsClient];
