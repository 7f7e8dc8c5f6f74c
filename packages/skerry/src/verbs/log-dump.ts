/**
 * `skerry log dump`: what stands in segment and index files, in the words of Kafka's kafka-dump-log, so that what reads
 * its output reads ours. Files that are named are read as they are, also while a node writes them.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Disk, limits } from '@skerry/base';
import { nodeCompute, nodeDisk } from '@skerry/io';
import { abortEntries, type BatchFacts, type DumpStep, dumpSegment, offsetEntries, timeEntries } from '@skerry/log';
import {
  batchIsControl,
  type ControlRecord,
  controlRecord,
  type DecodedRecord,
  decompressBatch,
  records,
} from '@skerry/wire';
import type { Parsed } from '../args.ts';
import { exitCodes, UsageError } from '../failure.ts';
import { openDataFolder, partitionsOf } from '../offline/data-folder.ts';
import { shown } from '../record-format.ts';
import type { Terminal } from '../terminal.ts';

/** Every codec is decompressed in its call: a command has nothing else to do. */
const compute = nodeCompute({ inline: true });

/** One thing in a file: as text in Kafka's words, and as data. */
interface Line {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface DumpedFile {
  readonly disk: Disk;
  readonly path: string;
  readonly shownPath: string;
}

export async function dumpLog(parsed: Parsed, terminal: Terminal): Promise<number> {
  const named = parsed.positionals.length > 0;
  if (named === parsed.isSet('topic')) throw new UsageError('name files to dump, or a --topic');
  if (named) return dumpFiles(parsed.positionals.map(namedFile), parsed, terminal);
  const folder = await openDataFolder(parsed, { readOnly: true, skipDamaged: true });
  try {
    const files = partitionsOf(folder, parsed).flatMap((partition) => {
      const names = folder.disk.list(partition.folder).filter((name) => /\.(log|index|timeindex|txnindex)$/.test(name));
      return names.map((name) => {
        const path = `${partition.folder}/${name}`;
        return { disk: folder.disk, path, shownPath: join(folder.path, path) };
      });
    });
    return await dumpFiles(files, parsed, terminal);
  } finally {
    await folder.close();
  }
}

function namedFile(given: string): DumpedFile {
  const shownPath = resolve(given);
  if (!existsSync(shownPath)) throw new UsageError(`${given}: there is no such file`);
  if (!/\.(log|index|timeindex|txnindex)$/.test(shownPath.replace(/\.removed-[\w-]+$/, '')))
    throw new UsageError(`${given}: must end in .log, .index, .timeindex or .txnindex`);
  return { disk: nodeDisk(dirname(shownPath), { readOnly: true }), path: basename(shownPath), shownPath };
}

async function dumpFiles(files: readonly DumpedFile[], parsed: Parsed, terminal: Terminal): Promise<number> {
  const asJson = parsed.isSet('json');
  for (const file of files) {
    if (!asJson) await terminal.out(`Dumping ${file.shownPath}\n`);
    for (const { text, data } of linesOf(file, parsed.isSet('records'))) {
      await terminal.out(asJson ? `${JSON.stringify({ file: file.shownPath, ...data })}\n` : `${text}\n`);
    }
  }
  return exitCodes.ok;
}

function* linesOf({ disk, path }: DumpedFile, withRecords: boolean): Generator<Line> {
  const base = Number(basename(path).slice(0, 20));
  const { entries, restBytes } = indexEntries(disk, path) ?? { entries: undefined, restBytes: 0 };
  if (entries === undefined) yield* segmentLines(disk, path, withRecords);
  for (const entry of entries ?? []) {
    // Both kinds of index hold offsets relative to the segment's.
    const data = 'offset' in entry ? { ...entry, offset: base + entry.offset } : { ...entry };
    yield { text: facts(data), data };
  }
  if (restBytes > 0) yield { text: `${restBytes} bytes that are no whole entry`, data: { restBytes } };
}

function indexEntries(disk: Disk, path: string) {
  const kind = path.replace(/\.removed-[\w-]+$/, '');
  if (kind.endsWith('.timeindex')) return timeEntries(disk, path);
  if (kind.endsWith('.txnindex')) return abortEntries(disk, path);
  return kind.endsWith('.index') ? offsetEntries(disk, path) : undefined;
}

function* segmentLines(disk: Disk, path: string, withRecords: boolean): Generator<Line> {
  const file = disk.open(path, { create: false });
  try {
    for (const step of dumpSegment(file, compute)) {
      yield batchLine(step);
      if (withRecords && step.bad === undefined) yield* recordLines(step.bytes, step.at, timeName(step.facts));
    }
  } finally {
    file.close();
  }
}

function batchLine(step: DumpStep): Line {
  if (step.bad !== undefined) {
    const { position, end, fault, offset, nextOffset } = step.bad;
    const text = `position: ${position} size: ${end - position} isvalid: false (${fault})`;
    return {
      text,
      data: { position, size: end - position, isValid: false, fault, expectedOffset: offset, nextOffset },
    };
  }
  const { timestamp, timestampType: _type, codec, size, position, crc, deleteHorizonMs, ...ids } = step.facts;
  const time = { [timeName(step.facts)]: timestamp };
  const rest = {
    deleteHorizonMs: deleteHorizonMs ?? 'none',
    position,
    ...time,
    size,
    magic: 2,
    compresscodec: codec,
    crc,
  };
  return { text: facts({ ...ids, ...rest, isvalid: true }), data: { ...step.facts, isValid: true } };
}

function* recordLines(bytes: Uint8Array, at: number, time: string): Generator<Line> {
  try {
    if (batchIsControl(bytes, at)) {
      const control = controlRecord(bytes, at);
      if (control !== undefined) yield controlLine(control);
      return;
    }
    for (const record of records(bytes, at, plainRecords(bytes, at))) yield recordLine(record, time);
  } catch (error) {
    // A producer's lie, under a CRC that is right: what stands before it was shown.
    const what = `records that make no sense: ${(error as Error).message}`;
    yield { text: `| ${what}`, data: { fault: what } };
  }
}

const timeName = ({ timestampType }: BatchFacts): string =>
  timestampType === 'createTime' ? 'CreateTime' : 'LogAppendTime';

function plainRecords(bytes: Uint8Array, at: number): Uint8Array | undefined {
  let plain: Uint8Array | undefined;
  let failed: Error | undefined;
  decompressBatch(bytes, at, limits.frameBytesMax, compute, (error, output) => {
    failed = error;
    plain = output;
  });
  if (failed !== undefined) throw failed;
  return plain;
}

function recordLine({ offset, timestamp, key, value, headers }: DecodedRecord, time: string): Line {
  const sizes = { offset, [time]: timestamp, keySize: key?.length ?? -1, valueSize: value?.length ?? -1 };
  const names = headers.map((header) => header.key).join(',');
  const [keyText, valueText] = [key, value].map((part) => (part === null ? 'null' : Buffer.from(part).toString()));
  const data = {
    ...sizes,
    headers: headers.map((each) => [each.key, shown(each.value)]),
    key: shown(key),
    value: shown(value),
  };
  return { text: `| ${facts(sizes)} headerKeys: [${names}] key: ${keyText} payload: ${valueText}`, data };
}

function controlLine({ kind, coordinatorEpoch }: ControlRecord): Line {
  if (kind === 'other') return { text: '| a control record of another kind', data: { control: kind } };
  const text = `| endTxnMarker: ${kind.toUpperCase()} coordinatorEpoch: ${coordinatorEpoch}`;
  return { text, data: { control: kind, coordinatorEpoch } };
}

/** `name: value name: value` */
const facts = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(' ');
