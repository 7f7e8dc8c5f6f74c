import { closureCodec, codec, inRange, type Part, Reader, versionRange, Writer } from '@skerry/wire';
import { describe, expect, test } from 'vitest';
import { goldenFrames } from './support/golden-frames.ts';
import { type AnyMessage, tables, versionsOf } from './support/tables.ts';

const frames = goldenFrames();
const codecs = { 'codec()': codec, 'the closures': closureCodec };

function table(name: string): AnyMessage {
  const found = tables.get(name);
  if (found === undefined) throw new Error(`no table for ${name}`);
  return found;
}

function joined(parts: readonly Part[]): Uint8Array {
  return Buffer.concat(parts.map((part) => part as Uint8Array));
}

test('every message of Kafka has a table, and every table has golden frames in each of its versions', () => {
  const kafka = new Set(frames.map(({ name, version }) => `${name} v${version}`));
  const ours = new Set(
    [...tables.values()].flatMap((each) => versionsOf(each).map((version) => `${each.name} v${version}`)),
  );
  expect([...ours].filter((each) => !kafka.has(each))).toEqual([]);
  expect([...kafka].filter((each) => !ours.has(each))).toEqual([]);
});

describe.each(Object.entries(codecs))('%s', (_name, codecOf) => {
  test('reads what Kafka wrote and writes it back byte for byte', () => {
    const writer = new Writer();
    const differing = frames.filter(({ name, version, bytes }) => {
      const each = codecOf(table(name), version);
      const reader = new Reader(bytes);
      each.write(writer, each.read(reader) as never);
      return reader.remaining > 0 || Buffer.compare(joined(writer.finish()), bytes) !== 0;
    });
    expect(differing.map(({ name, version, pattern }) => `${name} v${version} ${pattern}`)).toEqual([]);
  });

  test('holds in each field what Kafka says is there', () => {
    for (const { name, version, pattern, bytes, json } of frames) {
      if (pattern !== 'full') continue;
      const value = codecOf(table(name), version).read(new Reader(bytes)) as Struct;
      expect(asKafkaSays(table(name).fields, value, version), `${name} v${version}`).toEqual(json);
    }
  });
});

type Struct = Readonly<Record<string, unknown>>;

/**
 * A value in the form of Kafka's JSON converters: what the version has, tagged fields only where they say something.
 */
function asKafkaSays(fields: AnyMessage['fields'], value: Struct, version: number): Struct {
  const said: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    if (!inRange(versionRange(field.versions), version)) continue;
    if (field.type.kind === 'records') said[`${key}SizeInBytes`] = (value[key] as Uint8Array).byteLength;
    else said[key] = inJson(field.type, value[key], version);
  }
  return said;
}

function inJson(type: AnyMessage['fields'][string]['type'], value: unknown, version: number): unknown {
  if (type.kind === 'array') return (value as readonly unknown[]).map((each) => inJson(type.of, each, version));
  if (type.kind === 'struct') return asKafkaSays(type.fields, value as Struct, version);
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
