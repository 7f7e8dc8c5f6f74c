/**
 * Record batches as messages of format 0 or 1, for consumers before Kafka 0.11: uncompressed, with the offsets they
 * have. Headers are lost, control batches left out (KIP-98).
 *
 * Messages go one by one up to the limit, so that a client also reads a batch that is larger than what it fetches at
 * once: a part at each fetch.
 */
import { type Clock, type Compute, limits, type Offset, offsetAfter, ProtocolError } from '@skerry/base';
import {
  batchCodec,
  batchIsControl,
  batchLastOffset,
  batchLength,
  batchShapeFault,
  batchTimestampType,
  type DecodedRecord,
  decompressBatch,
  records,
} from '@skerry/wire';
import { MessageSetWriter, messageBytes } from '@skerry/wire/legacy';

export interface DownOptions {
  readonly magic: 0 | 1;
  /** Records before it are left out. */
  readonly from: Offset;
  readonly bytesMax: number;
  /** Whether the first message goes although it is larger (KIP-74). */
  readonly atLeastOne: boolean;
  /** It is then cut here, for clients that read no more of a partition: it tells them that they must. */
  readonly cutAt: number;
}

export interface DownConverted {
  readonly messages: Uint8Array;
  /** The first offset that was neither sent whole nor stepped over. */
  readonly next: Offset;
}

type Done = (error: Error | undefined, converted?: DownConverted) => void;

interface World {
  readonly clock: Pick<Clock, 'soon'>;
  readonly compute: Compute;
}

/** Records read before the loop gets a turn: about a millisecond. */
const recordsPerTurn = 4096;

/** Converts the whole batches in `bytes`. Bytes that are no batches, or records that lie, are a ProtocolError. */
export function toMessages(bytes: Uint8Array, options: DownOptions, world: World, done: Done): void {
  new Conversion(bytes, options, world, done).nextBatch();
}

class Conversion {
  readonly #bytes: Uint8Array;
  readonly #options: DownOptions;
  readonly #world: World;
  readonly #done: Done;
  readonly #writer: MessageSetWriter;
  #at = 0;
  #next: Offset;

  constructor(bytes: Uint8Array, options: DownOptions, world: World, done: Done) {
    this.#bytes = bytes;
    this.#options = options;
    this.#world = world;
    this.#done = done;
    this.#writer = new MessageSetWriter(options.magic);
    this.#next = options.from;
  }

  nextBatch(): void {
    for (;;) {
      const fault = batchShapeFault(this.#bytes, this.#at, this.#bytes.length);
      if (fault === 'cut') return this.#finish();
      if (fault !== undefined) return this.#done(new ProtocolError(`a stored batch is none: ${fault}`));
      if (this.#wanted()) break;
      this.#pass();
    }
    if (batchCodec(this.#bytes, this.#at) === 0) return this.#convert(records(this.#bytes, this.#at));
    const { compute } = this.#world;
    decompressBatch(this.#bytes, this.#at, limits.convertedPlainBytesMax, compute, (error, plain) => {
      if (plain === undefined) this.#done(error ?? new ProtocolError('a batch cannot be unpacked'));
      else this.#convert(records(this.#bytes, this.#at, plain));
    });
  }

  #wanted(): boolean {
    return !batchIsControl(this.#bytes, this.#at) && batchLastOffset(this.#bytes, this.#at) >= this.#options.from;
  }

  /** Leaves the batch behind. */
  #pass(): void {
    const after = offsetAfter(batchLastOffset(this.#bytes, this.#at), 1);
    if (after > this.#next) this.#next = after;
    this.#at += batchLength(this.#bytes, this.#at);
  }

  #convert(found: Iterator<DecodedRecord, void>): void {
    const type = batchTimestampType(this.#bytes, this.#at);
    try {
      for (let left = recordsPerTurn; left > 0; left--) {
        const { value: record } = found.next();
        if (record === undefined) {
          this.#pass();
          return this.#world.clock.soon(() => this.nextBatch());
        }
        if (record.offset < this.#options.from) continue;
        if (!this.#fits(record)) return this.#finish();
        this.#writer.append(record, type);
        this.#next = offsetAfter(record.offset, 1);
        if (this.#writer.sizeBytes >= this.#options.bytesMax) return this.#finish();
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return this.#done(error);
    }
    this.#world.clock.soon(() => this.#convert(found));
  }

  #fits(record: DecodedRecord): boolean {
    const { magic, bytesMax, atLeastOne } = this.#options;
    const { sizeBytes } = this.#writer;
    return sizeBytes + messageBytes(magic, record) <= bytesMax || (atLeastOne && sizeBytes === 0);
  }

  #finish(): void {
    const { from, cutAt } = this.#options;
    const isCut = this.#writer.sizeBytes > cutAt;
    const messages = this.#writer.finish();
    // Only a message that stands alone is cut.
    if (isCut) this.#done(undefined, { messages: messages.subarray(0, cutAt), next: from });
    else this.#done(undefined, { messages, next: this.#next });
  }
}
