import { type Clock, LeaderEpoch, Offset, type Timer } from '@skerry/base';
import type { LogRange } from '@skerry/log';
import type { ErrorName } from '@skerry/wire';
import type { Wanted } from './fetch-sessions.ts';
import type { Partition } from './partition.ts';

/** What one partition of a fetch has to offer. */
export interface Serving {
  readonly wanted: Wanted;
  /** Undefined when the partition cannot be served, as `error` says. */
  readonly partition: Partition | undefined;
  error: ErrorName;
  /** Pinned until it is sent or released; undefined when there is nothing to read. */
  range: LogRange | undefined;
  /** Where the client's log leaves ours (KIP-595), if it does. */
  diverging: { readonly epoch: number; readonly endOffset: Offset } | undefined;
}

export interface FetchBounds {
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly readCommitted: boolean;
  /** Asked by a node that would follow, of which there is none. */
  readonly asFollower: boolean;
}

/**
 * Partitions that are looked at in a turn of the event loop, and those among them whose log has to be opened first: a
 * fetch over thousands must not keep others waiting.
 */
const looksPerTurn = 1000;
const opensPerTurn = 50;

/**
 * Collects what a fetch may send until there is enough of it, or time is up; calls back once.
 *
 * It holds ranges of segment files, not records. While it waits, a rise of a partition's high watermark costs one
 * look at that partition. The first partition with anything to read gives at least one whole batch, however large
 * (KIP-74); all others keep to what is left of `maxBytes`.
 */
export class FetchPlan {
  readonly #servings: readonly Serving[];
  readonly #bounds: FetchBounds;
  readonly #done: (servings: readonly Serving[]) => void;
  readonly #stops: (() => void)[] = [];
  #timer: Timer | undefined;
  #bytes = 0;
  #finished = false;
  #looking = 0;
  /** Partitions that rose while another look was under way, by place. */
  readonly #risen = new Set<number>();

  constructor(servings: readonly Serving[], bounds: FetchBounds, done: (servings: readonly Serving[]) => void) {
    this.#servings = servings;
    this.#bounds = bounds;
    this.#done = done;
  }

  start(clock: Clock): void {
    this.#lookAt(0, clock, () => {
      const { maxWaitMs, minBytes } = this.#bounds;
      const urgent = this.#servings.some(({ error, diverging }) => error !== 'NONE' || diverging !== undefined);
      if (urgent || this.#bytes >= minBytes || maxWaitMs <= 0 || this.#servings.length === 0) return this.#finish();
      this.#timer = clock.after(maxWaitMs, () => this.#finish());
      this.#servings.forEach(({ partition }, place) => {
        if (partition !== undefined) this.#stops.push(partition.onRise(() => this.#rose(place)));
      });
    });
  }

  /** Lets go of everything: the client is gone. */
  cancel(): void {
    if (this.#finished) return;
    this.#stop();
    for (const serving of this.#servings) release(serving);
  }

  /** Looks at one partition after the other, since each leaves the next what it did not take. */
  #lookAt(place: number, clock: Clock, done: () => void): void {
    let next = place;
    let opens = 0;
    for (;;) {
      const serving = this.#servings[next];
      if (serving === undefined) return done();
      if (serving.partition?.isBlank === true) opens++;
      if (next - place >= looksPerTurn || opens > opensPerTurn) {
        const from = next;
        return clock.soon(() => {
          if (!this.#finished) this.#lookAt(from, clock, done);
        });
      }
      next++;
      let atOnce = false;
      let returned = false;
      this.#look(serving, () => {
        if (returned) this.#lookAt(next, clock, done);
        else atOnce = true;
      });
      returned = true;
      if (!atOnce) return;
    }
  }

  #look(serving: Serving, done: () => void): void {
    const { wanted, partition } = serving;
    this.#bytes -= serving.range?.byteLength ?? 0;
    release(serving);
    const error = partition === undefined ? serving.error : refusal(partition, wanted, this.#bounds.asFollower);
    serving.error = error;
    if (error !== 'NONE' || partition === undefined) return done();
    serving.diverging = divergence(partition, wanted);
    const upTo = this.#bounds.readCommitted ? partition.lastStableOffset : partition.highWatermark;
    const left = this.#bounds.maxBytes - this.#bytes;
    const first = this.#bytes === 0;
    if (serving.diverging !== undefined || wanted.offset >= upTo || (left <= 0 && !first)) return done();
    const bytesMax = Math.min(wanted.bytesMax, Math.max(left, 0));
    this.#looking++;
    partition.log.read(wanted.offset, bytesMax, upTo, first, (failed, range) => {
      this.#looking--;
      if (this.#finished) range?.release();
      else if (failed !== undefined) serving.error = 'KAFKA_STORAGE_ERROR';
      else {
        serving.range = range;
        this.#bytes += range?.byteLength ?? 0;
      }
      done();
    });
  }

  #rose(place: number): void {
    if (this.#looking > 0) {
      this.#risen.add(place);
      return;
    }
    const serving = this.#servings[place];
    if (serving === undefined || this.#finished) return;
    this.#look(serving, () => {
      if (this.#finished) return;
      if (serving.error !== 'NONE' || this.#bytes >= this.#bounds.minBytes) return this.#finish();
      const [next] = this.#risen;
      if (next === undefined) return;
      this.#risen.delete(next);
      this.#rose(next);
    });
  }

  #finish(): void {
    if (this.#finished) return;
    this.#stop();
    this.#done(this.#servings);
  }

  #stop(): void {
    this.#finished = true;
    this.#timer?.cancel();
    for (const stop of this.#stops) stop();
  }
}

function release(serving: Serving): void {
  serving.range?.release();
  serving.range = undefined;
}

/** Why the partition cannot be read as asked, or NONE. The client's epoch is held against ours first (KIP-320). */
function refusal(partition: Partition, wanted: Wanted, asFollower: boolean): ErrorName {
  if (partition.refusal !== undefined) return partition.refusal;
  // Any negative epoch says nothing here; elsewhere only -1 does.
  const epoch = wanted.leaderEpoch < 0 ? undefined : epochRefusal(partition, wanted.leaderEpoch);
  if (epoch !== undefined) return epoch;
  if (asFollower) return 'NOT_LEADER_OR_FOLLOWER';
  const { logStartOffset, logEndOffset, epochs } = partition.log;
  // An epoch that this log knows nothing of: where it ended here cannot be said, so no divergence either.
  const unknown =
    wanted.lastFetchedEpoch >= 0 && epochs.endOf(LeaderEpoch(wanted.lastFetchedEpoch), logEndOffset) === undefined;
  return unknown || wanted.offset < logStartOffset || wanted.offset > logEndOffset ? 'OFFSET_OUT_OF_RANGE' : 'NONE';
}

/** How the leader epoch that a client sent, −1 for none, relates to ours (KIP-320). */
export function epochRefusal(partition: Partition, claimed: number): ErrorName | undefined {
  if (claimed === -1 || claimed === partition.leaderEpoch) return undefined;
  return claimed < partition.leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH';
}

function divergence(partition: Partition, { lastFetchedEpoch, offset }: Wanted): Serving['diverging'] {
  if (lastFetchedEpoch < 0) return undefined;
  const end = partition.log.epochs.endOf(LeaderEpoch(lastFetchedEpoch), partition.log.logEndOffset);
  if (end === undefined) return undefined;
  return end.epoch < lastFetchedEpoch || end.endOffset < offset ? end : undefined;
}
