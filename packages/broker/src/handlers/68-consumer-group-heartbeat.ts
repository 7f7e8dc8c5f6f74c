import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponseInput,
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
  errorCode,
} from '@skerry/wire';
import { type ConsumerHeartbeatAnswer, heartbeatRefused } from '../groups/consumer/contract.ts';
import type { Handler } from '../handler.ts';

/**
 * ConsumerGroupHeartbeat, v0-v1: a member of a consumer group joins, is alive, or leaves, and learns which partitions
 * it has (KIP-848). The rules are in groups/consumer/heartbeat.ts.
 *
 * - Answered once what it changes is in the log.
 * - A member may name only topics that it may describe; of those that its regular expression (v1) matches it gets
 *   those alone. In v0 the coordinator gives a new member its id.
 *
 * Not done: groups with members of both protocols. Who joins a classic group that has members is told
 * GROUP_ID_NOT_FOUND, as by a Kafka whose `group.consumer.migration.policy` is `disabled`.
 */
export const consumerGroupHeartbeat: Handler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponseInput> = {
  request: consumerGroupHeartbeatRequest,
  response: consumerGroupHeartbeatResponse,
  versions: [0, 1],

  handle(request, context, reply) {
    if (context.catalog.features.level('group.version') === 0) {
      return reply(this.refuse(request, 'UNSUPPORTED_VERSION', context.apiVersion));
    }
    if (!context.allowed('read', 'group', request.groupId)) {
      return reply(this.refuse(request, 'GROUP_AUTHORIZATION_FAILED', context.apiVersion));
    }
    if (context.share.groups.get(request.groupId) !== undefined) {
      return reply(this.refuse(request, 'GROUP_ID_NOT_FOUND', context.apiVersion));
    }
    const mayDescribe = (topic: string): boolean => context.allowed('describe', 'topic', topic);
    if (request.subscribedTopicNames?.every(mayDescribe) === false) {
      return reply(this.refuse(request, 'TOPIC_AUTHORIZATION_FAILED', context.apiVersion));
    }
    const { client, clientId, apiVersion } = context;
    context.groups.consumer.heartbeat(
      { ...request, clientId, clientHost: `/${client.host}`, memberIdRequired: apiVersion >= 1, mayDescribe },
      (answer) => reply(respond(answer)),
    );
  },

  refuse: (_request, error) => respond(heartbeatRefused({ error, message: null })),
};

function respond(answer: ConsumerHeartbeatAnswer): ConsumerGroupHeartbeatResponseInput {
  const { error, message, assignment, ...told } = answer;
  return {
    ...told,
    errorCode: errorCode(error),
    errorMessage: message,
    assignment: assignment && { topicPartitions: assignment },
  };
}
