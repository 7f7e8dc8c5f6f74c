/**
 * Makes the node's store anew from its logs: all tables, checkpoints, epochs, producers. The old one is kept beside it.
 *
 * The broker itself does the work: it is started without listening, reads all logs, and is stopped. Before that nothing
 * may be damaged: without checkpoints a start could not tell damage from a torn write, and would cut it off.
 */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Network, OperatingError } from '@skerry/base';
import { Broker, type BrokerEvent, parseProperties, parseSettings } from '@skerry/broker';
import { lmdbStore, nodeRandom } from '@skerry/io';
import type { RepairPlan } from '@skerry/log';
import { storeFolder } from '../broker-world.ts';
import { carryOut, type DataFolder, done, type PartitionFolder, stampOf } from './data-folder.ts';

/** Nobody is to connect while the logs are read. */
const deaf: Network = {
  listen: (address, _accept, listening) => listening(undefined, { address, close: (closed) => closed() }),
  connect: (_address, _events, connected) => connected(new Error('this node does not connect')),
};

export interface Decided {
  readonly partition: PartitionFolder;
  readonly plan: RepairPlan;
}

/** Carries out the plans, then makes the store anew. Resolves with where what was taken out is kept. */
export async function rebuildStore(folder: DataFolder, decided: readonly Decided[]): Promise<string[]> {
  const kept: string[] = [];
  for (const { partition, plan } of decided) kept.push(...(await carryOut(folder, partition, plan)));
  const path = join(folder.path, storeFolder);
  if (existsSync(path)) {
    const copy = `${path}.removed-${stampOf(folder.clock.wallMs())}`;
    renameSync(path, copy);
    kept.push(copy);
  }
  await readAllLogs(folder, path);
  return kept;
}

async function readAllLogs({ path: root, disk, clock, compute }: DataFolder, path: string): Promise<void> {
  const store = lmdbStore(path);
  const offline: BrokerEvent[] = [];
  const report = (event: BrokerEvent): void => {
    if (event.kind === 'partitionOffline' || event.kind === 'failed') offline.push(event);
  };
  const world = { clock, compute, disk, store, random: nodeRandom(), network: deaf };
  const broker = new Broker({ world, settings: parseSettings(ownSettings(root)), report });
  try {
    await done((started) => broker.start((error) => started(error)));
    await done((stopped) => broker.stop(stopped));
  } finally {
    await done((closed) => store.close(closed));
  }
  const [first] = offline;
  if (first !== undefined && 'error' in first) throw first.error;
}

/** Those that the data depends on: whose they are. */
function ownSettings(root: string) {
  const file = join(root, 'meta.properties');
  if (!existsSync(file)) throw new OperatingError('SKR_DATA_CORRUPT', `${file} is missing: restore it from a backup`);
  const entries = parseProperties(readFileSync(file, 'utf8'), file);
  return entries.filter(({ key }) => key === 'node.id');
}
