import {
  errorCode,
  type ListGroupsRequest,
  type ListGroupsResponseInput,
  listGroupsRequest,
  listGroupsResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * ListGroups, v0-v5: the groups that this node keeps.
 *
 * v4 asks for some states alone (KIP-518), v5 for some types (KIP-848), both whatever the case. A client that may
 * describe the cluster sees all groups, any other those that it may describe.
 */
export const listGroups: Handler<ListGroupsRequest, ListGroupsResponseInput> = {
  request: listGroupsRequest,
  response: listGroupsResponse,
  versions: [0, 5],

  handle({ statesFilter, typesFilter }, context, reply) {
    const all = context.allowed('describe', 'cluster', 'kafka-cluster');
    const states = new Set(statesFilter.map((state) => state.trim().toLowerCase()));
    const types = new Set(typesFilter.map((type) => type.toLowerCase()));
    const groups = [...context.groups.list(), ...context.share.listed()]
      .filter(({ state }) => states.size === 0 || states.has(state.toLowerCase()))
      .filter(({ type }) => types.size === 0 || types.has(type.toLowerCase()))
      .filter(({ groupId }) => all || context.allowed('describe', 'group', groupId))
      .map(({ groupId, protocolType, state, type }) => ({ groupId, protocolType, groupState: state, groupType: type }));
    reply({ groups });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
