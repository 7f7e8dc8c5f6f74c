/** What of a log may be compacted, what waits for it, and what is written together. */
import type { Offset } from '@skerry/base';
import type { Checkpointer } from '../checkpointer.ts';
import type { LogParts } from '../log-parts.ts';
import type { Segment } from '../segment.ts';
import { logLimits } from '../settings.ts';
import type { CompactionRules, Dirt } from './rules.ts';

export interface PlanParts extends LogParts {
  readonly checkpoints: Checkpointer;
}

/**
 * The segments that may be looked at, from the first on. All of a segment must be below what readers may see (`upTo`),
 * have waited for `min.compaction.lag.ms`, and be no part of what a start reads again.
 */
export function cleanable({ segments, checkpoints, retentionNowMs }: PlanParts, rules: CompactionRules, upTo: Offset) {
  const found: Segment[] = [];
  for (const segment of segments.all.slice(0, -1)) {
    if (!segment.isClosed || segment.size === 0 || segment.end > upTo) break;
    if (!segment.hasFinalName || !checkpoints.isStoredBeyond(segment.end)) break;
    if (rules.lagMsMin > 0 && ageOf(segment, retentionNowMs()) < rules.lagMsMin) break;
    found.push(segment);
  }
  return found;
}

/** How long ago it got its last batch; 0 if that is not known. */
function ageOf({ appendedMs }: Segment, nowMs: number): number {
  return appendedMs === undefined ? 0 : nowMs - appendedMs;
}

export function dirtOf(parts: PlanParts, rules: CompactionRules, upTo: Offset, cleaned: Offset): Dirt {
  const nowMs = parts.retentionNowMs();
  let [clean, dirty] = [0, 0];
  let isOld = false;
  for (const segment of cleanable(parts, rules, upTo)) {
    if (segment.end <= cleaned) {
      clean += segment.size;
      continue;
    }
    dirty += segment.size;
    isOld ||= ageOf(segment, nowMs) > rules.lagMsMax;
  }
  const ratio = dirty === 0 ? 0 : dirty / (clean + dirty);
  return { ratio, bytes: dirty, isDue: dirty > 0 && (isOld || ratio > rules.dirtyRatioMin) };
}

/** Neighbours that are written into one segment: no larger than a segment may be, as long as nothing has gone. */
export function grouped(list: readonly Segment[], { settings }: LogParts): Segment[][] {
  const { segmentBytes } = settings();
  const bytesMax = Math.min(segmentBytes, logLimits.segmentBytesMax);
  const groups: Segment[][] = [];
  let bytes = 0;
  let mayGrow = false;
  for (const segment of list) {
    const [first] = groups.at(-1) ?? [];
    const fits = first !== undefined && bytes + segment.size <= bytesMax && segment.end - first.base < 2 ** 31;
    // The transactions that end in a segment have an index of their own: it stays alone, and as it is.
    const isPlain = segment.transactions.entries.length === 0;
    if (fits && mayGrow && isPlain) {
      groups.at(-1)?.push(segment);
      bytes += segment.size;
    } else {
      groups.push([segment]);
      bytes = segment.size;
    }
    mayGrow = isPlain;
  }
  return groups.filter(([first]) => first?.transactions.entries.length === 0);
}
