/**
 * One load, in a process of its own, so that what it costs is not counted as the broker's: pre-built frames over one or more
 * connections, a bounded number of them in flight, answers only scanned. Speaks with its parent over IPC:
 * the parent sends a {@link Load}, we answer `ready`, it sends `go`, we answer a {@link LoadResult} and leave; or a {@link LoadFailure}.
 */
import { connect, type Socket } from 'node:net';
import { AnswerScanner, fetchAnswer, produceError } from './answers.ts';
import { correlate, fetchRequest, produceRequest, recordBatch, setFetchOffset } from './frames.ts';

export interface Load {
  readonly kind: 'produce' | 'fetch';
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

export interface LoadResult {
  readonly seconds: number;
  readonly requests: number;
  readonly bytes: number;
  /** From a request's writing to its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of a core that the driver took: near 1, it was the driver that limited the rate. */
  readonly driverLoad: number;
}

export interface LoadFailure {
  readonly failed: string;
}

/** What a connection sends next, and what it makes of the answers, which come in order. */
interface Work {
  /** The next frame, ready to be written, or undefined when no more are due. `slot` is free: its last frame was answered. */
  next(slot: number): Buffer | undefined;
  /** Takes in an answer. True when it was the last one due. */
  answered(head: Buffer): boolean;
  readonly bytes: number;
}

const stalledMsMax = 60_000;
const readBufferBytes = 512 * 1024;

function produceWork({ topic, batchBytes, timestampMs, inFlight }: Load, batches: number): Work {
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
 * Reads a topic from its start. Several fetches may be in flight: each asks for where the one before it should end. Where it ended
 * elsewhere (a broker may answer with less than was asked for), the answers to the wrong guesses are dropped, and not counted.
 */
function fetchWork({ topic, batchBytes, timestampMs, batches, inFlight, fetchBytes }: Load): Work {
  const recordsPerBatch = recordBatch(batchBytes, timestampMs).records;
  const frames = Array.from({ length: inFlight }, () => fetchRequest(topic, fetchBytes));
  const end = batches * recordsPerBatch;
  const step = Math.max(1, Math.floor(fetchBytes / batchBytes)) * recordsPerBatch;
  const asked: number[] = [];
  let sent = 0;
  let received = 0;
  let guess = 0;
  let offset = 0;
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
      if (whole > 0 && baseOffset !== offset) throw new Error(`asked for offset ${offset}, got ${baseOffset}`);
      offset += whole * recordsPerBatch;
      if (offset >= end) return true;
      if (asked.length === 0 || asked[0] !== offset) guess = offset;
      return false;
    },
    get bytes() {
      return (offset / recordsPerBatch) * batchBytes;
    },
  };
}

/** Runs `work` over a connection of its own; `go` starts it. */
class Driver {
  readonly #socket: Socket;
  readonly #work: Work;
  readonly #inFlight: number;
  readonly latenciesMs: number[] = [];
  readonly #sentMs: number[] = [];
  #slot = 0;
  #waiting = 0;
  #ended = false;
  #end: (error?: Error) => void = () => {};

  constructor(socket: Socket, work: Work, inFlight: number) {
    this.#socket = socket;
    this.#work = work;
    this.#inFlight = inFlight;
  }

  /** Connects, and resolves when the first request may be sent. */
  static connect(load: Load, work: Work): Promise<Driver> {
    return new Promise((done, failed) => {
      const scanner = new AnswerScanner((head) => driver.#answered(head));
      const socket = connect({
        host: load.host,
        port: load.port,
        noDelay: true,
        onread: {
          buffer: Buffer.alloc(readBufferBytes),
          callback(length, buffer) {
            driver.#received(scanner, buffer.subarray(0, length));
            return true;
          },
        },
      });
      const driver = new Driver(socket, work, load.inFlight);
      socket.once('connect', () => done(driver));
      socket.on('error', (error) => {
        failed(error);
        driver.#finish(error);
      });
      socket.on('close', () => driver.#finish(new Error('the broker closed the connection')));
      socket.setTimeout(stalledMsMax, () => driver.#finish(new Error(`no answer for ${stalledMsMax / 1000} s`)));
    });
  }

  go(): Promise<void> {
    return new Promise((done, failed) => {
      this.#end = (error) => (error === undefined ? done() : failed(error));
      this.#fill();
    });
  }

  get bytes(): number {
    return this.#work.bytes;
  }

  #received(scanner: AnswerScanner, bytes: Uint8Array): void {
    try {
      scanner.push(bytes);
    } catch (error) {
      this.#finish(error instanceof Error ? error : new Error(String(error)));
    }
    if (!this.#ended) this.#fill();
  }

  /** All that may be sent now goes to the socket in one write. */
  #fill(): void {
    this.#socket.cork();
    while (this.#waiting < this.#inFlight) {
      const frame = this.#work.next(this.#slot);
      if (frame === undefined) break;
      this.#slot = (this.#slot + 1) % this.#inFlight;
      this.#waiting++;
      this.#sentMs.push(performance.now());
      this.#socket.write(frame);
    }
    this.#socket.uncork();
  }

  #answered(head: Buffer): void {
    this.#waiting--;
    this.latenciesMs.push(performance.now() - (this.#sentMs.shift() ?? 0));
    if (this.#work.answered(head)) this.#finish();
  }

  #finish(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.#end(error);
  }
}

/** The shares of `total` that `parts` get. */
const share = (total: number, parts: number, part: number): number =>
  Math.floor((total * (part + 1)) / parts) - Math.floor((total * part) / parts);

async function prepare(load: Load): Promise<Driver[]> {
  const drivers: Driver[] = [];
  for (let i = 0; i < load.connections; i++) {
    const work = load.kind === 'fetch' ? fetchWork(load) : produceWork(load, share(load.batches, load.connections, i));
    drivers.push(await Driver.connect(load, work));
  }
  return drivers;
}

async function run(drivers: readonly Driver[]): Promise<LoadResult> {
  const start = performance.now();
  const cpuBefore = process.cpuUsage();
  await Promise.all(drivers.map((driver) => driver.go()));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const latencies = Float64Array.from(drivers.flatMap((driver) => driver.latenciesMs)).sort();
  const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
  const bytes = drivers.reduce((sum, driver) => sum + driver.bytes, 0);
  return {
    seconds,
    requests: latencies.length,
    bytes,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    driverLoad: (user + system) / 1e6 / seconds,
  };
}

function say(message: 'ready' | LoadResult | LoadFailure): void {
  process.send?.(message);
}

async function serve(): Promise<void> {
  const load = await new Promise<Load>((done) => process.once('message', done));
  const drivers = await prepare(load);
  const go = new Promise((done) => process.once('message', done));
  say('ready');
  await go;
  say(await run(drivers));
}

async function main(): Promise<void> {
  process.on('disconnect', () => process.exit());
  // The terminal sends its interrupt to us too; the parent ends us.
  process.on('SIGINT', () => {});
  try {
    await serve();
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

if (import.meta.main) await main();
