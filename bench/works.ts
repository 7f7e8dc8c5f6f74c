/** What a connection sends, and what it makes of the answers: one kind of work after the other. */
import { errorName } from '@skerry/wire';
import { fetchAnswer, produceError } from './answers.ts';
import {
  correlate,
  echoRequest,
  fetchRequest,
  produceRequest,
  type RecordBatch,
  setFetchOffset,
  setProducePartition,
} from './frames.ts';
import { Histogram } from './histogram.ts';

export interface Load {
  /** `echo` is the floor's alone; `group` reads the topic as a consumer group of a member a connection. */
  readonly kind: 'produce' | 'fetch' | 'endToEnd' | 'echo' | 'group';
  readonly host: string;
  readonly port: number;
  readonly topic: string;
  /** The batches of all connections go to them in turn; a fetch reads partition 0. */
  readonly partitions: number;
  /** A topic holds copies of one batch. */
  readonly batch: RecordBatch;
  /** Batches to send, or to read. */
  readonly batches: number;
  /** Requests that wait for an answer, on each connection. */
  readonly inFlight: number;
  readonly connections: number;
  /** Of a fetch: the most it asks for. */
  readonly fetchBytes: number;
  /**
   * Batches a second over all connections, each due at its moment whether or not those before it were answered, its
   * latency counted from that moment; undefined: as many as are answered.
   */
  readonly pace: number | undefined;
}

/** What a connection sends next, and what it makes of the answers, which come in order. */
export interface Work {
  /**
   * The next frame, ready to be written, or undefined when none is due. `slot` is free: its last frame was answered.
   */
  next(slot: number): Buffer | undefined;
  /** Takes in an answer. True when it was the last one due. */
  answered(head: Buffer): boolean;
  readonly bytes: number;
  /** Where the work itself tells the latencies; else they are from a request's writing to its answer. */
  readonly latencies?: Histogram;
}

/** Fetches in a row that may bring nothing. */
const emptyMax = 100;

/** Frames of one slot each, since one that waits in the socket must keep its correlation id. */
class Slots {
  readonly #frame: Buffer;
  readonly #frames: Buffer[] = [];

  constructor(frame: Buffer) {
    this.#frame = frame;
  }

