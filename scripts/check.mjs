// All that is checked without running the broker: types, borders, lint, dead code, format, and the rules of test/tidy. At most 15 s.
import { spawn } from 'node:child_process';

const steps = [
  ['types', 'node', ['node_modules/ts7/bin/tsc', '-b']],
  ['borders', 'turbo', ['boundaries', '--no-color']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings', 'packages', 'test', 'bench', 'scripts']],
  ['dead code', 'knip', ['--no-progress']],
  ['format', 'biome', ['check', '.']],
  ['tidy', 'vitest', ['run', '--project', 'tidy', '--reporter=dot']],
];

const started = performance.now();
const waiting = [...steps];
const failed = [];

/** Takes one step after the other; there is a lane for each of two cores. */
async function lane() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const [name, command, args] = step;
    const before = performance.now();
    const { code, output } = await run(command, args);
    const seconds = ((performance.now() - before) / 1000).toFixed(1);
    process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${String(name)} ${seconds} s\n`);
    if (code === 0) continue;
    failed.push(name);
    process.stdout.write(`${output}\n`);
  }
}

await Promise.all([lane(), lane()]);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(`check: ${seconds} s${failed.length > 0 ? `, failed: ${failed.join(', ')}` : ''}\n`);
process.exit(failed.length === 0 ? 0 : 1);

function run(command, args) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}
