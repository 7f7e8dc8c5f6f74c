/** What is measured: the rows as data, with the goals that the broker is held to. How: the folder measure. */
import type { BatchShape } from './batches.ts';
import type { BrokerKey } from './brokers.ts';
import type { Metric } from './metrics.ts';

/** A bound on our own value, or on its ratio to another broker's in the same run. */
export interface Goal {
  readonly metric: Metric;
  readonly broker: BrokerKey;
  readonly to?: BrokerKey;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** What a load sends or reads. */
export interface LoadShape extends BatchShape {
  readonly partitions: number;
  readonly connections: number;
  /** Requests on each connection. */
  readonly inFlight: number;
  /** Of --megabytes: how much of it a round moves, so that slow work does not take the whole run. */
  readonly share: number;
  /** Processes that drive it, where one would limit it. */
  readonly drivers: number;
  /** Kafka's topic in this row; the others keep their promise by their node's setting. */
  readonly kafkaTopic: Readonly<Record<string, string>>;
}

export type Tool = 'java-produce' | 'java-consume' | 'java-end-to-end' | 'kafkajs-produce' | 'kafkajs-consume';

export type Task =
  | { readonly kind: 'produce' | 'fetch'; readonly shape: LoadShape }
  /** A consumer at the end of the log, a message a batch at `pace` a second. */
  | { readonly kind: 'end-to-end'; readonly shape: LoadShape; readonly pace: number }
  /** Produce, open loop, at a share of what the broker does at most. */
  | { readonly kind: 'open'; readonly shape: LoadShape; readonly ofMaximum: number }
  /** Old data is read from the disk while messages are produced at `pace` a second. */
  | { readonly kind: 'cold'; readonly shape: LoadShape; readonly pace: number }
  | { readonly kind: 'group'; readonly shape: LoadShape; readonly members: number }
  /** Transactions of one batch, one after the other from each of `producers`, each to its own partition. */
  | { readonly kind: 'transactions'; readonly shape: LoadShape; readonly producers: number; readonly records: number }
  | { readonly kind: 'tool'; readonly shape: LoadShape; readonly tool: Tool }
  | { readonly kind: 'start' }
  | { readonly kind: 'memory'; readonly shape: LoadShape }
  | { readonly kind: 'idle'; readonly partitions: number; readonly connections: number; readonly groups: number }
  | { readonly kind: 'restart'; readonly shape: LoadShape }
  | { readonly kind: 'soak'; readonly shape: LoadShape };

export interface Row {
  readonly id: string;
  readonly title: string;
  /** In the table of goals, which is measured unless other rows are asked for. */
  readonly inTable: boolean;
  readonly brokers: readonly BrokerKey[];
  readonly metrics: readonly Metric[];
  readonly goals: readonly Goal[];
  readonly task: Task;
}

const KiB = 1024;
/** What a consumer asks for at once. */
export const fetchBytes = KiB * KiB;

const real: readonly BrokerKey[] = ['kafka', 'skerry-process-crash', 'skerry-power-loss', 'target'];
const all: readonly BrokerKey[] = [...real, 'floor'];
/** Those that leave it to the operating system when bytes reach the disk. */
const cached: readonly BrokerKey[] = ['kafka', 'skerry-process-crash', 'target'];
const cachedAndFloor: readonly BrokerKey[] = [...cached, 'floor'];
const synced: readonly BrokerKey[] = ['kafka', 'skerry-power-loss', 'floor-sync', 'target'];
/** Those that this bench starts. */
const ours: readonly BrokerKey[] = ['kafka', 'skerry-process-crash', 'skerry-power-loss'];

/** Kafka syncs every batch before it answers; its default leaves that to the operating system. */
const flushEach = { 'flush.messages': '1' };

type Bound = Pick<Goal, 'atMost' | 'atLeast'>;
const asKafka = (metric: Metric, bound: Bound, broker: BrokerKey = 'skerry-process-crash'): Goal => ({
  metric,
  broker,
  to: 'kafka',
  ...bound,
});
/** Work on a goal is over where Node itself is the limit. */
const nearFloor = (metric: 'cpu' | 'rate'): Goal => ({
  metric,
  broker: 'skerry-process-crash',
  to: 'floor',
  ...(metric === 'cpu' ? { atMost: 3 } : { atLeast: 0.33 }),
});

const plain: LoadShape = {
  batchBytes: 16 * KiB,
  partitions: 1,
  connections: 1,
  inFlight: 5,
  share: 1,
  drivers: 1,
  kafkaTopic: {},
};

interface About {
  readonly inTable?: boolean;
  readonly brokers?: readonly BrokerKey[];
  readonly metrics?: readonly Metric[];
  readonly goals?: readonly Goal[];
}

function row(id: string, title: string, task: Task, about: About = {}): Row {
  const { inTable = false, brokers = cachedAndFloor, metrics = ['rate', 'cpu'], goals = [] } = about;
  return { id, title, inTable, brokers, metrics, goals, task };
}

const produce = (shape: Partial<LoadShape>): Task => ({ kind: 'produce', shape: { ...plain, ...shape } });

const table: readonly Row[] = [
  row(
    'start',
    'start to first produce (second start)',
    { kind: 'start' },
    {
      brokers: ours,
      metrics: ['start'],
      goals: [{ broker: 'skerry-power-loss', metric: 'start', atMost: 400 }],
    },
  ),
  row('produce-1k', 'produce, 1 KiB batches, 5 in flight', produce({ batchBytes: KiB, share: 0.1 }), {
    brokers: all,
    metrics: ['requests', 'cpu'],
    goals: [asKafka('requests', { atLeast: 3 })],
  }),
  row('produce-16k', 'produce, 16 KiB batches, 5 in flight', produce({}), {
    brokers: all,
    metrics: ['cpu', 'rate'],
    goals: [asKafka('cpu', { atMost: 0.35 }), asKafka('rate', { atLeast: 2 }), nearFloor('cpu'), nearFloor('rate')],
  }),
  row('produce-256k', 'produce, 256 KiB batches, 5 in flight', produce({ batchBytes: 256 * KiB }), {
    brokers: all,
    metrics: ['cpu', 'rate'],
    goals: [asKafka('cpu', { atMost: 0.6 }), asKafka('rate', { atLeast: 1.3 }), nearFloor('cpu'), nearFloor('rate')],
  }),
  row(
    'fetch-1m',
    'fetch, 1 MiB of 16 KiB batches, 2 in flight',
    { kind: 'fetch', shape: { ...plain, inFlight: 2 } },
    {
      brokers: all,
      metrics: ['cpu', 'rate'],
      goals: [asKafka('cpu', { atMost: 0.5 }), asKafka('rate', { atLeast: 1 }), nearFloor('cpu'), nearFloor('rate')],
    },
  ),
  ...([5, 50] as const).map((inFlight) => syncedRow(inFlight, true)),
  row(
    'end-to-end',
    'end to end, 2,000 messages of 1 KiB a second',
    { kind: 'end-to-end', pace: 2000, shape: { ...plain, batchBytes: KiB, inFlight: 50 } },
    {
      brokers: [...all, 'echo'],
      metrics: ['p50', 'p99', 'core'],
      goals: [
        asKafka('p99', { atMost: 0.6 }),
        { metric: 'p99', broker: 'skerry-process-crash', to: 'echo', atMost: 2 },
      ],
      inTable: true,
    },
  ),
  row('idle-5000', 'idle, 5,000 partitions and 5,000 connections', idle(5000, 5000, 0), {
    brokers: ['skerry-power-loss'],
    metrics: ['resident', 'core'],
    goals: [
      { broker: 'skerry-power-loss', metric: 'resident', atMost: 250 },
      { broker: 'skerry-power-loss', metric: 'core', atMost: 0.5 },
    ],
  }),
  row(
    'memory',
    'resident memory: idle, at most under load, after it',
    { kind: 'memory', shape: plain },
    {
      brokers: ours,
      metrics: ['residentIdle', 'residentPeak', 'resident'],
      goals: (['skerry-process-crash', 'skerry-power-loss'] as const).flatMap((broker) => [
        { broker, metric: 'residentIdle', atMost: 85 } as const,
        { broker, metric: 'residentPeak', atMost: 128 } as const,
      ]),
    },
  ),
].map((one) => ({ ...one, inTable: true }));

function syncedRow(inFlight: 1 | 5 | 50, inTable: boolean): Row {
  const bounds = { 1: undefined, 5: 3, 50: 7 } as const;
  const atLeast = bounds[inFlight];
  const title = `acks=all, every batch synced, 16 KiB, ${inFlight} in flight`;
  return row(
    `synced-${inFlight}`,
    title,
    produce({ inFlight, share: inFlight === 1 ? 0.05 : 0.25, kafkaTopic: flushEach }),
    {
      inTable,
      brokers: synced,
      metrics: ['rate', 'cpu'],
      goals: atLeast === undefined ? [] : [asKafka('rate', { atLeast }, 'skerry-power-loss')],
    },
  );
}

function idle(partitions: number, connections: number, groups: number): Task {
  return { kind: 'idle', partitions, connections, groups };
}

const counted = (count: number, what: string) => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

/** What grows with partitions, connections and groups. */
const growth: readonly Row[] = (
  [
    [0, 0, 0],
    [100, 0, 0],
    [1000, 0, 0],
    [5000, 0, 0],
    [0, 500, 0],
    [0, 5000, 0],
    [0, 0, 50],
    [0, 0, 500],
  ] as const
).map(([partitions, connections, groups]) => {
  const counts = { partitions, connections, groups };
  const grown = Object.entries(counts).find(([, count]) => count > 0);
  const [what, count] = grown ?? ['nothing', 0];
  const id = grown === undefined ? 'idle-nothing' : `idle-${what}-${count}`;
  const title = grown === undefined ? 'idle, nothing in it' : `idle, ${count.toLocaleString('en')} ${what}`;
  return row(id, title, idle(partitions, connections, groups), { brokers: ours, metrics: ['resident', 'core'] });
});

const tools: readonly (readonly [tool: Tool, title: string, share: number])[] = [
  ['java-produce', 'kafka-producer-perf-test, records of 1 KiB, acks=all', 1],
  ['java-consume', 'kafka-consumer-perf-test, records of 1 KiB', 1],
  ['java-end-to-end', 'EndToEndLatency of Kafka, one record of 1 KiB at a time', 0.02],
  ['kafkajs-produce', 'kafkajs producer, 15 records of 1 KiB a send, 5 at once', 0.25],
  ['kafkajs-consume', 'kafkajs consumer, records of 1 KiB', 0.25],
];

const more: readonly Row[] = [
  syncedRow(1, false),
  ...(['lz4', 'zstd'] as const).map((codec) =>
    row(`produce-${codec}`, `produce, batches of 16 KiB compressed with ${codec}`, produce({ codec, share: 0.25 })),
  ),
  ...[1, 10, 100, 1000].map((partitions) =>
    row(
      `partitions-${partitions}`,
      `produce, 16 KiB batches to ${counted(partitions, 'partition')}`,
      produce({ partitions }),
      {
        brokers: partitions === 1 ? cachedAndFloor : cached,
      },
    ),
  ),
  ...[1, 50, 500].map((connections) => {
    const shape = { connections, drivers: connections > 1 ? 2 : 1 };
    return row(
      `connections-${connections}`,
      `produce, 16 KiB batches over ${counted(connections, 'connection')}`,
      produce(shape),
    );
  }),
  ...[1, 16, 256, 1024].map((size) =>
    row(
      `records-${size}k`,
      `produce, one record a batch of ${size} KiB`,
      produce({ batchBytes: size * KiB, single: true, share: size === 1 ? 0.1 : 1 }),
    ),
  ),
  ...[10, 50, 80].map((percent) =>
    row(
      `open-${percent}`,
      `produce, 16 KiB batches at ${percent} % of the broker's own maximum, open loop`,
      { kind: 'open', ofMaximum: percent / 100, shape: { ...plain, connections: 4, inFlight: 50 } },
      { brokers: real, metrics: ['p50', 'p99', 'p999', 'rate', 'core'] },
    ),
  ),
  ...[1, 10, 50].map((members) =>
    row(
      `group-${members}`,
      `a consumer group of ${members} reads 50 partitions`,
      { kind: 'group', members, shape: { ...plain, partitions: 50 } },
      { brokers: cached, metrics: ['join', 'rate', 'cpu'] },
    ),
  ),
  ...[1, 10].map((producers) =>
    row(
      `transactions-${producers}`,
      `transactions of 100 records by ${counted(producers, 'producer')}`,
      { kind: 'transactions', producers, records: 100, shape: { ...plain, partitions: producers, share: 0.05 } },
      {
        brokers: real,
        metrics: ['transactions', 'p50', 'p99', 'core'],
        goals: [asKafka('transactions', { atLeast: 2 })],
      },
    ),
  ),
  row(
    'cold',
    'old data is read from the disk while 1,000 messages of 16 KiB a second are produced',
    { kind: 'cold', pace: 1000, shape: { ...plain, inFlight: 2 } },
    { brokers: real, metrics: ['rate', 'p50', 'p99', 'cpu'] },
  ),
  row(
    'restart',
    'restart with old data in 50 partitions (--gigabytes)',
    { kind: 'restart', shape: { ...plain, partitions: 50 } },
    {
      brokers: ours,
      metrics: ['startKilled', 'start'],
    },
  ),
  ...growth,
  ...tools.map(([tool, title, share]) =>
    row(
      tool,
      title,
      { kind: 'tool', tool, shape: { ...plain, share } },
      {
        brokers: real,
        metrics: tool === 'java-end-to-end' ? ['p50', 'p99'] : ['rate', 'cpu'],
        goals: tool.startsWith('java') && tool !== 'java-end-to-end' ? [asKafka('rate', { atLeast: 1 })] : [],
      },
    ),
  ),
];

/** Of --soak alone: how the resident memory of a broker moves under mixed load. */
export const soakRow: Row = row(
  'soak',
  'mixed load for --soak minutes',
  { kind: 'soak', shape: plain },
  {
    brokers: real,
    metrics: ['slope', 'resident', 'residentPeak'],
  },
);

/** All that a run without --soak can measure. */
export const rows: readonly Row[] = [...table, ...more];

export const rowOf = (id: string): Row | undefined => [...rows, soakRow].find((one) => one.id === id);
