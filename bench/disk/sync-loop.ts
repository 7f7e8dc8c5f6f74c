/**
 * What a sync costs here, with nothing around it: append 1 KiB, fdatasync, again and again. A process of its own, told
 * a folder and how many; prints the milliseconds each took, as JSON.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.', count = '1000'] = process.argv.slice(2);
const file = openSync(join(folder, 'sync-loop'), 'w');
const bytes = Buffer.alloc(1024, 7);
const tookMs: number[] = [];
for (let i = 0; i < Number(count); i++) {
  const beganMs = performance.now();
  writeSync(file, bytes, 0, bytes.length, i * bytes.length);
  fdatasyncSync(file);
  tookMs.push(performance.now() - beganMs);
}
closeSync(file);
process.stdout.write(JSON.stringify(tookMs));
