import type { Reader } from './reader.ts';

/** What every request begins with (KIP-482 for the flexible form). */
export interface RequestStart {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
}

/** Reads the part that is the same in every header version; it tells which follows. */
export function readRequestStart(reader: Reader): RequestStart {
  return { apiKey: reader.int16(), apiVersion: reader.int16(), correlationId: reader.int32() };
}

/** Reads the rest: the client id, which stays in the old encoding, and the tagged fields of a flexible header. */
export function readClientId(reader: Reader, flexible: boolean): string {
  const clientId = reader.nullableString() ?? '';
  if (flexible) reader.skipTags();
  return clientId;
}
