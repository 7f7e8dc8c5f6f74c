/**
 * Fetches the next records of partitions: one request for each broker that leads some of them, all at once, one round
 * at a time.
 *
 * A partition's position moves when its records are handed over, at the end of the round, and only if it is still
 * read and still where the round began: what was revoked or sent elsewhere meanwhile is neither told nor skipped.
 */
import { assert, Offset } from '@skerry/base';
import {
  type DecodedRecord,
  errorName,
  errors,
  type FetchRequestInput,
  type FetchResponse,
  fetchRequest,
  fetchResponse,
} from '@skerry/wire';
import type { Callback } from './callback.ts';
import type { Cluster } from './cluster.ts';
import { isRetriable, KafkaError } from './errors.ts';
import { unpack } from './fetched.ts';
import { askOffset, type Isolation, type TopicPartition } from './offsets.ts';
import { byIdOrName, type TopicInfo } from './topic-info.ts';

export interface FetchOptions {
  /** How long the broker may wait for records before it answers that there are none. */
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly isolation?: Isolation;
  /** Where to go on when the position is no longer there. Without it that is an error. */
  readonly reset?: 'earliest' | 'latest';
}

export interface ConsumedRecord extends DecodedRecord, TopicPartition {}

/** A partition that is read. */
export interface Assigned extends TopicPartition {
  /** Of the next record to tell. */
  position: Offset;
  /** Set once it is read no longer: nothing more of it is told. */
  dropped: boolean;
  /** Why the last round got nothing of it, though a later one may. */
  failure?: Error | undefined;
}

/** What is asked of one leader. */
interface Share {
  readonly leader: number;
  readonly infos: TopicInfo[];
  readonly assigned: Assigned[];
}

/** What one partition gave, from where its round began. */
interface Taken {
  readonly assigned: Assigned;
  readonly from: Offset;
  readonly next: Offset;
  readonly records: readonly DecodedRecord[];
}

type PartitionAnswer = FetchResponse['responses'][number]['partitions'][number];
type FetchTopic = NonNullable<FetchRequestInput['topics']>[number];

export class Fetcher {
  readonly #cluster: Cluster;
  readonly #options: Required<Omit<FetchOptions, 'reset'>> & Pick<FetchOptions, 'reset'>;
  #failures = 0;
  #round: Round | undefined;

