import { assert } from '@skerry/base';
import { errors } from './error-codes.ts';

export { errors } from './error-codes.ts';
export type ErrorName = keyof typeof errors;

const names = new Map(Object.entries(errors).map(([name, { code }]) => [code as number, name as ErrorName]));
assert(names.size === Object.keys(errors).length, 'each error has a code of its own');

export function errorCode(name: ErrorName): number {
  return errors[name].code;
}

/** The error's name; a code that is not in the table is some newer broker's. */
export function errorName(code: number): ErrorName {
  return names.get(code) ?? 'UNKNOWN_SERVER_ERROR';
}
