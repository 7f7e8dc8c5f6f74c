/** How a command ends, as scripts see it. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  unreachable: 11,
  /** A broken invariant of ours; EX_SOFTWARE of sysexits.h. */
  software: 70,
  /** The disk failed; EX_IOERR of sysexits.h. */
  disk: 74,
  interrupted: 130,
} as const;

/** A command that cannot be run as it was written; `message` says what is wrong and what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The exit code of a command that ended with `error`. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return exitCodes.failed;
  if (error.name === 'UsageError') return exitCodes.usage;
  if (error.name === 'UnreachableError') return exitCodes.unreachable;
  if (error.name === 'InvariantError') return exitCodes.software;
  if (error.name !== 'OperatingError' || !('code' in error)) return exitCodes.failed;
  if (error.code === 'SKR_CONFIG_INVALID') return exitCodes.usage;
  return error.code === 'SKR_DISK_FAILED' || error.code === 'SKR_STORE_FAILED' ? exitCodes.disk : exitCodes.failed;
}
