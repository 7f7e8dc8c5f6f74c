/** What many cases begin with. */
import { crc32c } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { BatchBuilder, type BatchOptions, type CodecName, type NewRecord, setBatchCrc } from '@skerry/wire/all';
import { apis } from '../apis.ts';
import { type AskOptions, ask, id, offset, type Step } from '../steps.ts';

/** Config as CreateTopics takes it. */
export const configs = (settings: Readonly<Record<string, string | null>>): { name: string; value: string | null }[] =>
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

const dayMs = 24 * 3600 * 1000;
/** Three days ago: nobody's now, and within the default retention, applied half a minute after a start. */
export const someTime = (Math.floor(Date.now() / dayMs) - 3) * dayMs;
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

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

/** A batch with some of its bytes changed, its checksum made right again unless that is the point. */
export function patched(records: Uint8Array, edit: (view: DataView) => void, { crc = true } = {}): Uint8Array {
  const copy = records.slice();
  edit(new DataView(copy.buffer, copy.byteOffset));
  if (crc) setBatchCrc(copy, 0, { crc32c });
  return copy;
}

const compute = nodeCompute({ inline: true });

/** A batch compressed by one of Kafka's codecs. */
export function packed(codec: CodecName, values: readonly string[]): Uint8Array {
  const builder = new BatchBuilder();
  values.forEach((value, i) => builder.append({ timestamp: someTime + 1000 * i, value: bytes(value) }));
  let made: Uint8Array | undefined;
  builder.compress(codec, compute, (_error, output) => {
    made = output;
  });
  if (made === undefined) throw new Error(`${codec} was not done in the call`);
  return made;
}

/** An id from InitProducerId, each broker its own. */
export const producer = (as = 'InitProducerId'): Step =>
  ask(
    apis.InitProducerId,
    { transactionalId: null, transactionTimeoutMs: 60_000, producerId: -1n, producerEpoch: -1 },
    { version: 'newest', as },
  );

export interface Numbered {
  readonly epoch?: number;
  readonly sequence: number;
  readonly values?: readonly string[];
  readonly index?: number;
  readonly from?: string;
}

/** Appends under the id that the last InitProducerId gave. */
export function produceNumbered(short: string, numbered: Numbered, options: AskOptions = {}): Step {
  const { epoch = 0, sequence, values = ['x', 'y'], index = 0, from = 'InitProducerId' } = numbered;
  return ask(
    apis.Produce,
    (side) => {
      const producerId = Number(side.answer(apis.InitProducerId, from).producerId);
      const records = batch(values, { producerId, producerEpoch: epoch, baseSequence: sequence });
      return { acks: -1, timeoutMs: 10_000, topicData: [produced(short, records, index)] };
    },
    options,
  );
}

export const fetchedTopic = (short: string, fetchOffset: number, more: object = {}) => ({
  topic: `~${short}`,
  topicId: id(short),
  partitions: [{ partition: 0, fetchOffset: offset(fetchOffset), partitionMaxBytes: 1 << 20, ...more }],
});

/** A fetch that does not wait. */
export const plainFetch = { maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 20 };
