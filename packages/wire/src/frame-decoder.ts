import { ProtocolError } from '@skerry/base';
import type { Slabs } from './slab-pool.ts';

/** A request as it arrived, without its length field. `bytes` is the start of a pooled slab. */
export interface Frame {
  readonly slab: Uint8Array;
  readonly bytes: number;
}

/**
 * Room for so many times what has arrived, at most: a client must not make us set aside what it only announces, and
 * less would copy a large frame more often while it grows. A little over a power of two: so is a batch with its header.
 */
const growth = 4.1;
const produceKey = 0;

/**
 * Cuts a stream into frames: a 4-byte big-endian length, then that many bytes.
 *
 * The length is checked when it is declared, before its body is awaited. Each frame is copied once into a slab of its
 * own, which belongs to whoever takes the frame.
 */
export class FrameDecoder {
  readonly #slabs: Slabs;
  readonly #bytesMax: () => number;
  readonly #quietBytesMax: () => number;
  #slab: Uint8Array | undefined;
  /** Declared length of the frame being read, or −1 while its length field is. */
  #bytes = -1;
  #filled = 0;
  #lengthField = 0;
  #lengthFilled = 0;
  /** The frame is too large for any API but Produce, and its API key is not there yet. */
  #isSuspect = false;

  /** `quietBytesMax` bounds the requests of other APIs than Produce, which alone carry records to a broker. */
  constructor(slabs: Slabs, bytesMax: () => number, quietBytesMax = bytesMax) {
    this.#slabs = slabs;
    this.#bytesMax = bytesMax;
    this.#quietBytesMax = quietBytesMax;
  }

  /** Room that the frame being read has. */
  get heldBytes(): number {
    return this.#slab?.length ?? 0;
  }

  /** What has not arrived of it; 0 between two frames. */
  get missingBytes(): number {
    return this.#bytes < 0 ? 0 : this.#bytes - this.#filled;
  }

  /** Hands each frame that `chunk` completes to `take`, in order. A ProtocolError leaves the stream unusable. */
  push(chunk: Uint8Array, take: (frame: Frame) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bytes < 0) {
        at = this.#readLength(chunk, at);
        if (this.#bytes < 0) return;
      }
      const count = Math.min(this.#bytes - this.#filled, chunk.length - at);
      const slab = this.#room(count);
      slab.set(chunk.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#isSuspect) this.#judge(slab);
      if (this.#filled < this.#bytes) return;
      const frame = { slab, bytes: this.#bytes };
      this.#slab = undefined;
      this.#bytes = -1;
      take(frame);
    }
  }

  /** Gives back what a half-read frame holds. */
  close(): void {
    if (this.#slab !== undefined) this.#slabs.give(this.#slab);
    this.#slab = undefined;
    this.#bytes = -1;
  }

  #readLength(chunk: Uint8Array, at: number): number {
    while (this.#lengthFilled < 4 && at < chunk.length) {
      this.#lengthField = (this.#lengthField << 8) | (chunk[at++] ?? 0);
      this.#lengthFilled++;
    }
    if (this.#lengthFilled < 4) return at;
    const bytes = this.#lengthField;
    const max = this.#bytesMax();
    if (bytes <= 0 || bytes > max) throw new ProtocolError(describeLength(bytes, max));
    this.#bytes = bytes;
    this.#isSuspect = bytes > this.#quietBytesMax();
    this.#filled = 0;
    this.#lengthField = 0;
    this.#lengthFilled = 0;
    return at;
  }

  /** Refuses a large frame as soon as it is known whose it is. */
  #judge(slab: Uint8Array): void {
    if (this.#filled < 2) return;
    this.#isSuspect = false;
    const apiKey = ((slab[0] ?? 0) << 8) | (slab[1] ?? 0);
    if (apiKey === produceKey) return;
    const told = `a frame of ${this.#bytes} bytes for API ${apiKey}`;
    throw new ProtocolError(`${told}, more than the ${this.#quietBytesMax()} that skerry.request.max.bytes allows`);
  }

  /** The slab, with room for `count` more bytes. */
  #room(count: number): Uint8Array {
    const old = this.#slab;
    const need = this.#filled + count;
    if (old !== undefined && need <= old.length) return old;
    const most = Math.floor(growth * need);
    // Where it cannot be all yet: as little as lets it be all next time, since that is moved then.
    const wanted = most >= this.#bytes ? this.#bytes : Math.min(most, Math.max(need, Math.ceil(this.#bytes / growth)));
    const slab = this.#slabs.take(wanted);
    if (old !== undefined) {
      slab.set(old.subarray(0, this.#filled));
      this.#slabs.give(old);
    }
    this.#slab = slab;
    return slab;
  }
}

/** What a wrong length most likely is: the first four bytes of another protocol read as a number. */
function describeLength(bytes: number, max: number): string {
  const first = bytes >>> 24;
  if (first === 0x16 && ((bytes >>> 16) & 0xff) === 3)
    return 'a TLS handshake on a port that speaks plain Kafka: set security.protocol=PLAINTEXT in the client';
  const text = String.fromCharCode(first, (bytes >>> 16) & 0xff, (bytes >>> 8) & 0xff, bytes & 0xff);
  if (/^(GET |POST|PUT |HEAD|DELE|OPTI|PATC)$/.test(text)) return 'an HTTP request on the Kafka port';
  if (bytes <= 0) return `a frame of ${bytes} bytes: a length must be at least 1`;
  return `a frame of ${bytes} bytes, more than the ${max} that socket.request.max.bytes allows`;
}
