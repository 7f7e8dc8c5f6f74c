import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SampledRate } from '../../src/quotas/sampled-rate.ts';
import { TokenBucket } from '../../src/quotas/token-bucket.ts';

const windows = { count: 11, ms: 1000 };

test('a burst after a pause is spread over all windows but one', () => {
  const rate = new SampledRate(windows);
  rate.record(20_000, 5);
  expect([rate.perSecond(5), rate.spanMs(5)]).toEqual([2000, 10_000]);
});

test('a steady stream has its own rate', () => {
  const rate = new SampledRate(windows);
  for (let ms = 0; ms < 60_000; ms += 100) rate.record(50, ms);
  expect(rate.perSecond(60_000)).toBeCloseTo(500, -1);
});

test('what came before the windows began does not count', () => {
  const rate = new SampledRate(windows);
  rate.record(20_000, 0);
  expect(rate.perSecond(10_999)).toBeGreaterThan(1000);
  expect(rate.perSecond(11_000)).toBe(0);
});

test('the sum is that of all values younger than the windows, give or take one window', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2500 }), fc.integer({ min: 1, max: 100 })), {
    minLength: 30,
    maxLength: 150,
    size: 'max',
  });
  fc.assert(
    fc.property(steps, (list) => {
      const rate = new SampledRate(windows);
      const all: { at: number; value: number }[] = [];
      let now = 0;
      for (const [delay, value] of list) {
        now += delay;
        all.push({ at: now, value });
        rate.record(value, now);
        const younger = (ms: number): number =>
          all.reduce((sum, one) => (now - one.at < ms ? sum + one.value : sum), 0);
        const sum = rate.perSecond(now) * (rate.spanMs(now) / 1000);
        expect(sum).toBeGreaterThanOrEqual(younger(11_000) - 1e-6);
        expect(sum).toBeLessThanOrEqual(younger(12_000) + 1e-6);
      }
    }),
  );
});

test('a bucket holds all windows of permits, goes below nothing once, and fills again', () => {
  const bucket = new TokenBucket(windows);
  expect(bucket.left(2, 1000)).toBe(22);
  bucket.take(30, 2, 1000);
  expect(bucket.left(2, 1000)).toBe(-8);
  expect(bucket.left(2, 4000)).toBe(-2);
  expect(bucket.left(2, 60_000)).toBe(22);
});
