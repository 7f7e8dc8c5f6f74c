import {
  type ErrorName,
  errorCode,
  type ShareGroupDescribeRequest,
  type ShareGroupDescribeResponseInput,
  shareGroupDescribeRequest,
  shareGroupDescribeResponse,
} from '@skerry/wire';
import { authorisedOperations } from '../authorised-operations.ts';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import type { Assignment, ShareGroup } from '../share/share-group.ts';

type Described = NonNullable<ShareGroupDescribeResponseInput['groups']>[number];

/** ShareGroupDescribe, v1: share groups with their members and what each reads (KIP-932). */
export const shareGroupDescribe: Handler<ShareGroupDescribeRequest, ShareGroupDescribeResponseInput> = {
  request: shareGroupDescribeRequest,
  response: shareGroupDescribeResponse,
  versions: [1, 1],

  handle({ groupIds, includeAuthorizedOperations }, context, reply) {
    reply({
      groups: groupIds.map((groupId): Described => {
        const refuse = (error: ErrorName, errorMessage: string | null = null): Described => {
          return { groupId, errorCode: errorCode(error), errorMessage };
        };
        if (context.catalog.features.level('share.version') === 0) return refuse('UNSUPPORTED_VERSION');
        if (!context.allowed('describe', 'group', groupId)) return refuse('GROUP_AUTHORIZATION_FAILED');
        if (groupId === '') return refuse('INVALID_GROUP_ID');
        const group = context.share.groups.get(groupId);
        if (group === undefined) return refuse('GROUP_ID_NOT_FOUND', `Group ${groupId} not found.`);
        const hidden = [...group.members.values()].some(({ topics }) =>
          topics.some((topic) => !context.allowed('describe', 'topic', topic)),
        );
        if (hidden) {
          return refuse('TOPIC_AUTHORIZATION_FAILED', 'The group has topics that this client may not describe.');
        }
        const described = describe(group, context);
        if (!includeAuthorizedOperations) return described;
        return { ...described, authorizedOperations: authorisedOperations(context, 'group', groupId) };
      }),
    });
  },

  refuse: ({ groupIds }, error) => ({ groups: groupIds.map((groupId) => ({ groupId, errorCode: errorCode(error) })) }),
};

function describe({ groupId, members, epoch, assignmentEpoch }: ShareGroup, context: Context): Described {
  return {
    groupId,
    groupState: members.size === 0 ? 'Empty' : 'Stable',
    groupEpoch: epoch,
    assignmentEpoch,
    assignorName: 'simple',
    members: [...members.values()].map((member) => ({
      memberId: member.memberId,
      rackId: member.rackId,
      memberEpoch: member.epoch,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: member.topics,
      assignment: { topicPartitions: named(member.assigned, context) },
    })),
  };
}

function named(assigned: Assignment, { catalog }: Context) {
  return [...assigned].flatMap(([topicId, partitions]) => {
    const topic = catalog.topicById(topicId);
    return topic === undefined ? [] : [{ topicId, topicName: topic.name, partitions }];
  });
}
