/**
 * Kafka's message definitions, read from its jars: JSON with line comments. Only facts are taken: names, types,
 * versions, defaults.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The release that the tables follow. */
export const kafkaVersion = '4.4.0';
/** The last release that serves what Kafka 4 no longer does (KIP-896). */
export const legacyKafkaVersion = '3.9.1';

export interface FieldDefinition {
  readonly name: string;
  readonly type: string;
  readonly versions?: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly flexibleVersions?: string;
  readonly tag?: number;
  readonly ignorable?: boolean;
  readonly default?: string | number | boolean | null;
  readonly fields?: readonly FieldDefinition[];
}

export interface StructDefinition {
  readonly name: string;
  readonly fields: readonly FieldDefinition[];
}

export interface MessageDefinition {
  readonly name: string;
  readonly type: 'request' | 'response' | 'header' | 'data' | 'metadata' | 'coordinator-key' | 'coordinator-value';
  readonly apiKey?: number;
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly listeners?: readonly string[];
  readonly latestVersionUnstable?: boolean;
  readonly fields: readonly FieldDefinition[];
  readonly commonStructs?: readonly StructDefinition[];
}

/** Where jars are kept: nothing of them lies in the repository. */
export function protocolCache(version = kafkaVersion): string {
  return join(process.env['SKERRY_CACHE'] ?? join(homedir(), '.cache', 'skerry'), 'protocol', version);
}

/** What Kafka's classes need at run time, and what its JSON converters do. */
const libraries = [
  'org.slf4j:slf4j-api:1.7.36',
  'com.fasterxml.jackson.core:jackson-databind:2.20.0',
  'com.fasterxml.jackson.core:jackson-core:2.20.0',
  'com.fasterxml.jackson.core:jackson-annotations:2.20',
];

/** The jars that define messages. */
export const artifacts = {
  clients: 'kafka-clients',
  group: 'kafka-group-coordinator',
  transaction: 'kafka-transaction-coordinator',
  share: 'kafka-share-coordinator',
  metadata: 'kafka-metadata',
} as const;

/** The class path of all of them, fetched by Maven on first use. */
export function classPath(cache: string): string {
  return classPathOf(Object.values(artifacts), kafkaVersion, cache);
}

/** The class path of the release whose messages the legacy tables hold. */
export function legacyClassPath(cache: string): string {
  return classPathOf([artifacts.clients], legacyKafkaVersion, cache);
}

function classPathOf(names: readonly string[], version: string, cache: string): string {
  const kafka = names.map((name) => `org.apache.kafka:${name}:${version}`);
  return [...kafka, ...libraries].map((coordinates) => jar(coordinates, cache)).join(delimiter);
}

function jar(coordinates: string, cache: string): string {
  const [, artifact, version] = coordinates.split(':');
  const path = join(cache, `${artifact}-${version}.jar`);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
  execFileSync('mvn', ['-q', '-B', plugin, `-Dartifact=${coordinates}`, `-DoutputDirectory=${cache}`], {
    stdio: ['ignore', 2, 2],
  });
  return path;
}

/** The messages defined in a jar that some version still has, sorted by name. */
export function definitions(artifact: string, cache: string, version = kafkaVersion): readonly MessageDefinition[] {
  const folder = join(cache, artifact);
  mkdirSync(folder, { recursive: true });
  execFileSync('jar', ['--extract', '--file', jar(`org.apache.kafka:${artifact}:${version}`, cache), 'common'], {
    cwd: folder,
  });
  return ['message', 'metadata']
    .map((name) => join(folder, 'common', name))
    .filter(existsSync)
    .flatMap((path) => readdirSync(path).map((name) => join(path, name)))
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => parse(readFileSync(path, 'utf8')))
    .filter(({ validVersions }) => validVersions !== 'none');
}

function parse(text: string): MessageDefinition {
  // A comment begins at the first // outside a string.
  const lines = text.split('\n').map((line) => line.replace(/^((?:[^"/]|"(?:[^"\\]|\\.)*"|\/(?!\/))*)\/\/.*$/, '$1'));
  return JSON.parse(lines.join('\n')) as MessageDefinition;
}
