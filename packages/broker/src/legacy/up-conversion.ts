/**
 * A set of messages of format 0 or 1 as the one record batch that is stored (KIP-98): their order, keys, values and
 * times; in the codec that they came in. Offsets are given anew, as the log would.
 */
import type { Clock, Compute } from '@skerry/base';
import { BatchBuilder, type CodecName, type ErrorName, recordsMagic } from '@skerry/wire';
import { type LegacyMessage, MessageFault, type UnpackedSet, unpackSet } from '@skerry/wire/legacy';

type Done = (refusal: ErrorName | undefined, batch?: Uint8Array) => void;

interface World {
  readonly clock: Pick<Clock, 'soon'>;
  readonly compute: Compute;
}

/** Messages converted before the loop gets a turn: about a millisecond. */
const messagesPerTurn = 4096;

const empty = new Uint8Array(0);

/**
 * Calls back with the batch: no bytes where no message is whole, and a batch of today's as it came. What the set
 * unpacks to may be `plainBytesMax` long.
 */
export function toBatch(set: Uint8Array, plainBytesMax: number, world: World, done: Done): void {
  if (recordsMagic(set, 0, set.length) === 2) return done(undefined, set);
  unpackSet(set, plainBytesMax, world.compute, (fault, unpacked) => {
    if (unpacked === undefined) done(fault?.error ?? 'CORRUPT_MESSAGE');
    else new Conversion(unpacked, world, done).run();
  });
}

class Conversion {
  readonly #codec: CodecName;
  readonly #messages: Iterator<LegacyMessage>;
  readonly #builder = new BatchBuilder();
  readonly #world: World;
  readonly #done: Done;

  constructor({ codec, messages }: UnpackedSet, world: World, done: Done) {
    this.#codec = codec;
    this.#messages = messages[Symbol.iterator]();
    this.#world = world;
    this.#done = done;
  }

  run(): void {
    try {
      for (let left = messagesPerTurn; left > 0; left--) {
        const { value, done } = this.#messages.next();
        if (done === true) return this.#finish();
        this.#append(value);
      }
    } catch (error) {
      if (!(error instanceof MessageFault)) throw error;
      return this.#done(error.error);
    }
    this.#world.clock.soon(() => this.run());
  }

  #append({ key, value, timestamp }: LegacyMessage): void {
    if (timestamp < -1 || !Number.isSafeInteger(timestamp)) {
      throw new MessageFault('INVALID_TIMESTAMP', `the time stamp ${timestamp} of a message`);
    }
    this.#builder.append({ key, value, timestamp });
  }

  #finish(): void {
    if (this.#builder.recordCount === 0) {
      return this.#codec === 'none' ? this.#done(undefined, empty) : this.#done('INVALID_RECORD');
    }
    this.#builder.compress(this.#codec, this.#world.compute, (error, batch) => {
      this.#done(error === undefined ? undefined : 'CORRUPT_MESSAGE', batch);
    });
  }
}
