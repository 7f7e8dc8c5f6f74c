/**
 * Which segments are past their time or beyond their size, oldest first.
 *
 * A segment ages from its last append, by the retention clock (retention-clock.ts): what a record says of its time
 * counts for nothing here. Where the last append is not known, since the store was lost, it ages from the first look.
 * Only what all readers could have seen goes (`upTo`, the high watermark), and never the segment that takes appends:
 * when that has expired, another is begun first.
 */
import { assert, type Offset } from '@skerry/base';
import type { Checkpointer } from './checkpointer.ts';
import type { LogCutter } from './log-cutter.ts';
import type { LogParts } from './log-parts.ts';
import type { LogWriter } from './log-writer.ts';
import { isAged } from './roll-age.ts';
import type { Segment } from './segment.ts';
import type { SegmentList } from './segment-list.ts';

export interface RetentionParts extends LogParts {
  readonly writer: LogWriter;
  readonly cutter: LogCutter;
  readonly checkpoints: Checkpointer;
}

/** Begins a segment if the last is due, and removes what retention lets go. `done` is told how many segments went. */
export function deleteOldSegments(
  parts: RetentionParts,
  upTo: Offset,
  done: (error: Error | undefined, removed: number) => void,
): void {
  const { segments, writer, settings, cutter } = parts;
  if (writer.isCutting || writer.failed) {
    done(undefined, 0);
    return;
  }
  parts.producers.expire(settings().producerIdExpirationMs);
  rollIfDue(parts);
  const before = [...segments.all];
  const finish = (error?: Error): void => {
    done(error, before.filter((segment) => segment.base < segments.first.base).length);
  };
  const remove = (error?: Error): void => {
    if (error !== undefined) finish(error);
    else {
      removeAged(parts, upTo, (failed) => {
        if (failed !== undefined) finish(failed);
        else removeBeyondSize(parts, upTo, finish);
      });
    }
  };
  if (cutter.isBehind) cutter.advanceLogStart(segments.first.base, 'logStart', remove);
  else remove();
  assert(segments.last.end <= writer.end, 'the last segment ends with the log');
}

function rollIfDue({ segments, writer, settings, retentionNowMs }: RetentionParts): void {
  if (!writer.isIdle || segments.last.size === 0) return;
  if (isAged(segments.last, retentionNowMs(), settings())) writer.roll();
}

function removeAged(parts: RetentionParts, upTo: Offset, done: (error?: Error) => void): void {
  const { segments, writer, settings } = parts;
  if (settings().retentionMs < 0) {
    done();
    return;
  }
  learnAppends(parts);
  let last: Segment | undefined;
  for (const segment of segments.all) {
    if (segment.size === 0 || segment.end > upTo || !hasExpired(parts, segment)) break;
    last = segment;
  }
  if (last === undefined) {
    done();
    return;
  }
  // The last of all has expired too: its successor is begun first.
  if (last === segments.last && writer.isIdle) writer.roll();
  const keep = last === segments.last ? last : segments.at(segments.all.indexOf(last) + 1);
  if (keep === undefined) done();
  else parts.cutter.advanceLogStart(keep.base, 'age', done);
}

function learnAppends({ segments, retentionNowMs, checkpoints }: RetentionParts): void {
  for (const segment of segments.all) {
    if (segment.appendedMs !== undefined || segment.size === 0) continue;
    segment.appendedMs = retentionNowMs();
    checkpoints.learnedAppend(segment);
  }
}

function hasExpired({ settings, retentionNowMs }: RetentionParts, { appendedMs }: Segment): boolean {
  return appendedMs !== undefined && retentionNowMs() - appendedMs > settings().retentionMs;
}

function removeBeyondSize(parts: RetentionParts, upTo: Offset, done: (error?: Error) => void): void {
  const { segments, settings, cutter } = parts;
  const { retentionBytes } = settings();
  let bytes = 0;
  for (const segment of segments.all) bytes += segment.size;
  let index = 0;
  if (retentionBytes < 0) {
    done();
    return;
  }
  for (const segment of segments.all.slice(0, -1)) {
    if (segment.end > upTo || bytes - segment.size < retentionBytes) break;
    bytes -= segment.size;
    index++;
  }
  const start = segments.at(index)?.base;
  if (index === 0 || start === undefined) done();
  else cutter.advanceLogStart(start, 'size', done);
}

/** A closed segment that a node may give up for want of room. */
export interface SpareSegment {
  readonly bytes: number;
  /** The retention clock at its last append; undefined where that is not known, which is long ago. */
  readonly appendedMs: number | undefined;
  /** Where the log begins when it is gone. */
  readonly next: Offset;
}

export function spareSegments(segments: SegmentList, upTo: Offset): SpareSegment[] {
  const spare: SpareSegment[] = [];
  for (const [i, { size, appendedMs, end }] of segments.all.entries()) {
    const next = segments.at(i + 1);
    if (next === undefined || end > upTo) break;
    spare.push({ bytes: size, appendedMs, next: next.base });
  }
  return spare;
}
