/** A journaled disk owes its users what any other does, also while its journal is in use. */
import { Bytes, type Disk } from '@skerry/base';
import { MemoryDisk, SeededRandom, VirtualClock } from '@skerry/testkit';
// @boundaries-ignore one suite for all disks, which is no part of the package's face
import { diskContract } from '../../../testkit/test/disk-contract.ts';
// @boundaries-ignore as above
import { pumpOf } from '../../../testkit/test/harness.ts';
import { type JournaledDisk, openJournaledDisk } from '../../src/index.ts';
import { compute } from '../lab.ts';

diskContract('memory, behind a journal', () => {
  const clock = new VirtualClock();
  let disk: JournaledDisk | undefined;
  openJournaledDisk(
    { disk: new MemoryDisk({ clock }), clock, compute, random: new SeededRandom(1), bytes: 2 ** 23, report: () => {} },
    (_error, opened) => {
      disk = opened;
    },
  );
  clock.runUntil(() => disk !== undefined);
  if (disk === undefined) throw new Error('an empty journal is opened');
  makeBusy(disk, clock);
  return { disk, pump: pumpOf(clock), release: () => {} };
});

/** Commits many files, which go again: for a while even a single one is then made safe by the journal. */
function makeBusy(disk: Disk, clock: VirtualClock): void {
  disk.makeFolder('busy');
  const files = Array.from({ length: 8 }, (_, i) => disk.open(`busy/${i}`, { create: true }));
  const dirty = files.map((file) => ({ file, end: Bytes(0) }));
  let isDone = false;
  disk.commit(dirty, () => {
    for (const file of files) file.close();
    disk.remove('busy');
    disk.commitFolder('', () => {
      isDone = true;
    });
  });
  clock.runUntil(() => isDone);
}
