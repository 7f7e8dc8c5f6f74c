/**
 * Whether groups keep what they committed: an offset that is read back is a committed one, and not older than one that
 * was acknowledged before; commits go forward; and nothing is committed that the group was not given.
 */
import type { Facts } from './facts.ts';
import type { CommitEvent, Finding, GroupOffsetEvent, History } from './history.ts';

interface Commit {
  readonly event: CommitEvent;
  readonly index: number;
  doneIndex: number | undefined;
}

interface GroupPartition {
  readonly group: string;
  readonly partition: string;
  readonly commits: Commit[];
  readonly reads: { readonly event: GroupOffsetEvent; readonly index: number }[];
  /** Where members that are given the partition begin. */
  readonly begins: { readonly offset: number; readonly index: number }[];
  /** Highest offset that a commit may name, after each event that raises it. */
  readonly given: { readonly index: number; readonly upTo: number }[];
}

export function checkGroups(history: History, facts: Facts, found: Finding[]): void {
  for (const each of groupPartitions(history)) {
    const say = (kind: 'group-offset-back' | 'group-offset-beyond', text: string): void => {
      found.push({ kind, partition: each.partition, text: `group ${each.group} ${text}` });
    };
    // What was committed of records that a crash took may be committed again, later and less.
    const forgets = (at: number): boolean => {
      const safe =
        history.groups.durability === 'power-loss' && history.partitions[each.partition]?.durability === 'power-loss';
      return !safe && facts.eraAt(at) > 0;
    };
    commitsGoForward(each, forgets, say);
    readsAreCurrent(each, forgets, say);
    beginsWhereItGot(each, forgets, say);
    // Where records may go by themselves, a member that finds its place gone goes on beyond it.
    if (history.partitions[each.partition]?.retentionMs === undefined) nothingBeyond(each, say);
  }
}

type Say = (kind: 'group-offset-back' | 'group-offset-beyond', text: string) => void;
type Forgets = (at: number) => boolean;

function commitsGoForward({ commits }: GroupPartition, forgets: Forgets, say: Say): void {
  let highest: Commit | undefined;
  const done = commits.filter(({ doneIndex }) => doneIndex !== undefined);
  const byEnd = done.toSorted((a, b) => (a.doneIndex ?? 0) - (b.doneIndex ?? 0));
  let next = 0;
  for (const commit of done) {
    for (
      let before = byEnd[next];
      before !== undefined && (before.doneIndex ?? 0) < commit.index;
      before = byEnd[++next]
    ) {
      if (highest === undefined || before.event.offset >= highest.event.offset) highest = before;
    }
    if (highest === undefined || commit.event.offset >= highest.event.offset) continue;
    if (forgets(commit.doneIndex ?? commit.index)) highest = undefined;
    else say('group-offset-back', `was allowed to commit ${commit.event.offset} after ${highest.event.offset}`);
  }
}

function readsAreCurrent({ commits, reads }: GroupPartition, forgets: Forgets, say: Say): void {
  for (const { event, index } of reads) {
    const { offset, asked } = event;
    let latest: Commit | undefined;
    for (const commit of commits) {
      if (commit.doneIndex === undefined || commit.doneIndex > asked) continue;
      if (latest === undefined || commit.event.offset >= latest.event.offset) latest = commit;
    }
    if (
      latest !== undefined &&
      offset < latest.event.offset &&
      !overtook(commits, offset, index, latest) &&
      !forgets(index)
    ) {
      say(
        'group-offset-back',
        `is said to be at ${offset}, after its commit of ${latest.event.offset} was acknowledged`,
      );
    }
    if (offset >= 0 && !commits.some((commit) => commit.event.offset === offset && commit.index < index)) {
      say('group-offset-beyond', `is said to be at ${offset}, which it never committed`);
    }
  }
}

/** Whether a commit of `offset`, asked for before `index`, may have come after `other`: both were under way then. */
function overtook(commits: readonly Commit[], offset: number, index: number, other: Commit): boolean {
  return commits.some(
    (commit) => commit.event.offset === offset && commit.index < index && (commit.doneIndex ?? Infinity) > other.index,
  );
}

/** A member that is given a partition begins no earlier than where the group is known to have got to. */
function beginsWhereItGot({ commits, begins }: GroupPartition, forgets: Forgets, say: Say): void {
  for (const { offset, index } of begins) {
    const later = commits.find(
      (commit) =>
        (commit.doneIndex ?? index) < index &&
        commit.event.offset > offset &&
        !overtook(commits, offset, index, commit) &&
        !forgets(index),
    );
    if (later !== undefined) {
      say('group-offset-back', `begins at ${offset}, after its commit of ${later.event.offset} was acknowledged`);
    }
  }
}

function nothingBeyond({ commits, given }: GroupPartition, say: Say): void {
  let upTo = -1;
  let next = 0;
  for (const { event, index } of commits) {
    for (let each = given[next]; each !== undefined && each.index < index; each = given[++next]) {
      upTo = Math.max(upTo, each.upTo);
    }
    if (event.offset > upTo) say('group-offset-beyond', `committed ${event.offset}, and was given up to ${upTo}`);
  }
}

function groupPartitions({ events }: History): Iterable<GroupPartition> {
  const all = new Map<string, GroupPartition>();
  const of = (group: string, partition: string): GroupPartition => {
    const key = `${group}\n${partition}`;
    let known = all.get(key);
    if (known === undefined) {
      known = { group, partition, commits: [], reads: [], begins: [], given: [] };
      all.set(key, known);
    }
    return known;
  };
  const open = new Map<number, Commit>();
  for (const [index, event] of events.entries()) {
    if (event.kind === 'commit') {
      const commit: Commit = { event, index, doneIndex: undefined };
      open.set(event.id, commit);
      of(event.group, event.partition).commits.push(commit);
    } else if (event.kind === 'committed') {
      const commit = open.get(event.id);
      if (commit !== undefined) commit.doneIndex = index;
    } else if (event.kind === 'groupOffset') {
      of(event.group, event.partition).reads.push({ event, index });
    } else if (event.kind === 'position' && event.group !== undefined) {
      of(event.group, event.partition).begins.push({ offset: event.offset, index });
      of(event.group, event.partition).given.push({ index, upTo: event.offset });
    } else if (event.kind === 'poll' && event.group !== undefined) {
      const last = event.offsets.at(-1);
      if (last !== undefined) of(event.group, event.partition).given.push({ index, upTo: last + 1 });
    }
  }
  return all.values();
}
