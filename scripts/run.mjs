// Runs a command on the workspace's own Node, after installing what the lockfile names if that has not been done.
// Plain JavaScript for any Node >= 20: this is the one script that runs before anything is installed.
// `ignore-scripts=true` switches off npm's pre- and post-scripts, hence this instead of "pretest".
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'node_modules', '.skerry-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  process.stderr.write('Installing dependencies (once per lockfile) …\n');
  // Not `npm ci`, which refuses a lockfile without the optional packages of platforms that its maker could not reach.
  const install = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (install.status !== 0) {
    process.stderr.write(
      'npm install failed: is the npm registry reachable, and the disk not full? Then run this again.\n',
    );
    process.exit(install.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}

const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
const [command, ...rest] = process.argv.slice(2);
const child = spawn(command, rest, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1' },
  shell: process.platform === 'win32',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`cannot run ${command}: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(signal ? 128 : (code ?? 1)));
