/**
 * Makes anew all that follows from a partition's batches: its indexes, the checkpoint, the leader epochs, the snapshot
 * of the producers. The batches are good: a plan was carried out before.
 */
import { Bytes, type DirtyFile, type Done, LeaderEpoch, limits, type Offset, type StoreChange } from '@skerry/base';
import { batchBaseOffset, batchHeaderBytes, batchLeaderEpoch, batchLength, setBatchLeaderEpoch } from '@skerry/wire';
import { type EpochRow, epochRow, LeaderEpochs } from '../epochs.ts';
import { FilePool, type PooledFile } from '../file-pool.ts';
import { segmentFile } from '../names.ts';
import { ProducerStates } from '../producers.ts';
import { Segment } from '../segment.ts';
import { defaultLogSettings } from '../settings.ts';
import { encodeSnapshot } from '../snapshot.ts';
import { type Checkpoint, LogState } from '../state.ts';
import { emptyBatch } from './empty-batch.ts';
import type { RepairPlan } from './repair-plan.ts';
import type { LogToVerify } from './verify-log.ts';
import { walkSegment } from './walk.ts';

export function rebuildState(log: Required<LogToVerify>, plan: RepairPlan, done: Done): void {
  if (log.state === undefined) return done();
  new Rebuild(log, log.state, plan).run(done);
}

class Rebuild {
  readonly #log: LogToVerify;
  readonly #plan: RepairPlan;
  readonly #state: LogState;
  readonly #store: NonNullable<LogToVerify['state']>['store'];
  readonly #files: FilePool;
  readonly #producers: ProducerStates;
  readonly #runs: EpochRun[] = [];
  readonly #dirty: PooledFile[] = [];
  readonly #segments: Segment[] = [];

  constructor(log: LogToVerify, { store, prefix }: NonNullable<LogToVerify['state']>, plan: RepairPlan) {
    this.#log = log;
    this.#plan = plan;
    this.#store = store;
    this.#state = new LogState(store, log.compute, prefix);
    this.#files = new FilePool({ disk: log.disk });
    this.#producers = new ProducerStates(log.clock);
  }

  run(done: Done): void {
    const plan = this.#plan;
    const { folder } = this.#log;
    let last: Segment | undefined;
    for (const { base, isDropped } of plan.segments) {
      if (isDropped) continue;
      if (last !== undefined) this.#endSegment(last, true);
      last = this.#segment(base);
    }
    const epochs = settleEpochs(this.#runs, this.#state.readEpochs(), plan);
    if (last === undefined) {
      // Nothing is left: a file says where the log goes on, whatever becomes of the store.
      const fresh = this.#files.file(segmentFile(folder, plan.end, 'log'));
      fresh.handle(true);
      this.#dirty.push(fresh);
    } else {
      if (last.end < plan.end) this.#fillUp(last, epochs.latest ?? noEpoch);
      this.#endSegment(last, false);
    }
    for (const run of this.#runs) this.#setEpoch(run, epochs);
    const logStart = last === undefined ? plan.end : plan.logStart;
    const changes = [
      this.#state.checkpoint(checkpointAt(plan.end, logStart, last)),
      this.#state.epochs(epochs.rows),
      ...this.#snapshots(),
    ];
    this.#syncFiles((error) => {
      if (error === undefined) this.#store.commit(changes, done);
      else done(error);
    });
  }

