import type { Segment } from './segment.ts';
import type { LogSettings } from './settings.ts';

/**
 * Whether `segment` is old enough, at `nowMs` of the retention clock, for the next batch to begin another.
 *
 * Its share of the jitter comes from its name: logs of one age are rolled at different times, and a restart changes
 * none of them.
 */
export function isAged(segment: Segment, nowMs: number, { segmentMs, segmentJitterMs }: LogSettings): boolean {
  if (segment.openedMs === undefined) return false;
  const jitterMs = Math.min(segmentJitterMs, segmentMs);
  const shareMs = jitterMs === 0 ? 0 : Math.floor(jitterMs * fraction(segment.file.path));
  return nowMs - segment.openedMs > segmentMs - shareMs;
}

/** FNV-1a, and a last mix so that names which differ in their last digit are far apart: 0 to below 1. */
function fraction(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
