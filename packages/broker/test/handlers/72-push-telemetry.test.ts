import { gzipSync } from 'node:zlib';
import { joined, type Uuid, zeroUuid } from '@skerry/base';
import {
  errorName,
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  type PushTelemetryRequestInput,
  pushTelemetryRequest,
  pushTelemetryResponse,
} from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { type Site, site } from '../group-calls.ts';
import { attribute, bytesField, gauge, metricsData, sum } from '../telemetry/otlp-bytes.ts';

let at: Site;
let known: { readonly clientInstanceId: Uuid; readonly subscriptionId: number };
beforeEach(() => {
  at = site();
  const configs = [
    { name: 'metrics', configOperation: 0, value: '*' },
    { name: 'interval.ms', configOperation: 0, value: '1000' },
  ];
  const ask = { resources: [{ resourceType: 16, resourceName: 'all', configs }] };
  at.client.ask(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, ask);
  known = subscribe();
});

function subscribe(clientInstanceId: Uuid = zeroUuid) {
  return at.client.ask(getTelemetrySubscriptionsRequest, getTelemetrySubscriptionsResponse, 0, { clientInstanceId });
}

function push(more: PushTelemetryRequestInput = {}): string {
  const answer = at.client.ask(pushTelemetryRequest, pushTelemetryResponse, 0, {
    ...known,
    metrics: metricsData(gauge('g', 1)),
    ...more,
  });
  return errorName(answer.errorCode);
}

/** What is told of clients, as "client metric{labels} value". */
const told = (): string[] =>
  [...at.node.clientMetrics].flatMap(({ clientId, points }) =>
    [...points].map(({ name, attributes, value }) => {
      const labels = attributes.map((pair) => pair.join('=')).join(',');
      return `${clientId} ${name}{${labels}} ${value}`;
    }),
  );

test('the last values are kept, and changes are added up', () => {
  const lag = (value: number) => gauge('lag', value, attribute(7, 'topic', 't'));
  expect(push({ metrics: metricsData(lag(5), sum('sent', 10n, 1), sum('bytes', 100n, 2)) })).toBe('NONE');
  at.node.machineTime(1000);
  expect(push({ metrics: metricsData(lag(3), sum('sent', 7n, 1), sum('bytes', 150n, 2)) })).toBe('NONE');
  expect(told()).toEqual(['raw lag{topic=t} 3', 'raw sent{} 17', 'raw bytes{} 150']);
});

test('a compressed push is read', () => {
  expect(push({ compressionType: 1, metrics: gzipSync(metricsData(gauge('g', 4))) })).toBe('NONE');
  expect(told()).toEqual(['raw g{} 4']);
});

test('a push that says nothing is good', () => {
  expect(push({ metrics: new Uint8Array(0) })).toBe('NONE');
});

test('the first push may come at once, the next not before the interval, but for the last of all', () => {
  expect(push()).toBe('NONE');
  expect(push()).toBe('THROTTLING_QUOTA_EXCEEDED');
  expect(push({ terminating: true })).toBe('NONE');
  at.node.machineTime(1000);
  expect(push()).toBe('INVALID_REQUEST');
});

/** Good but for its size. */
const bomb = joined([metricsData(gauge('g', 1)), bytesField(15, new Uint8Array(20_000_000))]);

test.each([
  ['no id', { clientInstanceId: zeroUuid }, 'INVALID_REQUEST'],
  ["an id of Kafka's own", { clientInstanceId: 'AAAAAAAAAAAAAAAAAAAAAQ' as Uuid }, 'INVALID_REQUEST'],
  ['another subscription', { subscriptionId: 1 }, 'UNKNOWN_SUBSCRIPTION_ID'],
  ['a strange compression', { compressionType: 9 }, 'UNSUPPORTED_COMPRESSION_TYPE'],
  ['too much', { metrics: new Uint8Array(1_048_577) }, 'TELEMETRY_TOO_LARGE'],
  ['what is no metrics', { metrics: new Uint8Array(40).fill(0xff) }, 'INVALID_RECORD'],
  ['what is not compressed', { compressionType: 4, metrics: new Uint8Array(40) }, 'INVALID_RECORD'],
  ['a bomb', { compressionType: 1, metrics: gzipSync(bomb) }, 'INVALID_RECORD'],
] as const)('%s is refused, and nothing kept', (_what, more, error) => {
  expect(push(more)).toBe(error);
  expect(told()).toEqual([]);
});

test('who has pushed for the wrong subscription may ask at once', () => {
  expect(push({ subscriptionId: 1 })).toBe('UNKNOWN_SUBSCRIPTION_ID');
  expect(subscribe(known.clientInstanceId)).toMatchObject({ errorCode: 0, subscriptionId: known.subscriptionId });
  expect(push()).toBe('THROTTLING_QUOTA_EXCEEDED');
});

test('a client that is not heard of is forgotten, with what it has told', () => {
  push();
  expect(told()).toHaveLength(1);
  at.node.machineTime(60_000);
  subscribe();
  expect(told()).toEqual([]);
});
