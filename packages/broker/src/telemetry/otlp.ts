/**
 * What clients push of themselves: OpenTelemetry's MetricsData (opentelemetry-proto, metrics/v1), read just as far as
 * names, labels and numbers go.
 *
 * The bytes are anybody's: every length is held against what is left, nesting is as deep as the format and no deeper,
 * and no more points are kept than asked for. Exemplars, buckets, quantiles and descriptions are passed over.
 */
import { ProtocolError, utf8Decode } from '@skerry/base';

type Attributes = readonly (readonly [name: string, value: string])[];

export interface MetricPoint {
  readonly name: string;
  /** A gauge is a state; a total only grows; a change is what came to a total since the point before. */
  readonly kind: 'gauge' | 'total' | 'change';
  readonly attributes: Attributes;
  readonly value: number;
}

/** Labels of one point that are kept. */
const attributesMax = 32;
const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
/** Of a sum or histogram, the temporality that tells changes. */
const delta = 1;
const valueFields = { asDouble: 4, asInt: 6 } as const;
const metricFields = { name: 1, gauge: 5, sum: 7, histogram: 9 } as const;

/** The first `pointsMax` points in `bytes`; a ProtocolError if it is not what it should be. */
export function readMetrics(bytes: Uint8Array, pointsMax: number): readonly MetricPoint[] {
  const points: MetricPoint[] = [];
  eachField(whole(bytes), (resource) => {
    if (resource.number === 1)
      eachField(resource, (scope) => scope.number === 2 && readScope(scope, points, pointsMax));
  });
  return points;
}

function readScope(scope: Field, points: MetricPoint[], pointsMax: number): void {
  eachField(scope, (metric) => {
    if (metric.number === 2 && points.length < pointsMax) readMetric(metric, points, pointsMax);
  });
}

function readMetric(metric: Field, points: MetricPoint[], pointsMax: number): void {
  let name = '';
  const data: Field[] = [];
  eachField(metric, (field) => {
    if (field.number === metricFields.name) name = textOf(field);
    else if (field.number >= metricFields.gauge && field.number <= metricFields.histogram) data.push(field);
  });
  // Of the kinds of data one is there; Protocol Buffers let the last one win.
  const last = data.at(-1);
  if (last === undefined) return;
  let temporality = 0;
  const found: Field[] = [];
  eachField(last, (field) => {
    if (field.number === 1 && found.length < pointsMax) found.push(field);
    else if (field.number === 2) temporality = field.value;
  });
  const grows = temporality === delta ? 'change' : 'total';
  for (const point of found) {
    if (points.length >= pointsMax) return;
    if (last.number === metricFields.gauge) points.push({ ...readPoint(point), name, kind: 'gauge' });
    else if (last.number === metricFields.sum) points.push({ ...readPoint(point), name, kind: grows });
    else if (last.number === metricFields.histogram) points.push(...readHistogram(point, name, grows));
  }
}

function readPoint(point: Field): { attributes: Attributes; value: number } {
  const attributes: (readonly [string, string])[] = [];
  let value = 0;
  eachField(point, (field) => {
    if (field.number === valueFields.asDouble) value = doubleOf(field);
    else if (field.number === valueFields.asInt) value = Number(view(field).getBigInt64(field.start, true));
    else if (field.number === 7) addAttribute(attributes, field);
  });
  return { attributes, value };
}

/** How many there were, and what they make together. */
function readHistogram(point: Field, name: string, kind: 'total' | 'change'): readonly MetricPoint[] {
  const attributes: (readonly [string, string])[] = [];
  let count = 0;
  let sum = 0;
  eachField(point, (field) => {
    if (field.number === 4) count = Number(view(field).getBigUint64(field.start, true));
    else if (field.number === 5) sum = doubleOf(field);
    else if (field.number === 9) addAttribute(attributes, field);
  });
  return [
    { name: `${name}.count`, kind, attributes, value: count },
    { name: `${name}.sum`, kind, attributes, value: sum },
  ];
}

function addAttribute(attributes: (readonly [string, string])[], field: Field): void {
  if (attributes.length >= attributesMax) return;
  let key = '';
  let value = '';
  eachField(field, (part) => {
    if (part.number === 1) key = textOf(part);
    else if (part.number === 2) value = anyValue(part);
  });
  attributes.push([key, value]);
}

/** Strings, truth values and numbers; lists and maps are left empty. */
function anyValue(any: Field): string {
  let text = '';
  eachField(any, (part) => {
    if (part.number === 1) text = textOf(part);
    else if (part.number === 2) text = String(part.value !== 0);
    else if (part.number === 3) text = String(part.value);
    else if (part.number === 4) text = String(doubleOf(part));
  });
  return text;
}

/** One field of a message: where its bytes lie, or for a varint its value. */
interface Field {
  readonly bytes: Uint8Array;
  readonly number: number;
  readonly wireType: number;
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

function whole(bytes: Uint8Array): Field {
  return { bytes, number: 0, wireType: wireTypes.bytes, start: 0, end: bytes.length, value: 0 };
}

function eachField(parent: Field, visit: (field: Field) => void): void {
  if (parent.wireType !== wireTypes.bytes) throw new ProtocolError(`field ${parent.number} is no message`);
  const { bytes, end } = parent;
  let at = parent.start;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = at < end ? (bytes[at++] ?? 0) : endless();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new ProtocolError('a varint of more than ten bytes');
  };
  while (at < end) {
    const tag = varint();
    const wireType = tag % 8;
    const number = Math.floor(tag / 8);
    if (number === 0) throw new ProtocolError('field 0 of a message');
    let value = 0;
    let length = 0;
    if (wireType === wireTypes.varint) value = varint();
    else if (wireType === wireTypes.fixed64) length = 8;
    else if (wireType === wireTypes.fixed32) length = 4;
    else if (wireType === wireTypes.bytes) length = varint();
    else throw new ProtocolError(`wire type ${wireType}`);
    if (length > end - at) throw new ProtocolError(`${length} bytes wanted, ${end - at} left`);
    visit({ bytes, number, wireType, start: at, end: at + length, value });
    at += length;
  }
}

function endless(): never {
  throw new ProtocolError('a message that ends within a number');
}

function textOf({ bytes, wireType, number, start, end }: Field): string {
  if (wireType !== wireTypes.bytes) throw new ProtocolError(`field ${number} is no text`);
  return utf8Decode(bytes, start, end);
}

function doubleOf(field: Field): number {
  return view(field).getFloat64(field.start, true);
}

function view({ bytes, wireType, number }: Field): DataView {
  if (wireType !== wireTypes.fixed64) throw new ProtocolError(`field ${number} is no 64-bit number`);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
