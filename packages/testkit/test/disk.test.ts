/** What every disk owes its users, over the real one and the one in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeDisk } from '@skerry/io';
import { MemoryDisk, VirtualClock } from '../src/index.ts';
import { diskContract } from './disk-contract.ts';
import { pumpNode, pumpOf } from './harness.ts';

diskContract('a folder of the file system', () => {
  const root = mkdtempSync(join(tmpdir(), 'skerry-disk-'));
  return { disk: nodeDisk(root), pump: pumpNode, release: () => rmSync(root, { recursive: true }) };
});

diskContract('memory', () => {
  const clock = new VirtualClock();
  return { disk: new MemoryDisk({ clock }), pump: pumpOf(clock), release: () => {} };
});
