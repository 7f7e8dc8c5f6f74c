/** What a topic makes of a producer's batches, or refuses of them: by Produce, over the wire. */
import { Offset, utf8Encode } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { type RawClient, World } from '@skerry/testkit';
import {
  BatchBuilder,
  batchCodec,
  batchLength,
  batchTimestampType,
  type CodecName,
  codecName,
  errorName,
  fetchRequest,
  fetchResponse,
  type NewRecord,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTopic, fetchOf } from './calls.ts';
import { alter, set } from './config-calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const compute = nodeCompute({ inline: true });
const hour = 3_600_000;

let world: World;
let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  world = new World(5);
  node = new SimulatedNode(world);
  node.start();
  client = node.client();
});

const now = (): number => node.machine.clock.wallMs();

type Given = readonly [key: string | null, timestamp: number, value?: string];

function batch(given: readonly Given[], codec: CodecName = 'none'): Uint8Array {
  const builder = new BatchBuilder();
  for (const [key, timestamp, value = 'v'] of given) {
    const record: NewRecord = { timestamp, key: key === null ? null : utf8Encode(key), value: utf8Encode(value) };
    builder.append(record);
  }
  let made: Uint8Array | undefined;
  builder.compress(codec, compute, (_error, packed) => {
    made = packed;
  });
  if (made === undefined) throw new Error('packed in the call');
  return made;
}

function produce(topic: string, records: Uint8Array, version = 9) {
  const value = { acks: -1, timeoutMs: 1000, topicData: [{ name: topic, partitionData: [{ index: 0, records }] }] };
  const { responses } = client.ask(produceRequest, produceResponse, version, value);
  const answer = responses[0]?.partitionResponses[0];
  return {
    error: errorName(answer?.errorCode ?? -1),
    bad: answer?.recordErrors.map(({ batchIndex }) => batchIndex),
    why: answer?.recordErrors[0]?.batchIndexErrorMessage ?? null,
    message: answer?.errorMessage ?? null,
    baseOffset: answer?.baseOffset,
    logStartOffset: answer?.logStartOffset,
  };
}

/** The codec of each batch that a topic holds. */
function codecs(topic: string): (string | undefined)[] {
  const { responses } = client.ask(fetchRequest, fetchResponse, 12, fetchOf(topic, 0));
  const bytes = responses[0]?.partitions[0]?.records ?? new Uint8Array(0);
  const found: (string | undefined)[] = [];
  for (let at = 0; at < bytes.length; at += batchLength(bytes, at)) found.push(codecName(batchCodec(bytes, at)));
  return found;
}

describe.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)('of a batch in %s', (codec) => {
  test('records too old are told one by one, and nothing of the batch is kept', () => {
    createTopic(client, 't', 1, { 'message.timestamp.before.max.ms': '1000' });
    const given: Given[] = [
      ['k', now()],
      ['k', now() - 5000],
      ['k', -1],
      ['k', now() - 6000],
    ];
    const answer = produce('t', batch(given, codec));
    expect(answer).toMatchObject({
      error: 'INVALID_TIMESTAMP',
      bad: [1, 3],
      baseOffset: Offset(-1),
      logStartOffset: 0,
    });
    expect(answer.message).toContain('2 of 4 records');
    expect(answer.why).toContain(String(now() - 5000));
    expect(produce('t', batch([['k', now()]], codec))).toMatchObject({ error: 'NONE', bad: [], baseOffset: 0 });
  });

  test('records too new are told one by one, by the default of an hour', () => {
    createTopic(client, 't');
    const given: Given[] = [
      ['k', now()],
      ['k', now() + hour + 60_000],
    ];
    expect(produce('t', batch(given, codec))).toMatchObject({ error: 'INVALID_TIMESTAMP', bad: [1] });
    expect(produce('t', batch([['k', now() + hour - 60_000]], codec))).toMatchObject({ error: 'NONE' });
  });

  test('records without a key are refused where only the last of a key is kept', () => {
    createTopic(client, 't', 1, { 'cleanup.policy': 'compact' });
    const given: Given[] = [
      [null, now()],
      ['k', now()],
      [null, now()],
    ];
    expect(produce('t', batch(given, codec))).toMatchObject({
      error: 'INVALID_RECORD',
      bad: [0, 2],
      logStartOffset: 0,
    });
    expect(produce('t', batch([['k', now()]], codec))).toMatchObject({ error: 'NONE', baseOffset: 0 });
  });
});

