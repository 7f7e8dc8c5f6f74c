/**
 * Puts a segment that compaction has made in the place of those it was made of, so that a crash at any moment leaves
 * the one or the others:
 *
 *   1. `BASE.log.cleaned` is written and synced. A start removes it.
 *   2. It is renamed to `BASE.log.swap`: from now on it counts, for readers too. The folder is synced.
 *   3. The files of the others are removed, each when nobody reads it any more. The folder is synced.
 *   4. It is renamed to `BASE.log`. The folder is synced, and its indexes may be written.
 *
 * A start that finds a `.swap` goes on with step 2: it covers the offsets up to its last batch, since a compacted
 * segment has no gaps.
 */
import type { Done, OperatingError } from '@skerry/base';
import type { Checkpointer } from '../checkpointer.ts';
import type { LogParts } from '../log-parts.ts';
import type { LogWriter } from '../log-writer.ts';
import { type FileKind, segmentFile } from '../names.ts';
import type { Swapped } from './found.ts';

export interface SwapParts extends LogParts {
  readonly writer: LogWriter;
  readonly checkpoints: Checkpointer;
}

const indexKinds: readonly FileKind[] = ['index', 'timeindex', 'txnindex'];

/**
 * Steps 2 (its sync) to 4. Those replaced must be off the list of segments, and pinned once for this. `done` is not
 * called once the log has ended.
 */
export function finishSwap(parts: SwapParts, { segment, replaced }: Swapped, done: Done): void {
  const { folder, segments, writer, checkpoints, world } = parts;
  const syncFolder = (next: () => void): void => {
    world.disk.commitFolder(folder, (error) => {
      if (error !== undefined) writer.fail(error);
      if (!writer.failed) next();
    });
  };
  const takePlace = (): void => {
    if (segment.isDoomed) {
      done();
      return;
    }
    segment.file.move(segmentFile(folder, segment.base, 'log'), (error) => {
      if (error !== undefined) {
        writer.fail(error as OperatingError);
        return;
      }
      syncFolder(() => {
        if (!segment.isDoomed) checkpoints.closed(segment);
        done();
      });
    });
  };
  let left = replaced.length;
  const gone = (): void => {
    if (--left > 0 || writer.failed) return;
    for (const old of replaced) segments.lingering.delete(old);
    // Also where the log file they belong to was removed by an earlier life.
    try {
      for (const kind of indexKinds) world.disk.remove(segmentFile(folder, segment.base, kind));
    } catch (error) {
      writer.fail(error as OperatingError);
      return;
    }
    syncFolder(takePlace);
  };
  syncFolder(() => {
    left++;
    for (const old of replaced) {
      if (old.isDoomed) left--;
      else old.doom(gone);
      old.unpin();
    }
    gone();
  });
}
