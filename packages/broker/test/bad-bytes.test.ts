/**
 * What a broken or hostile peer gets: an answer, or a closed connection and one line of the log. Others never notice.
 */
import { type RawClient, World } from '@skerry/testkit';
import {
  apiVersionsRequest,
  apiVersionsResponse,
  codec,
  errorName,
  type Message,
  metadataRequest,
  Reader,
} from '@skerry/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { routes } from '../src/index.ts';
import { batchOf, createTopic, fetch, produce } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

let node: SimulatedNode;
let other: RawClient;

beforeEach(() => {
  node = new SimulatedNode(new World(21));
  node.start();
  other = node.client('other');
  createTopic(other, 't');
});

/** A frame of `body`, its length said rightly. */
const framed = (body: readonly number[]): Uint8Array =>
  new Uint8Array([0, 0, body.length >> 8, body.length & 0xff, ...body]);
const text = (words: string): Uint8Array => Uint8Array.from(words, (letter) => letter.charCodeAt(0));

const hostile: [string, Uint8Array, string][] = [
  ['a length of −1', new Uint8Array([0xff, 0xff, 0xff, 0xff]), 'a frame of -1 bytes'],
  ['a length of 2 GB', new Uint8Array([0x7f, 0xff, 0xff, 0xff, 1, 2, 3]), 'socket.request.max.bytes'],
  ['an HTTP request', text('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'), 'an HTTP request on the Kafka port'],
  ['a TLS handshake', new Uint8Array([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc]), 'a TLS handshake'],
  ['an API that is none', framed([0x7f, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0]), 'API 32639 v0 is not served'],
  ['a version that is none', framed([0, 3, 0, 99, 0, 0, 0, 1, 0, 0]), 'Metadata v99 is not served'],
  ['a negative version', framed([0, 3, 0xff, 0xff, 0, 0, 0, 1, 0, 0]), 'Metadata v-1 is not served'],
  [
    'a Produce of before Kafka 0.11',
    framed([0, 0, 0, 2, 0, 0, 0, 1, 0, 0]),
    'Produce v2 is not served: a listener that skerry.listeners.legacy names would',
  ],
  ['a header that is cut off', framed([0, 3, 0]), 'bytes wanted'],
  ['a body that is cut off', framed([0, 3, 0, 5, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 9]), 'MetadataRequest v5'],
  ['a count that lies', framed([0, 3, 0, 5, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]), 'MetadataRequest v5'],
];

describe('bytes that are no request', () => {
  test.each(hostile)('close their connection, with one line that says what they were: %s', (_what, bytes, reason) => {
    const peer = node.client('peer');
    peer.send(bytes);
    expect(peer.next()).toBeUndefined();
    const lines = node.events.filter(({ kind }) => kind === 'connectionRefused');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ host: 'peer', reason: expect.stringContaining(reason) });
    expect(produce(other, 't', batchOf(['still here']))).toMatchObject({ error: 'NONE', baseOffset: 0 });
    expect(fetch(other, 't', 0).values).toEqual(['still here']);
    expect(node.slabBytesTaken).toBe(0);
  });

  test('of every kind close one connection at most (2,000 frames at random)', () => {
    const random = new World(22).random;
    for (let i = 0; i < 2000; i++) {
      const peer = node.client('peer');
      const body = [...random.bytes(4 + random.below(60))];
      const route = routes[random.below(routes.length)];
      if (route !== undefined && i % 4 > 0) body.splice(0, 4, 0, route.apiKey, 0, random.below(route.versions[1] + 1));
      peer.send(framed(body));
      node.machineTime(50);
      peer.close();
    }
    expect(node.events.filter(({ kind }) => kind === 'handlerFailed')).toEqual([]);
    expect(produce(other, 't', batchOf(['x'])).error).toBe('NONE');
    node.machineTime(60_000);
    expect(node.slabBytesTaken).toBe(0);
  });
});

describe('ApiVersions', () => {
  test('of an unknown version is answered in v0, with the range (KIP-511)', () => {
    other.send(framed([0, 18, 0, 77, 0, 0, 0, 9, 0, 1, 0x78, 0x99]));
    const answer = codec(apiVersionsResponse, 0).read(new Reader(other.next() ?? new Uint8Array(0), 4));
    expect(errorName(answer.errorCode)).toBe('UNSUPPORTED_VERSION');
    expect(answer.apiKeys).toEqual([{ apiKey: 18, minVersion: 0, maxVersion: 5 }]);
  });

  test('names every route, and nothing else', () => {
    for (let version = 0; version <= 5; version++) {
      const value = { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' };
      const { apiKeys, errorCode } = other.ask(apiVersionsRequest, apiVersionsResponse, version, value);
      expect(errorCode).toBe(0);
      expect(apiKeys.map(({ apiKey }) => apiKey)).toEqual(routes.map(({ apiKey }) => apiKey));
    }
  });

  test.each(['', 'no spaces', '-x', 'naïve'])('refuses a client that calls itself %j', (clientSoftwareName) => {
    const value = { clientSoftwareName, clientSoftwareVersion: '1' };
    expect(errorName(other.ask(apiVersionsRequest, apiVersionsResponse, 3, value).errorCode)).toBe('INVALID_REQUEST');
  });
});

test('a request in three segments, and three requests in one, are the same to us', () => {
  const one = framed([0, 3, 0, 1, 0, 0, 0, 5, 0xff, 0xff, 0, 0, 0, 0]);
  for (const byte of one) other.send(new Uint8Array([byte]));
  expect(other.next()?.[3]).toBe(5);
  other.send(new Uint8Array([...one, ...one, ...one]));
  expect([other.next(), other.next(), other.next()].map((answer) => answer?.[3])).toEqual([5, 5, 5]);
  expect((metadataRequest as Message<unknown, never>).apiKey).toBe(3);
});
