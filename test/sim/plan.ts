/**
 * What a seed's run is to be: its settings, its workload and what goes wrong are drawn by swarm (Groce et al.,
 * ISSTA'12): each feature is on or off for the whole run, so that no feature hides another in every run.
 */
import { SeededRandom } from '@skerry/testkit';

export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly durability: 'power-loss' | 'process-crash';
  readonly configs: Readonly<Record<string, string>>;
  readonly retention: { readonly retentionMs?: number };
}

export interface ProducerPlan {
  readonly name: string;
  readonly acks: 'all' | 'leader' | 'none';
  readonly idempotent: boolean;
  readonly pauseMs: number;
  readonly recordsMax: number;
  readonly valueBytesMax: number;
  /** Its records' times are as much as that behind: they do not grow with the offsets. */
  readonly behindMsMax: number;
}

export interface RawProducerPlan {
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  readonly firstSequence: number;
  readonly pauseMs: number;
  /** How likely a batch is sent twice at once. */
  readonly twins: number;
  /** Its records' times are as much as that behind: they do not grow with the offsets. */
  readonly behindMsMax: number;
}

export interface ConsumerPlan {
  readonly name: string;
  readonly maxWaitMs: number;
  readonly partitionMaxBytes: number;
  /** How likely it is, after a poll, that it goes to some other place. */
  readonly seeks: number;
}

export interface GroupPlan {
  readonly name: string;
  readonly topics: readonly string[];
  readonly members: number;
  readonly pauseMs: number;
  /** How likely, after a poll, a member commits, leaves, or dies. */
  readonly commits: number;
  readonly leaves: number;
  readonly dies: number;
}

export interface TransactionPlan {
  /** The transactional id. */
  readonly name: string;
  /** By which transaction version its client works. */
  readonly version: 1 | 2;
  readonly pauseMs: number;
  /** How likely an incarnation is taken for dead while it lives. */
  readonly zombies: number;
}

interface FaultPlan {
  /** Mean time between two of a kind, in milliseconds; 0 for never. */
  readonly killMs: number;
  readonly powerCutMs: number;
  readonly stopMs: number;
  readonly failedSyncMs: number;
  readonly ioErrorMs: number;
  readonly fullDiskMs: number;
  /** A sync of the disk takes so many milliseconds when nothing is wrong. */
  readonly syncMs: number;
  readonly slowDiskMs: number;
  readonly cutLinkMs: number;
  readonly resetMs: number;
  readonly clockJumpMs: number;
  /** By an hour, rather than to 1970 or 2100. */
  readonly plausibleJumps: boolean;
  /** A crash soon after a start, once in so many starts; 0 for never. */
  readonly crashAtStart: number;
  readonly refusedSyncMs: number;
  readonly flippedBitMs: number;
  readonly storeFailureMs: number;
  readonly lostStoreMs: number;
  readonly damagedValueMs: number;
}

export interface Plan {
  readonly seed: number;
  readonly durationMs: number;
  /** It goes on until clients have done so many, if need be. */
  readonly operations: number;
  readonly node: {
    readonly durability: 'power-loss' | 'process-crash';
    readonly settings: Readonly<Record<string, string>>;
  };
  readonly topics: readonly TopicPlan[];
  readonly producers: readonly ProducerPlan[];
  readonly rawProducers: readonly RawProducerPlan[];
  readonly consumers: readonly ConsumerPlan[];
  readonly groups: readonly GroupPlan[];
  readonly transactions: readonly TransactionPlan[];
  /** Mean pause of an administrator who makes and deletes topics; 0 if there is none. */
  readonly adminPauseMs: number;
  readonly faults: FaultPlan;
  /** How likely the network cuts a chunk of a few bytes. */
  readonly shortChunks: number;
  readonly requestTimeoutMs: number;
  readonly retryTimeoutMs: number;
}

