import { type Uuid, zeroUuid } from '@skerry/base';
import {
  apiVersionsRequest,
  apiVersionsResponse,
  errorName,
  type GetTelemetrySubscriptionsResponse,
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { type Site, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

function subscription(name: string, configs: Readonly<Record<string, string>>): void {
  const resource = {
    resourceType: 16,
    resourceName: name,
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, configOperation: 0, value })),
  };
  const ask = { resources: [resource] };
  const { responses } = at.client.ask(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, ask);
  expect(responses.map(({ errorCode }) => errorName(errorCode))).toEqual(['NONE']);
}

function get(clientInstanceId: Uuid = zeroUuid, client = at.client): GetTelemetrySubscriptionsResponse {
  const ask = { clientInstanceId };
  return client.ask(getTelemetrySubscriptionsRequest, getTelemetrySubscriptionsResponse, 0, ask);
}

test('a client gets an id, and without a subscription nothing to push', () => {
  const answer = get();
  expect(answer).toMatchObject({
    errorCode: 0,
    acceptedCompressionTypes: [4, 3, 1, 2],
    pushIntervalMs: 300_000,
    telemetryMaxBytes: 1_048_576,
    deltaTemporality: true,
    requestedMetrics: [],
  });
  expect(answer.clientInstanceId).not.toBe(zeroUuid);
  expect(get().clientInstanceId).not.toBe(answer.clientInstanceId);
});

test('subscriptions that fit are put together: all their metrics, the shortest interval', () => {
  subscription('a', { metrics: 'org.apache.kafka.consumer.,org.apache.kafka.producer.', 'interval.ms': '60000' });
  subscription('b', { metrics: 'org.apache.kafka.client.', 'interval.ms': '1000' });
  subscription('other', { metrics: 'none.', 'interval.ms': '100', match: 'client_id=someone else' });
  expect(get()).toMatchObject({
    pushIntervalMs: 1000,
    requestedMetrics: ['org.apache.kafka.client.', 'org.apache.kafka.consumer.', 'org.apache.kafka.producer.'],
  });
  subscription('all', { metrics: '*' });
  expect(get().requestedMetrics).toEqual(['*']);
});

test.each([
  ['client_id=ra.', true],
  ['client_id=ra', false],
  ['client_id=raw,client_software_name=skerry-.*', true],
  ['client_id=raw,client_software_name=other', false],
  ['client_software_version=1\\.2', true],
  ['client_source_address=client', true],
  ['client_source_port=\\d+', true],
  ['client_instance_id=.{22}', true],
])('match %s: %o', (match, fits) => {
  const names = { clientSoftwareName: 'skerry-test', clientSoftwareVersion: '1.2' };
  at.client.ask(apiVersionsRequest, apiVersionsResponse, 3, names);
  subscription('a', { metrics: 'm.', match });
  expect(get().requestedMetrics).toEqual(fits ? ['m.'] : []);
});

test('who asks again before its interval is over is refused, unless there is something else to push', () => {
  subscription('a', { metrics: 'm.', 'interval.ms': '1000' });
  const { clientInstanceId, subscriptionId } = get();
  expect(errorName(get(clientInstanceId).errorCode)).toBe('THROTTLING_QUOTA_EXCEEDED');
  at.node.machineTime(1000);
  expect(get(clientInstanceId)).toMatchObject({ errorCode: 0, subscriptionId });
  subscription('a', { metrics: 'other.' });
  const changed = get(clientInstanceId);
  expect(changed).toMatchObject({ errorCode: 0, requestedMetrics: ['other.'] });
  expect(changed.subscriptionId).not.toBe(subscriptionId);
});

test('clients of one subscription have ids of their own for it', () => {
  const [one, two] = [get(), get()];
  expect(one.subscriptionId).not.toBe(two.subscriptionId);
});
