/**
 * Random sequences, for width: a seed gives a list of requests on two topics and two groups, each of them plausible,
 * in an order that nobody would write down. A failing one is run again by its name.
 */
import { SeededRandom } from '@skerry/testkit';
import { apis } from './apis.ts';
import { commit, heartbeat, join, leave, memberCommit, offsetsOf, sync } from './cases/groups.ts';
import {
  batch,
  fetchedTopic,
  plainFetch,
  produced,
  produceNumbered,
  producer,
  someTime,
  topics,
} from './cases/support.ts';
import { ask, type Case, member, offset, type Step, sequence } from './steps.ts';

const { CreatePartitions, CreateTopics, DeleteRecords, DeleteTopics, DescribeConfigs, Fetch } = apis;
const { IncrementalAlterConfigs, ListOffsets, Metadata, Produce } = apis;

const zero = 'AAAAAAAAAAAAAAAAAAAAAA' as never;
const newest = { version: 'newest' } as const;

type Draw = (random: SeededRandom) => readonly Step[];

const shorts = ['a', 'b'] as const;
const short = (random: SeededRandom): string => shorts[random.below(2)] ?? 'a';
const values = (random: SeededRandom): string[] =>
  Array.from({ length: 1 + random.below(4) }, () => 'v'.repeat(1 + random.below(60)));

const draws: readonly Draw[] = [
  (random) => [
    ask(Produce, {
      acks: random.chance(0.5) ? -1 : 1,
      timeoutMs: 1000,
      topicData: [produced(short(random), batch(values(random)), random.below(3))],
    }),
  ],
  (random) => [
    produceNumbered(short(random), { sequence: random.below(6), epoch: random.below(2), values: values(random) }),
  ],
  (random) => [ask(Fetch, { ...plainFetch, topics: [fetchedTopic(short(random), random.below(8))] })],
  (random) => [
    ask(Fetch, {
      ...plainFetch,
      topics: [fetchedTopic(short(random), random.below(4), { partitionMaxBytes: random.below(300) })],
    }),
  ],
  (random) => [
    ask(ListOffsets, {
      replicaId: -1,
      topics: [
        {
          name: `~${short(random)}`,
          partitions: [0, 1].map((partitionIndex) => ({
            partitionIndex,
            timestamp: BigInt([-1, -2, -3, someTime, someTime + 1500][random.below(5)] ?? -1),
          })),
        },
      ],
    }),
  ],
  (random) => [
    ask(Metadata, { topics: [{ name: `~${short(random)}` }], allowAutoTopicCreation: false }, { version: 12 }),
  ],
  (random) => {
    const name = `~${short(random)}`;
    return [ask(DeleteTopics, { topics: [{ name, topicId: zero }], topicNames: [name], timeoutMs: 15_000 })];
  },
  (random) => [topics([short(random)], { partitions: 1 + random.below(3) })],
  (random) => [
    ask(CreateTopics, {
      topics: [{ name: `~${short(random)}`, numPartitions: random.below(3), replicationFactor: random.below(3) }],
      timeoutMs: 15_000,
      validateOnly: random.chance(0.5),
    }),
  ],
  (random) => [
    ask(CreatePartitions, {
      topics: [{ name: `~${short(random)}`, count: random.below(5), assignments: null }],
      timeoutMs: 15_000,
      validateOnly: random.chance(0.3),
    }),
  ],
  (random) => [
    ask(DeleteRecords, {
      topics: [{ name: `~${short(random)}`, partitions: [{ partitionIndex: 0, offset: offset(random.below(6) - 1) }] }],
      timeoutMs: 10_000,
    }),
  ],
  (random) => [
    ask(IncrementalAlterConfigs, {
      resources: [
        {
          resourceType: 2,
          resourceName: `~${short(random)}`,
          configs: [
            {
              name: ['retention.ms', 'cleanup.policy', 'max.message.bytes'][random.below(3)] ?? '',
              configOperation: random.below(4),
              value: ['1000', 'compact', 'delete', '-1'][random.below(4)] ?? '',
            },
          ],
        },
      ],
      validateOnly: random.chance(0.2),
    }),
  ],
  (random) => [
    ask(
      DescribeConfigs,
      {
        resources: [
          { resourceType: 2, resourceName: `~${short(random)}`, configurationKeys: ['retention.ms', 'cleanup.policy'] },
        ],
      },
      { settles: true },
    ),
  ],
  (random) => [commit({ short: short(random), at: random.below(9), index: random.below(3) })],
  (random) => [memberCommit({ short: short(random), at: random.below(9) })],
  () => [join({ memberId: member() }, newest), sync({}, newest)],
  () => [heartbeat()],
  (random) => (random.chance(0.3) ? [leave()] : [heartbeat({ generationId: 1 })]),
  (random) => [offsetsOf('~g', random.chance(0.5) ? null : [{ short: short(random), indexes: [0, 1] }])],
];

/** What every sequence begins with, so that most of what follows finds something. */
const beginning: readonly Step[] = [
  topics(['a'], { partitions: 2 }),
  topics(['b']),
  producer(),
  join({}, newest),
  join({ memberId: member() }, newest),
  sync({}, newest),
];

export function randomSequences(seed: number, count: number, length: number): readonly Case[] {
  return Array.from({ length: count }, (_, i) => {
    const random = new SeededRandom(seed).fork(`sequence ${i}`);
    const steps: Step[] = [...beginning];
    while (steps.length < beginning.length + length) {
      const draw = draws[random.below(draws.length)];
      if (draw !== undefined) steps.push(...draw(random));
    }
    return sequence(Produce, `random, seed ${seed}, sequence ${i}`, steps);
  });
}
