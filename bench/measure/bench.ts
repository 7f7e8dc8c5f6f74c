/** What every kind of row is: something that is set up for a broker, measured in rounds, and taken down. */
import { type Counts, Histogram } from '../histogram.ts';
import type { Metric } from '../metrics.ts';
import type { Measurement } from './drive.ts';

export interface Measured {
  readonly values: Readonly<Partial<Record<Metric, number | undefined>>>;
  readonly latencies?: Counts;
  readonly driverLoad?: number;
  /** The load itself, for who looks closer. */
  readonly load?: Measurement;
}

export interface Bench {
  measure(): Promise<Measured>;
  end(): Promise<void>;
}

/** What a row may reach. */
export interface World {
  /** What large rows move in a round. */
  readonly megabytes: number;
  /** How long a round of a paced load is. */
  readonly seconds: number;
  /** What a restart finds. */
  readonly gigabytes: number;
  /** Tells the reader of the results what was not as it should be. */
  readonly note: (what: string) => void;
}

export const cpuSeconds = (cpu: Measurement['cpu']): number | undefined =>
  cpu === undefined ? undefined : cpu.userSeconds + cpu.systemSeconds;

/** All that a load tells of its broker. */
export function measured(load: Measurement): Measured {
  const { seconds, requests, bytes, latencies, driverLoad } = load;
  const cpu = cpuSeconds(load.cpu);
  const histogram = Histogram.from(latencies);
  return {
    values: {
      cpu: cpu === undefined || bytes === 0 ? undefined : cpu / (bytes / 1e9),
      rate: bytes / 1e6 / seconds,
      requests: requests / seconds,
      core: cpu === undefined ? undefined : (100 * cpu) / seconds,
      p50: histogram.quantileMs(0.5),
      p99: histogram.quantileMs(0.99),
      p999: histogram.quantileMs(0.999),
      join: load.joinMs,
    },
    latencies,
    driverLoad,
    load,
  };
}

/** A bench with nothing to take down. */
export const bench = (measure: () => Promise<Measured>, end: () => Promise<void> = async () => {}): Bench => ({
  measure,
  end,
});
