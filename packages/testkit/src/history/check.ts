/**
 * Says what is wrong with a history: the errors that Jepsen's workload for Kafka looks for, and those of deleted
 * records and of group offsets. Pure; what is not proven wrong is taken as right.
 */
import { checkGroups } from './check-groups.ts';
import { checkOffsets } from './check-offsets.ts';
import { checkPolls } from './check-polls.ts';
import { checkSends } from './check-sends.ts';
import { checkTransactions } from './check-transactions.ts';
import { factsOf } from './facts.ts';
import type { Finding, History } from './history.ts';

export function checkHistory(history: History): readonly Finding[] {
  const facts = factsOf(history);
  const found: Finding[] = [];
  for (const partition of facts.partitions.values()) {
    const held = checkOffsets(partition, found);
    checkSends(partition, facts, held, found);
    checkPolls(partition, facts, held, found);
  }
  checkGroups(history, facts, found);
  checkTransactions(history, found);
  return found;
}
