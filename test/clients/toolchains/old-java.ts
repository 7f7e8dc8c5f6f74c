/**
 * Java clients from before Kafka 0.11, which brokers of Kafka 4 turn away: Skerry serves them on a listener that says
 * so (docs/old-gear.md).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fetchJars } from '../../../scripts/reference-kafka.ts';
import { compiled, java, quickJvm } from './java.ts';
import { type Client, lacking, type Toolchain } from './run.ts';

interface Old {
  readonly version: string;
  readonly artifacts: readonly string[];
  readonly classes: readonly string[];
}

async function oldCases({ version, artifacts, classes }: Old): Promise<Toolchain> {
  const jars = join(cacheFolder, 'java-clients', version);
  const missing = await lacking(existsSync(jars) ? java.slice(0, 2) : java);
  if (missing !== undefined) return { missing };
  await fetchJars(artifacts, jars);
  const sources = ['OldCases', 'OldProducer', ...classes].map((name) => `${name}.java`);
  const path = `${await compiled(sources, jars)}:${join(jars, '*')}`;
  return { command: 'java', args: [...quickJvm, '-cp', path, 'OldCases', version, ...classes] };
}

const settings = { 'skerry.listeners.legacy': 'PLAINTEXT', 'num.partitions': 2 };
const unknownThen = 'came later';
const lacks: NonNullable<Client['lacks']> = {
  idempotence: unknownThen,
  headers: unknownThen,
  'static membership': unknownThen,
  cooperative: unknownThen,
  restart: 'the broker is the same for all clients',
  'admin topics': unknownThen,
  'admin configs': unknownThen,
  'admin groups': unknownThen,
  'admin records': unknownThen,
  'admin quotas': unknownThen,
  'admin other': unknownThen,
};

function clientsOf(version: string, classes: readonly string[]): Old {
  return { version, classes, artifacts: [`org.apache.kafka:kafka-clients:${version}`, 'org.slf4j:slf4j-nop:1.7.36'] };
}

export const oldJava10: Client = {
  name: 'Java kafka-clients 0.10.2.2',
  tests: ['java/old-10.more.test.ts'],
  settings,
  install: () => oldCases(clientsOf('0.10.2.2', ['OldGear', 'OldGearSince10'])),
  lacks,
};

export const oldJava9: Client = {
  name: 'Java kafka-clients 0.9.0.1',
  tests: ['java/old-9.more.test.ts'],
  settings,
  install: () => oldCases(clientsOf('0.9.0.1', ['OldGear'])),
  lacks: { ...lacks, timestamps: unknownThen },
};

/** The broker's jar: its consumer without ZooKeeper was not in the client's yet. */
export const oldJava8: Client = {
  name: 'Java Kafka 0.8.2.2, its producer and simple consumer',
  tests: ['java/old-8.more.test.ts'],
  settings,
  install: () =>
    oldCases({
      version: '0.8.2.2',
      classes: ['OldestGear'],
      artifacts: ['org.apache.kafka:kafka_2.11:0.8.2.2', 'org.slf4j:slf4j-nop:1.7.36'],
    }),
  lacks: { ...lacks, timestamps: unknownThen, connect: 'each case connects', group: 'needs ZooKeeper' },
};

export const oldJavaClients: readonly Client[] = [oldJava10, oldJava9, oldJava8];
