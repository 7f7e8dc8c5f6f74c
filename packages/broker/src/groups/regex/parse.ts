/**
 * Regular expressions in the syntax of RE2, which KIP-848 asks for: what needs backtracking (references back, looking
 * ahead or behind, possessive repetition) is an error.
 */
import { complement, perlClasses, posixClasses, unicodeClass } from './classes.ts';
import { type Assertion, RegexError, type Span, type Tree } from './tree.ts';

/** RE2's bound for `{n,m}`. */
const repeatMax = 1000;
/** Groups within groups: this parser calls itself for each. */
const depthMax = 200;

interface Flags {
  readonly fold: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
}

export function parseRegex(text: string): Tree {
  const parser = new Parser(Array.from(text));
  return parser.whole();
}

const assertions: Readonly<Record<string, Assertion>> = { A: 'start', z: 'end', b: 'boundary', B: 'noBoundary' };
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const newline: Span = { from: 10, to: 10 };

class Parser {
  readonly #letters: readonly string[];
  #at = 0;
  #depth = 0;
  #flags: Flags = { fold: false, multiLine: false, dotAll: false };

  constructor(letters: readonly string[]) {
    this.#letters = letters;
  }

  whole(): Tree {
    const tree = this.#alternatives();
    if (this.#at < this.#letters.length) throw new RegexError('unexpected )');
    return tree;
  }

  get #next(): string | undefined {
    return this.#letters[this.#at];
  }

  #take(letter: string): boolean {
    if (this.#next !== letter) return false;
    this.#at++;
    return true;
  }

