import { type Clock, ProtocolError } from '@skerry/base';

/**
 * Runs `step` until it says that it is done, with the loop's other work between two steps. Records that make no sense
 * are told as an error: nobody looked at them when they came.
 */
export function inSlices(clock: Clock, step: () => boolean, done: (error?: ProtocolError) => void): void {
  let isDone: boolean;
  try {
    isDone = step();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    done(error);
    return;
  }
  if (isDone) done();
  else clock.soon(() => inSlices(clock, step, done));
}

/** Records that a step looks at: a millisecond's work. */
export const recordsAtOnce = 2048;
