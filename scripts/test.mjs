// Everything a fresh clone must pass: the checks, what the client tests need, then all tests. Totals land in test-results.json.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const steps = [['node', ['scripts/check.mjs']]];
if (existsSync('scripts/install-clients.mjs')) steps.push(['node', ['scripts/install-clients.mjs']]);
// Of the clients only the four of every day; npm run clients has them all.
steps.push(['vitest', ['run', '--project', '!more-clients', ...process.argv.slice(2)]]);

let worst = 0;
for (const [command, args] of steps) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  worst = Math.max(worst, status ?? 1);
}
process.exit(worst);
