/** One way to wait for real and for virtual time, so that a suite runs over both. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { vi } from 'vitest';
import type { VirtualClock } from '../src/index.ts';

/** The real implementations take their time on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

/** Lets the world go on until `reached`. */
export type Pump = (reached: () => boolean) => Promise<void>;

export async function pumpNode(reached: () => boolean): Promise<void> {
  while (!reached()) await nextTurn();
}

export function pumpOf(clock: VirtualClock): Pump {
  return async (reached) => clock.runUntil(reached);
}

/** What `start` hands to its callback, thrown if the first argument is an error. */
export async function call<T = void>(
  pump: Pump,
  start: (done: (error?: Error, value?: T) => void) => void,
): Promise<T> {
  let outcome: { readonly error: Error | undefined; readonly value: T | undefined } | undefined;
  let within = true;
  start((error, value) => {
    if (within) throw new Error('called back from within the call');
    if (outcome !== undefined) throw new Error('called back twice');
    outcome = { error, value };
  });
  within = false;
  await pump(() => outcome !== undefined);
  if (outcome?.error !== undefined) throw outcome.error;
  return outcome?.value as T;
}

/** Bytes that differ from place to place, so that a shifted copy shows. */
export function pattern(length: number, start = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (start + i) ^ ((start + i) >> 8) ^ ((start + i) >> 16);
  return bytes;
}
