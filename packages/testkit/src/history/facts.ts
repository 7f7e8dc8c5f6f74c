/**
 * A history sorted by partition, with each statement's strength.
 *
 * An era is the time between two crashes that take what is not synced. A statement about a record (an acknowledgement,
 * a read) is sure for ever if what it states was safe when it was made; else it holds for the era in which it was
 * made, and if a crash lies between question and answer, for neither.
 */
import { assert } from '@skerry/base';
import type {
  CrashEvent,
  DoneEvent,
  History,
  HistoryEvent,
  LookupEvent,
  PartitionPromise,
  PollEvent,
  PositionEvent,
  RefusedEvent,
  SendEvent,
  SentEvent,
  TrimEvent,
  WholeEvent,
} from './history.ts';

/** "`offset` holds `value`", by an acknowledgement or by a read. */
export interface Statement {
  readonly offset: number;
  readonly value: number;
  /** Undefined if a crash makes it unsure; for what is safe, the era from which it holds. */
  readonly era: number | undefined;
  readonly safe: boolean;
  readonly by: 'ack' | 'read';
}

interface Acknowledgement {
  readonly event: SentEvent;
  readonly index: number;
}

export interface Send {
  readonly event: SendEvent;
  /** Its place in the history. */
  readonly index: number;
  /** The first acknowledgement. */
  sent: Acknowledgement | undefined;
  /** Those of further attempts. */
  readonly sentAgain: Acknowledgement[];
  refused: boolean;
}

interface Trim {
  readonly event: TrimEvent;
  readonly index: number;
  doneIndex: number | undefined;
}

export interface PartitionFacts {
  readonly name: string;
  readonly promise: PartitionPromise;
  readonly sends: Send[];
  /** Polls and positions of all consumers, in order. */
  readonly reads: { readonly event: PollEvent | PositionEvent; readonly index: number }[];
  readonly trims: Trim[];
  readonly statements: Statement[];
  whole: WholeEvent | undefined;
  /** Made after `whole`, with no crash in between. */
  lookups: LookupEvent[];
}

interface Crash {
  readonly event: CrashEvent;
  readonly index: number;
}

export interface Facts {
  readonly partitions: ReadonlyMap<string, PartitionFacts>;
  /** Crashes that took what was not synced. */
  readonly losses: readonly Crash[];
  /** How many losses lie before the event of that index. */
  eraAt(index: number): number;
}

export function factsOf(history: History): Facts {
  const sorter = new Sorter(history);
  for (const [index, event] of history.events.entries()) sorter.take(event, index);
  const { partitions, losses } = sorter;
  const eras = new Eras(losses);
  const facts: Facts = { partitions, losses, eraAt: (index) => eras.at(index) };
  for (const partition of partitions.values()) addStatements(partition, facts, history.events.length);
  return facts;
}

class Sorter {
  readonly partitions = new Map<string, PartitionFacts>();
  readonly losses: Crash[] = [];
  readonly #sends = new Map<number, Send>();
  readonly #trims = new Map<number, Trim>();

  constructor({ partitions }: History) {
    for (const [name, promise] of Object.entries(partitions)) {
      const empty = { sends: [], reads: [], trims: [], statements: [], whole: undefined, lookups: [] };
      this.partitions.set(name, { name, promise, ...empty });
    }
  }

  take(event: HistoryEvent, index: number): void {
    const { kind } = event;
    if (kind === 'send' || kind === 'sent' || kind === 'refused') this.#takeSend(event, index);
    else if (kind === 'position' || kind === 'poll') this.#of(event.partition).reads.push({ event, index });
    else if (kind === 'trim' || kind === 'trimmed') this.#takeTrim(event, index);
    else if (kind === 'whole') this.#takeWhole(event);
    else if (kind === 'lookup') this.#of(event.partition).lookups.push(event);
    else if (kind === 'crash' && event.unsynced === 'lost') this.losses.push({ event, index });
  }

  #takeSend(event: SendEvent | SentEvent | RefusedEvent, index: number): void {
    if (event.kind === 'send') {
      const send: Send = { event, index, sent: undefined, sentAgain: [], refused: false };
      this.#sends.set(event.id, send);
      this.#of(event.partition).sends.push(send);
      return;
    }
    const send = this.#sends.get(event.id);
    assert(send !== undefined, `send ${event.id} ends, and did not begin`);
    if (event.kind === 'sent') {
      if (send.sent === undefined) send.sent = { event, index };
      else send.sentAgain.push({ event, index });
    } else send.refused = true;
  }

  #takeWhole(event: WholeEvent): void {
    const facts = this.#of(event.partition);
    facts.whole = event;
    facts.lookups = [];
  }

  #takeTrim(event: TrimEvent | DoneEvent, index: number): void {
    if (event.kind === 'trim') {
      const trim: Trim = { event, index, doneIndex: undefined };
      this.#trims.set(event.id, trim);
      this.#of(event.partition).trims.push(trim);
      return;
    }
    const trim = this.#trims.get(event.id);
    assert(trim !== undefined, `trim ${event.id} ends, and did not begin`);
    trim.doneIndex = index;
  }

  #of(name: string): PartitionFacts {
    const facts = this.partitions.get(name);
    assert(facts !== undefined, `a history names its partitions: ${name}`);
    return facts;
  }
}

/** Counts losses before an index; asked mostly in ascending order. */
class Eras {
  readonly #indexes: readonly number[];

  constructor(losses: readonly Crash[]) {
    this.#indexes = losses.map(({ index }) => index);
  }

  at(index: number): number {
    let low = 0;
    let high = this.#indexes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#indexes[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function addStatements(partition: PartitionFacts, facts: Facts, lastIndex: number): void {
  const { statements, promise } = partition;
  const powerSafe = promise.durability === 'power-loss';
  const add = (
    asked: number,
    told: number,
    safe: boolean,
    by: 'ack' | 'read',
    records: { offsets: (i: number) => number; values: readonly number[] },
  ): void => {
    const first = facts.eraAt(asked);
    const last = facts.eraAt(told);
    const era = safe || first === last ? last : undefined;
    let i = 0;
    for (const value of records.values) statements.push({ offset: records.offsets(i++), value, era, safe, by });
  };
  for (const { event, index, sent, sentAgain } of partition.sends) {
    const safe = powerSafe && event.acks === 'all';
    for (const told of sent === undefined ? [] : [sent, ...sentAgain]) {
      const base = told.event.offset;
      if (base !== undefined) add(index, told.index, safe, 'ack', { offsets: (i) => base + i, values: event.values });
    }
  }
  for (const { event, index } of partition.reads) {
    if (event.kind !== 'poll') continue;
    const { offsets, values, asked } = event;
    add(asked, index, powerSafe, 'read', { offsets: (i) => offsets[i] ?? -1, values });
  }
  const { whole } = partition;
  if (whole === undefined) return;
  const { offsets, values } = whole;
  add(lastIndex, lastIndex, powerSafe, 'read', { offsets: (i) => offsets[i] ?? -1, values });
}