test('a bad time outweighs a missing key, and each record is told what it lacks', () => {
  createTopic(client, 't', 1, { 'cleanup.policy': 'compact,delete', 'message.timestamp.before.max.ms': '1000' });
  const given: Given[] = [
    [null, now() - 5000],
    ['k', now() - 5000],
    [null, now()],
  ];
  const answer = produce('t', batch(given));
  expect(answer).toMatchObject({ error: 'INVALID_TIMESTAMP', bad: [0, 1, 2] });
  expect(answer.why).toContain('key');
});

test('of a batch full of bad records a thousand are told', () => {
  createTopic(client, 't', 1, { 'cleanup.policy': 'compact' });
  const answer = produce('t', batch(Array.from({ length: 5000 }, () => [null, now()] as const)));
  expect(answer.bad).toHaveLength(1000);
  expect(answer.message).toContain('5000 of 5000');
});

test('a version before 8 tells the error alone', () => {
  createTopic(client, 't', 1, { 'cleanup.policy': 'compact' });
  expect(produce('t', batch([[null, now()]]), 7)).toMatchObject({ error: 'INVALID_RECORD', bad: [], message: null });
});

test('a node that has not been told the time yet refuses nobody’s', () => {
  createTopic(client, 't');
  const right = now();
  node.machine.clock.wallOffsetMs -= right - 60_000;
  expect(now()).toBeLessThan(2 * hour);
  expect(produce('t', batch([['k', right]]))).toMatchObject({ error: 'NONE' });
  node.machine.clock.wallOffsetMs += right - 60_000;
  expect(produce('t', batch([['k', right + 9 * hour]]))).toMatchObject({ error: 'INVALID_TIMESTAMP' });
});

test('log append time asks for no time of the producer’s', () => {
  createTopic(client, 't', 1, {
    'message.timestamp.type': 'LogAppendTime',
    'message.timestamp.before.max.ms': '1000',
  });
  expect(
    produce(
      't',
      batch([
        ['k', 5],
        ['k', now() + 9 * hour],
      ]),
    ),
  ).toMatchObject({ error: 'NONE' });
});

test('a batch that grows beyond max.message.bytes when it is unpacked is refused', () => {
  createTopic(client, 't', 1, { 'compression.type': 'uncompressed', 'max.message.bytes': '2000' });
  const packed = batch([['k', now(), 'v'.repeat(5000)]], 'gzip');
  expect(produce('t', packed)).toMatchObject({ error: 'MESSAGE_TOO_LARGE', logStartOffset: -1 });
  expect(produce('t', batch([['k', now(), 'v'.repeat(500)]], 'gzip'))).toMatchObject({ error: 'NONE' });
});

test('a batch that no segment holds is refused, as it would be stored', () => {
  const configs = { 'max.message.bytes': '3000000', 'segment.bytes': '1048576' };
  createTopic(client, 't', 1, configs);
  createTopic(client, 'plain', 1, { ...configs, 'compression.type': 'uncompressed' });
  const of = (size: number): Given[] => [['k', now(), 'v'.repeat(size)]];
  const large = of(1_100_000);
  for (const [topic, sent] of [
    ['t', batch(large)],
    ['plain', batch(large, 'gzip')],
  ] as const) {
    expect(produce(topic, sent)).toMatchObject({ error: 'RECORD_LIST_TOO_LARGE', logStartOffset: -1 });
  }
  expect(produce('t', batch(large, 'gzip'))).toMatchObject({ error: 'NONE' });
  expect(produce('t', batch(of(1_000_000)))).toMatchObject({ error: 'NONE' });
});

