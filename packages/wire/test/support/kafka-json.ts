import { inRange, versionRange } from '@skerry/wire';
import type { AnyMessage } from './tables.ts';

export type Struct = Readonly<Record<string, unknown>>;

/**
 * A value in the form of Kafka's JSON converters: what the version has, tagged fields only where they say something.
 */
export function asKafkaSays(fields: AnyMessage['fields'], value: Struct, version: number): Struct {
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
