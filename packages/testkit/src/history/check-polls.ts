/** Whether consumers were given all there was, in order, once. */
import type { Held } from './check-offsets.ts';
import type { Facts, PartitionFacts } from './facts.ts';
import type { Finding, FindingKind, PollEvent } from './history.ts';

/** The next offset that a consumer is to be given, and the era in which that was known. */
interface Place {
  readonly offset: number;
  readonly era: number;
}

type Say = (kind: FindingKind, text: string) => void;

export function checkPolls(partition: PartitionFacts, facts: Facts, held: Held, found: Finding[]): void {
  const next = new Map<string, Place>();
  const say: Say = (kind, text) => {
    found.push({ kind, partition: partition.name, text });
  };
  for (const { event, index } of partition.reads) {
    if (event.kind === 'position') {
      // A group's place is one that it committed, perhaps before a crash.
      const era = event.group === undefined || facts.eraAt(index) === 0 ? facts.eraAt(event.asked ?? index) : -1;
      next.set(event.consumer, { offset: event.offset, era });
      continue;
    }
    const known = knownIn(facts.eraAt(event.asked), facts.eraAt(index), partition, held);
    inside(event, known, say);
    const place = next.get(event.consumer);
    // Where a crash may have taken the log's end, a consumer that was beyond it begins anew.
    const forgotten = partition.promise.durability === 'process-crash' && place?.era !== facts.eraAt(index);
    if (place !== undefined && !forgotten) follows(event, place.offset, known, partition, say);
    const last = event.offsets.at(-1);
    if (last !== undefined) next.set(event.consumer, { offset: last + 1, era: facts.eraAt(event.asked) });
  }
}

function follows(
  { consumer, offsets }: PollEvent,
  due: number,
  known: Known,
  partition: PartitionFacts,
  say: Say,
): void {
  const [first] = offsets;
  if (first === undefined) return;
  if (first < due) {
    say('external-nonmonotonic-poll', `${consumer} was given ${first} where ${due} was next`);
    return;
  }
  const missed = firstKnown(known, due, first);
  if (missed === undefined || maybeTrimmed(partition, missed)) return;
  say('external-poll-skip', `${consumer} was given ${first} where ${due} was next, and ${missed} is there`);
}

type Known = (offset: number) => boolean;

/** The offsets that held something in an era; none are known to if a crash lies between question and answer. */
function knownIn(asked: number, told: number, { promise }: PartitionFacts, { safe, byEra }: Held): Known {
  if (promise.durability === 'power-loss') return (offset) => safe.has(offset);
  const era = asked === told ? byEra[told] : undefined;
  return (offset) => era?.has(offset) ?? false;
}

function inside({ consumer, offsets }: PollEvent, known: Known, say: Say): void {
  for (let i = 1; i < offsets.length; i++) {
    const before = offsets[i - 1] ?? 0;
    const here = offsets[i] ?? 0;
    if (here <= before) {
      say('internal-nonmonotonic-poll', `${consumer} was given ${here} after ${before} in one poll`);
    } else {
      const missed = firstKnown(known, before + 1, here);
      if (missed !== undefined) {
        say('internal-poll-skip', `${consumer} was given ${here} after ${before}, and ${missed} is there`);
      }
    }
  }
}

function firstKnown(known: Known, from: number, to: number): number | undefined {
  for (let offset = from; offset < to; offset++) if (known(offset)) return offset;
  return undefined;
}

/** A consumer that finds its place gone is told so, and says where it goes on: but records may go just then. */
function maybeTrimmed({ trims, promise }: PartitionFacts, offset: number): boolean {
  return promise.retentionMs !== undefined || trims.some(({ event }) => event.before > offset);
}