export function planOf(seed: number): Plan {
  const random = new SeededRandom(seed).fork('plan');
  const faults = faultsOf(random.fork('faults'));
  // Over a restart a plausible step of the wall clock counts as age.
  const topics = topicsOf(random.fork('topics'), faults.clockJumpMs === 0 || !faults.plausibleJumps);
  const node = nodeOf(random.fork('node'));
  return {
    seed,
    durationMs: 60_000,
    operations: 2000,
    node,
    topics,
    producers: producersOf(random.fork('producers')),
    rawProducers: rawProducersOf(random.fork('raw producers'), topics),
    consumers: consumersOf(random.fork('consumers')),
    groups: groupsOf(random.fork('groups'), topics),
    // What process-crash mode loses in a power cut may be part of a transaction.
    transactions: node.durability === 'power-loss' ? transactionsOf(random.fork('transactions')) : [],
    adminPauseMs: random.chance(0.4) ? 2500 : 0,
    faults,
    shortChunks: pick(random.fork('network'), [0, 0, 0.02, 0.2]),
    requestTimeoutMs: 5000,
    retryTimeoutMs: 20_000,
  };
}

function nodeOf(random: SeededRandom): Plan['node'] {
  const durability = random.chance(0.8) ? 'power-loss' : 'process-crash';
  return {
    durability,
    settings: {
      'skerry.durability': durability,
      'offsets.topic.num.partitions': String(random.between(1, 3)),
      'transaction.state.log.num.partitions': '2',
      'group.initial.rebalance.delay.ms': random.chance(0.5) ? '0' : '500',
      // Rare ones remove several segments at once.
      'log.retention.check.interval.ms': String(pick(random, [1000, 3000, 6000])),
      'auto.create.topics.enable': 'false',
      // The least there is, mostly, so that its files are filled in turn.
      'skerry.journal.bytes': String(random.chance(0.5) ? 2 ** 20 * pick(random, [1, 1, 1, 8]) : 0),
    },
  };
}

function topicsOf(random: SeededRandom, ages: boolean): TopicPlan[] {
  return Array.from({ length: random.between(1, 3) }, (_, i) => drawTopic(`t${i}`, random.fork(`t${i}`), ages));
}

function drawTopic(name: string, random: SeededRandom, ages: boolean): TopicPlan {
  const durability = random.chance(0.65) ? 'power-loss' : 'process-crash';
  const configs: Record<string, string> = { 'skerry.durability': durability };
  const retains = random.chance(0.35);
  if (retains || random.chance(0.6)) {
    // Small indexes, so that segments are many, and some of them old.
    configs['index.interval.bytes'] = String(pick(random, [0, 100, 1000, 4096]));
    configs['segment.index.bytes'] = String(8 * random.between(2, 60));
  }
  if (random.chance(0.4)) configs['segment.ms'] = String(pick(random, [400, 1000, 4000]));
  if (random.chance(0.3)) configs['flush.ms'] = String(random.between(100, 5000));
  const retention = retains ? drawRetention(configs, random, ages) : {};
  return { name, partitions: random.between(1, 4), durability, configs, retention };
}

function drawRetention(
  configs: Record<string, string>,
  random: SeededRandom,
  ages: boolean,
): { readonly retentionMs: number } {
  if (!ages || random.chance(0.5)) {
    configs['retention.bytes'] = String(random.between(500, 10_000));
    return { retentionMs: 0 };
  }
  const retentionMs = random.between(3000, 30_000);
  configs['retention.ms'] = String(retentionMs);
  return { retentionMs };
}

function producersOf(random: SeededRandom): ProducerPlan[] {
  return Array.from({ length: random.between(1, 3) }, (_, i) => {
    const acks = pick(random, ['all', 'all', 'all', 'leader', 'none'] as const);
    return {
      name: `producer-${i}`,
      acks,
      idempotent: acks === 'all' && random.chance(0.7),
      pauseMs: pick(random, [100, 200]),
      recordsMax: pick(random, [1, 2, 5]),
      valueBytesMax: pick(random, [16, 100, 100, 600]),
      behindMsMax: pick(random, [0, 20_000]),
    };
  });
}

