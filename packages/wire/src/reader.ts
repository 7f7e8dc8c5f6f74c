import { Offset, ProtocolError, type Uuid, utf8Decode, uuidFrom } from '@skerry/base';

const noBytes = new Uint8Array(0);

/** Java refuses longer strings in either encoding, so nobody sends them. */
const stringBytesMax = 0x7fff;

/**
 * Arrays up to this many elements are taken whatever their frame; a longer one may spend four times the frame on its
 * slots of eight bytes. Only elements of one byte reach that, and those come by the thousand from nobody but an
 * attacker.
 */
const freeElementsMax = 512;

/**
 * A cursor over foreign bytes. Every declared length or count is checked against what is left before anything is spent
 * on it; a breach is a {@link ProtocolError}.
 *
 * Bytes and records are given as views: they live as long as the frame does.
 */
export class Reader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#end = Math.min(end, bytes.length);
    this.#at = start;
  }

  get position(): number {
    return this.#at;
  }

  /** Goes back to a place where this reader has been. */
  rewind(position: number): void {
    this.#at = position;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  /** Takes `count` bytes, which must be there; returns where they begin. */
  need(count: number): number {
    const at = this.#at;
    if (count > this.#end - at) throw new ProtocolError(`${count} bytes wanted, ${this.#end - at} left`);
    this.#at = at + count;
    return at;
  }

  bool(): boolean {
    return this.#view.getInt8(this.need(1)) !== 0;
  }

  int8(): number {
    return this.#view.getInt8(this.need(1));
  }

  int16(): number {
    return this.#view.getInt16(this.need(2));
  }

  uint16(): number {
    return this.#view.getUint16(this.need(2));
  }

  int32(): number {
    return this.#view.getInt32(this.need(4));
  }

  uint32(): number {
    return this.#view.getUint32(this.need(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.need(8));
  }

  float64(): number {
    return this.#view.getFloat64(this.need(8));
  }

  offset(): Offset {
    const at = this.need(8);
    const high = this.#view.getInt32(at);
    const low = this.#view.getUint32(at + 4);
    if (high === 0x7fff_ffff && low === 0xffff_ffff) return Offset(Infinity);
    // ±2^53, both ends included: past them a number would silently round.
    if (high > 0x1f_ffff || high < -0x20_0000) {
      if (high !== 0x20_0000 || low !== 0) throw new ProtocolError('an offset beyond 2^53');
    }
    return Offset(high * 0x1_0000_0000 + low);
  }

  uuid(): Uuid {
    return uuidFrom(this.bytes, this.need(16));
  }

  /** Seven bits a byte, lowest first, at most 32 bits (KIP-482). */
  uvarint(): number {
    const first = this.#view.getUint8(this.need(1));
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.#view.getUint8(this.need(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.#view.getUint8(this.need(1));
    if (last > 0x0f) throw new ProtocolError('a varint of more than 32 bits');
    return (value | (last << 28)) >>> 0;
  }

  string(): string {
    return this.#text(this.int16()) ?? missing();
  }

  nullableString(): string | null {
    return this.#text(this.int16());
  }

  compactString(): string {
    return this.#text(this.uvarint() - 1) ?? missing();
  }

  nullableCompactString(): string | null {
    return this.#text(this.uvarint() - 1);
  }

  blob(): Uint8Array {
    return this.#blob(this.int32()) ?? missing();
  }

  nullableBlob(): Uint8Array | null {
    return this.#blob(this.int32());
  }

  compactBlob(): Uint8Array {
    return this.#blob(this.uvarint() - 1) ?? missing();
  }

  nullableCompactBlob(): Uint8Array | null {
    return this.#blob(this.uvarint() - 1);
  }

  /** The count of an array whose elements take at least `elementBytesMin` each. */
  count(elementBytesMin: number): number {
    return this.#count(this.int32(), elementBytesMin) ?? missing();
  }

  nullableCount(elementBytesMin: number): number | null {
    return this.#count(this.int32(), elementBytesMin);
  }

  compactCount(elementBytesMin: number): number {
    return this.#count(this.uvarint() - 1, elementBytesMin) ?? missing();
  }

  nullableCompactCount(elementBytesMin: number): number | null {
    return this.#count(this.uvarint() - 1, elementBytesMin);
  }

  /** How many tagged fields follow. */
  tagCount(): number {
    const count = this.uvarint();
    if (count * 2 > this.remaining) throw new ProtocolError(`${count} tagged fields in ${this.remaining} bytes`);
    return count;
  }

  /** Skips tagged fields: those of a version to come are legal, and nothing to us (KIP-482). */
  skipTags(): void {
    for (let left = this.tagCount(); left > 0; left--) {
      this.uvarint();
      this.need(this.uvarint());
    }
  }

  /** Where a nested value of `size` bytes must end. */
  endOf(size: number): number {
    if (size > this.remaining) throw new ProtocolError(`${size} bytes wanted, ${this.remaining} left`);
    return this.#at + size;
  }

  /** Refuses a nested value that took another size than it declared. */
  mustBeAt(end: number): void {
    if (this.#at !== end) throw new ProtocolError(`a tagged field ends ${this.#at - end} bytes past its declared end`);
  }

  #text(length: number): string | null {
    if (length < 0) return nothing(length);
    if (length > stringBytesMax) throw new ProtocolError(`a string of ${length} bytes`);
    const start = this.need(length);
    return utf8Decode(this.bytes, start, start + length);
  }

  #blob(length: number): Uint8Array | null {
    if (length < 0) return nothing(length);
    if (length === 0) return noBytes;
    const start = this.need(length);
    return this.bytes.subarray(start, start + length);
  }

  #count(count: number, elementBytesMin: number): number | null {
    if (count < 0) return nothing(count);
    if (count * elementBytesMin > this.remaining) {
      throw new ProtocolError(`${count} elements in ${this.remaining} bytes`);
    }
    if (count > freeElementsMax && count * 2 > this.#end - this.#start) {
      throw new ProtocolError(`${count} elements in a frame of ${this.#end - this.#start} bytes`);
    }
    return count;
  }
}

/** −1 says null; no other negative length means anything. */
function nothing(length: number): null {
  if (length !== -1) throw new ProtocolError(`a length of ${length}`);
  return null;
}

function missing(): never {
  throw new ProtocolError('null where a value must be');
}
