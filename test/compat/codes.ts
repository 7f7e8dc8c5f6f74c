/**
 * The error codes that Kafka's handlers can return on one node, by API: read in its handlers, and tried. `npm run
 * compat` ticks them off: `provoked` must be seen in Kafka's answers, `unprovoked` says why a code is out of reach.
 */
import type { ErrorName } from '@skerry/wire/all';

export interface Codes {
  readonly key: number;
  readonly provoked: readonly string[];
  readonly unprovoked: Readonly<Partial<Record<ErrorName, string>>>;
}

export const codesOf: ReadonlyMap<string, Codes> = new Map<string, Codes>([]);
