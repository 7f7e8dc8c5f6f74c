/**
 * franz-go's own tests, as they are, against a broker: one run, its verdicts read by name.
 *
 * What cannot pass yet is left out by name (kgo-tests.ts); a test that skips itself is no pass, so it fails here.
 */
// oxlint-disable vitest/valid-title -- the titles are the names of the tests.
import { execFileSync, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../broker.ts';
import { refuse } from '../foreign.ts';
import { kgoSources, kgoTests } from '../toolchains/go.ts';
import type { Program } from '../toolchains/run.ts';
import { notYet, served } from './kgo-tests.ts';

const toolchain = await kgoTests.install();
if ('missing' in toolchain) refuse(kgoTests.name, toolchain.missing);
else suite(toolchain);

/** Enough for several rebalances in the midst of it; the suite's own 500,000 take half an hour of two cores. */
const records = '20000';

function suite({ command }: Program): void {
  const names = execFileSync(command, ['-test.list', '.'], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name.startsWith('Test'));
  const alone = names.filter((name) => !(name in served) && !(name in notYet));
  const verdicts = new Map<string, string>();
  let output = '';
  let broker: Broker | undefined;

  /** What a test said of itself and of its parts. */
  const of = (name: string) => [...verdicts].filter(([one]) => one === name || one.startsWith(`${name}/`));
  const said = (name: string) => output.split(/^(?==== (?:RUN|CONT|NAME))/m).filter((part) => part.includes(name));

  describe(kgoTests.name, () => {
    beforeAll(async () => {
      broker = await startBroker();
      const skipped = Object.keys(notYet).map((name) => `^${name.replaceAll('/', '$/^')}$`);
      const child = spawn(command, ['-test.v', `-test.skip=${skipped.join('|')}`, '-test.timeout=580s'], {
        cwd: kgoSources,
        env: {
          ...process.env,
          KGO_SEEDS: broker.bootstrap,
          KGO_TEST_RF: '1',
          KGO_TEST_RECORDS: records,
          KGO_LOG_LEVEL: 'none',
        },
      });
      process.on('exit', () => child.kill('SIGKILL'));
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
      await new Promise((done) => child.on('close', done));
      for (const [, verdict = '', name = ''] of output.matchAll(/^\s*--- (PASS|FAIL|SKIP): (\S+)/gm))
        verdicts.set(name, verdict);
    });
    afterAll(() => broker?.stop());

    test('connect: every name that is left out is a test, and every other was run', () => {
      const known = new Set(names);
      expect(
        [...Object.keys(served), ...Object.keys(notYet)].filter((name) => !known.has(name.split('/')[0] ?? '')),
      ).toEqual([]);
      expect(names.filter((name) => !(name in notYet) && !verdicts.has(name))).toEqual([]);
    });
    test(`connect: the ${alone.length} tests that need no broker`, () => {
      expect(alone.flatMap(of).filter(([, verdict]) => verdict !== 'PASS')).toEqual([]);
    });
    test.each(Object.entries(served).map(([name, feature]) => [`${feature}: ${name}`, name]))('%s', (_, name) => {
      const verdicts = of(name);
      expect(verdicts, said(name).join('').slice(-3000)).toEqual(verdicts.map(([one]) => [one, 'PASS']));
      expect(verdicts.length).toBeGreaterThan(0);
    });
  });
}
