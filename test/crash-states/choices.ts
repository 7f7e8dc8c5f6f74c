/**
 * Which crash states of one moment are looked at: all of them where few outcomes of each change multiply to few states,
 * and a number of drawn ones with every kind of tear. A choice is named by its number, so that it can be made again.
 */
import type { SeededRandom } from '@skerry/testkit';
import type { Change, Choice, CrashModel, FileNode } from './file-system.ts';
import { withChange } from './file-system.ts';

/** The most that a disk writes at once or not at all. */
const sectorBytes = 512;

/** What became of one change, as it is printed. */
type Outcome = string;

const plainOutcomes = ['absent', 'whole'] as const;
/** `length`: the file has grown, and none of the data is there. */
const writeOutcomes = ['absent', 'whole', 'length', 'torn'] as const;

export interface NamedChoice extends Choice {
  describe(): string;
}

/** Everything that is open at one moment of a run. */
export class Moment {
  readonly #files: readonly FileNode[];
  readonly #names: number;
  readonly #storeCommits: number;
  readonly #random: SeededRandom;
  /** How many combinations of plain outcomes there are. */
  readonly combinations: number;

  constructor(model: CrashModel, random: SeededRandom) {
    this.#files = model.dirtyFiles();
    this.#names = model.names.length;
    this.#storeCommits = model.storeCommits.length;
    this.#random = random;
    let product = 2 ** this.#names * (this.#storeCommits + 1);
    for (const { pending } of this.#files) for (const change of pending) product *= outcomesOf(change).length;
    this.combinations = product;
  }

  /** The combination with that number. */
  combination(number: number): NamedChoice {
    let left = number;
    const digit = (base: number): number => {
      const value = left % base;
      left = Math.floor(left / base);
      return value;
    };
    const storeCommits = digit(this.#storeCommits + 1);
    const names = Array.from({ length: this.#names }, () => digit(2) === 1);
    const random = this.#random.fork(`combination ${number}`);
    const outcomes = this.#eachChange((change) => {
      const outcome = outcomesOf(change)[digit(outcomesOf(change).length)] ?? 'absent';
      return outcome === 'torn' ? torn(change, random) : outcome;
    });
    return this.#choice(names, outcomes, storeCommits);
  }

  /** The drawn choice with that number. */
  draw(number: number): NamedChoice {
    const random = this.#random.fork(`draw ${number}`);
    const storeCommits = random.below(this.#storeCommits + 1);
    const names = survivors(this.#names, random);
    const total = this.#files.reduce((sum, { pending }) => sum + pending.length, 0);
    const whole = survivors(total, random);
    const tears = random.below(4);
    let at = 0;
    const outcomes = this.#eachChange((change) => {
      const survives = whole[at++] === true;
      if (change.bytes === undefined || !random.chance(tears / 4)) return survives ? 'whole' : 'absent';
      return random.chance(0.2) ? 'length' : torn(change, random);
    });
    return this.#choice(names, outcomes, storeCommits);
  }

  #eachChange(outcome: (change: Change) => Outcome): Map<FileNode, readonly Outcome[]> {
    return new Map(this.#files.map((file) => [file, file.pending.map(outcome)]));
  }

  #choice(
    names: readonly boolean[],
    outcomes: ReadonlyMap<FileNode, readonly Outcome[]>,
    storeCommits: number,
  ): NamedChoice {
    return {
      name: (index) => names[index] === true,
      content: (file) => contentAfter(file, outcomes.get(file) ?? []),
      storeCommits,
      describe: () =>
        `names [${names.map(Number).join('')}], changes [${[...outcomes.values()].join(' | ')}], ` +
        `${storeCommits} of ${this.#storeCommits} store commits`,
    };
  }
}

const outcomesOf = (change: Change): readonly Outcome[] => (change.bytes === undefined ? plainOutcomes : writeOutcomes);

/** Some of `count`: by chance, or the first few as a journal keeps them, or all but one, or one alone. */
function survivors(count: number, random: SeededRandom): boolean[] {
  const way = random.below(5);
  const chosen = random.below(count + 1);
  return Array.from({ length: count }, (_, i) => {
    if (way === 0) return random.chance(0.5);
    if (way === 1) return i < chosen;
    if (way === 2) return i !== chosen;
    if (way === 3) return i === chosen;
    return true;
  });
}

/** A write that is there in part: `head 17`, `head 17 length` with zeros for the rest, or `sectors 101`. */
function torn({ at, bytes }: Change, random: SeededRandom): Outcome {
  const length = bytes?.length ?? 0;
  const sectors = sectorsOf(at, length);
  const way = random.below(sectors > 1 ? 4 : 2);
  if (way === 3) return `sectors ${Array.from({ length: sectors }, () => random.below(2)).join('')}`;
  let head = random.below(length + 1);
  if (way === 2) head = Math.max(Math.floor((at + head) / sectorBytes) * sectorBytes - at, 0);
  return way === 1 ? `head ${head} length` : `head ${head}`;
}

const sectorsOf = (at: number, length: number): number =>
  length === 0 ? 0 : Math.floor((at + length - 1) / sectorBytes) - Math.floor(at / sectorBytes) + 1;

function contentAfter(file: FileNode, outcomes: readonly Outcome[]): Uint8Array {
  let content = file.durable;
  for (const [i, change] of file.pending.entries()) {
    for (const { at, bytes } of partsOf(change, outcomes[i] ?? 'absent', content.length)) {
      content = withChange(content, at, bytes);
    }
  }
  return content;
}

function partsOf(change: Change, outcome: Outcome, size: number): Pick<Change, 'at' | 'bytes'>[] {
  const { at, bytes } = change;
  if (outcome === 'absent') return [];
  if (outcome === 'whole' || bytes === undefined) return [change];
  const end = at + bytes.length;
  const [way = '', detail = '', rest] = outcome.split(' ');
  const zeros = end > size ? [{ at: size, bytes: new Uint8Array(end - size) }] : [];
  if (way === 'length') return zeros;
  if (way === 'head') {
    const head = { at, bytes: bytes.subarray(0, Number(detail)) };
    return head.bytes.length === 0 ? (rest === undefined ? [] : zeros) : [...(rest === undefined ? [] : zeros), head];
  }
  const parts = [];
  const first = Math.floor(at / sectorBytes);
  for (const [i, there] of detail.split('').entries()) {
    const from = Math.max((first + i) * sectorBytes, at);
    const to = Math.min((first + i + 1) * sectorBytes, end);
    if (there === '1') parts.push({ at: from, bytes: bytes.subarray(from - at, to - at) });
  }
  return parts;
}
