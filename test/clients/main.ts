/**
 * npm run clients: every client against a broker, and docs/clients.md from what came of it.
 *
 *   --markdown FILE   where the page goes, docs/clients.md if not told; only a run of all against Skerry writes it
 *   --results FILE    makes the page of results that are there, and runs nothing; may be given more than once
 *   anything else     goes to vitest, as in `npm run clients -- test/clients/go`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { target } from './broker.ts';
import { type FileResult, report } from './report.ts';
import { clients } from './toolchains/index.ts';

const { values, tokens } = parseArgs({
  args: process.argv.slice(2),
  options: { markdown: { type: 'string', default: 'docs/clients.md' }, results: { type: 'string', multiple: true } },
  strict: false,
  tokens: true,
});
const known = new Set(['markdown', 'results']);
const skipped = new Set(
  tokens.flatMap((token) =>
    token.kind === 'option' && known.has(token.name)
      ? [token.index, token.inlineValue === false ? token.index + 1 : -1]
      : [],
  ),
);
const forVitest = process.argv.slice(2).filter((_, at) => !skipped.has(at));

function run(): string {
  const install = spawnSync('node', ['scripts/install-clients.mjs', '--all'], { stdio: 'inherit' });
  if (install.status !== 0) process.exit(install.status ?? 1);
  const folder = mkdtempSync(join(tmpdir(), 'skerry-clients-results-'));
  const file = join(folder, 'results.json');
  const vitest = [
    'run',
    '--project',
    'clients',
    '--project',
    'more-clients',
    `--outputFile.json=${file}`,
    ...forVitest,
  ];
  const { status } = spawnSync('vitest', vitest, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
  const text = readFileSync(file, 'utf8');
  rmSync(folder, { recursive: true });
  return text;
}

const told = values.results as string[] | undefined;
const texts = told?.map((file) => readFileSync(file, 'utf8')) ?? [run()];
const results = texts.flatMap((text) => (JSON.parse(text) as { testResults: FileResult[] }).testResults);
const missing = new Map<string, string>();
for (const { name, install } of clients) {
  const toolchain = await install();
  if ('missing' in toolchain) missing.set(name, toolchain.missing);
}

const whole = forVitest.length === 0 && target === 'skerry';
const { markdown, passed, failed, problems } = report(clients, missing, results);
console.log(markdown);
for (const problem of whole ? problems : []) console.error(problem);
if (whole) writeFileSync(String(values.markdown), markdown);
if (whole && problems.length > 0) process.exitCode = 1;
console.log(`${passed} passed, ${failed} failed`);
