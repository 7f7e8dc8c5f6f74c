/** What was measured in a run, as it grows; kept in a file (result-file.ts), from which a run may go on. */
import type { BrokerKey } from './brokers.ts';
import { type Counts, Histogram } from './histogram.ts';
import type { Metric } from './metrics.ts';

export interface Sample {
  readonly row: string;
  readonly metric: Metric;
  readonly broker: BrokerKey;
  readonly round: number;
  readonly value: number;
}

/** All latencies of a row's rounds. */
export interface Latencies {
  readonly row: string;
  readonly broker: BrokerKey;
  readonly counts: Counts;
}

/** Resident memory while a row was measured. */
export interface MemorySample {
  readonly row: string;
  readonly broker: BrokerKey;
  /** Since the run began; a run that goes on goes on from its last. */
  readonly seconds: number;
  readonly mb: number;
}

/** A row in which the driver had no time left to wait for the broker. */
export interface Limited {
  readonly row: string;
  readonly broker: BrokerKey;
}

export class Results {
  readonly samples: Sample[] = [];
  readonly latencies: Latencies[] = [];
  readonly memory: MemorySample[] = [];
  readonly limited: Limited[] = [];
  /** Rows that are measured. */
  readonly done: string[] = [];
  /** What a reader should know: rounds left out for want of time, a page cache that could not be dropped. */
  readonly notes: string[] = [];
  /** What could not be measured, in the order in which it failed. */
  readonly troubles: string[] = [];

  addLatencies(row: string, broker: BrokerKey, counts: Counts): void {
    const at = this.latencies.findIndex((one) => one.row === row && one.broker === broker);
    const before = this.latencies[at];
    if (before === undefined) {
      this.latencies.push({ row, broker, counts });
      return;
    }
    const sum = Histogram.from(before.counts);
    sum.add(counts);
    this.latencies[at] = { row, broker, counts: sum.counts() };
  }

  limit(row: string, broker: BrokerKey): void {
    if (!this.limited.some((one) => one.row === row && one.broker === broker)) this.limited.push({ row, broker });
  }

  note(what: string): void {
    if (!this.notes.includes(what)) this.notes.push(what);
  }

  /** Gives up what rows have that a run was in the middle of. */
  keepOnlyDone(): void {
    const isDone = ({ row }: { readonly row: string }) => this.done.includes(row);
    for (const list of [this.samples, this.latencies, this.memory, this.limited] as { row: string }[][]) {
      list.splice(0, list.length, ...list.filter(isDone));
    }
  }
}
