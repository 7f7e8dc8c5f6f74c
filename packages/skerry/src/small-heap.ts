/**
 * Keeps the heap small: on a gateway memory is dearer than milliseconds.
 *
 * - The old generation is collected when it has grown by a part, not when it has doubled.
 * - The room for new objects grows under load as far as they die in it, not to the 64 MB that V8 would take.
 * - What a start has left goes back to the system. V8 collects when much is allocated, so a process that nobody uses
 *   yet would keep it; after busy times it sees to that by itself.
 */
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const lookEveryMs = 5_000;
/** Of the time. */
const busyShare = 0.02;
/** It is quiet after so many quiet looks in a row: the pause, some 50 ms, should meet nobody. */
const quietLooks = 2;

/** Of the room for new objects, both halves. */
const newBytesMax = 16 * 1024 * 1024;

export interface HeapWorld {
  /** The share of the time since it was last asked that the process was busy: 0 to 1. */
  readonly busy: () => number;
  readonly collect: () => void;
  /** Calls again and again, until the function that it returns is called. */
  readonly every: (ms: number, run: () => void) => () => void;
}

/** To be called when all is loaded: code that Node has kept is good for the flags that it was compiled under. */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=30');
  collectOnceQuiet(nodeWorld());
  boundNewSpace();
}

/** V8 reads the factor by which that room grows each time it grows. What it gave back it may take again. */
function boundNewSpace(): void {
  const look = newSpaceBound({
    bytes: () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0,
    mayGrow: (on) => setFlagsFromString(`--semi-space-growth-factor=${on ? 2 : 1}`),
  });
  new PerformanceObserver(look).observe({ entryTypes: ['gc'] });
}

/** To be called after each collection. */
export function newSpaceBound(space: { readonly bytes: () => number; readonly mayGrow: (on: boolean) => void }) {
  let grows = true;
  return (): void => {
    if (space.bytes() < newBytesMax === grows) return;
    grows = !grows;
    space.mayGrow(grows);
  };
}

export function collectOnceQuiet({ busy, collect, every }: HeapWorld): void {
  let quiet = 0;
  const stop = every(lookEveryMs, () => {
    quiet = busy() < busyShare ? quiet + 1 : 0;
    if (quiet < quietLooks) return;
    stop();
    collect();
  });
}

function nodeWorld(): HeapWorld {
  let before = performance.eventLoopUtilization();
  return {
    busy() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
    collect: collector(),
    every(ms, run) {
      const timer = setInterval(run, ms).unref();
      return () => clearInterval(timer);
    },
  };
}

/** The engine's own word for it, which is no JavaScript without the flag. A last resort gives up room, too. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (how: object) => void;
  setFlagsFromString('--no-expose-gc');
  return () => collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
