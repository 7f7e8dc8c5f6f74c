/**
 * Every client that is tested, in the order of docs/clients.md. A new one is a `Client` in the file of its language.
 *
 * A toolchain the machine lacks is told as `missing`: the suites then skip with that reason, and fail where CI is set.
 */
import { goClients } from './go.ts';
import { javaClients } from './java.ts';
import { kcatClients } from './kcat.ts';
import { nodeClients } from './node.ts';
import { oldJavaClients } from './old-java.ts';
import { pythonClients } from './python.ts';
import type { Client } from './run.ts';
import { rustClients } from './rust.ts';

export const clients: readonly Client[] = [
  ...nodeClients,
  ...javaClients,
  ...oldJavaClients,
  ...pythonClients,
  ...goClients,
  ...rustClients,
  ...kcatClients,
];
