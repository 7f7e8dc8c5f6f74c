/**
 * Settings as clients are shown them (KIP-226): each with its value, where that comes from, and what it would be
 * without that. Rows describe what this broker reads; the names that only Kafka has are shown as Kafka knows them.
 */
import { unreachable } from '@skerry/base';
import {
  kafkaBrokerConfigs,
  kafkaGroupConfigs,
  kafkaGroupSynonyms,
  kafkaMetricsConfigs,
  kafkaTopicConfigs,
  kafkaTopicSynonyms,
} from './kafka-configs.generated.ts';
import { isDynamic } from './live-settings.ts';
import { formatValue, type Row, type SettingType, type ValueRule } from './row.ts';
import { brokerRows, type SettingName, type Settings } from './settings.ts';
import { topicRows } from './topic-settings.ts';

/** Where a value comes from, by Kafka's numbers. */
const sources = { topic: 1, node: 2, cluster: 3, file: 4, default: 5, logger: 6, clientMetrics: 7, group: 8 } as const;

/** What a value is, by Kafka's numbers (KIP-569). */
const typeNumbers: Readonly<Record<SettingType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
};
const unknownType = 0;

interface Synonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: number;
}

export interface DescribedConfig {
  readonly name: string;
  /** Null where there is none, and where it must not be shown. */
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly configSource: number;
  readonly isSensitive: boolean;
  /** What would hold, the strongest first: the first is what does. */
  readonly synonyms: readonly Synonym[];
  readonly configType: number;
  readonly documentation: string | null;
}

/** All settings of a topic: Kafka's, then ours. */
export function describeTopicConfigs(settings: Settings, overrides: ReadonlyMap<string, string>): DescribedConfig[] {
  return names(kafkaTopicConfigs, topicRows.keys()).map((name) => {
    const row = topicRows.get(name);
    const rule = row?.row ?? kafkaTopicConfigs[name];
    const [falls] = kafkaTopicSynonyms[name] ?? (row === undefined ? [] : [row.name]);
    const own = overrides.get(name);
    const value = own === undefined ? undefined : normal(rule, own);
    const synonyms: Synonym[] = value === undefined ? [] : [{ name, value, source: sources.topic }];
    if (falls !== undefined) synonyms.push(...nodeSynonyms(falls, settings));
    const without = row === undefined ? kafkaTopicConfigs[name]?.default : formatValue(settings[row.name]);
    return described(name, synonyms, rule, { without: without ?? null, doc: row?.row.doc });
  });
}

/** No setting: what the disk budget took. Kafka has no field for it, and its tools show what is not a default. */
export function describeRemoved(value: string): DescribedConfig {
  return {
    name: 'skerry.disk.removed',
    value,
    readOnly: true,
    configSource: sources.file,
    isSensitive: false,
    synonyms: [],
    configType: typeNumbers.string,
    documentation: 'What was removed for want of room (skerry.disk.budget), by partition.',
  };
}

/** All settings of this node. */
export function describeNodeConfigs(settings: Settings): DescribedConfig[] {
  const { given, altered } = settings;
  const extra = [...Object.keys(brokerRows), ...given.keys(), ...altered.cluster.keys(), ...altered.node.keys()];
  return names(kafkaBrokerConfigs, extra).map((name) => describeNode(name, nodeSynonyms(name, settings)));
}

/** What was altered for all brokers. */
export function describeClusterDefaults({ altered }: Settings): DescribedConfig[] {
  return [...altered.cluster]
    .sort(byName)
    .map(([name, value]) => describeNode(name, [{ name, value, source: sources.cluster }]));
}

/** All settings of a group, whether it exists or not. */
export function describeGroupConfigs(settings: Settings, overrides: ReadonlyMap<string, string>): DescribedConfig[] {
  return Object.entries(kafkaGroupConfigs).map(([name, rule]) => {
    const own = overrides.get(name);
    const value = own === undefined ? undefined : normal(rule, own);
    const synonyms: Synonym[] = value === undefined ? [] : [{ name, value, source: sources.group }];
    const falls = kafkaGroupSynonyms[name];
    if (falls !== undefined) synonyms.push(...nodeSynonyms(falls, settings));
    else if (rule.default !== null) synonyms.push({ name, value: rule.default, source: sources.default });
    return described(name, synonyms, rule, { without: rule.default, doc: groupDocs[name] ?? groupDoc });
  });
}

/** All settings of a client metrics subscription, whether it exists or not. */
export function describeMetricsConfigs(overrides: ReadonlyMap<string, string>): DescribedConfig[] {
  return Object.entries(kafkaMetricsConfigs).map(([name, rule]) => {
    const own = overrides.get(name);
    const value = own === undefined ? undefined : normal(rule, own);
    const synonyms: Synonym[] = value === undefined ? [] : [{ name, value, source: sources.clientMetrics }];
    return described(name, synonyms, rule, { without: rule.default, doc: metricsDocs[name] });
  });
}

/** A logger and its level. */
export function describeLogger(name: string, level: string): DescribedConfig {
  return {
    name,
    value: level,
    readOnly: false,
    configSource: sources.logger,
    isSensitive: false,
    synonyms: [],
    configType: unknownType,
    documentation: '',
  };
}

const groupDoc = 'Kept for the group protocols that read it.';
const groupDocs: Readonly<Record<string, string>> = {
  'consumer.session.timeout.ms': 'A member of this consumer group (KIP-848) silent for so long is removed.',
  'consumer.heartbeat.interval.ms': 'How often members of this consumer group are told to speak.',
  'consumer.assignment.interval.ms': 'The least time between two assignments of this consumer group.',
  'share.auto.offset.reset': 'Where this share group begins in a partition: earliest, latest, by_duration:PERIOD.',
  'share.isolation.level': 'Whether this share group reads records of transactions that are not committed.',
};
const metricsDocs: Readonly<Record<string, string>> = {
  'interval.ms': 'How often clients push the metrics of this subscription.',
  match: 'Which clients push: NAME=PATTERN each, all of which must match; empty is every client.',
  metrics: 'Beginnings of the names of the metrics that are pushed; * is all of them, none stops it.',
};