  at(slot: number): Buffer {
    return (this.#frames[slot] ??= Buffer.from(this.#frame));
  }
}

function assertOrder(head: Buffer, expected: number): void {
  if (head.readInt32BE(0) !== expected) throw new Error('an answer came out of order');
}

/** Sends `batches`, the first to `partition`, each next one to the next. */
export function produceWork({ topic, batch, partitions }: Load, batches: number, partition = 0): Work {
  const slots = new Slots(produceRequest(topic, batch.bytes));
  let sent = 0;
  let acknowledged = 0;
  return {
    next(slot) {
      if (sent === batches) return undefined;
      const frame = slots.at(slot);
      if (partitions > 1) setProducePartition(frame, topic, (partition + sent) % partitions);
      correlate(frame, sent++);
      return frame;
    },
    answered(head) {
      assertOrder(head, acknowledged);
      const error = produceError(head);
      if (error !== 0) throw new Error(`Produce failed with ${errorName(error)}`);
      return ++acknowledged === batches;
    },
    get bytes() {
      return acknowledged * batch.bytes.length;
    },
  };
}

/** Sends a batch to the floor, which sends it back. */
export function echoWork({ batch }: Load, batches: number): Work {
  const slots = new Slots(echoRequest(batch.bytes));
  let sent = 0;
  let answers = 0;
  return {
    next(slot) {
      if (sent === batches) return undefined;
      const frame = slots.at(slot);
      correlate(frame, sent++);
      return frame;
    },
    answered(head) {
      assertOrder(head, answers);
      return ++answers === batches;
    },
    get bytes() {
      return answers * batch.bytes.length;
    },
  };
}

/** Moments of one connection: the first is `firstMs` after it began, each next one a period later. */
export interface Pace {
  readonly periodMs: number;
  readonly firstMs: number;
}

/** When each message is due; begins with the first question. */
class Dues {
  readonly #pace: Pace;
  #beganMs = -1;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  dueMs(message: number): number {
    if (this.#beganMs < 0) this.#beganMs = performance.now();
    return this.#beganMs + this.#pace.firstMs + message * this.#pace.periodMs;
  }
}

/** `work` at a pace: a broker that holds one request up pays for those that wait behind it. */
export function pacedWork(work: Work, pace: Pace): Work {
  const dues = new Dues(pace);
  const latencies = new Histogram();
  let sent = 0;
  let answers = 0;
  return {
    latencies,
    next(slot) {
      if (performance.now() < dues.dueMs(sent)) return undefined;
      const frame = work.next(slot);
      if (frame !== undefined) sent++;
      return frame;
    },
    answered(head) {
      latencies.record(performance.now() - dues.dueMs(answers++));
      return work.answered(head);
    },
    get bytes() {
      return work.bytes;
    },
  };
}

/** What of a partition is read: `batches` from its start. */
export type Read = Pick<Load, 'topic' | 'batch' | 'fetchBytes' | 'inFlight'> & {
  readonly batches: number;
  readonly partition?: number;
};

/**
 * Reads a partition from its start. Several fetches may be in flight: each asks for where the one before it should end.
 * Where it ended elsewhere (a broker may answer with less than was asked for), the answers to the wrong guesses are
 * dropped, and not counted.
 */
export function fetchWork({ topic, batch, batches, inFlight, fetchBytes, partition = 0 }: Read): Work {
  const { records } = batch;
  const batchBytes = batch.bytes.length;
  const frames = Array.from({ length: inFlight }, () => fetchRequest(topic, fetchBytes, partition));
  const end = batches * records;
  const step = Math.max(1, Math.floor(fetchBytes / batchBytes)) * records;
  const asked: number[] = [];
  let sent = 0;
  let received = 0;
  let guess = 0;
  let offset = 0;
  let empty = 0;
  return {
    next(slot) {
      if (guess >= end) return undefined;
      const frame = frames[slot];
      if (frame === undefined) return undefined;
      correlate(frame, sent++);
      setFetchOffset(frame, guess);
      asked.push(guess);
      guess += step;
      return frame;
    },
    answered(head) {
      assertOrder(head, received++);
      const { error, bytes, baseOffset } = fetchAnswer(head);
      if (error !== 0) throw new Error(`Fetch failed with ${errorName(error)}`);
      if (asked.shift() !== offset) return false;
      const whole = Math.floor(bytes / batchBytes);
      empty = whole === 0 ? empty + 1 : 0;
      if (empty > emptyMax) throw new Error(`no records at offset ${offset}, where some were acknowledged`);
      if (whole > 0 && baseOffset !== offset) throw new Error(`asked for offset ${offset}, got ${baseOffset}`);
      offset += whole * records;
      if (offset >= end) return true;
      if (asked[0] !== offset) guess = offset;
      return false;
    },
    get bytes() {
      return (offset / records) * batchBytes;
    },
  };
}

/** One work after the other; only of works with one request in flight, so that no answer belongs to the one before. */
export function inTurn(works: readonly Work[]): Work {
  let at = 0;
  return {
    next: (slot) => works[at]?.next(slot),
    answered: (head) => works[at]?.answered(head) === true && ++at === works.length,
    get bytes() {
      return works.reduce((sum, work) => sum + work.bytes, 0);
    },
  };
}

/**
 * A message a batch at a fixed pace, and a consumer at the end of the log. Latency is from when a message was due to
 * when the consumer had it.
 */
export function endToEndWorks(load: Load, pace: Pace): { readonly produce: Work; readonly tail: Work } {
  const { topic, batch, batches, fetchBytes } = load;
  const dues = new Dues(pace);
  const paced = produceWork(load, batches);
  const latencies = new Histogram();
  const frame = fetchRequest(topic, fetchBytes);
  let sent = 0;
  let offset = 0;
  let received = 0;
  return {
    produce: {
      // The consumer tells them.
      latencies: new Histogram(),
      next(slot) {
        return sent === batches || performance.now() < dues.dueMs(sent) ? undefined : (sent++, paced.next(slot));
      },
      answered: (head) => paced.answered(head),
      get bytes() {
        return paced.bytes;
      },
    },
    tail: {
      latencies,
      next() {
        correlate(frame, received);
        setFetchOffset(frame, offset);
        return frame;
      },
      answered(head) {
        assertOrder(head, received++);
        const { error, bytes, baseOffset } = fetchAnswer(head);
        if (error !== 0) throw new Error(`Fetch failed with ${errorName(error)}`);
        const whole = Math.floor(bytes / batch.bytes.length);
        if (whole > 0 && baseOffset !== offset) throw new Error(`asked for offset ${offset}, got ${baseOffset}`);
        const nowMs = performance.now();
        for (let i = 0; i < whole; i++) latencies.record(nowMs - dues.dueMs(offset++));
        return offset >= batches;
      },
      bytes: 0,
    },
  };
}
