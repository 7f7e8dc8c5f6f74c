/** A disk that makes every write wait. `npm run crash -- --slow` measures for longer. */
import { expect, test } from 'vitest';
import { buildShim } from './io-errors.ts';
import { slowDisk } from './slow-disk.ts';

const { file, why } = process.platform === 'linux' ? buildShim('slow') : { file: '', why: 'LD_PRELOAD is of Linux' };
if (why !== undefined) console.warn(`SKIPPED: a disk cannot be made slow on this machine: ${why}`);

test.skipIf(why !== undefined)(
  'with every write 200 ms late, heartbeats on other connections have their answers within 50 ms, 99 of 100',
  { timeout: 300_000 },
  async () => {
    // What a busy machine costs is not the disk's.
    const plain = await slowDisk(file, 4000, 0);
    const slow = await slowDisk(file, 10_000);
    expect(slow.failures).toEqual([]);
    expect(slow.heartbeats).toBeGreaterThan(100);
    // The disk was slow, and there was something to write.
    expect(slow.written).toBeGreaterThan(20);
    expect(slow.written).toBeLessThan(plain.written);
    expect(slow.p99Ms).toBeLessThanOrEqual(Math.max(50, 2 * plain.p99Ms));
  },
);
