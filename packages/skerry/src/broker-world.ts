/** The world of a broker that is started: on its data folder, or, where that must be left alone, over it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Disk } from '@skerry/base';
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

const storeFolder = 'store';

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
  return readOnlyReason(nodeDisk(data, { readOnly: true }), settings['skerry.read.only'], clock.wallMs());
}

const ordinary = (data: string) => ({ disk: nodeDisk(data), store: lmdbStore(join(data, storeFolder)) });

function untouched(data: string, clock: Clock) {
  const path = join(data, storeFolder);
  const store = existsSync(join(path, 'data.mdb')) ? lmdbStore(path, { readOnly: true }) : undefined;
  return {
    disk: readOnlyDisk(nodeDisk(data, { readOnly: true }), { clock }),
    store: readOnlyStore(store, { clock }),
  };
}
