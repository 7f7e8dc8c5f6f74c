/** A regular expression as it was written: what parse.ts makes, and program.ts compiles. */

/** Code points from `from` to `to`, both included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Assertion = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'boundary' | 'noBoundary';

export type Tree =
  | { readonly kind: 'empty' }
  /** One code point within the spans, or outside them. */
  | { readonly kind: 'one'; readonly spans: readonly Span[]; readonly negated: boolean; readonly folded: boolean }
  | { readonly kind: 'assertion'; readonly is: Assertion }
  | { readonly kind: 'all'; readonly parts: readonly Tree[] }
  | { readonly kind: 'any'; readonly parts: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly of: Tree; readonly min: number; readonly max: number };

/** What is wrong with a regular expression, in words for whoever wrote it. */
export class RegexError extends Error {
  override readonly name = 'RegexError';
}
