import {
  apiVersionsRequest,
  apiVersionsResponse,
  listGroupsRequest,
  listGroupsResponse,
  metadataRequest,
  metadataResponse,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { stage } from './stage.ts';

test('a broker that knows only the oldest ApiVersions is asked again in that version', async () => {
  const { broker, client, settle } = stage();
  broker.hasTopic('t');
  await settle(client.metadata(['t']));
  expect(broker.calls.map(({ apiKey, version }) => `${apiKey} v${version}`)).toEqual(['18 v4', '18 v0', '3 v13']);
});

test('each API is spoken in the newest version both sides know', async () => {
  const { broker, client, settle } = stage();
  broker.on(metadataRequest, metadataResponse, () => ({ brokers: [], topics: [] }), [2, 7]);
  await settle(client.metadata(['t']));
  expect(broker.calls.at(-1)).toMatchObject({ apiKey: 3, version: 7, clientId: 'skerry' });
});

test('an API that the broker does not have is refused before it is sent', async () => {
  const { broker, client, settle } = stage();
  broker.hasTopic('t');
  const connection = await settle(client.any());
  const asked = connection.request(listGroupsRequest, listGroupsResponse, {});
  await expect(settle(asked)).rejects.toThrow('fake:9092 does not speak ListGroups in any version we know');
});

test('answers are matched to requests though several are under way', async () => {
  const { broker, client, settle } = stage();
  let asked = 0;
  broker.on(metadataRequest, metadataResponse, () => ({ controllerId: asked++, brokers: [], topics: [] }));
  const answers = await settle(Promise.all([client.metadata([]), client.metadata([]), client.metadata([])]));
  expect(answers.map(({ controllerId }) => controllerId)).toEqual([0, 1, 2]);
  expect(broker.count(apiVersionsRequest)).toBe(2); // One connection, asked in two versions.
});

test('a request that is not answered in time closes the connection, and the next opens another', async () => {
  const { world, broker, client, settle } = stage({ requestTimeoutMs: 2000 });
  let silent = true;
  broker.on(metadataRequest, metadataResponse, () =>
    silent ? undefined : { brokers: [], topics: [], controllerId: 9 },
  );
  await expect(settle(client.metadata([]))).rejects.toThrow('fake:9092: no answer to MetadataRequest within 2000 ms');
  expect(world.clock.monotonicMs()).toBeGreaterThanOrEqual(2000);
  silent = false;
  await expect(settle(client.metadata([]))).resolves.toMatchObject({ controllerId: 9 });
});

test('a connection that breaks fails all that wait for it', async () => {
  const { broker, client, settle } = stage();
  broker.on(metadataRequest, metadataResponse, () => {
    broker.drop();
    return undefined;
  });
  const [first, second] = await settle(Promise.allSettled([client.metadata([]), client.metadata([])]));
  expect(first).toMatchObject({ status: 'rejected', reason: { name: 'UnreachableError' } });
  expect(second).toMatchObject({ status: 'rejected', reason: { name: 'UnreachableError' } });
});

test('a broker that is not there is told with its address', async () => {
  const { client, settle } = stage({ bootstrap: ['nobody:9092'] });
  await expect(settle(client.any())).rejects.toThrow(/^nobody:9092: connect ECONNREFUSED/);
});

test('a silent network is given up after the connect time-out', async () => {
  const { world, client, settle } = stage({ connectTimeoutMs: 3000 });
  world.network.cut('client', 'fake');
  await expect(settle(client.any())).rejects.toThrow('fake:9092: no connection within 3000 ms');
});

test('the next broker is tried when the first is away', async () => {
  const { broker, client, settle } = stage({ bootstrap: ['nobody:9092', 'fake'] });
  broker.hasTopic('t');
  await expect(settle(client.any())).resolves.toMatchObject({ address: { host: 'fake', port: 9092 } });
});

test('bytes that are no answer end the connection, and are told', async () => {
  const { broker, client, settle } = stage();
  // An answer to something else.
  broker.on(metadataRequest, apiVersionsResponse, () => ({ apiKeys: [{ apiKey: 7 }] }), [0, 5]);
  await expect(settle(client.metadata([]))).rejects.toMatchObject({ name: 'ProtocolError' });
});

test('an answer out of turn ends the connection: no answer after it could be trusted', async () => {
  const { broker, client, settle } = stage();
  let asked = 0;
  broker.on(metadataRequest, metadataResponse, () => {
    // The first is never answered, the second is.
    if (asked++ === 0) broker.skipAnswer();
    return { brokers: [], topics: [] };
  });
  const [first, second] = await settle(Promise.allSettled([client.metadata([]), client.metadata([])]));
  expect(first).toMatchObject({ reason: { name: 'ProtocolError' } });
  expect(second).toMatchObject({ reason: { name: 'ProtocolError' } });
});
