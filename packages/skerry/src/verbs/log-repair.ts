/**
 * `skerry log repair`: does to the data of a node that does not run what its operator decides. Without --yes it tells
 * what it would do, and what that costs.
 */
import { join } from 'node:path';
import { Offset } from '@skerry/base';
import { planRepair } from '@skerry/log';
import type { Parsed } from '../args.ts';
import { exitCodes, UsageError } from '../failure.ts';
import { carryOut, type DataFolder, offlineLog, openDataFolder, partitionsOf } from '../offline/data-folder.ts';
import { type Decided, rebuildStore } from '../offline/rebuild-store.ts';
import type { Terminal } from '../terminal.ts';
import { plural } from '../text-table.ts';

export async function repairLogs(parsed: Parsed, terminal: Terminal): Promise<number> {
  checkDecision(parsed);
  const withoutStore = parsed.isSet('rebuild-store');
  const readOnly = !parsed.isSet('yes');
  const skipDamaged = parsed.isSet('skip-bad');
  const folder = await openDataFolder(parsed, { readOnly, skipDamaged, withoutStore });
  try {
    const decided = decide(folder, parsed);
    const undecided = decided.reduce((sum, { plan }) => sum + plan.undecided.length, 0);
    if (folder.journalFault !== undefined) terminal.note(`the journal gives up ${folder.journalFault.message}`);
    for (const each of decided) tell(folder, each, terminal);
    if (undecided > 0) {
      const what = `${plural(undecided, 'fault')} must be decided, by --skip-bad or --truncate-at`;
      terminal.note(`Nothing was changed: ${what}.`);
      return exitCodes.failed;
    }
    if (!parsed.isSet('yes')) {
      terminal.note('Nothing was changed yet. The same with --yes does it, and keeps a copy of what it takes out.');
      return exitCodes.ok;
    }
    if (withoutStore) await remakeStore(folder, decided, terminal);
    else await repairPartitions(folder, decided, terminal);
    return exitCodes.ok;
  } finally {
    await folder.close();
  }
}

function checkDecision(parsed: Parsed): void {
  if (!['skip-bad', 'truncate-at', 'rebuild', 'rebuild-store'].some((name) => parsed.isSet(name)))
    throw new UsageError('say what to do: --skip-bad, --truncate-at OFFSET, --rebuild or --rebuild-store');
  if (parsed.isSet('truncate-at') && !(parsed.isSet('topic') && parsed.isSet('partition')))
    throw new UsageError('--truncate-at needs --topic and --partition');
  if (parsed.isSet('rebuild-store') && parsed.isSet('topic'))
    throw new UsageError('--rebuild-store is for the whole node: it goes without --topic');
}

function decide(folder: DataFolder, parsed: Parsed): Decided[] {
  const truncateAt = parsed.number('truncate-at', 0);
  const decision = {
    skipBad: parsed.isSet('skip-bad'),
    truncateAt: truncateAt === undefined ? undefined : Offset(truncateAt),
  };
  return partitionsOf(folder, parsed).map((partition) => {
    return { partition, plan: planRepair(offlineLog(folder, partition), decision) };
  });
}

function tell(folder: DataFolder, { partition, plan }: Decided, terminal: Terminal): void {
  const name = `${partition.topic}-${partition.partition}`;
  for (const loss of plan.losses) terminal.note(`${name} gives up ${loss}`);
  for (const fault of plan.undecided) terminal.note(`${name} is damaged: ${join(folder.path, fault)}`);
}

async function repairPartitions(folder: DataFolder, decided: readonly Decided[], terminal: Terminal): Promise<void> {
  for (const { partition, plan } of decided) {
    const copies = await carryOut(folder, partition, plan);
    const name = `${partition.topic}-${partition.partition}`;
    await terminal.out(`${name}: offsets ${plan.logStart} to ${plan.end}\n${keptLines(copies)}`);
  }
}

async function remakeStore(folder: DataFolder, decided: readonly Decided[], terminal: Terminal): Promise<void> {
  const kept = await rebuildStore(folder, decided);
  await terminal.out(`The store was made anew from ${plural(decided.length, 'log')}.\n${keptLines(kept)}`);
}

const keptLines = (copies: readonly string[]): string =>
  copies.map((copy) => `  a copy of what was taken out: ${copy}\n`).join('');
