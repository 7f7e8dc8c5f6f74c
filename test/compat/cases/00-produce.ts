import { apis } from '../apis.ts';
import { ask, type Case, type CaseOptions, id, type Step, story, strangeId } from '../steps.ts';
import { batch, bytes, packed, patched, produced, produceNumbered, producer, someTime, topics } from './support.ts';

const { Produce, ListOffsets, Fetch } = apis;
const whole = { acks: -1, timeoutMs: 10_000 };

/** One batch to topic ~a. */
const one = (records: Uint8Array | null, more: object = {}): Step =>
  ask(Produce, { ...whole, topicData: [produced('a', records)], ...more });

const abc = batch(['a', 'b', 'c']);
const none = new Uint8Array(0);
const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(parts.flatMap((part) => [...part]));

/** Messages of magic 0 and 1: offset, size, then checksum, magic, attributes, (timestamp,) key, value. */
const oldMessage = (magic: number): Uint8Array => {
  const start = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, magic === 0 ? 15 : 23, 1, 2, 3, 4, magic, 0];
  const timestamp = magic === 0 ? [] : [0, 0, 1, 0, 0, 0, 0, 0];
  return new Uint8Array([...start, ...timestamp, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 65]);
};

/** Batches that are wrong in one way each. */
const broken: Readonly<Record<string, Uint8Array | null>> = {
  'no records (null)': null,
  'no records (empty)': none,
  'two batches': joined(abc, batch(['d'])),
  'a wrong checksum': patched(abc, (view) => view.setUint8(abc.length - 1, 0x7f), { crc: false }),
  'a batch cut short': abc.subarray(0, abc.length - 3),
  'a header cut short': abc.subarray(0, 30),
  'less than a length': abc.subarray(0, 8),
  'a batch and a part of another': joined(abc, abc.subarray(0, 20)),
  'a length of zero': patched(abc, (view) => view.setInt32(8, 0), { crc: false }),
  'a negative length': patched(abc, (view) => view.setInt32(8, -5), { crc: false }),
  'a length of 2 GB': patched(abc, (view) => view.setInt32(8, 0x7fffffff), { crc: false }),
  'magic 3': patched(abc, (view) => view.setUint8(16, 3)),
  'magic 0': oldMessage(0),
  'magic 1': oldMessage(1),
  'a base offset': patched(abc, (view) => view.setBigInt64(0, 7n)),
  'a negative base offset': patched(abc, (view) => view.setBigInt64(0, -1n)),
  'a last offset delta too large': patched(abc, (view) => view.setInt32(23, 9)),
  'a last offset delta too small': patched(abc, (view) => view.setInt32(23, 1)),
  'a negative last offset delta': patched(abc, (view) => view.setInt32(23, -1)),
  'a count of zero': patched(abc, (view) => view.setInt32(57, 0)),
  'a negative count': patched(abc, (view) => view.setInt32(57, -1)),
  'a count too large': patched(abc, (view) => view.setInt32(57, 4)),
  'a count too small': patched(abc, (view) => view.setInt32(57, 2)),
  'compression 5': patched(abc, (view) => view.setInt16(21, 5)),
  'compression 7': patched(abc, (view) => view.setInt16(21, 7)),
  'gzip that is none': patched(abc, (view) => view.setInt16(21, 1)),
  'lz4 that is none': patched(abc, (view) => view.setInt16(21, 3)),
  'zstd that is none': patched(abc, (view) => view.setInt16(21, 4)),
  'a control batch': patched(abc, (view) => view.setInt16(21, 0x20)),
  'log append time said by the producer': patched(abc, (view) => view.setInt16(21, 0x08)),
  'an attribute that is not assigned': patched(abc, (view) => view.setInt16(21, 0x100)),
  'a producer id without epoch and sequence': patched(abc, (view) => view.setBigInt64(43, 5n)),
  'a sequence without a producer id': patched(abc, (view) => view.setInt32(53, 5)),
  'a record length that lies': patched(abc, (view) => view.setUint8(61, 0x7e)),
  'a negative record length': patched(abc, (view) => view.setUint8(61, 0x01)),
  'a leader epoch': patched(abc, (view) => view.setInt32(12, 42)),
  'a wrong newest timestamp': patched(abc, (view) => view.setBigInt64(35, BigInt(someTime + 999_999))),
};

const withNames = (name: string, steps: readonly Step[], options: CaseOptions = {}): Case =>
  story(Produce, name, steps, options);
/** One version says it: Kafka's silence costs its whole deadline. */
const once = { from: 9, to: 9 };

