/** A member of a consumer group: a value, replaced as a whole when something of it changes. */
import { nothingOwned, type Owned } from './assignment.ts';

/** How far a member is on the way to what it is to have. Numbers as Kafka writes them. */
export const memberStates = { stable: 0, unrevoked: 1, unreleased: 2 } as const;
export type MemberState = (typeof memberStates)[keyof typeof memberStates];

/** What a member of the classic protocol told when it joined (JoinGroup), while it lives in a consumer group. */
interface ClassicTerms {
  readonly sessionTimeoutMs: number;
  readonly protocols: readonly { readonly name: string; readonly metadata: Uint8Array }[];
}

export interface ConsumerMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  /** Sorted, each once. */
  readonly topicNames: readonly string[];
  /** Empty: none. */
  readonly topicRegex: string;
  readonly serverAssignor: string | null;
  readonly classic: ClassicTerms | null;
  readonly epoch: number;
  readonly previousEpoch: number;
  readonly state: MemberState;
  readonly owned: Owned;
  /** What it has been told to give up, and may still be reading. */
  readonly revoking: Owned;
}

/** The epochs with which a member leaves: for good, or as a static member that will be back (KIP-848). */
export const leaveEpochs = { forGood: -1, forNow: -2 } as const;

export function newMember(memberId: string): ConsumerMember {
  return {
    memberId,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    rebalanceTimeoutMs: -1,
    topicNames: [],
    topicRegex: '',
    serverAssignor: null,
    classic: null,
    epoch: 0,
    previousEpoch: -1,
    state: memberStates.stable,
    owned: nothingOwned,
    revoking: nothingOwned,
  };
}

/** Names as a member keeps them. */
export function ownNames(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

/** What is written of a member apart from its assignment: has any of it changed? */
export function sameTerms(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.instanceId === b.instanceId &&
    a.rackId === b.rackId &&
    a.clientId === b.clientId &&
    a.clientHost === b.clientHost &&
    a.rebalanceTimeoutMs === b.rebalanceTimeoutMs &&
    a.topicRegex === b.topicRegex &&
    a.serverAssignor === b.serverAssignor &&
    a.classic === b.classic &&
    sameNames(a.topicNames, b.topicNames)
  );
}
