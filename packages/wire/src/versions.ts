import { InvariantError } from '@skerry/base';

/** An inclusive range of versions; empty when `min` exceeds `max`. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

const none: VersionRange = { min: 1, max: 0 };
const parsed = new Map<string, VersionRange>([['none', none]]);

/** Reads `3`, `0-4`, `2+` or `none`, as Kafka's definitions write them. */
export function versionRange(text: string): VersionRange {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text);
  if (match === null) throw new InvariantError(`not a range of versions: ${text}`);
  const min = Number(match[1]);
  const range = { min, max: match[2] === undefined ? Number(match[3] ?? min) : 0x7fff };
  parsed.set(text, range);
  return range;
}

export function inRange(range: VersionRange, version: number): boolean {
  return version >= range.min && version <= range.max;
}
