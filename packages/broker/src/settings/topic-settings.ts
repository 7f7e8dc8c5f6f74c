/**
 * A topic's settings: its own, else those of the broker's rows that name them (`segment.bytes` falls back to
 * `log.segment.bytes`), so that one
 * table holds type, range and meaning of both.
 */
import type { CompactionRules, LogSettings } from '@skerry/log';
import type { CodecName } from '@skerry/wire';
import { kafkaTopicConfigs } from './kafka-configs.generated.ts';
import { nearestName } from './nearest.ts';
import { parseExactly, parseValue, type Row, ValueError, type ValueRule } from './row.ts';
import { type BrokerRows, brokerRows, type SettingName, type Settings, type ValueOf } from './settings.ts';

type TopicNameOf<R> = R extends Row<unknown, infer N> ? Extract<N, string> : never;
type TopicValues = { readonly [K in SettingName as TopicNameOf<BrokerRows[K]>]: ValueOf<BrokerRows[K]> };

/** A topic's settings, resolved for those who read them at every batch. */
export interface TopicSettings {
  /** All of them, under Kafka's names. */
  readonly values: TopicValues;
  /** The part that a partition's log needs. */
  readonly log: LogSettings;
  readonly maxMessageBytes: number;
  readonly maxDecompressedBytes: number;
  /** The codec to keep batches in; `producer` is the one they came in. */
  readonly compression: CodecName | 'producer';
  /** How hard that codec tries, if not as it is. */
  readonly compressionLevel: number | undefined;
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  /** Only the last record of a key counts: each needs one. */
  readonly compacted: boolean;
  readonly compaction: CompactionRules;
  /** Retention applies. */
  readonly deletes: boolean;
}

/** The row that governs a topic's setting, by the topic's name for it. */
export const topicRows: ReadonlyMap<string, { readonly name: SettingName; readonly row: Row<unknown> }> = new Map(
  Object.entries<Row<unknown>>(brokerRows).flatMap(([name, row]) =>
    row.topic === undefined ? [] : [[row.topic, { name: name as SettingName, row }] as const],
  ),
);

/** In process-crash mode no written data waits longer for its sync than this, however long a setting allows. */
const flushMsMax = 30_000;

/**
 * What is wrong with a topic's setting, in words for an INVALID_CONFIG answer; undefined if nothing is. Settings that
 * Kafka has and this
 * broker has no use for are checked and kept.
 */
export function topicSettingProblem(name: string, value: string | null): string | undefined {
  const rule: ValueRule | undefined = topicRows.get(name)?.row ?? kafkaTopicConfigs[name];
  if (rule === undefined) {
    const nearest = nearestName(name, [...topicRows.keys(), ...Object.keys(kafkaTopicConfigs)]);
    return `Unknown topic config name: ${name}${nearest === undefined ? '' : `. Did you mean ${nearest}?`}`;
  }
  if (value === null) return `Null value not supported for topic configs: ${name}`;
  try {
    parseExactly(rule, value);
    return ownProblem(name, value.trim());
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return `Invalid value ${value} for configuration ${name}: ${error.message}`;
  }
}

/** What no rule of a row says. */
function ownProblem(name: string, value: string): string | undefined {
  if (name === 'compression.gzip.level' && Number(value) === 0) return `${name} must be from 1 to 9, or -1`;
  if (!name.endsWith('.replication.throttled.replicas')) return undefined;
  const right = value === '' || value === '*' || value.split(',').every((each) => /^\s*\d+:\d+\s*$/.test(each));
  return right ? undefined : `${name} must be * or PARTITION:BROKER, with commas between`;
}

/**
 * A topic's settings, its own over the broker's. A value that is not right (a later version's, say) is as if it were
 * not set.
 */
export function topicSettings(settings: Settings, overrides: ReadonlyMap<string, string>): TopicSettings {
  const values = Object.fromEntries(
    [...topicRows].map(([topicName, { name, row }]) => {
      const own = overrides.get(topicName);
      const counts = own !== undefined && topicSettingProblem(topicName, own) === undefined;
      return [topicName, counts ? parseValue(row, own) : settings[name]];
    }),
  ) as unknown as TopicValues;
  const codec = values['compression.type'];
  return {
    values,
    log: logSettings(values, settings),
    maxMessageBytes: values['max.message.bytes'],
    maxDecompressedBytes: values['max.decompressed.message.bytes'],
    compression: codec === 'uncompressed' ? 'none' : codec,
    compressionLevel: levelOf(codec, values),
    timestampType: values['message.timestamp.type'],
    timestampBeforeMaxMs: values['message.timestamp.before.max.ms'],
    timestampAfterMaxMs: values['message.timestamp.after.max.ms'],
    compacted: values['cleanup.policy'].includes('compact'),
    compaction: {
      dirtyRatioMin: values['min.cleanable.dirty.ratio'],
      lagMsMin: values['min.compaction.lag.ms'],
      lagMsMax: values['max.compaction.lag.ms'],
      deleteRetentionMs: values['delete.retention.ms'],
    },
    deletes: values['cleanup.policy'].includes('delete'),
  };
}

function levelOf(codec: TopicValues['compression.type'], values: TopicValues): number | undefined {
  if (codec === 'zstd') return values['compression.zstd.level'];
  const level = values['compression.gzip.level'];
  return codec === 'gzip' && level !== -1 ? level : undefined;
}

function logSettings(topic: TopicValues, settings: Settings): LogSettings {
  return {
    segmentBytes: topic['segment.bytes'],
    // What is written to is not compacted: it must not be written to for longer than that may wait.
    segmentMs: topic['cleanup.policy'].includes('compact')
      ? Math.min(topic['segment.ms'], topic['max.compaction.lag.ms'])
      : topic['segment.ms'],
    segmentJitterMs: topic['segment.jitter.ms'],
    segmentIndexBytes: topic['segment.index.bytes'],
    indexIntervalBytes: topic['index.interval.bytes'],
    retentionMs: topic['retention.ms'],
    retentionBytes: topic['retention.bytes'],
    // A sync for every message is Kafka's way to ask for what power-loss does better.
    durability: topic['flush.messages'] === 1 ? 'power-loss' : topic['skerry.durability'],
    flushMs: Math.min(topic['flush.ms'], flushMsMax),
    producerIdExpirationMs: settings['producer.id.expiration.ms'],
  };
}
