/**
 * Holds what the store says of a log (checkpoint, epochs, snapshots of the producers) against its batches, as they are
 * walked through.
 */
import { type Bytes, type Clock, Offset } from '@skerry/base';
import { batchBaseOffset, batchLeaderEpoch } from '@skerry/wire';
import { LeaderEpochs } from '../epochs.ts';
import type { ProducerState, ProducerStates } from '../producers.ts';
import type { TimedOffset } from '../segment-index.ts';
import { decodeSnapshot } from '../snapshot.ts';
import type { Checkpoint, LogState } from '../state.ts';
import type { Found } from './problem.ts';

interface Snapshot {
  readonly offset: Offset;
  readonly states: readonly ProducerState[];
}

export class StateCheck {
  readonly checkpoint: Checkpoint | undefined;
  readonly #folder: string;
  readonly #found: Found;
  readonly #epochs = new LeaderEpochs();
  readonly #hasEpochs: boolean;
  readonly #snapshots: Snapshot[] = [];
  /** Up to where the log is compacted. */
  readonly #cleaned: Offset;
  /** Of the batch before. */
  #epoch = -1;
  #toldOfEpochs = false;
  #metCheckpoint = false;

  constructor(folder: string, state: LogState | undefined, clock: Clock, found: Found) {
    this.#folder = folder;
    this.#found = found;
    this.checkpoint = state?.readCheckpoint();
    this.#cleaned = state?.readCleaned() ?? Offset(0);
    const rows = state?.readEpochs();
    this.#hasEpochs = rows !== undefined;
    try {
      this.#epochs.load(rows ?? []);
    } catch {
      this.#wrong(0, 'the leader epochs in the store are out of order');
      this.#epochs.clear();
    }
    const recoveryPoint = this.checkpoint?.recoveryPoint ?? 0;
    for (const offset of state?.snapshotOffsets() ?? []) {
      // What lies beyond it is thrown away at the next start.
      if (offset > recoveryPoint) continue;
      const states = readSnapshot(state, offset, clock.monotonicMs());
      if (states === undefined) this.#wrong(offset, 'the snapshot of the producers cannot be read');
      else this.#snapshots.push({ offset, states });
    }
  }

  /** Takes note of a good batch; `isSafe` when it lies below the recovery point. */
  batch(bytes: Uint8Array, at: number, isSafe: boolean): void {
    const epoch = batchLeaderEpoch(bytes, at);
    if (epoch === this.#epoch || this.#toldOfEpochs) return;
    this.#epoch = epoch;
    const offset = batchBaseOffset(bytes, at);
    if (!isSafe || !this.#hasEpochs || this.#epochs.epochAt(offset) === epoch) return;
    this.#toldOfEpochs = true;
    const stored = this.#epochs.epochAt(offset) ?? 'none';
    this.#wrong(offset, `its leader epoch is ${epoch} in the log, and ${stored} in the store`);
  }

  /** Where a batch ends, or a segment begins: all below `end` is told, `newest` is the newest time of the segment. */
  boundary(base: Offset, position: Bytes, end: Offset, newest: TimedOffset | undefined): void {
    const { checkpoint } = this;
    if (checkpoint === undefined || base !== checkpoint.segmentBase || position !== checkpoint.position) return;
    this.#metCheckpoint = true;
    const { recoveryPoint, newest: told } = checkpoint;
    if (recoveryPoint !== end)
      this.#wrong(end, `the checkpoint names offset ${recoveryPoint} where the log has ${end}`);
    if (position > 0 && timeText(told) !== timeText(newest))
      this.#wrong(end, `the newest time up to the checkpoint is ${timeText(newest)}, and not ${timeText(told)}`);
  }

  /** Compares the snapshots as of `end`, up to where the log is walked through. */
  producers(end: Offset, first: Offset, replayed: ProducerStates): void {
    while ((this.#snapshots[0]?.offset ?? Infinity) <= end) {
      const snapshot = this.#snapshots.shift();
      if (snapshot === undefined) return;
      const { offset, states } = snapshot;
      if (offset < end && offset >= this.#cleaned)
        this.#wrong(offset, 'a snapshot of the producers was taken inside of a batch');
      const wrong =
        offset < end
          ? undefined
          : states.find((state) => !agrees(state, replayed.get(state.producerId), first, this.#cleaned));
      if (wrong !== undefined)
        this.#wrong(offset, `the snapshot says of producer ${wrong.producerId} what the log does not`);
    }
  }

  /** After the last batch. */
  end(end: Offset): void {
    for (const { offset } of this.#snapshots) {
      this.#wrong(offset, `a snapshot of the producers is of offset ${offset}, and the log ends at ${end}`);
    }
    if (this.checkpoint !== undefined && !this.#metCheckpoint && this.checkpoint.position > 0) {
      const { segmentBase, position } = this.checkpoint;
      this.#wrong(
        this.checkpoint.recoveryPoint,
        `no batch ends at byte ${position} of segment ${segmentBase}, as the checkpoint says`,
      );
    }
  }

  #wrong(offset: number, what: string): void {
    this.#found({ file: this.#folder, offset, what, remedy: 'rebuild' });
  }
}

const timeText = (time: TimedOffset | undefined): string =>
  time === undefined ? 'none' : `${time.timestamp} at offset ${time.offset}`;

function readSnapshot(
  state: LogState | undefined,
  offset: Offset,
  nowMs: number,
): readonly ProducerState[] | undefined {
  const bytes = state?.readSnapshot(offset);
  if (bytes === undefined) return undefined;
  try {
    return decodeSnapshot(bytes, nowMs).states;
  } catch {
    // Its lengths lie: it was whole when it was summed, so somebody wrote it so.
    return undefined;
  }
}

/** Whether a producer's state in a snapshot is what replay from offset `first` on gives, as far as that can know. */
function agrees(stored: ProducerState, replayed: ProducerState | undefined, first: Offset, cleaned: Offset): boolean {
  const last = stored.batches.at(-1);
  // Compaction keeps the last batch of a producer as it was then, not as of a snapshot.
  if (last !== undefined && last.lastOffset < cleaned) return true;
  if (replayed === undefined) {
    return (last?.lastOffset ?? -1) < first && (stored.transactionFirstOffset ?? -1) < first;
  }
  const batch = replayed.batches.at(-1);
  const isSame = stored.epoch === replayed.epoch && stored.transactionFirstOffset === replayed.transactionFirstOffset;
  return isSame && last?.lastSequence === batch?.lastSequence && last?.lastOffset === batch?.lastOffset;
}
