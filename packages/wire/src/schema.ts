/**
 * A message of the protocol as a table (KIP-482): one declaration covers every version, and its TypeScript type is
 * derived from it.
 *
 * A field absent from a version holds its declared value there, so that nobody asks which version is served. A table is
 * plain data: codec.ts makes readers and writers of it, the frozen layouts and the straight-line sources are printed
 * from it.
 */
import type { Offset, Uuid } from '@skerry/base';
import type { Reader } from './reader.ts';
import { type VersionRange, versionRange } from './versions.ts';
import type { FileRange, Writer } from './writer.ts';

export type ScalarKind =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'offset'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records';

export type Type =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'array'; readonly of: Type }
  | { readonly kind: 'struct'; readonly fields: Fields };

export interface FieldOptions<T> {
  /** Held where the version lacks the field, and taken where a writer leaves it out. Without it: zero, false, empty. */
  readonly absent?: T | null;
  /** A tagged field travels in the tail of its struct, and only when it differs from `absent`. */
  readonly tag?: number;
  /** Versions in which it is tagged, where these are not all that have it. */
  readonly taggedVersions?: string;
  /** A version without this field may lose its value. Without it, losing a value other than `absent` is refused. */
  readonly ignorable?: boolean;
  /** `none`: in the old encoding even where the message is flexible (the request header's client id). */
  readonly flexible?: 'none';
}

export interface NullableOptions<T> extends FieldOptions<T> {
  /** Versions in which null may be sent. */
  readonly nullable?: string;
}

declare const value: unique symbol;
declare const input: unique symbol;

/** One field of a struct. `T` is what a reader gives, `I` what a writer takes. */
export interface Field<out T, in I = T> extends NullableOptions<unknown> {
  readonly type: Type;
  readonly versions: string;
  readonly [value]?: T;
  readonly [input]?: (value: I) => void;
}

export type Fields = Readonly<Record<string, Field<unknown, never>>>;
type Taken<F> = F extends Field<unknown, infer I> ? I : never;

/** The value of a struct: every field, in every version. */
export type Infer<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T, never> ? T : never };
/** What a writer takes for a struct: a field left out holds its declared value. */
export type InferInput<F extends Fields> = { readonly [K in keyof F]?: Taken<F[K]> | undefined };

/** Straight-line code for a table, printed from it; the closures of codec.ts do the same, slower. */
export interface Straight {
  read(reader: Reader, version: number): unknown;
  write(writer: Writer, version: number, value: never): void;
}

/** A message in all its versions. `T` is what reading gives, `I` what writing takes. */
export interface Message<out T, in I = T> {
  readonly name: string;
  /** The API's number, or the record type's; −1 for a message that has none. */
  readonly apiKey: number;
  readonly versions: VersionRange;
  readonly flexible: VersionRange;
  readonly fields: Fields;
  readonly straight: Straight | undefined;
  readonly [value]?: T;
  readonly [input]?: (value: I) => void;
}

export type ValueOf<M> = M extends Message<infer T, never> ? T : never;
export type InputOf<M> = M extends Message<unknown, infer I> ? I : never;

export function message<const F extends Fields>(table: {
  readonly name: string;
  readonly apiKey?: number;
  readonly versions: string;
  readonly flexible: string;
  readonly fields: F;
  readonly straight?: Straight;
}): Message<Infer<F>, InferInput<F>> {
  const { name, apiKey = -1, fields, straight } = table;
  const [versions, flexible] = [versionRange(table.versions), versionRange(table.flexible)];
  return { name, apiKey, versions, flexible, fields, straight };
}

type Held<T, O> = O extends { readonly nullable: string } ? T | null : T;

/** Makes a field of one kind; it also names that kind as the element of an array. */
export type Scalar<T> = (versions: string, options?: FieldOptions<T>) => Field<T>;
export interface NullableScalar<T, I = T> {
  <const O extends NullableOptions<T>>(versions: string, options?: O): Field<Held<T, O>, Held<I, O>>;
}

function scalar<T>(kind: ScalarKind): (versions: string, options?: FieldOptions<unknown>) => Field<T> {
  const type: Type = { kind };
  return (versions, options) => ({ type, versions, ...options });
}

function nullableScalar<T, I = T>(kind: ScalarKind): NullableScalar<T, I> {
  const type: Type = { kind };
  return (versions, options) => ({ type, versions, ...options });
}

export const bool: Scalar<boolean> = scalar('bool');
export const int8: Scalar<number> = scalar('int8');
export const int16: Scalar<number> = scalar('int16');
export const uint16: Scalar<number> = scalar('uint16');
export const int32: Scalar<number> = scalar('int32');
/** @public Kafka's definitions may use it, though those of 4.4 do not. */
export const uint32: Scalar<number> = scalar('uint32');
export const int64: Scalar<bigint> = scalar('int64');
/** An int64 that is a position in a partition: a number, exact to 2^53; 2^63−1 is Infinity. */
export const offset: (versions: string, options?: FieldOptions<number>) => Field<Offset> = scalar('offset');
export const float64: Scalar<number> = scalar('float64');
export const uuid: Scalar<Uuid> = scalar('uuid');
export const string: NullableScalar<string> = nullableScalar<string>('string');
/** A view into the frame that was read, not a copy. */
export const bytes: NullableScalar<Uint8Array> = nullableScalar<Uint8Array>('bytes');
/**
 * Record batches. Read as a view; written from bytes, or from a range of a file that is sent without being read here.
 */
export const records: NullableScalar<Uint8Array, Uint8Array | FileRange> = nullableScalar<
  Uint8Array,
  Uint8Array | FileRange
>('records');

/** An array of structs, given their fields, or of scalars, given their constructor. */
export function array<const F extends Fields, const O extends NullableOptions<readonly never[]>>(
  versions: string,
  of: F,
  options?: O,
): Field<Held<readonly Infer<F>[], O>, Held<readonly InferInput<F>[], O>>;
export function array<T, const O extends NullableOptions<readonly never[]>>(
  versions: string,
  of: (versions: string) => Field<T>,
  options?: O,
): Field<Held<readonly T[], O>>;
export function array(
  versions: string,
  of: Fields | ((versions: string) => Field<unknown, never>),
  options?: NullableOptions<readonly never[]>,
): Field<unknown, never> {
  const element: Type = typeof of === 'function' ? of(versions).type : { kind: 'struct', fields: of };
  return { type: { kind: 'array', of: element }, versions, ...options };
}

/** A struct within a struct. Without `absent: null` it holds its fields' declared values where the version lacks it. */
export function struct<const F extends Fields, const O extends NullableOptions<never>>(
  versions: string,
  fields: F,
  options?: O,
): Field<Held<Infer<F>, O>, Held<InferInput<F>, O>> {
  return { type: { kind: 'struct', fields }, versions, ...options };
}
