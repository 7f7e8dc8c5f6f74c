/** Whether resident memory stays where it is: a straight line through its samples, by least squares. */

export interface Point {
  readonly seconds: number;
  readonly mb: number;
}

export interface Trend {
  readonly mbPerHour: number;
  /** What the line gains over the time of the samples. */
  readonly gainedMb: number;
  readonly meanMb: number;
  readonly minutes: number;
  readonly isFlat: boolean;
}

/** The heap breathes: what is gained within these is noise. */
const noise = { share: 0.03, mb: 3 } as const;
/** Caches and compiled code fill up first: so much of the time says nothing. */
const warmUpShare = 0.25;

/** Undefined while there are too few samples to say anything. */
export function trendOf(samples: readonly Point[]): Trend | undefined {
  const last = samples.at(-1)?.seconds ?? 0;
  const first = samples[0]?.seconds ?? 0;
  const points = samples.filter(({ seconds }) => seconds >= first + (last - first) * warmUpShare);
  if (points.length < 3) return undefined;
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanSeconds, meanMb] = [mean(({ seconds }) => seconds), mean(({ mb }) => mb)];
  const spread = mean(({ seconds }) => (seconds - meanSeconds) ** 2);
  if (spread === 0) return undefined;
  const slope = mean(({ seconds, mb }) => (seconds - meanSeconds) * (mb - meanMb)) / spread;
  const span = last - (points[0]?.seconds ?? 0);
  const gainedMb = slope * span;
  const isFlat = gainedMb <= Math.max(noise.mb, noise.share * meanMb);
  return { mbPerHour: slope * 3600, gainedMb, meanMb, minutes: span / 60, isFlat };
}
