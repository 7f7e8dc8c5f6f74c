/**
 * Crashes of a real broker by command:
 *
 *   npm run crash                                    20 power cuts and 20 kills, half on ext4, half on XFS
 *   npm run crash -- --cuts 5 --kills 0 --fs xfs
 *   npm run crash -- --cuts 60 --moment start        crashes while it starts; also roll, any
 *   npm run crash -- --set skerry.durability=process-crash    any setting of the broker; this one loses records
 *   npm run crash -- --target kafka                  5 cuts, each 1.5-3.5 s after a settled start, and 5 kills
 *   npm run crash -- --target kafka --early          without time to settle
 *   npm run crash -- --eio [K ...]                   EIO at the K-th call on the data folder; at each of the first 200
 *   npm run crash -- --starts [K ...]                EIO at the K-th call of a start after a kill, reads too, and from
 *                                                    there on; at each of its calls
 *   npm run crash -- --full 100                      a file system of 64 MiB, filled ten times over, then full and free
 *                                                    again so often
 *   npm run crash -- --slow                          heartbeats while every write takes 200 ms
 *   npm run crash -- --flips 1000                    random bits flipped in a real data folder
 *   npm run crash -- --copies 20                     Kafka's transactional copier of 100,000 records, and kills of it
 *                                                    and of the broker; --messages N, --target kafka
 *
 * The last line of output is TOTALS and JSON. Exit: 0 nothing lost, 1 something is wrong, 3 it cannot be run here.
 */
import { parseArgs } from 'node:util';
import { copyOnce } from './copies.ts';
import { diskBytes, diskFull } from './disk-full.ts';
import { flips } from './flips.ts';
import { buildShim, ioErrors } from './io-errors.ts';
import { moments, outages } from './outages.ts';
import { slowDisk } from './slow-disk.ts';
import { type StartErrorTotals, startErrors } from './start-errors.ts';
import { type FileSystem, fileSystems, Volume, whyNoPowerCuts } from './volume.ts';

const say = (line: string): void => console.log(line);
const cannotRun = 3;
const eioCalls = 200;
/** More than a start makes. */
const startCallsMax = 2000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', default: 'skerry' },
    cuts: { type: 'string' },
    kills: { type: 'string' },
    fs: { type: 'string', multiple: true, default: [...fileSystems] },
    set: { type: 'string', multiple: true, default: [] },
    moment: { type: 'string' },
    early: { type: 'boolean', default: false },
    eio: { type: 'boolean', default: false },
    starts: { type: 'boolean', default: false },
    flips: { type: 'string' },
    full: { type: 'string' },
    slow: { type: 'boolean', default: false },
    copies: { type: 'string' },
    messages: { type: 'string', default: '100000' },
  },
});

const target = values.target === 'kafka' ? 'kafka' : 'skerry';
const settings = Object.fromEntries(values.set.map((pair) => pair.split('=', 2) as [string, string]));

async function main(): Promise<number> {
  if (values.flips !== undefined) return tell(await flips(Number(values.flips), say));
  if (values.copies !== undefined) return tell(await copies(Number(values.copies), Number(values.messages)));
  if (values.starts) return tell(await starts());
  if (values.slow) return await slow();
  const why = await whyNoPowerCuts(say);
  if (why !== undefined) {
    say(`SKIPPED: no power can be cut on this machine: ${why}`);
    return cannotRun;
  }
  if (values.full !== undefined) return tell(await full(Number(values.full)));
  const kinds = fileSystems.filter((kind) => values.fs.includes(kind));
  return tell(values.eio ? await eio(kinds) : await crashes(kinds));
}

function tell(totals: { readonly failures: readonly string[] }): number {
  for (const failure of totals.failures) say(`FAILED: ${failure}`);
  say(`TOTALS ${JSON.stringify(totals)}`);
  return totals.failures.length === 0 ? 0 : 1;
}

async function slow(): Promise<number> {
  const { file, why } = buildShim('slow');
  if (why === undefined) return tell(await slowDisk(file, 20_000));
  say(`SKIPPED: ${why}`);
  return cannotRun;
}

async function full(rounds: number) {
  const volume = await Volume.make('ext4', diskBytes);
  const totals = await diskFull({ volume, times: 10, rounds, say });
  await volume.destroy();
  return totals;
}

