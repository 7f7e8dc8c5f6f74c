import type { GroupRecord } from '../contract.ts';
import type { GroupChange } from './changes.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { changeRecord } from './records.ts';

/** What ends a consumer group in the log. */
export function groupTombstones(group: ConsumerGroup): readonly GroupRecord[] {
  const changes: GroupChange[] = [];
  for (const memberId of group.members.keys()) changes.push({ kind: 'progress', memberId, value: undefined });
  for (const memberId of group.targets.keys()) changes.push({ kind: 'target', memberId, value: undefined });
  changes.push({ kind: 'targetEpoch', value: undefined });
  for (const memberId of group.members.keys()) changes.push({ kind: 'member', memberId, value: undefined });
  for (const regex of group.regexes.keys()) changes.push({ kind: 'regex', regex, value: undefined });
  changes.push({ kind: 'epoch', value: undefined });
  return changes.map((change) => changeRecord(group.groupId, change));
}
