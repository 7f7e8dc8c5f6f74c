/**
 * Golden frames, as packages/wire/test/golden/GoldenFrames.java prints them with Kafka's own classes: to stdout, or
 * with --write into the file that the tests read. Needs `java` 17 or newer, and `mvn` for the first fetch of the jars.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { classPath, protocolCache } from './definitions.ts';

const folder = join(import.meta.dirname, '../../packages/wire/test/golden');
const frames = execFileSync(
  'java',
  ['-XX:TieredStopAtLevel=1', '-cp', classPath(protocolCache()), join(folder, 'GoldenFrames.java')],
  {
    maxBuffer: 64 * 1024 * 1024,
  },
);
if (process.argv.includes('--write')) writeFileSync(join(folder, 'frames.txt.gz'), gzipSync(frames, { level: 9 }));
else process.stdout.write(frames);
