/**
 * What real clients did and were told, as the history that testkit's checker judges.
 *
 * A message's value is a number that no other message of the run has, and a filler that depends on it: one that was
 * changed or invented shows.
 */
import { checkHistory, type HistoryEvent } from '@skerry/testkit';
import type { PartitionContent } from './raw-reader.ts';

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

export interface Sending {
  readonly id: number;
  readonly place: Place;
  /** What the messages carry. */
  readonly values: readonly string[];
}

interface Commit {
  readonly offset: number;
  /** How much had happened then. */
  acknowledgedAt: number;
}

export const nameOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

export class Recorder {
  /** Records and commits that were acknowledged. */
  acknowledged = 0;
  commits = 0;
  /** Acknowledged records, and commits, that were not there any more. */
  lost = 0;
  commitsLost = 0;
  readonly #events: HistoryEvent[] = [];
  readonly #places = new Map<string, Place>();
  /** Where each partition must reach to hold what was acknowledged. */
  readonly #ends = new Map<string, number>();
  readonly #committed = new Map<string, Place>();
  /** Of each partition, in order, since the one that was last found. */
  readonly #commits = new Map<string, Commit[]>();
  readonly #said = new Set<string>();
  readonly #failures: string[] = [];
  readonly #lost = new Set<number>();
  #id = 0;
  #value = 0;

  /** `writer` is about to send so many messages to a partition. */
  send(writer: string, place: Place, count: number, once: boolean): Sending {
    const id = this.#id++;
    const values = Array.from({ length: count }, () => this.#value++);
    const partition = nameOf(place);
    this.#places.set(partition, place);
    const event = {
      kind: 'send',
      id,
      process: writer,
      partition,
      values,
      acks: 'all',
      once,
      atMs: Date.now(),
    } as const;
    this.#events.push(event);
    return { id, place, values: values.map(textOf) };
  }

  sent({ id, place, values }: Sending, offset: number | undefined): void {
    this.#events.push({ kind: 'sent', id, ...(offset === undefined ? {} : { offset }), atMs: Date.now() });
    this.acknowledged += values.length;
    if (offset === undefined) return;
    const name = nameOf(place);
    this.#ends.set(name, Math.max(this.#ends.get(name) ?? 0, offset + values.length));
  }

  polled(consumer: string, group: string, place: Place, messages: readonly { offset: number; text: string }[]): void {
    // What it was asked is not known, and does not matter: only what is synced may be read.
    this.#events.push({
      kind: 'poll',
      consumer,
      group,
      partition: nameOf(place),
      asked: this.#events.length,
      offsets: messages.map(({ offset }) => offset),
      values: messages.map(({ text }) => numberIn(text)),
    });
  }

  /** Returns what is to be called once the commit is acknowledged. */
  commit(group: string, place: Place, offset: number): () => void {
    const id = this.#id++;
    this.#events.push({ kind: 'commit', id, group, partition: nameOf(place), offset });
    this.#committed.set(nameOf(place), place);
    const commit = { offset, acknowledgedAt: Number.POSITIVE_INFINITY };
    this.#commits.set(nameOf(place), [...(this.#commits.get(nameOf(place)) ?? []), commit]);
    return () => {
      this.#events.push({ kind: 'committed', id });
      this.commits++;
      commit.acknowledgedAt = this.#events.length;
    };
  }

  /** How much has happened by now: when a question is asked. */
  get now(): number {
    return this.#events.length;
  }

  groupOffset(group: string, place: Place, offset: number, asked: number): void {
    this.#events.push({ kind: 'groupOffset', group, partition: nameOf(place), offset, asked });
    const commits = this.#commits.get(nameOf(place)) ?? [];
    const found = commits.findLastIndex((commit) => commit.offset === offset);
    const lost = commits.slice(found + 1).filter(({ acknowledgedAt }) => acknowledgedAt <= asked);
    this.commitsLost += lost.length;
    this.#commits.set(
      nameOf(place),
      commits.slice(Math.max(found, 0)).filter((commit) => !lost.includes(commit)),
    );
  }

  crash(unsynced: 'kept' | 'lost'): void {
    this.#events.push({ kind: 'crash', unsynced, atMs: Date.now() });
  }

  get places(): Place[] {
    return [...this.#places.values()];
  }

  get committedPlaces(): Place[] {
    return [...this.#committed.values()];
  }

  /** The offset after the last that was acknowledged. */
  endOf(place: Place): number {
    return this.#ends.get(nameOf(place)) ?? 0;
  }

  fail(what: string): void {
    if (!this.#failures.includes(what)) this.#failures.push(what);
  }

  /** What went wrong, each thing once. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Judges all that was told by what is there, now that nobody writes. Returns what is new. */
  judge(contents: ReadonlyMap<string, PartitionContent>): readonly string[] {
    const before = this.#failures.length;
    const wholes = [...contents].map(([partition, { start, end, records }]) => ({
      kind: 'whole' as const,
      partition,
      start,
      end,
      offsets: records.map(({ offset }) => offset),
      values: records.map(({ value }) => numberIn(value)),
      atMs: Date.now(),
    }));
    for (const [partition, { refused, damage }] of contents) {
      if (refused !== undefined) this.#sayOnce('refused', partition, refused);
      if (damage !== undefined) this.#sayOnce('damaged', partition, damage);
    }
    const promise = { durability: 'power-loss' } as const;
    const partitions = Object.fromEntries([...this.#places.keys()].map((name) => [name, promise]));
    const events = [...this.#events, ...wholes];
    for (const { kind, partition, text } of checkHistory({ partitions, groups: promise, events })) {
      this.#sayOnce(kind, partition, text);
    }
    this.#countLost(wholes.filter(({ partition }) => contents.get(partition)?.refused === undefined));
    return this.#failures.slice(before);
  }

  /** Of each kind the first in each partition: where much is wrong, one example says it. */
  #sayOnce(kind: string, partition: string, text: string): void {
    const key = `${kind} ${partition}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#failures.push(`${kind} in ${partition}: ${text}`);
  }

  /** What cannot be read now may be there all the same. */
  #countLost(wholes: readonly { partition: string; values: readonly number[] }[]): void {
    const there = new Map(wholes.map(({ partition, values }) => [partition, new Set(values)]));
    const sends = new Map<number, { partition: string; values: readonly number[] }>();
    for (const event of this.#events) {
      if (event.kind === 'send') sends.set(event.id, event);
      if (event.kind !== 'sent') continue;
      const { partition = '', values = [] } = sends.get(event.id) ?? {};
      const held = there.get(partition);
      if (held === undefined) continue;
      for (const value of values) {
        if (held.has(value)) this.#lost.delete(value);
        else this.#lost.add(value);
      }
    }
    this.lost = this.#lost.size;
  }
}

/** Mostly small, sometimes large; letters that depend on the number. */
export function textOf(value: number): string {
  const mixed = Math.imul(value + 1, 0x9e3779b1) >>> 0;
  const length = mixed % 50 === 0 ? 20_000 : mixed % 700;
  const filler = mixed.toString(36);
  return `${value} ${filler.repeat(Math.ceil(length / filler.length)).slice(0, length)}`;
}

/** The number of a value that is whole, or −1. */
function numberIn(text: string): number {
  const value = Number(/^\d+(?= )/.exec(text)?.[0] ?? -1);
  return value >= 0 && textOf(value) === text ? value : -1;
}
