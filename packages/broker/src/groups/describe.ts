import type { ErrorName } from '@skerry/wire';
import type { ConsumerGroup } from './consumer/consumer-group.ts';
import type { DescribedGroup, ListedGroup } from './contract.ts';
import type { ClassicGroup } from './group.ts';
import { metadataOf, noBytes } from './member.ts';
import { consumerProtocolType } from './subscription.ts';

/**
 * How the group stands, or why that cannot be told. Members' metadata is told while it is that of the generation in
 * force.
 */
export function describeGroup(groupId: string, found: ClassicGroup | ErrorName | undefined): DescribedGroup {
  if (found === undefined) return { ...nothing(groupId, 'GROUP_ID_NOT_FOUND'), state: 'Dead' };
  if (typeof found === 'string') return nothing(groupId, found);
  const stable = found.state === 'Stable';
  return {
    groupId,
    error: 'NONE',
    state: found.state,
    protocolType: found.protocolType ?? '',
    protocolData: stable ? (found.protocolName ?? '') : '',
    members: [...found.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: stable ? metadataOf(member, found.protocolName) : noBytes,
      memberAssignment: member.assignment,
    })),
  };
}

export function nothing(groupId: string, error: ErrorName): DescribedGroup {
  return { groupId, error, state: '', protocolType: '', protocolData: '', members: [] };
}

export function listGroup(group: ClassicGroup | ConsumerGroup): ListedGroup {
  const { groupId, state } = group;
  if (group.kind === 'consumer') return { groupId, protocolType: consumerProtocolType, state, type: 'consumer' };
  const { protocolType } = group;
  return { groupId, protocolType: protocolType ?? '', state, type: 'classic' };
}
