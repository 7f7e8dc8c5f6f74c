/**
 * The end of a turn of the event loop, shared by the clock and the sockets so that a turn costs one wake-up.
 *
 * One setImmediate runs after the input that is already here. It first runs what {@link atEndOfTurn} was given, in
 * order, then what {@link atFlush} was given: answers written by the former leave with the latter, in the same turn.
 * Work that is added for the end of the turn while that runs belongs to the next turn, so that a call which schedules
 * itself for ever does not starve the sockets.
 */

let ending: (() => void)[] = [];
let flushing: (() => void)[] = [];
let scheduled = false;

export function atEndOfTurn(run: () => void): void {
  ending.push(run);
  schedule();
}

/** After all that {@link atEndOfTurn} was given; also what is added while that or another flush runs. */
export function atFlush(run: () => void): void {
  flushing.push(run);
  schedule();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(drain);
}

function drain(): void {
  const calls = ending;
  ending = [];
  let done = 0;
  let flushed = 0;
  try {
    for (const run of calls) {
      done++;
      run();
    }
    for (const run of flushing) {
      flushed++;
      run();
    }
  } finally {
    // Only an exception leaves anything behind here; whoever catches it must find the rest still due, and in order.
    if (done < calls.length) ending = [...calls.slice(done), ...ending];
    flushing = flushing.slice(flushed);
    scheduled = false;
    if (ending.length > 0 || flushing.length > 0) schedule();
  }
}
