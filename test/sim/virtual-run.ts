/**
 * Runs code that knows nothing of real time: promises go on when virtual time says so, and whoever asks the real clock,
 * real timers or real chance is found out.
 */
import { setFlagsFromString } from 'node:v8';
import { compileFunction } from 'node:vm';

/**
 * Runs what promises have made ready, and what that makes ready, to the end. A turn of the real event loop does the
 * same, at a hundred times the cost; so it is asked of the engine. Only outside of any promise.
 */
export const runReadyPromises: () => void = makeRunReadyPromises();

function makeRunReadyPromises(): () => void {
  setFlagsFromString('--allow-natives-syntax');
  // The engine's own word for it, which is no JavaScript without the flag.
  const run = compileFunction('%PerformMicrotaskCheckpoint()') as () => void;
  run();
  setFlagsFromString('--no-allow-natives-syntax');
  return run;
}

/** Thrown, and remembered, when simulated code reaches for the real world. */
class Poisoned extends Error {
  override readonly name = 'Poisoned';
}

/** What is real, and where it is found. */
const realWorld: readonly (readonly [owner: object, name: string])[] = [
  [Date, 'now'],
  [Math, 'random'],
  [performance, 'now'],
  [process, 'hrtime'],
  [process, 'nextTick'],
  [globalThis, 'setTimeout'],
  [globalThis, 'setInterval'],
  [globalThis, 'setImmediate'],
  [crypto, 'getRandomValues'],
  [crypto, 'randomUUID'],
];

/** Calls `run`, outside of any promise, with the real world out of reach; fails if it was reached for. */
export function virtually<T>(run: () => T, stacks = false): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      const restore = poison();
      const { stackTraceLimit } = Error;
      // Clients make errors by the hundred, and nobody looks where; a replay does.
      if (!stacks) Error.stackTraceLimit = 0;
      let result: T | undefined;
      let failure: Error | undefined;
      try {
        result = run();
      } catch (error) {
        failure = error instanceof Error ? error : new Error('not an error was thrown', { cause: error });
      }
      Error.stackTraceLimit = stackTraceLimit;
      failure = restore() ?? failure;
      if (failure === undefined) resolve(result as T);
      else reject(failure);
    });
  });
}

/** Puts traps in the place of the real world; the function it returns takes them away, and tells of the first hit. */
function poison(): () => Poisoned | undefined {
  let reached: Poisoned | undefined;
  const restores = realWorld.map(([owner, name]) => {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    const inherited = descriptor === undefined;
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      value: () => {
        reached ??= new Poisoned(`${name} was called in a simulation`);
        throw reached;
      },
    });
    return () => {
      if (inherited) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, descriptor);
    };
  });
  return () => {
    for (const restore of restores) restore();
    return reached;
  };
}
