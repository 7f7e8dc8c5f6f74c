import { VirtualClock } from '@skerry/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { logLimits } from '../src/settings.ts';
import { Warmth } from '../src/warmth.ts';

const probe = logLimits.warmProbeBytes;
let clock: VirtualClock;
let warmth: Warmth;

beforeEach(() => {
  clock = new VirtualClock();
  warmth = new Warmth(clock);
});

/** A read that takes so long. */
function took(ms: number, note: (beganMs: number) => void): void {
  const began = warmth.nowMs();
  clock.advance(ms);
  note(began);
}

describe('old data is read on the loop', () => {
  test('not before the pool has shown that it comes from memory', () => {
    expect(warmth.allows(1)).toBe(false);
    took(20, (began) => warmth.inPool(probe, began));
    expect(warmth.allows(1)).toBe(false);
    took(0.1, (began) => warmth.inPool(100, began));
    expect(warmth.allows(1)).toBe(false);
    took(0.1, (began) => warmth.inPool(probe, began));
    expect(warmth.allows(logLimits.warmBytes)).toBe(true);
  });

  test('until its credit is spent: then the pool is asked again', () => {
    took(0.1, (began) => warmth.inPool(probe, began));
    for (let read = 0; read < logLimits.warmBytes; read += probe) {
      expect(warmth.allows(probe)).toBe(true);
      took(0.1, (began) => warmth.onLoop(probe, began));
    }
    expect(warmth.allows(probe)).toBe(false);
  });

  test('no longer after one read that took long, for a second', () => {
    took(0.1, (began) => warmth.inPool(probe, began));
    took(5, (began) => warmth.onLoop(probe, began));
    expect(warmth.allows(1)).toBe(false);
    took(0.1, (began) => warmth.inPool(probe, began));
    expect(warmth.allows(1)).toBe(false);
    clock.advance(logLimits.slowForMs);
    took(0.1, (began) => warmth.inPool(probe, began));
    expect(warmth.allows(1)).toBe(true);
  });
});
