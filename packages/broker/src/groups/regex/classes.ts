/** Named classes of code points, as RE2 has them: ASCII alone, but for the Unicode categories. */
import type { Span } from './tree.ts';

const span = (from: string, to: string): Span => ({ from: from.charCodeAt(0), to: to.charCodeAt(0) });
const one = (letter: string): Span => span(letter, letter);

const digit = [span('0', '9')];
const lower = [span('a', 'z')];
const upper = [span('A', 'Z')];
const alpha = [...upper, ...lower];
const word = [...digit, ...upper, one('_'), ...lower];
const space = [span('\t', '\n'), span('\f', '\r'), one(' ')];

/** `\d` and the like; in capitals what is not in them. */
export const perlClasses: Readonly<Record<string, readonly Span[]>> = { d: digit, s: space, w: word };

export const posixClasses: Readonly<Record<string, readonly Span[]>> = {
  alnum: [...digit, ...alpha],
  alpha,
  ascii: [{ from: 0, to: 0x7f }],
  blank: [one('\t'), one(' ')],
  cntrl: [{ from: 0, to: 0x1f }, one('\x7f')],
  digit,
  graph: [span('!', '~')],
  lower,
  print: [span(' ', '~')],
  punct: [span('!', '/'), span(':', '@'), span('[', '`'), span('{', '~')],
  space: [span('\t', '\r'), one(' ')],
  upper,
  word,
  xdigit: [...digit, span('A', 'F'), span('a', 'f')],
};

const asciiEnd = 0x80;

/**
 * The ASCII part of a Unicode category or script; undefined for a name that is none. What is matched is names of
 * topics, which have nothing else.
 */
export function unicodeClass(name: string): readonly Span[] | undefined {
  let test: RegExp;
  try {
    test = new RegExp(`^\\p{${/^[A-Z][a-z]?$/.test(name) ? name : `Script=${name}`}}$`, 'u');
  } catch {
    return undefined;
  }
  const spans: Span[] = [];
  for (let code = 0; code < asciiEnd; code++) {
    if (test.test(String.fromCharCode(code))) spans.push({ from: code, to: code });
  }
  return spans;
}

/** All that the spans leave out. */
export function complement(spans: readonly Span[]): readonly Span[] {
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  const rest: Span[] = [];
  let next = 0;
  for (const { from, to } of sorted) {
    if (from > next) rest.push({ from: next, to: from - 1 });
    next = Math.max(next, to + 1);
  }
  if (next <= lastCodePoint) rest.push({ from: next, to: lastCodePoint });
  return rest;
}

const lastCodePoint = 0x10ffff;
