/** The data folder of a node that does not run, as the `log` commands see it. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Clock, type Compute, type Disk, OperatingError, type Store, utf8Decode } from '@skerry/base';
import { partitionFolder, readOnlyDisk } from '@skerry/broker';
import { lockFolder, nodeClock, nodeCompute, nodeDisk } from '@skerry/io';
import { type RepairPlan, type ReplayOptions, repairLog, replayJournal } from '@skerry/log';
import type { Parsed } from '../args.ts';
import { hasStore, openStore } from '../broker-world.ts';
import { UsageError } from '../failure.ts';

export interface DataFolder {
  readonly path: string;
  readonly disk: Disk;
  /** None if its folder is not there. */
  readonly store: Store | undefined;
  readonly clock: Clock;
  readonly compute: Compute;
  /** Why some of what the journal held is missing here, if so. */
  readonly journalFault: Error | undefined;
  close(): Promise<void>;
}

/** A partition's folder on the disk, and where the store keeps what it knows of it. */
export interface PartitionFolder {
  readonly topic: string;
  readonly partition: number;
  readonly folder: string;
  readonly prefix: Uint8Array | undefined;
}

const topicsFolder = 'topics';

interface DataFolderOptions {
  /** Changes are kept in memory, and forgotten. */
  readonly readOnly: boolean;
  /** Goes on without what is damaged in the journal. */
  readonly skipDamaged: boolean;
  /** Leaves the store alone: it may be damaged, and LMDB may then end the process. */
  readonly withoutStore?: boolean;
}

/**
 * Takes the folder that --data names, for this process alone. What the node left in its journal is put in its place
 * first: until then its files lack what was acknowledged.
 */
export async function openDataFolder(parsed: Parsed, options: DataFolderOptions): Promise<DataFolder> {
  const { readOnly, skipDamaged, withoutStore = false } = options;
  const path = resolve(parsed.text('data') ?? 'data');
  if (!existsSync(join(path, topicsFolder))) {
    throw new UsageError(`--data ${path}: no node has its data there (it has no folder "${topicsFolder}")`);
  }
  const lock = lockStopped(path, readOnly);
  try {
    const clock = nodeClock();
    const compute = nodeCompute({ inline: true });
    const folder = nodeDisk(path, { readOnly });
    const disk = readOnly ? readOnlyDisk(folder, { clock, bytesMax: changesBytesMax }) : folder;
    const journalFault = await settleJournal({ disk, compute, skipDamaged: skipDamaged || readOnly });
    const store = !withoutStore && hasStore(path) ? openStore(path, { readOnly }) : undefined;
    const close = async (): Promise<void> => {
      if (store !== undefined) await done((closed) => store.close(closed));
      lock.release();
    };
    return { path, disk, store, clock, compute, journalFault, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Resolves with what was damaged, where that is skipped. */
async function settleJournal(journal: Omit<ReplayOptions, 'report'>): Promise<Error | undefined> {
  let fault: Error | undefined;
  const report: ReplayOptions['report'] = (event) => {
    if (event.kind !== 'journalDamaged') return;
    const where = `${event.path} at byte ${event.position}`;
    fault ??= new OperatingError('SKR_DATA_CORRUPT', `${where}: the journal no longer holds what it was given`);
  };
  await done((settled) => replayJournal({ ...journal, report }, settled));
  return fault;
}

/** A command that only reads may hold so much of what would change. */
const changesBytesMax = 1024 * 1024 * 1024;

function lockStopped(path: string, readOnly: boolean): { release(): void } {
  try {
    return lockFolder(path, { readOnly });
  } catch (error) {
    if (!(error instanceof OperatingError) || error.code !== 'SKR_FOLDER_IN_USE') throw error;
    throw new OperatingError(
      error.code,
      `${error.message}\nStop the node first: this reads and repairs what nobody writes.`,
      {
        cause: error,
      },
    );
  }
}

/** Resolves when what calls back has done so. */
export function done(run: (done: (error?: Error) => void) => void): Promise<void> {
  return new Promise((resolved, reject) => {
    run((error) => (error === undefined ? resolved() : reject(error)));
  });
}

/** The partitions in the folder, in the order of their names; those that --topic and --partition choose. */
export function partitionsOf({ disk, store }: DataFolder, parsed: Parsed): PartitionFolder[] {
  const topic = parsed.text('topic');
  const partition = parsed.number('partition', 0);
  if (partition !== undefined && topic === undefined) throw new UsageError('--partition needs --topic');
  const prefixes = storePrefixes(store);
  const all = disk.list(topicsFolder).flatMap((name) => {
    const [, topicName, index] = /^(.+)-(\d+)\.[0-9a-f]{8}$/.exec(name) ?? [];
    if (topicName === undefined) return [];
    const folder = `${topicsFolder}/${name}`;
    return [{ topic: topicName, partition: Number(index), folder, prefix: prefixes.get(tailOf(name)) }];
  });
  // Of a long name the folder has a part.
  const chosen = all.filter((each) => topic === undefined || each.topic === topic.slice(0, 200));
  if (chosen.length === 0 && topic !== undefined) {
    const names = [...new Set(all.map((each) => each.topic))].join(', ');
    throw new UsageError(
      `--topic ${topic}: there is no such topic in ${topicsFolder}, only ${names || 'an empty folder'}`,
    );
  }
  const found = chosen.filter((each) => partition === undefined || each.partition === partition);
  if (found.length === 0 && partition !== undefined)
    throw new UsageError(`--partition ${partition}: ${topic} has none`);
  return found.sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition));
}

/** `-0.6f5a0c1d`: the number, and the sum of the topic's id. */
const tailOf = (folderName: string): string => /-\d+\.[0-9a-f]{8}$/.exec(folderName)?.[0] ?? '';

/** What the store's keys begin with, by the end of a folder's name: the folder does not tell the topic's id. */
function storePrefixes(store: Store | undefined): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const [key] of store?.entries(Buffer.from('log '), Buffer.from('log!')) ?? []) {
    const [text = '', id = '', index = ''] = /^log ([\w-]{22}) (\d+) /.exec(utf8Decode(key)) ?? [];
    if (text !== '') found.set(tailOf(partitionFolder('', id, Number(index))), key.slice(0, text.length));
  }
  return found;
}

/** A partition for the functions of the log package that work on one that nobody has open. */
export function offlineLog(folder: DataFolder, { folder: path, prefix }: PartitionFolder) {
  const { disk, clock, compute, store } = folder;
  const state = store === undefined || prefix === undefined ? undefined : { store, prefix };
  return { disk, clock, compute, folder: path, state };
}

/** Resolves with where the copies are of what was taken out. */
export function carryOut(folder: DataFolder, partition: PartitionFolder, plan: RepairPlan): Promise<string[]> {
  const log = { ...offlineLog(folder, partition), stamp: stampOf(folder.clock.wallMs()) };
  return new Promise((resolved, reject) => {
    repairLog(log, plan, (error, copies) => {
      if (error === undefined) resolved(copies.map((copy) => join(folder.path, copy)));
      else reject(error);
    });
  });
}

/** `20261122T101500` */
export const stampOf = (wallMs: number): string => new Date(wallMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
