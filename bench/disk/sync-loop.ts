/**
 * What a sync costs here, with nothing around it: append 1 KiB, fdatasync. A process of its own, told a folder, how
 * many and how many a second; prints the milliseconds each took, as JSON.
 *
 * At 0 a second one follows the other, and a stall counts once. At a pace all that is due is appended and synced
 * together, and each counts from when it was due, as a client would see it.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.', count = '1000', perSecond = '0'] = process.argv.slice(2);
const file = openSync(join(folder, 'sync-loop'), 'w');
const bytes = Buffer.alloc(1024, 7);
const stepMs = Number(perSecond) === 0 ? 0 : 1000 / Number(perSecond);
const clock = new Int32Array(new SharedArrayBuffer(4));
const tookMs: number[] = [];
const beganMs = performance.now();
for (let written = 0; written < Number(count); ) {
  const nowMs = performance.now();
  const waitMs = beganMs + written * stepMs - nowMs;
  if (stepMs > 0 && waitMs > 0) {
    Atomics.wait(clock, 0, 0, waitMs);
    continue;
  }
  const due = stepMs === 0 ? 1 : Math.floor((nowMs - beganMs) / stepMs) + 1 - written;
  for (let i = 0; i < due; i++) writeSync(file, bytes, 0, bytes.length, (written + i) * bytes.length);
  fdatasyncSync(file);
  const endMs = performance.now();
  for (let i = 0; i < due; i++) tookMs.push(endMs - (stepMs === 0 ? nowMs : beganMs + (written + i) * stepMs));
  written += due;
}
closeSync(file);
process.stdout.write(JSON.stringify(tookMs));