function rawProducersOf(random: SeededRandom, topics: readonly TopicPlan[]): RawProducerPlan[] {
  return Array.from({ length: pick(random, [0, 1, 1, 2]) }, (_, i) => {
    const { name: topic, partitions } = pick(random, topics);
    const firstSequence = random.chance(0.5) ? 0 : 2 ** 31 - random.between(1, 100);
    return {
      name: `raw-${i}`,
      topic,
      partition: random.below(partitions),
      firstSequence,
      pauseMs: pick(random, [100, 300]),
      twins: pick(random, [0, 0.2, 0.5]),
      behindMsMax: pick(random, [0, 20_000]),
    };
  });
}

function consumersOf(random: SeededRandom): ConsumerPlan[] {
  return Array.from({ length: random.between(1, 2) }, (_, i) => ({
    name: `consumer-${i}`,
    maxWaitMs: pick(random, [100, 500]),
    partitionMaxBytes: pick(random, [200, 5000, 1_048_576]),
    seeks: pick(random, [0, 0.02, 0.1]),
  }));
}

function groupsOf(random: SeededRandom, topics: readonly TopicPlan[]): GroupPlan[] {
  return Array.from({ length: pick(random, [0, 1, 1, 2]) }, (_, i) => ({
    name: `group-${i}`,
    topics: topics.filter(() => random.chance(0.7)).map(({ name }) => name),
    members: random.between(1, 3),
    pauseMs: pick(random, [200, 600]),
    commits: pick(random, [0.2, 0.6]),
    leaves: pick(random, [0, 0.01]),
    dies: pick(random, [0, 0.01]),
  })).filter((group) => group.topics.length > 0);
}

function transactionsOf(random: SeededRandom): TransactionPlan[] {
  return Array.from({ length: pick(random, [0, 0, 1, 2]) }, (_, i) => ({
    name: `tx-${i}`,
    version: random.chance(0.6) ? 2 : 1,
    pauseMs: pick(random, [50, 300]),
    zombies: pick(random, [0, 0.3]),
  }));
}

function faultsOf(random: SeededRandom): FaultPlan {
  const sometimes = (chance: number, means: readonly number[]): number =>
    random.chance(chance) ? pick(random, means) : 0;
  const flippedBitMs = sometimes(0.15, [10_000]);
  const lostStoreMs = sometimes(0.1, [20_000]);
  const damagedValueMs = flippedBitMs > 0 ? 0 : sometimes(0.15, [2000, 10_000]);
  return {
    killMs: sometimes(0.5, [4000, 15_000]),
    powerCutMs: sometimes(0.7, [4000, 15_000]),
    stopMs: sometimes(0.3, [10_000, 20_000]),
    failedSyncMs: sometimes(0.2, [10_000, 20_000]),
    ioErrorMs: sometimes(0.2, [10_000, 20_000]),
    fullDiskMs: sometimes(0.3, [10_000, 20_000]),
    slowDiskMs: sometimes(0.3, [10_000]),
    cutLinkMs: sometimes(0.3, [5000, 15_000]),
    resetMs: sometimes(0.4, [2000, 10_000]),
    clockJumpMs: sometimes(0.3, [10_000, 20_000]),
    plausibleJumps: random.chance(0.3),
    crashAtStart: sometimes(0.6, [2, 4]),
    refusedSyncMs: sometimes(0.1, [10_000, 20_000]),
    flippedBitMs,
    storeFailureMs: sometimes(0.2, [10_000]),
    lostStoreMs,
    damagedValueMs,
    syncMs: pick(random, [1, 1, 5, 20]),
  };
}

export function topicOf({ topics }: Plan, name: string): TopicPlan {
  return topics.find((topic) => topic.name === name) as TopicPlan;
}

export function pick<T>(random: SeededRandom, of: readonly T[]): T {
  return of[random.below(of.length)] as T;
}
