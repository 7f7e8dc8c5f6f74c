import { type Connection, limits } from '@skerry/base';
import type { Newcomers } from './newcomers.ts';
import type { SlabPool } from './slab-pool.ts';
import { type FileRange, isFileRange, type Part } from './writer.ts';

interface SenderOptions {
  readonly newcomers: Newcomers | undefined;
  readonly isShort: boolean;
  readonly isGone: () => boolean;
}

/**
 * Sends one answer that carries file ranges, through one pooled slab at a time: filled, written, and filled again
 * once the socket has taken it.
 *
 * Whatever the answer's size, a reader that stalls holds one slab: the smaller, the more bytes are lent out. An error
 * in the middle leaves the client with half an answer, so the caller must then close the connection.
 */
export class AnswerSender {
  readonly #connection: Connection;
  readonly #slabs: SlabPool;
  readonly #parts: readonly Part[];
  readonly #newcomers: Newcomers | undefined;
  readonly #isGone: () => boolean;
  readonly #done: (error?: Error) => void;
  #slab: Uint8Array;
  #filled = 0;
  #part = 0;
  /** Bytes of the current part that are in a slab already. */
  #from = 0;

  /**
   * `newcomers` is given for a peer that has not read such an answer before; `isShort` where there is no memory for
   * more than a small slab. `isGone` tells when nobody will get the rest; `done` is called then, too.
   */
  constructor(
    connection: Connection,
    slabs: SlabPool,
    parts: readonly Part[],
    { newcomers, isShort, isGone }: SenderOptions,
    done: (error?: Error) => void,
  ) {
    this.#newcomers = newcomers;
    this.#isGone = isGone;
    this.#connection = connection;
    this.#slabs = slabs;
    this.#parts = parts;
    this.#done = done;
    let bytes = 0;
    for (const part of parts) bytes += part.byteLength;
    const isProven = newcomers === undefined;
    const small = isProven ? limits.shortAnswerSlabBytes : limits.answerSlabBytesMin;
    const room = isShort ? small : answerSlabBytes(slabs.takenBytes, isProven);
    this.#slab = slabs.take(Math.min(bytes, room));
  }

  /** Fills the slab as far as parts are at hand, and sends it when it is full or all is in it. */
  run(): void {
    while (this.#part < this.#parts.length && this.#filled < this.#slab.length) {
      const part = this.#parts[this.#part];
      if (part === undefined) break;
      const count = Math.min(part.byteLength - this.#from, this.#slab.length - this.#filled);
      if (!isFileRange(part)) {
        this.#slab.set(part.subarray(this.#from, this.#from + count), this.#filled);
        this.#took(part.byteLength, count);
      } else if (count > 0 && !this.#readNow(part, count)) return;
      else if (count === 0) this.#took(part.byteLength, 0);
    }
    this.#write();
  }

  /** True when the bytes were at hand; else {@link run} is called again when they are. */
  #readNow(range: FileRange, count: number): boolean {
    let returned = false;
    let atOnce = false;
    range.read(this.#slab.subarray(this.#filled, this.#filled + count), this.#from, (error) => {
      if (error !== undefined) {
        this.#finish(error);
        return;
      }
      this.#took(range.byteLength, count);
      if (returned) this.run();
      else atOnce = true;
    });
    returned = true;
    return atOnce;
  }

  #took(partBytes: number, count: number): void {
    this.#filled += count;
    this.#from += count;
    if (this.#from < partBytes) return;
    this.#part++;
    this.#from = 0;
  }

  #write(): void {
    this.#connection.write([this.#slab.subarray(0, this.#filled)], () => {
      this.#filled = 0;
      if (this.#newcomers === undefined || this.#part === this.#parts.length) this.#goOn();
      else this.#newcomers.next(this.#slab.length, () => this.#goOn());
    });
  }

  #goOn(): void {
    if (this.#part === this.#parts.length || this.#isGone()) this.#finish(undefined);
    else this.run();
  }

  #finish(error: Error | undefined): void {
    this.#slabs.give(this.#slab);
    this.#done(error);
  }
}

/**
 * The slab for an answer while `takenBytes` are lent out. Who has not yet read a whole answer gets less, sooner: a
 * thousand who ask for much and never read must not make the slabs small for those who do.
 */
export function answerSlabBytes(takenBytes: number, isProven: boolean): number {
  const step = limits.answerSlabs.find(({ untilBytes, unproven }) =>
    isProven ? takenBytes < untilBytes : takenBytes < unproven,
  );
  return step?.bytes ?? limits.answerSlabBytesMin;
}
