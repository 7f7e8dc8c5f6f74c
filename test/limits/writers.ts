/** Writers that send whether or not they are answered, and remember what was acknowledged. */
import { connect, type Socket } from 'node:net';
import { AnswerScanner } from '../../bench/answers.ts';
import { correlate, fetchRequest, produceRequest, setFetchOffset } from '../../bench/frames.ts';

/** What the writers of one topic send. */
export interface Kind {
  readonly topic: string;
  readonly connections: number;
  readonly batchBytes: number;
  readonly batches: readonly Uint8Array[];
}

/** A client that has so much unsent waits, like all. */
const unsentBytesMax = 2 * 1024 * 1024;
const answerMsMax = 60_000;
/** In a record batch: the checksum, and what is in front of the length. */
const crcAt = 17;
const lengthAt = 8;

export class Writer {
  readonly kind: Kind;
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
  /** Sends the next when the last is answered. */
  #keepsOne = false;
  perSecond = 0;
  sent = 0;
  acknowledged = 0;
  refused = 0;
  /** Which batch is at which offset. */
  readonly at = new Map<number, number>();
  readonly #socket: Socket;
  readonly #frames: readonly Buffer[];
  #answered = 0;
  #paced = 0;
  #isEnding = false;
  #overdue: NodeJS.Timeout | undefined;

  constructor(port: number, kind: Kind) {
    this.kind = kind;
    this.#frames = kind.batches.map((batch) => produceRequest(kind.topic, batch));
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.opened = new Promise((done, failed) => {
      this.#socket.once('connect', done);
      this.#socket.once('error', failed);
    });
    this.ended = new Promise((done) => this.#socket.once('close', () => done()));
    this.#socket.on('error', () => {});
    const scanner = new AnswerScanner((head) => this.#take(head));
    this.#socket.on('data', (chunk) => scanner.push(chunk));
  }

  set keepOne(on: boolean) {
    this.#keepsOne = on;
    if (on && this.sent === this.#answered) this.#send();
  }

  /** Sends what is due after so many seconds at its rate, as far as the connection takes it. */
  due(seconds: number): void {
    const due = Math.floor(seconds * this.perSecond);
    for (; this.#paced < due; this.#paced++) {
      if (this.#socket.writableLength > unsentBytesMax || this.#socket.destroyed) continue;
      this.#send();
    }
  }

  /** Sends no more, and leaves when all is answered. */
  end(): void {
    this.#isEnding = true;
    this.#overdue = setTimeout(() => this.#socket.destroy(), answerMsMax);
    this.#leave();
  }

  #send(): void {
    const variant = this.sent % this.#frames.length;
    // A frame that waits in the socket must stay as it is.
    const frame = Buffer.from(this.#frames[variant] ?? Buffer.alloc(0));
    correlate(frame, this.sent++);
    this.#socket.write(frame);
  }

  #take(head: Buffer): void {
    const { base, error } = produced(head);
    this.#answered++;
    if (error === 0) {
      this.acknowledged++;
      this.at.set(base, head.readInt32BE(0) % this.#frames.length);
    } else this.refused++;
    if (this.#keepsOne) this.#send();
    this.#leave();
  }

  #leave(): void {
    if (!this.#isEnding || this.#answered < this.sent) return;
    clearTimeout(this.#overdue);
    this.#socket.destroy();
  }
}

/** Produce v9: id, tags, one topic, its name, one partition, its index, error, base offset. */
function produced(head: Buffer): { readonly error: number; readonly base: number } {
  const at = 4 + 1 + 1 + head.readUInt8(6) + 1 + 4;
  return { error: head.readInt16BE(at), base: Number(head.readBigInt64BE(at + 2)) };
}

/** Acknowledged batches of a kind that are not where they should be. */
export async function missing(port: number, { topic, batches }: Kind, writers: readonly Writer[]): Promise<number> {
  const expected = new Map<number, number>();
  for (const { kind, at } of writers)
    if (kind.topic === topic) for (const [base, which] of at) expected.set(base, which);
  const sums = batches.map((batch) => Buffer.from(batch).readUInt32BE(crcAt));
  const end = Math.max(-1, ...[...writers].flatMap(({ kind, at }) => (kind.topic === topic ? [lastOf(at)] : [])));
  const frame = fetchRequest(topic, 8 * 1024 * 1024);
  let offset = 0;
  for (const socket = new Whole(port); offset <= end; ) {
    setFetchOffset(frame, offset);
    const answer = await socket.ask(frame);
    const before = offset;
    for (const batch of batchesIn(answer, topic)) {
      if (expected.get(batch.base) !== undefined && sums[expected.get(batch.base) ?? 0] === batch.crc) {
        expected.delete(batch.base);
      }
      offset = batch.next;
    }
    if (offset === before || offset > end) {
      socket.close();
      break;
    }
  }
  return expected.size;
}

function lastOf(at: ReadonlyMap<number, number>): number {
  let last = -1;
  for (const base of at.keys()) last = Math.max(last, base);
  return last;
}

/** The batches of a Fetch v12 answer of one partition. */
function* batchesIn(answer: Buffer, topic: string) {
  const partition = 4 + 1 + 4 + 2 + 4 + 1 + 1 + topic.length + 1;
  // Index, error, three offsets; then the aborted transactions, none, and the preferred replica.
  let at = partition + 4 + 2 + 3 * 8 + 1 + 4;
  let bytes = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = answer.readUInt8(at++);
    bytes += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  const end = at + bytes - 1;
  while (at + crcAt + 10 <= end) {
    const base = Number(answer.readBigInt64BE(at));
    const length = answer.readInt32BE(at + lengthAt) + lengthAt + 4;
    if (at + length > end) return;
    yield { base, crc: answer.readUInt32BE(at + crcAt), next: base + answer.readInt32BE(at + crcAt + 6) + 1 };
    at += length;
  }
}

/** Asks for answers that are kept whole. */
class Whole {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #done: ((answer: Buffer) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('error', (error) => this.#failed?.(error));
    this.#socket.on('close', () => this.#failed?.(new Error('the broker closed the connection')));
    this.#socket.on('data', (chunk) => this.#take(chunk));
  }

  ask(frame: Buffer): Promise<Buffer> {
    return new Promise((done, failed) => {
      [this.#done, this.#failed] = [done, failed];
      this.#socket.write(frame);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < 4) return;
    if (this.#chunks.length > 1 && (this.#chunks[0]?.length ?? 0) < 4) this.#chunks = [Buffer.concat(this.#chunks)];
    const wanted = 4 + (this.#chunks[0]?.readInt32BE(0) ?? 0);
    if (this.#bytes < wanted) return;
    const whole = Buffer.concat(this.#chunks);
    [this.#chunks, this.#bytes] = [[], 0];
    this.#done?.(whole.subarray(4));
  }
}
