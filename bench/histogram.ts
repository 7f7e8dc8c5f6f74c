/**
 * Latencies as counts in log-linear buckets, as HdrHistogram keeps them: 64 buckets for each doubling, so that a value
 * is known to within 1.6 %, from a microsecond to over an hour, whatever is recorded. Histograms of one kind add up,
 * which percentiles do not.
 */

/** Of a doubling. */
const stepsLog2 = 6;
const steps = 2 ** stepsLog2;

/** Pairs of a bucket and its count, in the order of the buckets; what travels and is stored. */
export type Counts = readonly (readonly [bucket: number, count: number])[];

export class Histogram {
  readonly #counts: number[] = [];
  #total = 0;

  static from(counts: Counts): Histogram {
    const histogram = new Histogram();
    histogram.add(counts);
    return histogram;
  }

  record(ms: number): void {
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
  }

  add(counts: Counts): void {
    for (const [bucket, count] of counts) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
      this.#total += count;
    }
  }

  get total(): number {
    return this.#total;
  }

  counts(): Counts {
    // A sparse array's forEach passes over its holes.
    const pairs: [number, number][] = [];
    this.#counts.forEach((count, bucket) => pairs.push([bucket, count]));
    return pairs;
  }

  /** The least upper bound of a bucket below which the share `q` of all values lies; 0 if there are none. */
  quantileMs(q: number): number {
    let left = Math.max(1, Math.ceil(q * this.#total));
    for (const [bucket, count] of this.counts()) {
      left -= count;
      if (left <= 0) return upperMs(bucket);
    }
    return 0;
  }
}

/** Below 128 µs a bucket is a microsecond; above, the leading bit and the six after it tell the bucket. */
function bucketOf(ms: number): number {
  const us = Math.min(Math.max(0, Math.floor(ms * 1000)), 2 ** 32 - 1);
  const shift = Math.max(0, 31 - Math.clz32(us) - stepsLog2);
  return shift * steps + Math.floor(us / 2 ** shift);
}

function upperMs(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / steps) - 1);
  return ((bucket - shift * steps + 1) * 2 ** shift) / 1000;
}
