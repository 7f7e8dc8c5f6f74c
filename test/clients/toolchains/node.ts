/** The clients for Node, run by the workspace's own Node. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../scripts/reference-kafka.ts';
import { type Client, hashOf, lacking, once, run, type Toolchain } from './run.ts';

const pins = ['package.json', 'package-lock.json'];
const node = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.bin', 'node');

/** Installs what the folder's lockfile names; `SKERRY_CLIENT` tells the cases where. */
async function installed(name: string): Promise<Toolchain> {
  const missing = await lacking([['npm', '--version']]);
  if (missing !== undefined) return { missing };
  const source = join(import.meta.dirname, '..', name);
  const folder = join(
    cacheFolder,
    'node-clients',
    `${name}-${hashOf(...pins.map((pin) => readFileSync(join(source, pin))))}`,
  );
  await once(folder, async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const pin of pins) copyFileSync(join(source, pin), join(folder, pin));
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  });
  return {
    command: existsSync(node) ? node : 'node',
    args: [join(source, 'cases.mjs')],
    env: { SKERRY_CLIENT: folder },
  };
}

const kafkajs: Client = {
  name: 'kafkajs 2.2.4',
  tests: ['kafkajs/'],
  everyTime: true,
  // It comes with the workspace, for its cases run in vitest itself.
  install: async () => ({ command: 'node', args: [] }),
  lacks: {
    'static membership': 'it sends no group.instance.id',
    cooperative: 'its groups rebalance eagerly',
    'admin quotas': 'it has no calls for quotas',
  },
};

export const platformatic: Client = {
  name: '@platformatic/kafka 2.12.1',
  tests: ['platformatic/'],
  install: () => installed('platformatic'),
};

/** It has no cases: named here so that the page tells why. */
const confluentJavascript: Client = {
  name: '@confluentinc/kafka-javascript 1.10.1',
  tests: [],
  install: async () => ({
    missing: 'its install step downloads a binary from outside the npm registry, and its build from source fails here',
  }),
};

export const nodeClients: readonly Client[] = [kafkajs, platformatic, confluentJavascript];
