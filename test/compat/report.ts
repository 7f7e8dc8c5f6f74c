/** Prints what a run found, and says whether it failed. */
import { apisByKey } from './apis.ts';
import { accountOf, notOffered, problemsOf } from './codes.ts';
import { type Explanation, explanationOf, explanations, notCompared } from './explained.ts';
import { kafkaCodes } from './kafka-codes.generated.ts';
import { common, type Difference, type Pair, type Tally } from './run.ts';

export interface ReportOptions {
  /** All cases ran: what was not seen is not there. */
  readonly whole: boolean;
  /** Explained differences are printed too. */
  readonly verbose?: boolean;
}

const shownMax = 3000;

/** Differences alike but for the version and the case, as one. */
interface Kind {
  readonly one: Difference;
  readonly versions: Set<number>;
  readonly cases: Set<string>;
}

function kindsOf(differences: readonly Difference[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const one of differences) {
    const values = [JSON.stringify(one.skerry), JSON.stringify(one.kafka)];
    const key = [one.api, one.path.replaceAll(/~[^/}]*/g, '~'), ...values].join('\n');
    const kind = kinds.get(key) ?? { one, versions: new Set(), cases: new Set() };
    kind.versions.add(one.version);
    kind.cases.add(one.after === undefined ? one.case : `${one.case} (state after ${one.after})`);
    kinds.set(key, kind);
  }
  return [...kinds.values()].sort((a, b) => (a.one.api < b.one.api ? -1 : a.one.api > b.one.api ? 1 : 0));
}

function ranges(versions: ReadonlySet<number>): string {
  const sorted = [...versions].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end++;
    parts.push(i === end ? `v${sorted[i]}` : `v${sorted[i]}-v${sorted[end]}`);
    i = end + 1;
  }
  return parts.join(', ');
}

function textOf({ one, versions, cases }: Kind): string {
  const { api, path, skerry, kafka } = one;
  const short = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 300);
  const [first, ...others] = cases;
  const among = others.length === 0 ? '' : ` and ${others.length} more`;
  return [
    `${api} ${ranges(versions)}: ${path === '' ? '(all of the answer)' : path}   in "${first}"${among}`,
    `      skerry ${short(skerry)}`,
    `      kafka  ${short(kafka)}`,
  ].join('\n');
}

export interface Findings {
  readonly unexplained: readonly string[];
  readonly explained: readonly string[];
  readonly stale: readonly Explanation[];
  readonly codes: readonly string[];
  readonly ticked: Ticked;
}

/** The list of codes.ts, counted. */
interface Ticked {
  readonly provoked: number;
  readonly reasoned: number;
}

export function findingsOf(tally: Tally, pair: Pair): Findings {
  const seen = new Set<Explanation>();
  const [unexplained, explained]: [Difference[], Difference[]] = [[], []];
  for (const one of tally.differences) {
    const explanation = explanationOf(one);
    if (explanation === undefined) unexplained.push(one);
    else {
      seen.add(explanation);
      explained.push(one);
    }
  }
  return {
    unexplained: kindsOf(unexplained).map(textOf),
    explained: kindsOf(explained).map(textOf),
    stale: explanations.filter((one) => one.seldom !== true && !seen.has(one)),
    codes: [...codeProblems(tally, pair), ...versionProblems(pair)],
    ticked: ticked(tally),
  };
}

function ticked({ codes }: Tally): Ticked {
  let [provoked, reasoned] = [0, 0];
  for (const [api, seen] of codes) {
    const account = accountOf(api);
    provoked += account.provoked.filter((code) => seen.has(code)).length;
    reasoned += Object.keys(account.unprovoked).length + account.general.length;
  }
  return { provoked, reasoned };
}

/** What Skerry serves and the reference lacks, if it is not what is written down. */
function versionProblems({ skerry, kafka }: Pair): string[] {
  const lacking = [...skerry.served].flatMap(([key, { max }]) => {
    const name = apisByKey.get(key)?.name ?? String(key);
    const known = kafka.served.get(key)?.max ?? -1;
    return Array.from({ length: Math.max(0, max - known) }, (_, i) => `${name} v${known + 1 + i}`);
  });
  const [found, written] = [lacking.sort().join(', '), [...notCompared].sort().join(', ')];
  return found === written ? [] : [`served, but not by the reference: ${found}; explained.ts says ${written}`];
}

/** Codes that are not accounted for, of every API that both serve. */
function codeProblems(tally: Tally, pair: Pair): string[] {
  const missing = [...apisByKey.values()].filter(
    ({ key, name }) => pair.skerry.served.has(key) && !pair.kafka.served.has(key) && name in kafkaCodes,
  );
  const [found, written] = [missing.map(({ name }) => name).join(', '), notOffered.join(', ')];
  return [
    ...(found === written ? [] : [`the reference does not serve ${found}; codes.ts says ${written}`]),
    ...[...apisByKey.values()]
      .filter(({ key }) => common(pair, key) !== undefined)
      .flatMap(({ name }) => problemsOf(name, tally.codes.get(name) ?? new Set())),
  ];
}

/** Prints, and returns whether something is wrong. */
export function report(tally: Tally, pair: Pair, { whole, verbose = false }: ReportOptions): boolean {
  const { unexplained, explained, stale, codes, ticked: list } = findingsOf(tally, pair);
  const print = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return;
    console.log(`\n${title}`);
    for (const line of lines.slice(0, shownMax)) console.log(`  ${line}`);
    if (lines.length > shownMax) console.log(`  ... and ${lines.length - shownMax} more`);
  };
  if (verbose) print('explained:', explained);
  print('unexplained differences:', unexplained);
  if (whole)
    print(
      'explanations that no difference needs:',
      stale.map(({ api, path }) => `${api} ${path}`),
    );
  if (whole) print('error codes:', codes);
  const versions = [...tally.versions.values()].reduce((sum, versions) => sum + versions.size, 0);
  console.log(
    `\n${tally.runs} runs, ${tally.asks} requests and ${tally.probes} looks at the state, each on both brokers; ` +
      `${tally.versions.size} APIs, ${versions} versions; ${list.provoked} error codes provoked by API, ` +
      `${list.reasoned} out of reach with a reason; ` +
      `${explained.length} explained kinds of difference, ${unexplained.length} unexplained`,
  );
  return unexplained.length > 0 || (whole && (stale.length > 0 || codes.length > 0));
}
