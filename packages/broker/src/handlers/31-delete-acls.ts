import {
  type DeleteAclsRequest,
  type DeleteAclsResponseInput,
  deleteAclsRequest,
  deleteAclsResponse,
  errorCode,
} from '@skerry/wire';
import { hasUnknown, noAuthoriser } from '../access-rules.ts';
import type { Handler } from '../handler.ts';

/**
 * DeleteAcls, v1-v3: takes back who may do what (KIP-140).
 *
 * - There are no rules yet: each filter is SECURITY_DISABLED, as Kafka answers without an authoriser.
 * - A filter with a kind that stands for "not known" closes the connection, as Kafka does.
 */
export const deleteAcls: Handler<DeleteAclsRequest, DeleteAclsResponseInput> = {
  request: deleteAclsRequest,
  response: deleteAclsResponse,
  versions: [1, 3],

  handle({ filters }, context, reply) {
    const kinds = filters.flatMap((filter) => [
      filter.resourceTypeFilter,
      filter.patternTypeFilter,
      filter.operation,
      filter.permissionType,
    ]);
    if (hasUnknown(kinds, context)) return;
    const answer = { errorCode: errorCode('SECURITY_DISABLED'), errorMessage: noAuthoriser };
    reply({ filterResults: filters.map(() => answer) });
  },

  refuse: ({ filters }, error) => ({
    filterResults: filters.map(() => ({ errorCode: errorCode(error), errorMessage: null })),
  }),
};
