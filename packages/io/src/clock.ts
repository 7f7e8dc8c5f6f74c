import type { Clock, Timer } from '@skerry/base';
import { atEndOfTurn } from './turn.ts';

/** The longest delay of setTimeout: it counts in 32 bits, and runs at once what is longer. */
const timeoutMsMax = 2 ** 31 - 1;

/**
 * The machine's time. Its timers keep the process alive, as sockets do: what ends a process is that everything was
 * closed, so a timer left behind shows itself.
 *
 * `soon` runs its calls in one batch at the end of the turn; calls that are added by them run at the end of the next
 * one.
 */
export function nodeClock(): Clock {
  return {
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now(),
    after,
    soon: atEndOfTurn,
  };
}

function after(delayMs: number, run: () => void): Timer {
  const due = performance.now() + delayMs;
  let handle: NodeJS.Timeout;
  const wait = (): void => {
    const leftMs = due - performance.now();
    // Node counts from the start of its turn in whole milliseconds, and so may call up to one too early.
    if (leftMs > 0) handle = setTimeout(wait, Math.min(Math.ceil(leftMs), timeoutMsMax));
    else run();
  };
  handle = setTimeout(wait, Math.min(Math.max(Math.ceil(delayMs), 0), timeoutMsMax));
  return { cancel: () => clearTimeout(handle) };
}
