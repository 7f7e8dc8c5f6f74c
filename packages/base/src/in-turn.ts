/**
 * Calls `step` for one item after another, each when the last has called `next`, and `end` after all of them. A step
 * that does not call `next` ends it. Steps that call back at once do not deepen the stack, so there may be many.
 */
export function inTurn<T>(items: Iterable<T>, step: (item: T, next: () => void) => void, end: () => void): void {
  const iterator = items[Symbol.iterator]();
  let running = false;
  let again = false;
  const next = (): void => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      const { value, done } = iterator.next();
      if (done === true) end();
      else step(value, next);
    }
    running = false;
  };
  next();
}
