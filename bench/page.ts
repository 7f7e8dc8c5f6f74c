/** The results as a page for a browser: one file, no script, nothing loaded from anywhere. */
import { type BrokerKey, brokerKeys } from './brokers.ts';
import { type Figure, figuresOf, goalsOf, linesOf } from './lines.ts';
import { type Metric, measureName, metrics } from './metrics.ts';
import { bars, brokerNames, memoryOverTime, percentiles } from './plots.ts';
import { method, remarks } from './report.ts';
import type { ResultFile } from './result-file.ts';
import type { Results } from './results.ts';
import { type Row, rows } from './rows.ts';

const style = `
:root { color-scheme: light dark; --ink: #1c2326; --soft: #5d6a70; --line: #dbe1e4; --card: #fff; --page: #f4f6f7;
  --crash: #00838f; --power: #5cb5bd; --kafka: #e07b29; --target: #4267b2; --floor: #9aa5aa; --echo: #c3a6d8;
  --good: #22773f; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebed; --soft: #9aa7ad; --line: #333d42; --card: #1b2225;
  --page: #12171a; --crash: #26b3bf; --power: #157079; --kafka: #e98b40; --target: #7b9be0; --floor: #6c777c;
  --echo: #8f73a3; --good: #6fcf8d; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 78rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.9rem; }
h2 { margin: 2.6rem 0 .8rem; font-size: 1.25rem; }
h3 { margin: 0 0 .6rem; font-size: .95rem; font-weight: 600; }
h3 small { display: block; color: var(--soft); font-weight: 400; }
p { max-width: 60rem; }
.soft, dt { color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 1rem; }
.card { padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; }
svg { display: block; width: 100%; height: auto; font-size: 13px; }
svg text { fill: var(--soft); }
.grid { stroke: var(--line); }
.whisker { stroke: var(--ink); stroke-width: 1.5; }
.stroke { fill: none; stroke-width: 2; }
.fill.skerry-process-crash { fill: var(--crash); } .stroke.skerry-process-crash { stroke: var(--crash); }
.fill.skerry-power-loss { fill: var(--power); } .stroke.skerry-power-loss { stroke: var(--power); }
.fill.kafka { fill: var(--kafka); } .stroke.kafka { stroke: var(--kafka); }
.fill.target { fill: var(--target); } .stroke.target { stroke: var(--target); }
.fill.floor, .fill.floor-sync { fill: var(--floor); } .stroke.floor, .stroke.floor-sync { stroke: var(--floor); }
.fill.echo { fill: var(--echo); } .stroke.echo { stroke: var(--echo); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 0 0 .6rem; padding: 0; list-style: none;
  font-size: .85rem; }
.legend svg { display: inline-block; width: 12px; height: 12px; margin-right: .4rem; vertical-align: -1px; }
table { width: 100%; border-collapse: collapse; font-size: .85rem; }
th, td { padding: .35rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
.met { color: var(--good); } .missed { color: var(--bad); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0 0; font-size: .9rem; }
dd { margin: 0; overflow-wrap: anywhere; }
code { font-size: .95em; }
`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

const card = (title: string, note: string, body: string) =>
  `<section class="card"><h3>${escaped(title)}<small>${escaped(note)}</small></h3>${body}</section>`;

