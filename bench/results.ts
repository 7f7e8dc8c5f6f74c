/** What was measured, and the lines of the table that follow from it. */
import type { BrokerKey } from './brokers.ts';
import { type Goal, loadRows, type Metric, memoryRow, metrics, startRow } from './rows.ts';

export interface Sample {
  readonly row: string;
  readonly metric: Metric;
  readonly broker: BrokerKey;
  readonly round: number;
  readonly value: number;
}

/** How one load went. */
export interface Detail {
  readonly row: string;
  readonly broker: BrokerKey;
  readonly round: number;
  /**
   * From a request to its answer. With several in flight it holds the wait for those before: compare within a row
   * only.
   */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly driverLoad: number;
}

export interface Line {
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

/** How Kafka keeps its promise in a row, for the line's durability. */
function kafkaDurability(row: string): string {
  const settings = Object.entries(loadRows.find((one) => one.key === row)?.kafkaTopic ?? {});
  return settings.length === 0 ? 'Kafka page cache' : `Kafka ${settings.map((pair) => pair.join('=')).join(', ')}`;
}

export class Results {
  readonly samples: Sample[] = [];
  readonly details: Detail[] = [];
  /** Rows that got fewer rounds, for want of time. */
  readonly cuts: string[] = [];
  /** What went wrong, in the order in which it did. */
  readonly troubles: string[] = [];

  add(sample: Sample): void {
    this.samples.push(sample);
  }

  lines(): readonly Line[] {
    const rows = [startRow, ...loadRows, memoryRow];
    return rows.flatMap(({ key, title, goals }) => {
      const ofRow = this.samples.filter((sample) => sample.row === key);
      const measured = [...new Set(ofRow.map((sample) => sample.metric))];
      return measured.flatMap((metric) => this.#linesOf(key, title, metric, goals));
    });
  }

  #linesOf(row: string, work: string, metric: Metric, goals: readonly Goal[]): Line[] {
    const of = (broker: BrokerKey) =>
      this.samples.filter((one) => one.row === row && one.metric === metric && one.broker === broker);
    const kafka = of('kafka');
    const floor = [...of('floor'), ...of('floor-sync')];
    const keys = (Object.keys(subjects) as (keyof typeof subjects)[]).filter((key) => of(key).length > 0);
    const { unit, digits, note } = metrics[metric];
    const measure = note === undefined ? unit : `${note}, ${unit}`;
    const shared = { work, measure, kafka: spread(kafka, digits), floor: middle(floor, digits) };
    if (keys.length === 0 && kafka.length + floor.length > 0) {
      return [{ ...shared, durability: kafkaDurability(row), measured: '–', ratio: '–', goal: '' }];
    }
    return keys.map((key) => {
      const own = of(key);
      const against = kafka.length > 0 ? `, ${kafkaDurability(row)}` : '';
      const goal = goals.find((one) => one.broker === key && one.metric === metric);
      return {
        ...shared,
        durability: `${subjects[key]}${against}`,
        measured: spread(own, digits),
        ratio: ratioOf(own, kafka),
        goal: goal === undefined ? '' : verdict(goal, own, kafka, unit),
      };
    });
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

const valuesOf = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.value);
const show = (value: number, digits: number) => value.toFixed(digits);

function middle(samples: readonly Sample[], digits: number): string {
  return samples.length === 0 ? '–' : show(median(valuesOf(samples)), digits);
}

function spread(samples: readonly Sample[], digits: number): string {
  if (samples.length < 2) return middle(samples, digits);
  const values = valuesOf(samples);
  return `${middle(samples, digits)} (${show(Math.min(...values), digits)}–${show(Math.max(...values), digits)})`;
}

function ratioOf(own: readonly Sample[], kafka: readonly Sample[]): string {
  if (own.length === 0 || kafka.length === 0) return '–';
  const ratio = show(median(valuesOf(own)) / median(valuesOf(kafka)), 2);
  const perRound = own.flatMap(({ round, value }) => {
    const beside = kafka.find((sample) => sample.round === round);
    return beside === undefined ? [] : [value / beside.value];
  });
  if (perRound.length < 2) return ratio;
  return `${ratio} (${show(Math.min(...perRound), 2)}–${show(Math.max(...perRound), 2)})`;
}

function verdict(goal: Goal, own: readonly Sample[], kafka: readonly Sample[], unit: string): string {
  const ours = median(valuesOf(own));
  const value = goal.of === 'value' ? ours : ours / median(valuesOf(kafka));
  const [sign, bound] = goal.atMost === undefined ? ['≥', goal.atLeast ?? 0] : ['≤', goal.atMost];
  const text = `${sign} ${bound}${goal.of === 'value' ? ` ${unit}` : '×'}`;
  if (Number.isNaN(value)) return text;
  return `${text} ${(sign === '≤' ? value <= bound : value >= bound) ? 'met' : 'missed'}`;
}
