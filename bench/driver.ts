/** Runs a work over a connection of its own: a bounded number of frames in flight, answers only scanned. */
import { connect, type Socket } from 'node:net';
import { AnswerScanner } from './answers.ts';
import { Histogram } from './histogram.ts';
import type { Load, Work } from './works.ts';

const stalledMsMax = 60_000;
const readBufferBytes = 512 * 1024;
/** Of a load of many connections, which have little each. */
const smallReadBufferBytes = 64 * 1024;
const manyConnections = 20;

export class Driver {
  readonly #socket: Socket;
  readonly #work: Work;
  readonly #inFlight: number;
  readonly #latencies = new Histogram();
  readonly #sentMs: number[] = [];
  #slot = 0;
  #waiting = 0;
  #answers = 0;
  #ended = false;
  #failure: Error | undefined;
  #end: (error?: Error) => void = () => {};

  constructor(socket: Socket, work: Work, inFlight: number) {
    this.#socket = socket;
    this.#work = work;
    this.#inFlight = inFlight;
  }

  /** Connects, and resolves when the first request may be sent. */
  static connect(load: Pick<Load, 'host' | 'port' | 'inFlight' | 'connections'>, work: Work): Promise<Driver> {
    return new Promise((done, failed) => {
      const scanner = new AnswerScanner((head) => driver.#answered(head));
      const socket = connect({
        host: load.host,
        port: load.port,
        noDelay: true,
        onread: {
          buffer: Buffer.alloc(load.connections > manyConnections ? smallReadBufferBytes : readBufferBytes),
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

  get answers(): number {
    return this.#answers;
  }

  get latencies(): Histogram {
    return this.#work.latencies ?? this.#latencies;
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
    this.#answers++;
    this.#latencies.record(performance.now() - (this.#sentMs.shift() ?? 0));
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
