import { Bytes, type Disk, type Done, utf8Decode, utf8Encode } from '@skerry/base';

/** The text of a small file, or undefined if there is none. */
export function readTextFile(disk: Disk, path: string): string | undefined {
  if (!disk.exists(path)) return undefined;
  const file = disk.open(path, { create: false });
  const bytes = new Uint8Array(file.size());
  file.readNow(bytes, Bytes(0));
  file.close();
  return utf8Decode(bytes);
}

/**
 * Puts `text` in the file's place, wholly or not at all: a temporary file, synced, then renamed; calls back once that
 * survives a power cut.
 */
export function writeTextFile(disk: Disk, path: string, text: string, done: Done): void {
  const bytes = utf8Encode(text);
  const temporary = `${path}.new`;
  disk.remove(temporary);
  const file = disk.open(temporary, { create: true });
  file.writeNow([bytes], Bytes(0));
  disk.commit([{ file, end: Bytes(bytes.length) }], (error) => {
    file.close();
    if (error !== undefined) return done(error);
    disk.rename(temporary, path);
    disk.commitFolder(folderOf(path), done);
  });
}

/** The folder that a path's last name is in; empty for the root. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
