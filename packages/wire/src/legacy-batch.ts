/**
 * Messages of format 0 and 1, from before Kafka 0.11: recognised, so that they can be refused by name or stepped over.
 * They are read and written in legacy/, for listeners that serve clients of that age.
 *
 * ```
 *  0 offset int64 · 8 size int32 · 12 CRC-32 uint32 · 16 magic int8 · 17 attributes int8
 * 18 timestamp int64 (format 1 only)
 *  then key and value, each an int32 length (−1 is null) and its bytes
 * ```
 * Several stand one after the other; a compressed one carries others in its value.
 */
import { Bytes } from '@skerry/base';
import { int32At } from './big-endian.ts';

/** Up to and with the magic: as much as tells the format. */
export const magicEnd = 17;

/** The shortest message: format 0 with null key and value. */
const legacyMessageBytesMin = 26;

/**
 * The formats of what may start at `at`: 0 and 1 are messages, 2 a batch, undefined is none of them or cut before its
 * magic.
 */
export function recordsMagic(bytes: Uint8Array, at: number, end: number): 0 | 1 | 2 | undefined {
  if (end - at < magicEnd) return undefined;
  const magic = bytes[at + 16];
  return magic === 0 || magic === 1 || magic === 2 ? magic : undefined;
}

/** The whole message in bytes, offset and size field included; undefined when `end` cuts it or its size cannot be. */
export function legacyMessageLength(bytes: Uint8Array, at: number, end: number): Bytes | undefined {
  if (end - at < legacyMessageBytesMin) return undefined;
  const length = int32At(bytes, at + 8) + 12;
  return length < legacyMessageBytesMin || length > end - at ? undefined : Bytes(length);
}
