/** `skerry log verify`: reads all records of a node that does not run, and tells what is wrong and what helps. */
import { join } from 'node:path';
import { type LogVerdict, type Problem, verifyLog } from '@skerry/log';
import type { Parsed } from '../args.ts';
import { exitCodes } from '../failure.ts';
import { adviceFor } from '../offline/advice.ts';
import {
  type DataFolder,
  offlineLog,
  openDataFolder,
  type PartitionFolder,
  partitionsOf,
} from '../offline/data-folder.ts';
import type { Terminal } from '../terminal.ts';
import { grouped, plural } from '../text-table.ts';

export async function verifyLogs(parsed: Parsed, terminal: Terminal): Promise<number> {
  const folder = await openDataFolder(parsed, { readOnly: true, skipDamaged: true });
  try {
    const asJson = parsed.isSet('json');
    const began = performance.now();
    const told = [];
    let [bytes, faults] = [0, folder.journalFault === undefined ? 0 : 1];
    if (folder.journalFault !== undefined && !asJson) await terminal.out(journalText(folder, folder.journalFault));
    for (const partition of partitionsOf(folder, parsed)) {
      const verdict = verifyLog(offlineLog(folder, partition));
      bytes += verdict.bytes;
      faults += verdict.problems.filter(({ remedy }) => remedy !== 'start').length;
      if (asJson) told.push(asData(folder, partition, verdict));
      else await terminal.out(asText(folder, partition, verdict));
    }
    const seconds = (performance.now() - began) / 1000;
    if (asJson) {
      const journal = folder.journalFault?.message ?? null;
      await terminal.out(`${JSON.stringify({ data: folder.path, bytes, faults, journal, partitions: told })}\n`);
    } else
      terminal.note(
        `${mebibytes(bytes)} in ${seconds.toFixed(1)} s: ${faults === 0 ? 'all good' : plural(faults, 'fault')}`,
      );
    return faults === 0 ? exitCodes.ok : exitCodes.failed;
  } finally {
    await folder.close();
  }
}

function journalText({ path }: DataFolder, fault: Error): string {
  const advice = `"skerry log repair --data ${path} --rebuild --skip-bad" goes on without that`;
  return `journal: 1 fault\n  ${join(path, fault.message)}. The node does not start; ${advice}.\n`;
}

function asText({ path }: DataFolder, partition: PartitionFolder, verdict: LogVerdict): string {
  const { segments, records, bytes, start, end, problems } = verdict;
  const faults = problems.filter(({ remedy }) => remedy !== 'start').length;
  const counts = `${plural(segments, 'segment')}, ${plural(records, 'record')}, ${mebibytes(bytes)}`;
  const held = `${counts}, offsets ${start} to ${end}`;
  const result = faults === 0 ? 'good' : plural(faults, 'fault');
  const head = `${partition.topic}-${partition.partition}: ${result} (${held})`;
  const lines = problems.map((problem) => {
    const where = [join(path, problem.file), ...place(problem)].join(', ');
    return `  ${where}: ${problem.what}. ${adviceFor(problem, partition, path)}`;
  });
  return `${[head, ...lines].join('\n')}\n`;
}

function place({ position, offset }: Problem): string[] {
  return [
    ...(position === undefined ? [] : [`byte ${position}`]),
    ...(offset === undefined ? [] : [`offset ${offset}`]),
  ];
}

function asData({ path }: DataFolder, partition: PartitionFolder, { problems, ...facts }: LogVerdict) {
  return {
    topic: partition.topic,
    partition: partition.partition,
    folder: join(path, partition.folder),
    ...facts,
    problems: problems.map((problem) => ({
      ...problem,
      file: join(path, problem.file),
      advice: adviceFor(problem, partition, path),
    })),
  };
}

const mebibytes = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${grouped(bytes)} bytes` : `${grouped(Math.round(bytes / 1024 / 1024))} MiB`;
