/**
 * Which segments are past their time or beyond their size, oldest first.
 *
 * Age is that of a segment's newest record, by the clock that the log's owner gives; a segment whose records carry no
 * time ages by when it was begun, if that is known. Only what all readers could have seen goes (`upTo`, the high
 * watermark), and never the segment that takes appends: when that has expired, another is begun first.
 */
import { assert, type Offset } from '@skerry/base';
import { inTurn } from './in-turn.ts';
import type { LogCutter } from './log-cutter.ts';
import type { LogParts } from './log-parts.ts';
import type { LogWriter } from './log-writer.ts';
import { learnNewest } from './newest.ts';
import type { Segment } from './segment.ts';

export interface RetentionParts extends LogParts {
  readonly writer: LogWriter;
  readonly cutter: LogCutter;
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
  const { openedMs, size } = segments.last;
  if (!writer.isIdle || size === 0 || openedMs === undefined) return;
  if (retentionNowMs() - openedMs > settings().segmentMs) writer.roll();
}

function removeAged(parts: RetentionParts, upTo: Offset, done: (error?: Error) => void): void {
  const { segments, writer, settings } = parts;
  if (settings().retentionMs < 0) {
    done();
    return;
  }
  let last: Segment | undefined;
  const finish = (): void => {
    if (last === undefined || last.isDoomed) {
      done();
      return;
    }
    // The last of all has expired too: its successor is begun first.
    if (last === segments.last && writer.isIdle) writer.roll();
    const keep = last === segments.last ? last : segments.at(segments.all.indexOf(last) + 1);
    if (keep === undefined) done();
    else parts.cutter.advanceLogStart(keep.base, 'age', done);
  };
  const step = (segment: Segment, next: () => void): void => {
    if (segment.isDoomed) next();
    else if (segment.size === 0 || segment.end > upTo) finish();
    else {
      learnNewest(segment, parts, (error) => {
        if (error !== undefined && !segment.isDoomed) done(error);
        else if (segment.isDoomed) next();
        else if (!hasExpired(parts, segment)) finish();
        else {
          last = segment;
          next();
        }
      });
    }
  };
  inTurn([...segments.all], step, finish);
}

function hasExpired({ settings, retentionNowMs }: RetentionParts, segment: Segment): boolean {
  const since = segment.newest?.timestamp ?? segment.openedMs;
  return since !== undefined && retentionNowMs() - since > settings().retentionMs;
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
