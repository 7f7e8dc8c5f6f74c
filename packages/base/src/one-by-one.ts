import type { Done } from './disk.ts';

/**
 * Runs `start` for 0 to `count` − 1, each after the one before has called back; a loop, so that calls back at once do
 * not pile up frames.
 */
export function oneByOne(count: number, start: (index: number, next: Done) => void, done: Done): void {
  let index = 0;
  let looping = false;
  let calledBack = false;
  const loop = (): void => {
    looping = true;
    do {
      if (index === count) return done();
      calledBack = false;
      start(index++, next);
    } while (calledBack);
    looping = false;
  };
  const next = (error?: Error): void => {
    if (error !== undefined) return done(error);
    calledBack = true;
    if (!looping) loop();
  };
  loop();
}
