/** The clients for Node. */
import type { Client } from './run.ts';

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

export const nodeClients: readonly Client[] = [kafkajs];
