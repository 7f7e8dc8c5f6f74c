import type { Problem } from '@skerry/log';
import type { PartitionFolder } from './data-folder.ts';

/** What an operator is to do about a problem, with the command. */
export function adviceFor({ remedy, offset }: Problem, { topic, partition }: PartitionFolder, data: string): string {
  const repair = `skerry log repair --data ${data} --topic ${topic} --partition ${partition}`;
  if (remedy === 'start') return 'Nothing to do: the next start puts it right.';
  if (remedy === 'rebuild') return `No record is lost: "${repair} --rebuild" makes it anew.`;
  const cut = offset === undefined ? '' : `, or "${repair} --truncate-at ${offset}" to give up all from there on`;
  return `Restore the file from a backup, or "${repair} --skip-bad" to give up what is damaged alone${cut}.`;
}
