/**
 * One TCP connection to a broker, without manners: bytes out, answers in, in order. A broker that closes is an answer
 * too: to most malformed requests it is Kafka's only one.
 */
import { connect, type Socket } from 'node:net';

/** What came back instead of an answer. */
export type Silence = '(closed)' | '(no answer)';

const answerMsMax = 15_000;

type Waiting = (answer: Uint8Array | Silence) => void;

export class Link {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);
  #closed = false;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', () => this.#end());
    this.#socket.on('close', () => this.#end());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Sends a frame that is not answered. */
  tell(frame: Uint8Array): void {
    if (!this.#closed) this.#socket.write(frame);
  }

  /** Sends a frame and resolves with its answer, without its length. */
  ask(frame: Uint8Array): Promise<Uint8Array | Silence> {
    if (this.#closed) return Promise.resolve('(closed)');
    return new Promise((done) => {
      const overdue = setTimeout(() => {
        done('(no answer)');
        this.close();
      }, answerMsMax);
      this.#waiting.push((answer) => {
        clearTimeout(overdue);
        done(answer);
      });
      this.#socket.write(frame);
    });
  }

  close(): void {
    this.#socket.destroy();
    this.#end();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readInt32BE(0);
      if (this.#received.length < end) return;
      const answer = new Uint8Array(this.#received.subarray(4, end));
      this.#received = this.#received.subarray(end);
      this.#waiting.shift()?.(answer);
    }
  }

  #end(): void {
    this.#closed = true;
    for (const take of this.#waiting.splice(0)) take('(closed)');
  }
}
