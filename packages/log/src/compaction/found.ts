/** What a start finds of a compaction that did not come to its end. */
import { offsetAfter } from '@skerry/base';
import { batchLastOffset, batchLength } from '@skerry/wire';
import { isCleanedFile, swapBase, swapFile } from '../names.ts';
import { scanHeadersNow } from '../scan.ts';
import { Segment } from '../segment.ts';
import type { LogSettings } from '../settings.ts';
import type { LogWorld } from '../world.ts';

/** A segment that compaction has made, and those whose offsets it holds: their files are still there, or some. */
export interface Swapped {
  readonly segment: Segment;
  readonly replaced: readonly Segment[];
}

export interface FolderFound {
  readonly folder: string;
  readonly world: LogWorld;
  readonly settings: () => LogSettings;
}

/**
 * Puts segments that compaction has made in the place of those in `segments` that they replace. They were synced before
 * they got the name by which they are known; what has not got it yet is removed.
 */
export function takeSwapped(parts: FolderFound, names: readonly string[], segments: Segment[]): readonly Swapped[] {
  const { folder, world, settings } = parts;
  const swapped: Swapped[] = [];
  for (const name of names) {
    if (isCleanedFile(name)) world.disk.remove(`${folder}/${name}`);
    const base = swapBase(name);
    if (base === undefined) continue;
    const segment = new Segment(folder, base, world.files, swapFile(folder, base));
    const size = segment.file.size();
    const interval = settings().indexIntervalBytes;
    segment.index.clear();
    segment.transactions.startEmpty();
    let end = base;
    scanHeadersNow(segment, size, world, (bytes, at) => {
      segment.wrote(bytes, at, batchLength(bytes, at), interval);
      end = offsetAfter(batchLastOffset(bytes, at), 1);
    });
    segment.synced(size);
    segment.checked.resume(size);
    const replaced = segments.filter((old) => old.base >= base && old.base < end);
    const kept = segments.filter((old) => !replaced.includes(old));
    segments.splice(0, segments.length, ...[...kept, segment].sort((a, b) => a.base - b.base));
    swapped.push({ segment, replaced });
  }
  return swapped;
}
