import { Offset, type Uuid, zeroUuid } from '@skerry/base';
import { decodeAnswer, frameOf, type RawClient, World } from '@skerry/testkit';
import {
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorName,
  type FetchRequestInput,
  type FetchResponse,
  fetchRequest,
  fetchResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  metadataRequest,
  metadataResponse,
} from '@skerry/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { batchOf, createTopic, fetch, fetchOf, produce, valuesIn } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let world: World;
let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  world = new World(12);
  node = new SimulatedNode(world);
  node.start();
  client = node.client();
  createTopic(client, 't', 3);
});

const partition = (answer: FetchResponse | undefined) => answer?.responses[0]?.partitions[0];
const idOf = (name: string): Uuid | undefined =>
  client.ask(metadataRequest, metadataResponse, 12, { topics: [{ name }] }).topics[0]?.topicId;

describe('what a fetch is told', () => {
  test('an offset beyond the end is out of range at once, not waited for', () => {
    const before = world.clock.monotonicMs();
    expect(fetch(client, 't', 5, { maxWaitMs: 60_000 }).error).toBe('OFFSET_OUT_OF_RANGE');
    expect(fetch(client, 't', -7, { maxWaitMs: 60_000 }).error).toBe('OFFSET_OUT_OF_RANGE');
    expect(world.clock.monotonicMs() - before).toBeLessThan(1000);
  });

  test('a partition named twice is served once, from where it was asked for last', () => {
    produce(client, 't', batchOf(['a']));
    produce(client, 't', batchOf(['b']));
    const [first] = fetchOf('t', 0).topics ?? [];
    const [second] = fetchOf('t', 1).topics ?? [];
    const topics = [{ topic: 't', partitions: [...(first?.partitions ?? []), ...(second?.partitions ?? [])] }];
    const { responses } = client.ask(fetchRequest, fetchResponse, 12, { ...fetchOf('t', 0), topics });
    expect(
      responses.flatMap(({ partitions }) => partitions.map(({ records }) => valuesIn(records ?? new Uint8Array(0)))),
    ).toEqual([['b']]);
  });

  test('an epoch that was never here is out of range; a negative one says nothing', () => {
    produce(client, 't', batchOf(['a']));
    const ask = (more: object) => {
      const partitions = [{ partition: 0, fetchOffset: Offset(0), partitionMaxBytes: 1000, ...more }];
      const answer = client.ask(fetchRequest, fetchResponse, 12, {
        maxWaitMs: 0,
        topics: [{ topic: 't', partitions }],
      });
      return errorName(partition(answer)?.errorCode ?? -1);
    };
    expect(ask({ lastFetchedEpoch: 1 })).toBe('OFFSET_OUT_OF_RANGE');
    expect(ask({ lastFetchedEpoch: 0 })).toBe('NONE');
    expect(ask({ currentLeaderEpoch: -2 })).toBe('NONE');
  });

  test('an empty partition answers zero bytes, not null', () => {
    const answer = client.ask(fetchRequest, fetchResponse, 12, fetchOf('t', 0, { maxWaitMs: 0 }));
    expect(partition(answer)?.records).toEqual(new Uint8Array(0));
  });

  test.each([
    ['an unknown topic', 12, { topic: 'nobody' }, 0, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['an unknown partition', 12, { topic: 't' }, 9, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a negative partition', 12, { topic: 't' }, -1, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['an unknown id', 13, { topicId: 'AAAAAAAAAAAAAAAAAAAAZA' as Uuid }, 0, 'UNKNOWN_TOPIC_ID'],
    ['no id at all', 13, {}, 0, 'UNKNOWN_TOPIC_ID'],
  ])('%s has its own error (v%i)', (_what, version, topic, index, error) => {
    const partitions = [{ partition: index, fetchOffset: Offset(0), partitionMaxBytes: 1000 }];
    const answer = client.ask(fetchRequest, fetchResponse, version, {
      maxWaitMs: 0,
      topics: [{ ...topic, partitions }],
    });
    expect(errorName(partition(answer)?.errorCode ?? -1)).toBe(error);
  });

  test.each([
    [-2, 'NONE'],
    [-1, 'NONE'],
    [0, 'NOT_LEADER_OR_FOLLOWER'],
    [1, 'NOT_LEADER_OR_FOLLOWER'],
  ])('node %i, which is none of its replicas, gets %s', (replicaId, error) => {
    const partitions = [{ partition: 0, fetchOffset: Offset(0), partitionMaxBytes: 1000 }];
    const asked = { maxWaitMs: 0, topics: [{ topic: 't', partitions }], rackId: 'elsewhere' };
    const before = client.ask(fetchRequest, fetchResponse, 12, { ...asked, replicaId });
    const replicaState = { replicaId, replicaEpoch: -1n };
    const since = { ...asked, topics: [{ topicId: idOf('t') ?? zeroUuid, partitions }], replicaState };
    const after = client.ask(fetchRequest, fetchResponse, 15, since);
    expect([before, after].map((answer) => errorName(partition(answer)?.errorCode ?? -1))).toEqual([error, error]);
  });

  test('a follower with an epoch that is none hears of that first', () => {
    const partitions = [{ partition: 0, fetchOffset: Offset(9), partitionMaxBytes: 1000, currentLeaderEpoch: 3 }];
    const asked = { replicaId: 5, topics: [{ topic: 't', partitions }] };
    const told = partition(client.ask(fetchRequest, fetchResponse, 12, asked));
    expect(errorName(told?.errorCode ?? -1)).toBe('UNKNOWN_LEADER_EPOCH');
  });

  test('who is refused as a follower hears who leads, from v16 on (KIP-951)', () => {
    const topics = [{ topicId: idOf('t') ?? zeroUuid, partitions: [{ partition: 0, fetchOffset: Offset(0) }] }];
    const asked = { maxWaitMs: 0, topics, replicaState: { replicaId: 5, replicaEpoch: -1n } };
    const told = [15, 16].map((version) => partition(client.ask(fetchRequest, fetchResponse, version, asked)));
    expect(told.map((one) => one?.currentLeader)).toEqual([
      { leaderId: -1, leaderEpoch: -1 },
      { leaderId: 1, leaderEpoch: 0 },
    ]);
  });

  test.each([
    [3, 'UNKNOWN_LEADER_EPOCH'],
    [0, 'NONE'],
    [-1, 'NONE'],
  ])('the client’s leader epoch %i gives %s (KIP-320)', (currentLeaderEpoch, error) => {
    const partitions = [{ partition: 0, fetchOffset: Offset(0), partitionMaxBytes: 1000, currentLeaderEpoch }];
    const answer = client.ask(fetchRequest, fetchResponse, 12, { maxWaitMs: 0, topics: [{ topic: 't', partitions }] });
    expect(errorName(partition(answer)?.errorCode ?? -1)).toBe(error);
  });

  test('every version from 4 on reads what was written', () => {
    produce(client, 't', batchOf(['a', 'b']));
    const topicId = idOf('t');
    for (let version = 4; version <= 18; version++) {
      const topic = version >= 13 && topicId !== undefined ? { topicId } : { topic: 't' };
      const partitions = [{ partition: 0, fetchOffset: Offset(0), partitionMaxBytes: 1000 }];
      const answer = client.ask(fetchRequest, fetchResponse, version, {
        maxWaitMs: 0,
        topics: [{ ...topic, partitions }],
      });
      expect(valuesIn(partition(answer)?.records ?? new Uint8Array(0))).toEqual(['a', 'b']);
      expect(partition(answer)).toMatchObject({ highWatermark: 2, lastStableOffset: 2 });
    }
  });

  test('a topic made again under its name is another: its old id is unknown', () => {
    produce(client, 't', batchOf(['old']));
    const old = idOf('t');
    client.ask(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames: ['t'], timeoutMs: 1000 });
    createTopic(client, 't');
    expect(idOf('t')).not.toBe(old);
    expect(fetch(client, 't', 0, { maxWaitMs: 0 })).toMatchObject({ values: [], highWatermark: 0 });
    const partitions = [{ partition: 0, fetchOffset: Offset(0), partitionMaxBytes: 1000 }];
    const answer = client.ask(fetchRequest, fetchResponse, 13, {
      maxWaitMs: 0,
      topics: [{ topicId: old, partitions }],
    });
    expect(errorName(partition(answer)?.errorCode ?? -1)).toBe('UNKNOWN_TOPIC_ID');
  });
});

describe('how much', () => {
  test('at least one whole batch, however small the limits (KIP-74)', () => {
    produce(client, 't', batchOf(['x'.repeat(5000)]));
    const partitions = [{ partition: 0, fetchOffset: Offset(0), partitionMaxBytes: 10 }];
    const answer = client.ask(fetchRequest, fetchResponse, 12, {
      maxWaitMs: 0,
      maxBytes: 10,
      topics: [{ topic: 't', partitions }],
    });
    expect(valuesIn(partition(answer)?.records ?? new Uint8Array(0))).toEqual(['x'.repeat(5000)]);
  });

  test('the whole answer keeps to maxBytes after its first batch', () => {
    for (const index of [0, 1, 2]) produce(client, 't', batchOf(['x'.repeat(1000)]), { index });
    const partitions = [0, 1, 2].map((one) => ({ partition: one, fetchOffset: Offset(0), partitionMaxBytes: 10_000 }));
    const { responses } = client.ask(fetchRequest, fetchResponse, 12, {
      maxWaitMs: 0,
      maxBytes: 1500,
      topics: [{ topic: 't', partitions }],
    });
    const sizes = responses[0]?.partitions.map(({ records }) => records?.length ?? 0) ?? [];
    expect(sizes[0]).toBeGreaterThan(1000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1500);
  });

  test('what does not fit is left out, not cut in its first batch: Java takes that for a fault', () => {
    for (const index of [0, 1]) produce(client, 't', batchOf(['x'.repeat(1000)]), { index });
    const partitions = [0, 1].map((one) => ({ partition: one, fetchOffset: Offset(0), partitionMaxBytes: 500 }));
    const { responses } = client.ask(fetchRequest, fetchResponse, 12, {
      maxWaitMs: 0,
      topics: [{ topic: 't', partitions }],
    });
    const sizes = responses[0]?.partitions.map(({ records }) => records?.length ?? 0) ?? [];
    expect(sizes[0]).toBeGreaterThan(1000);
    expect(sizes[1]).toBe(0);
  });

  test('many segments and batches come out as they went in', () => {
    expect(createTopic(client, 'small', 1, { 'segment.bytes': '1048576', 'index.interval.bytes': '200' })).toBe('NONE');
    const values = Array.from({ length: 60 }, (_, i) => `${i} ${'y'.repeat(i * 2000)}`);
    for (const value of values) produce(client, 'small', batchOf([value]));
    const got: string[] = [];
    for (let fetches = 0; got.length < values.length && fetches < 100; fetches++) {
      got.push(...fetch(client, 'small', got.length, { maxBytes: 150_000 }).values);
    }
    expect(got.map((value) => value.length)).toEqual(values.map((value) => value.length));
  });
});

describe('a fetch that waits', () => {
  const ask = (asking: RawClient, offset: number, more: Partial<FetchRequestInput>): void =>
    asking.send(frameOf({ message: fetchRequest, version: 12, value: fetchOf('t', offset, more) }));

  test('is answered when a record is committed', () => {
    const waiting = node.client();
    ask(waiting, 0, { maxWaitMs: 30_000 });
    world.clock.advance(1000);
    expect(waiting.pending).toBe(0);
    produce(client, 't', batchOf(['news']));
    const answer = waiting.next(100);
    expect(
      valuesIn(partition(answer && decodeAnswer(fetchResponse, 12, answer))?.records ?? new Uint8Array(0)),
    ).toEqual(['news']);
  });

  test('is answered empty when its time is up', () => {
    const waiting = node.client();
    const before = world.clock.monotonicMs();
    ask(waiting, 0, { maxWaitMs: 700 });
    const answer = waiting.next(2000);
    expect(partition(answer && decodeAnswer(fetchResponse, 12, answer))).toMatchObject({
      errorCode: 0,
      highWatermark: 0,
    });
    expect(world.clock.monotonicMs() - before).toBeGreaterThanOrEqual(700);
  });

  test('waits for minBytes', () => {
    const waiting = node.client();
    ask(waiting, 0, { maxWaitMs: 30_000, minBytes: 2000 });
    produce(client, 't', batchOf(['x'.repeat(900)]));
    world.clock.advance(1000);
    expect(waiting.pending).toBe(0);
    produce(client, 't', batchOf(['y'.repeat(1500)]));
    expect(waiting.next(100)?.length).toBeGreaterThan(2400);
  });

  test('is told at once that its topic is gone', () => {
    const waiting = node.client();
    ask(waiting, 0, { maxWaitMs: 30_000 });
    world.clock.advance(100);
    client.ask(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames: ['t'], timeoutMs: 1000 });
    const answer = waiting.next(100);
    expect(errorName(partition(answer && decodeAnswer(fetchResponse, 12, answer))?.errorCode ?? -1)).toBe(
      'UNKNOWN_TOPIC_OR_PARTITION',
    );
  });

  test('whose client leaves keeps nothing', () => {
    const waiting = node.client();
    ask(waiting, 0, { maxWaitMs: 30_000 });
    world.clock.advance(100);
    waiting.close();
    world.clock.advance(100);
    expect(node.slabBytesTaken).toBe(0);
    produce(client, 't', batchOf(['x']));
    expect(fetch(client, 't', 0).values).toEqual(['x']);
  });
});

