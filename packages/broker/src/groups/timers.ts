/**
 * Many deadlines on one timer of the clock.
 *
 * A session is prolonged at each heartbeat and almost never ends, so pushing a deadline back is the cheap case: the
 * entry stays where it is in the heap and is put right when its old time comes. Bringing one forward, or clearing it,
 * moves it within the heap.
 */
import { assert, type Clock, type Timer } from '@skerry/base';

export class Timers {
  readonly #clock: Clock;
  /** A binary heap by `wakeMs`; each entry knows its place. */
  readonly #heap: Entry[] = [];
  #timer: Timer | undefined;
  #timerMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Deadlines that are set. */
  get size(): number {
    return this.#heap.length;
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** A deadline that calls `run` when it passes; not set yet. */
  deadline(run: () => void): Deadline {
    const entry: Entry = { wakeMs: 0, dueMs: 0, place: -1, run };
    return {
      set: (delayMs) => this.#set(entry, delayMs),
      clear: () => this.#clear(entry),
      isSet: () => entry.place >= 0,
    };
  }

  /** `reply`, once; with what `late` makes, if nobody calls it in time. */
  within<T>(delayMs: number, late: () => T, reply: (answer: T) => void): (answer: T) => void {
    let isDue = true;
    const answer = (given: T): void => {
      if (!isDue) return;
      isDue = false;
      deadline.clear();
      reply(given);
    };
    const deadline = this.deadline(() => answer(late()));
    deadline.set(delayMs);
    return answer;
  }

  /** Forgets all of them: the node stops. */
  close(): void {
    for (const entry of this.#heap) entry.place = -1;
    this.#heap.length = 0;
    this.#arm();
  }

  #set(entry: Entry, delayMs: number): void {
    entry.dueMs = this.#clock.monotonicMs() + delayMs;
    if (entry.place >= 0 && entry.dueMs >= entry.wakeMs) return;
    entry.wakeMs = entry.dueMs;
    if (entry.place < 0) entry.place = this.#heap.push(entry) - 1;
    this.#rise(entry);
    this.#arm();
  }

  #clear(entry: Entry): void {
    if (entry.place < 0) return;
    this.#remove(entry);
    this.#arm();
  }

  #fire(): void {
    this.#timer = undefined;
    this.#timerMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.monotonicMs();
    for (let head = this.#heap[0]; head !== undefined && head.wakeMs <= nowMs; head = this.#heap[0]) {
      if (head.dueMs > nowMs) {
        head.wakeMs = head.dueMs;
        this.#sink(head);
        continue;
      }
      this.#remove(head);
      head.run();
    }
    this.#arm();
  }

  #arm(): void {
    const wakeMs = this.#heap[0]?.wakeMs ?? Number.POSITIVE_INFINITY;
    // A timer that is early costs one look at the heap; it is not worth cancelling.
    if (wakeMs >= this.#timerMs && this.#heap.length > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerMs = wakeMs;
    if (this.#heap.length === 0) return;
    this.#timer = this.#clock.after(Math.max(0, wakeMs - this.#clock.monotonicMs()), () => this.#fire());
  }

  #remove(entry: Entry): void {
    assert(this.#heap[entry.place] === entry, 'a deadline knows its place');
    const last = this.#heap.pop();
    if (last !== undefined && last !== entry) {
      this.#put(last, entry.place);
      this.#rise(last);
      this.#sink(last);
    }
    entry.place = -1;
  }

  #rise(entry: Entry): void {
    for (;;) {
      const above = this.#heap[(entry.place - 1) >> 1];
      if (entry.place === 0 || above === undefined || above.wakeMs <= entry.wakeMs) return;
      this.#swap(entry, above);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const sooner = right !== undefined && left !== undefined && right.wakeMs < left.wakeMs ? right : left;
      if (sooner === undefined || sooner.wakeMs >= entry.wakeMs) return;
      this.#swap(entry, sooner);
    }
  }

  #swap(a: Entry, b: Entry): void {
    const place = a.place;
    this.#put(a, b.place);
    this.#put(b, place);
  }

  #put(entry: Entry, place: number): void {
    this.#heap[place] = entry;
    entry.place = place;
  }
}

/** A time by which something must have happened. Used again and again by its owner. */
export interface Deadline {
  /** Passes in `delayMs`, whatever was set before. */
  set(delayMs: number): void;
  clear(): void;
  isSet(): boolean;
}

interface Entry {
  /** Where the heap has it: at or before `dueMs`. */
  wakeMs: number;
  dueMs: number;
  /** Index in the heap, or −1. */
  place: number;
  readonly run: () => void;
}
