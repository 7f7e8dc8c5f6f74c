import { type Clock, type Connection, type ConnectionEvents, limits, ProtocolError, type Timer } from '@skerry/base';
import { AnswerSender } from './answer-sender.ts';
import { type Frame, FrameDecoder } from './frame-decoder.ts';
import type { Newcomers } from './newcomers.ts';
import type { Gated, ReadGate } from './read-gate.ts';
import type { SlabPool } from './slab-pool.ts';
import { isFileRange, type Part } from './writer.ts';

/**
 * How a call is answered: with parts to send, or `undefined` where the protocol sends nothing back (acks=0). Once. The
 * client is then not read for `muteMs`, if that is given (KIP-219).
 */
export type Reply = (parts: readonly Part[] | undefined, muteMs?: number) => void;

/** A decoded request that has not started. */
export interface Call {
  /** May run beside others of its kind: Produce alone. */
  readonly overlap: boolean;
  /**
   * Starts it. Until `reply` is called the frame's bytes stay where they are. `hold` keeps later calls from starting
   * until it is called again with false.
   */
  run(reply: Reply, hold: (on: boolean) => void): void;
}

/** What a connection needs from the broker. */
export interface Service {
  /** Reads a frame's header and finds who serves it; a ProtocolError closes the connection. */
  open(frame: Uint8Array): Call;
  /** Said once, when the connection is over; with the reason when we ended it. */
  closed(reason: Error | undefined): void;
}

interface Exchange {
  readonly frame: Frame;
  readonly call: Call;
  answered: boolean;
  parts: readonly Part[] | undefined;
}

/** Shared by all connections of a node. */
export interface ConnectionWorld {
  readonly slabs: SlabPool;
  readonly newcomers: Newcomers;
  readonly gate: ReadGate;
  readonly frameBytesMax: () => number;
  /** The same for all APIs but Produce. */
  readonly quietBytesMax: () => number;
  readonly after: Clock['after'];
}

/** How long a peer is waited for, in milliseconds. */
export interface Patience {
  /** Until the first request is there whole, however its bytes come. */
  readonly firstRequestMs: number;
  /** While nothing is asked and nothing answered. */
  readonly idleMs: number;
  /** While an answer is there, and the peer takes no byte of it. */
  readonly stallMs: number;
  /** While a request is there in part, and no more of it comes. */
  readonly frameMs: number;
}

/** What a peer has kept us waiting for too long. */
export type Overdue = 'firstRequest' | 'idle' | 'stall' | 'frame';

/**
 * One client's stream: bytes → frames → calls → answers → bytes, in request order.
 *
 * - A call that may overlap starts beside earlier ones of its kind, bounded by count and by bytes. Any other starts
 *   when all before it are answered, and nothing starts before it is answered, which is Kafka's rule.
 * - While a call waits to start, the socket is not read; nor for a time after an answer that says so.
 * - While the node's memory is short it may not be read at all: the gate decides.
 * - An answer leaves one slab at a time, as the socket drains: a stalled reader costs its plan and one slab.
 */
export class ServerConnection implements ConnectionEvents, Gated {
  readonly #connection: Connection;
  readonly #service: Service;
  readonly #world: ConnectionWorld;
  readonly #decoder: FrameDecoder;
  /** Started, not yet sent, in request order. */
  readonly #started: Exchange[] = [];
  /** Read, not yet started. What one chunk held beyond the bounds; the socket is paused while there is any. */
  readonly #waiting: Frame[] = [];
  #next: { readonly frame: Frame; readonly call: Call } | undefined;
  #startedBytes = 0;
  #holds = 0;
  /** While there is any, the client is not read. Made when first needed: most connections never do. */
  #mutes: Set<Timer> | undefined;
  #paused = false;
  #starved = false;
  #sending = false;
  #starting = false;
  #closed = false;
  /** The peer does not take its answers: none is sent, hence soon no request is started, until it does. */
  #full = false;
  /** Since the last look: something came. */
  #heard = false;
  /** A request was there whole. */
  #asked = false;
  /** An answer from files was sent to its end, and after it the peer asked again: it reads what it asks for. */
  #readsAnswers = false;
  #sentLarge = false;
  /** As of the last look. Undefined before the first. */
  #looked: { readonly sinceMs: number; aliveMs: number; takenMs: number; sentBytes: number } | undefined;

  constructor(connection: Connection, service: Service, world: ConnectionWorld) {
    this.#connection = connection;
    this.#service = service;
    this.#world = world;
    this.#decoder = new FrameDecoder(world.slabs, world.frameBytesMax, world.quietBytesMax);
    world.gate.enter(this);
  }

