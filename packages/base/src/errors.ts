/**
 * A broken invariant of ours: state we cannot explain must not reach a disk or a client. Ends the process with exit
 * code 70.
 */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Bytes of a peer that no version of the protocol allows. Ends that peer's connection, and nothing else. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Every way in which the world can fail us. Stable, never reused; listed in docs/errors.md. */
export const operatingErrors = {
  SKR_DISK_FULL: 'No space left for a write: ENOSPC, EDQUOT or EFBIG. Free space; producers are refused until then.',
  SKR_DISK_FAILED:
    'The disk refused a read, a write or a sync: EIO and the like. What it holds is unknown until recovery.',
  SKR_DATA_CORRUPT: 'Bytes that were safe on disk no longer match their checksum.',
  SKR_FOLDER_IN_USE: 'Another process holds the data folder.',
  SKR_ADDRESS_IN_USE: 'Another process listens on that address and port.',
  SKR_ADDRESS_INVALID: 'The address to listen on is not one of this machine, or may not be used.',
  SKR_CONFIG_INVALID: 'A setting is unknown, of the wrong type, or outside its range.',
  SKR_STORE_FAILED: 'The key-value store could not be read or written.',
} as const satisfies Record<string, string>;

/** A stable code of {@link operatingErrors}. */
export type OperatingErrorCode = keyof typeof operatingErrors;

/** The world's failure, with a stable code; what follows from each is stated where it is caught. */
export class OperatingError extends Error {
  override readonly name = 'OperatingError';
  readonly code: OperatingErrorCode;

  constructor(code: OperatingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