  constructor(cluster: Cluster, options: FetchOptions) {
    this.#cluster = cluster;
    this.#options = {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 50 * 1024 * 1024,
      partitionMaxBytes: 1024 * 1024,
      isolation: 'read_uncommitted',
      ...options,
    };
  }

  get isBusy(): boolean {
    return this.#round !== undefined;
  }

  /**
   * The next records of `all`, in order within each partition; none if there were none for `maxWaitMs`. What may
   * succeed later is tried again in the next round, which a round that only failed puts off. Where `mayTell` says no
   * at the end, nothing is told, and the next round begins at the same place.
   */
  fetch(all: Iterable<Assigned>, done: Callback<ConsumedRecord[]>, mayTell = always): void {
    assert(this.#round === undefined, 'one round at a time');
    const round = new Round(() => this.#finish(round, mayTell(), done));
    this.#round = round;
    const unknown = new Map<string, Assigned[]>();
    const shares: Share[] = [];
    for (const assigned of all) {
      const info = this.#cluster.known(assigned.topic);
      if (info !== undefined) this.#addShare(round, shares, info, assigned);
      else append(unknown, assigned.topic, assigned);
    }
    for (const [topic, of] of unknown) {
      round.begin();
      this.#cluster.topic(topic, false, (error, info) => {
        if (error !== undefined) for (const assigned of of) this.#note(round, assigned, error);
        else {
          const found: Share[] = [];
          for (const assigned of of) this.#addShare(round, found, info, assigned);
          for (const share of found) this.#ask(round, share);
        }
        round.end();
      });
    }
    for (const share of shares) this.#ask(round, share);
    round.end();
  }

  #addShare(round: Round, shares: Share[], info: TopicInfo, assigned: Assigned): void {
    const leader = info.partitions[assigned.partition]?.leader;
    if (leader === undefined) {
      const what = `${assigned.topic}/${assigned.partition}`;
      return this.#note(round, assigned, new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', what));
    }
    if (leader < 0) {
      const what = `fetch ${assigned.topic}/${assigned.partition}`;
      return this.#note(round, assigned, new KafkaError('LEADER_NOT_AVAILABLE', what));
    }
    const share = shares.find((each) => each.leader === leader);
    if (share === undefined) shares.push({ leader, infos: [info], assigned: [assigned] });
    else {
      share.infos.push(info);
      share.assigned.push(assigned);
    }
  }

  #note(round: Round, assigned: Assigned, error: Error): void {
    if (isRetriable(error)) {
      assigned.failure = error;
      this.#noteTopic(round, assigned.topic);
    } else round.refusal ??= error;
  }

  #noteTopic(round: Round, topic: string): void {
    this.#cluster.forget(topic);
    round.failed = true;
  }

  #ask(round: Round, share: Share): void {
    round.begin();
    const fail = (error: Error): void => {
      for (const assigned of share.assigned) this.#note(round, assigned, error);
      round.end();
    };
    this.#cluster.broker(share.leader, (unreachable, connection) => {
      if (unreachable !== undefined) return fail(unreachable);
      const { maxWaitMs } = this.#options;
      // Of the topics' own limits the lowest holds.
      const version = byIdOrName(
        share.infos.find((info) => byIdOrName(info).versionMax !== undefined) ?? firstOf(share),
      );
      const options = { ...version, extraMs: maxWaitMs };
      // Where each is now: by the time the answer comes it may have been sent elsewhere.
      const from = share.assigned.map(({ position }) => position);
      connection.ask(fetchRequest, fetchResponse, this.#request(share), options, (error, answer) => {
        if (error !== undefined) return fail(error);
        if (answer.errorCode !== 0) return fail(new KafkaError(errorName(answer.errorCode), 'fetch'));
        this.#take(round, share, from, answer);
        round.end();
      });
    });
  }

  #request({ infos, assigned }: Share): FetchRequestInput {
    const { maxWaitMs, minBytes, maxBytes, partitionMaxBytes, isolation } = this.#options;
    const topics: { info: TopicInfo; topic: FetchTopic & { partitions: object[] } }[] = [];
    for (const [i, { partition, position }] of assigned.entries()) {
      const info = infos[i] as TopicInfo;
      let asked = topics.find((each) => each.info === info);
      if (asked === undefined) {
        asked = { info, topic: { topic: info.name, topicId: info.topicId, partitions: [] } };
        topics.push(asked);
      }
      const currentLeaderEpoch = info.partitions[partition]?.leaderEpoch ?? -1;
      asked.topic.partitions.push({ partition, currentLeaderEpoch, fetchOffset: position, partitionMaxBytes });
    }
    return {
      maxWaitMs,
      minBytes,
      maxBytes,
      isolationLevel: isolation === 'read_committed' ? 1 : 0,
      topics: topics.map(({ topic }) => topic),
    };
  }

  #take(round: Round, share: Share, from: readonly Offset[], answer: FetchResponse): void {
    for (const { topic, topicId, partitions } of answer.responses) {
      for (const each of partitions) {
        const at = share.assigned.findIndex(({ partition }, i) => {
          const info = share.infos[i] as TopicInfo;
          return partition === each.partitionIndex && (topic === '' ? info.topicId === topicId : info.name === topic);
        });
        const assigned = share.assigned[at];
        // Not asked for: what is known of the topic is wrong.
        if (assigned === undefined) this.#noteTopic(round, topic);
        else this.#takePartition(round, assigned, from[at] as Offset, each);
      }
    }
  }

  #takePartition(round: Round, assigned: Assigned, from: Offset, answer: PartitionAnswer): void {
    const { topic, partition } = assigned;
    const { isolation, reset } = this.#options;
    if (answer.errorCode === errors.OFFSET_OUT_OF_RANGE.code && reset !== undefined) {
      round.begin();
      askOffset(this.#cluster, assigned, reset, isolation, (error, offset) => {
        if (error !== undefined) this.#note(round, assigned, error);
        else round.taken.push({ assigned, from, next: Offset(offset), records: [] });
        round.end();
      });
      return;
    }
    if (answer.errorCode !== 0) {
      const what = `fetch ${topic}/${partition} at offset ${from}`;
      return this.#note(round, assigned, new KafkaError(errorName(answer.errorCode), what));
    }
    assigned.failure = undefined;
    const bytes = answer.records;
    if (bytes === null || bytes.byteLength === 0) return;
    const aborted = isolation === 'read_committed' ? (answer.abortedTransactions ?? []) : [];
    const hidden = aborted.map(({ producerId, firstOffset }) => ({ producerId: Number(producerId), firstOffset }));
    round.begin();
    unpack(bytes, from, hidden, this.#cluster.world.compute, (error, unpacked) => {
      if (error !== undefined) this.#note(round, assigned, error);
      else round.taken.push({ assigned, from, ...unpacked });
      round.end();
    });
  }

  #finish(round: Round, mayTell: boolean, done: Callback<ConsumedRecord[]>): void {
    const found: ConsumedRecord[] = [];
    for (const { assigned, from, next, records } of round.taken) {
      if (!mayTell || assigned.dropped || assigned.position !== from) continue;
      assigned.position = next;
      const { topic, partition } = assigned;
      for (const { offset, timestamp, key, value, headers } of records) {
        found.push({ topic, partition, offset, timestamp, key, value, headers });
      }
    }
    const finish = (): void => {
      this.#round = undefined;
      // Records first: what was refused is refused again in the next round.
      if (round.refusal !== undefined && found.length === 0) done(round.refusal, undefined);
      else done(undefined, found);
    };
    if (!round.failed || found.length > 0) this.#failures = 0;
    else if (round.refusal === undefined) {
      this.#cluster.world.clock.after(this.#cluster.pauseMs(this.#failures++), finish);
      return;
    }
    finish();
  }
}

/** One call of {@link Fetcher.fetch}: what it found, and how many answers it still waits for. */
class Round {
  readonly taken: Taken[] = [];
  /** Something may succeed later. */
  failed = false;
  refusal: Error | undefined;
  readonly #done: () => void;
  #due = 1;

  constructor(done: () => void) {
    this.#done = done;
  }

  begin(): void {
    this.#due++;
  }

  end(): void {
    if (--this.#due === 0) this.#done();
  }
}

const always = (): boolean => true;
const firstOf = ({ infos }: Share): TopicInfo => infos[0] as TopicInfo;

function append<K, V>(into: Map<K, V[]>, key: K, value: V): void {
  const there = into.get(key);
  if (there === undefined) into.set(key, [value]);
  else there.push(value);
}
