import { ValueError } from './row.ts';

/** `skerry.disk.budget`: a number of bytes, or a part of the file system; undefined where there is none. */
export function diskShare(given: string): ((totalBytes: number) => number) | undefined {
  if (given === '-1') return undefined;
  const percent = /^(\d{1,3})%$/.exec(given)?.[1];
  if (percent !== undefined && Number(percent) >= 1 && Number(percent) <= 100) {
    return (totalBytes) => (totalBytes * Number(percent)) / 100;
  }
  const bytes = Number(given);
  if (/^\d+$/.test(given) && bytes >= diskBudgetMin) return () => bytes;
  throw new ValueError(`must be -1, bytes (at least ${diskBudgetMin}), or 1% to 100% of the file system`);
}

/** Below this there is not room for one segment of each of a few topics. */
const diskBudgetMin = 16 * 1024 * 1024;
