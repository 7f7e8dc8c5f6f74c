import type { VirtualClock } from '@skerry/testkit';

const stepMs = 1;

/**
 * Lets virtual time pass until `promise` settles. Between steps all that promises have made ready runs, so that the
 * order is the clock's.
 */
export async function settled<T>(clock: VirtualClock, promise: Promise<T>, withinMs = 600_000): Promise<T> {
  let done = false;
  const noted = promise.finally(() => {
    done = true;
  });
  noted.catch(() => {});
  for (let passed = 0; passed <= withinMs; passed += stepMs) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (done) return noted;
    clock.advance(stepMs);
  }
  throw new Error(`not settled within ${withinMs} ms of virtual time`);
}
