import { describe, expect, test } from 'vitest';
import { Histogram } from '../../bench/histogram.ts';
import { linesOf } from '../../bench/lines.ts';
import { Results } from '../../bench/results.ts';
import { trendOf } from '../../bench/trend.ts';

describe('a histogram', () => {
  test('tells percentiles to within 1.6 % from a microsecond to an hour', () => {
    const values = Array.from({ length: 5000 }, (_, i) => 0.001 * 1.0045 ** i);
    const histogram = new Histogram();
    for (const value of values) histogram.record(value);
    for (const q of [0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
      const exact = values[Math.ceil(q * values.length) - 1] ?? 0;
      expect(histogram.quantileMs(q)).toBeGreaterThanOrEqual(Math.min(exact, 2 ** 32 / 1000));
      // A microsecond is the finest bucket.
      expect(histogram.quantileMs(q)).toBeLessThanOrEqual(exact * 1.016 + 0.001);
    }
  });

  test('of two runs is the sum of theirs', () => {
    const [one, other, both] = [new Histogram(), new Histogram(), new Histogram()];
    for (let i = 1; i <= 1000; i++) {
      (i % 3 === 0 ? one : other).record(i / 7);
      both.record(i / 7);
    }
    const sum = Histogram.from(one.counts());
    sum.add(other.counts());
    expect(sum.counts()).toEqual(both.counts());
    expect(sum.total).toBe(1000);
  });

  test('of nothing has no latency', () => {
    expect(new Histogram().quantileMs(0.99)).toBe(0);
  });
});

describe('a line of the table', () => {
  const withRounds = (ours: readonly number[], kafka: readonly number[]) => {
    const results = new Results();
    const shared = { row: 'produce-16k', metric: 'rate' } as const;
    ours.forEach((value, round) => results.samples.push({ ...shared, broker: 'skerry-process-crash', round, value }));
    kafka.forEach((value, round) => results.samples.push({ ...shared, broker: 'kafka', round, value }));
    results.samples.push({ ...shared, broker: 'floor', round: 0, value: 400 });
    return linesOf(results);
  };

  test('is the median with its spread, and the ratio to Kafka with that of the rounds', () => {
    const [line] = withRounds([200, 260, 240], [100, 100, 130]);
    expect(line).toMatchObject({
      measured: '240 (200–260)',
      kafka: '100 (100–130)',
      ratio: '2.40 (1.85–2.60)',
      goal: '≥ 2× met; ≥ 0.33× floor met',
      floor: '400',
    });
  });

  test('tells no ratio to nothing, which a tool prints that counts whole milliseconds', () => {
    expect(withRounds([0, 1, 0], [0, 0, 1])[0]).toMatchObject({ ratio: '–', kafka: '0 (0–1)' });
  });

  test('says that a goal is missed, and does not decide one without Kafka', () => {
    expect(withRounds([150], [100])[0]?.goal).toBe('≥ 2× missed; ≥ 0.33× floor met');
    expect(withRounds([150], [])[0]).toMatchObject({ goal: '≥ 2×; ≥ 0.33× floor met', ratio: '–', kafka: '–' });
  });
});

describe('resident memory', () => {
  const over = (mb: (seconds: number) => number) =>
    trendOf(Array.from({ length: 1800 }, (_, i) => ({ seconds: 2 * i, mb: mb(2 * i) })));

  test('that breathes and fills up at first is flat', () => {
    expect(over((seconds) => 120 - 40 * Math.exp(-seconds / 120) + 8 * Math.sin(seconds))).toMatchObject({
      isFlat: true,
    });
  });

  test('that leaks 20 MB an hour is not, and the slope says so', () => {
    const trend = over((seconds) => 110 + (20 * seconds) / 3600 + 8 * Math.sin(seconds));
    expect(trend?.isFlat).toBe(false);
    expect(trend?.mbPerHour).toBeCloseTo(20, 0);
  });

  test('of two samples tells nothing', () => {
    expect(
      trendOf([
        { seconds: 0, mb: 1 },
        { seconds: 2, mb: 9 },
      ]),
    ).toBeUndefined();
  });
});
