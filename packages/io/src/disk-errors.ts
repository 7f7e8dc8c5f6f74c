import { OperatingError } from '@skerry/base';

const wantOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * What the system said, as the disk's contract names it. The message tells an operator the call, the file and the
 * system's code.
 */
export function diskError(what: string, path: string, cause: unknown): OperatingError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const kind = code !== undefined && wantOfSpace.has(code) ? 'SKR_DISK_FULL' : 'SKR_DISK_FAILED';
  return new OperatingError(kind, `${what} ${path || '.'}: ${message}`, { cause });
}

/**
 * A failed sync is a failed disk, also for want of space (delayed allocation finds that out late): what was written
 * and acknowledged by the page cache is lost, and no free space brings it back.
 */
export function syncError(what: string, path: string, cause: unknown): OperatingError {
  const { message } = cause as NodeJS.ErrnoException;
  return new OperatingError('SKR_DISK_FAILED', `${what} ${path || '.'}: ${message}`, { cause });
}