describe('a session (KIP-227)', () => {
  const sessionOf = (
    sessionId: number,
    sessionEpoch: number,
    topics: FetchRequestInput['topics'] = [],
    more: Partial<FetchRequestInput> = {},
  ): FetchResponse =>
    client.ask(fetchRequest, fetchResponse, 12, {
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 1_000_000,
      sessionId,
      sessionEpoch,
      topics,
      ...more,
    });
  const all = (offsets: readonly number[]): FetchRequestInput['topics'] => [
    {
      topic: 't',
      partitions: offsets.map((offset, index) => ({
        partition: index,
        fetchOffset: Offset(offset),
        partitionMaxBytes: 10_000,
      })),
    },
  ];
  const partitionsIn = ({ responses }: FetchResponse): number[] =>
    responses.flatMap(({ partitions }) => partitions.map(({ partitionIndex }) => partitionIndex));

  test('names only partitions with news, and goes on by its epoch', () => {
    const begun = sessionOf(0, 0, all([0, 0, 0]));
    expect(begun.sessionId).toBeGreaterThan(0);
    expect(partitionsIn(begun)).toEqual([0, 1, 2]);
    expect(partitionsIn(sessionOf(begun.sessionId, 1))).toEqual([]);
    produce(client, 't', batchOf(['x']), { index: 1 });
    expect(partitionsIn(sessionOf(begun.sessionId, 2))).toEqual([1]);
    const moved = [{ topic: 't', partitions: [{ partition: 1, fetchOffset: Offset(1), partitionMaxBytes: 10_000 }] }];
    expect(partitionsIn(sessionOf(begun.sessionId, 3, moved))).toEqual([]);
    produce(client, 't', batchOf(['y']), { index: 2 });
    const forgottenTopicsData = [{ topic: 't', partitions: [2] }];
    expect(partitionsIn(sessionOf(begun.sessionId, 4, [], { forgottenTopicsData }))).toEqual([]);
  });

  test('that is unknown, or out of step, is refused with its own error', () => {
    const { sessionId } = sessionOf(0, 0, all([0]));
    expect(errorName(sessionOf(sessionId + 1, 1).errorCode)).toBe('FETCH_SESSION_ID_NOT_FOUND');
    expect(errorName(sessionOf(sessionId, 5).errorCode)).toBe('INVALID_FETCH_SESSION_EPOCH');
    expect(errorName(sessionOf(sessionId, 1).errorCode)).toBe('NONE');
    expect(sessionOf(sessionId, -1, all([0])).sessionId).toBe(0);
    expect(errorName(sessionOf(sessionId, 2).errorCode)).toBe('FETCH_SESSION_ID_NOT_FOUND');
  });

  test('tells a topic that went from one that never was (by id)', () => {
    const topics = [{ topicId: idOf('t') ?? ('' as Uuid), partitions: fetchOf('t', 0).topics?.[0]?.partitions }];
    const ask = (sessionId: number, sessionEpoch: number, more: Partial<FetchRequestInput> = {}) =>
      client.ask(fetchRequest, fetchResponse, 13, { maxWaitMs: 0, sessionId, sessionEpoch, ...more });
    const { sessionId } = ask(0, 0, { topics });
    client.ask(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames: ['t'], timeoutMs: 1000 });
    expect(errorName(partition(ask(sessionId, 1))?.errorCode ?? 0)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(errorName(partition(ask(0, -1, { topics }))?.errorCode ?? 0)).toBe('UNKNOWN_TOPIC_ID');
  });

  test('ends with its last partition, and may begin without one', () => {
    const { sessionId } = sessionOf(0, 0, all([0]));
    const forgotten = sessionOf(sessionId, 1, [], { forgottenTopicsData: [{ topic: 't', partitions: [0] }] });
    expect([forgotten.sessionId, forgotten.responses]).toEqual([0, []]);
    expect(errorName(sessionOf(sessionId, 2).errorCode)).toBe('FETCH_SESSION_ID_NOT_FOUND');
    const begun = sessionOf(0, 0);
    expect(begun.sessionId).toBeGreaterThan(0);
    expect(partitionsIn(sessionOf(begun.sessionId, 1, all([0])))).toEqual([0]);
  });

  test('is refused a slot when all are in use, and fetches go on without', () => {
    node.stop();
    node = new SimulatedNode(world, { 'max.incremental.fetch.session.cache.slots': 2 }, { machine: node.machine });
    node.start();
    client = node.client();
    expect(sessionOf(0, 0, all([0])).sessionId).toBeGreaterThan(0);
    expect(sessionOf(0, 0, all([0])).sessionId).toBeGreaterThan(0);
    const third = sessionOf(0, 0, all([0]));
    expect(third.sessionId).toBe(0);
    expect(partitionsIn(third)).toEqual([0]);
    world.clock.advance(121_000);
    expect(sessionOf(0, 0, all([0])).sessionId).toBeGreaterThan(0);
  });
});

