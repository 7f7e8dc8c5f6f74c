import { readFileSync } from 'node:fs';
import { joined, ProtocolError } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { codec, decompressRecords, pushTelemetryRequest, Reader, requestHeader } from '@skerry/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMetrics } from '../../src/telemetry/otlp.ts';
import {
  attribute,
  bytesField,
  doubleField,
  gauge,
  int64Field,
  metricsData,
  sum,
  textField,
  varint,
  varintField,
} from './otlp-bytes.ts';

test('gauges, totals and changes, with their labels', () => {
  const bytes = metricsData(
    gauge('a.lag', 2.5, attribute(7, 'topic', 't')),
    sum('a.total', 7n, 2),
    sum('a.change', -7n, 1),
  );
  expect(readMetrics(bytes, 10)).toEqual([
    { name: 'a.lag', kind: 'gauge', value: 2.5, attributes: [['topic', 't']] },
    { name: 'a.total', kind: 'total', value: 7, attributes: [] },
    { name: 'a.change', kind: 'change', value: -7, attributes: [] },
  ]);
});

test('a histogram is how many there were and what they make together', () => {
  const point = bytesField(1, int64Field(4, 3n), doubleField(5, 1.5), attribute(9, 'k', 'v'));
  const bytes = metricsData(bytesField(2, textField(1, 'h'), bytesField(9, point, varintField(2, 1))));
  expect(readMetrics(bytes, 10)).toEqual([
    { name: 'h.count', kind: 'change', value: 3, attributes: [['k', 'v']] },
    { name: 'h.sum', kind: 'change', value: 1.5, attributes: [['k', 'v']] },
  ]);
});

test('labels that are no text, and what this broker has no use for', () => {
  const labels = [varintField(2, 1), varintField(3, 42), doubleField(4, 0.5), bytesField(5)];
  const more = labels.map((value, i) => bytesField(7, textField(1, `k${i}`), bytesField(2, value)));
  const bytes = joined([metricsData(gauge('g', 1, ...more)), varintField(15, 3), bytesField(2, varint(9))]);
  expect(readMetrics(bytes, 10)[0]?.attributes).toEqual([
    ['k0', 'true'],
    ['k1', '42'],
    ['k2', '0.5'],
    ['k3', ''],
  ]);
});

test("what Java's producer pushes is read whole", () => {
  const hex = readFileSync(new URL('vectors/push-telemetry-v0-java-4.3.1.hex', import.meta.url), 'utf8');
  const reader = new Reader(new Uint8Array(Buffer.from(hex.replaceAll('\n', ''), 'hex')));
  codec(requestHeader, 2).read(reader);
  const { metrics } = codec(pushTelemetryRequest, 0).read(reader);
  decompressRecords('zstd', metrics, 1024 * 1024, nodeCompute({ inline: true }), (_error, plain) => {
    const points = readMetrics(plain ?? new Uint8Array(0), 1000);
    expect(points).toHaveLength(87);
    expect(points).toContainEqual({
      name: 'org.apache.kafka.producer.buffer.total.bytes',
      kind: 'gauge',
      attributes: [],
      value: 33_554_432,
    });
  });
  expect.assertions(2);
});

test('no more points are kept than asked for', () => {
  const many = Array.from({ length: 50 }, (_, i) => gauge(`g${i}`, i));
  expect(readMetrics(metricsData(...many), 20)).toHaveLength(20);
  const points = Array.from({ length: 50 }, () => bytesField(1, doubleField(4, 1)));
  expect(readMetrics(metricsData(bytesField(2, bytesField(5, ...points))), 20)).toHaveLength(20);
});

test.each([
  ['a length beyond the end', joined([varint(10), varint(2 ** 40), new Uint8Array(3)])],
  ['a number that goes on for ever', new Uint8Array(16).fill(0xff)],
  ['a group', new Uint8Array([0x0b])],
  ['field 0', new Uint8Array([0x02, 0x00])],
  ['a number where a message is due', varintField(1, 5)],
  ['a double that is a varint', metricsData(bytesField(2, bytesField(5, bytesField(1, varintField(4, 1)))))],
])('%s is refused', (_what, bytes) => {
  expect(() => readMetrics(bytes, 10)).toThrow(ProtocolError);
});

test('whatever is cut off or changed is read or refused, and nothing else', () => {
  const good = metricsData(gauge('a', 1, attribute(7, 'k', 'v')), sum('b', 2n, 1));
  const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255), end: fc.nat(good.length) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const bytes = good.slice(0, changes[0]?.end);
      for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
      try {
        readMetrics(bytes, 10);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { numRuns: 2000 },
  );
});
