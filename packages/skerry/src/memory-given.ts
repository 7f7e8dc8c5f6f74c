/** How much memory the system, or the container, lets a process have. */
import { totalmem } from 'node:os';

/** `constrainedMemory` tells of no bound by 0, or by a number beyond any machine's. */
export function memoryGiven(bound = process.constrainedMemory(), total = totalmem()): number {
  return bound > 0 ? Math.min(bound, total) : total;
}
