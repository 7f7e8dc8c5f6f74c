/** What a connection sends, and what it makes of the answers: one kind of work after the other. */
import { fetchAnswer, produceError } from './answers.ts';
import { correlate, fetchRequest, produceRequest, recordBatch, setFetchOffset } from './frames.ts';

export interface Load {
  readonly kind: 'produce' | 'fetch' | 'paced';
  readonly host: string;
  readonly port: number;
  readonly topic: string;
  /** Size of a record batch; a topic holds batches of one size. */
  readonly batchBytes: number;
  /** Of its records. */
  readonly timestampMs: number;
  /** Batches to send, or to read. */
  readonly batches: number;
  /** Requests that wait for an answer, on each connection. */
  readonly inFlight: number;
  readonly connections: number;
  /** Of a fetch: the most it asks for. */
  readonly fetchBytes: number;
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
}

/** Fetches in a row that may bring nothing. */
const emptyMax = 100;

export function produceWork({ topic, batchBytes, timestampMs, inFlight }: Load, batches: number): Work {
  const frame = produceRequest(topic, recordBatch(batchBytes, timestampMs).bytes);
  // A frame per slot, since one that waits in the socket must keep its correlation id.
  const frames = Array.from({ length: inFlight }, () => Buffer.from(frame));
  let sent = 0;
  let acknowledged = 0;
  return {
    next(slot) {
      if (sent === batches) return undefined;
      const frame = frames[slot];
      if (frame !== undefined) correlate(frame, sent++);
      return frame;
    },
    answered(head) {
      if (head.readInt32BE(0) !== acknowledged) throw new Error('an answer came out of order');
      const error = produceError(head);
      if (error !== 0) throw new Error(`Produce failed with error ${error}`);
      return ++acknowledged === batches;
    },
    get bytes() {
      return acknowledged * batchBytes;
    },
  };
}

/**
 * Reads a topic from its start. Several fetches may be in flight: each asks for where the one before it should end.
 * Where it ended elsewhere (a broker may answer with less than was asked for), the answers to the wrong guesses are
 * dropped, and not counted.
 */
export function fetchWork({ topic, batchBytes, timestampMs, batches, inFlight, fetchBytes }: Load): Work {
  const recordsPerBatch = recordBatch(batchBytes, timestampMs).records;
  const frames = Array.from({ length: inFlight }, () => fetchRequest(topic, fetchBytes));
  const end = batches * recordsPerBatch;
  const step = Math.max(1, Math.floor(fetchBytes / batchBytes)) * recordsPerBatch;
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
      if (head.readInt32BE(0) !== received++) throw new Error('an answer came out of order');
      const { error, bytes, baseOffset } = fetchAnswer(head);
      if (error !== 0) throw new Error(`Fetch failed with error ${error}`);
      if (asked.shift() !== offset) return false;
      const whole = Math.floor(bytes / batchBytes);
      empty = whole === 0 ? empty + 1 : 0;
      if (empty > emptyMax) throw new Error(`no records at offset ${offset}, where some were acknowledged`);
      if (whole > 0 && baseOffset !== offset) throw new Error(`asked for offset ${offset}, got ${baseOffset}`);
      offset += whole * recordsPerBatch;
      if (offset >= end) return true;
      if (asked[0] !== offset) guess = offset;
      return false;
    },
    get bytes() {
      return (offset / recordsPerBatch) * batchBytes;
    },
  };
}

/** A message a batch, at a fixed pace, and a consumer at the end of the log. */
export interface PacedWorks {
  readonly produce: Work;
  readonly tail: Work;
  /**
   * From when a message was due to when the consumer had it: a broker that holds the producer up pays for those that
   * wait behind.
   */
  readonly latenciesMs: readonly number[];
}

export function pacedWorks(load: Load, messagesPerSecond: number): PacedWorks {
  const { topic, batchBytes, batches, fetchBytes } = load;
  const produce = produceWork(load, batches);
  const latenciesMs: number[] = [];
  const frame = fetchRequest(topic, fetchBytes);
  let beganMs = -1;
  let due = 0;
  let offset = 0;
  let received = 0;
  const dueMs = (message: number) => beganMs + (message * 1000) / messagesPerSecond;
  return {
    latenciesMs,
    produce: {
      next(slot) {
        if (beganMs < 0) beganMs = performance.now();
        if (due === batches || performance.now() < dueMs(due)) return undefined;
        due++;
        return produce.next(slot);
      },
      answered: (head) => produce.answered(head),
      get bytes() {
        return produce.bytes;
      },
    },
    tail: {
      next() {
        correlate(frame, received);
        setFetchOffset(frame, offset);
        return frame;
      },
      answered(head) {
        if (head.readInt32BE(0) !== received++) throw new Error('an answer came out of order');
        const { error, bytes, baseOffset } = fetchAnswer(head);
        if (error !== 0) throw new Error(`Fetch failed with error ${error}`);
        const whole = Math.floor(bytes / batchBytes);
        if (whole > 0 && baseOffset !== offset) throw new Error(`asked for offset ${offset}, got ${baseOffset}`);
        const nowMs = performance.now();
        for (let i = 0; i < whole; i++) latenciesMs.push(nowMs - dueMs(offset++));
        return offset >= batches;
      },
      bytes: 0,
    },
  };
}
