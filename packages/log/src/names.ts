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

/** What compaction writes a segment anew into: of no meaning until it is renamed. */
export const cleanedFile = (folder: string, base: Offset): string => `${segmentFile(folder, base, 'log')}.cleaned`;

/** The same when it is whole and durable: from then on it stands for all segments whose offsets it covers. */
export const swapFile = (folder: string, base: Offset): string => `${segmentFile(folder, base, 'log')}.swap`;

export const isCleanedFile = (name: string): boolean => /^\d{20}\.log\.cleaned$/.test(name);

/** The base offset of a segment that waits for its final name, or undefined for another kind of file. */
export const swapBase = (name: string): Offset | undefined =>
  /^\d{20}\.log\.swap$/.test(name) ? segmentBase(name.slice(0, -'.swap'.length)) : undefined;
