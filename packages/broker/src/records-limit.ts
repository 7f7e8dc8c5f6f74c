import type { ErrorName } from '@skerry/wire';

/** What one request may write to the metadata log: its batch is applied in one go, and nobody is served meanwhile. */
export const recordsPerRequestMax = 10_000;

/** Why a request that would write more is refused whole, as by Kafka's controller. */
export const tooManyRecords: { readonly error: ErrorName; readonly message: string } = {
  error: 'POLICY_VIOLATION',
  message: `One request changes at most ${recordsPerRequestMax} things: ask in parts.`,
};
