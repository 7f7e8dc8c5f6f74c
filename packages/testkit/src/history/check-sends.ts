/** Whether what was acknowledged, or read where reading promises as much, is there at the end, and in order. */
import type { Held } from './check-offsets.ts';
import type { Facts, PartitionFacts, Send } from './facts.ts';
import type { Finding, WholeEvent } from './history.ts';

export function checkSends(partition: PartitionFacts, facts: Facts, held: Held, found: Finding[]): void {
  lost(partition, facts, held, found);
  outOfOrder(partition, facts, found);
  trimsUndone(partition, found);
  wrongLookups(partition, found);
}

function lost(partition: PartitionFacts, facts: Facts, held: Held, found: Finding[]): void {
  const { whole } = partition;
  if (whole === undefined) return;
  const there = new Set(whole.values);
  const readForGood = new Map<number, number>();
  for (const { value, offset, safe, by } of partition.statements) {
    if (safe && by === 'read') readForGood.set(value, offset);
  }
  for (const send of partition.sends) {
    const acknowledged = mustLast(send, partition, facts);
    for (const [i, value] of send.event.values.entries()) {
      const read = readForGood.get(value);
      if (there.has(value) || (!acknowledged && read === undefined)) continue;
      const base = send.sent?.event.offset;
      const offset = read ?? (base === undefined ? undefined : base + i);
      if (mayHaveGone(offset, send, partition, whole)) continue;
      const how = acknowledged ? `acknowledged with acks=${send.event.acks}` : 'read';
      found.push(gone(value, offset, how, partition.name, whole, held));
    }
  }
}

function gone(
  value: number,
  offset: number | undefined,
  how: string,
  partition: string,
  { start, end }: WholeEvent,
  { safe }: Held,
): Finding {
  const now = safe.get(offset ?? -1)?.value;
  const there = now === undefined || now === value ? '' : `, where ${now} is now`;
  const text = `${value}, ${how}, is not at offset ${offset ?? '(unknown)'} of [${start}, ${end})${there}`;
  return { kind: offset !== undefined && offset >= end ? 'unseen' : 'lost-write', partition, text };
}

/** Whether an acknowledgement promised that the batch is there at the end. */
function mustLast({ event, index, sent }: Send, { promise }: PartitionFacts, { losses }: Facts): boolean {
  if (sent === undefined || event.acks === 'none') return false;
  if (promise.durability === 'power-loss' && event.acks === 'all') return true;
  const { syncedAfterMs = Number.POSITIVE_INFINITY } = promise;
  return !losses.some((loss) => loss.index > index && loss.event.atMs - sent.event.atMs < syncedAfterMs);
}

/** Whether somebody asked for the record to go, or retention was free to take it. */
function mayHaveGone(
  offset: number | undefined,
  { sent, event }: Send,
  { promise, trims }: PartitionFacts,
  whole: WholeEvent,
): boolean {
  if (offset !== undefined && offset >= whole.start) return false;
  if (promise.retentionMs !== undefined && whole.atMs - (sent?.event.atMs ?? event.atMs) >= promise.retentionMs) {
    return true;
  }
  return trims.some((trim) => offset === undefined || trim.event.before > offset);
}

function outOfOrder({ name, sends, promise }: PartitionFacts, facts: Facts, found: Finding[]): void {
  const last = new Map<string, { readonly offset: number; readonly era: number; readonly safe: boolean }>();
  for (const { event, index, sent } of sends) {
    const offset = sent?.event.offset;
    if (sent === undefined || offset === undefined) continue;
    const safe = promise.durability === 'power-loss' && event.acks === 'all';
    const era = facts.eraAt(sent.index);
    if (!safe && facts.eraAt(index) !== era) continue;
    const before = last.get(event.process);
    if (before !== undefined && before.offset >= offset && (before.safe || before.era === era)) {
      found.push({
        kind: 'nonmonotonic-send',
        partition: name,
        text: `${event.process} sent ${event.values[0]} to offset ${offset}, after a batch at ${before.offset}`,
      });
    }
    last.set(event.process, { offset, era, safe });
  }
}

function trimsUndone({ name, trims, whole, reads }: PartitionFacts, found: Finding[]): void {
  for (const { event, doneIndex } of trims) {
    if (doneIndex === undefined) continue;
    const again = reads.find(
      (read) =>
        read.event.kind === 'poll' &&
        read.event.asked > doneIndex &&
        (read.event.offsets[0] ?? event.before) < event.before,
    );
    const start = whole === undefined || whole.start >= event.before ? undefined : whole.start;
    if (again === undefined && start === undefined) continue;
    const what = start === undefined ? 'were read again' : `are back: the log starts at ${start}`;
    found.push({ kind: 'trim-undone', partition: name, text: `records below ${event.before}, deleted, ${what}` });
  }
}

/** What was appended since is no earlier answer; a later one is right only where records may go by themselves. */
function wrongLookups({ name, promise, whole, lookups }: PartitionFacts, found: Finding[]): void {
  const { timestamps = [], offsets = [], end = 0 } = whole ?? {};
  for (const { timestamp, offset } of lookups) {
    const right = offsets[timestamps.findIndex((each) => each >= timestamp)] ?? end;
    if (offset === right || (offset > right && (promise.retentionMs !== undefined || right === end))) continue;
    const text = `the first record at or after time ${timestamp} is at offset ${right}, and said to be at ${offset}`;
    found.push({ kind: 'wrong-lookup', partition: name, text });
  }
}
