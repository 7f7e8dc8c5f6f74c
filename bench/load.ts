/**
 * One load, in a process of its own, so that what it costs is not counted as the broker's: pre-built frames over one
 * or more connections, a bounded number of them in flight, answers only scanned. Speaks with its parent over IPC: the
 * parent sends a {@link Load}, we answer `ready`, it sends `go`, we answer a {@link LoadResult} and leave; or a
 * {@link LoadFailure}.
 */
import { connect, type Socket } from 'node:net';
import { AnswerScanner } from './answers.ts';
import { fetchWork, type Load, pacedWorks, produceWork, type Work } from './works.ts';

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

const stalledMsMax = 60_000;
/** Of the paced load; a tick sends all that is due. */
const messagesPerSecond = 2000;
const paceMs = 1;
const readBufferBytes = 512 * 1024;

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
  #failure: Error | undefined;
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
      if (this.#ended) this.#end(this.#failure);
      else this.fill();
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
    this.fill();
  }

  /** All that may be sent now goes to the socket in one write. */
  fill(): void {
    if (this.#ended) return;
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
    this.#failure = error;
    this.#socket.destroy();
    this.#end(error);
  }
}

/** The shares of `total` that `parts` get. */
const share = (total: number, parts: number, part: number): number =>
  Math.floor((total * (part + 1)) / parts) - Math.floor((total * part) / parts);

/** A load that is ready to run. */
interface Prepared {
  readonly drivers: readonly Driver[];
  /** What to report instead of the time from each request to its answer. */
  readonly latenciesMs?: readonly number[];
  readonly paced?: Driver;
}

async function prepare(load: Load): Promise<Prepared> {
  if (load.kind === 'paced') {
    const { produce, tail, latenciesMs } = pacedWorks(load, messagesPerSecond);
    const consumer = await Driver.connect({ ...load, inFlight: 1 }, tail);
    const producer = await Driver.connect(load, produce);
    return { drivers: [consumer, producer], latenciesMs, paced: producer };
  }
  const drivers: Driver[] = [];
  for (let i = 0; i < load.connections; i++) {
    const work = load.kind === 'fetch' ? fetchWork(load) : produceWork(load, share(load.batches, load.connections, i));
    drivers.push(await Driver.connect(load, work));
  }
  return { drivers };
}

async function run({ drivers, latenciesMs, paced }: Prepared): Promise<LoadResult> {
  const start = performance.now();
  const cpuBefore = process.cpuUsage();
  const pace = setInterval(() => paced?.fill(), paceMs);
  await Promise.all(drivers.map((driver) => driver.go())).finally(() => clearInterval(pace));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const latencies = Float64Array.from(latenciesMs ?? drivers.flatMap((driver) => driver.latenciesMs)).sort();
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
  const prepared = await prepare(load);
  const go = new Promise((done) => process.once('message', done));
  say('ready');
  await go;
  say(await run(prepared));
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