  #any(): string {
    const letter = this.#letters[this.#at++];
    if (letter === undefined) throw new RegexError('it ends too early');
    return letter;
  }

  #alternatives(): Tree {
    if (++this.#depth > depthMax) throw new RegexError('groups are nested too deeply');
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#depth--;
    return parts.length === 1 ? (parts[0] ?? { kind: 'empty' }) : { kind: 'any', parts };
  }

  #sequence(): Tree {
    const parts: Tree[] = [];
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') {
      const atom = this.#atom();
      if (atom !== undefined) parts.push(this.#repeated(atom));
    }
    return { kind: 'all', parts };
  }

  #repeated(of: Tree): Tree {
    const bounds = this.#repetition();
    if (bounds === undefined) return of;
    this.#take('?');
    const after = this.#at;
    if (this.#repetition() !== undefined) {
      throw new RegexError(`bad repetition: ${this.#letters.slice(after - 1, this.#at).join('')}`);
    }
    return { kind: 'repeat', of, ...bounds };
  }

  #repetition(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    // Braces that hold no counts stand for themselves.
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.#letters.slice(this.#at, this.#at + 24).join(''));
    if (counted === null) return undefined;
    const [found, least = '', comma, most = ''] = counted;
    this.#at += found.length;
    const min = Number(least);
    const unbounded = comma !== undefined && most === '' ? Number.POSITIVE_INFINITY : min;
    const max = most === '' ? unbounded : Number(most);
    const bounded = min <= repeatMax && (max <= repeatMax || max === Number.POSITIVE_INFINITY);
    if (!bounded || max < min) throw new RegexError(`bad repetition: ${found}`);
    return { min, max };
  }

  /** Undefined where flags were set, which match nothing themselves. */
  #atom(): Tree | undefined {
    const letter = this.#any();
    switch (letter) {
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '.':
        return this.#one(this.#flags.dotAll ? [] : [newline], true);
      case '^':
        return { kind: 'assertion', is: this.#flags.multiLine ? 'lineStart' : 'start' };
      case '$':
        return { kind: 'assertion', is: this.#flags.multiLine ? 'lineEnd' : 'end' };
      case '*':
      case '+':
      case '?':
        throw new RegexError(`nothing to repeat before ${letter}`);
      case '\\':
        return this.#escape();
      default:
        return this.#literal(letter);
    }
  }

  #group(): Tree | undefined {
    const outer = this.#flags;
    if (this.#take('?')) {
      const named = this.#take('P') ? this.#take('<') : this.#next === '<' && this.#take('<');
      if (named) this.#groupName();
      else if (!this.#setFlags()) return undefined;
    }
    const tree = this.#alternatives();
    if (!this.#take(')')) throw new RegexError('missing )');
    this.#flags = outer;
    return tree;
  }

  #groupName(): void {
    let name = '';
    for (let letter = this.#any(); letter !== '>'; letter = this.#any()) name += letter;
    if (!/^\w+$/.test(name)) throw new RegexError(`bad group name: ${name}`);
  }

  /** Returns whether a group follows; else the flags hold for the rest of the group around. */
  #setFlags(): boolean {
    let on = true;
    let flags = this.#flags;
    for (;;) {
      const letter = this.#any();
      if (letter === 'i') flags = { ...flags, fold: on };
      else if (letter === 'm') flags = { ...flags, multiLine: on };
      else if (letter === 's') flags = { ...flags, dotAll: on };
      else if (letter === '-' && on) on = false;
      else if (letter === ':' || letter === ')') {
        this.#flags = flags;
        return letter === ':';
      } else if (letter !== 'U') throw new RegexError(`(?${letter} is not supported`);
    }
  }

  #escape(): Tree {
    const letter = this.#any();
    const assertion = assertions[letter];
    if (assertion !== undefined) return { kind: 'assertion', is: assertion };
    if (letter === 'Q') return this.#quoted();
    const spans = this.#classEscape(letter);
    if (spans !== undefined) return this.#one(spans);
    return this.#literal(String.fromCodePoint(this.#codeEscape(letter)));
  }

  #quoted(): Tree {
    const parts: Tree[] = [];
    while (this.#next !== undefined) {
      if (this.#next === '\\' && this.#letters[this.#at + 1] === 'E') {
        this.#at += 2;
        break;
      }
      parts.push(this.#literal(this.#any()));
    }
    return { kind: 'all', parts };
  }

  /** `\d`, `\pL` and the like; undefined for another escape. */
  #classEscape(letter: string): readonly Span[] | undefined {
    const perl = perlClasses[letter.toLowerCase()];
    if (perl !== undefined) return letter === letter.toLowerCase() ? perl : complement(perl);
    if (letter !== 'p' && letter !== 'P') return undefined;
    let name = this.#any();
    if (name === '{') {
      name = '';
      for (let next = this.#any(); next !== '}'; next = this.#any()) name += next;
    }
    const inverted = name.startsWith('^');
    const spans = unicodeClass(inverted ? name.slice(1) : name);
    if (spans === undefined) throw new RegexError(`unknown class: ${name}`);
    return (letter === 'P') === inverted ? spans : complement(spans);
  }

  #codeEscape(letter: string): number {
    const control = controls[letter];
    if (control !== undefined) return control;
    if (letter === 'x') return this.#hex();
    if (/^[0-7]$/.test(letter) && (letter === '0' || /^[0-7]$/.test(this.#next ?? ''))) {
      let octal = letter;
      while (octal.length < 3 && /^[0-7]$/.test(this.#next ?? '')) octal += this.#any();
      return Number.parseInt(octal, 8);
    }
    if (/^[0-9A-Za-z]$/.test(letter)) throw new RegexError(`unknown escape: \\${letter}`);
    return letter.codePointAt(0) ?? 0;
  }

  #hex(): number {
    let digits = '';
    if (this.#take('{')) for (let next = this.#any(); next !== '}'; next = this.#any()) digits += next;
    else digits = this.#any() + this.#any();
    const code = /^[0-9A-Fa-f]{1,6}$/.test(digits) ? Number.parseInt(digits, 16) : Number.POSITIVE_INFINITY;
    if (code > 0x10ffff) throw new RegexError(`bad code point: \\x${digits}`);
    return code;
  }

  #class(): Tree {
    const negated = this.#take('^');
    const spans: Span[] = [];
    let isFirst = true;
    while (isFirst || this.#next !== ']') {
      isFirst = false;
      const named = this.#namedClass();
      if (named === undefined) spans.push(this.#span());
      else spans.push(...named);
    }
    this.#at++;
    return this.#one(spans, negated);
  }

  #namedClass(): readonly Span[] | undefined {
    const rest = this.#letters.slice(this.#at, this.#at + 16).join('');
    const posix = /^\[:(\^?)(\w+):\]/.exec(rest);
    if (posix !== null) {
      const [found, inverted, name = ''] = posix;
      const spans = Object.hasOwn(posixClasses, name) ? posixClasses[name] : undefined;
      if (spans === undefined) throw new RegexError(`unknown class: ${found}`);
      this.#at += found.length;
      return inverted === '' ? spans : complement(spans);
    }
    if (this.#next !== '\\') return undefined;
    const start = this.#at++;
    const spans = this.#classEscape(this.#any());
    if (spans === undefined) this.#at = start;
    return spans;
  }

  #span(): Span {
    const from = this.#classLetter();
    // A hyphen before the end of the class stands for itself.
    if (this.#next !== '-' || this.#letters[this.#at + 1] === ']') return { from, to: from };
    this.#at++;
    const to = this.#classLetter();
    if (to < from) throw new RegexError('a range of characters runs backwards');
    return { from, to };
  }

  #classLetter(): number {
    const letter = this.#any();
    return letter === '\\' ? this.#codeEscape(this.#any()) : (letter.codePointAt(0) ?? 0);
  }

  #literal(letter: string): Tree {
    const code = letter.codePointAt(0) ?? 0;
    return this.#one([{ from: code, to: code }]);
  }

  #one(spans: readonly Span[], negated = false): Tree {
    return { kind: 'one', spans, negated, folded: this.#flags.fold };
  }
}