  #syncFiles(done: Done): void {
    const written: DirtyFile[] = this.#dirty.map((file) => ({ file: file.handle(), end: file.handle().size() }));
    this.#log.disk.commit(written, (error) => {
      for (const file of this.#dirty) file.retire(() => {});
      for (const segment of this.#segments) segment.letGo();
      done(error);
    });
  }

  /**
   * Ends the segment with a batch without records, as compaction leaves them: offsets that were lost at the end of the
   * log are not given a second time, and consumers come to the end.
   */
  #fillUp(segment: Segment, epoch: LeaderEpoch): void {
    const batch = emptyBatch({ from: segment.end, end: this.#plan.end, epoch }, this.#log.compute);
    segment.file.handle().writeNow([batch], segment.size);
    segment.wrote(batch, 0, batchLength(batch, 0), defaultLogSettings.indexIntervalBytes);
    this.#dirty.push(segment.file);
  }

  /** Reads the segment, and makes its indexes. */
  #segment(base: Offset): Segment {
    const { disk, folder, compute } = this.#log;
    for (const kind of ['index', 'timeindex', 'txnindex'] as const) disk.remove(segmentFile(folder, base, kind));
    const segment = new Segment(folder, base, this.#files);
    this.#segments.push(segment);
    segment.resume(Bytes(0), base, undefined);
    segment.index.clear();
    segment.transactions.startEmpty();
    const file = segment.file.handle();
    for (const step of walkSegment({ file, compute, size: file.size(), expected: base })) {
      if (step.bad !== undefined || step.missing !== undefined)
        throw new Error(`${segment.file.path} has changed meanwhile`);
      const { bytes, at } = step;
      segment.wrote(bytes, at, batchLength(bytes, at), defaultLogSettings.indexIntervalBytes);
      const [offset, epoch] = [batchBaseOffset(bytes, at), batchLeaderEpoch(bytes, at)];
      const run = this.#runs.at(-1);
      if (run?.epoch === epoch && run.segment === segment) run.end = segment.end;
      else this.#runs.push({ ...epochRow(epoch, offset), end: segment.end, segment });
      const aborted = this.#producers.record(bytes, at, offset);
      if (aborted !== undefined) segment.transactions.append(aborted);
      this.#producers.settle(segment.end);
    }
    return segment;
  }

  /** Sets the epoch in the batches of `run` right: no CRC covers it. */
  #setEpoch({ segment, epoch, startOffset, end }: EpochRun, epochs: LeaderEpochs): void {
    const right = epochs.epochAt(startOffset);
    if (right === undefined || right === epoch) return;
    const { compute } = this.#log;
    const file = segment.file.handle();
    const header = new Uint8Array(batchHeaderBytes);
    for (const step of walkSegment({ file, compute, size: file.size(), expected: segment.base })) {
      if (step.bad !== undefined) return;
      const offset = batchBaseOffset(step.bytes, step.at);
      if (offset < startOffset || offset >= end) continue;
      setBatchLeaderEpoch(header, 0, right);
      file.writeNow([header.subarray(epochField.from, epochField.to)], Bytes(step.position + epochField.from));
    }
    if (!this.#dirty.includes(segment.file)) this.#dirty.push(segment.file);
  }

  #endSegment(segment: Segment, isClosed: boolean): void {
    if (isClosed) segment.close();
    segment.index.fileNow(0);
    segment.transactions.fileNow();
    const files = [segment.index.timesFile, segment.index.offsetsFile, segment.transactions.file];
    for (const file of files) if (file.isOpen) this.#dirty.push(file);
    segment.index.forget();
    if (this.#files.openFiles > limits.openFilesMax / 2) this.#files.trim();
  }

  #snapshots(): StoreChange[] {
    const { end } = this.#plan;
    const old = this.#state.snapshotOffsets().filter((offset) => offset !== end);
    const snapshot = this.#state.snapshot(end, encodeSnapshot(this.#producers));
    return [...old.map((offset) => this.#state.withoutSnapshot(offset)), snapshot];
  }
}

const noEpoch = LeaderEpoch(-1);

/** All is good up to `end`, where `segment` ends, or, without one, where one begins. */
function checkpointAt(end: Offset, logStartOffset: Offset, segment: Segment | undefined): Checkpoint {
  return {
    logStartOffset,
    recoveryPoint: end,
    segmentBase: segment?.base ?? end,
    position: segment?.size ?? Bytes(0),
    newest: segment?.newest,
    segmentOpenedMs: -1,
    wiping: false,
  };
}

/** Where a batch keeps its leader epoch. */
const epochField = { from: 12, to: 16 } as const;

/** Batches of one epoch in one segment, one after the other. */
interface EpochRun extends EpochRow {
  end: Offset;
  readonly segment: Segment;
}

/**
 * The store's rows where it has any, since they have a sum and the epoch in a batch has none; beyond them, and without
 * them, what the batches say, as far as that does not fall.
 */
function settleEpochs(
  runs: readonly EpochRun[],
  stored: readonly EpochRow[] | undefined,
  { end, logStart }: RepairPlan,
): LeaderEpochs {
  const epochs = new LeaderEpochs();
  epochs.load(stored ?? []);
  epochs.truncateTo(end, undefined);
  const known = epochs.latest ?? -1;
  const knownFrom = epochs.rows.at(-1)?.startOffset ?? 0;
  const rows: EpochRow[] = [];
  for (const run of runs) {
    // One that is followed by a lower one was damaged.
    while ((rows.at(-1)?.epoch ?? -1) > run.epoch) rows.pop();
    if (run.epoch > known && run.startOffset >= knownFrom) rows.push(run);
  }
  for (const { epoch, startOffset } of rows) epochs.append(epoch, startOffset);
  epochs.startAt(logStart);
  return epochs;
}
