import { errorCode, type OffsetFetchResponseInput } from '@skerry/wire';
import {
  type LegacyOffsetFetchRequest,
  legacyOffsetFetchRequest,
  legacyOffsetFetchResponse,
} from '@skerry/wire/legacy';
import type { Handler } from '../handler.ts';
import { offsetFetch } from '../handlers/09-offset-fetch.ts';

/**
 * OffsetFetch, v0: how far a group has come, as brokers told it that kept that in ZooKeeper: a partition of which
 * nothing is known is not there.
 */
export const legacyOffsetFetch: Handler<LegacyOffsetFetchRequest, OffsetFetchResponseInput> = {
  request: legacyOffsetFetchRequest,
  response: legacyOffsetFetchResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    offsetFetch.handle(request, context, (answer) => reply(answer === undefined ? undefined : unknownNamed(answer)));
  },

  refuse: (request, error, version) => offsetFetch.refuse(request, error, version),
};

function unknownNamed({ topics = [] }: OffsetFetchResponseInput): OffsetFetchResponseInput {
  const unknown = errorCode('UNKNOWN_TOPIC_OR_PARTITION');
  return {
    topics: topics.map(({ name, partitions = [] }) => ({
      name,
      partitions: partitions.map((each) =>
        each.errorCode === 0 && each.committedOffset === -1 ? { ...each, errorCode: unknown } : each,
      ),
    })),
  };
}
