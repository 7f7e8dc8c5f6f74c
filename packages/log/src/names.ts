/** Names of files in a partition's folder, as Kafka has them: the base offset in 20 digits, and what the file holds. */
import { Offset } from '@skerry/base';

export type FileKind = 'log' | 'index' | 'timeindex' | 'txnindex';

export const segmentFile = (folder: string, base: Offset, kind: FileKind): string =>
  `${folder}/${String(base).padStart(20, '0')}.${kind}`;

/** The base offset that a segment's name states, or undefined for another kind of file. */
export function segmentBase(name: string): Offset | undefined {
  if (!/^\d{20}\.log$/.test(name)) return undefined;
  const base = Number(name.slice(0, 20));
  return Number.isSafeInteger(base) ? Offset(base) : undefined;
}

/** Whether a file of this name belongs to a segment. */
export const isSegmentFile = (path: string): boolean => /\/\d{20}\.(log|index|timeindex|txnindex)$/.test(path);