function names(kafka: Readonly<Record<string, unknown>>, ours: Iterable<string>): string[] {
  return [...new Set([...Object.keys(kafka), ...ours])].sort();
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

/** What may be said of a node's setting: a listener's own has the rule of the setting it is for. */
export function nodeRule(name: string): ValueRule | undefined {
  const base = listenerless(name);
  return rowOf(base) ?? kafkaBrokerConfigs[base] ?? (throttles.has(base) ? { type: 'long' } : undefined);
}

/** Brokers have these only when they are altered (KIP-73, KIP-113); replicas here are never moved. */
const throttles: ReadonlySet<string> = new Set([
  'leader.replication.throttled.rate',
  'follower.replication.throttled.rate',
  'replica.alter.log.dirs.io.max.bytes.per.second',
]);

/** `max.connections` of `listener.name.NAME.max.connections`; other names are themselves. */
export function listenerless(name: string): string {
  return /^listener\.name\.[^.]*\.(.+)$/.exec(name)?.[1] ?? name;
}

const rowOf = (name: string): Row<unknown> | undefined =>
  Object.hasOwn(brokerRows, name) ? brokerRows[name as SettingName] : undefined;

/**
 * What a node's setting is made of: the layers of what was altered and given, each under all of its names, then the
 * defaults. What other names say counts only beneath what its own name says, and is not shown without it (Kafka's
 * rule).
 */
function nodeSynonyms(name: string, { altered, given }: Settings): Synonym[] {
  const base = listenerless(name);
  const all = [name, ...(base === name ? otherNames(name) : [base])];
  const found: Synonym[] = [];
  for (const [layer, source] of [
    [altered.node, sources.node],
    [altered.cluster, sources.cluster],
    [given, sources.file],
  ] as const) {
    for (const each of all) {
      const value = layer.get(each);
      if (value !== undefined) found.push({ name: identities.has(name) ? name : each, value, source });
    }
  }
  for (const each of all) {
    const value = identities.has(name) && each !== name ? null : defaultOf(each);
    if (value !== null) found.push({ name: each, value, source: sources.default });
  }
  const first = found.findIndex((synonym) => synonym.name === name);
  return first < 0 ? [] : found.slice(first);
}

/** Coarser or older names for a setting, weaker ones last. */
function otherNames(name: string): readonly string[] {
  if (name === 'log.retention.minutes') return ['log.retention.hours'];
  if (name === 'broker.id') return ['node.id'];
  return (rowOf(name)?.from ?? []).map(([other]) => other);
}

/** Names for one and the same: what either was given is what both are. */
const identities: ReadonlySet<string> = new Set(['node.id', 'broker.id', 'log.dirs']);

function defaultOf(name: string): string | null {
  const row = rowOf(name);
  const kafka = kafkaBrokerConfigs[name];
  if (row === undefined || (kafka !== undefined && row.differs === undefined)) return kafka?.default ?? null;
  const text = formatValue(row.default) ?? null;
  return text === '' ? null : text;
}

function describeNode(name: string, synonyms: readonly Synonym[]): DescribedConfig {
  const rule = nodeRule(name);
  const doc = rowOf(name)?.doc ?? (rule === undefined ? null : undefined);
  return described(name, synonyms, rule, { without: null, doc, readOnly: !isDynamic(name) && !throttles.has(name) });
}

interface Rest {
  /** What holds where nothing says so under the setting's own name. */
  readonly without: string | null;
  readonly doc: string | null | undefined;
  readonly readOnly?: boolean;
}

function described(
  name: string,
  synonyms: readonly Synonym[],
  rule: ValueRule | undefined,
  { without, doc, readOnly = false }: Rest,
): DescribedConfig {
  // What nobody knows may be a secret of some plug-in.
  const sensitive = rule === undefined || rule.type === 'password';
  const [holds] = synonyms;
  const value = holds === undefined ? without : holds.value === null ? null : normal(rule, holds.value);
  return {
    name,
    value: sensitive ? null : value,
    readOnly,
    configSource: holds?.source ?? sources.default,
    isSensitive: sensitive,
    synonyms: sensitive ? synonyms.map((synonym) => ({ ...synonym, value: null })) : synonyms,
    configType: rule === undefined ? unknownType : typeNumbers[rule.type],
    documentation: doc === undefined ? 'Accepted for the sake of files and tools; it has no effect here.' : doc,
  };
}

/** A value as it is shown: without blanks around it, lists without blanks between, numbers as Java writes them. */
function normal(rule: ValueRule | undefined, value: string): string {
  const text = value.trim();
  const type = rule?.type;
  switch (type) {
    case 'boolean':
      return text.toLowerCase();
    case 'int':
    case 'short':
    case 'long':
      return /^[+-]?\d+$/.test(text) ? String(BigInt(text.replace(/^\+/, ''))) : value;
    case 'double':
      return shownDouble(text);
    case 'list':
      return text === '' ? '' : [...new Set(text.split(/\s*,\s*/))].join(',');
    case 'string':
    case 'class':
    case 'password':
      return text;
    case undefined:
      return value;
    default:
      return unreachable(type);
  }
}

function shownDouble(text: string): string {
  const number = Number(text);
  if (Number.isInteger(number) && Math.abs(number) < 1e7) return number.toFixed(1);
  const plain = String(number);
  return plain.includes('e') || Number.isNaN(number) ? text : plain;
}
