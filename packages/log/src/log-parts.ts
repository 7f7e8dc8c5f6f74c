import type { LeaderEpochs } from './epochs.ts';
import type { ProducerStates } from './producers.ts';
import type { SegmentList } from './segment-list.ts';
import type { LogSettings } from './settings.ts';
import type { Tail } from './tail.ts';
import type { LogListener, LogWorld } from './world.ts';

/** What the parts of a log work on. */
export interface LogParts {
  readonly folder: string;
  readonly world: LogWorld;
  readonly listener: LogListener;
  readonly segments: SegmentList;
  readonly producers: ProducerStates;
  readonly epochs: LeaderEpochs;
  readonly tail: Tail;
  readonly settings: () => LogSettings;
  readonly retentionNowMs: () => number;
}
