/** A small disk that is full. `npm run crash -- --full 100` is the whole of it. */
import { expect, test } from 'vitest';
import { diskBytes, diskFull } from './disk-full.ts';
import { Volume, whyNoPowerCuts } from './volume.ts';

const why = await whyNoPowerCuts((line) => console.warn(line));
if (why !== undefined) console.warn(`SKIPPED: no file system of its own can be had on this machine: ${why}`);

test.skipIf(why !== undefined)(
  'a file system of 64 MiB, overfilled, then full and free again 12 times, costs no acknowledged record and no crash',
  { timeout: 900_000 },
  async () => {
    const volume = await Volume.make('ext4', diskBytes);
    try {
      const totals = await diskFull({ volume, times: 2, rounds: 12 });
      expect(totals.failures).toEqual([]);
      expect(totals).toMatchObject({ lost: 0, rounds: 12 });
      expect(totals.removedOffsets).toBeGreaterThan(200);
      expect(totals.refused).toBeGreaterThanOrEqual(12);
      expect(totals.commitsOnFullDisk).toBeGreaterThanOrEqual(6);
      expect(totals.slowestStartCpuMs).toBeLessThan(4000);
    } finally {
      await volume.destroy();
    }
  },
);
