/** What consumer groups (KIP-848) are asked, and what they answer. Names follow the messages of the protocol. */
import type { ErrorName } from '@skerry/wire';
import type { TopicPartitions } from './assignment.ts';

export interface ConsumerHeartbeat {
  readonly groupId: string;
  readonly memberId: string;
  /** 0 joins, −1 leaves, −2 leaves as a static member that will be back. */
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** −1, and null in what follows: as it was told before. */
  readonly rebalanceTimeoutMs: number;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly subscribedTopicRegex: string | null;
  readonly serverAssignor: string | null;
  readonly topicPartitions: readonly TopicPartitions[] | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** Does the member bring its id (v1)? */
  readonly memberIdRequired: boolean;
  /** May the member see a topic that its regular expression matches? */
  readonly mayDescribe: (topic: string) => boolean;
}

export interface ConsumerHeartbeatAnswer {
  readonly error: ErrorName;
  readonly message: string | null;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** Null: as it was told before. */
  readonly assignment: readonly TopicPartitions[] | null;
}

export interface Refusal {
  readonly error: ErrorName;
  readonly message: string | null;
}

export interface DescribedConsumerGroup {
  readonly groupId: string;
  readonly error: ErrorName;
  readonly message: string | null;
  readonly state: string;
  readonly epoch: number;
  readonly targetEpoch: number;
  readonly assignor: string;
  readonly members: readonly DescribedConsumerMember[];
}

export interface DescribedConsumerMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly memberEpoch: number;
  readonly clientId: string;
  readonly clientHost: string;
  readonly subscribedTopicNames: readonly string[];
  /** Empty: none. */
  readonly subscribedTopicRegex: string;
  readonly assignment: readonly NamedPartitions[];
  readonly targetAssignment: readonly NamedPartitions[];
  readonly classic: boolean;
}

export interface NamedPartitions extends TopicPartitions {
  readonly topicName: string;
}

export function heartbeatRefused({ error, message }: Refusal): ConsumerHeartbeatAnswer {
  return { error, message, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
}

/** What bounds one consumer group; reaching one refuses what would add to it. */
export const consumerGroupLimits = {
  /** Topics that one member names; more are INVALID_REQUEST. */
  topicNamesMax: 10_000,
  /** Regular expressions of one group; one more is INVALID_REGULAR_EXPRESSION. */
  regexesMax: 100,
} as const;
