import { type ErrorName, errorName, errors } from '@skerry/wire';

/** A broker's answer that says no. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
  readonly code: ErrorName;

  /** `what` was asked for; `message` is the broker's own, where it gave one. */
  constructor(code: ErrorName, what: string, message?: string | null) {
    super(`${what}: ${code}${message ? `: ${message}` : ''}`);
    this.code = code;
  }

  /** Whether asking again, perhaps another broker, may help. */
  get retriable(): boolean {
    return errors[this.code].retriable;
  }
}

/** A broker that cannot be reached, left, or did not answer in time. What was asked of it may have been done. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Throws what an answer's error code says, unless it says none. */
export function check(code: number, what: string, message?: string | null): void {
  if (code !== 0) throw new KafkaError(errorName(code), what, message);
}

/** Whether trying again may help. */
export function isRetriable(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof KafkaError && error.retriable);
}
