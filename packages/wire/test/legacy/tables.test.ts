/** The versions that Kafka 4 no longer has, held against the classes of Kafka 3.9.1. */
import { codec, Reader } from '@skerry/wire';
import { expect, test } from 'vitest';
import { written } from '../support/bytes.ts';
import { goldenFrames } from '../support/golden-frames.ts';
import { asKafkaSays, type Struct } from '../support/kafka-json.ts';
import { type AnyMessage, legacyTables, tables, versionsOf } from '../support/tables.ts';

const frames = goldenFrames('legacy-frames');

function table(name: string): AnyMessage {
  const found = legacyTables.get(name);
  if (found === undefined) throw new Error(`no table for ${name}`);
  return found;
}

test('they end where those of today begin, and each has golden frames', () => {
  const golden = new Set(frames.map(({ name, version }) => `${name} v${version}`));
  expect(legacyTables.size).toBe(36);
  for (const each of legacyTables.values()) {
    expect(each.versions.min, each.name).toBe(0);
    expect(each.versions.max + 1, each.name).toBe(tables.get(each.name)?.versions.min);
    for (const version of versionsOf(each)) expect(golden).toContain(`${each.name} v${version}`);
  }
});

test('are read as Kafka wrote them and written back byte for byte', () => {
  for (const { name, version, pattern, bytes } of frames) {
    const each = codec(table(name), version);
    const reader = new Reader(bytes);
    const value = each.read(reader);
    expect(reader.remaining, `${name} v${version} ${pattern}`).toBe(0);
    expect(Buffer.compare(written(each, value), bytes), `${name} v${version} ${pattern}`).toBe(0);
  }
});

test('hold in each field what Kafka says is there', () => {
  for (const { name, version, pattern, bytes, json } of frames) {
    if (pattern !== 'full') continue;
    const value = codec(table(name), version).read(new Reader(bytes)) as Struct;
    expect(asKafkaSays(table(name).fields, value, version), `${name} v${version}`).toEqual(json);
  }
});
