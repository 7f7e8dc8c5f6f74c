import { EncodeError } from './writer.ts';

/** Refuses null where the version needs a value. */
export function some<T>(value: T | null): T {
  if (value === null) throw new EncodeError('null where this version needs a value');
  return value;
}

/** Refuses a value that the version has no place for. */
export function lost(field: string, version: number): never {
  throw new EncodeError(`${field} cannot be carried by v${version}`);
}
