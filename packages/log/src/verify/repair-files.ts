/**
 * Takes out of a partition's files what a plan gives up, and keeps a copy of it beside them.
 *
 * Copies are synced before anything is changed, and a file is replaced as a whole: a crash at any moment leaves the old
 * one or the new one, and the repair may simply be run again.
 */
import { Bytes, type Compute, type DirtyFile, type Disk, type DiskFile, type Done } from '@skerry/base';
import { setBatchBaseOffset } from '@skerry/wire';
import { segmentFile } from '../names.ts';
import { emptyBatch } from './empty-batch.ts';
import type { RepairPlan, SegmentPlan } from './repair-plan.ts';

export interface FilesToRepair {
  readonly disk: Disk;
  readonly compute: Compute;
  readonly folder: string;
  /** In the names of copies: another for each repair. */
  readonly stamp: string;
}

type FilesDone = (error: Error | undefined, copies: readonly string[]) => void;

/** Calls back with the names of the copies, once all of it survives a power cut. */
export function repairFiles({ disk, compute, folder, stamp }: FilesToRepair, plan: RepairPlan, done: FilesDone): void {
  const copies: string[] = [];
  const made: DirtyFile[] = [];
  const changed = plan.segments.filter(
    ({ cuts, offsets, fills, isDropped }) => isDropped || cuts.length + offsets.length + fills.length > 0,
  );
  for (const segment of changed) {
    if (segment.isDropped) continue;
    for (const { from, to } of segment.cuts) {
      const copy = `${segment.path}.removed-${stamp}-${from}`;
      copies.push(copy);
      made.push(copyPieces(disk, segment.path, copy, [[from, to]]));
    }
    made.push(replacement(disk, compute, segment));
  }
  finish(disk, made, (error) => {
    if (error !== undefined) return done(error, copies);
    for (const segment of changed) {
      if (segment.isDropped) {
        const copy = `${segment.path}.removed-${stamp}`;
        copies.push(copy);
        disk.rename(segment.path, copy);
      } else disk.rename(replacementOf(segment), segment.path);
      for (const kind of ['index', 'timeindex', 'txnindex'] as const)
        disk.remove(segmentFile(folder, segment.base, kind));
    }
    removeOrphans(disk, folder);
    disk.commitFolder(folder, (folderError) => done(folderError, copies));
  });
}

/** Indexes of segments that are missing: one that begins there later must not find them. */
function removeOrphans(disk: Disk, folder: string): void {
  const names = disk.list(folder);
  for (const name of names) {
    const [, stem] = /^(\d{20})\.(index|timeindex|txnindex)$/.exec(name) ?? [];
    if (stem !== undefined && !names.includes(`${stem}.log`)) disk.remove(`${folder}/${name}`);
  }
}

const replacementOf = ({ path }: SegmentPlan): string => `${path}.new`;

/** The segment as it is to be, under another name. */
function replacement(disk: Disk, compute: Compute, segment: SegmentPlan): DirtyFile {
  const pieces: Piece[] = [];
  let from = 0;
  const keepTo = (to: number): void => {
    pieces.push([from, to]);
    from = to;
  };
  const changes = [
    ...segment.cuts.map((cut) => ({ at: cut.from, cut })),
    ...segment.fills.map((fill) => ({ at: fill.position, fill })),
    ...segment.offsets.map((moved) => ({ at: moved.position, moved })),
  ].sort((a, b) => a.at - b.at);
  for (const change of changes) {
    keepTo(change.at);
    if ('cut' in change) from = change.cut.to;
    else if ('fill' in change) pieces.push(emptyBatch(change.fill, compute));
    else {
      const field = new Uint8Array(offsetBytes);
      setBatchBaseOffset(field, 0, change.moved.offset);
      pieces.push(field);
      from += offsetBytes;
    }
  }
  keepTo(segment.size);
  return copyPieces(disk, segment.path, replacementOf(segment), pieces);
}

/** Of the old file from one byte to another, or something new. */
type Piece = readonly [from: number, to: number] | Uint8Array;

/** Copies parts of a file into a new one, one after the other, with what is new in between. */
function copyPieces(disk: Disk, source: string, target: string, pieces: readonly Piece[]): DirtyFile {
  disk.remove(target);
  const from = disk.open(source, { create: false });
  const file = disk.open(target, { create: true });
  const slab = new Uint8Array(slabBytes);
  let end = 0;
  const add = (bytes: Uint8Array): void => {
    file.writeNow([bytes], Bytes(end));
    end += bytes.length;
  };
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) {
      add(piece);
      continue;
    }
    const [start, stop] = piece;
    for (let at = start; at < stop; ) {
      const count = from.readNow(slab.subarray(0, Math.min(slab.length, stop - at)), Bytes(at));
      if (count === 0) break;
      add(slab.subarray(0, count));
      at += count;
    }
  }
  from.close();
  return { file, end: Bytes(end) };
}

/** Where a batch keeps its base offset: at its very beginning. */
const offsetBytes = 8;
const slabBytes = 1024 * 1024;

function finish(disk: Disk, made: readonly DirtyFile[], done: Done): void {
  disk.commit(made, (error) => {
    for (const { file } of made as readonly { readonly file: DiskFile }[]) file.close();
    done(error);
  });
}