interface Totals {
  readonly cuts: number;
  readonly kills: number;
  readonly eio: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly failures: readonly string[];
}

async function crashes(kinds: readonly FileSystem[]): Promise<Totals> {
  const usual = target === 'kafka' ? 5 : 10;
  const all = { cuts: 0, kills: 0, eio: 0, acknowledged: 0, lost: 0, failures: [] as string[] };
  const moment = moments.find((each) => each === values.moment);
  // Of the reference one file system says enough.
  for (const kind of target === 'kafka' ? kinds.slice(0, 1) : kinds) {
    const volume = await Volume.make(kind);
    const { failures, ...totals } = await outages({
      target,
      volume,
      cuts: Number(values.cuts ?? usual),
      kills: Number(values.kills ?? usual),
      settings,
      servingMs: target === 'kafka' && !values.early ? [1500, 3500] : [300, 1200],
      early: values.early,
      ...(moment === undefined ? {} : { moments: [moment] }),
      say: (line) => say(`${kind} ${line}`),
    });
    if (failures.length > 0) say(`what it left is in ${volume.keep()}`);
    await volume.destroy();
    all.cuts += totals.cuts;
    all.kills += totals.kills;
    all.acknowledged += totals.acknowledged;
    all.lost += totals.lost;
    all.failures.push(...failures.map((failure) => `${kind}: ${failure}`));
    say(`${target} on ${kind}: ${JSON.stringify({ ...totals, failures: failures.length })}`);
  }
  return all;
}

async function copies(rounds: number, messages: number) {
  const all = { rounds, messages, brokerKills: 0, copierKills: 0, failures: [] as string[] };
  for (let round = 0; round < rounds; round++) {
    const { brokerKills, copierKills, failures } = await copyOnce({ target, messages, round, say });
    all.brokerKills += brokerKills;
    all.copierKills += copierKills;
    all.failures.push(...failures.map((failure) => `copy ${round + 1}: ${failure}`));
    say(`copy ${round + 1} of ${rounds}: ${failures[0] ?? 'ok'}`);
  }
  return all;
}

async function starts(): Promise<StartErrorTotals> {
  const shim = shimOrExit();
  const ks = callsAsked(startCallsMax);
  const once = await startErrors(ks, shim, false, say);
  const forever = await startErrors(ks, shim, true, say);
  say(`once: ${JSON.stringify(once.ends)}, from then on: ${JSON.stringify(forever.ends)}`);
  const ends = { ...once.ends };
  for (const [end, many] of Object.entries(forever.ends)) ends[end] = (ends[end] ?? 0) + many;
  return { starts: once.starts + forever.starts, ends, failures: [...once.failures, ...forever.failures] };
}

const callsAsked = (usual: number): number[] =>
  positionals.length > 0 ? positionals.map(Number) : Array.from({ length: usual }, (_, i) => i + 1);

function shimOrExit(): string {
  const { file, why } = buildShim();
  if (why === undefined) return file;
  say(`SKIPPED: ${why}`);
  process.exit(cannotRun);
}

async function eio(kinds: readonly FileSystem[]): Promise<Totals> {
  const shim = shimOrExit();
  const ks = callsAsked(eioCalls);
  const volumes = await Promise.all(kinds.map((kind) => Volume.make(kind)));
  const results = await ioErrors(ks, shim, volumes, settings, ({ k, failed, end, acknowledged, failures }) => {
    const verdict = failures.length === 0 ? 'ok' : `FAILED\n    ${failures.join('\n    ')}`;
    say(`k=${k}: ${failed ?? 'not reached'}: ended with ${end}, ${acknowledged} acknowledged: ${verdict}`);
  });
  for (const volume of volumes) await volume.destroy();
  const failures = results.flatMap((result) => result.failures);
  const exits = results.filter(({ end }) => end === 74).length;
  const wentOn = results.filter(({ end, failed }) => end === 'went on' && failed !== undefined).length;
  say(`${results.length} calls: ${exits} ended with 74, ${wentOn} went on, ${failures.length} failures`);
  // Each ends with a cut.
  const acknowledged = results.reduce((sum, result) => sum + result.acknowledged, 0);
  return {
    cuts: results.length,
    kills: 0,
    eio: results.length,
    acknowledged,
    lost: results.reduce((sum, { lost }) => sum + lost, 0),
    failures,
  };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
// Clients that were cut off may still be at it.
process.exit(await main());