export const produceCases: readonly Case[] = [
  story(
    Produce,
    'batches, one after the other, to partitions of two topics',
    [
      topics(['a', 'b'], { partitions: 3 }),
      one(abc),
      ask(Produce, {
        ...whole,
        topicData: [
          { ...produced('a', abc), partitionData: [1, 2].map((index) => ({ index, records: abc })) },
          produced('b', batch(['z'])),
        ],
      }),
      one(
        batch([
          { value: null, key: bytes('k') },
          { value: bytes('v'), headers: [{ key: 'h', value: bytes('w') }] },
        ]),
      ),
      one(batch([{ value: bytes('no time'), timestamp: -1 }])),
    ],
    { quick: true },
  ),
  ...[1, 0, 2, -2, 100].map((acks) =>
    acks === 0
      ? withNames('acks=0', [
          topics(['a']),
          ask(Produce, { ...whole, acks, topicData: [produced('a', abc)] }, { silent: true }),
          ask(
            ListOffsets,
            { replicaId: -1, topics: [{ name: '~a', partitions: [{ partitionIndex: 0, timestamp: -1n }] }] },
            {
              version: 'newest',
              settles: true,
              until: (answer) => JSON.stringify(answer, plain).includes('"offset":3'),
            },
          ),
        ])
      : withNames(`acks=${acks}`, [topics(['a']), one(abc, { acks }), one(abc, { acks })]),
  ),
  withNames('acks=0 to nobody closes the connection', [
    ask(Produce, { ...whole, acks: 0, topicData: [{ ...produced('a', abc), topicId: strangeId }] }, { silent: true }),
    ask(ListOffsets, { replicaId: -1, topics: [] }, { version: 'newest' }),
  ]),
  story(
    Produce,
    'topics and partitions that are not there',
    [
      topics(['a']),
      ask(Produce, { ...whole, topicData: [{ ...produced('nobody', abc), topicId: strangeId }] }),
      ask(Produce, { ...whole, topicData: [produced('a', abc, 1)] }),
      ask(Produce, { ...whole, topicData: [produced('a', abc, -1)] }),
      ask(Produce, { ...whole, topicData: [produced('a', abc, 2 ** 31 - 1)] }),
      ask(Produce, { ...whole, topicData: [{ ...produced('nobody', abc), topicId: strangeId }, produced('a', abc)] }),
      ask(Produce, { ...whole, topicData: [{ name: '', topicId: id('nothing'), partitionData: [] }] }),
      ask(Produce, { ...whole, topicData: [{ name: 'not a name', partitionData: [{ index: 0, records: abc }] }] }),
      ask(Produce, { ...whole, topicData: [{ name: '..', partitionData: [{ index: 0, records: abc }] }] }),
    ],
    { quick: true },
  ),
  withNames('empty lists', [
    topics(['a']),
    ask(Produce, { ...whole, topicData: [] }),
    ask(Produce, { ...whole, topicData: [{ name: '~a', topicId: id('a'), partitionData: [] }] }),
  ]),
  withNames('null lists', [
    topics(['a']),
    ask(Produce, { ...whole, topicData: null as never }),
    ask(Produce, { ...whole, topicData: [{ name: '~a', topicId: id('a'), partitionData: null as never }] }),
    ask(Produce, { ...whole, topicData: [{ ...produced('a', abc), name: null as never }] }),
  ]),
  withNames('a partition twice', [
    topics(['a']),
    ask(Produce, {
      ...whole,
      topicData: [{ ...produced('a', abc), partitionData: [0, 0].map((index) => ({ index, records: abc })) }],
    }),
  ]),
  withNames('a topic twice', [
    topics(['a'], { partitions: 2 }),
    ask(Produce, { ...whole, topicData: [produced('a', abc), produced('a', abc, 1)] }),
    ask(Produce, { ...whole, topicData: [produced('a', abc), produced('a', abc)] }),
  ]),
  withNames('the broker’s own topic', [
    ask(Produce, {
      ...whole,
      topicData: [{ name: '__consumer_offsets', partitionData: [{ index: 0, records: abc }] }],
    }),
  ]),
  ...Object.entries(broken).map(([what, records]) =>
    withNames(`a batch with ${what}`, [topics(['a']), one(records), one(abc)], records === null ? once : {}),
  ),
  ...(['gzip', 'snappy', 'lz4', 'zstd'] as const).map((codec) =>
    withNames(`${codec} kept as it is`, [topics(['a']), one(packed(codec, ['a', 'b', 'b', 'b', 'b']))]),
  ),
  ...(['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'] as const).map((codec) =>
    withNames(`compression.type=${codec}`, [
      topics(['a'], { settings: { 'compression.type': codec } }),
      one(abc),
      one(packed('gzip', ['x', 'y', 'y', 'y'])),
      one(packed('lz4', ['x', 'y', 'y', 'y'])),
    ]),
  ),
  withNames('max.message.bytes', [
    topics(['a'], { settings: { 'max.message.bytes': '100' } }),
    one(abc),
    one(batch(['x'.repeat(100)])),
    one(packed('gzip', ['x'.repeat(1000)])),
    ask(Produce, { ...whole, topicData: [produced('a', batch(['x'.repeat(22)]))] }),
    ask(Produce, { ...whole, topicData: [produced('a', batch(['x'.repeat(32)]))] }),
  ]),
  withNames('a batch that no segment holds', [
    topics(['a'], { settings: { 'max.message.bytes': '3000000', 'segment.bytes': '1048576' } }),
    one(batch(['x'.repeat(1_100_000)])),
    one(batch(['x'.repeat(1_048_576 - 70)])),
    one(packed('gzip', ['x'.repeat(1_100_000)])),
    one(abc),
  ]),
  withNames('log append time', [
    topics(['a'], { settings: { 'message.timestamp.type': 'LogAppendTime' } }),
    one(abc),
    one(packed('gzip', ['x', 'y'])),
  ]),
  withNames('message.timestamp.before.max.ms', [
    topics(['a'], { settings: { 'message.timestamp.before.max.ms': '1000' } }),
    one(abc),
    one(batch([{ value: bytes('late'), timestamp: 1 }])),
    one(packed('gzip', ['a', 'b'])),
    one(batch([{ value: bytes('none'), timestamp: -1 }])),
  ]),
  withNames('message.timestamp.after.max.ms', [
    topics(['a'], { settings: { 'message.timestamp.after.max.ms': '1000' } }),
    one(batch([{ value: bytes('early'), timestamp: 4_000_000_000_000 }])),
    one(batch([{ value: bytes('ok') }, { value: bytes('early'), timestamp: 4_000_000_000_000 }])),
    one(abc),
  ]),
  withNames('the far future, by default', [
    topics(['a']),
    one(batch([{ value: bytes('early'), timestamp: 4_000_000_000_000 }])),
    one(batch([{ value: bytes('never'), timestamp: -5 }])),
  ]),
  withNames('a compacted topic wants keys', [
    topics(['a'], { settings: { 'cleanup.policy': 'compact' } }),
    one(abc),
    one(batch([{ value: bytes('v'), key: bytes('k') }])),
    one(batch([{ value: bytes('v'), key: bytes('k') }, { value: bytes('v') }, { value: bytes('w') }])),
  ]),
  withNames('min.insync.replicas=2', [
    topics(['a'], { settings: { 'min.insync.replicas': '2' } }),
    one(abc),
    one(abc, { acks: 1 }),
  ]),
  withNames('a transactional id, and transactional batches', [
    topics(['a']),
    one(abc, { transactionalId: 'nobody' }),
    one(abc, { transactionalId: '' }),
    producer(),
    ask(Produce, (side) => {
      const producerId = Number(side.answer(apis.InitProducerId).producerId);
      const options = { producerId, producerEpoch: 0, baseSequence: 0, transactional: true };
      return { ...whole, transactionalId: 'nobody', topicData: [produced('a', batch(['x'], options))] };
    }),
  ]),
  story(
    Produce,
    'an idempotent producer: duplicates, gaps, epochs',
    [
      topics(['a']),
      producer(),
      produceNumbered('a', { sequence: 0 }),
      produceNumbered('a', { sequence: 0 }),
      produceNumbered('a', { sequence: 2 }),
      produceNumbered('a', { sequence: 5 }),
      produceNumbered('a', { sequence: 3 }),
      produceNumbered('a', { sequence: 0 }),
      produceNumbered('a', { epoch: 1, sequence: 3 }),
      produceNumbered('a', { epoch: 1, sequence: 0 }),
      produceNumbered('a', { epoch: 0, sequence: 4 }),
      produceNumbered('a', { epoch: 3, sequence: 0 }),
      produceNumbered('a', { epoch: -1, sequence: 2 }),
    ],
    { quick: true },
  ),
  withNames('an idempotent producer’s first batch, at any sequence', [
    topics(['a', 'b']),
    producer(),
    produceNumbered('a', { sequence: 7 }),
    produceNumbered('b', { sequence: 0, epoch: 5 }),
  ]),
  withNames('an old duplicate, of more than five batches ago', [
    topics(['a']),
    producer(),
    ...[0, 1, 2, 3, 4, 5, 6].map((sequence) => produceNumbered('a', { sequence, values: ['x'] })),
    ...[0, 1, 2, 6].map((sequence) => produceNumbered('a', { sequence, values: ['x'] })),
    produceNumbered('a', { sequence: 2, values: ['x', 'y'] }),
  ]),
  withNames('sequences that wrap around', [
    topics(['a']),
    producer(),
    produceNumbered('a', { sequence: 2 ** 31 - 2, values: ['x', 'y'] }),
    produceNumbered('a', { sequence: 0, values: ['x'] }),
    produceNumbered('a', { sequence: 2 ** 31 - 1, values: ['x'] }),
    produceNumbered('a', { sequence: -1, values: ['x'] }),
  ]),
  story(Produce, 'a client id of 1,000 letters', [
    topics(['a']),
    ask(Produce, { ...whole, topicData: [produced('a', abc)] }, { clientId: 'c'.repeat(1000) }),
    ask(Fetch, { maxWaitMs: 0, topics: [] }, { version: 'newest' }),
  ]),
];

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
