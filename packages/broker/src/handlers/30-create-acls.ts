import {
  type CreateAclsRequest,
  type CreateAclsResponseInput,
  createAclsRequest,
  createAclsResponse,
  errorCode,
} from '@skerry/wire';
import { hasUnknown, noAuthoriser } from '../access-rules.ts';
import type { Handler } from '../handler.ts';

/**
 * CreateAcls, v1-v3: says who may do what (KIP-140).
 *
 * - Nobody would hold to the rules yet: each is SECURITY_DISABLED, as Kafka answers without an authoriser.
 * - A rule with a kind that stands for "not known" closes the connection, as Kafka does.
 */
export const createAcls: Handler<CreateAclsRequest, CreateAclsResponseInput> = {
  request: createAclsRequest,
  response: createAclsResponse,
  versions: [1, 3],

  handle({ creations }, context, reply) {
    const kinds = creations.flatMap((rule) => [
      rule.resourceType,
      rule.resourcePatternType,
      rule.operation,
      rule.permissionType,
    ]);
    if (hasUnknown(kinds, context)) return;
    const answer = { errorCode: errorCode('SECURITY_DISABLED'), errorMessage: noAuthoriser };
    reply({ results: creations.map(() => answer) });
  },

  refuse: ({ creations }, error) => ({
    results: creations.map(() => ({ errorCode: errorCode(error), errorMessage: null })),
  }),
};
