import type { Clock, Offset, Random, Uuid } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';

/** What a client asks of one partition, as its session remembers it. */
export interface Wanted {
  readonly topic: string;
  readonly topicId: Uuid;
  readonly index: number;
  leaderEpoch: number;
  offset: Offset;
  lastFetchedEpoch: number;
  bytesMax: number;
  /** What the client was told last; −1 before that. A change is news even without records. */
  toldHighWatermark: number;
  /** Its id was some topic's while the session lasted: one that went, rather than one that never was. */
  wasKnown: boolean;
  toldLogStart: number;
}

/** What a Fetch request says of its session (KIP-227). */
export interface SessionClaim {
  readonly id: number;
  readonly epoch: number;
  /** By topic id rather than by name (Fetch v13+). */
  readonly byId: boolean;
}

/** What the answer may be: everything asked, or only news; and under which session. */
export interface Sitting {
  readonly sessionId: number;
  readonly wanted: Iterable<Wanted>;
  /** Whether a partition without news is left out. */
  readonly incremental: boolean;
  /** Moves a partition that was served behind the others, so that none starves. */
  served(wanted: Wanted): void;
}

interface Session {
  readonly id: number;
  readonly byId: boolean;
  readonly partitions: Map<string, Wanted>;
  epoch: number;
  usedMs: number;
}

/** A session idle for this long may make room for a new one: Kafka's min.incremental.fetch.session.eviction.ms. */
const evictableAfterMs = 120_000;
const finalEpoch = -1;
const initialEpoch = 0;
const epochMax = 2 ** 31 - 1;
/** So many partitions are compared with one another rather than by name. */
const fewMax = 16;

const keyOf = (wanted: { topic: string; topicId: Uuid; index: number }, byId: boolean): string =>
  `${byId ? wanted.topicId : wanted.topic} ${wanted.index}`;

/**
 * Incremental fetches (KIP-227): a client names its partitions once, then only what changed; the answer holds only
 * partitions with news.
 *
 * A session whose last partition is forgotten ends: the answer names none, and the client begins another.
 *
 * At most `slots` sessions are kept; a new client gets one only if there is a free slot, or one whose owner has not
 * been heard of for two minutes. Without one it goes on with full fetches.
 */
export class FetchSessions {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #slots: number;
  /** In the order of their last use. */
  readonly #sessions = new Map<number, Session>();

  constructor(world: { clock: Clock; random: Random }, slots: number) {
    this.#clock = world.clock;
    this.#random = world.random;
    this.#slots = slots;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Settles which partitions this request is about: the session's after `added` and `forgotten`, or just `added`. */
  open(
    claim: SessionClaim,
    added: readonly Wanted[],
    forgotten: readonly { topic: string; topicId: Uuid; index: number }[],
  ): Sitting | ErrorName {
    if (claim.epoch === finalEpoch || claim.epoch === initialEpoch) {
      this.#sessions.delete(claim.id);
      if (claim.epoch === finalEpoch) return fullSitting(0, added);
      return this.#begin(claim.byId, added);
    }
    const session = this.#sessions.get(claim.id);
    if (session === undefined) return 'FETCH_SESSION_ID_NOT_FOUND';
    if (session.epoch !== claim.epoch) return 'INVALID_FETCH_SESSION_EPOCH';
    if (session.byId !== claim.byId) return 'FETCH_SESSION_TOPIC_ID_ERROR';
    this.#use(session);
    update(session, added, forgotten);
    if (session.partitions.size === 0) {
      this.#sessions.delete(session.id);
      return fullSitting(0, []);
    }
    session.epoch = session.epoch === epochMax ? 1 : session.epoch + 1;
    return {
      sessionId: session.id,
      wanted: session.partitions.values(),
      incremental: true,
      served: (wanted) => {
        const key = keyOf(wanted, session.byId);
        if (session.partitions.get(key) !== wanted) return;
        session.partitions.delete(key);
        session.partitions.set(key, wanted);
      },
    };
  }

  close(id: number): void {
    this.#sessions.delete(id);
  }

  #begin(byId: boolean, added: readonly Wanted[]): Sitting {
    if (!this.#makeRoom()) return fullSitting(0, added);
    const now = this.#clock.monotonicMs();
    const session: Session = { id: this.#newId(), byId, partitions: new Map(), epoch: 1, usedMs: now };
    this.#sessions.set(session.id, session);
    update(session, added, []);
    return fullSitting(session.id, [...session.partitions.values()]);
  }

  #makeRoom(): boolean {
    if (this.#sessions.size < this.#slots) return true;
    const [oldest] = this.#sessions.values();
    if (oldest === undefined || this.#clock.monotonicMs() - oldest.usedMs < evictableAfterMs) return false;
    this.#sessions.delete(oldest.id);
    return true;
  }

  #use(session: Session): void {
    session.usedMs = this.#clock.monotonicMs();
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
  }

  #newId(): number {
    for (;;) {
      const id = 1 + this.#random.below(2 ** 31 - 1);
      if (!this.#sessions.has(id)) return id;
    }
  }
}

/** What is named twice is served once, as it was asked for last. */
function fullSitting(sessionId: number, asked: readonly Wanted[]): Sitting {
  const wanted = mayNameOneTwice(asked)
    ? [...new Map(asked.map((one) => [keyOf(one, false) + one.topicId, one])).values()]
    : asked;
  return { sessionId, wanted, incremental: false, served: () => undefined };
}

/** Few are looked through sooner than a name is put together for each. */
function mayNameOneTwice(asked: readonly Wanted[]): boolean {
  if (asked.length > fewMax) return true;
  return asked.some((one, i) => {
    for (let before = 0; before < i; before++) {
      const { index, topicId, topic } = asked[before] as Wanted;
      if (index === one.index && topicId === one.topicId && topic === one.topic) return true;
    }
    return false;
  });
}

function update(
  session: Session,
  added: readonly Wanted[],
  forgotten: readonly { topic: string; topicId: Uuid; index: number }[],
): void {
  for (const wanted of added) {
    const known = session.partitions.get(keyOf(wanted, session.byId));
    if (known === undefined) session.partitions.set(keyOf(wanted, session.byId), wanted);
    else {
      known.leaderEpoch = wanted.leaderEpoch;
      known.offset = wanted.offset;
      known.lastFetchedEpoch = wanted.lastFetchedEpoch;
      known.bytesMax = wanted.bytesMax;
    }
  }
  for (const gone of forgotten) session.partitions.delete(keyOf(gone, session.byId));
}
