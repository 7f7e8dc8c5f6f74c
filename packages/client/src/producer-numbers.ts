/**
 * The numbers under which a producer's batches for one partition are known to the broker: an identity, a sequence
 * within it (KIP-98), and how far one may run ahead of what is in doubt.
 */
import { assert } from '@skerry/base';
import type { BatchBuilder, BatchOptions, NewRecord } from '@skerry/wire';
import type { Callback } from './callback.ts';

export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Where identities come from: any but `worn`. */
export type Identify = (worn: ProducerIdentity | undefined, done: Callback<ProducerIdentity>) => void;

export interface Batch {
  readonly records: readonly NewRecord[];
  readonly timestamp: number;
  readonly deadlineMs: number;
  /** Undefined once it was told: then it is sent for the sake of those behind it. */
  done: Callback<number | undefined> | undefined;
  /** Its place among all batches that were given numbers; −1 until it is. */
  ordinal: number;
  /** The first record's number; −1 until one is given, and without an identity. */
  sequence: number;
  bytes: Uint8Array | undefined;
  /** What makes its bytes now. */
  builder: BatchBuilder | undefined;
  isFlying: boolean;
  /** It was sent, and the broker has not said that it is not kept. */
  isInDoubt: boolean;
}

/** The broker compares with so many of a producer's last batches. */
const windowBatches = 5;
const sequenceEnd = 2 ** 31;
const epochMax = 0x7fff;

export class ProducerNumbers {
  identity: ProducerIdentity | undefined;
  /** An identity that will not do any more. */
  worn: ProducerIdentity | undefined;
  /** The broker has kept a batch of this epoch, and nothing has gone wrong since. */
  isKnown = false;
  /** There is a gap before what comes next, or the broker knows of another place to go on from. */
  mustRenumber = false;
  #nextSequence = 0;
  #nextOrdinal = 0;

  /** Gives a batch its numbers, and what its header must say of them. */
  give(batch: Batch): BatchOptions {
    assert(batch.ordinal < 0, 'numbers are given once');
    batch.ordinal = this.#nextOrdinal++;
    if (this.identity === undefined) return {};
    batch.sequence = this.#nextSequence;
    this.#nextSequence = (batch.sequence + batch.records.length) % sequenceEnd;
    return { ...this.identity, baseSequence: batch.sequence };
  }

  /** That batch will not be kept: if it had a number, there is a gap. */
  skip({ sequence }: Batch): void {
    if (sequence >= 0) this.mustRenumber = true;
  }

  /**
   * Whether the broker will still remember the oldest batch in doubt once it has this one. What was kept since that was
   * first sent counts too: the first of two may have timed out, and the second not.
   */
  isWithinWindow(queue: readonly Batch[], batch: Batch): boolean {
    const oldest = queue.find(({ isInDoubt }) => isInDoubt);
    if (oldest === undefined || oldest === batch) return true;
    const ordinal = batch.ordinal < 0 ? this.#nextOrdinal : batch.ordinal;
    return ordinal - oldest.ordinal < (this.isKnown ? windowBatches : 1);
  }

  /** Takes all numbers back, if they must be given anew and no batch may be kept under its old one. */
  renumberIfClear(queue: readonly Batch[]): void {
    if (!this.mustRenumber || queue.some(({ isInDoubt }) => isInDoubt)) return;
    const { identity } = this;
    this.mustRenumber = false;
    this.isKnown = false;
    this.#nextSequence = 0;
    for (const batch of queue) {
      batch.ordinal = -1;
      batch.sequence = -1;
      batch.bytes = undefined;
      batch.builder = undefined;
    }
    if (identity === undefined) return;
    if (identity.producerEpoch === epochMax) this.worn = identity;
    const isWorn = this.worn?.producerId === identity.producerId;
    this.identity = isWorn ? undefined : { ...identity, producerEpoch: identity.producerEpoch + 1 };
  }
}
