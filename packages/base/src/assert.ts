import { InvariantError } from './errors.ts';

/** Stops the process on a broken invariant: state we cannot explain must not reach a disk or a client. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantError(what);
}

/** Ends a `switch` over a union: a new member that nobody handles does not compile. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${String(value)}`);
}
