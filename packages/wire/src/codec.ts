/**
 * Readers and writers of messages, one for each message and version, made from the tables on first use.
 *
 * All questions of version are settled while a codec is made: what remains is a list of closures, one for each field of
 * that version.
 */
import { InvariantError, ProtocolError } from '@skerry/base';
import { absentStruct, absentValue, isAbsent, type StructValue } from './defaults.ts';
import type { Reader } from './reader.ts';
import type { Field, Fields, Message, ScalarKind, Straight, Type } from './schema.ts';
import { inRange, versionRange } from './versions.ts';
import { EncodeError, type Part, type Writer } from './writer.ts';

export interface Codec<out T, in I = T> {
  /**
   * The value at the reader's position; bytes and records in it are views. Bad bytes are a ProtocolError that names the
   * field.
   */
  read(reader: Reader): T;
  /**
   * Writes `value`; what it leaves out has its declared value. What the version cannot carry is an EncodeError that
   * names the field, and leaves half a message behind: reset the writer.
   */
  write(writer: Writer, value: I): void;
}

const made = new WeakMap<object, Codec<unknown, never>[]>();

/** The codec of `message` in `version`, which must be one of its versions. */
export function codec<T, I>(message: Message<T, I>, version: number): Codec<T, I> {
  let versions = made.get(message);
  if (versions === undefined) made.set(message, (versions = []));
  return (versions[version] ??= make(message, version)) as Codec<T, I>;
}

function make(message: Message<unknown, never>, version: number): Codec<unknown, never> {
  if (!inRange(message.versions, version)) throw new InvariantError(`${message.name} has no version ${version}`);
  const closures = closureCodec(message, version);
  return message.straight === undefined ? closures : straightCodec(message.straight, closures, version);
}

/** The codec made of closures, also where a message has straight-line code: tests compare the two. */
export function closureCodec<T, I>(message: Message<T, I>, version: number): Codec<T, I> {
  const coder = structCoder(message.fields, version, inRange(message.flexible, version));
  return {
    read(reader) {
      try {
        return coder.read(reader) as T;
      } catch (error) {
        throw error instanceof PathError ? error.of(message.name, version) : error;
      }
    },
    write(writer, value) {
      try {
        coder.write(writer, value);
      } catch (error) {
        throw error instanceof PathError ? error.of(message.name, version) : error;
      }
    },
  };
}

/** Straight-line code keeps no path; on an error the closures go over the same ground again and name the field. */
function straightCodec<T, I>(straight: Straight, closures: Codec<T, I>, version: number): Codec<T, I> {
  return {
    read(reader) {
      const start = reader.position;
      try {
        return straight.read(reader, version) as T;
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        reader.rewind(start);
        closures.read(reader);
        throw error;
      }
    },
    write(writer, value) {
      try {
        straight.write(writer, version, value as never);
      } catch (error) {
        // Also for the TypeError of a null that no version allows.
        closures.write(writer, value);
        throw error;
      }
    },
  };
}

/**
 * An error on its way up, gathering the names of the fields it passes. One object all the way: a stack trace is what
 * errors cost.
 */
class PathError extends Error {
  path: string;
  override readonly cause: ProtocolError | EncodeError;

  constructor(path: string, cause: ProtocolError | EncodeError) {
    super(cause.message);
    this.path = path;
    this.cause = cause;
  }

  of(name: string, version: number): ProtocolError | EncodeError {
    const text = `${name} v${version}: ${this.path}: ${this.message}`;
    return this.cause instanceof ProtocolError ? new ProtocolError(text) : new EncodeError(text);
  }
}

function within(step: string, error: unknown): unknown {
  if (error instanceof PathError) {
    error.path = `${step}${error.path.startsWith('[') ? '' : '.'}${error.path}`;
    return error;
  }
  return error instanceof ProtocolError || error instanceof EncodeError ? new PathError(step, error) : error;
}

interface Coder {
  /** The least a value takes: no count of more values than fit is believed. */
  readonly bytesMin: number;
  read(reader: Reader): unknown;
  write(writer: Writer, value: unknown): void;
}

/** How a field is encoded in one version. */
interface Form {
  readonly version: number;
  readonly compact: boolean;
  readonly nullable: boolean;
  readonly tagged: boolean;
}

