import type { Done } from '@skerry/base';

/**
 * Waits for several calls: hand `one()` to each, then call `all`; `done` gets the first error, once the last has
 * called back.
 */
export function gather(done: Done): { one(): Done; all(): void } {
  let due = 1;
  let failure: Error | undefined;
  const settle: Done = (error) => {
    failure ??= error;
    if (--due === 0) done(failure);
  };
  return {
    one() {
      due++;
      return settle;
    },
    all: () => settle(),
  };
}
