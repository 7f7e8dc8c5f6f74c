import {
  type DescribeAclsRequest,
  type DescribeAclsResponseInput,
  describeAclsRequest,
  describeAclsResponse,
  errorCode,
} from '@skerry/wire';
import { hasUnknown, noAuthoriser } from '../access-rules.ts';
import type { Handler } from '../handler.ts';

/**
 * DescribeAcls, v1-v3: who may do what (KIP-140).
 *
 * - There are no rules yet: SECURITY_DISABLED, as Kafka answers without an authoriser.
 * - A filter with a kind that stands for "not known" closes the connection, as Kafka does.
 */
export const describeAcls: Handler<DescribeAclsRequest, DescribeAclsResponseInput> = {
  request: describeAclsRequest,
  response: describeAclsResponse,
  versions: [1, 3],

  handle(request, context, reply) {
    const { resourceTypeFilter, patternTypeFilter, operation, permissionType } = request;
    if (hasUnknown([resourceTypeFilter, patternTypeFilter, operation, permissionType], context)) return;
    reply({ errorCode: errorCode('SECURITY_DISABLED'), errorMessage: noAuthoriser });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