test('what unpacks to more than max.decompressed.message.bytes is refused, where it has to be unpacked', () => {
  createTopic(client, 't', 1, { 'max.decompressed.message.bytes': '1000' });
  const packed = batch([['k', now(), 'v'.repeat(5000)]], 'gzip');
  expect(produce('t', packed)).toMatchObject({ error: 'NONE' });
  alter(client, [[2, 't', [['cleanup.policy', set, 'compact']]]]);
  expect(produce('t', packed)).toMatchObject({ error: 'CORRUPT_MESSAGE' });
});

test('more in-sync replicas than there can be are as many as there are', () => {
  createTopic(client, 't', 1, { 'min.insync.replicas': '3' });
  expect(produce('t', batch([['k', now()]]))).toMatchObject({ error: 'NONE' });
});

test.each(['gzip', 'zstd'] as const)('a higher compression.%s.level packs smaller', (codec) => {
  const text = Array.from(
    { length: 4000 },
    (_, i) => `sensor ${(i * 7919) % 997} reads ${(i * 104_729) % 1009}`,
  ).join();
  const stored = (level: string): number => {
    createTopic(client, `t${level}`, 1, { 'compression.type': codec, [`compression.${codec}.level`]: level });
    expect(produce(`t${level}`, batch([['k', now(), text]]))).toMatchObject({ error: 'NONE' });
    expect(codecs(`t${level}`)).toEqual([codec]);
    const { responses } = client.ask(fetchRequest, fetchResponse, 12, fetchOf(`t${level}`, 0));
    return responses[0]?.partitions[0]?.records?.length ?? 0;
  };
  expect(stored('9')).toBeLessThan(stored('1'));
});

describe('altered while the topic runs, the next batch meets', () => {
  const meets = (name: string, value: string): void => {
    expect(alter(client, [[2, 't', [[name, set, value]]]])).toEqual(['NONE']);
  };
  const good = (): Uint8Array => batch([[null, now()]]);

  beforeEach(() => {
    createTopic(client, 't');
    expect(produce('t', good())).toMatchObject({ error: 'NONE' });
  });

  test('max.message.bytes', () => {
    meets('max.message.bytes', '20');
    expect(produce('t', good())).toMatchObject({ error: 'MESSAGE_TOO_LARGE' });
    alter(client, [
      [4, '', [['message.max.bytes', set, '30']]],
      [2, 't', [['max.message.bytes', 1, null]]],
    ]);
    expect(produce('t', good())).toMatchObject({ error: 'MESSAGE_TOO_LARGE' });
  });

  test('cleanup.policy', () => {
    meets('cleanup.policy', 'compact');
    expect(produce('t', good())).toMatchObject({ error: 'INVALID_RECORD' });
  });

  test('message.timestamp.before.max.ms', () => {
    meets('message.timestamp.before.max.ms', '1000');
    expect(produce('t', batch([['k', now() - 2000]]))).toMatchObject({ error: 'INVALID_TIMESTAMP' });
  });

  test('message.timestamp.after.max.ms', () => {
    meets('message.timestamp.after.max.ms', '1000');
    expect(produce('t', batch([['k', now() + 2000]]))).toMatchObject({ error: 'INVALID_TIMESTAMP' });
    meets('message.timestamp.after.max.ms', '9223372036854775807');
    expect(produce('t', batch([['k', now() + 1000 * hour]]))).toMatchObject({ error: 'NONE' });
  });

  test('message.timestamp.type', () => {
    meets('message.timestamp.type', 'LogAppendTime');
    expect(produce('t', good())).toMatchObject({ error: 'NONE' });
    const { responses } = client.ask(fetchRequest, fetchResponse, 12, fetchOf('t', 1));
    const bytes = responses[0]?.partitions[0]?.records ?? new Uint8Array(0);
    expect(batchTimestampType(bytes, 0)).toBe('logAppendTime');
  });

  test('compression.type, of the topic or of the node', () => {
    meets('compression.type', 'gzip');
    produce('t', good());
    alter(client, [
      [4, '1', [['compression.type', set, 'zstd']]],
      [2, 't', [['compression.type', 1, null]]],
    ]);
    produce('t', good());
    expect(codecs('t')).toEqual(['none', 'gzip', 'zstd']);
  });
});
