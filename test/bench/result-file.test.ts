import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readOptions } from '../../bench/options.ts';
import { printPage } from '../../bench/page.ts';
import { printMarkdown } from '../../bench/report.ts';
import { type ResultFile, readResults, writeResults } from '../../bench/result-file.ts';
import { Results } from '../../bench/results.ts';

const folder = mkdtempSync(join(tmpdir(), 'skerry-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'results.json');

function small(): ResultFile {
  const results = new Results();
  results.samples.push({ row: 'end-to-end', metric: 'p99', broker: 'kafka', round: 0, value: 4.25 });
  results.samples.push({ row: 'start', metric: 'start', broker: 'kafka', round: 0, value: 3000 });
  results.samples.push({ row: 'produce-16k', metric: 'rate', broker: 'floor', round: 1, value: 400 });
  results.addLatencies('end-to-end', 'kafka', [
    [12, 900],
    [700, 100],
  ]);
  for (const seconds of [2, 4, 6]) results.memory.push({ row: 'start', broker: 'kafka', seconds, mb: 1000.5 });
  results.limit('produce-16k', 'kafka');
  results.done.push('start', 'end-to-end');
  results.note('the page cache <was> kept');
  results.troubles.push('group-1 of kafka: & more');
  return { about: { date: '2026-11-22', command: 'npm run bench' }, args: ['--only', 'start'], results };
}

test('what is written is what is read', () => {
  writeResults(path, small());
  expect(readResults(path)).toEqual(small());
});

test('a run that goes on keeps the rows that are complete, and nothing of the others', () => {
  const { results } = small();
  results.keepOnlyDone();
  expect(new Set([...results.samples, ...results.latencies, ...results.memory].map(({ row }) => row))).toEqual(
    new Set(['start', 'end-to-end']),
  );
  expect(results.limited).toEqual([]);
});

const spoilt: readonly (readonly [what: string, from: RegExp, to: string, told: RegExp])[] = [
  ['of another program', /"skerry-bench"/, '"other"', /its format is not "skerry-bench"/],
  ['of another version', /"version": 2/, '"version": 1', /its version is 1, not 2/],
  ['cut short', /[^]{40}$/, '', /not JSON/],
  ['with a row that is not ours', /"produce-16k"/, '"produce-17k"', /samples\[2\]\.row is not a row/],
  ['with a broker that is not ours', /"broker":"floor"/, '"broker":"roof"', /samples\[2\]\.broker is not a broker/],
  ['with a value that is no number', /3000/, '"3000"', /samples\[1\]\.value is not a number/],
  ['with a count below one', /\[12,900\]/, '[12,-9]', /counts\[0\] is not a bucket and its count/],
  ['with a bucket that no histogram has', /\[12,900\]/, '[1e9,900]', /counts\[0\] is not a bucket/],
];

test.each(spoilt)('a file %s is refused, and told what is wrong', (_what, from, to, told) => {
  writeResults(path, small());
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
  expect(() => readResults(path)).toThrow(told);
});

test('a file that is not there is told', () => {
  expect(() => readResults(join(folder, 'none.json'))).toThrow(/there is no such file/);
});

test('the page is one file: it loads nothing, runs nothing, and writes foreign text as text', () => {
  const page = printPage(small());
  expect(page).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import|https?:/);
  expect(page).toContain('the page cache &#60;was&#62; kept');
  expect(page.match(/<svg/g)?.length).toBeGreaterThan(4);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

test('a run without a result makes a page and a table all the same', () => {
  const nothing = { about: {}, args: [], results: new Results() };
  expect(printPage(nothing)).not.toMatch(/NaN|Infinity|undefined/);
  expect(printMarkdown(nothing)).toContain('# Benchmarks');
});

test.each([
  ['--only', 'produce-16k,nothing'],
  ['--against', 'redpanda'],
  ['--target', 'localhost'],
  ['--target', 'localhost:70000'],
  ['--rounds', '0'],
  ['--port', '65000'],
  ['--soak', 'long'],
  ['--gibberish', '1'],
])('%s %s is a usage error', (...args) => {
  expect(() => readOptions(args)).toThrow(expect.objectContaining({ name: 'UsageError' }));
});

test('rows are named by their ids; without one it is the table of goals', () => {
  const ids = (args: readonly string[]) => readOptions(args).rows.map(({ id }) => id);
  expect(ids(['--only', 'produce-16k,open-50', '--only', 'cold'])).toEqual(['produce-16k', 'open-50', 'cold']);
  expect(ids([])).toContain('idle-5000');
  expect(ids([])).not.toContain('open-50');
  expect(ids(['--all'])).toEqual(expect.arrayContaining(['idle-5000', 'open-50', 'java-produce', 'kafkajs-consume']));
});
