/**
 * Time that passes when it is told to.
 *
 * Time moves in turns, as an event loop does: all timers due at one instant run in the order (time, call), then what
 * `soon` was given meanwhile, in order. What these add, even for the same instant, belongs to a later turn. So the same
 * calls always run in the same order.
 */
import { assert, type Clock, InvariantError, type Timer } from '@skerry/base';

/** Turns at one instant after which the program is taken to chase its own tail. */
const turnsPerInstantMax = 100_000;

/** On whose behalf a call is made: once it has stopped, its calls are left out. */
export interface Owner {
  readonly stopped: boolean;
}

class Entry implements Timer {
  readonly at: number;
  readonly sequence: number;
  /** Undefined once it has run or was cancelled. */
  run: (() => void) | undefined;
  readonly owner: Owner | undefined;

  constructor(at: number, sequence: number, run: () => void, owner: Owner | undefined) {
    this.at = at;
    this.sequence = sequence;
    this.run = run;
    this.owner = owner;
  }

  cancel(): void {
    this.run = undefined;
  }
}

export interface VirtualClockOptions {
  /** What the wall clock shows at first. */
  readonly wallMs?: number;
}

export class VirtualClock implements Clock {
  #now = 0;
  #wallOffset: number;
  #sequence = 0;
  #soon: (() => void)[] = [];
  /** Of each of them. */
  #soonOwners: (Owner | undefined)[] = [];
  /** A binary heap by {@link before}. */
  readonly #timers: Entry[] = [];
  #turnsHere = 0;
  /** Something was called since {@link afterCalls} was: also if it threw. */
  #hasCalled = false;
  /**
   * Called when a turn's timers have run, and when its `soon` calls have, if there were any: where an event loop runs
   * what promises have made ready.
   */
  afterCalls: (() => void) | undefined;

  constructor({ wallMs = Date.UTC(2030, 0, 1) }: VirtualClockOptions = {}) {
    this.#wallOffset = wallMs;
  }

  monotonicMs(): number {
    return this.#now;
  }

  wallMs(): number {
    return Math.floor(this.#now + this.#wallOffset);
  }

  /** Sets the wall clock forward, or back if negative. The monotonic clock and all timers stay as they are. */
  jumpWall(byMs: number): void {
    this.#wallOffset += byMs;
  }

  after(delayMs: number, run: () => void, owner?: Owner): Timer {
    const entry = new Entry(this.#now + Math.max(delayMs, 0), this.#sequence++, run, owner);
    push(this.#timers, entry);
    return entry;
  }

  soon(run: () => void, owner?: Owner): void {
    this.#soon.push(run);
    this.#soonOwners.push(owner);
  }

  /** Whether nothing is due, now or ever. */
  get idle(): boolean {
    return this.#soon.length === 0 && this.#nextTimer() === undefined;
  }

  /** Lets `ms` pass, and all that is due by then happen. */
  advance(ms: number): void {
    const until = this.#now + ms;
    while (this.#turn(until));
    this.#now = until;
    this.#turnsHere = 0;
  }

  /** Lets time pass until nothing is due; fails if something still is after `withinMs`. */
  runUntilIdle(withinMs = 3_600_000): void {
    const until = this.#now + withinMs;
    while (this.#turn(until));
    assert(this.idle, `still busy after ${withinMs} ms of virtual time`);
  }

  /** Lets time pass until `reached` is true after a turn; fails if it is not within `withinMs`. */
  runUntil(reached: () => boolean, withinMs = 3_600_000): void {
    const until = this.#now + withinMs;
    while (!reached()) {
      if (!this.#turn(until)) unreached(`${String(reached)} within ${withinMs} ms`);
    }
  }

  /** Lets time pass until what `run` begins has called back; throws the error that it calls back with. */
  finish(run: (done: (error?: Error) => void) => void, withinMs?: number): void {
    let over = false;
    let failed: Error | undefined;
    run((error) => {
      over = true;
      failed = error;
    });
    this.runUntil(() => over, withinMs);
    if (failed !== undefined) throw failed;
  }

  /** One turn, if one is due by `until`. */
  #turn(until: number): boolean {
    if (this.#soon.length === 0) {
      const next = this.#nextTimer();
      if (next === undefined || next.at > until) return false;
      if (next.at > this.#now) {
        this.#now = next.at;
        this.#turnsHere = 0;
      }
    }
    this.#turnsHere++;
    if (this.#turnsHere >= turnsPerInstantMax) standsStill(this.#now);
    const later = this.#sequence;
    for (let next = this.#nextTimer(); next !== undefined; next = this.#nextTimer()) {
      if (next.at > this.#now || next.sequence >= later) break;
      pop(this.#timers);
      const { run, owner } = next;
      next.run = undefined;
      if (owner?.stopped === true) continue;
      this.#hasCalled = true;
      run?.();
    }
    this.#runPromises();
    this.#runSoon();
    this.#runPromises();
    return true;
  }

  #runPromises(): void {
    if (!this.#hasCalled) return;
    this.#hasCalled = false;
    this.afterCalls?.();
  }

  #runSoon(): void {
    if (this.#soon.length === 0) return;
    this.#hasCalled = true;
    const soon = this.#soon;
    const owners = this.#soonOwners;
    this.#soon = [];
    this.#soonOwners = [];
    let ran = 0;
    try {
      for (const run of soon) {
        const owner = owners[ran++];
        if (owner?.stopped !== true) run();
      }
    } finally {
      // A test may go on after the exception of one machine; the others' calls are still due.
      if (ran < soon.length) {
        this.#soon = [...soon.slice(ran), ...this.#soon];
        this.#soonOwners = [...owners.slice(ran), ...this.#soonOwners];
      }
    }
  }

  #nextTimer(): Entry | undefined {
    while (this.#timers[0] !== undefined && this.#timers[0].run === undefined) pop(this.#timers);
    return this.#timers[0];
  }
}

function standsStill(nowMs: number): never {
  throw new InvariantError(`${turnsPerInstantMax} turns at ${nowMs} ms: time stands still`);
}

function unreached(what: string): never {
  throw new InvariantError(`not reached in virtual time: ${what}`);
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Entry;
    if (!before(entry, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && before(heap[below + 1] as Entry, heap[below] as Entry)) below++;
    const child = heap[below] as Entry;
    if (!before(child, last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}
