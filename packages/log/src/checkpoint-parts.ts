/** What the checkpointer of a log is given. */
import type { Offset } from '@skerry/base';
import type { EpochRow, LeaderEpochs } from './epochs.ts';
import type { ProducerStates } from './producers.ts';
import type { SnapshotChanges } from './saved-snapshots.ts';
import type { SegmentList } from './segment-list.ts';
import type { Checkpoint, LogState } from './state.ts';
import type { LogWorld } from './world.ts';

export interface CheckpointerParts {
  readonly folder: string;
  readonly world: LogWorld;
  readonly state: LogState;
  readonly segments: SegmentList;
  readonly producers: ProducerStates;
  readonly epochs: LeaderEpochs;
  failed(error: Error): void;
  /** Sees to it that {@link Checkpointer.isDue} is asked now and then. */
  wake(): void;
}

/** What recovery found in the store. */
export interface FoundInStore {
  readonly logStart: Offset;
  readonly checkpoint: Checkpoint | undefined;
  readonly snapshots: readonly Offset[];
  /** Snapshots that do not hold any more. */
  readonly staleSnapshots: readonly Offset[];
  /** The version of the epochs that the store holds. */
  readonly savedEpochs: number | undefined;
}

/** What goes into the store together. */
export interface Changes {
  readonly checkpoint?: Checkpoint | undefined;
  readonly epochs?: readonly EpochRow[] | undefined;
  readonly snapshots?: SnapshotChanges;
}
