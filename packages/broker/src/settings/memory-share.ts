import { ValueError } from './row.ts';

const mib = 1024 * 1024;
/** Below this a few clients with large batches would wait for one another all the time. */
const budgetMin = 4 * mib;
/** Of what the system gives: the heap, the code and what the system needs for the page cache take the rest. */
const autoShare = 1 / 4;
const autoMin = 32 * mib;
const autoMax = 512 * mib;

/** `skerry.memory.budget`: what it comes to on a system that gives so much. */
export function memoryShare(given: string): (totalBytes: number) => number {
  if (given === 'auto') return (total) => Math.min(Math.max(Math.floor(total * autoShare), autoMin), autoMax);
  const percent = /^(\d{1,3})%$/.exec(given)?.[1];
  if (percent !== undefined && Number(percent) >= 1 && Number(percent) <= 100) {
    return (total) => Math.max(Math.floor((total * Number(percent)) / 100), budgetMin);
  }
  const bytes = Number(given);
  if (/^\d+$/.test(given) && bytes >= budgetMin) return () => bytes;
  throw new ValueError(`must be auto, bytes (at least ${budgetMin}), or 1% to 100% of the memory`);
}
