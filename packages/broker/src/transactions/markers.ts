/**
 * Writes the markers that end a transaction, one into each of its partitions, and does not give up: a partition that
 * refuses one (a full disk, damage) is tried again until it takes it, or is gone. A transaction is complete when all
 * are committed; until then nothing of its id goes on, and a restart begins anew. A marker that comes twice changes
 * nothing.
 */
import type { Clock, Timer } from '@skerry/base';
import { BackOff } from '@skerry/log';
import type { ErrorName, Marker } from '@skerry/wire';
import type { Report } from '../report.ts';
import type { PartitionSet } from './state.ts';

interface MarkersWorld {
  readonly clock: Clock;
  readonly report: Report;
  writeMarker(topic: string, partition: number, marker: Marker, done: (error?: ErrorName) => void): void;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

const retryMsMin = 100;
const retryMsMax = 10_000;

/**
 * Refusals that settle the matter: the partition is no more, or knows its producer under a later epoch, so that nothing
 * of this transaction is open there.
 */
const final: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_PRODUCER_EPOCH',
  'TRANSACTION_COORDINATOR_FENCED',
]);

export class Markers {
  readonly #world: MarkersWorld;
  readonly #timers = new Set<Timer>();
  #isClosed = false;

  constructor(world: MarkersWorld) {
    this.#world = world;
  }

  /** Calls back when every partition has its marker. */
  write(id: string, partitions: PartitionSet, marker: Marker, done: () => void): void {
    const places: Place[] = [];
    for (const [topic, indexes] of partitions) for (const partition of indexes) places.push({ topic, partition });
    this.#write(id, places, marker, new BackOff(retryMsMin, retryMsMax), done);
  }

  /** The node stops: what is not written is written after the next start. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #write(id: string, places: readonly Place[], marker: Marker, backOff: BackOff, done: () => void): void {
    const refused: Place[] = [];
    let refusal: ErrorName = 'NONE';
    let due = places.length + 1;
    const settle = (): void => {
      if (--due > 0 || this.#isClosed) return;
      if (refused.length === 0) return done();
      if (!backOff.isOn) this.#world.report({ kind: 'markersLate', id, partitions: refused.length, refusal });
      const timer = this.#world.clock.after(backOff.next(), () => {
        this.#timers.delete(timer);
        this.#write(id, refused, marker, backOff, done);
      });
      this.#timers.add(timer);
    };
    for (const place of places) {
      this.#world.writeMarker(place.topic, place.partition, marker, (error) => {
        if (error !== undefined && !final.has(error)) {
          refused.push(place);
          refusal = error;
        }
        settle();
      });
    }
    settle();
  }
}
