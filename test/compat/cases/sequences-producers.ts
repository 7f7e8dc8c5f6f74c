/** Producers in time: what is sent again, out of turn, in a new epoch; what consumers then see. */
import { apis } from '../apis.ts';
import { ask, type Case, type Step, sequence } from '../steps.ts';
import {
  batch,
  fetchedTopic,
  packed,
  plainFetch,
  produce,
  produced,
  produceNumbered,
  producer,
  someTime,
  topics,
} from './support.ts';

const { Fetch, ListOffsets, Produce } = apis;

const fetch = (at: number, more: object = {}): Step =>
  ask(Fetch, { ...plainFetch, topics: [fetchedTopic('a', at)], ...more });
const list = (timestamp: number): Step =>
  ask(ListOffsets, {
    replicaId: -1,
    topics: [{ name: '~a', partitions: [{ partitionIndex: 0, timestamp: BigInt(timestamp) }] }],
  });

/** What an idempotent producer may do after its first two batches. */
const turns: Readonly<Record<string, readonly Step[]>> = {
  'the last again': [produceNumbered('a', { sequence: 2 })],
  'the first again': [produceNumbered('a', { sequence: 0 })],
  'the first again, longer': [produceNumbered('a', { sequence: 0, values: ['x', 'y', 'z'] })],
  'a gap': [produceNumbered('a', { sequence: 9 })],
  'an overlap': [produceNumbered('a', { sequence: 3 })],
  'a new epoch from 0': [produceNumbered('a', { sequence: 0, epoch: 1 })],
  'a new epoch from 4': [produceNumbered('a', { sequence: 4, epoch: 1 })],
  'two epochs on': [produceNumbered('a', { sequence: 0, epoch: 2 })],
  'an epoch back': [produceNumbered('a', { sequence: 0, epoch: 1 }), produceNumbered('a', { sequence: 4, epoch: 0 })],
  'another partition': [
    produceNumbered('a', { sequence: 0, index: 1 }),
    produceNumbered('a', { sequence: 4, index: 1 }),
  ],
  'a new id': [producer(), produceNumbered('a', { sequence: 0 })],
  'no id': [produce('a', batch(['plain']))],
};

const producers = Object.entries(turns).flatMap(([first, one]) =>
  Object.entries(turns)
    .filter(([second]) => second >= first)
    .map(([second, other]) =>
      sequence(Produce, `a producer: ${first}, then ${second}`, [
        topics(['a'], { partitions: 2 }),
        producer(),
        produceNumbered('a', { sequence: 0 }),
        produceNumbered('a', { sequence: 2 }),
        ...one,
        ...other,
        produceNumbered('a', { sequence: 4 }),
        fetch(0),
      ]),
    ),
);

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
const contents = codecs.flatMap((codec) =>
  [1, -1].map((acks) =>
    sequence(Produce, `${codec} with acks=${acks}, then read from everywhere`, [
      topics(['a']),
      ask(
        Produce,
        { acks, timeoutMs: 1000, topicData: [produced('a', packed(codec, ['a', 'b', 'c']))] },
        { version: 'newest' },
      ),
      ask(Produce, { acks, timeoutMs: 1000, topicData: [produced('a', batch(['d']))] }),
      ask(
        Produce,
        { acks, timeoutMs: 1000, topicData: [produced('a', packed(codec, ['e', 'f']))] },
        { version: 'newest' },
      ),
      ...[0, 1, 3, 5].map((at) => fetch(at, {})),
      list(-1),
      list(-2),
      list(-3),
    ]),
  ),
);

const times = [
  [0, 1000, 2000],
  [2000, 1000, 0],
  [5, 5, 5],
  [-someTime - 1, 0, 1],
].map((offsets, i) =>
  sequence(ListOffsets, `times in their order: ${offsets.join(', ')}`, [
    topics(['a']),
    ...offsets.map((at) => produce('a', batch([{ timestamp: someTime + at, value: new Uint8Array([65 + i]) }]))),
    ...[-1, -2, -3, 0, someTime, someTime + 5, someTime + 1000, someTime + 2000, someTime + 2001].map(list),
  ]),
);

export const producerSequences: readonly Case[] = [...producers, ...contents, ...times];
