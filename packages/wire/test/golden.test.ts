import { closureCodec, codec, Reader, Writer } from '@skerry/wire';
import { describe, expect, test } from 'vitest';
import { joined } from './support/bytes.ts';
import { goldenFrames } from './support/golden-frames.ts';
import { asKafkaSays, type Struct } from './support/kafka-json.ts';
import { type AnyMessage, tables, versionsOf } from './support/tables.ts';

const frames = goldenFrames();
const codecs = { 'codec()': codec, 'the closures': closureCodec };

function table(name: string): AnyMessage {
  const found = tables.get(name);
  if (found === undefined) throw new Error(`no table for ${name}`);
  return found;
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
