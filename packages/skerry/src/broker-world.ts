/** The world of a broker that is started: on its data folder, or, where that must be left alone, over it. */
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, type Disk, OperatingError, type Store } from '@skerry/base';
import {
  type ReadOnlyReason,
  readOnlyDisk,
  readOnlyReason,
  readOnlyStore,
  type Settings,
  type World,
} from '@skerry/broker';
import { lmdbStore, lockFolder, nodeClock, nodeCompute, nodeDisk, nodeNetwork, nodeRandom } from '@skerry/io';

export interface OpenWorld {
  readonly world: World;
  /** Why nothing is written, if so. */
  readonly readOnly: ReadOnlyReason | undefined;
  /** The folder itself, if it may be written to. */
  readonly writable: Disk | undefined;
  /** Lets go of the store and the folder. */
  close(done: (error?: Error) => void): void;
}

/** Within the data folder. */
export const storeFolder = 'store';

export const hasStore = (data: string): boolean => existsSync(join(data, storeFolder, 'data.mdb'));

/** The store in a data folder; an error says how it is made anew. */
export function openStore(data: string, options: { readonly readOnly?: boolean }): Store {
  try {
    return lmdbStore(join(data, storeFolder), options);
  } catch (error) {
    if (!(error instanceof OperatingError) || error.code !== 'SKR_STORE_FAILED') throw error;
    const advice = `No record is in it alone: "skerry log repair --data ${data} --rebuild-store --yes" makes it anew.`;
    throw new OperatingError(error.code, `${error.code}: ${error.message}\n${advice}`, { cause: error });
  }
}

/** Takes the data folder for this process; SKR_FOLDER_IN_USE if another has it. */
export function openWorld(data: string, settings: Settings): OpenWorld {
  const clock = nodeClock();
  const readOnly = reasonFor(data, settings, clock);
  const lock = lockFolder(data, { readOnly: readOnly !== undefined });
  const { disk, store } = readOnly === undefined ? ordinary(data) : untouched(data, clock);
  const world = { clock, random: nodeRandom(), disk, store, network: nodeNetwork(), compute: nodeCompute() };
  return {
    world,
    readOnly,
    writable: readOnly === undefined ? disk : undefined,
    close(done) {
      store.close((error) => {
        lock.release();
        done(error);
      });
    },
  };
}

function reasonFor(data: string, settings: Settings, clock: Clock): ReadOnlyReason | undefined {
  const mode = settings['skerry.read.only'];
  const reason = readOnlyReason(nodeDisk(data, { readOnly: true }), mode, clock.wallMs());
  if (reason !== undefined || mode !== 'auto' || !isMountedReadOnly(data)) return reason;
  // Where the system has had enough of a failing disk, nothing can be noted there.
  return { why: `the file system of ${data} is mounted read-only`, sinceMs: clock.wallMs(), untilMs: undefined };
}

function isMountedReadOnly(data: string): boolean {
  try {
    accessSync(data, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}

const ordinary = (data: string) => ({ disk: nodeDisk(data), store: openStore(data, {}) });

function untouched(data: string, clock: Clock) {
  const store = hasStore(data) ? openStore(data, { readOnly: true }) : undefined;
  return {
    disk: readOnlyDisk(nodeDisk(data, { readOnly: true }), { clock }),
    store: readOnlyStore(store, { clock }),
  };
}
