import {
  type DescribeGroupsRequest,
  type DescribeGroupsResponseInput,
  describeGroupsRequest,
  describeGroupsResponse,
  errorCode,
} from '@skerry/wire';
import { authorisedOperations } from '../authorised-operations.ts';
import type { Context } from '../context.ts';
import type { DescribedGroup } from '../groups/contract.ts';
import { nothing } from '../groups/describe.ts';
import type { Handler } from '../handler.ts';

/**
 * DescribeGroups, v0-v6: the state of groups, and their members.
 *
 * Each group has its own answer. One that does not exist is Dead; from v6 on it also has an error (KIP-1043).
 */
export const describeGroups: Handler<DescribeGroupsRequest, DescribeGroupsResponseInput> = {
  request: describeGroupsRequest,
  response: describeGroupsResponse,
  versions: [0, 6],

  handle({ groups, includeAuthorizedOperations }, context, reply) {
    reply({
      groups: groups.map((groupId) => {
        if (!context.allowed('describe', 'group', groupId)) {
          return respond(nothing(groupId, 'GROUP_AUTHORIZATION_FAILED'), context);
        }
        const described = respond(context.groups.describe(groupId), context);
        if (!includeAuthorizedOperations || described.errorCode !== 0) return described;
        return { ...described, authorizedOperations: authorisedOperations(context, 'group', groupId) };
      }),
    });
  },

  refuse: ({ groups }, error) => ({ groups: groups.map((groupId) => ({ groupId, errorCode: errorCode(error) })) }),
};

function respond({ error, state, ...group }: DescribedGroup, { apiVersion }: Context) {
  const unknown = error === 'GROUP_ID_NOT_FOUND';
  return {
    ...group,
    groupState: state,
    errorCode: unknown && apiVersion < 6 ? 0 : errorCode(error),
    errorMessage: unknown && apiVersion >= 6 ? `Group ${group.groupId} not found.` : null,
  };
}
