/**
 * A regular expression as a machine that is in all its states at once (Thompson): the time to match grows with the
 * length of the text times that of the machine, whatever the expression. JavaScript's own goes back and forth, and a
 * client could stop the node with one.
 */
import { assert } from '@skerry/base';
import { type Assertion, RegexError, type Span, type Tree } from './tree.ts';

/** Steps of a machine. Repetitions within repetitions multiply, so this and not their count is what is bounded. */
const stepsMax = 10_000;

type Step =
  | { readonly kind: 'one'; readonly matches: (code: number) => boolean; readonly next: number }
  | { readonly kind: 'fork'; readonly ways: readonly number[] }
  | { readonly kind: 'assertion'; readonly is: Assertion; readonly next: number }
  | { readonly kind: 'end' };

/** A machine that tells whether the whole of a text matches. */
export function machine(tree: Tree): (text: string) => boolean {
  const steps: Step[] = [{ kind: 'end' }];
  const start = new Compiler(steps).compile(tree, 0);
  return (text) => run(steps, start, text);
}

class Compiler {
  readonly #steps: Step[];
  /** Parts compiled: repetitions of nothing add no step, and take their time all the same. */
  #parts = 0;

  constructor(steps: Step[]) {
    this.#steps = steps;
  }

  /** Adds the steps of `tree`, which go on to step `next`; returns the first of them. */
  compile(tree: Tree, next: number): number {
    if (++this.#parts > 2 * stepsMax) throw new RegexError('it is too large');
    switch (tree.kind) {
      case 'empty':
        return next;
      case 'one':
        return this.#add({ kind: 'one', matches: test(tree), next });
      case 'assertion':
        return this.#add({ kind: 'assertion', is: tree.is, next });
      case 'all':
        return tree.parts.reduceRight((after, part) => this.compile(part, after), next);
      case 'any':
        return this.#add({ kind: 'fork', ways: tree.parts.map((part) => this.compile(part, next)) });
      case 'repeat':
        return this.#repeat(tree, next);
    }
  }

  #repeat({ of, min, max }: Extract<Tree, { kind: 'repeat' }>, next: number): number {
    let first = next;
    if (max === Number.POSITIVE_INFINITY) {
      const loop = this.#add({ kind: 'fork', ways: [] });
      this.#steps[loop] = { kind: 'fork', ways: [this.compile(of, loop), next] };
      first = loop;
    } else {
      for (let i = min; i < max; i++) first = this.#add({ kind: 'fork', ways: [this.compile(of, first), next] });
    }
    for (let i = 0; i < min; i++) first = this.compile(of, first);
    return first;
  }

  #add(step: Step): number {
    if (this.#steps.length >= stepsMax) throw new RegexError('it is too large');
    return this.#steps.push(step) - 1;
  }
}

function test({ spans, negated, folded }: Extract<Tree, { kind: 'one' }>): (code: number) => boolean {
  const within = (code: number): boolean => spans.some(({ from, to }) => code >= from && code <= to);
  const cases = folded ? foldedCases(spans) : undefined;
  return (code) => (within(code) || cases?.has(code) === true) !== negated;
}

/** ASCII letters whose other case is within the spans, by any letter that folds to them. */
function foldedCases(spans: readonly Span[]): ReadonlySet<number> {
  const cases = new Set<number>();
  for (const { from, to } of spans) {
    for (let code = from; code <= Math.min(to, 0x7f); code++) addCases(String.fromCharCode(code), cases);
    // Long s and the Kelvin sign fold to ASCII letters.
    for (const letter of ['\u017f', '\u212a']) {
      if (letter.charCodeAt(0) >= from && letter.charCodeAt(0) <= to) addCases(letter, cases);
    }
  }
  return cases;
}

function addCases(letter: string, cases: Set<number>): void {
  cases.add(letter.toLowerCase().charCodeAt(0));
  cases.add(letter.toUpperCase().charCodeAt(0));
  cases.add(letter.toUpperCase().toLowerCase().charCodeAt(0));
}

function run(steps: readonly Step[], start: number, text: string): boolean {
  // The place at which a step was last entered, so that each is entered once a place.
  const entered = new Int32Array(steps.length).fill(-1);
  let now: number[] = [];
  enter(steps, start, { text, at: 0, entered, into: now });
  for (let at = 0; at < text.length && now.length > 0; at++) {
    const code = text.charCodeAt(at);
    const later: number[] = [];
    for (const place of now) {
      const step = steps[place];
      if (step?.kind === 'one' && step.matches(code)) {
        enter(steps, step.next, { text, at: at + 1, entered, into: later });
      }
    }
    now = later;
  }
  return now.some((place) => steps[place]?.kind === 'end');
}

interface Entry {
  readonly text: string;
  readonly at: number;
  readonly entered: Int32Array;
  readonly into: number[];
}

/** Goes on from a step to all that wait for a letter, or for the end. */
function enter(steps: readonly Step[], first: number, { text, at, entered, into }: Entry): void {
  const pending = [first];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    if (entered[place] === at) continue;
    entered[place] = at;
    const step = steps[place];
    assert(step !== undefined, 'a step leads to a step');
    if (step.kind === 'fork') pending.push(...step.ways);
    else if (step.kind !== 'assertion') into.push(place);
    else if (holds(step.is, text, at)) pending.push(step.next);
  }
}

function holds(is: Assertion, text: string, at: number): boolean {
  switch (is) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'lineStart':
      return at === 0 || text[at - 1] === '\n';
    case 'lineEnd':
      return at === text.length || text[at] === '\n';
    case 'boundary':
      return isWord(text, at - 1) !== isWord(text, at);
    case 'noBoundary':
      return isWord(text, at - 1) === isWord(text, at);
  }
}

function isWord(text: string, at: number): boolean {
  return /^\w$/.test(text[at] ?? '');
}
