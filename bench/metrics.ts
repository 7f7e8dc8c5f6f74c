/** What a figure says, in which unit, and how it is written. */
export const metrics = {
  cpu: { unit: 'CPU s/GB', digits: 2, name: '' },
  rate: { unit: 'MB/s', digits: 0, name: '' },
  requests: { unit: 'requests/s', digits: 0, name: '' },
  transactions: { unit: 'transactions/s', digits: 0, name: '' },
  core: { unit: '% of a core', digits: 1, name: '' },
  p50: { unit: 'ms', digits: 2, name: 'p50' },
  p99: { unit: 'ms', digits: 2, name: 'p99' },
  p999: { unit: 'ms', digits: 2, name: 'p99.9' },
  join: { unit: 'ms', digits: 0, name: 'until all have joined' },
  start: { unit: 'ms', digits: 0, name: 'after a stop in good order' },
  startKilled: { unit: 'ms', digits: 0, name: 'after kill -9' },
  resident: { unit: 'MB', digits: 0, name: 'resident' },
  residentPeak: { unit: 'MB', digits: 0, name: 'resident, peak' },
  residentIdle: { unit: 'MB', digits: 0, name: 'resident, idle' },
  slope: { unit: 'MB/hour', digits: 1, name: 'growth' },
} as const satisfies Record<string, { unit: string; digits: number; name: string }>;

export type Metric = keyof typeof metrics;

/** Beside its unit where that alone does not tell. */
export function measureName(metric: Metric): string {
  const { name, unit } = metrics[metric];
  return name === '' ? unit : `${name}, ${unit}`;
}
