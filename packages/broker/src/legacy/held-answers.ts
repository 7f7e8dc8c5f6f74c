import { limits } from '@skerry/base';
import type { FileRange } from '@skerry/wire';

/**
 * Converted records that wait for their sockets: unlike segments, they lie in memory. So the more are held, the less a
 * new answer may be.
 */
export class HeldAnswers {
  #bytes = 0;

  /** How much the next answer may hold, beyond its first message. */
  get answerBytesMax(): number {
    return this.#bytes < limits.largeConvertedUntilBytes
      ? limits.convertedAnswerBytes
      : limits.smallConvertedAnswerBytes;
  }

  /** `records` as a part of an answer, counted until it is sent or never will be. */
  hold(records: Uint8Array): FileRange {
    const { length: byteLength } = records;
    this.#bytes += byteLength;
    return {
      byteLength,
      read: (into, from, done) => {
        into.set(records.subarray(from, from + into.length));
        done();
      },
      release: () => {
        this.#bytes -= byteLength;
      },
    };
  }
}