function coder(type: Type, form: Form): Coder {
  if (type.kind === 'array') return arrayCoder(coder(type.of, { ...form, nullable: false, tagged: false }), form);
  if (type.kind !== 'struct') return scalarCoder(type.kind, form);
  const struct = structCoder(type.fields, form.version, form.compact);
  return form.nullable ? nullableStructCoder(struct, form.tagged ? 0 : -1) : refusingNull(struct);
}

const fixed: Readonly<
  Record<'bool' | 'int8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'offset' | 'float64' | 'uuid', Coder>
> = {
  bool: { bytesMin: 1, read: (r) => r.bool(), write: (w, v) => w.bool(v as boolean) },
  int8: { bytesMin: 1, read: (r) => r.int8(), write: (w, v) => w.int8(v as number) },
  int16: { bytesMin: 2, read: (r) => r.int16(), write: (w, v) => w.int16(v as number) },
  uint16: { bytesMin: 2, read: (r) => r.uint16(), write: (w, v) => w.uint16(v as number) },
  int32: { bytesMin: 4, read: (r) => r.int32(), write: (w, v) => w.int32(v as number) },
  uint32: { bytesMin: 4, read: (r) => r.uint32(), write: (w, v) => w.uint32(v as number) },
  int64: { bytesMin: 8, read: (r) => r.int64(), write: (w, v) => w.int64(v as bigint) },
  offset: { bytesMin: 8, read: (r) => r.offset(), write: (w, v) => w.offset(v as never) },
  float64: { bytesMin: 8, read: (r) => r.float64(), write: (w, v) => w.float64(v as number) },
  uuid: { bytesMin: 16, read: (r) => r.uuid(), write: (w, v) => w.uuid(v as never) },
};

function scalarCoder(kind: ScalarKind, form: Form): Coder {
  const { compact, nullable } = form;
  if (kind === 'string') {
    const write: Coder['write'] = compact
      ? (w, v) => w.compactString(v as string | null)
      : (w, v) => w.string(v as string | null);
    return nullChecked(nullable, { bytesMin: compact ? 1 : 2, read: textReader(compact, nullable), write });
  }
  if (kind === 'bytes' || kind === 'records') {
    const [read, write] = [blobReader(compact, nullable), blobWriter(kind, compact)];
    return nullChecked(nullable, { bytesMin: compact ? 1 : 4, read, write });
  }
  return refusingNull(fixed[kind]);
}

function textReader(compact: boolean, nullable: boolean): Coder['read'] {
  if (compact) return nullable ? (r) => r.nullableCompactString() : (r) => r.compactString();
  return nullable ? (r) => r.nullableString() : (r) => r.string();
}

function blobReader(compact: boolean, nullable: boolean): Coder['read'] {
  if (compact) return nullable ? (r) => r.nullableCompactBlob() : (r) => r.compactBlob();
  return nullable ? (r) => r.nullableBlob() : (r) => r.blob();
}

function blobWriter(kind: 'bytes' | 'records', compact: boolean): Coder['write'] {
  if (kind === 'records')
    return compact ? (w, v) => w.compactRecords(v as Part | null) : (w, v) => w.records(v as Part | null);
  return compact ? (w, v) => w.compactBlob(v as Uint8Array | null) : (w, v) => w.blob(v as Uint8Array | null);
}

function nullChecked(nullable: boolean, inner: Coder): Coder {
  return nullable ? inner : refusingNull(inner);
}

function refusingNull(inner: Coder): Coder {
  return {
    ...inner,
    write(writer, value) {
      if (value === null) throw new EncodeError('null where this version needs a value');
      inner.write(writer, value);
    },
  };
}

function countReader(compact: boolean, nullable: boolean, bytesMin: number): (reader: Reader) => number | null {
  if (compact) return nullable ? (r) => r.nullableCompactCount(bytesMin) : (r) => r.compactCount(bytesMin);
  return nullable ? (r) => r.nullableCount(bytesMin) : (r) => r.count(bytesMin);
}

