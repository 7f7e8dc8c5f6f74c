/** Which code measures which kind of row, and what a broker must speak for it. */
import type { Broker } from '../brokers.ts';
import { groupApis } from '../members.ts';
import type { Row, Task } from '../rows.ts';
import type { Bench, World } from './bench.ts';
import { beginIdle, beginMemory, beginRestart, beginStart } from './lifecycle.ts';
import {
  beginCold,
  beginEndToEnd,
  beginFetch,
  beginGroup,
  beginOpen,
  beginProduce,
  beginTransactions,
} from './loads.ts';
import { beginTool } from './tools.ts';

interface Kind<T extends Task> {
  begin(broker: Broker, row: Row, task: T, world: World): Promise<Bench>;
  /** Its broker is its own, started and stopped by it; else it shares one that runs. */
  readonly own?: true;
  /** One round says all. */
  readonly once?: true;
  /** A first, unmeasured round compiles what the others run. */
  readonly warm?: true;
}

type Kinds = { readonly [K in Task['kind']]?: Kind<Extract<Task, { readonly kind: K }>> };

const kinds: Kinds = {
  produce: { begin: beginProduce, warm: true },
  fetch: { begin: beginFetch, warm: true },
  'end-to-end': { begin: beginEndToEnd, warm: true },
  open: { begin: beginOpen },
  cold: { begin: beginCold },
  group: { begin: beginGroup, warm: true },
  transactions: { begin: beginTransactions, warm: true },
  tool: { begin: beginTool },
  start: { begin: beginStart, own: true },
  memory: { begin: beginMemory, own: true, once: true },
  idle: { begin: beginIdle, own: true, once: true },
  restart: { begin: beginRestart, own: true },
};

export function kindOf(row: Row): Kind<Task> {
  const kind = kinds[row.task.kind];
  if (kind === undefined) throw new Error(`${row.id} is not measured in rounds`);
  return kind;
}

/** Produce, Fetch, ListOffsets, CreateTopics: what every load is made of. */
const loadApis: readonly (readonly [apiKey: number, version: number])[] = [
  [0, 9],
  [1, 12],
  [2, 5],
  [19, 4],
];

/** Produce, FindCoordinator, InitProducerId, EndTxn (transactions.ts). */
const transactionApis: typeof loadApis = [
  [0, 12],
  [10, 3],
  [22, 4],
  [26, 5],
];

/** What a row asks of a broker, by API key and version; what clients ask is between them and it. */
export const apisOf = ({ task }: Row): typeof loadApis => [
  ...loadApis,
  ...(task.kind === 'group' ? groupApis : []),
  ...(task.kind === 'transactions' ? transactionApis : []),
];
