/**
 * A load at a fixed pace: one connection a partition, as devices have, each sending a batch when it is due, whether or
 * not the last was answered. Latency counts from when a batch was due to its answer. A process of its own: the parent
 * sends a {@link PacedLoad}, we answer the {@link PacedResult} and leave.
 */
import { connect, type Socket } from 'node:net';
import { AnswerScanner, produceError } from '../answers.ts';
import { correlate, produceRequest, recordBatch } from '../frames.ts';

export interface PacedLoad {
  readonly host: string;
  readonly port: number;
  readonly topics: readonly string[];
  readonly batchBytes: number;
  /** To each topic. */
  readonly batchesPerSecond: number;
  readonly seconds: number;
  /** At the start, not measured. */
  readonly warmupSeconds: number;
}

export interface PacedResult {
  readonly latenciesMs: readonly number[];
  readonly bytes: number;
  readonly failed: string | undefined;
}

class Lane {
  readonly #frame: Buffer;
  readonly #dueMs: number[] = [];
  readonly #firstMs: number;
  readonly #stepMs: number;
  readonly #socket: Socket;
  readonly latenciesMs: number[] = [];
  #sent = 0;
  failed: string | undefined;

  constructor(load: PacedLoad, topic: string, firstMs: number, socket: Socket) {
    this.#frame = produceRequest(topic, recordBatch(load.batchBytes, Date.now()).bytes);
    this.#firstMs = firstMs;
    this.#stepMs = 1000 / load.batchesPerSecond;
    this.#socket = socket;
    const scanner = new AnswerScanner((head) => this.#answered(head));
    socket.on('data', (chunk) => scanner.push(chunk));
    socket.on('error', (error) => {
      this.failed = error.message;
    });
  }

  get waiting(): number {
    return this.#dueMs.length;
  }

  get sent(): number {
    return this.#sent;
  }

  send(nowMs: number): void {
    for (;;) {
      const dueMs = this.#firstMs + this.#sent * this.#stepMs;
      if (dueMs > nowMs) return;
      // The socket may hold the last one still.
      const frame = Buffer.from(this.#frame);
      correlate(frame, this.#sent++);
      this.#dueMs.push(dueMs);
      this.#socket.write(frame);
    }
  }

  #answered(head: Buffer): void {
    const error = produceError(head);
    if (error !== 0) this.failed = `Produce failed with error ${error}`;
    this.latenciesMs.push(performance.now() - (this.#dueMs.shift() ?? 0));
  }
}

function dial(load: PacedLoad): Promise<Socket> {
  return new Promise((done, failed) => {
    const socket = connect({ host: load.host, port: load.port, noDelay: true }, () => done(socket));
    socket.once('error', failed);
  });
}

async function run(load: PacedLoad): Promise<PacedResult> {
  const sockets = await Promise.all(load.topics.map(() => dial(load)));
  const startMs = performance.now() + 100;
  // Spread over a step, as devices are.
  const step = 1000 / load.batchesPerSecond / load.topics.length;
  const lanes = load.topics.map((topic, i) => new Lane(load, topic, startMs + i * step, sockets[i] as Socket));
  const endMs = startMs + (load.warmupSeconds + load.seconds) * 1000;
  const skip = Math.round(load.warmupSeconds * load.batchesPerSecond);
  return await new Promise<PacedResult>((done) => {
    const pace = setInterval(() => {
      const nowMs = performance.now();
      if (nowMs < endMs) for (const lane of lanes) lane.send(nowMs);
      const failed = lanes.find((lane) => lane.failed !== undefined)?.failed;
      const isOver = nowMs >= endMs && (lanes.every((lane) => lane.waiting === 0) || nowMs > endMs + 30_000);
      if (failed === undefined && !isOver) return;
      clearInterval(pace);
      for (const socket of sockets) socket.destroy();
      const batches = lanes.reduce((sum, lane) => sum + lane.sent, 0);
      const latenciesMs = lanes.flatMap((lane) => lane.latenciesMs.slice(skip));
      done({ latenciesMs, bytes: batches * load.batchBytes, failed });
    }, 1);
  });
}

process.once('message', (load: PacedLoad) => {
  void run(load)
    .catch((error: unknown): PacedResult => ({ latenciesMs: [], bytes: 0, failed: String(error) }))
    .then((result) => process.send?.(result, () => process.exit(0)));
});
