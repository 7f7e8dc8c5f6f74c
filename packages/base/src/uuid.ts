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
/** By code unit; −1 for what is no letter of an id. */
const values = Int8Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)));
const valueAt = (text: string, at: number): number => values[text.charCodeAt(at)] ?? -1;

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
  let to = at;
  for (let from = 0; from < 20; from += 4) {
    const three =
      (valueAt(id, from) << 18) | (valueAt(id, from + 1) << 12) | (valueAt(id, from + 2) << 6) | valueAt(id, from + 3);
    into[to++] = three >> 16;
    into[to++] = three >> 8;
    into[to++] = three;
  }
  into[to] = (valueAt(id, 20) << 2) | (valueAt(id, 21) >> 4);
}

/** The identifier that `text` spells, or undefined if it spells none. */
export function uuidParse(text: string): Uuid | undefined {
  if (text.length !== 22) return undefined;
  for (let at = 0; at < 21; at++) if (valueAt(text, at) < 0) return undefined;
  // Of the last letter only two bits count.
  return (valueAt(text, 21) & 15) === 0 ? (text as Uuid) : undefined;
}
