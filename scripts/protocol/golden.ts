/**
 * Golden frames, as packages/wire/test/golden/GoldenFrames.java prints them with Kafka's own classes: to stdout, or
 * with --write into the file that the tests read. With --legacy those of the versions that Kafka 4 no longer has. Needs
 * `java` 17 or newer, and `mvn` for the first fetch of the jars.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { legacyTables, versionsOf } from '../../packages/wire/test/support/tables.ts';
import { classPath, legacyClassPath, legacyKafkaVersion, protocolCache } from './definitions.ts';

const folder = join(import.meta.dirname, '../../packages/wire/test/golden');
const program = join(folder, 'GoldenFrames.java');

function printed(path: string, source: string, wanted: readonly string[] = []): string {
  return execFileSync('java', ['-XX:TieredStopAtLevel=1', '-cp', path, source, ...wanted], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** The program as the older release's classes want it: one lay elsewhere, and no old version has tagged fields. */
const older = (program: string): string =>
  program
    .replaceAll('record.internal.', 'record.')
    .replaceAll('tagged.fields().values()', 'List.<org.apache.kafka.common.protocol.types.Field>of()');

function legacyFrames(): string {
  const work = mkdtempSync(join(tmpdir(), 'golden-'));
  try {
    const source = join(work, 'GoldenFrames.java');
    writeFileSync(source, older(readFileSync(program, 'utf8')));
    const wanted = [...legacyTables.values()].flatMap((each) =>
      versionsOf(each).map((version) => `${each.name} ${version}`),
    );
    return printed(legacyClassPath(protocolCache(legacyKafkaVersion)), source, wanted);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const isLegacy = process.argv.includes('--legacy');
const frames = isLegacy ? legacyFrames() : printed(classPath(protocolCache()), program);
const file = join(folder, isLegacy ? 'legacy-frames.txt.gz' : 'frames.txt.gz');
if (process.argv.includes('--write')) writeFileSync(file, gzipSync(frames, { level: 9 }));
else process.stdout.write(frames);
