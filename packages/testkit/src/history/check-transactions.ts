/** Whether a reader of committed records was given those of committed transactions alone (G1a), and not too early. */
import type { Finding, History, PollEvent } from './history.ts';

/** What became of transactions. */
interface Ends {
  /** The transaction of each value. */
  readonly of: ReadonlyMap<number, number>;
  readonly aborted: ReadonlySet<number>;
  /** Where in the history a commit was first asked for. */
  readonly committed: ReadonlyMap<number, number>;
}

export function checkTransactions(history: History, found: Finding[]): void {
  const ends = endsOf(history);
  if (ends.of.size === 0) return;
  for (const [index, event] of history.events.entries()) {
    if (event.kind === 'poll' && event.committedOnly === true) checkPoll(event, index, ends, found);
  }
}

function endsOf({ events }: History): Ends {
  const of = new Map<number, number>();
  const aborted = new Set<number>();
  const committed = new Map<number, number>();
  for (const [index, event] of events.entries()) {
    if (event.kind === 'send' && event.transaction !== undefined) {
      for (const value of event.values) of.set(value, event.transaction);
    }
    if (event.kind !== 'endTransaction') continue;
    if (event.how === 'abort') aborted.add(event.id);
    else if (!committed.has(event.id)) committed.set(event.id, index);
  }
  return { of, aborted, committed };
}

function checkPoll(poll: PollEvent, index: number, ends: Ends, found: Finding[]): void {
  const { consumer, partition, offsets, values } = poll;
  for (const [i, value] of values.entries()) {
    const transaction = ends.of.get(value);
    if (transaction === undefined) continue;
    const asked = ends.committed.get(transaction);
    if (asked !== undefined && asked <= index) continue;
    const aborted = asked === undefined && ends.aborted.has(transaction);
    const why = aborted ? 'its transaction was aborted' : 'nobody had asked for that yet';
    const text = `${consumer} was given ${value} at offset ${offsets[i]} as committed: ${why}`;
    found.push({ kind: aborted ? 'aborted-read' : 'precommitted-read', partition, text });
  }
}
