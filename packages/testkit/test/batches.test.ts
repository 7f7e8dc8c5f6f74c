/** Batches that Kafka's own library wrote, and read, against ours: see batch-vectors.ts. */
import { readFileSync } from 'node:fs';
import { nodeCompute } from '@skerry/io';
import {
  batchBaseOffset,
  batchLength,
  batchTimestampType,
  checkBatch,
  codecName,
  controlRecord,
  decompressBatch,
  legacyMessageLength,
  records,
  recordsMagic,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { parseVector, type Vector, write } from './batch-vectors.ts';

interface Written extends Vector {
  readonly skerry: Uint8Array;
  readonly kafka: Uint8Array;
}

const inline = nodeCompute({ inline: true });
const lines = readFileSync(new URL('../../wire/test/vectors/batches.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const vectors = parse();

const batches = vectors.filter(({ kind }) => kind === 'batch');
const markers = vectors.filter(({ kind }) => kind === 'marker');
const codecOf = ({ fields }: Written) => codecName(fields['codec'] ?? 0);

test('the file holds batches of every codec, and both markers', () => {
  expect(new Set(batches.map(codecOf))).toEqual(new Set(['none', 'gzip', 'snappy', 'lz4', 'zstd']));
  expect(markers).toHaveLength(2);
});

test.each(vectors)('the $kind $name that Kafka wrote is sound', ({ kafka }) => {
  expect(checkBatch(kafka, 0, kafka.length, inline, 'log')).toBeUndefined();
  expect(batchLength(kafka, 0)).toBe(kafka.length);
});

test.each(batches)('the batch $name that Kafka wrote holds what was put in', (vector) => {
  expect(read(vector.kafka)).toEqual(expected(vector));
});

test.each(batches)('the batch $name that Kafka has read as meant holds what we write today', (vector) => {
  expect(read(write(vector))).toEqual(read(vector.skerry));
});

// The bytes of gzip, lz4 and zstd may differ from one version of their libraries to the next; ours must not.
test.each(vectors.filter((vector) => ['none', 'snappy'].includes(codecOf(vector) ?? '')))(
  'the $kind $name that Kafka has read as meant is what we write today, byte for byte',
  (vector) => {
    expect(write(vector)).toEqual(vector.skerry);
  },
);

test.each(vectors.filter((vector) => codecOf(vector) === 'none'))(
  'without compression, the $kind $name is what Kafka writes, byte for byte',
  ({ skerry, kafka }) => {
    expect(skerry).toEqual(kafka);
  },
);

test('markers say how the transaction ended', () => {
  const told = markers.map(({ kafka }) => controlRecord(kafka, 0));
  expect(told).toEqual([
    { kind: 'commit', coordinatorEpoch: 12 },
    { kind: 'abort', coordinatorEpoch: 0 },
  ]);
});

test('messages from before Kafka 0.11 are known as such, and stepped over', () => {
  for (const line of lines.filter((line) => line.startsWith('legacy'))) {
    const [, magic, codec, hex = ''] = line.split(' ');
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
    let at = 0;
    let messages = 0;
    for (; at < bytes.length; messages++) {
      expect(recordsMagic(bytes, at, bytes.length)).toBe(Number(magic));
      expect(checkBatch(bytes, at, bytes.length, inline, 'client')).toBe('oldMagic');
      at += legacyMessageLength(bytes, at, bytes.length) ?? Infinity;
    }
    expect([at, messages]).toEqual([bytes.length, codec === 'none' ? 2 : 1]);
  }
});

test('a batch is decompressed off the loop to the same records', async () => {
  const compute = nodeCompute();
  for (const { name, kafka } of batches) {
    const plain = await new Promise<Uint8Array | undefined>((resolve, reject) => {
      decompressBatch(kafka, 0, 1_000_000, compute, (error, bytes) => (error ? reject(error) : resolve(bytes)));
    });
    expect([...records(kafka, 0, plain)], `the batch ${name}`).toEqual(read(kafka));
  }
});

function parse(): readonly Written[] {
  const found: Written[] = [];
  let start = 0;
  lines.forEach((line, index) => {
    const [word, hex = ''] = line.split(' ');
    if (word === 'batch' || word === 'marker') start = index;
    if (word !== 'kafka') return;
    const skerry = lines[index - 1]?.split(' ')[1] ?? '';
    found.push({ ...parseVector(lines.slice(start, index - 1)), skerry: bytesOf(skerry), kafka: bytesOf(hex) });
  });
  return found;
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

function read(batch: Uint8Array): unknown {
  let plain: Uint8Array | undefined;
  decompressBatch(batch, 0, 1_000_000, inline, (error, bytes) => {
    if (error !== undefined) throw error;
    plain = bytes;
  });
  return [...records(batch, 0, plain)];
}

function expected({ fields, records: put, kafka }: Written): unknown {
  return put.map(({ timestamp, key, value, headers }, index) => ({
    offset: batchBaseOffset(kafka, 0) + index,
    timestamp: batchTimestampType(kafka, 0) === 'logAppendTime' ? fields['appendTime'] : timestamp,
    key,
    value,
    headers,
  }));
}
