import { assert } from './assert.ts';

/** A 16-byte identifier, written as Kafka's tools show it: 22 characters of URL-safe base64 without padding (RFC 4648 section 5). */
export type Uuid = string & { readonly [uuid]: true };
declare const uuid: unique symbol;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const values = new Map([...alphabet].map((letter, value) => [letter, value]));

/** "No id": what a name-only version of a message holds. */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA' as Uuid;

/** The identifier in the 16 bytes from `at`. */
export function uuidFrom(bytes: Uint8Array, at = 0): Uuid {
  assert(at + 16 <= bytes.length, 'a uuid takes 16 bytes');
  let text = '';
  for (let i = 0; i < 16; i += 3) {
    const three = ((bytes[at + i] ?? 0) << 16) | (i < 15 ? ((bytes[at + i + 1] ?? 0) << 8) | (bytes[at + i + 2] ?? 0) : 0);
    text += alphabet[three >> 18];
    text += alphabet[(three >> 12) & 63];
    if (i < 15) text += `${alphabet[(three >> 6) & 63]}${alphabet[three & 63]}`;
  }
  return text as Uuid;
}

/** Writes `id` into `into` from `at`. */
export function uuidWrite(id: Uuid, into: Uint8Array, at: number): void {
  let held = 0;
  let bits = 0;
  let to = at;
  for (const letter of id) {
    held = ((held << 6) | (values.get(letter) ?? 0)) & 0xfff;
    bits += 6;
    if (bits >= 8 && to < at + 16) {
      bits -= 8;
      into[to++] = (held >> bits) & 0xff;
    }
  }
}

/** The identifier that `text` spells, or undefined if it spells none. */
export function uuidParse(text: string): Uuid | undefined {
  return /^[A-Za-z0-9_-]{21}[AQgw]$/.test(text) ? (text as Uuid) : undefined;
}
