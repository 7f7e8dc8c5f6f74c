/** MetricsData as a client would write it, in a few words. */
import { joined, utf8Encode } from '@skerry/base';

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return new Uint8Array([...bytes, left]);
}

export const bytesField = (number: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const inner = joined(parts);
  return joined([varint(number * 8 + 2), varint(inner.length), inner]);
};
export const textField = (number: number, text: string): Uint8Array => bytesField(number, utf8Encode(text));
export const varintField = (number: number, value: number): Uint8Array => joined([varint(number * 8), varint(value)]);

export function doubleField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return joined([varint(number * 8 + 1), bytes]);
}

export function int64Field(number: number, value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return joined([varint(number * 8 + 1), bytes]);
}

export const attribute = (field: number, key: string, value: string): Uint8Array =>
  bytesField(field, textField(1, key), bytesField(2, textField(1, value)));

export const gauge = (name: string, value: number, ...more: readonly Uint8Array[]): Uint8Array =>
  bytesField(2, textField(1, name), bytesField(5, bytesField(1, doubleField(4, value), ...more)));

export const sum = (name: string, value: bigint, temporality: number): Uint8Array =>
  bytesField(
    2,
    textField(1, name),
    bytesField(7, bytesField(1, int64Field(6, value)), varintField(2, temporality), varintField(3, 1)),
  );

/** One resource with one scope of these metrics. */
export const metricsData = (...metrics: readonly Uint8Array[]): Uint8Array =>
  bytesField(1, bytesField(1, attribute(1, 'host', 'a')), bytesField(2, textField(1, 'scope'), ...metrics));
