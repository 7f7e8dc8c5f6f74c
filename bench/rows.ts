/** What is measured: the rows of the table as data, with the goals that the broker is held to. */
import type { BrokerKey } from './brokers.ts';

export type Metric = 'cpu' | 'rate' | 'requests' | 'p50' | 'p99' | 'core' | 'start' | 'resident' | 'residentPeak';

export const metrics: Readonly<
  Record<Metric, { readonly unit: string; readonly digits: number; readonly note?: string }>
> = {
  cpu: { unit: 'CPU s/GB', digits: 2 },
  rate: { unit: 'MB/s', digits: 0 },
  requests: { unit: 'requests/s', digits: 0 },
  core: { unit: '% of a core', digits: 1 },
  p50: { unit: 'ms', digits: 2, note: 'p50' },
  p99: { unit: 'ms', digits: 2, note: 'p99' },
  start: { unit: 'ms', digits: 0 },
  resident: { unit: 'MB', digits: 0 },
  residentPeak: { unit: 'MB', digits: 0, note: 'peak' },
};

/** A bound on the ratio to Kafka's median, or on our own value. */
export interface Goal {
  readonly metric: Metric;
  readonly broker: BrokerKey;
  readonly of: 'ratio' | 'value';
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface LoadRow {
  readonly key: string;
  readonly title: string;
  readonly kind: 'produce' | 'fetch' | 'paced';
  readonly batchBytes: number;
  readonly inFlight: number;
  /** Of --megabytes: how much of it this row moves, so that slow work does not take the whole run. */
  readonly share: number;
  readonly metrics: readonly Metric[];
  readonly brokers: readonly BrokerKey[];
  /** Kafka's topic in this row; the others keep their promise by their node's setting. */
  readonly kafkaTopic: Readonly<Record<string, string>>;
  readonly goals: readonly Goal[];
}

const KiB = 1024;
/** What a consumer asks for at once. */
export const fetchBytes = 1024 * KiB;

const asKafka: readonly BrokerKey[] = ['kafka', 'skerry-process-crash', 'skerry-power-loss', 'floor', 'target'];
const synced: readonly BrokerKey[] = ['kafka', 'skerry-power-loss', 'floor-sync', 'target'];

/** Kafka syncs every batch before it answers; its default leaves that to the operating system. */
const flushEach = { 'flush.messages': '1' };

const ratio = (broker: BrokerKey, metric: Metric, bound: Pick<Goal, 'atMost' | 'atLeast'>): Goal => ({
  broker,
  metric,
  of: 'ratio',
  ...bound,
});

export const loadRows: readonly LoadRow[] = [
  {
    key: 'produce-1',
    title: 'produce, 1 KiB batches, 5 in flight',
    kind: 'produce',
    batchBytes: KiB,
    inFlight: 5,
    share: 0.1,
    metrics: ['requests', 'cpu'],
    brokers: asKafka,
    kafkaTopic: {},
    goals: [ratio('skerry-process-crash', 'requests', { atLeast: 2.5 })],
  },
  {
    key: 'produce-16',
    title: 'produce, 16 KiB batches, 5 in flight',
    kind: 'produce',
    batchBytes: 16 * KiB,
    inFlight: 5,
    share: 1,
    metrics: ['cpu', 'rate'],
    brokers: asKafka,
    kafkaTopic: {},
    goals: [ratio('skerry-process-crash', 'cpu', { atMost: 0.5 })],
  },
  {
    key: 'produce-256',
    title: 'produce, 256 KiB batches, 5 in flight',
    kind: 'produce',
    batchBytes: 256 * KiB,
    inFlight: 5,
    share: 1,
    metrics: ['cpu', 'rate'],
    brokers: asKafka,
    kafkaTopic: {},
    goals: [ratio('skerry-process-crash', 'cpu', { atMost: 0.8 })],
  },
  {
    key: 'fetch',
    title: 'fetch, 1 MiB of 16 KiB batches, 2 in flight',
    kind: 'fetch',
    batchBytes: 16 * KiB,
    inFlight: 2,
    share: 1,
    metrics: ['cpu', 'rate'],
    brokers: asKafka,
    kafkaTopic: {},
    goals: [ratio('skerry-process-crash', 'cpu', { atMost: 0.8 })],
  },
  {
    key: 'synced-5',
    title: 'acks=all, every batch synced, 16 KiB, 5 in flight',
    kind: 'produce',
    batchBytes: 16 * KiB,
    inFlight: 5,
    share: 0.25,
    metrics: ['rate', 'cpu'],
    brokers: synced,
    kafkaTopic: flushEach,
    goals: [ratio('skerry-power-loss', 'rate', { atLeast: 3 })],
  },
  {
    key: 'synced-50',
    title: 'acks=all, every batch synced, 16 KiB, 50 in flight',
    kind: 'produce',
    batchBytes: 16 * KiB,
    inFlight: 50,
    share: 0.25,
    metrics: ['rate', 'cpu'],
    brokers: synced,
    kafkaTopic: flushEach,
    goals: [ratio('skerry-power-loss', 'rate', { atLeast: 7 })],
  },
  {
    key: 'paced',
    title: 'end to end, 2,000 messages of 1 KiB a second',
    kind: 'paced',
    batchBytes: KiB,
    inFlight: 50,
    share: 0.02,
    metrics: ['p50', 'p99', 'core'],
    brokers: asKafka,
    kafkaTopic: {},
    goals: [ratio('skerry-process-crash', 'p99', { atMost: 0.6 })],
  },
];

/** Rows that are no load of their own. */
export const startRow = {
  key: 'start',
  title: 'start to first produce (second start)',
  goals: [{ broker: 'skerry-power-loss', metric: 'start', of: 'value', atMost: 400 }],
} as const satisfies { key: string; title: string; goals: readonly Goal[] };

export const memoryRow = {
  key: 'memory',
  title: 'resident memory after all loads',
  goals: [
    { broker: 'skerry-process-crash', metric: 'residentPeak', of: 'value', atMost: 160 },
    { broker: 'skerry-power-loss', metric: 'residentPeak', of: 'value', atMost: 160 },
  ],
} as const satisfies { key: string; title: string; goals: readonly Goal[] };

export const rowKeys: readonly string[] = [startRow.key, ...loadRows.map((row) => row.key), memoryRow.key];
