/**
 * Walks from batch to batch of a segment by their headers, a slab at a time, on the loop or through the pool.
 *
 * Only whole batches that were written are walked, so a header that makes no sense is damage (SKR_DATA_CORRUPT),
 * never a torn write.
 */
import { Bytes, type Offset, OperatingError } from '@skerry/base';
import { batchHeaderBytes, batchLength, batchMagic, type SlabPool } from '@skerry/wire';
import { DamageError } from './damage.ts';
import type { PooledFile } from './file-pool.ts';
import { logLimits } from './settings.ts';

export interface Scan {
  readonly file: PooledFile;
  readonly slabs: SlabPool;
  /** Where a batch begins. */
  readonly from: Bytes;
  /** Where one ends, beyond which nothing is read. */
  readonly end: Bytes;
  /** Whether to read on the loop; `done` is then called before {@link scanHeaders} returns. */
  readonly now: boolean;
  /** Given a batch's header, in `bytes` from `at`. True ends the scan there. */
  visit(bytes: Uint8Array, at: number, position: Bytes): boolean;
  /** Called once, with the position where the scan ended: a batch that `visit` chose, or the end. */
  done(error: Error | undefined, position: Bytes): void;
}

export function scanHeaders(scan: Scan): void {
  const slab = scan.slabs.take(logLimits.scanBytes);
  let position: number = scan.from;
  let finished = false;
  const finish = (error: Error | undefined): void => {
    finished = true;
    scan.slabs.give(slab);
    scan.done(error, Bytes(position));
  };
  /** Visits what the slab holds. True when the scan is over. */
  const walk = (count: number): boolean => {
    const start = position;
    while (position < scan.end && position - start + batchHeaderBytes <= count) {
      const at = position - start;
      const length = batchLength(slab, at);
      if (length < batchHeaderBytes || position + length > scan.end || batchMagic(slab, at) !== 2) {
        finish(corrupt(scan.file.path, position, 'the header of a batch makes no sense'));
        return true;
      }
      if (scan.visit(slab, at, Bytes(position))) {
        finish(undefined);
        return true;
      }
      position += length;
    }
    if (position < scan.end && position !== start) return false;
    finish(position < scan.end ? corrupt(scan.file.path, position, 'the file ends inside a batch') : undefined);
    return true;
  };
  const step = (): void => {
    if (position >= scan.end) {
      finish(undefined);
      return;
    }
    const into = slab.subarray(0, Math.min(logLimits.scanBytes, scan.end - position));
    if (scan.now) {
      let over = false;
      while (!over) over = walk(readHere(scan, slab, position));
      return;
    }
    scan.file.read(into, Bytes(position), (error, count) => {
      if (error !== undefined) finish(error);
      else guarded(() => walk(count) || step());
    });
  };
  /** The file may be gone, or damaged: an error to report, not to throw through whoever ended the read. */
  const guarded = (run: () => unknown): void => {
    try {
      run();
    } catch (error) {
      if (finished || !(error instanceof OperatingError)) throw error;
      finish(error);
    }
  };
  guarded(step);
}

/** Visits the headers of all batches of `segment` up to byte `end`, on the loop: for a start. */
export function scanHeadersNow(
  segment: { readonly file: PooledFile },
  end: Bytes,
  world: { readonly files: { readonly slabs: SlabPool } },
  visit: (bytes: Uint8Array, at: number, position: Bytes) => void,
): void {
  let failed: Error | undefined;
  scanHeaders({
    file: segment.file,
    slabs: world.files.slabs,
    from: Bytes(0),
    end,
    now: true,
    visit: (bytes, at, position) => {
      visit(bytes, at, position);
      return false;
    },
    done: (error) => {
      failed = error;
    },
  });
  if (failed !== undefined) throw failed;
}

function readHere(scan: Scan, slab: Uint8Array, position: number): number {
  return scan.file.readNow(slab.subarray(0, Math.min(logLimits.scanBytes, scan.end - position)), Bytes(position));
}

export function corrupt(path: string, position: number, what: string, offset?: Offset): DamageError {
  return new DamageError(path, position, what, offset);
}

/**
 * Whether `found` may be the base offset `expected` of a torn write of which the first bytes are missing: they read as
 * zeros, and no checksum covers them.
 */
export function lacksStart(found: number, expected: number): boolean {
  for (let bytes = 0; bytes < 8; bytes++) if (found === expected % 256 ** bytes) return true;
  return false;
}