function arrayCoder(element: Coder, { compact, nullable }: Form): Coder {
  const counted = countReader(compact, nullable, Math.max(element.bytesMin, 1));
  return nullChecked(nullable, {
    bytesMin: compact ? 1 : 4,
    read(reader) {
      const count = counted(reader);
      if (count === null) return null;
      // oxlint-disable-next-line unicorn/no-new-array -- sized once, and the reader has checked the count
      const values = new Array<unknown>(count);
      let index = 0;
      try {
        for (; index < count; index++) values[index] = element.read(reader);
      } catch (error) {
        throw within(`[${index}]`, error);
      }
      return values;
    },
    write(writer, value) {
      const values = value as readonly unknown[] | null;
      if (compact) writer.compactCount(values === null ? null : values.length);
      else writer.count(values === null ? null : values.length);
      let index = 0;
      try {
        for (const each of values ?? []) {
          element.write(writer, each);
          index++;
        }
      } catch (error) {
        throw within(`[${index}]`, error);
      }
    },
  });
}

/**
 * A struct that may be null says so in a byte before it: −1 (KIP-893), but 0 where the field is tagged, as Kafka's
 * generator does.
 */
function nullableStructCoder(struct: Coder, isNull: number): Coder {
  return {
    bytesMin: 1,
    read: (reader) => (reader.int8() <= isNull ? null : struct.read(reader)),
    write(writer, value) {
      writer.int8(value === null ? isNull : 1);
      if (value !== null) struct.write(writer, value);
    },
  };
}

/** One field of a struct, settled for a version. */
interface Step extends Coder {
  readonly name: string;
  readonly field: Field<unknown, never>;
  readonly absent: unknown;
}

function structCoder(fields: Fields, version: number, flexible: boolean): Coder {
  const plain: Step[] = [];
  const tagged: Step[] = [];
  const lost: Step[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const nullable = inRange(versionRange(field.nullable ?? 'none'), version);
    const compact = flexible && field.flexible !== 'none';
    const isTagged = field.tag !== undefined && inRange(versionRange(field.taggedVersions ?? field.versions), version);
    const form = { version, compact, nullable, tagged: isTagged };
    const step: Step = { name, field, absent: absentValue(field), ...coder(field.type, form) };
    if (isTagged) tagged.push(step);
    else if (inRange(versionRange(field.versions), version)) plain.push(step);
    else if (field.ignorable !== true) lost.push(step);
  }
  tagged.sort((a, b) => (a.field.tag ?? 0) - (b.field.tag ?? 0));
  const bytesMin = plain.reduce((sum, step) => sum + step.bytesMin, flexible ? 1 : 0);
  return {
    bytesMin,
    read: structReader(absentStruct(fields), plain, tagged, flexible),
    write: structWriter(plain, tagged, lost, flexible),
  };
}

function structReader(
  absent: StructValue,
  plain: readonly Step[],
  tagged: readonly Step[],
  flexible: boolean,
): Coder['read'] {
  return (reader) => {
    // A copy of the absent struct: every value of a table has one shape, whatever its version.
    const value: Record<string, unknown> = { ...absent };
    let name = '';
    try {
      for (const step of plain) {
        name = step.name;
        value[name] = step.read(reader);
      }
      if (!flexible) return value;
      name = '(tagged fields)';
      for (let left = reader.tagCount(); left > 0; left--) {
        const tag = reader.uvarint();
        const end = reader.endOf(reader.uvarint());
        const step = tagged.find(({ field }) => field.tag === tag);
        if (step === undefined) {
          reader.need(end - reader.position);
          continue;
        }
        name = step.name;
        value[name] = step.read(reader);
        reader.mustBeAt(end);
      }
    } catch (error) {
      throw within(name, error);
    }
    return value;
  };
}

function structWriter(
  plain: readonly Step[],
  tagged: readonly Step[],
  lost: readonly Step[],
  flexible: boolean,
): Coder['write'] {
  return (writer, value) => {
    const struct = value as StructValue;
    let name = '';
    try {
      for (const step of plain) {
        name = step.name;
        const held = struct[name];
        step.write(writer, held === undefined ? step.absent : held);
      }
      for (const step of lost) {
        name = step.name;
        if (!isAbsent(step.field, struct[name])) throw new EncodeError('this version cannot carry it');
      }
      if (!flexible) return;
      const present = tagged.filter(({ field, name }) => !isAbsent(field, struct[name]));
      writer.uvarint(present.length);
      for (const step of present) {
        name = step.name;
        writer.uvarint(step.field.tag ?? 0);
        const start = writer.size;
        step.write(writer, struct[name]);
        writer.prefixLength(start);
      }
    } catch (error) {
      throw within(name, error);
    }
  };
}
