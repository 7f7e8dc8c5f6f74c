/**
 * Counts the turns of the event loop that were too long: whatever waits for the loop waited so long too.
 *
 * Node itself takes the time of each turn, without the wait for input, for its histogram: that costs some 100 ns a turn
 * where one with a request in it takes 20 µs and more, and no timer wakes an idle process. We look at it once a minute.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const longMs = 20;
const lookEveryMs = 60_000;

/** Times in nanoseconds, as Node's histograms tell them. */
export interface TurnTimes {
  readonly count: number;
  readonly max: number;
  percentile(percent: number): number;
  reset(): void;
}

export interface TurnWorld {
  readonly times: TurnTimes;
  /** Calls again and again. */
  readonly every: (ms: number, run: () => void) => void;
}

/** What a minute brought. */
export interface LongTurnsOfMinute {
  readonly count: number;
  readonly longestMs: number;
}

export class LongTurns {
  /** Since the start. */
  count = 0;
  /** Of the last whole minute, long or not. */
  longestMs = 0;

  /** Calls `tell` after each minute that had a long turn. */
  constructor({ times, every }: TurnWorld, tell: (minute: LongTurnsOfMinute) => void) {
    every(lookEveryMs, () => {
      const count = countAbove(times, longMs * 1e6);
      this.count += count;
      this.longestMs = times.count === 0 ? 0 : times.max / 1e6;
      times.reset();
      if (count > 0) tell({ count, longestMs: Math.round(this.longestMs) });
    });
  }
}

/** The k-th percent of n values is the k-th of them in order, so the first that is above is found by halving. */
export function countAbove(times: TurnTimes, bound: number): number {
  const { count } = times;
  if (count === 0 || times.max <= bound) return 0;
  let below = 0;
  let above = count;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (times.percentile((100 * middle) / count) > bound) above = middle;
    else below = middle;
  }
  return count - below;
}

/**
 * Undefined on a Node that does not know the option: what it would do instead is sample, by a timer of 10 ms, and miss
 * what lies between.
 */
export function nodeTurns(): TurnWorld | undefined {
  let known = false;
  const options = {
    get samplePerIteration() {
      known = true;
      return true;
    },
  };
  const times = monitorEventLoopDelay(options);
  if (!known) return undefined;
  times.enable();
  // The first that is taken holds the wait for input too.
  setImmediate(() => setImmediate(() => times.reset()));
  return { times, every: (ms, run) => void setInterval(run, ms).unref() };
}
