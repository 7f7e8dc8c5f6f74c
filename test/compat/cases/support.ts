/** What many cases begin with. */
import { BatchBuilder, type BatchOptions, type NewRecord } from '@skerry/wire/all';
import { apis } from '../apis.ts';
import { ask, id, type Step } from '../steps.ts';

/** Config as CreateTopics takes it. */
export const configs = (settings: Readonly<Record<string, string | null>>) =>
  Object.entries(settings).map(([name, value]) => ({ name, value }));

/** Makes topics, and waits until both brokers show them. */
export function topics(
  shorts: readonly string[],
  { partitions = 1, settings = {} }: { partitions?: number; settings?: Readonly<Record<string, string>> } = {},
): Step {
  return ask(
    apis.CreateTopics,
    {
      topics: shorts.map((short) => ({
        name: `~${short}`,
        numPartitions: partitions,
        replicationFactor: 1,
        configs: configs(settings),
      })),
      timeoutMs: 15_000,
    },
    { version: 'newest', as: '(topics)' },
  );
}

/** 14 November 2023: years ago, so that it is nobody's now. */
export const someTime = 1_700_000_000_000;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A batch of records with these values, a second apart. */
export function batch(values: readonly (string | NewRecord)[], options: BatchOptions = {}): Uint8Array {
  const builder = new BatchBuilder(options);
  values.forEach((value, i) => {
    const timestamp = someTime + 1000 * i;
    builder.append(typeof value === 'string' ? { timestamp, value: bytes(value) } : { timestamp, ...value });
  });
  return builder.build();
}

/** One partition's part of a Produce. */
export const produced = (short: string, records: Uint8Array | null, index = 0) => ({
  name: `~${short}`,
  topicId: id(short),
  partitionData: [{ index, records }],
});

/** Appends a batch, in the newest version. */
export const produce = (short: string, records: Uint8Array | null = batch(['a', 'b', 'c']), index = 0): Step =>
  ask(
    apis.Produce,
    { acks: -1, timeoutMs: 10_000, topicData: [produced(short, records, index)] },
    { version: 'newest', as: '(produce)' },
  );
