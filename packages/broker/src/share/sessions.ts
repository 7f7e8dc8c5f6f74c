/**
 * Share sessions (KIP-932): what each member of a share group reads, named once and then only changed. A session
 * belongs to its connection: with it goes all that the member holds.
 */
import type { Uuid } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';

export interface TopicPartition {
  readonly topicId: Uuid;
  readonly index: number;
}

export interface ShareSession {
  readonly groupId: string;
  readonly memberId: string;
  readonly connectionId: number;
  readonly partitions: Map<string, TopicPartition>;
  epoch: number;
  /** Takes the session's end from its connection. */
  forget: () => void;
}

export interface SessionClaim {
  readonly groupId: string;
  readonly memberId: string;
  readonly epoch: number;
}

export const finalEpoch = -1;
const epochMax = 2 ** 31 - 1;
export const partitionKey = ({ topicId, index }: TopicPartition): string => `${topicId}:${index}`;

export class ShareSessions {
  readonly #sessions = new Map<string, ShareSession>();
  readonly #max: () => number;

  constructor(max: () => number) {
    this.#max = max;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get({ groupId, memberId }: { readonly groupId: string; readonly memberId: string }): ShareSession | undefined {
    return this.#sessions.get(`${memberId} ${groupId}`);
  }

  begin(claim: SessionClaim, connectionId: number): ShareSession | ErrorName {
    const { groupId, memberId } = claim;
    if (this.#sessions.size >= this.#max()) return 'SHARE_SESSION_LIMIT_REACHED';
    const partitions = new Map<string, TopicPartition>();
    const session = { groupId, memberId, connectionId, partitions, epoch: 1, forget: () => undefined };
    this.#sessions.set(`${memberId} ${groupId}`, session);
    return session;
  }

  /** The session that the claim is about, which goes on by one epoch. */
  next(claim: SessionClaim): ShareSession | ErrorName {
    const session = this.get(claim);
    if (session === undefined) return 'SHARE_SESSION_NOT_FOUND';
    if (claim.epoch === finalEpoch) return session;
    if (session.epoch !== claim.epoch) return 'INVALID_SHARE_SESSION_EPOCH';
    session.epoch = session.epoch === epochMax ? 1 : session.epoch + 1;
    return session;
  }

  end(session: ShareSession): void {
    const key = `${session.memberId} ${session.groupId}`;
    if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    session.forget();
  }
}
