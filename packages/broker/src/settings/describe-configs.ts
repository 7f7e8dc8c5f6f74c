/**
 * Settings as clients are shown them (KIP-226): each with its value, where that comes from, and what it would be
 * without that. Rows describe what this broker reads; the names that only Kafka has are shown as Kafka knows them.
 */
import { kafkaBrokerConfigs, kafkaTopicConfigs } from './kafka-configs.generated.ts';
import { isSensitive } from './parse-settings.ts';
import type { KafkaConfig, Row, SettingType } from './row.ts';
import { brokerRows, type SettingName, type Settings } from './settings.ts';
import { topicRows } from './topic-settings.ts';

/** Where a value comes from, by Kafka's numbers. */
const sources = { topic: 1, brokerFile: 4, default: 5 } as const;

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

/** What a setting may hold. */
type Value = string | number | boolean | readonly string[];

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
    const found = topicRows.get(name);
    const own = overrides.get(name);
    const kafka = kafkaTopicConfigs[name];
    const synonyms: Synonym[] = own === undefined ? [] : [{ name, value: own, source: sources.topic }];
    if (found === undefined) synonyms.push({ name, value: kafka?.default ?? null, source: sources.default });
    else synonyms.push(...brokerSynonyms(found.name, found.row, settings));
    return described(name, synonyms, found?.row ?? kafka, found?.row, false);
  });
}

/** All settings of this node. None of them changes while it runs. */
export function describeBrokerConfigs(settings: Settings): DescribedConfig[] {
  return names(kafkaBrokerConfigs, Object.keys(brokerRows)).map((name) => {
    const row = Object.hasOwn(brokerRows, name) ? (brokerRows[name as SettingName] as Row<unknown>) : undefined;
    const given = settings.given.get(name);
    const kafka = kafkaBrokerConfigs[name];
    const synonyms: Synonym[] = [];
    if (row !== undefined) synonyms.push(...brokerSynonyms(name as SettingName, row, settings));
    else {
      if (given !== undefined) synonyms.push({ name, value: given, source: sources.brokerFile });
      synonyms.push({ name, value: kafka?.default ?? null, source: sources.default });
    }
    return described(name, synonyms, row ?? kafka, row, true);
  });
}

function names(kafka: Readonly<Record<string, KafkaConfig>>, ours: Iterable<string>): string[] {
  return [...new Set([...Object.keys(kafka), ...ours])].sort();
}

/** What a node's setting is made of: what the operator gave, under any of its names, and the default. */
function brokerSynonyms(name: SettingName, row: Row<unknown>, settings: Settings): Synonym[] {
  const given = settings.given.has(name) || row.from.some(([other]) => settings.given.has(other));
  const now: Synonym[] = given ? [{ name, value: shown(settings[name]), source: sources.brokerFile }] : [];
  return [...now, { name, value: shown(row.default as Value | null), source: sources.default }];
}

function described(
  name: string,
  synonyms: readonly Synonym[],
  rule: { readonly type: SettingType } | undefined,
  row: Row<unknown> | undefined,
  readOnly: boolean,
): DescribedConfig {
  const sensitive = isSensitive(name);
  const [holds] = synonyms;
  return {
    name,
    value: sensitive ? null : (holds?.value ?? null),
    readOnly,
    configSource: holds?.source ?? sources.default,
    isSensitive: sensitive,
    synonyms: sensitive ? synonyms.map((synonym) => ({ ...synonym, value: null })) : synonyms,
    configType: typeNumbers[rule?.type ?? 'string'],
    documentation: row?.doc ?? 'Accepted for the sake of files and tools; it has no effect on this broker.',
  };
}

/** A value as a properties file spells it; without bound is 2^63−1. */
function shown(value: Value | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (value === Infinity) return '9223372036854775807';
  return Array.isArray(value) ? value.join(',') : String(value);
}
