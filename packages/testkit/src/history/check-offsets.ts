/** Which offset held which value, when, and whether all that was said about it agrees. */
import type { PartitionFacts, Statement } from './facts.ts';
import type { Finding } from './history.ts';

interface SafeValue {
  readonly value: number;
  readonly era: number;
}

/** What a partition is known to have held. */
export interface Held {
  /** Values that nothing can take away, by offset, with the era from which that holds. */
  readonly safe: ReadonlyMap<number, SafeValue>;
  /** Values by offset, of each era; what is safe is in its own era's. */
  readonly byEra: readonly ReadonlyMap<number, number>[];
}

type Say = (text: string) => void;

export function checkOffsets(partition: PartitionFacts, found: Finding[]): Held {
  const say: Say = (text) => {
    found.push({ kind: 'inconsistent-offsets', partition: partition.name, text });
  };
  const byEra = inEachEra(partition, say);
  const safe = safeOf(partition, say);
  for (const statement of partition.statements) contradicted(statement, safe, say);
  const acknowledged = acknowledgedIn(partition);
  for (let era = 0; era + 1 < byEra.length; era++) {
    const isOver = (value: number): boolean => (acknowledged.get(value) ?? Infinity) <= era;
    keptBeyondLoss(byEra[era], byEra[era + 1], isOver, say);
  }
  notSent(partition, found);
  twice(partition, found);
  return { safe, byEra };
}

function inEachEra({ statements }: PartitionFacts, say: Say): Map<number, number>[] {
  const byEra: Map<number, number>[] = [];
  for (const { offset, value, era } of statements) {
    if (era === undefined) continue;
    byEra[era] ??= new Map();
    const held = byEra[era];
    const here = held.get(offset);
    if (here === undefined) held.set(offset, value);
    else if (here !== value) say(`offset ${offset} held ${here} and ${value}`);
  }
  return byEra;
}

function safeOf({ statements }: PartitionFacts, say: Say): Map<number, SafeValue> {
  const safe = new Map<number, SafeValue>();
  for (const { offset, value, era, safe: forEver } of statements) {
    if (!forEver || era === undefined) continue;
    const known = safe.get(offset);
    if (known === undefined || known.era > era) safe.set(offset, { value, era });
    const differs = known !== undefined && known.value !== value && known.era !== era;
    if (differs) say(`offset ${offset} held ${known.value}, and after a crash ${value}`);
  }
  return safe;
}

/** What was only written may be lost and its offset given anew, but not to where something safe was. */
function contradicted({ offset, value, era, safe }: Statement, all: Held['safe'], say: Say): void {
  if (safe || era === undefined) return;
  const known = all.get(offset);
  if (known !== undefined && known.era < era && known.value !== value) {
    say(`offset ${offset} held ${known.value} for good, and later ${value}`);
  }
}

/** The first era in which each value was acknowledged. */
function acknowledgedIn({ statements }: PartitionFacts): Map<number, number> {
  const eras = new Map<number, number>();
  for (const { value, era, by } of statements) {
    if (by === 'ack' && era !== undefined) eras.set(value, Math.min(era, eras.get(value) ?? era));
  }
  return eras;
}

/**
 * A crash takes a log's end: nothing beyond the first offset that was given anew can have stayed. Only what nobody
 * sends again: else it may have gone, and come to the same place.
 */
function keptBeyondLoss(
  before: ReadonlyMap<number, number> | undefined,
  after: ReadonlyMap<number, number> | undefined,
  isOver: (value: number) => boolean,
  say: Say,
): void {
  if (before === undefined || after === undefined) return;
  let lost = Number.POSITIVE_INFINITY;
  let kept = -1;
  for (const [offset, value] of before) {
    const now = after.get(offset);
    if (now === undefined) continue;
    if (now === value && isOver(value)) kept = Math.max(kept, offset);
    else if (now !== value) lost = Math.min(lost, offset);
  }
  if (kept > lost) say(`a crash took offset ${lost} and left ${kept}`);
}

function notSent({ name, sends, statements }: PartitionFacts, found: Finding[]): void {
  const sent = new Set<number>();
  const refused = new Set<number>();
  for (const send of sends) for (const value of send.event.values) (send.refused ? refused : sent).add(value);
  const said = new Set<number>();
  for (const { offset, value, by } of statements) {
    if (by === 'ack' || sent.has(value) || said.has(value)) continue;
    said.add(value);
    const why = refused.has(value) ? 'was refused' : 'nobody sent here';
    found.push({ kind: 'invented', partition: name, text: `offset ${offset} holds ${value}, which ${why}` });
  }
}

/** Records of idempotent producers lie at one offset. Those of others may be kept again when they are sent again. */
function twice({ name, sends, whole, statements }: PartitionFacts, found: Finding[]): void {
  const atEnd: Places = new Map();
  for (const [i, value] of (whole?.values ?? []).entries()) note(atEnd, value, whole?.offsets[i] ?? -1);
  const safeAt: Places = new Map();
  for (const { value, offset, safe } of statements) if (safe) note(safeAt, value, offset);
  for (const { event } of sends) {
    if (!event.once) continue;
    for (const value of event.values) {
      const places = atEnd.get(value);
      const told = safeAt.get(value);
      if (typeof places === 'object') {
        found.push({ kind: 'duplicate', partition: name, text: `${value} lies at offsets ${places.join(' and ')}` });
      } else if (typeof told === 'object') {
        const text = `${value} is said to lie at offsets ${told.join(' and ')}`;
        found.push({ kind: 'inconsistent-offsets', partition: name, text });
      }
    }
  }
}

/** Where values lie: nearly always at one offset. */
type Places = Map<number, number | number[]>;

function note(places: Places, value: number, offset: number): void {
  const known = places.get(value);
  if (known === undefined) places.set(value, offset);
  else if (typeof known === 'number') {
    if (known !== offset) places.set(value, [known, offset]);
  } else if (!known.includes(offset)) known.push(offset);
}
