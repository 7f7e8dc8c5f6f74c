/** The logs behind the transactions: the partitions of `__transaction_state`. */
import { CoordinatorLogs, type CoordinatorWorld } from './coordinator-logs.ts';
import type { StateRecord } from './state-log.ts';
import { transactionsTopic } from './topic-plan.ts';

/** `replay` hears each record at start. */
export function transactionLogs(world: CoordinatorWorld, replay: (record: StateRecord) => void): CoordinatorLogs {
  return new CoordinatorLogs(world, {
    topic: transactionsTopic,
    prefix: 'transactions',
    // A transaction takes three records, one after the other: each wait would come three times.
    lingerMs: () => 0,
    machine: () => {
      let replaying = true;
      return {
        apply: ({ key, value }) => {
          if (key === null) return [];
          if (replaying) replay({ key, value });
          return [{ key: key.slice(), value: value === null ? undefined : value.slice() }];
        },
        restore: (key, value) => replay({ key, value }),
        loaded: () => {
          replaying = false;
        },
      };
    },
  });
}
