/** Chance, as the pure packages see it. `io` takes it from the system, `testkit` from a seed. */
export interface Random {
  /** `count` random bytes, fit for identifiers and nonces. */
  bytes(count: number): Uint8Array;
  /** A whole number in [0, bound). */
  below(bound: number): number;
}
