/** EIO from the file system at one call after the other. `npm run crash -- --eio` goes through the first 200. */
import { describe, expect, test } from 'vitest';
import { buildShim, ioErrors } from './io-errors.ts';
import { fileSystems, Volume, whyNoPowerCuts } from './volume.ts';

const shim = buildShim();
const why = shim.why ?? (await whyNoPowerCuts((line) => console.warn(line)));
if (why !== undefined) console.warn(`SKIPPED: no I/O errors can be had on this machine: ${why}`);

/** A start of a fresh node takes some 40 calls, the topics another 20, then come produced batches. */
const spread = [1, 3, 10, 12, 14, 18, 20, 24, 28, 33, 40, 47, 55, 60, 67, 80, 101, 130, 165, 200];

describe.skipIf(why !== undefined)('a broker whose disk fails', () => {
  test('ends with 74 or goes on, and all that was acknowledged is there afterwards (20 calls of the first 200)', {
    timeout: 1_200_000,
  }, async () => {
    const volumes = await Promise.all(fileSystems.map((kind) => Volume.make(kind)));
    try {
      const results = await ioErrors(spread, shim.file, volumes);
      expect(results.flatMap(({ failures }) => failures)).toEqual([]);
      // The fault was there, ended most of them, and there was something to lose.
      expect(results.filter(({ failed }) => failed !== undefined).length).toBeGreaterThanOrEqual(18);
      expect(results.filter(({ end }) => end === 74).length).toBeGreaterThanOrEqual(15);
      expect(results.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(100);
    } finally {
      for (const volume of volumes) await volume.destroy();
    }
  });
});
