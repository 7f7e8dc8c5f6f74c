/**
 * UTF-8 in plain code (RFC 3629): names on the wire are short, and for those a loop is as good as TextDecoder's call
 * (docs/decisions/0003).
 */

/** How many bytes `text` takes. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (isPair(text, i)) {
      length += 2;
      i++;
    } else length += 2;
  }
  return length;
}

/**
 * Writes `text` into `into` from `at`, which must have {@link utf8Length} bytes of room; returns the position after
 * it. A lone surrogate becomes U+FFFD.
 */
export function utf8Write(text: string, into: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) into[at++] = unit;
    else if (unit < 0x800) {
      into[at++] = 0xc0 | (unit >> 6);
      into[at++] = 0x80 | (unit & 0x3f);
    } else if (isPair(text, i)) {
      const point = text.codePointAt(i++) ?? 0;
      into[at++] = 0xf0 | (point >> 18);
      into[at++] = 0x80 | ((point >> 12) & 0x3f);
      into[at++] = 0x80 | ((point >> 6) & 0x3f);
      into[at++] = 0x80 | (point & 0x3f);
    } else {
      const point = unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit;
      into[at++] = 0xe0 | (point >> 12);
      into[at++] = 0x80 | ((point >> 6) & 0x3f);
      into[at++] = 0x80 | (point & 0x3f);
    }
  }
  return at;
}

/** `text` as bytes of its own. */
export function utf8Encode(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  utf8Write(text, bytes, 0);
  return bytes;
}

/** The text in `bytes` from `start` to `end`. Bytes that are not UTF-8 become U+FFFD, as in Java's decoder. */
export function utf8Decode(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  let at = start;
  while (at < end) {
    const piece = at + pieceBytes <= end ? asciiPiece(bytes, at) : undefined;
    if (piece !== undefined) {
      text += piece;
      at += pieceBytes;
      continue;
    }
    const first = bytes[at] ?? 0;
    const size = first < 0x80 ? 1 : sequenceLength(bytes, at, end);
    text += size === 0 ? '\ufffd' : String.fromCodePoint(pointAt(bytes, at, size));
    at += Math.max(size, 1);
  }
  return text;
}

const pieceBytes = 8;

/** The next eight bytes as text, if all are ASCII: names are, and eight at once cost little more than one. */
function asciiPiece(bytes: Uint8Array, at: number): string | undefined {
  const a = bytes[at] ?? 0;
  const b = bytes[at + 1] ?? 0;
  const c = bytes[at + 2] ?? 0;
  const d = bytes[at + 3] ?? 0;
  const e = bytes[at + 4] ?? 0;
  const f = bytes[at + 5] ?? 0;
  const g = bytes[at + 6] ?? 0;
  const h = bytes[at + 7] ?? 0;
  return (a | b | c | d | e | f | g | h) < 0x80 ? String.fromCharCode(a, b, c, d, e, f, g, h) : undefined;
}

function pointAt(bytes: Uint8Array, at: number, size: number): number {
  if (size === 1) return bytes[at] ?? 0;
  let point = (bytes[at] ?? 0) & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) point = (point << 6) | ((bytes[at + i] ?? 0) & 0x3f);
  return point;
}

function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  const low = text.charCodeAt(at + 1);
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}

/** How many bytes a sequence that begins with `first` takes; 0 if none begins so. */
function sizeByFirst(first: number): number {
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

/** Second bytes that a first byte allows: overlong forms, surrogates and points past U+10FFFF are none. */
function secondFits(first: number, second: number): boolean {
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second < 0xa0;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second < 0x90;
}

/** Length of the well-formed sequence at `at`, or 0. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  const size = sizeByFirst(first);
  if (at + size > end || !secondFits(first, bytes[at + 1] ?? 0)) return 0;
  for (let i = 1; i < size; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return size;
}
