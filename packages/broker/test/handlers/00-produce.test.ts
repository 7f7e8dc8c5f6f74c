import { Offset, utf8Encode } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { frameOf, type RawClient, World } from '@skerry/testkit';
import {
  BatchBuilder,
  type BatchOptions,
  type CodecName,
  errorName,
  initProducerIdRequest,
  initProducerIdResponse,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
  setBatchCrc,
} from '@skerry/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { batchOf, createTopic, fetch, produce } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const compute = nodeCompute({ inline: true });
let world: World;
let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  world = new World(11);
  node = new SimulatedNode(world, { 'auto.create.topics.enable': 'false' });
  node.start();
  client = node.client();
  createTopic(client, 't', 2);
});

/** `batch` after `change`, with a CRC that is right again. */
function resealed(batch: Uint8Array, change: (view: DataView) => void): Uint8Array {
  change(new DataView(batch.buffer, batch.byteOffset));
  setBatchCrc(batch, 0, compute);
  return batch;
}

describe('a batch that may not be stored', () => {
  const bad: [string, () => Uint8Array | null, string][] = [
    ['no records', () => null, 'INVALID_RECORD'],
    ['zero bytes', () => new Uint8Array(0), 'INVALID_RECORD'],
    ['a wrong CRC', () => batchOf(['x']).map((byte, at) => (at === 64 ? byte ^ 1 : byte)), 'CORRUPT_MESSAGE'],
    ['magic 0', () => batchOf(['x']).map((byte, at) => (at === 16 ? 0 : byte)), 'INVALID_RECORD'],
    ['magic 1', () => batchOf(['x']).map((byte, at) => (at === 16 ? 1 : byte)), 'INVALID_RECORD'],
    ['compression 7', () => resealed(batchOf(['x']), (view) => view.setInt16(21, 7)), 'UNSUPPORTED_COMPRESSION_TYPE'],
    ['a count that lies', () => resealed(batchOf(['x']), (view) => view.setInt32(57, 1_000_000)), 'INVALID_RECORD'],
    ['a negative count', () => resealed(batchOf(['x']), (view) => view.setInt32(57, -1)), 'INVALID_RECORD'],
    [
      'a last offset before its first',
      () => resealed(batchOf(['x']), (view) => view.setInt32(23, -5)),
      'INVALID_RECORD',
    ],
    ['half a batch', () => batchOf(['x'.repeat(500)]).slice(0, 300), 'INVALID_RECORD'],
    ['a base offset of its own', () => batchOf(['x']).map((byte, at) => (at === 7 ? 5 : byte)), 'INVALID_RECORD'],
    ['garbage', () => new Uint8Array(100).fill(0x5a), 'CORRUPT_MESSAGE'],
    ['two batches', () => new Uint8Array([...batchOf(['a']), ...batchOf(['b'])]), 'INVALID_RECORD'],
    ['more bytes than a message may have', () => batchOf(['x'.repeat(1_100_000)]), 'MESSAGE_TOO_LARGE'],
    ['a control batch', () => batchOf(['x'], { control: true }), 'INVALID_RECORD'],
    [
      'a transaction of no transactional id',
      () => batchOf(['x'], { producerId: 1, producerEpoch: 0, baseSequence: 0, transactional: true }),
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    ],
  ];

  test.each(bad)('is refused with its own error: %s', (_what, batch, error) => {
    expect(produce(client, 't', batch())).toMatchObject({ error, baseOffset: -1 });
    expect(produce(client, 't', batchOf(['good']))).toMatchObject({ error: 'NONE', baseOffset: 0 });
  });

  test('is overlooked where it is cut short behind a whole one', () => {
    const whole = batchOf(['a']);
    expect(produce(client, 't', new Uint8Array([...whole, ...whole.slice(0, 20)]))).toMatchObject({ error: 'NONE' });
    expect(fetch(client, 't', 0).values).toEqual(['a']);
  });

  test('of zstd is refused below v7, and taken from there on', () => {
    const zstd = resealed(batchOf(['x']), (view) => view.setInt16(21, 4));
    const errorIn = (version: number) => {
      const topicData = [{ name: 't', partitionData: [{ index: 0, records: zstd }] }];
      const { responses } = client.ask(produceRequest, produceResponse, version, { acks: -1, topicData });
      return errorName(responses[0]?.partitionResponses[0]?.errorCode ?? -1);
    };
    expect([errorIn(6), errorIn(7)]).toEqual(['UNSUPPORTED_COMPRESSION_TYPE', 'NONE']);
  });

  test('and its twin: of a partition named twice the last is kept; no partition, no answer', () => {
    const partitionData = ['a', 'b'].map((value) => ({ index: 0, records: batchOf([value]) }));
    const { responses } = client.ask(produceRequest, produceResponse, 9, {
      acks: -1,
      topicData: [
        { name: 't', partitionData },
        { name: 'u', partitionData: [] },
      ],
    });
    expect(responses.map(({ name, partitionResponses }) => [name, partitionResponses.length])).toEqual([['t', 1]]);
    expect(fetch(client, 't', 0).values).toEqual(['b']);
  });

  test('does not spoil the other partitions of its request', () => {
    const partitionData = [
      { index: 0, records: batchOf(['x']).map((byte, at) => (at === 64 ? byte ^ 1 : byte)) },
      { index: 1, records: batchOf(['y']) },
      { index: -1, records: batchOf(['z']) },
      { index: 2 ** 31 - 1, records: batchOf(['z']) },
    ];
    const { responses } = client.ask(produceRequest, produceResponse, 9, {
      acks: -1,
      topicData: [{ name: 't', partitionData }],
    });
    expect(responses[0]?.partitionResponses.map(({ errorCode }) => errorName(errorCode))).toEqual([
      'CORRUPT_MESSAGE',
      'NONE',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
  });

  test('closes the connection when nobody waits for an answer (acks=0)', () => {
    const partitionData = [{ index: 0, records: new Uint8Array(3) }];
    client.send(
      frameOf({ message: produceRequest, version: 9, value: { acks: 0, topicData: [{ name: 't', partitionData }] } }),
    );
    expect(client.next()).toBeUndefined();
    expect(client.isClosed).toBe(true);
  });
});

test.each([2, -2, 100])('acks=%i is refused', (acks) => {
  expect(produce(client, 't', batchOf(['x']), { acks }).error).toBe('INVALID_REQUIRED_ACKS');
});

test.each(['..', '__proto__', 'constructor', 'x'.repeat(250), ''])(
  'a topic named %j is unknown, and makes nothing',
  (name) => {
    expect(produce(client, name, batchOf(['x'])).error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(
      client.ask(metadataRequest, metadataResponse, 12, { topics: null }).topics.map((topic) => topic.name),
    ).toEqual(['t']);
  },
);

test('every version from 3 on appends (v13 by topic id)', () => {
  const topicId = client.ask(metadataRequest, metadataResponse, 12, { topics: [{ name: 't' }] }).topics[0]?.topicId;
  for (let version = 3; version <= 13; version++) {
    const topic = version >= 13 && topicId !== undefined ? { topicId } : { name: 't' };
    const topicData = [{ ...topic, partitionData: [{ index: 0, records: batchOf([`v${version}`]) }] }];
    const { responses } = client.ask(produceRequest, produceResponse, version, { acks: -1, topicData });
    expect(responses[0]?.partitionResponses[0]).toMatchObject({ errorCode: 0, baseOffset: version - 3 });
  }
});

test('acks=1 is answered before the sync, acks=all only after it', () => {
  const slow = new SimulatedNode(
    world,
    { 'auto.create.topics.enable': 'false' },
    { machine: world.machine('node-2', { delayMs: () => 50 }) },
  );
  slow.start();
  const asking = slow.client();
  createTopic(asking, 's');
  const took = (acks: number): number => {
    const before = world.clock.monotonicMs();
    expect(produce(asking, 's', batchOf(['x']), { acks }).error).toBe('NONE');
    return world.clock.monotonicMs() - before;
  };
  expect(took(1)).toBeLessThan(50);
  world.clock.advance(1000);
  expect(took(-1)).toBeGreaterThanOrEqual(50);
});

describe('an idempotent producer', () => {
  const idOf = (): number =>
    Number(
      client.ask(initProducerIdRequest, initProducerIdResponse, 4, { transactionalId: null, transactionTimeoutMs: 0 })
        .producerId,
    );
  const numbered = (producerId: number, baseSequence: number, more: BatchOptions = {}): Uint8Array =>
    batchOf([`s${baseSequence}`], { producerId, producerEpoch: 0, baseSequence, ...more });

  test('gets ids that nobody else has, restarts included', () => {
    const ids = [idOf(), idOf()];
    node.kill();
    node.start();
    client = node.client();
    ids.push(idOf());
    expect(new Set(ids).size).toBe(3);
  });

  test('is answered with the first offset when it sends a batch again, within its last five', () => {
    const id = idOf();
    for (let sequence = 0; sequence < 6; sequence++)
      expect(produce(client, 't', numbered(id, sequence)).baseOffset).toBe(sequence);
    for (let sequence = 1; sequence < 6; sequence++)
      expect(produce(client, 't', numbered(id, sequence))).toMatchObject({ error: 'NONE', baseOffset: sequence });
    expect(produce(client, 't', numbered(id, 0)).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(fetch(client, 't', 0).values).toEqual(['s0', 's1', 's2', 's3', 's4', 's5']);
  });

  test('is stopped at a gap, and when another has its id with a later epoch', () => {
    const id = idOf();
    produce(client, 't', numbered(id, 0));
    expect(produce(client, 't', numbered(id, 2)).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(produce(client, 't', numbered(id, 0, { producerEpoch: 1 })).error).toBe('NONE');
    expect(produce(client, 't', numbered(id, 1)).error).toBe('INVALID_PRODUCER_EPOCH');
  });

  test('goes on at 0 after 2^31−1', () => {
    const id = idOf();
    expect(produce(client, 't', numbered(id, 2 ** 31 - 1)).error).toBe('NONE');
    expect(produce(client, 't', numbered(id, 0))).toMatchObject({ error: 'NONE', baseOffset: 1 });
  });

  test('is still recognised after a crash of the broker', () => {
    const id = idOf();
    for (let sequence = 0; sequence < 3; sequence++) produce(client, 't', numbered(id, sequence));
    node.cutPower();
    node.start();
    client = node.client();
    expect(produce(client, 't', numbered(id, 2))).toMatchObject({ error: 'NONE', baseOffset: 2 });
    expect(produce(client, 't', numbered(id, 3))).toMatchObject({ error: 'NONE', baseOffset: 3 });
  });
});

describe('a topic with a compression of its own', () => {
  const packed = (codec: CodecName, values: readonly string[], options: BatchOptions): Uint8Array => {
    const builder = new BatchBuilder(options);
    for (const value of values) builder.append({ timestamp: 5, value: utf8Encode(value) });
    let made: Uint8Array | undefined;
    builder.compress(codec, compute, (_error, batch) => {
      made = batch;
    });
    if (made === undefined) throw new Error('packed in the call');
    return made;
  };

  test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'stores what comes as %s without compression, and the next sequence behind it',
    (codec) => {
      createTopic(client, 'plain', 1, { 'compression.type': 'uncompressed' });
      const options = { producerId: 5, producerEpoch: 0 };
      const values = Array.from({ length: 200 }, (_, i) => `value ${i}`);
      const requestOf = (records: Uint8Array, correlationId: number): Uint8Array =>
        frameOf({
          message: produceRequest,
          version: 9,
          correlationId,
          value: { acks: -1, topicData: [{ name: 'plain', partitionData: [{ index: 0, records }] }] },
        });
      const first = requestOf(packed(codec, values, { ...options, baseSequence: 0 }), 1);
      const second = requestOf(batchOf(['last'], { ...options, baseSequence: 200 }), 2);
      client.send(new Uint8Array([...first, ...second]));
      expect([client.next(), client.next()].map((answer) => answer?.[3])).toEqual([1, 2]);
      expect(fetch(client, 'plain', 0).values).toEqual([...values, 'last']);
    },
  );

  test('refuses what does not unpack', () => {
    createTopic(client, 'plain', 1, { 'compression.type': 'uncompressed' });
    const lying = resealed(batchOf(['not gzip at all']), (view) => view.setInt16(21, 1));
    expect(produce(client, 'plain', lying).error).toBe('CORRUPT_MESSAGE');
    expect(produce(client, 'plain', batchOf(['good'])).baseOffset).toBe(Offset(0));
  });
});

test('log append time is the broker’s, and is told', () => {
  createTopic(client, 'stamped', 1, { 'message.timestamp.type': 'LogAppendTime' });
  const topicData = [{ name: 'stamped', partitionData: [{ index: 0, records: batchOf(['x']) }] }];
  const { responses } = client.ask(produceRequest, produceResponse, 9, { acks: -1, topicData });
  expect(responses[0]?.partitionResponses[0]?.logAppendTimeMs).toBeGreaterThan(BigInt(Date.UTC(2030, 0, 1)) - 1n);
});
