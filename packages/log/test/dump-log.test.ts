/**
 * Kafka's own DumpLogSegments reads what we write, and finds nothing amiss. Runs where KAFKA_LIB names a folder with
 * Kafka's jars (the tools and all they need), and `java` is at hand.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markerBatch } from '@skerry/wire';
import { expect, test } from 'vitest';
import { batchOf, Lab } from './lab.ts';

const jars = process.env['KAFKA_LIB'];

/** A log with everything in it that Kafka knows: several segments, indexes, an aborted transaction. */
function written(): Lab {
  const lab = new Lab({ settings: { segmentBytes: 6000, indexIntervalBytes: 400 } });
  for (let i = 0; i < 90; i++) {
    const timestamp = 1_700_000_000_000 + ((i * 7919) % 1000);
    lab.append(batchOf(1 + (i % 4), { timestamp, size: i % 60 }), Math.floor(i / 20));
    if (i % 10 === 5) {
      const producer = { producerId: i, producerEpoch: 0 };
      lab.append(batchOf(2, { ...producer, baseSequence: 0, transactional: true, timestamp }), Math.floor(i / 20));
      const kind = i % 20 === 5 ? 'abort' : 'commit';
      lab.append(markerBatch({ kind, ...producer, coordinatorEpoch: 0, timestamp }), Math.floor(i / 20));
    }
    lab.settle();
  }
  return lab.restart();
}

function dump(folder: string, ...options: string[]): string {
  const args = ['-Xmx256m', '-cp', `${jars}/*`, 'org.apache.kafka.tools.DumpLogSegments', ...options];
  return execFileSync('java', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test.skipIf(jars === undefined)(
  'DumpLogSegments finds every record, and no mismatch in any index',
  { timeout: 120_000 },
  () => {
    const lab = written();
    const root = mkdtempSync(join(tmpdir(), 'dump-log-'));
    const folder = join(root, 'topic-0');
    try {
      mkdirSync(folder);
      const names = lab.disk.list('p-0');
      for (const name of names) writeFileSync(join(folder, name), lab.content(name));
      expect(names.filter((name) => name.endsWith('.log')).length).toBeGreaterThan(1);
      expect(names.some((name) => name.endsWith('.txnindex'))).toBe(true);
      const files = (kind: string): string => names.filter((name) => name.endsWith(kind)).join(',');

      const logs = dump(folder, '--deep-iteration', '--print-data-log', '--files', files('.log'));
      const offsets = [...logs.matchAll(/^\| offset: (\d+)/gm)].map(([, offset]) => Number(offset));
      expect(offsets).toEqual(Array.from({ length: lab.log.logEndOffset }, (_, i) => i));
      expect(logs).not.toMatch(/isvalid: false/);
      expect(logs.match(/endTxnMarker: ABORT/g)?.length).toBe(5);

      const indexes = `${files('.index')},${files('.timeindex')}`;
      expect(dump(folder, '--index-sanity-check', '--files', indexes)).not.toMatch(/corrupt|mismatch|fail/i);
      const verified = dump(folder, '--verify-index-only', '--files', indexes);
      expect(verified).not.toMatch(/Mismatches|not found|out of order|Found/i);
      const entries = dump(folder, '--files', indexes);
      expect(entries).not.toMatch(/Mismatches|not found|out of order/i);
      expect(entries.match(/^offset: \d+ position: \d+/gm)?.length).toBeGreaterThan(10);
      expect(entries.match(/^timestamp: \d+ offset: \d+/gm)?.length).toBeGreaterThan(4);

      const aborted = dump(folder, '--files', files('.txnindex'));
      expect(aborted.match(/producerId: \d+/g)).toEqual([
        'producerId: 5',
        'producerId: 25',
        'producerId: 45',
        'producerId: 65',
        'producerId: 85',
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  },
);
