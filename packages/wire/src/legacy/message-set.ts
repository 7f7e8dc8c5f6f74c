/**
 * A set of messages of format 0 and 1, as producers before Kafka 0.11 sent it: read one by one, each with its CRC
 * checked. The layout is in legacy-batch.ts.
 *
 * Compressed, a set is one wrapper message whose value holds the others. Their offsets count from 0 (format 1) or mean
 * nothing yet (format 0): a broker gives new ones, so they are not looked at. A message that is cut short at the end is
 * overlooked, as by Kafka. Keys and values are views.
 */
import type { Compute } from '@skerry/base';
import { noTimestamp } from '../batch.ts';
import { int32At, int64At, uint32At } from '../big-endian.ts';
import { type CodecName, codecName, decompressRecords } from '../compression.ts';
import type { ErrorName } from '../errors.ts';
import { magicEnd } from '../legacy-batch.ts';
import { crc32 } from './crc32.ts';
import { withLz4HeaderChecksum } from './lz4-header.ts';

/** Why a set may not be stored, and how a Produce that carries it is answered. */
export class MessageFault extends Error {
  override readonly name = 'MessageFault';
  readonly error: ErrorName;

  constructor(error: ErrorName, message: string) {
    super(message);
    this.error = error;
  }
}

export interface LegacyMessage {
  readonly magic: 0 | 1;
  /** The codec's number: what the value is compressed with, if it holds other messages. */
  readonly codec: number;
  /** The time is that of an append at some broker: in a wrapper, of all it holds. */
  readonly logAppendTime: boolean;
  /** −1 in format 0. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** What a set holds, once it is unpacked. */
export interface UnpackedSet {
  /** What its wrapper was compressed with. */
  readonly codec: CodecName;
  /** May throw a {@link MessageFault}. */
  readonly messages: Iterable<LegacyMessage>;
}

/** Of the size field: CRC, magic, attributes, the lengths of key and value. */
const sizeMin = 14;
const overheadBytes = 12;
const codecBits = 0x07;
const logAppendTimeBit = 0x08;

/** Messages as they stand in the bytes, wrappers not opened. */
export function* shallowMessages(bytes: Uint8Array): Generator<LegacyMessage, void, undefined> {
  let first: LegacyMessage | undefined;
  for (let at = 0; bytes.length - at >= overheadBytes; ) {
    const size = int32At(bytes, at + 8);
    if (size < sizeMin) throw new MessageFault('CORRUPT_MESSAGE', `a message of ${size} bytes`);
    if (bytes.length - at < magicEnd) return;
    const magic = bytes[at + 16];
    if (magic === undefined || magic > 2) throw new MessageFault('CORRUPT_MESSAGE', `a message of magic ${magic}`);
    const end = at + overheadBytes + size;
    if (end > bytes.length) return;
    if (first !== undefined && magic !== first.magic) {
      throw new MessageFault('INVALID_RECORD', `a message of magic ${magic} among those of ${first.magic}`);
    }
    if (magic === 2) throw new MessageFault('INVALID_RECORD', 'a record batch where a message is due');
    const message = readMessage(bytes, at + overheadBytes, end, magic === 0 ? 0 : 1);
    first ??= message;
    yield message;
    at = end;
  }
}

/** One message from its CRC on. */
function readMessage(bytes: Uint8Array, at: number, end: number, magic: 0 | 1): LegacyMessage {
  if (crc32(bytes, at + 4, end) !== uint32At(bytes, at)) {
    throw new MessageFault('CORRUPT_MESSAGE', 'the CRC of a message is not that of its bytes');
  }
  const attributes = bytes[at + 5] ?? 0;
  const keyAt = at + 6 + (magic === 1 ? 8 : 0);
  const key = field(bytes, keyAt, end);
  const valueAt = keyAt + 4 + (key?.length ?? 0);
  const value = field(bytes, valueAt, end);
  if (valueAt + 4 + (value?.length ?? 0) !== end) {
    throw new MessageFault('CORRUPT_MESSAGE', 'a message that is longer than its fields');
  }
  return {
    magic,
    codec: attributes & codecBits,
    logAppendTime: magic === 1 && (attributes & logAppendTimeBit) !== 0,
    timestamp: magic === 1 ? int64At(bytes, at + 6) : noTimestamp,
    key,
    value,
  };
}

function field(bytes: Uint8Array, at: number, end: number): Uint8Array | null {
  const length = end - at < 4 ? -2 : int32At(bytes, at);
  if (length === -1) return null;
  if (length < 0 || length > end - at - 4) throw new MessageFault('CORRUPT_MESSAGE', `a field of ${length} bytes`);
  return bytes.subarray(at + 4, at + 4 + length);
}

/**
 * Calls back with the messages that applications sent: those of `bytes`, or of the wrapper that stands there alone,
 * decompressed to at most `plainBytesMax`.
 */
export function unpackSet(
  bytes: Uint8Array,
  plainBytesMax: number,
  compute: Compute,
  done: (fault: MessageFault | undefined, set?: UnpackedSet) => void,
): void {
  let wrapper: LegacyMessage | undefined;
  try {
    wrapper = onlyWrapper(bytes);
  } catch (error) {
    if (!(error instanceof MessageFault)) throw error;
    return done(error);
  }
  if (wrapper === undefined) return done(undefined, { codec: 'none', messages: plainMessages(bytes, undefined) });
  const { codec: number, value, magic } = wrapper;
  const codec = codecName(number);
  if (codec === undefined) return done(new MessageFault('UNSUPPORTED_COMPRESSION_TYPE', `compression ${number}`));
  if (codec === 'zstd') return done(new MessageFault('INVALID_RECORD', 'zstd in a message of format 0 or 1'));
  if (value === null) return done(new MessageFault('INVALID_RECORD', 'a compressed message without a value'));
  const packed = codec === 'lz4' && magic === 0 ? withLz4HeaderChecksum(value) : value;
  decompressRecords(codec, packed, plainBytesMax, compute, (error, plain) => {
    if (plain === undefined) return done(new MessageFault('CORRUPT_MESSAGE', error?.message ?? 'cannot be unpacked'));
    done(undefined, { codec, messages: plainMessages(plain, wrapper) });
  });
}

/** The first message, if it is compressed. Nothing may stand beside it. */
function onlyWrapper(bytes: Uint8Array): LegacyMessage | undefined {
  const shallow = shallowMessages(bytes);
  const { value: first } = shallow.next();
  if (first === undefined || first.codec === 0) return undefined;
  if (shallow.next().value !== undefined) {
    throw new MessageFault('INVALID_RECORD', 'a compressed message that does not stand alone');
  }
  return first;
}

function* plainMessages(bytes: Uint8Array, wrapper: LegacyMessage | undefined): Generator<LegacyMessage> {
  for (const message of shallowMessages(bytes)) {
    if (message.codec !== 0) throw new MessageFault('INVALID_RECORD', 'a compressed message among others');
    if (wrapper !== undefined && message.magic !== wrapper.magic) {
      throw new MessageFault('INVALID_RECORD', `a message of magic ${message.magic} within one of ${wrapper.magic}`);
    }
    yield wrapper?.logAppendTime === true ? { ...message, timestamp: wrapper.timestamp } : message;
  }
}
