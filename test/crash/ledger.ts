/**
 * What clients were told, and whether a broker's partitions bear it out after a crash.
 *
 * A message's value says who sent it (`WRITER/N FILLER`) and is a function of that, so a changed or an invented one
 * shows. A writer sends to a partition one request after the other: its numbers ascend there. Only a writer without
 * idempotence may have one twice: sent again since the answer was lost.
 */
import type { PartitionContent } from './raw-reader.ts';

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

interface Told {
  readonly offset: number;
  readonly value: string;
}

class PartitionLedger {
  /** By writer: the highest number that was ever sent. */
  readonly sent = new Map<string, number>();
  readonly acknowledged: Told[] = [];
  /** By offset: what a consumer was given. */
  readonly polled = new Map<number, string>();
}

interface Commits {
  /** The last that was acknowledged; the rest may or may not be there. */
  acknowledged: number;
  readonly asked: Set<number>;
}

export class Ledger {
  readonly failures: string[] = [];
  /** Acknowledged records that were not there, by `verify`. */
  lost = 0;
  readonly #partitions = new Map<string, PartitionLedger>();
  readonly #commits = new Map<string, Commits>();
  readonly #exact: (writer: string) => boolean;

  /** @param exact whether a writer is idempotent. */
  constructor(exact: (writer: string) => boolean) {
    this.#exact = exact;
  }

  get acknowledged(): number {
    return [...this.#partitions.values()].reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  }

  get commitsAcknowledged(): number {
    return this.#commitCount;
  }
  #commitCount = 0;

  /** The values of the writer's next `count` messages to a partition. */
  take(place: Place, writer: string, count: number): string[] {
    const { sent } = this.#partition(place);
    const first = (sent.get(writer) ?? -1) + 1;
    sent.set(writer, first + count - 1);
    return Array.from({ length: count }, (_, i) => valueOf(writer, first + i));
  }

  acknowledge(place: Place, values: readonly string[], baseOffset: number): void {
    for (const [i, value] of values.entries()) this.#partition(place).acknowledged.push({ offset: baseOffset + i, value });
  }

  polled(place: Place, offset: number, value: string): void {
    const { polled } = this.#partition(place);
    const before = polled.get(offset);
    if (before !== undefined && before !== value) this.#fail(place, `offset ${offset} was read twice, and differed`);
    polled.set(offset, value);
  }

  commitAsked(place: Place, offset: number): void {
    this.#commit(place).asked.add(offset);
  }

  commitAcknowledged(place: Place, offset: number): void {
    this.#commit(place).acknowledged = offset;
    this.#commitCount++;
  }

  /** The places where a group committed. */
  get committedPlaces(): Place[] {
    return [...this.#commits.keys()].map(parsePlace);
  }

  get places(): Place[] {
    return [...this.#partitions.keys()].map(parsePlace);
  }

  /** How much was acknowledged by now: what `verify` then demands. */
  mark(): ReadonlyMap<string, number> {
    return new Map([...this.#partitions].map(([key, { acknowledged }]) => [key, acknowledged.length]));
  }

  /** Holds what a partition holds now against all that was said about it up to `mark`. */
  verify(place: Place, content: PartitionContent, mark: ReadonlyMap<string, number>): void {
    const { acknowledged, polled, sent } = this.#partition(place);
    if (content.damage !== undefined) this.#fail(place, `damaged bytes were served: ${content.damage}`);
    if (content.refused !== undefined) this.#fail(place, `not readable: ${content.refused}`);
    const held = new Map(content.records.map(({ offset, value }) => [offset, value]));
    const due = acknowledged.slice(0, mark.get(keyOf(place)));
    const missing = due.filter(({ offset }) => !held.has(offset));
    const changed = due.filter(({ offset, value }) => held.has(offset) && held.get(offset) !== value);
    this.lost += missing.length + changed.length;
    const [gone] = missing;
    if (gone !== undefined) {
      const which = `${missing.length} of ${due.length} acknowledged records are lost`;
      this.#fail(place, `${which}: the first at ${gone.offset}, the log ends at ${content.end}`);
    }
    const [other] = changed;
    if (other !== undefined) {
      const now = held.get(other.offset)?.slice(0, 40);
      this.#fail(place, `${changed.length} are changed: the first at ${other.offset}, ${other.value.slice(0, 40)} → ${now}`);
    }
    for (const [offset, value] of polled) {
      if (offset < content.end && held.get(offset) === value) continue;
      this.#fail(place, `a consumer was given ${value.slice(0, 40)} at ${offset}, which is not there any more`);
      break;
    }
    this.#verifyOrder(place, content, sent);
  }

  /** Every record is one that was sent, unchanged, and each writer's are in order. */
  #verifyOrder(place: Place, content: PartitionContent, sent: ReadonlyMap<string, number>): void {
    const last = new Map<string, number>();
    for (const { offset, value } of content.records) {
      const { writer, number } = parseValue(value);
      if (valueOf(writer, number) !== value || number > (sent.get(writer) ?? -1)) {
        return this.#fail(place, `nobody sent what is at ${offset}: ${value.slice(0, 60)}`);
      }
      const before = last.get(writer) ?? -1;
      last.set(writer, number);
      if (number === before + 1) continue;
      // A request sent again starts over at its first message: within what the largest one holds.
      if (!this.#exact(writer) && number <= before && number > before - requestMessagesMax) continue;
      if (!this.#exact(writer) && number > before) {
        // What the writer gave up on may be missing: nobody was told that it is there.
        continue;
      }
      return this.#fail(place, `${writer} wrote ${number} at ${offset}, after ${before}`);
    }
  }

  verifyCommit(place: Place, offset: number | undefined, acknowledged: number | undefined): void {
    const commits = this.#commit(place);
    if (acknowledged === undefined) return;
    if (offset !== undefined && offset >= acknowledged && commits.asked.has(offset)) return;
    this.#fail(place, `committed ${acknowledged}, and now it is ${offset}`);
  }

  /** The last acknowledged commits by now. */
  markCommits(): ReadonlyMap<string, number> {
    const told = [...this.#commits].filter(([, { acknowledged }]) => acknowledged >= 0);
    return new Map(told.map(([key, { acknowledged }]) => [key, acknowledged]));
  }

  fail(what: string): void {
    this.failures.push(what);
  }

  #fail(place: Place, what: string): void {
    this.failures.push(`${place.topic}-${place.partition}: ${what}`);
  }

  #partition(place: Place): PartitionLedger {
    return at(this.#partitions, keyOf(place), () => new PartitionLedger());
  }

  #commit(place: Place): Commits {
    return at(this.#commits, keyOf(place), () => ({ acknowledged: -1, asked: new Set<number>() }));
  }
}

/** The most messages of one request to one partition. */
export const requestMessagesMax = 8;

export const keyOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

function parsePlace(key: string): Place {
  const [topic = '', partition = ''] = key.split('/');
  return { topic, partition: Number(partition) };
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** Mostly small, sometimes large; letters that depend on who and which. */
function valueOf(writer: string, number: number): string {
  let hash = 0x811c9dc5;
  for (const letter of `${writer}/${number}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  const length = hash % 50 === 0 ? 20_000 : hash % 700;
  const filler = hash.toString(36);
  return `${writer}/${number} ${filler.repeat(Math.ceil(length / filler.length)).slice(0, length)}`;
}

function parseValue(value: string): { writer: string; number: number } {
  const [, writer = '', number = ''] = /^([^/]+)\/(\d+) /.exec(value) ?? [];
  return { writer, number: number === '' ? -1 : Number(number) };
}
