import { Offset } from '@skerry/base';
import { inRange, versionRange } from '@skerry/wire';
import * as fc from 'fast-check';
import type { AnyField, AnyMessage } from './tables.ts';

type Type = AnyField['type'];

const signed = (bits: number): fc.Arbitrary<number> =>
  fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const uuids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
const blobs = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 120, maxLength: 140 }));

const scalars: Readonly<Record<Exclude<Type['kind'], 'array' | 'struct'>, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int8: signed(8),
  int16: signed(16),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  int32: signed(32),
  uint32: fc.integer({ min: 0, max: 0xffff_ffff }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  offset: fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(2 ** 53, -(2 ** 53), Infinity)).map(Offset),
  float64: fc.double({ noNaN: true }),
  uuid: uuids,
  string: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 120, maxLength: 140 })),
  bytes: blobs,
  records: blobs,
};

function values(type: Type, version: number, bold: boolean): fc.Arbitrary<unknown> {
  if (type.kind === 'array') return fc.array(values(type.of, version, bold), { maxLength: 4, size: 'max' });
  return type.kind === 'struct' ? structs(type.fields, version, bold) : scalars[type.kind];
}

function structs(fields: AnyMessage['fields'], version: number, bold: boolean): fc.Arbitrary<object> {
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(fields)) {
    const carried = inRange(versionRange(field.versions), version);
    if (!carried && field.ignorable !== true && !bold) continue;
    const nullable = carried && inRange(versionRange(field.nullable ?? 'none'), version);
    const some = values(field.type, version, bold);
    members[name] = nullable || bold ? fc.option(some, { freq: bold && !nullable ? 50 : 3 }) : some;
  }
  // Any member may be left out: then it has its declared value. That may be null, which not every version can carry.
  return fc.record(members, { requiredKeys: bold ? [] : Object.keys(members) });
}

/** What `version` of the message can carry; or, when `bold`, also what it cannot. */
export function messages(message: AnyMessage, version: number, bold: boolean): fc.Arbitrary<object> {
  return structs(message.fields, version, bold);
}
