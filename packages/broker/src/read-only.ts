/**
 * When a node must leave its disk alone: after five ends within an hour that a failed disk or a broken invariant
 * caused, another try would only wear, or damage, what is left. It then serves what it has, and says why.
 *
 * Each such end is a line of a small text file, written as the process ends: when by the wall clock, the exit code, and
 * why. A line that cannot be written, or read, is not counted. The clock may have jumped between two starts: a line
 * counts if it is less than an hour away, in either direction.
 */
import { Bytes, type Disk, utf8Encode } from '@skerry/base';
import { readTextFile } from './text-file.ts';

/** How a node ended that could not go on. */
export interface BadEnd {
  readonly wallMs: number;
  /** 70 or 74. */
  readonly exitCode: number;
  readonly why: string;
}

/** `skerry.read.only`: as the ends say, or whatever they say. */
export type ReadOnlyMode = 'auto' | 'true' | 'false';

/** Why a node is read-only. */
export interface ReadOnlyReason {
  /** In words, for operators and clients. */
  readonly why: string;
  /** Of the first of the ends that count; of now where a setting says so. */
  readonly sinceMs: number;
  /** When a restart finds fewer of them; undefined where a setting says so. */
  readonly untilMs: number | undefined;
}

const badEndsFile = 'bad-ends';
const hourMs = 3600_000;
const badEndsMax = 5;
const linesKept = 20;

/** Adds a line, into the page cache: there is no disk left to wait for. Throws what the disk throws. */
export function recordBadEnd(disk: Disk, { wallMs, exitCode, why }: BadEnd): void {
  const lines = (readTextFile(disk, badEndsFile) ?? '').split('\n').filter((line) => line !== '');
  lines.push(`${new Date(wallMs).toISOString()} ${exitCode} ${why.replaceAll(/\s+/g, ' ')}`);
  const bytes = utf8Encode(`${lines.slice(-linesKept).join('\n')}\n`);
  const file = disk.open(badEndsFile, { create: true });
  try {
    file.truncate(Bytes(0));
    file.writeNow([bytes], Bytes(0));
  } finally {
    file.close();
  }
}

/** Why the node that starts now must be read-only, if so. */
export function readOnlyReason(disk: Disk, mode: ReadOnlyMode, nowMs: number): ReadOnlyReason | undefined {
  if (mode === 'false') return undefined;
  if (mode === 'true') return { why: 'skerry.read.only=true', sinceMs: nowMs, untilMs: undefined };
  const ends = readBadEnds(disk).filter(({ wallMs }) => Math.abs(nowMs - wallMs) < hourMs);
  const recent = ends.sort((a, b) => a.wallMs - b.wallMs);
  // It is over when so many have grown old that fewer than five are left.
  const first = recent.at(0);
  const deciding = recent.at(-badEndsMax);
  const last = recent.at(-1);
  if (first === undefined || deciding === undefined || last === undefined) return undefined;
  const why = `${recent.length} failures within an hour, the last: exit ${last.exitCode}, ${last.why}`;
  return { why, sinceMs: first.wallMs, untilMs: deciding.wallMs + hourMs };
}

function readBadEnds(disk: Disk): BadEnd[] {
  const lines = (readTextFile(disk, badEndsFile) ?? '').split('\n');
  return lines.flatMap((line) => {
    const [, time = '', code = '', why = ''] = /^(\S+) (70|74) (.*)$/.exec(line) ?? [];
    const wallMs = Date.parse(time);
    return Number.isNaN(wallMs) ? [] : [{ wallMs, exitCode: Number(code), why }];
  });
}
