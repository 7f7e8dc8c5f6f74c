import { OperatingError } from '@skerry/base';

/**
 * Without its metadata a node knows no topic: it does not start, and says where the damage is. If the disk refused to
 * read it, that is the failure, which ends the node like every other.
 */
export function unreadable(error: Error | undefined): Error {
  if (!(error instanceof OperatingError) || error.code !== 'SKR_DATA_CORRUPT')
    return error ?? new Error('the metadata log cannot be read');
  const { cause } = error;
  const code = cause instanceof OperatingError ? cause.code : error.code;
  const advice = 'see "skerry log verify" and "skerry log repair"';
  return new OperatingError(code, `the metadata log cannot be read: ${error.message}; ${advice}`, { cause: error });
}
