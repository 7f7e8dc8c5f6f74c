/**
 * Simulates many seeds, or one.
 *
 *   npm run sim -- --seeds 100            as many seeds, beginning anywhere
 *   npm run sim -- --seeds 100 --from 7   beginning with seed 7
 *   npm run sim -- --seed 7 [--trace]     one seed, with every event if asked
 *
 * The same seed gives the same run; its trace hash says so. Exit code 1 if a seed fails.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Counters } from './counters.ts';
import { type Outcome, simulate } from './simulate.ts';
import { virtually } from './virtual-run.ts';
import { simulateAll } from './workers.ts';

const { values: given } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string' },
    from: { type: 'string' },
    trace: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  },
});

const print = (text: string): void => void process.stdout.write(`${text}\n`);

process.exitCode = (await (given.seed === undefined ? many() : one(Number(given.seed)))) ? 0 : 1;

async function one(seed: number): Promise<boolean> {
  const outcome = await virtually(() => simulate(seed, given.trace ? { line: print } : undefined), true);
  describe(outcome);
  for (const [what, count] of outcome.counters) print(`  ${String(count).padStart(8)}  ${what}`);
  return outcome.findings.length === 0;
}

async function many(): Promise<boolean> {
  const first = given.from === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given.from);
  const count = Number(given.seeds);
  print(`first seed ${first}, ${count} in all, commit ${commit()}`);
  const totals = new Counters();
  const began = process.hrtime.bigint();
  let failures = 0;
  let operations = 0;
  const cpuSeconds = await simulateAll({ first, count, workers: Number(given.workers) }, (outcome) => {
    operations += outcome.operations;
    for (const [what, times] of outcome.counters) totals.add(what, times);
    if (outcome.findings.length === 0) return;
    failures++;
    describe(outcome);
  });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  for (const [what, times] of totals.entries()) print(`${String(times).padStart(10)}  ${what}`);
  const rate = (count / seconds / Number(given.workers)).toFixed(1);
  print(
    `${count} seeds, ${failures} failed, ${operations} operations, ${seconds.toFixed(0)} s: ` +
      `${rate} seeds a second and worker; ${(cpuSeconds / count).toFixed(2)} s of CPU a seed`,
  );
  return failures === 0;
}

function describe({ seed, hash, operations, traceEvents, findings, plan }: Outcome): void {
  print(`seed ${seed}: trace ${hash} of ${traceEvents} events, ${operations} operations, ${findings.length} findings`);
  if (findings.length === 0) return;
  for (const finding of findings) print(`  ${finding}`);
  print(`  commit ${commit()}`);
  print(`  configuration ${JSON.stringify(plan)}`);
  print(`  again: npm run sim -- --seed ${seed}`);
}

function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'packages', 'test/sim') ? ', changed' : '')
    );
  } catch {
    return 'unknown';
  }
}
