/** The lines of the table that follow from the samples: medians, spreads, ratios, verdicts. */
import { type BrokerKey, brokerKeys } from './brokers.ts';
import { type Metric, measureName, metrics } from './metrics.ts';
import type { Results, Sample } from './results.ts';
import { type Goal, type Row, rows, soakRow } from './rows.ts';

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** One metric of one row, as each broker has it. */
export interface Figure {
  readonly row: Row;
  readonly metric: Metric;
  readonly of: ReadonlyMap<BrokerKey, Spread>;
}

export interface Line {
  readonly id: string;
  readonly work: string;
  readonly measure: string;
  readonly durability: string;
  /** Median, and in brackets the least and the most. */
  readonly measured: string;
  readonly kafka: string;
  /** Of the medians; in brackets the least and the most of the rounds' own ratios. */
  readonly ratio: string;
  readonly goal: string;
  readonly floor: string;
}

const subjects = {
  'skerry-process-crash': 'Skerry process-crash',
  'skerry-power-loss': 'Skerry power-loss',
  target: 'the target as configured',
} as const satisfies Partial<Record<BrokerKey, string>>;
type Subject = keyof typeof subjects;

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
  return { median, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

export function figuresOf({ samples }: Results): readonly Figure[] {
  return [...rows, soakRow].flatMap((row) =>
    row.metrics.flatMap((metric) => {
      const here = samples.filter((sample) => sample.row === row.id && sample.metric === metric);
      if (here.length === 0) return [];
      const keys = brokerKeys.filter((key) => here.some(({ broker }) => broker === key));
      const values = (key: BrokerKey) => here.flatMap(({ broker, value }) => (broker === key ? [value] : []));
      return [{ row, metric, of: new Map(keys.map((key) => [key, spreadOf(values(key))])) }];
    }),
  );
}

/** How Kafka keeps its promise in a row, for the line's durability. */
function kafkaDurability({ task }: Row): string {
  const settings = 'shape' in task ? Object.entries(task.shape.kafkaTopic) : [];
  return settings.length === 0 ? 'Kafka page cache' : `Kafka ${settings.map((pair) => pair.join('=')).join(', ')}`;
}

export function linesOf(results: Results): readonly Line[] {
  return figuresOf(results).flatMap((figure) => {
    const { row, metric, of } = figure;
    const { digits } = metrics[metric];
    const kafka = of.get('kafka');
    const shared = {
      id: row.id,
      work: row.title,
      measure: measureName(metric),
      kafka: kafka === undefined ? '–' : show(kafka, digits),
      floor: yardsticks(figure),
    };
    const keys = (Object.keys(subjects) as Subject[]).filter((key) => of.has(key));
    if (keys.length === 0) {
      return [{ ...shared, durability: kafkaDurability(row), measured: '–', ratio: '–', goal: '' }];
    }
    return keys.map((key) => ({
      ...shared,
      durability: `${subjects[key]}${kafka === undefined ? '' : `, ${kafkaDurability(row)}`}`,
      measured: show(of.get(key), digits),
      ratio: ratioOf(results.samples, figure, key),
      goal: goalsOf(figure, key)
        .map(({ text }) => text)
        .join('; '),
    }));
  });
}

function show(spread: Spread | undefined, digits: number): string {
  if (spread === undefined) return '–';
  const { median, least, most } = spread;
  const middle = median.toFixed(digits);
  return least === most ? middle : `${middle} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

function yardsticks({ of, metric }: Figure): string {
  const { digits } = metrics[metric];
  const floor = of.get('floor') ?? of.get('floor-sync');
  const echo = of.get('echo');
  const shown = [
    ...(floor === undefined ? [] : [floor.median.toFixed(digits)]),
    ...(echo === undefined ? [] : [`echo ${echo.median.toFixed(digits)}`]),
  ];
  return shown.length === 0 ? '–' : shown.join(', ');
}

function ratioOf(samples: readonly Sample[], { row, metric, of }: Figure, key: BrokerKey): string {
  const [own, kafka] = [of.get(key), of.get('kafka')];
  // Growth may be nothing, or negative: no ratio tells anything. Nor to nothing: some tools print whole milliseconds.
  if (own === undefined || kafka === undefined || metric === 'slope' || kafka.median === 0) return '–';
  const rounds = (broker: BrokerKey) =>
    new Map(
      samples.flatMap((one) =>
        one.row === row.id && one.metric === metric && one.broker === broker ? [[one.round, one.value] as const] : [],
      ),
    );
  const theirs = rounds('kafka');
  const ratios = [...rounds(key)].flatMap(([round, value]) => {
    const beside = theirs.get(round);
    return beside === undefined || beside === 0 ? [] : [value / beside];
  });
  const middle = (own.median / kafka.median).toFixed(2);
  if (ratios.length < 2) return middle;
  const { least, most } = spreadOf(ratios);
  return `${middle} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

export interface Verdict {
  readonly text: string;
  readonly isMet: boolean | undefined;
}

/** What the goals of a figure say of a broker; undecided where what it is held against was not measured. */
export function goalsOf({ row, metric, of }: Figure, key: BrokerKey): readonly Verdict[] {
  return row.goals
    .filter((goal) => goal.broker === key && goal.metric === metric)
    .map((goal) => {
      const ours = of.get(key)?.median ?? Number.NaN;
      const value = goal.to === undefined ? ours : ours / (of.get(goal.to)?.median ?? Number.NaN);
      const text = boundText(goal);
      if (Number.isNaN(value)) return { text, isMet: undefined };
      const isMet = value <= (goal.atMost ?? Number.POSITIVE_INFINITY) && value >= (goal.atLeast ?? 0);
      return { text: `${text} ${isMet ? 'met' : 'missed'}`, isMet };
    });
}

function boundText({ to, metric, atMost, atLeast }: Goal): string {
  const bound = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
  if (to === undefined) return `${bound} ${metrics[metric].unit}`;
  return to === 'kafka' ? `${bound}×` : `${bound}× ${to}`;
}
