/**
 * What the groups of a node are asked, what they answer, and what they need of the world. Names follow the messages of
 * the protocol.
 *
 * Bytes handed in are lent for the call: what is kept is copied. Every `reply` and `done` is called once, now or later.
 */
import type { Clock, MemoryBudget, Offset, Random, Uuid } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import type { Claim } from '../transactions/state.ts';

/** Settings under Kafka's names; read at each use, so that a change takes effect at once. */
export interface GroupSettings {
  readonly 'group.initial.rebalance.delay.ms': number;
  readonly 'group.min.session.timeout.ms': number;
  readonly 'group.max.session.timeout.ms': number;
  readonly 'group.max.size': number;
  readonly 'offset.metadata.max.bytes': number;
  readonly 'offsets.commit.timeout.ms': number;
  readonly 'offsets.retention.minutes': number;
  readonly 'offsets.retention.check.interval.ms': number;
  readonly 'group.coordinator.rebalance.protocols': readonly string[];
  readonly 'group.consumer.session.timeout.ms': number;
  readonly 'group.consumer.heartbeat.interval.ms': number;
  readonly 'group.consumer.assignment.interval.ms': number;
  readonly 'group.consumer.max.size': number;
  readonly 'group.consumer.migration.policy': string;
  readonly 'group.consumer.regex.refresh.interval.ms': number;
}

/** The topics that there are, as groups see them. */
export interface TopicView {
  /** Changes with each topic that comes, goes or grows. */
  readonly version: number;
  topic(name: string): { readonly id: Uuid; readonly partitions: number } | undefined;
  topicById(id: Uuid): { readonly name: string; readonly partitions: number } | undefined;
  names(): Iterable<string>;
}

/** A record of `__consumer_offsets`; a null value removes the key. */
export interface GroupRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/** The node around the groups. */
export interface GroupsWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: GroupSettings;
  readonly memory: MemoryBudget;
  readonly topics: TopicView;
  /** A setting that was given to the group itself, if it was. */
  groupSetting(groupId: string, name: string): string | undefined;
  /**
   * Appends to the group's partition of `__consumer_offsets`, and calls back once the records are committed, or with
   * why they are not. Appends of one group are called back in order; perhaps from within the call. With a claim the
   * records are part of that producer's transaction.
   */
  append(
    groupId: string,
    records: readonly GroupRecord[],
    done: (error?: ErrorName) => void,
    claim: Claim | undefined,
  ): void;
  /** Why this node does not serve the group now, if so: COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR, … */
  refusal(groupId: string): ErrorName | undefined;
}

/** A way of assigning partitions that a member supports, with what it tells the leader. */
export interface Protocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

export interface JoinRequest {
  readonly groupId: string;
  /** Empty: a new member, to which the coordinator gives an id. */
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  /** In the order of the member's preference. */
  readonly protocols: readonly Protocol[];
  readonly clientId: string;
  readonly clientHost: string;
  /** Must a new member first learn its id and join again with it (KIP-394, v4)? */
  readonly memberIdRequired: boolean;
  /** Does the member understand `skipAssignment` (KIP-814, v9)? */
  readonly skipAssignmentSupported: boolean;
}

export interface JoinAnswer {
  readonly error: ErrorName;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string;
  readonly skipAssignment: boolean;
  readonly memberId: string;
  /** All members, for the leader alone. */
  readonly members: readonly JoinedMember[];
}

export interface JoinedMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly metadata: Uint8Array;
}

/** Who speaks, and of which generation. */
export interface MemberClaim {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

export interface SyncRequest extends MemberClaim {
  /** Null before v5: not checked. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** The leader's decision; empty from others. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[];
}

export interface SyncAnswer {
  readonly error: ErrorName;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Uint8Array;
}

export interface LeavingMember {
  /** Empty: removed by its instance id, as an administrator does. */
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

export interface LeaveAnswer {
  readonly error: ErrorName;
  readonly members: readonly (LeavingMember & { readonly error: ErrorName })[];
}

export interface CommitPartition {
  readonly partitionIndex: number;
  readonly committedOffset: Offset;
  readonly committedLeaderEpoch: number;
  readonly committedMetadata: string | null;
}

export interface CommitTopic {
  readonly name: string;
  /** Zero where the client names topics by name. */
  readonly topicId: Uuid;
  readonly partitions: readonly CommitPartition[];
}

export interface CommitRequest extends MemberClaim {
  /** How long this commit is to be kept (v2 to v4); −1: as the setting says. */
  readonly retentionTimeMs: number;
  /** Does the client know GROUP_ID_NOT_FOUND as an answer (v9)? */
  readonly groupIdNotFoundKnown: boolean;
  readonly topics: readonly CommitTopic[];
}

/** One error for each partition asked, in the order asked. */
export interface CommitAnswer {
  readonly topics: readonly {
    readonly name: string;
    readonly topicId: Uuid;
    readonly partitions: readonly { readonly partitionIndex: number; readonly error: ErrorName }[];
  }[];
}

export interface FetchOffsetsRequest {
  readonly groupId: string;
  /** Who asks, as a member of a consumer group says it (v9); null and −1: nobody in particular. */
  readonly memberId: string | null;
  readonly memberEpoch: number;
  /** Undefined: all that the group has committed. */
  readonly topics:
    | readonly { readonly name: string; readonly topicId: Uuid; readonly partitionIndexes: readonly number[] }[]
    | undefined;
  /** Waits for commits that are on their way to the log (KIP-447). */
  readonly requireStable: boolean;
}

export interface FetchOffsetsAnswer {
  readonly error: ErrorName;
  readonly topics: readonly {
    readonly name: string;
    readonly topicId: Uuid;
    readonly partitions: readonly FetchedOffset[];
  }[];
}

export interface FetchedOffset {
  readonly partitionIndex: number;
  readonly committedOffset: Offset;
  readonly committedLeaderEpoch: number;
  readonly metadata: string;
  readonly error: ErrorName;
}

export interface DescribedGroup {
  readonly groupId: string;
  readonly error: ErrorName;
  readonly state: string;
  readonly protocolType: string;
  readonly protocolData: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly clientId: string;
    readonly clientHost: string;
    readonly memberMetadata: Uint8Array;
    readonly memberAssignment: Uint8Array;
  }[];
}

export interface ListedGroup {
  readonly groupId: string;
  readonly protocolType: string;
  readonly state: string;
  readonly type: 'classic' | 'consumer';
}

/**
 * What bounds the groups of a node beyond Kafka's settings: reaching one refuses what would add to it, and nothing
 * else.
 */
export const groupLimits = {
  /** Groups in memory. A new one is refused with COORDINATOR_NOT_AVAILABLE, which clients try again. */
  groupsMax: 100_000,
  /** Groups kept of which nothing is left; the oldest is forgotten. */
  bareGroupsMax: 1000,
  /**
   * Ids given to members of one group that have not joined with them yet; refused likewise. Each lives a session
   * time-out at most.
   */
  pendingMembersMax: 10_000,
  /** Bytes that members of all groups told and were assigned. A new member is refused with GROUP_MAX_SIZE_REACHED. */
  memberBytesMax: 64 * 1024 * 1024,
  /** Committed offsets of all groups. One more is refused with INVALID_COMMIT_OFFSET_SIZE; renewing one is not. */
  offsetsMax: 1_000_000,
} as const;
