import { assert, copyOf, Offset, type Uuid, utf8Length, utf8Write, uuidParse, uuidWrite } from '@skerry/base';

/** Bytes of a file that an answer carries without our reading them first. */
export interface FileRange {
  readonly byteLength: number;
  /** Fills `into` with the range's bytes from `from` on, now or later; once. */
  read(into: Uint8Array, from: number, done: (error?: Error) => void): void;
  /** Says that the range is sent, or never will be: what it pins may go. */
  release(): void;
}

/** A piece of what was written, in order. */
export type Part = Uint8Array | FileRange;

export function isFileRange(part: Part): part is FileRange {
  return !(part instanceof Uint8Array);
}

/** A value that the version cannot carry: ours or our caller's fault, never the peer's. Nothing of it is sent. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
}

/** Records from here on travel as a part of their own: a copy costs more than another part. */
const ownPartBytesMin = 4096;
/** A buffer that one large answer has grown beyond this is not kept for the next. */
const keptBytesMax = 1024 * 1024;

/**
 * Bytes to send, in a buffer that grows and is used again. Large records and file ranges are noted, not copied; {@link
 * finish} gives all in order.
 */
export class Writer {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  /** Parts that go between bytes of the buffer, with the place where they do. */
  #foreign: { at: number; readonly part: Part }[] = [];
  #foreignBytes = 0;

  /** All that was written so far, foreign parts included. */
  get size(): number {
    return this.#at + this.#foreignBytes;
  }

  /** Leaves room for an int32 that is known later; returns where, for {@link patchInt32}. */
  reserveInt32(): number {
    return this.#room(4);
  }

  patchInt32(at: number, value: number): void {
    assert(at + 4 <= this.#at, 'only what was written is patched');
    this.#view.setInt32(at, value);
  }

  /** What was written, as parts of its own; the writer is empty afterwards. */
  finish(): readonly Part[] {
    const parts: Part[] = [];
    let from = 0;
    for (const { at, part } of this.#foreign) {
      if (at > from) parts.push(copyOf(this.#bytes.subarray(from, at)));
      parts.push(part);
      from = at;
    }
    if (this.#at > from) parts.push(copyOf(this.#bytes.subarray(from, this.#at)));
    this.reset();
    return parts;
  }

  /** Forgets what was written. */
  reset(): void {
    this.#at = 0;
    if (this.#foreign.length > 0) this.#foreign = [];
    this.#foreignBytes = 0;
    if (this.#bytes.length > keptBytesMax) this.#grow(1024);
  }

  bool(value: boolean): void {
    if (typeof value !== 'boolean') outOfRange('bool', value);
    const at = this.#room(1);
    this.#view.setInt8(at, value ? 1 : 0);
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) outOfRange('int8', value);
    const at = this.#room(1);
    this.#view.setInt8(at, value);
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) outOfRange('int16', value);
    const at = this.#room(2);
    this.#view.setInt16(at, value);
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) outOfRange('uint16', value);
    const at = this.#room(2);
    this.#view.setUint16(at, value);
  }

  int32(value: number): void {
    if ((value | 0) !== value) outOfRange('int32', value);
    const at = this.#room(4);
    this.#view.setInt32(at, value);
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) outOfRange('uint32', value);
    const at = this.#room(4);
    this.#view.setUint32(at, value);
  }

  int64(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) outOfRange('int64', value);
    const at = this.#room(8);
    this.#view.setBigInt64(at, value);
  }

  float64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value);
  }

  offset(value: Offset): void {
    const exact = Number.isInteger(value) && Math.abs(value) <= 2 ** 53;
    if (!exact && value !== Offset(Infinity)) outOfRange('an offset', value);
    const at = this.#room(8);
    this.#view.setInt32(at, exact ? Math.floor(value / 0x1_0000_0000) : 0x7fff_ffff);
    this.#view.setUint32(at + 4, exact ? value >>> 0 : 0xffff_ffff);
  }

  uuid(value: Uuid): void {
    if (uuidParse(value) === undefined) outOfRange('a uuid', value);
    const at = this.#room(16);
    uuidWrite(value, this.#bytes, at);
  }

  uvarint(value: number): void {
    let rest = value >>> 0;
    const at = this.#room(uvarintSize(rest));
    let to = at;
    while (rest > 0x7f) {
      this.#view.setUint8(to++, (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.#view.setUint8(to, rest);
  }

  string(value: string | null): void {
    if (value === null) this.int16(-1);
    else {
      const length = textLength(value);
      this.int16(length);
      this.#text(value, length);
    }
  }

  compactString(value: string | null): void {
    if (value === null) this.uvarint(0);
    else {
      const length = textLength(value);
      this.uvarint(length + 1);
      this.#text(value, length);
    }
  }

  blob(value: Uint8Array | null): void {
    this.int32(value === null ? -1 : value.byteLength);
    if (value !== null) this.#copy(value);
  }

  compactBlob(value: Uint8Array | null): void {
    this.uvarint(value === null ? 0 : value.byteLength + 1);
    if (value !== null) this.#copy(value);
  }

  records(value: Part | null): void {
    this.int32(value === null ? -1 : value.byteLength);
    if (value !== null) this.#part(value);
  }

  compactRecords(value: Part | null): void {
    this.uvarint(value === null ? 0 : value.byteLength + 1);
    if (value !== null) this.#part(value);
  }

  /** The count of an array, or null. */
  count(value: number | null): void {
    this.int32(value ?? -1);
  }

  compactCount(value: number | null): void {
    this.uvarint(value === null ? 0 : value + 1);
  }

  /**
   * Puts the length before all that was written since the writer's size was `start`: a tagged field's size is known
   * only afterwards.
   */
  prefixLength(start: number): void {
    const length = this.size - start;
    const shift = uvarintSize(length);
    const end = this.#at;
    this.#room(shift);
    const from = start - this.#foreignBytes;
    assert((this.#foreign.at(-1)?.at ?? 0) <= from, 'no records in a tagged field');
    this.#bytes.copyWithin(from + shift, from, end);
    this.#at = from;
    this.uvarint(length);
    this.#at = end + shift;
  }

  #text(value: string, length: number): void {
    const at = this.#room(length);
    utf8Write(value, this.#bytes, at);
  }

  #copy(value: Uint8Array): void {
    const at = this.#room(value.byteLength);
    this.#bytes.set(value, at);
  }

  #part(value: Part): void {
    if (isFileRange(value) || value.byteLength > ownPartBytesMin) {
      this.#foreign.push({ at: this.#at, part: value });
      this.#foreignBytes += value.byteLength;
    } else this.#copy(value);
  }

  /** Makes room and takes it. Callers read `#view` and `#bytes` only after it: growing replaces both. */
  #room(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) this.#grow(Math.max(at + count, this.#bytes.length * 2));
    this.#at = at + count;
    return at;
  }

  #grow(length: number): void {
    const grown = new Uint8Array(length);
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function uvarintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

function textLength(text: string): number {
  const length = utf8Length(text);
  if (length > 0x7fff) throw new EncodeError(`a string of ${length} bytes; the protocol ends at 32767`);
  return length;
}

function outOfRange(kind: string, value: unknown): never {
  throw new EncodeError(`${String(value)} is not ${kind}`);
}