function legend(keys: readonly BrokerKey[]): string {
  const items = keys.map((key) => {
    const square = `<svg viewBox="0 0 12 12"><rect width="12" height="12" rx="2" class="fill ${key}"/></svg>`;
    return `<li>${square}${brokerNames[key]}</li>`;
  });
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** Which figures stand together, in which order. */
const sections: readonly (readonly [title: string, metrics: readonly Metric[], about: string])[] = [
  [
    'Throughput',
    ['rate', 'requests'],
    'More is better. The line on a bar leads from the least to the most of the rounds.',
  ],
  ['CPU per gigabyte', ['cpu'], 'Less is better; the floor is what Node itself needs.'],
  ['CPU at a fixed pace, and idle', ['core'], 'Less is better.'],
  ['Start, and joining a group', ['start', 'startKilled', 'join'], 'Less is better.'],
  ['Resident memory', ['residentIdle', 'residentPeak', 'resident'], 'Less is better.'],
];

function barCards(figures: readonly Figure[], wanted: readonly Metric[]): readonly string[] {
  return figures
    .filter(({ metric }) => wanted.includes(metric))
    .map(({ row, metric, of }) =>
      card(row.title, `${row.id} · ${measureName(metric)}`, bars(of, metrics[metric].digits, escaped(row.title))),
    );
}

function latencyCards(results: Results): readonly string[] {
  const ofRow = (row: Row) =>
    brokerKeys.flatMap((key) => results.latencies.filter((one) => one.row === row.id && one.broker === key));
  return rows
    .filter((row) => ofRow(row).length > 0)
    .map((row) => {
      const all = ofRow(row);
      const keys = all.map(({ broker }) => broker);
      return card(
        row.title,
        `${row.id} · latency over percentile`,
        legend(keys) + percentiles(all, escaped(row.title)),
      );
    });
}

function memoryCard({ memory }: Results): readonly string[] {
  if (memory.length === 0) return [];
  const keys = brokerKeys.filter((key) => memory.some(({ broker }) => broker === key));
  const plot = memoryOverTime(memory, 'Resident memory over time');
  return [`<section class="card">${legend(keys)}${plot}</section>`];
}

function goalSummary(figures: readonly Figure[]): string {
  const verdicts = figures.flatMap((figure) => [...figure.of.keys()].flatMap((key) => goalsOf(figure, key)));
  const decided = verdicts.filter(({ isMet }) => isMet !== undefined);
  if (decided.length === 0) return '';
  return `<p>${decided.filter(({ isMet }) => isMet).length} of ${decided.length} goals met.</p>`;
}

function table(results: Results): string {
  const heads = ['work', 'measure', 'durability', 'measured', 'Kafka', 'measured ÷ Kafka', 'goal', 'floor'];
  const body = linesOf(results).map((line) => {
    const goals = escaped(line.goal)
      .split('; ')
      .map((goal) => `<span class="${/ (met|missed)$/.exec(goal)?.[1] ?? ''}">${goal}</span>`)
      .join('<br>');
    const number = (text: string) => `<td class="number">${escaped(text)}</td>`;
    return `<tr><td>${escaped(line.work)}</td><td>${escaped(line.measure)}</td><td>${escaped(line.durability)}</td>${[
      line.measured,
      line.kafka,
      line.ratio,
    ]
      .map(number)
      .join('')}<td>${goals}</td>${number(line.floor)}</tr>`;
  });
  const head = heads.map((one) => `<th>${one}</th>`).join('');
  return `<div class="card"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

export function printPage({ about, results }: ResultFile): string {
  const figures = figuresOf(results);
  const group = (title: string, what: string, cards: readonly string[]) =>
    cards.length === 0
      ? ''
      : `<h2>${title}</h2><p class="soft">${what}</p><div class="cards">${cards.join('\n')}</div>`;
  const facts = Object.entries(about).map(
    ([key, value]) =>
      `<dt>${escaped(key)}</dt><dd>${key === 'command' ? `<code>${escaped(value)}</code>` : escaped(value)}</dd>`,
  );
  const told = remarks(results);
  const latencies = latencyCards(results);
  const memory = memoryCard(results);
  const [throughput, ...others] = sections.map(([title, wanted, what]) =>
    group(title, what, barCards(figures, wanted)),
  );
  const hdr = 'Each nine takes the same room; latency is logarithmic. Low is better.';
  const overTime = 'While the rows above were measured, one after the other.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Skerry benchmarks</title>
<style>${style}</style>
</head>
<body>
<h1>Skerry benchmarks</h1>
<p class="soft">${method.join(' ')}</p>
${goalSummary(figures)}
<dl>${facts.join('')}</dl>
${throughput}
${group('Latency', hdr, latencies)}
${others.join('\n')}
${memory.length === 0 ? '' : `<h2>Memory over time</h2><p class="soft">${overTime}</p>${memory.join('')}`}
<h2>All figures</h2>
${table(results)}
${told.length === 0 ? '' : `<h2>Remarks</h2><ul>${told.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul>`}
</body>
</html>
`;
}
