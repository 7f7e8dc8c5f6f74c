/** How many files and connections the system lets a process have open: both draw on one number. */
import { readFileSync } from 'node:fs';
import { limits } from '@skerry/base';

/** For the store, the journal, the log, listeners, and files that are open only for a moment. */
const othersMax = 128;

/**
 * Connections that leave enough descriptors for the disk, since a broker that cannot open its files is worse than one
 * that takes no more clients. Without bound where the system does not tell.
 */
export function connectionsPossible(limitsFile = '/proc/self/limits'): number {
  const open = openFilesMax(limitsFile);
  return open === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(open - limits.openFilesMax - othersMax, Math.floor(open / 2));
}

function openFilesMax(limitsFile: string): number | undefined {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync(limitsFile, 'utf8'))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