test('100 stalled fetches of 50 MiB cost at most 64 MiB, and others are served meanwhile', () => {
  createTopic(client, 'big', 1);
  const megabyte = 'z'.repeat(1_000_000);
  for (let i = 0; i < 52; i++) produce(client, 'big', batchOf([megabyte]));
  const partitions = [{ partition: 0, fetchOffset: Offset(0), partitionMaxBytes: 50 * 1024 * 1024 }];
  const asked = frameOf({
    message: fetchRequest,
    version: 12,
    value: { maxWaitMs: 0, maxBytes: 55_000_000, topics: [{ topic: 'big', partitions }] },
  });
  for (let i = 0; i < 100; i++) {
    const stalled = node.client(`stalled-${i}`);
    stalled.stall();
    stalled.send(asked);
  }
  world.clock.advance(5000);
  expect(node.slabBytesTaken).toBeGreaterThan(1024 * 1024);
  expect(node.slabBytesTaken).toBeLessThanOrEqual(64 * 1024 * 1024);
  expect(fetch(client, 'big', 51).values).toEqual([megabyte]);
});

describe('ListOffsets', () => {
  const offsetFor = (timestamp: bigint, version = 11) => {
    const { topics } = client.ask(listOffsetsRequest, listOffsetsResponse, version, {
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp }] }],
    });
    const found = topics[0]?.partitions[0];
    return [errorName(found?.errorCode ?? -1), found?.offset, found?.timestamp];
  };

  test('finds the start, the end, and the first record at or after a time', () => {
    for (const value of ['a', 'b', 'c']) produce(client, 't', batchOf([value, value]));
    for (let version = 1; version <= 11; version++) {
      expect(offsetFor(-1n, version)).toEqual(['NONE', 6, -1n]);
      expect(offsetFor(-2n, version)).toEqual(['NONE', 0, -1n]);
      expect(offsetFor(1000n, version)).toEqual(['NONE', 0, 1000n]);
      expect(offsetFor(1001n, version)).toEqual(['NONE', -1, -1n]);
    }
    expect(offsetFor(-3n)).toEqual(['NONE', 0, 1000n]);
    expect(offsetFor(-4n)).toEqual(['NONE', 0, -1n]);
    expect(offsetFor(-5n)).toEqual(['NONE', -1, -1n]);
    expect(offsetFor(-3n, 6)[0]).toBe('UNSUPPORTED_VERSION');
    expect(offsetFor(-99n)[0]).toBe('UNSUPPORTED_VERSION');
  });
});
