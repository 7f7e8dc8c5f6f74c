/** What a record of `__consumer_offsets` changes of a consumer group. */
import type { Assignment } from './assignment.ts';
import type { ConsumerMember } from './member.ts';

/** What a member is apart from how far its assignment has come. */
export type MemberTerms = Pick<
  ConsumerMember,
  | 'instanceId'
  | 'rackId'
  | 'clientId'
  | 'clientHost'
  | 'rebalanceTimeoutMs'
  | 'topicNames'
  | 'topicRegex'
  | 'serverAssignor'
  | 'classic'
>;
export type MemberProgress = Pick<ConsumerMember, 'epoch' | 'previousEpoch' | 'state' | 'owned' | 'revoking'>;

/** A regular expression that members subscribe to, as it was last resolved. */
export interface ResolvedRegex {
  readonly topics: readonly string[];
  /** Of the metadata that it was resolved with. */
  readonly version: bigint;
  readonly timestampMs: number;
}

/** `value` undefined: it is gone. */
export type GroupChange =
  | { readonly kind: 'epoch'; readonly value: { readonly epoch: number; readonly metadataHash: bigint } | undefined }
  | { readonly kind: 'partitions'; readonly value: undefined }
  | { readonly kind: 'member'; readonly memberId: string; readonly value: MemberTerms | undefined }
  | {
      readonly kind: 'targetEpoch';
      readonly value: { readonly epoch: number; readonly timestampMs: number } | undefined;
    }
  | { readonly kind: 'target'; readonly memberId: string; readonly value: Assignment | undefined }
  | { readonly kind: 'progress'; readonly memberId: string; readonly value: MemberProgress | undefined }
  | { readonly kind: 'regex'; readonly regex: string; readonly value: ResolvedRegex | undefined };
