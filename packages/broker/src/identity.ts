import { type Disk, OperatingError, type Random, uuidFrom } from '@skerry/base';
import { parseProperties } from './settings/properties.ts';
import { readTextFile, writeTextFile } from './text-file.ts';

/** Whose data a folder holds. Kafka's file and names, so that its tools know it. */
const metaFile = 'meta.properties';

export interface Identity {
  readonly clusterId: string;
  readonly directoryId: string;
}

/**
 * Reads whose data this is, or makes an identity for a new folder, durably, before anything else is in it. A folder
 * of another node is refused: its votes and offsets are not ours.
 */
export function identify(
  disk: Disk,
  random: Random,
  nodeId: number,
  done: (error: Error | undefined, identity?: Identity) => void,
): void {
  const text = readTextFile(disk, metaFile);
  if (text !== undefined) {
    const found = new Map([...parseProperties(text, metaFile)].map(({ key, value }) => [key, value]));
    const clusterId = found.get('cluster.id');
    if (clusterId === undefined) {
      return done(
        new OperatingError(
          'SKR_DATA_CORRUPT',
          `${metaFile} in the data folder names no cluster.id: restore it from a backup`,
        ),
      );
    }
    if (found.get('node.id') !== String(nodeId)) {
      const owner = found.get('node.id');
      const message = `the data folder belongs to node.id=${owner}, not ${nodeId}: correct it, or use another folder`;
      return done(new OperatingError('SKR_CONFIG_INVALID', message));
    }
    return done(undefined, { clusterId, directoryId: found.get('directory.id') ?? '' });
  }
  const identity = { clusterId: uuidFrom(random.bytes(16)), directoryId: uuidFrom(random.bytes(16)) };
  const lines = [
    'version=1',
    `cluster.id=${identity.clusterId}`,
    `node.id=${nodeId}`,
    `directory.id=${identity.directoryId}`,
  ];
  writeTextFile(disk, metaFile, `${lines.join('\n')}\n`, (error) => done(error, identity));
}
