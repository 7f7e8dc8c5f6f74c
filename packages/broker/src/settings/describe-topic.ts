import { kafkaTopicConfigs } from './kafka-configs.generated.ts';
import type { Settings } from './settings.ts';
import { topicRows } from './topic-settings.ts';

/** Where a value comes from, by Kafka's numbers (KIP-226). */
const sources = { topic: 1, brokerFile: 4, default: 5 } as const;

export interface DescribedConfig {
  readonly name: string;
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly configSource: number;
  readonly isSensitive: boolean;
}

/**
 * All settings of a topic as clients are shown them: Kafka's, then ours, each with its value and where that comes
 * from.
 */
export function describeTopicConfigs(settings: Settings, overrides: ReadonlyMap<string, string>): DescribedConfig[] {
  const names = [...new Set([...Object.keys(kafkaTopicConfigs), ...topicRows.keys()])].sort();
  return names.map((name) => {
    const brokerName = topicRows.get(name)?.name;
    const own = overrides.get(name);
    const fromFile = brokerName !== undefined && settings.given.has(brokerName);
    const value =
      own ?? (brokerName === undefined ? (kafkaTopicConfigs[name]?.default ?? null) : shown(settings[brokerName]));
    const configSource = own !== undefined ? sources.topic : fromFile ? sources.brokerFile : sources.default;
    return { name, value, readOnly: false, configSource, isSensitive: false };
  });
}

/** A value as a properties file spells it; without bound is 2^63−1. */
function shown(value: unknown): string {
  if (value === Infinity) return '9223372036854775807';
  return Array.isArray(value) ? value.join(',') : String(value);
}