  data(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#heard = true;
    try {
      this.#decoder.push(chunk, (frame) => this.#waiting.push(frame));
    } catch (error) {
      // What came before the bad bytes is still owed its answer only if it is sent already: the stream has lost its
      // framing.
      this.#fail(error);
      return;
    }
    if (this.#waiting.length > 0) this.#asked = true;
    this.#startCalls();
    this.#world.gate.heard(this);
  }

  get heldBytes(): number {
    let bytes = this.#decoder.heldBytes + (this.#next?.frame.slab.length ?? 0);
    for (const { slab } of this.#waiting) bytes += slab.length;
    for (const { frame } of this.#started) bytes += frame.slab.length;
    return bytes;
  }

  get missingBytes(): number {
    return this.#decoder.missingBytes;
  }

  starve(on: boolean): void {
    this.#starved = on;
    this.#holdBack();
  }

  giveUp(): void {
    this.#fail(new ProtocolError('most of a request was missing while memory was short'));
  }

  /**
   * What the peer is late with by now, if anything. Called every now and then, of all connections in one go: the times
   * are as exact as that is often.
   */
  overdue(nowMs: number, { firstRequestMs, idleMs, stallMs, frameMs }: Patience): Overdue | undefined {
    const looked = (this.#looked ??= { sinceMs: nowMs, aliveMs: nowMs, takenMs: nowMs, sentBytes: 0 });
    const { unsentBytes } = this.#connection;
    // Most owe nothing, and are not asked for more.
    const sentBytes = unsentBytes === 0 ? looked.sentBytes : this.#connection.sentBytes;
    if (unsentBytes === 0 || sentBytes !== looked.sentBytes) looked.takenMs = nowMs;
    looked.sentBytes = sentBytes;
    if (this.#heard || unsentBytes > 0 || this.#starved || !this.#isQuiet) looked.aliveMs = nowMs;
    this.#heard = false;
    if (!this.#asked && nowMs - looked.sinceMs >= firstRequestMs) return 'firstRequest';
    if (nowMs - looked.takenMs >= stallMs) return 'stall';
    const silentMs = nowMs - looked.aliveMs;
    if (silentMs >= frameMs && this.#decoder.missingBytes > 0) return 'frame';
    return silentMs >= idleMs ? 'idle' : undefined;
  }

  /** Closes it, without a reason that would be the client's fault. */
  close(): void {
    this.#connection.destroy();
    this.#end(undefined);
  }

  /** Nothing is asked, and nothing holds back what might be. */
  get #isQuiet(): boolean {
    return this.#started.length === 0 && this.#next === undefined && this.#waiting.length === 0 && !this.#isMuted;
  }

  get #isMuted(): boolean {
    return this.#mutes !== undefined && this.#mutes.size > 0;
  }

  drain(): void {
    this.#full = false;
    this.#sendAnswers();
  }

  closed(error?: Error): void {
    this.#end(error);
  }

  #startCalls(): void {
    if (this.#starting) return;
    this.#starting = true;
    try {
      while (!this.#closed && this.#startOne());
    } catch (error) {
      this.#fail(error);
    }
    this.#starting = false;
    this.#holdBack();
  }

  #holdBack(): void {
    this.#setPaused(this.#starved || this.#next !== undefined || this.#waiting.length > 0 || this.#isMuted);
  }

  #startOne(): boolean {
    if (this.#isMuted) return false;
    if (this.#next === undefined) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return false;
      try {
        this.#next = { frame, call: this.#service.open(frame.slab.subarray(0, frame.bytes)) };
      } catch (error) {
        this.#world.slabs.give(frame.slab);
        throw error;
      }
    }
    const { frame, call } = this.#next;
    if (!this.#mayStart(call, frame)) return false;
    this.#next = undefined;
    if (this.#sentLarge) this.#readsAnswers = true;
    const exchange: Exchange = { frame, call, answered: false, parts: undefined };
    this.#started.push(exchange);
    this.#startedBytes += frame.bytes;
    call.run(
      (parts, muteMs = 0) => {
        if (muteMs > 0) this.#muteFor(muteMs);
        this.#answer(exchange, parts);
      },
      (on) => {
        this.#holds += on ? 1 : -1;
        if (!on) this.#startCalls();
      },
    );
    return true;
  }

  #mayStart(call: Call, frame: Frame): boolean {
    const oldest = this.#started[0];
    if (oldest === undefined) return true;
    return (
      call.overlap &&
      oldest.call.overlap &&
      this.#holds === 0 &&
      this.#started.length < limits.overlapRequestsMax &&
      this.#startedBytes + frame.bytes <= limits.overlapBytesMax
    );
  }

  #answer(exchange: Exchange, parts: readonly Part[] | undefined): void {
    if (exchange.answered) return;
    exchange.answered = true;
    this.#world.slabs.give(exchange.frame.slab);
    if (this.#closed) {
      release(parts);
      return;
    }
    exchange.parts = parts;
    this.#sendAnswers();
  }

  /** Sends answers from the oldest on, until one is missing or the socket is full. */
  #sendAnswers(): void {
    if (this.#sending) return;
    this.#sending = true;
    while (!this.#closed && !this.#full) {
      const exchange = this.#started[0];
      if (exchange === undefined || !exchange.answered) break;
      if (exchange.parts !== undefined && !this.#send(exchange)) return;
      this.#started.shift();
      this.#startedBytes -= exchange.frame.bytes;
    }
    this.#sending = false;
    this.#startCalls();
  }

  /**
   * Sends an answer that is all in memory now, and says so; another is sent a slab at a time, and `#sendAnswers` goes
   * on after it.
   */
  #send(exchange: Exchange): boolean {
    const parts = exchange.parts ?? [];
    if (inMemory(parts)) {
      this.#full = !this.#connection.write(parts, this.#counted(parts));
      return true;
    }
    const { slabs, newcomers, gate } = this.#world;
    const sender = new AnswerSender(
      this.#connection,
      slabs,
      parts,
      { newcomers: this.#readsAnswers ? undefined : newcomers, isShort: gate.isShort, isGone: () => this.#closed },
      (error) => {
        release(parts);
        this.#sentLarge = true;
        exchange.parts = undefined;
        this.#sending = false;
        if (error === undefined) this.#sendAnswers();
        else this.#cutOff(error);
      },
    );
    sender.run();
    return false;
  }

  /** Keeps the count of an answer in memory, unless it is small; what is returned ends that. */
  #counted(parts: readonly Part[]): (() => void) | undefined {
    let bytes = 0;
    for (const part of parts) bytes += part.byteLength;
    if (bytes < countedAnswerBytesMin) return undefined;
    const { gate } = this.#world;
    gate.queuedBytes += bytes;
    return () => {
      gate.queuedBytes -= bytes;
    };
  }

  /** Starts nothing and reads nothing for a time. */
  #muteFor(ms: number): void {
    if (this.#closed) return;
    const mute = this.#world.after(ms, () => {
      this.#mutes?.delete(mute);
      this.#startCalls();
    });
    (this.#mutes ??= new Set()).add(mute);
    this.#setPaused(true);
  }

  #setPaused(paused: boolean): void {
    if (this.#closed || paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#connection.pause();
    else this.#connection.resume();
  }

  /** Half an answer is sent and the rest cannot be read: whoever owns the data knows, and the client asks again. */
  #cutOff(error: Error): void {
    this.#connection.destroy();
    this.#end(error);
  }

  /** Ends the connection for a fault of the client's; anything else is ours, and goes up. */
  #fail(error: unknown): void {
    if (!(error instanceof Error)) throw error;
    this.#connection.destroy();
    this.#end(error);
    if (!(error instanceof ProtocolError)) throw error;
  }

  #end(reason: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#world.gate.leave(this);
    for (const mute of this.#mutes ?? []) mute.cancel();
    this.#decoder.close();
    for (const frame of this.#waiting) this.#world.slabs.give(frame.slab);
    if (this.#next !== undefined) this.#world.slabs.give(this.#next.frame.slab);
    this.#waiting.length = 0;
    this.#next = undefined;
    // Calls under way keep their frames until they reply: the log may hold their bytes.
    // An answer that is being sent is released by its sender.
    this.#started.forEach(({ parts, answered }, place) => {
      if (answered && (place > 0 || !this.#sending)) release(parts);
    });
    this.#started.length = 0;
    this.#service.closed(reason);
  }
}

/** Smaller ones are what the socket's own bound is for. */
const countedAnswerBytesMin = 16 * 1024;

function inMemory(parts: readonly Part[]): parts is readonly Uint8Array[] {
  return !parts.some(isFileRange);
}

function release(parts: readonly Part[] | undefined): void {
  for (const part of parts ?? []) if (isFileRange(part)) part.release();
}
