import type { JoinAnswer, Protocol, SyncAnswer } from './contract.ts';
import type { Deadline } from './timers.ts';

/** What a member is, apart from what it waits for. */
interface MemberIdentity {
  readonly memberId: string;
  /** Names a static member over its restarts (KIP-345). */
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
}

/** What a member may change by joining again. */
export interface MemberTerms {
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly protocols: readonly Protocol[];
}

/** A member of a group. At most one join and one sync of it wait at a time. */
export interface Member extends MemberIdentity {
  terms: MemberTerms;
  assignment: Uint8Array;
  /** Has it never completed a join? Until then it cannot heartbeat, so its first join has a time-out of its own. */
  isNew: boolean;
  awaitingJoin: ((answer: JoinAnswer) => void) | undefined;
  awaitingSync: ((answer: SyncAnswer) => void) | undefined;
  /** Passes when the member has been silent for its session time-out. */
  readonly session: Deadline;
}

export const noBytes: Uint8Array = new Uint8Array(0);

/** `protocols` as a group keeps them: bytes of their own, and each name once. */
export function ownProtocols(protocols: readonly Protocol[]): readonly Protocol[] {
  const owned = new Map<string, Protocol>();
  for (const { name, metadata } of protocols) {
    if (!owned.has(name)) owned.set(name, { name, metadata: metadata.slice() });
  }
  return [...owned.values()];
}

/** Does the member already support exactly these, in this order of preference? */
export function sameProtocols(held: readonly Protocol[], asked: readonly Protocol[]): boolean {
  return (
    held.length === asked.length &&
    held.every(({ name, metadata }, i) => name === asked[i]?.name && sameBytes(metadata, asked[i].metadata))
  );
}

/** What the member told about `protocolName`; empty if it does not support it. */
export function metadataOf(member: Member, protocolName: string | null): Uint8Array {
  return member.terms.protocols.find(({ name }) => name === protocolName)?.metadata ?? noBytes;
}

/** Bytes kept for the member. */
export function memberBytes(terms: MemberTerms, assignment: Uint8Array): number {
  return terms.protocols.reduce((sum, { name, metadata }) => sum + name.length + metadata.length, assignment.length);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The refusal of a join. */
export function joinRefused(error: JoinAnswer['error'], memberId: string): JoinAnswer {
  return {
    error,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    memberId,
    members: [],
  };
}

/** The refusal of a sync. */
export function syncRefused(error: SyncAnswer['error']): SyncAnswer {
  return { error, protocolType: null, protocolName: null, assignment: noBytes };
}
