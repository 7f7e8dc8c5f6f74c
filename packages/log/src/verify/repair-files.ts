/**
 * Takes out of a partition's files what a plan gives up, and keeps a copy of it beside them.
 *
 * Copies are synced before anything is changed, and a file is replaced as a whole: a crash at any moment leaves the old
 * one or the new one, and the repair may simply be run again.
 */
import { Bytes, type DirtyFile, type Disk, type DiskFile, type Done } from '@skerry/base';
import { setBatchBaseOffset } from '@skerry/wire';
import { segmentFile } from '../names.ts';
import type { RepairPlan, SegmentPlan } from './repair-plan.ts';

export interface FilesToRepair {
  readonly disk: Disk;
  readonly folder: string;
  /** In the names of copies: another for each repair. */
  readonly stamp: string;
}

type FilesDone = (error: Error | undefined, copies: readonly string[]) => void;

/** Calls back with the names of the copies, once all of it survives a power cut. */
export function repairFiles({ disk, folder, stamp }: FilesToRepair, plan: RepairPlan, done: FilesDone): void {
  const copies: string[] = [];
  const made: DirtyFile[] = [];
  const changed = plan.segments.filter(({ cuts, offsets, isDropped }) => isDropped || cuts.length + offsets.length > 0);
  for (const segment of changed) {
    if (segment.isDropped) continue;
    for (const { from, to } of segment.cuts) {
      const copy = `${segment.path}.removed-${stamp}-${from}`;
      copies.push(copy);
      made.push(copyRanges(disk, segment.path, copy, [[from, to]]));
    }
    made.push(replacement(disk, segment));
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
function replacement(disk: Disk, segment: SegmentPlan): DirtyFile {
  const kept: [from: number, to: number][] = [];
  let from = 0;
  for (const cut of segment.cuts) {
    kept.push([from, cut.from]);
    from = cut.to;
  }
  kept.push([from, segment.size]);
  const made = copyRanges(disk, segment.path, replacementOf(segment), kept);
  for (const { position, offset } of segment.offsets) {
    let moved = 0;
    for (const cut of segment.cuts) if (cut.to <= position) moved += cut.to - cut.from;
    const field = new Uint8Array(8);
    setBatchBaseOffset(field, 0, offset);
    made.file.writeNow([field], Bytes(position - moved));
  }
  return made;
}

/** Copies parts of a file into a new one, one after the other. */
function copyRanges(
  disk: Disk,
  source: string,
  target: string,
  ranges: readonly (readonly [from: number, to: number])[],
): DirtyFile {
  disk.remove(target);
  const from = disk.open(source, { create: false });
  const file = disk.open(target, { create: true });
  const slab = new Uint8Array(slabBytes);
  let end = 0;
  for (const [start, stop] of ranges) {
    for (let at = start; at < stop; ) {
      const count = from.readNow(slab.subarray(0, Math.min(slab.length, stop - at)), Bytes(at));
      if (count === 0) break;
      file.writeNow([slab.subarray(0, count)], Bytes(end));
      at += count;
      end += count;
    }
  }
  from.close();
  return { file, end: Bytes(end) };
}

const slabBytes = 1024 * 1024;

function finish(disk: Disk, made: readonly DirtyFile[], done: Done): void {
  disk.commit(made, (error) => {
    for (const { file } of made as readonly { readonly file: DiskFile }[]) file.close();
    done(error);
  });
}
