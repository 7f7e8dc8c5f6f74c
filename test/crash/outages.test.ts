/** Power cuts and kills under stock clients. `npm run crash` does more of them, and the same to the reference Kafka. */
import { describe, expect, test } from 'vitest';
import { outages } from './outages.ts';
import { fileSystems, Volume, whyNoPowerCuts } from './volume.ts';

const why = await whyNoPowerCuts((line) => console.warn(line));
if (why !== undefined) console.warn(`SKIPPED: no power can be cut on this machine: ${why}`);

describe.skipIf(why !== undefined).concurrent('a broker on a file system of its own', () => {
  test.each(fileSystems)(
    'on %s 10 power cuts and 10 kills lose nothing that was acknowledged, and it comes back by itself',
    { timeout: 1_800_000 },
    async (kind) => {
      const volume = await Volume.make(kind);
      try {
        const totals = await outages({ target: 'skerry', volume, cuts: 10, kills: 10, servingMs: [200, 900] });
        expect(totals.failures).toEqual([]);
        expect(totals.lost).toBe(0);
        expect(totals.cuts).toBeGreaterThanOrEqual(10);
        expect(totals.kills).toBeGreaterThanOrEqual(10);
        // Back in seconds, whatever else the machine does meanwhile.
        expect(totals.slowestStartCpuMs).toBeLessThan(8000);
        // Enough was at stake.
        expect(totals.acknowledged).toBeGreaterThan(500);
        expect(totals.commits).toBeGreaterThan(20);
      } finally {
        await volume.destroy();
      }
    },
  );
});
