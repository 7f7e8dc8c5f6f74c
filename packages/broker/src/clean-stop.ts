/** The mark of a node that stopped in good order: with it a start reads less. */
import { type Disk, type Done, OperatingError } from '@skerry/base';
import { readTextFile, writeTextFile } from './text-file.ts';

const file = 'clean-stop';

type MarkedDone = (error: Error | undefined, isMarked: boolean) => void;

/** Whether the node stopped in good order; the mark is durably gone before we say so. */
export function takeCleanStop(disk: Disk, done: (error: Error | undefined, clean?: boolean) => void): void {
  if (readTextFile(disk, file) === undefined) return done(undefined, false);
  disk.remove(file);
  disk.commitFolder('', (error) => done(error, true));
}

/**
 * Ends a stop: `unsaved` is why not all was saved, if so. A full disk is no failure of it: there is no mark then, and
 * the next start reads a little more, the journal too.
 */
export function markCleanStop(disk: Disk, unsaved: Error | undefined, done: MarkedDone): void {
  const end: Done = (error) => done(error !== undefined && isFull(error) ? undefined : error, error === undefined);
  if (unsaved !== undefined) return end(unsaved);
  try {
    writeTextFile(disk, file, 'closed\n', end);
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    end(error);
  }
}

const isFull = (error: Error): boolean => error instanceof OperatingError && error.code === 'SKR_DISK_FULL';
