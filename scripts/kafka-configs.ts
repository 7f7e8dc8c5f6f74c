/**
 * Writes packages/broker/src/settings/kafka-configs.generated.ts: every configuration name of Apache Kafka's broker,
 * topics, groups and client metrics, with type, default and range, as its own classes tell (facts alone, none of its
 * sentences). One command per Kafka release, then a review:
 *
 *   node --conditions=skerry-source scripts/kafka-configs.ts
 *
 * Needs `java` 17 and, for the first fetch, `mvn`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './reference-kafka.ts';

const version = '4.4.0';
/** 4.4.0 names a tools-api that was never published; the one before it has the same classes. */
const toolsApiVersion = '4.3.1';
const folder = join(cacheFolder, 'kafka-configs', version);
const target = join(import.meta.dirname, '..', 'packages/broker/src/settings/kafka-configs.generated.ts');

interface Facts {
  type: string;
  default: string | null;
  min?: number;
  max?: number;
  values?: string[];
  dynamic?: string;
  internal?: true;
}

/** A class that only the JVM could load means nothing to a reader. */
const javaClass = /^(class )?(org|java)\.[a-z.]*[A-Z]/;

const group = '<groupId>org.apache.kafka</groupId>';
const dependency = (artifact: string, wanted: string, rest = ''): string =>
  `<dependency>${group}<artifactId>${artifact}</artifactId><version>${wanted}</version>${rest}</dependency>`;

function fetchJars(): string {
  const jars = join(folder, 'lib');
  if (existsSync(jars)) return jars;
  mkdirSync(folder, { recursive: true });
  const without = `<exclusions><exclusion>${group}<artifactId>kafka-tools-api</artifactId></exclusion></exclusions>`;
  writeFileSync(
    join(folder, 'pom.xml'),
    `<project><modelVersion>4.0.0</modelVersion><groupId>skerry</groupId>
<artifactId>kafka-configs</artifactId><version>1</version><dependencies>
${dependency('kafka_2.13', version, without)}
${dependency('kafka-tools-api', toolsApiVersion)}
</dependencies></project>`,
  );
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
  execFileSync('mvn', ['-q', '-B', goal, '-DincludeScope=runtime', `-DoutputDirectory=${jars}`], {
    cwd: folder,
    stdio: 'inherit',
  });
  return jars;
}

const kinds = ['broker', 'topic', 'group', 'metrics'] as const;
type Kind = (typeof kinds)[number];

const isKind = (text: string): text is Kind => kinds.some((kind) => kind === text);

interface Found extends Record<Kind, Map<string, Facts>> {
  /** Of a topic's setting. */
  readonly synonyms: Map<string, string[]>;
  /** Of a group's. */
  readonly synonym: Map<string, string>;
}

function read(): Found {
  const source = join(import.meta.dirname, 'kafka-configs', 'DumpConfigs.java');
  const text = execFileSync('java', ['-cp', `${fetchJars()}/*`, source], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const found: Found = {
    broker: new Map(),
    topic: new Map(),
    group: new Map(),
    metrics: new Map(),
    synonyms: new Map(),
    synonym: new Map(),
  };
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [of = '', name = '', ...cells] = line.split('\t');
    if (isKind(of)) found[of].set(name, facts(cells));
    else if (of === 'synonym') found.synonym.set(name, cells[0] ?? '');
    else if (of === 'synonyms') found.synonyms.set(name, (cells[0] ?? '').split(','));
    else {
      const row = found.broker.get(name);
      if (row !== undefined) row.dynamic = cells[0] ?? '';
    }
  }
  return found;
}

function facts([type = '', text = '', validator = '', internal]: string[]): Facts {
  const value = text === 'null' ? null : text.slice(1);
  const row: Facts = { type: type.toLowerCase(), default: value !== null && javaClass.test(value) ? null : value };
  const range = /^\[(-?[\d.]+),\.\.\.(?:,(-?[\d.]+))?\]/.exec(validator);
  const values = /\[([A-Za-z0-9_]+(?:, [A-Za-z0-9_]+)+)\]$/.exec(validator);
  if (range !== null) {
    row.min = Number(range[1]);
    if (range[2] !== undefined) row.max = Number(range[2]);
    // "[1,...,9] or -1": one value more, below.
    const besides = /or (-?\d+)$/.exec(validator);
    if (besides !== null) row.min = Number(besides[1]);
  } else if (values !== null) row.values = (values[1] ?? '').split(', ');
  if (internal === 'true') row.internal = true;
  return row;
}

/** Topics' internal names are for Kafka's tests; a broker's are in some files. */
function print(rows: ReadonlyMap<string, Facts>, internals: boolean): string {
  return [...rows]
    .filter(([, row]) => internals || row.internal !== true)
    .map(
      ([name, { internal: _internal, ...row }]) =>
        `  '${name}': ${JSON.stringify(row)
          .replaceAll(/"(\w+)":/g, '$1: ')
          .replaceAll(',', ', ')},`,
    )
    .map((line) =>
      line.replaceAll(
        /"((?:[^"\\]|\\.)*)"/g,
        (_all, text: string) => `'${text.replaceAll("'", "\\'").replaceAll(', ', ',')}'`,
      ),
    )
    .join('\n');
}

const { broker, topic, group: groups, metrics, synonyms, synonym } = read();
writeFileSync(
  target,
  `// Generated by scripts/kafka-configs.ts from Apache Kafka ${version}: do not edit.
import { bare, type KafkaConfig } from './row.ts';

/** Every name that a broker's properties file may hold. */
export const kafkaBrokerConfigs: Readonly<Record<string, KafkaConfig>> = bare({
${print(broker, true)}
});

/** Every name that a topic's configuration may hold. */
export const kafkaTopicConfigs: Readonly<Record<string, KafkaConfig>> = bare({
${print(topic, false)}
});

/** Every name that a group's configuration may hold. */
export const kafkaGroupConfigs: Readonly<Record<string, KafkaConfig>> = bare({
${print(groups, false)}
});

/** Every name that a client metrics subscription may hold. */
export const kafkaMetricsConfigs: Readonly<Record<string, KafkaConfig>> = bare({
${print(metrics, false)}
});

/** The broker's name that gives a group's setting its default. */
export const kafkaGroupSynonyms: Readonly<Record<string, string>> = bare({
${[...synonym]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, other]) => `  '${name}': '${other}',`)
  .join('\n')}
});

/** The broker's names that give a topic's setting its default, the strongest first. */
export const kafkaTopicSynonyms: Readonly<Record<string, readonly string[]>> = bare({
${[...synonyms]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, names]) => `  '${name}': [${names.map((each) => `'${each}'`).join(', ')}],`)
  .join('\n')}
});
`,
);
process.stdout.write(`${broker.size} broker names, ${topic.size} topic names\n`);
