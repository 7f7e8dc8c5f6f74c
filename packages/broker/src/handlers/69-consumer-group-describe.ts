import {
  type ConsumerGroupDescribeRequest,
  type ConsumerGroupDescribeResponseInput,
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
  errorCode,
} from '@skerry/wire';
import { authorisedOperations } from '../authorised-operations.ts';
import type { Context } from '../context.ts';
import type { DescribedConsumerGroup, DescribedConsumerMember } from '../groups/consumer/contract.ts';
import { nothingDescribed } from '../groups/consumer/describe.ts';
import type { Handler } from '../handler.ts';

/**
 * ConsumerGroupDescribe, v0-v1: consumer groups with their members, what they have and are to have (KIP-848).
 *
 * - Each group has its own answer. A classic group is GROUP_ID_NOT_FOUND, as one that does not exist.
 * - Whoever may not describe a topic of the group is told nothing of it. v1 says which members are classic ones.
 */
export const consumerGroupDescribe: Handler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponseInput> = {
  request: consumerGroupDescribeRequest,
  response: consumerGroupDescribeResponse,
  versions: [0, 1],

  handle(request, context, reply) {
    if (context.catalog.features.level('group.version') === 0) {
      return reply(this.refuse(request, 'UNSUPPORTED_VERSION', context.apiVersion));
    }
    const { groupIds, includeAuthorizedOperations } = request;
    // Kafka's order: what is refused without a look comes first.
    const isRefused = (groupId: string): boolean => groupId === '' || !context.allowed('describe', 'group', groupId);
    const ordered = [...groupIds.filter(isRefused), ...groupIds.filter((groupId) => !isRefused(groupId))];
    const groups = ordered.map((groupId) => {
      const group = describe(groupId, context);
      if (!includeAuthorizedOperations || group.error !== 'NONE') return respond(group);
      return { ...respond(group), authorizedOperations: authorisedOperations(context, 'group', groupId) };
    });
    reply({ groups });
  },

  refuse: ({ groupIds }, error) => ({
    groups: groupIds.map((groupId) => ({ groupId, errorCode: errorCode(error), errorMessage: null })),
  }),
};

function describe(groupId: string, context: Context): DescribedConsumerGroup {
  if (!context.allowed('describe', 'group', groupId)) {
    return nothingDescribed(groupId, { error: 'GROUP_AUTHORIZATION_FAILED', message: null });
  }
  const group = context.groups.consumer.describe(groupId);
  const hidden = group.members
    .flatMap(({ assignment, targetAssignment }) => [...assignment, ...targetAssignment])
    .some(({ topicName }) => !context.allowed('describe', 'topic', topicName));
  if (!hidden) return group;
  const message = 'The group has topics that this client may not describe.';
  return nothingDescribed(groupId, { error: 'TOPIC_AUTHORIZATION_FAILED', message });
}

function respond({ error, message, state, epoch, targetEpoch, assignor, groupId, members }: DescribedConsumerGroup) {
  return {
    groupId,
    errorCode: errorCode(error),
    errorMessage: message,
    groupState: state,
    groupEpoch: epoch,
    assignmentEpoch: targetEpoch,
    assignorName: assignor,
    members: members.map(respondMember),
  };
}

function respondMember({ assignment, targetAssignment, classic, ...member }: DescribedConsumerMember) {
  return {
    ...member,
    assignment: { topicPartitions: assignment },
    targetAssignment: { topicPartitions: targetAssignment },
    memberType: classic ? 0 : 1,
  };
}
