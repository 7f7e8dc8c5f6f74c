/**
 * Crashes of a real broker by command:
 *
 *   npm run crash                                20 power cuts and 20 kills, half on ext4, half on XFS
 *   npm run crash -- --cuts 5 --kills 0 --fs xfs
 *   npm run crash -- --set skerry.durability=process-crash    any setting of the broker; this one loses records
 *   npm run crash -- --target kafka              5 cuts, each 1.5-3.5 s after a settled start, and 5 kills
 */
import { parseArgs } from 'node:util';
import { outages } from './outages.ts';
import { type FileSystem, fileSystems, Volume, whyNoPowerCuts } from './volume.ts';

const say = (line: string): void => console.log(line);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: 'skerry' },
      cuts: { type: 'string' },
      kills: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      fs: { type: 'string', multiple: true, default: [...fileSystems] },
    },
  });
  const why = await whyNoPowerCuts(say);
  if (why !== undefined) {
    say(`SKIPPED: no power can be cut on this machine: ${why}`);
    return 3;
  }
  const target = values.target === 'kafka' ? 'kafka' : 'skerry';
  const kinds = fileSystems.filter((kind) => values.fs.includes(kind));
  const [cuts, kills] = target === 'kafka' ? [5, 5] : [10, 10];
  let failures = 0;
  for (const kind of kinds as FileSystem[]) {
    const volume = await Volume.make(kind);
    const totals = await outages({
      target,
      volume,
      cuts: Number(values.cuts ?? cuts),
      kills: Number(values.kills ?? kills),
      settings: Object.fromEntries(values.set.map((pair) => pair.split('=', 2) as [string, string])),
      servingMs: target === 'kafka' ? [1500, 3500] : [300, 1200],
      say: (line) => say(`${kind} ${line}`),
    });
    if (totals.failures.length > 0) say(`what it left is in ${volume.keep()}`);
    await volume.destroy();
    failures += totals.failures.length;
    say(`${kind}: ${JSON.stringify({ ...totals, failures: totals.failures.length })}`);
  }
  return failures === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
process.exitCode = await main();
