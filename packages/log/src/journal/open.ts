import type { Random } from '@skerry/base';
import { JournaledDisk, type JournaledDiskOptions } from './journaled-disk.ts';
import { replayJournal } from './replay.ts';

export interface OpenJournalOptions extends Omit<JournaledDiskOptions, 'nonce'> {
  readonly random: Random;
}

/** Replays what an earlier process left in the journal of a disk, and gives the disk that goes on with it. */
export function openJournaledDisk(
  options: OpenJournalOptions,
  done: (error: Error | undefined, disk?: JournaledDisk) => void,
): void {
  const { clock, random } = options;
  clock.soon(() => {
    replayJournal(options, (error) => {
      if (error === undefined) done(undefined, new JournaledDisk({ ...options, nonce: random.below(2 ** 47) }));
      else done(error);
    });
  });
}
