import { assert } from './assert.ts';

/**
 * A 16-byte identifier, written as Kafka's tools show it: 22 characters of URL-safe base64 without padding (RFC 4648
 * section 5).
 */
export type Uuid = string & { readonly [uuid]: true };
declare const uuid: unique symbol;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const codes = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
const codeOf = (value: number): number => codes[value] ?? 0;
/** Code units of the id being made: one array for all, since ids stand in every Produce and Fetch. */
const letters: number[] = Array.from({ length: 22 }, () => 0);
const values = new Map(Array.from(alphabet, (letter, value) => [letter, value]));

/** "No id": what a name-only version of a message holds. */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA' as Uuid;

/** The identifier in the 16 bytes from `at`. */
export function uuidFrom(bytes: Uint8Array, at = 0): Uuid {
  assert(at + 16 <= bytes.length, 'a uuid takes 16 bytes');
  for (let i = 0; i < 5; i++) {
    const from = at + 3 * i;
    const three = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    letters[4 * i] = codeOf(three >> 18);
    letters[4 * i + 1] = codeOf((three >> 12) & 63);
    letters[4 * i + 2] = codeOf((three >> 6) & 63);
    letters[4 * i + 3] = codeOf(three & 63);
  }
  const last = bytes[at + 15] ?? 0;
  letters[20] = codeOf(last >> 2);
  letters[21] = codeOf((last & 3) << 4);
  return String.fromCharCode.apply(null, letters) as Uuid;
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
