import { Bytes, type DirtyFile, type Disk, type Done, OperatingError } from '@skerry/base';
import { journalLimits } from './limits.ts';

/**
 * Makes all that was written to the files at `paths` durable in these files, or, where one is gone, that it is gone.
 * Never more than some of them are open at once.
 */
export function settle(disk: Disk, paths: readonly string[], done: Done): void {
  const next = (start: number): void => {
    const group = paths.slice(start, start + journalLimits.filesAtOnce);
    settleGroup(disk, group, (error) => {
      if (error !== undefined || start + group.length >= paths.length) done(error);
      else next(start + group.length);
    });
  };
  next(0);
}

function settleGroup(disk: Disk, paths: readonly string[], done: Done): void {
  const dirty: DirtyFile[] = [];
  const folders = new Set<string>();
  try {
    for (const path of paths) {
      if (disk.exists(path)) {
        const file = disk.open(path, { create: false });
        dirty.push({ file, end: Bytes(file.size()) });
      } else folders.add(nearestFolder(disk, path));
    }
  } catch (error) {
    for (const { file } of dirty) file.close();
    if (!(error instanceof OperatingError)) throw error;
    done(error);
    return;
  }
  let due = 1 + folders.size;
  let failure: Error | undefined;
  const one: Done = (error) => {
    failure ??= error;
    if (--due === 0) done(failure);
  };
  disk.commit(dirty, one);
  // A commit keeps what it needs of a file that is closed meanwhile.
  for (const { file } of dirty) file.close();
  for (const folder of folders) disk.commitFolder(folder, one);
}

/** Cuts the files at `paths` to nothing, one after the other, each durably before the next. */
export function emptyFiles(disk: Disk, paths: readonly string[], done: Done): void {
  const [path] = paths;
  if (path === undefined) {
    done();
    return;
  }
  try {
    const file = disk.open(path, { create: false });
    file.truncate(Bytes(0));
    disk.commit([{ file, end: Bytes(0) }], (error) => {
      if (error === undefined) emptyFiles(disk, paths.slice(1), done);
      else done(error);
    });
    file.close();
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    done(error);
  }
}

/** The innermost folder above `path` that is there. */
function nearestFolder(disk: Disk, path: string): string {
  let folder = parentOf(path);
  while (folder !== '' && !disk.exists(folder)) folder = parentOf(folder);
  return folder;
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
