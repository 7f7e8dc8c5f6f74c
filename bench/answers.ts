/**
 * The answers to the frames of frames.ts, read as far as a load needs: size, error code, and where the records start.
 * Sizes here are those of an answer without its four-byte length.
 */

/** Bytes at the front of an answer that {@link AnswerScanner} keeps: enough for every field that is read below. */
const headBytesMax = 512;
/** Beyond this it is not an answer of a broker, but some other protocol's bytes. */
const answerBytesMax = 128 * 1024 * 1024;

/**
 * Cuts a stream into answers; keeps the front of each and counts the rest, so that the driver spends its time on
 * sending.
 */
export class AnswerScanner {
  readonly #answered: (head: Buffer, size: number) => void;
  readonly #head = Buffer.alloc(4 + headBytesMax);
  #kept = 0;
  #size = -1;
  #skip = 0;

  /** `answered` gets the first bytes of each whole answer, lent for the call, and its size. */
  constructor(answered: (head: Buffer, size: number) => void) {
    this.#answered = answered;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        at += skipped;
      } else {
        const wanted = this.#size < 0 ? 4 : 4 + Math.min(this.#size, headBytesMax);
        const taken = Math.min(wanted - this.#kept, chunk.length - at);
        this.#head.set(chunk.subarray(at, at + taken), this.#kept);
        this.#kept += taken;
        at += taken;
        if (this.#kept < wanted) return;
        if (this.#size < 0) {
          this.#size = this.#head.readInt32BE(0);
          if (this.#size < 4 || this.#size > answerBytesMax) throw new Error('the answer is not Kafka protocol');
          continue;
        }
        this.#skip = this.#size - (this.#kept - 4);
      }
      if (this.#skip === 0) this.#whole();
    }
  }

  #whole(): void {
    const size = this.#size;
    const head = this.#head.subarray(4, this.#kept);
    this.#size = -1;
    this.#kept = 0;
    this.#answered(head, size);
  }
}

/** Produce v9: correlation id, tags, one topic, its name, one partition, its index, then the error code. */
export function produceError(head: Buffer): number {
  const name = 4 + 1 + 1;
  return head.readInt16BE(name + compactStringBytes(head, name) + 1 + 4);
}

export interface FetchAnswer {
  readonly error: number;
  /** Of the records, partial last batch included. */
  readonly bytes: number;
  /** Base offset of the first batch, −1 if there is none. */
  readonly baseOffset: number;
  /** Where the records start in the answer. */
  readonly recordsAt: number;
}

/**
 * Fetch v12: throttle, error, session, one topic, one partition: index, error, three offsets, aborted list, preferred
 * replica, records.
 */
export function fetchAnswer(head: Buffer): FetchAnswer {
  const none = { bytes: 0, baseOffset: -1, recordsAt: 0 };
  const whole = head.readInt16BE(4 + 1 + 4);
  if (whole !== 0) return { error: whole, ...none };
  const name = 4 + 1 + 4 + 2 + 4 + 1;
  const partition = name + compactStringBytes(head, name) + 1;
  const error = head.readInt16BE(partition + 4);
  if (error !== 0) return { error, ...none };
  let at = partition + 4 + 2 + 24 + 1 + 4;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = head.readUInt8(at++);
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  const bytes = Math.max(0, length - 1);
  return { error, bytes, baseOffset: bytes >= 8 ? Number(head.readBigInt64BE(at)) : -1, recordsAt: at };
}

/** CreateTopics v4: throttle, one topic: name, error code, message. */
export function createTopicError(answer: Buffer): { readonly code: number; readonly message: string } {
  const at = 4 + 4 + 4 + 2 + answer.readInt16BE(4 + 4 + 4);
  const length = answer.readInt16BE(at + 2);
  return { code: answer.readInt16BE(at), message: length > 0 ? answer.toString('utf8', at + 4, at + 4 + length) : '' };
}

/** ListOffsets v5: throttle, one topic: name, partitions: index, error, timestamp, offset, leader epoch. */
export function latestOffsets(answer: Buffer): readonly { readonly error: number; readonly offset: number }[] {
  const count = 4 + 4 + 4 + 2 + answer.readInt16BE(4 + 4 + 4);
  return Array.from({ length: answer.readInt32BE(count) }, (_, i) => {
    const at = count + 4 + i * (4 + 2 + 8 + 8 + 4) + 4;
    return { error: answer.readInt16BE(at), offset: Number(answer.readBigInt64BE(at + 2 + 8)) };
  });
}

/** ApiVersions v0: error, then key, least and most version of each API. */
export function apiVersions(answer: Buffer): ReadonlyMap<number, readonly [least: number, most: number]> {
  const found = new Map<number, [number, number]>();
  for (let at = 4 + 2 + 4; at + 6 <= answer.length; at += 6) {
    found.set(answer.readInt16BE(at), [answer.readInt16BE(at + 2), answer.readInt16BE(at + 4)]);
  }
  return found;
}

/** Names here are shorter than 127 bytes, so their length is one byte. */
function compactStringBytes(head: Buffer, at: number): number {
  return head.readUInt8(at);
}
