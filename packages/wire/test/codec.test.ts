import { readdirSync } from 'node:fs';
import { Offset } from '@skerry/base';
import {
  apiKeys,
  closureCodec,
  codec,
  EncodeError,
  errorCode,
  errorName,
  type FetchResponse,
  type FetchResponseInput,
  type FileRange,
  fetchRequest,
  fetchResponse,
  heartbeatRequest,
  listOffsetsRequest,
  metadataRequest,
  Reader,
} from '@skerry/wire/all';
import { expect, expectTypeOf, test } from 'vitest';
import { written } from './support/bytes.ts';
import { tables } from './support/tables.ts';

test('a field that the version lacks holds its declared value', () => {
  const first = codec(listOffsetsRequest, 1);
  const bytes = written(first, { topics: [{ name: 't', partitions: [{ partitionIndex: 3, timestamp: -1n }] }] });
  expect(first.read(new Reader(bytes))).toEqual({
    replicaId: 0,
    isolationLevel: 0,
    topics: [{ name: 't', partitions: [{ partitionIndex: 3, currentLeaderEpoch: -1, timestamp: -1n }] }],
    timeoutMs: 0,
  });
});

test('a value that the version cannot carry is refused, by name', () => {
  const asked = { topics: [{ topic: 't', partitions: [{ fetchOffset: Offset(1), lastFetchedEpoch: 2 }] }] };
  expect(() => written(codec(fetchRequest, 11), asked)).toThrow(
    new EncodeError('FetchRequest v11: topics[0].partitions[0].lastFetchedEpoch: this version cannot carry it'),
  );
  expect(() => written(codec(fetchRequest, 12), asked)).not.toThrow();
});

test('a value that may be lost, or that is the declared one, is dropped silently', () => {
  const plain = written(codec(heartbeatRequest, 0), { groupId: 'g' });
  expect(written(codec(heartbeatRequest, 0), { groupId: 'g', groupInstanceId: null })).toEqual(plain);
  expect(() => written(codec(heartbeatRequest, 0), { groupId: 'g', groupInstanceId: 'i' })).toThrow(EncodeError);
  const bare = written(codec(fetchRequest, 4), {});
  expect(written(codec(fetchRequest, 4), { rackId: 'lost', sessionId: 7 })).toEqual(bare);
});

test('null is refused where the version has no null', () => {
  expect(() => written(codec(metadataRequest, 0), { topics: null })).toThrow(
    'MetadataRequest v0: topics: null where this version needs a value',
  );
  expect(written(codec(metadataRequest, 1), { topics: null })).toEqual(Uint8Array.from([255, 255, 255, 255]));
});

test.each([codec, closureCodec])(
  'a tagged field with its declared value is never written: old librdkafka skips it wrongly [%o]',
  (codecOf) => {
    const each = codecOf(fetchResponse, 16);
    const spelt = {
      divergingEpoch: { epoch: -1, endOffset: Offset(-1) },
      currentLeader: {},
      snapshotId: { epoch: -1 },
    };
    const bare = written(each, { responses: [{ partitions: [{}] }] });
    expect(written(each, { responses: [{ partitions: [spelt] }], nodeEndpoints: [] })).toEqual(bare);
  },
);

test('a high watermark of 2^63-1 is the one that is not sent', () => {
  const [none, some] = [Infinity, 0].map((highWatermark) => {
    const partitions = [{ highWatermark: Offset(highWatermark) }];
    return written(codec(fetchRequest, 18), { topics: [{ partitions }] }).length;
  });
  expect(none).toBe((some ?? 0) - 10);
});

test('a codec is made once', () => {
  expect(codec(fetchRequest, 12)).toBe(codec(fetchRequest, 12));
  expect(() => codec(fetchRequest, 3)).toThrow('FetchRequest has no version 3');
});

test('records are read as bytes, and may be written from a file', () => {
  type Records<R extends { readonly responses?: unknown }> =
    NonNullable<R['responses']> extends readonly (infer T)[]
      ? NonNullable<T extends { readonly partitions?: infer P } ? P : never> extends readonly (infer Q)[]
        ? Q extends { readonly records?: infer V }
          ? V
          : never
        : never
      : never;
  expectTypeOf<Records<FetchResponse>>().toEqualTypeOf<Uint8Array | null>();
  expectTypeOf<Records<FetchResponseInput>>().toEqualTypeOf<Uint8Array | FileRange | null | undefined>();
});

test('each API has its request and response under its key, and its file', () => {
  expect(apiKeys.size).toBe(91);
  const files = readdirSync(`${import.meta.dirname}/../src/messages`).filter((name) => /^\d+-[a-z-]+\.ts$/.test(name));
  for (const [key, { name, request, response }] of apiKeys) {
    expect([request.apiKey, request.name, response.apiKey, response.name]).toEqual([
      key,
      `${name}Request`,
      key,
      `${name}Response`,
    ]);
    const kebab = name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
    expect(files).toContain(`${String(key).padStart(2, '0')}-${kebab}.ts`);
    // What the package exports: whoever needs the table finds it there.
    expect(tables.get(request.name)).toBe(request);
  }
  expect(files.length).toBe(91);
});

test('an error has a name and a code; a code from the future is an unknown server error', () => {
  expect(errorCode('NOT_LEADER_OR_FOLLOWER')).toBe(6);
  expect(errorName(74)).toBe('FENCED_LEADER_EPOCH');
  expect(errorName(32_000)).toBe('UNKNOWN_SERVER_ERROR');
});
