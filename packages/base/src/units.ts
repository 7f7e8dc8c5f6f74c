/**
 * Numbers that must not meet by accident. A unit costs nothing at run time; the function of the same name marks the
 * one place where a plain number becomes one.
 */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Position of a record in a partition. Dense, monotonic, never reused. Exact to 2^53. */
export type Offset = Unit<'offset'>;
export const Offset = (value: number): Offset => value as Offset;

/** The offset that follows `count` records from `base`: the only place where an offset and a count meet. */
export const offsetAfter = (base: Offset, count: number): Offset => (base + count) as Offset;

/** A leader's term over a partition (KIP-101); −1 where there is none. */
export type LeaderEpoch = Unit<'leaderEpoch'>;
export const LeaderEpoch = (value: number): LeaderEpoch => value as LeaderEpoch;

/** A length in bytes, or a position in a file. Never a count of records. */
export type Bytes = Unit<'bytes'>;
export const Bytes = (value: number): Bytes => value as Bytes;
