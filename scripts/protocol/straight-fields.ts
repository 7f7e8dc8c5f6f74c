/** What printed code says about one field: its type, its value when absent, the test for it. */
import { type Field, inRange, versionRange } from '@skerry/wire';

type AnyField = Field<unknown, never>;
type Type = AnyField['type'];

/** A field, its key, and the name that its path makes. */
export interface Named {
  readonly key: string;
  readonly field: AnyField;
  readonly name: string;
}

export const upperFirst = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

const typeNames: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int64: 'bigint',
  offset: 'Offset',
  uuid: 'Uuid',
  string: 'string',
  bytes: 'Uint8Array',
};

/** The type of what is read (`value`), or of what may be written. */
export function typeName(type: Type, name: string, value: boolean): string {
  if (type.kind === 'array') return `readonly ${typeName(type.of, name, value)}[]`;
  if (type.kind === 'struct') return value ? `${name}Value` : name;
  if (type.kind === 'records') return value ? 'Uint8Array' : 'Part';
  return typeNames[type.kind] ?? 'number';
}

/** `test ? yes : no`, or the one of them that every version takes. */
export function choose(test: string | boolean, yes: string, no: string): string {
  if (test === true || yes === no) return yes;
  return test === false ? no : `(${test} ? ${yes} : ${no})`;
}

/** The same for statements. */
export function either(test: string | boolean, yes: string, no: string): string {
  if (test === true) return yes;
  return test === false ? no : `if (${test}) ${yes}\n  else ${no}`;
}

export function absentText(field: AnyField, name: string): string {
  if (field.absent === null) return 'null';
  const { kind } = field.type;
  if (kind === 'struct') return `absent${name}`;
  if (kind === 'array') return 'noElements';
  if (kind === 'bytes' || kind === 'records') return 'noBytes';
  if (kind === 'uuid') return 'zeroUuid';
  const zero = kind === 'bool' ? false : kind === 'string' ? '' : 0;
  const absent = field.absent as number | bigint | boolean | string | undefined;
  const plain = String(absent ?? zero);
  if (kind === 'string') return `'${plain}'`;
  if (kind === 'offset') return `Offset(${plain})`;
  return kind === 'int64' ? `${plain}n` : plain;
}

/** The test that `x` holds something that a reader without the field would not. */
export function isPresent({ field, name }: Named, x: string): string {
  const given = `${x} !== undefined`;
  const { kind } = field.type;
  if (field.absent === null) return `${given} && ${x} !== null`;
  const orNull = field.nullable === undefined ? '' : `${x} === null || `;
  const either = (test: string): string => `${given} && ${orNull === '' ? test : `(${orNull}${test})`}`;
  if (kind === 'array') return either(`${x}.length !== 0`);
  if (kind === 'bytes' || kind === 'records') return either(`${x}.byteLength !== 0`);
  if (kind === 'struct') return either(`!isAbsent${name}(${x})`);
  return `${given} && ${x} !== ${absentText(field, name)}`;
}

const fixedBytes: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  offset: 8,
  float64: 8,
  uuid: 16,
};

/** The least that a value that may not be null takes. */
export function sizeMin(type: Type, version: number, flexible: boolean): number {
  if (type.kind === 'string') return flexible ? 1 : 2;
  if (type.kind !== 'struct') return fixedBytes[type.kind] ?? (flexible ? 1 : 4);
  let sum = flexible ? 1 : 0;
  for (const field of Object.values(type.fields)) {
    if (field.tag !== undefined || !inRange(versionRange(field.versions), version)) continue;
    const nullable = inRange(versionRange(field.nullable ?? 'none'), version);
    sum += nullable && field.type.kind === 'struct' ? 1 : sizeMin(field.type, version, flexible);
  }
  return sum;
}
