/** Plots as inline SVG, in the colours that page.ts gives to the brokers; numbers only, nothing is loaded. */
import type { BrokerKey } from './brokers.ts';
import { Histogram } from './histogram.ts';
import type { Spread } from './lines.ts';
import type { Latencies, MemorySample } from './results.ts';

export const brokerNames: Readonly<Record<BrokerKey, string>> = {
  'skerry-process-crash': 'Skerry, process-crash',
  'skerry-power-loss': 'Skerry, power-loss',
  kafka: 'Kafka',
  target: 'target',
  floor: 'floor',
  'floor-sync': 'floor, synced',
  echo: 'echo server',
};

const width = 440;
const rowHeight = 24;
const labelWidth = 148;
const valueWidth = 76;

const at = (value: number) => value.toFixed(1);
const text = (x: number, y: number, what: string, anchor: 'start' | 'middle' | 'end' = 'start') =>
  `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${what}</text>`;
const line = (x1: number, y1: number, x2: number, y2: number, kind: string) =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`;
const svg = (height: number, label: string, parts: readonly string[], wide = width) =>
  `<svg viewBox="0 0 ${wide} ${height}" role="img" aria-label="${label}">${parts.join('')}</svg>`;

/** A bar a broker, its median at the end, a line from the least to the most. */
export function bars(of: ReadonlyMap<BrokerKey, Spread>, digits: number, label: string): string {
  const most = Math.max(...[...of.values()].map((spread) => spread.most), Number.MIN_VALUE);
  const room = width - labelWidth - valueWidth;
  const x = (value: number) => labelWidth + (room * Math.max(0, value)) / most;
  const parts = [...of].flatMap(([key, spread], i) => {
    const top = i * rowHeight;
    const middle = top + rowHeight / 2;
    const long = at(x(spread.median) - labelWidth);
    const bar = `<rect x="${labelWidth}" y="${top + 5}" width="${long}" height="14" rx="2" class="fill ${key}"/>`;
    return [
      text(labelWidth - 8, middle + 4, brokerNames[key], 'end'),
      bar,
      ...(spread.least === spread.most ? [] : [line(x(spread.least), middle, x(spread.most), middle, 'whisker')]),
      text(x(spread.most) + 6, middle + 4, spread.median.toFixed(digits)),
    ];
  });
  return svg(of.size * rowHeight, label, parts);
}

const plot = { left: 52, right: 12, top: 10, bottom: 34, height: 230 } as const;

/** Round steps, three to seven of them, from 0 to `most`. */
function ticks(most: number): readonly number[] {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}

const path = (key: BrokerKey, points: readonly (readonly [x: number, y: number])[]) =>
  `<polyline points="${points.map(([x, y]) => `${at(x)},${at(y)}`).join(' ')}" class="stroke ${key}"/>`;

/**
 * Latency over percentile as HdrHistogram's plots have it: each nine takes the same room, so that the worst of ten
 * thousand shows as well as the middle.
 */
export function percentiles(all: readonly Latencies[], label: string): string {
  const series = all.map(({ broker, counts }) => ({ broker, points: nines(Histogram.from(counts)) }));
  const values = series.flatMap(({ points }) => points.map(({ ms }) => ms)).filter((ms) => ms > 0);
  const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const most = Math.max(2, ...series.map(({ points }) => points.at(-1)?.nines ?? 0));
  const x = (count: number) => plot.left + ((width - plot.left - plot.right) * count) / most;
  const tall = plot.height - plot.top - plot.bottom;
  const y = (ms: number) => plot.top + tall * (1 - (Math.log10(ms) - low) / Math.max(1, high - low));
  const decades = Array.from({ length: Math.max(1, high - low) + 1 }, (_, i) => 10 ** (low + i));
  const floor = plot.height - plot.bottom;
  const names = ['0', '90 %', '99 %', '99.9 %', '99.99 %', '99.999 %', '99.9999 %'].slice(0, Math.floor(most) + 1);
  return svg(plot.height, label, [
    ...decades.flatMap((ms) => [
      line(plot.left, y(ms), width - plot.right, y(ms), 'grid'),
      text(plot.left - 6, y(ms) + 4, `${ms < 1 ? ms.toPrecision(1) : ms}`, 'end'),
    ]),
    ...names.flatMap((name, i) => [
      line(x(i), plot.top, x(i), floor, 'grid'),
      text(Math.min(x(i), width - plot.right - 14), floor + 16, name, 'middle'),
    ]),
    text(4, floor + 16, 'ms'),
    ...series.map(({ broker, points }) =>
      path(
        broker,
        points.map((point) => [x(point.nines), y(point.ms)] as const),
      ),
    ),
  ]);
}

/** For each bucket: which share lies at or below it, as a number of nines, up to what so many values can tell. */
function nines(histogram: Histogram): readonly { readonly nines: number; readonly ms: number }[] {
  const { total } = histogram;
  const steps = Math.min(400, total);
  const most = Math.log10(total);
  return Array.from({ length: steps }, (_, i) => {
    const count = (most * i) / Math.max(1, steps - 1);
    return { nines: count, ms: histogram.quantileMs(1 - 10 ** -count) };
  });
}

const memoryWidth = 1100;

/** Resident memory of all brokers over the run. */
export function memoryOverTime(samples: readonly MemorySample[], label: string): string {
  const keys = [...new Set(samples.map(({ broker }) => broker))];
  const mostSeconds = Math.max(1, ...samples.map(({ seconds }) => seconds));
  const mostMb = Math.max(1, ...samples.map(({ mb }) => mb)) * 1.05;
  const x = (seconds: number) => plot.left + ((memoryWidth - plot.left - plot.right) * seconds) / mostSeconds;
  const tall = plot.height - plot.top - plot.bottom;
  const y = (mb: number) => plot.top + tall * (1 - mb / mostMb);
  const floor = plot.height - plot.bottom;
  const byMinutes = mostSeconds > 300;
  const times = ticks(byMinutes ? mostSeconds / 60 : mostSeconds);
  return svg(
    plot.height,
    label,
    [
      ...ticks(mostMb).flatMap((mb) => [
        line(plot.left, y(mb), memoryWidth - plot.right, y(mb), 'grid'),
        text(plot.left - 6, y(mb) + 4, `${mb}`, 'end'),
      ]),
      ...times.map((time) => text(x(byMinutes ? time * 60 : time), floor + 16, `${time}`, 'middle')),
      text(4, floor + 16, 'MB'),
      text((memoryWidth + plot.left) / 2, floor + 30, byMinutes ? 'minutes' : 'seconds', 'middle'),
      ...keys.map((key) => {
        const own = samples.filter(({ broker }) => broker === key);
        return runsOf(own)
          .map((some) =>
            path(
              key,
              some.map(({ seconds, mb }) => [x(seconds), y(mb)] as const),
            ),
          )
          .join('');
      }),
    ],
    memoryWidth,
  );
}

/** A broker that a row has for itself comes and goes: no line leads over the gap. */
function runsOf(samples: readonly MemorySample[]): readonly (readonly MemorySample[])[] {
  const gapSeconds = 5;
  const runs: MemorySample[][] = [];
  for (const sample of samples) {
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && sample.seconds - last.seconds <= gapSeconds) runs.at(-1)?.push(sample);
    else runs.push([sample]);
  }
  return runs;
}
