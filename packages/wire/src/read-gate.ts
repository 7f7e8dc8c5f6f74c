/**
 * Whom a node reads while its memory is short (`skerry.memory.budget`).
 *
 *   budget spent      a connection that holds anything after its bytes were read is not read any more: it starves
 *   by a part more    nobody is read, but the one favoured
 *   room again        those that hold nothing are read, then those that need least to finish their request
 *
 * One of those that starve is favoured: it is read whatever the account says, until its request is whole or its time is
 * over. So a request that is larger than what is left comes through, and a crowd that holds everything and sends
 * nothing keeps nobody out for ever; who is read, and in the midst of a request sends nothing, is closed
 * (`Patience.frameMs`).
 *
 * While memory is not short this costs the account's sum for each chunk, and no timer.
 */
import { type Clock, limits, type MemoryBudget, type Timer } from '@skerry/base';

/** A connection, as the gate sees it. */
export interface Gated {
  /** Bytes of its requests and answers. */
  readonly heldBytes: number;
  /** What its unfinished request still needs; 0 if it is between two. */
  readonly missingBytes: number;
  /** Is not read, until it is called with false. */
  starve(on: boolean): void;
  /** It had its turn, and made little of it. */
  giveUp(): void;
}

/** A peer that is worth its turn sends so much in it, or ends its request. */
const turnBytesMin = 64 * 1024;

export interface GateWorld {
  readonly clock: Clock;
  readonly memory: MemoryBudget;
  /** Memory has become short. */
  readonly short: () => void;
}

export class ReadGate {
  readonly #clock: Clock;
  readonly #memory: MemoryBudget;
  readonly #short: () => void;
  readonly #all = new Set<Gated>();
  /** With how often each was favoured in vain. */
  readonly #starved = new Map<Gated, number>();
  #favoured: Gated | undefined;
  #favouredMs = 0;
  #favouredMissing = 0;
  #timer: Timer | undefined;

  constructor({ clock, memory, short }: GateWorld) {
    this.#clock = clock;
    this.#memory = memory;
    this.#short = short;
  }

  /** Bytes of answers in memory that sockets have not taken; the connections keep count. */
  queuedBytes = 0;
  /** Peers that were given up since the start. */
  givenUp = 0;

  /** Whether anybody is kept waiting for memory. */
  get isShort(): boolean {
    return this.#timer !== undefined;
  }

  /** Connections that are not read now. */
  get starvedCount(): number {
    return this.#starved.size;
  }

  enter(reader: Gated): void {
    this.#all.add(reader);
  }

  leave(reader: Gated): void {
    this.#all.delete(reader);
    this.#starved.delete(reader);
    if (this.#favoured === reader) this.#favoured = undefined;
  }

  /** Bytes of `reader` were read. */
  heard(reader: Gated): void {
    if (this.#memory.freeBytes > 0 || reader === this.#favoured) return;
    this.#memory.trim();
    const free = this.#memory.freeBytes;
    if (free > 0) return;
    if (reader.heldBytes > 0) this.#starve(reader);
    if (-free >= this.#memory.bytesMax * limits.memoryOverdraft) for (const each of this.#all) this.#starve(each);
  }

  #starve(reader: Gated): void {
    if (reader === this.#favoured || this.#starved.has(reader)) return;
    this.#starved.set(reader, 0);
    reader.starve(true);
    if (this.#timer !== undefined) return;
    this.#short();
    this.#later();
  }

  #later(): void {
    this.#timer = this.#clock.after(limits.memoryLookMs, () => {
      this.#timer = undefined;
      this.#look();
      if (this.#starved.size > 0 || this.#favoured !== undefined) this.#later();
    });
  }

  /** Feeds those for whom there is room, and one in any case. */
  #look(): void {
    const bytesMax = this.#memory.bytesMax;
    let room = this.#memory.freeBytes;
    this.#disfavour();
    if (room > -bytesMax * limits.memoryOverdraft) {
      for (const reader of this.#starved.keys()) if (reader.heldBytes === 0) this.#feed(reader);
    }
    const needy = room > bytesMax * limits.memoryHeadroom ? this.#byNeed() : [];
    for (const { reader, missing } of needy) {
      room -= missing;
      if (room < 0) break;
      this.#feed(reader);
    }
    if (this.#favoured === undefined) this.#favour();
  }

  #feed(reader: Gated): void {
    this.#starved.delete(reader);
    reader.starve(false);
  }

  #byNeed(): { readonly reader: Gated; readonly missing: number; readonly turns: number }[] {
    const all = [...this.#starved].map(([reader, turns]) => ({ reader, turns, missing: reader.missingBytes }));
    return all.sort((a, b) => a.turns - b.turns || a.missing - b.missing);
  }

  #favour(): void {
    const [next] = this.#byNeed();
    if (next === undefined) return;
    this.#favoured = next.reader;
    this.#favouredMs = this.#clock.monotonicMs();
    this.#favouredMissing = next.missing;
    // Its turns are remembered, should it have this one in vain.
    next.reader.starve(false);
  }

  /** The favoured has finished its request, or has had its time. */
  #disfavour(): void {
    const reader = this.#favoured;
    if (reader === undefined) return;
    const isDone = reader.missingBytes === 0;
    if (!isDone && this.#clock.monotonicMs() - this.#favouredMs < limits.memoryFavourMs) return;
    this.#favoured = undefined;
    const turns = this.#starved.get(reader) ?? 0;
    if (isDone && reader.heldBytes === 0) this.#starved.delete(reader);
    else if (!isDone && this.#favouredMissing - reader.missingBytes < turnBytesMin) {
      this.givenUp++;
      reader.giveUp();
    } else {
      this.#starved.set(reader, isDone ? turns : turns + 1);
      reader.starve(true);
    }
  }
}
