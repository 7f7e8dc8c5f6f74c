import { type Offset, OperatingError } from '@skerry/base';

/** Where bytes were found that are not what was written: for the operator's log, and for `skerry log verify`. */
export class DamageError extends OperatingError {
  readonly file: string;
  readonly position: number;
  /** The first offset that is not known to be good, if that is known. */
  readonly offset: Offset | undefined;

  /** `cause`: the disk's own error, when it is the disk that refuses the bytes, whatever they are. */
  constructor(file: string, position: number, what: string, offset?: Offset, cause?: OperatingError) {
    const at = offset === undefined ? '' : `, offset ${offset}`;
    super('SKR_DATA_CORRUPT', `${file} at byte ${position}${at}: ${what}`, cause && { cause });
    this.file = file;
    this.position = position;
    this.offset = offset;
  }
}
