import { zeroUuid } from '@skerry/base';
import type { Field, Fields, ScalarKind, Type } from './schema.ts';

export type StructValue = Readonly<Record<string, unknown>>;
type AnyField = Field<unknown, never>;

export const noBytes: Uint8Array = new Uint8Array(0);
const scalars: Readonly<Record<ScalarKind, unknown>> = {
  bool: false,
  int8: 0,
  int16: 0,
  uint16: 0,
  int32: 0,
  uint32: 0,
  int64: 0n,
  offset: 0,
  float64: 0,
  uuid: zeroUuid,
  string: '',
  bytes: noBytes,
  records: noBytes,
};
export const noElements: readonly never[] = Object.freeze([]);
const structs = new WeakMap<Fields, StructValue>();

/**
 * What a field holds in a version that lacks it, and what a writer takes for it when it is left out. Shared: nobody may
 * change it.
 */
export function absentValue(field: AnyField): unknown {
  if (field.absent !== undefined) return field.absent;
  if (field.type.kind === 'array') return noElements;
  return field.type.kind === 'struct' ? absentStruct(field.type.fields) : scalars[field.type.kind];
}

/** A struct in which every field is absent. */
export function absentStruct(fields: Fields): StructValue {
  const known = structs.get(fields);
  if (known !== undefined) return known;
  const names = Object.keys(fields).map((name) => [name, null] as const);
  // Parsed, because V8 then keeps all fields within the object: copies of it, one for each struct read, take half the
  // time. Not frozen: a copy of a frozen object takes ten times as long.
  const made = JSON.parse(JSON.stringify(Object.fromEntries(names))) as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) made[name] = absentValue(field);
  structs.set(fields, made);
  return made;
}

/** Whether dropping `value` loses nothing: a reader without the field would hold the same. */
export function isAbsent(field: AnyField, value: unknown): boolean {
  const absent = absentValue(field);
  if (value === absent || value === undefined) return true;
  if (absent === null || value === null) return false;
  return isEmpty(field.type, value);
}

function isEmpty(type: Type, value: unknown): boolean {
  if (type.kind === 'array') return (value as readonly unknown[]).length === 0;
  if (type.kind === 'bytes' || type.kind === 'records') return (value as Uint8Array).byteLength === 0;
  if (type.kind !== 'struct') return false;
  const struct = value as StructValue;
  return Object.entries(type.fields).every(([name, field]) => isAbsent(field, struct[name]));
}
