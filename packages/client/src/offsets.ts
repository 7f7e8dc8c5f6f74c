import { errorName, listOffsetsRequest, listOffsetsResponse } from '@skerry/wire';
import { type Callback, promised } from './callback.ts';
import type { Client } from './client.ts';
import type { Cluster } from './cluster.ts';
import { isRetriable, KafkaError } from './errors.ts';

/**
 * A place in a partition: where it begins, where it ends, or the first record at or after a time (milliseconds since
 * 1970).
 */
export type Place = 'earliest' | 'latest' | { readonly timestamp: number };
export type Isolation = 'read_uncommitted' | 'read_committed';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The offset of a place. Where no record is as late as a time, that is the end. */
export function offsetOf(
  client: Client,
  topic: string,
  partition: number,
  place: Place,
  isolation: Isolation = 'read_uncommitted',
): Promise<number> {
  return promised((done) => findOffset(client.cluster, { topic, partition }, place, isolation, done));
}

/** The same, tried again for as long as the cluster's retry time-out says. */
function findOffset(
  cluster: Cluster,
  of: TopicPartition,
  place: Place,
  isolation: Isolation,
  done: Callback<number>,
): void {
  cluster.retry<number>(
    (tried) => askOffset(cluster, of, place, isolation, tried),
    (error, offset) => {
      if (error !== undefined) done(error, undefined);
      else if (offset < 0 && typeof place === 'object') findOffset(cluster, of, 'latest', isolation, done);
      else done(undefined, offset);
    },
  );
}

/** Asks once; −1 where no record is as late as a time. What proves wrong of the topic is forgotten. */
export function askOffset(
  cluster: Cluster,
  { topic, partition }: TopicPartition,
  place: Place,
  isolation: Isolation,
  done: Callback<number>,
): void {
  const fail = (error: Error): void => {
    if (isRetriable(error)) cluster.forget(topic);
    done(error, undefined);
  };
  const timestamp = place === 'earliest' ? -2n : place === 'latest' ? -1n : BigInt(place.timestamp);
  cluster.topic(topic, false, (unknown, info) => {
    if (unknown !== undefined) return fail(unknown);
    const { leader = -1, leaderEpoch = -1 } = info.partitions[partition] ?? {};
    if (leader < 0) return fail(new KafkaError('LEADER_NOT_AVAILABLE', `offsets of ${topic}/${partition}`));
    cluster.broker(leader, (unreachable, connection) => {
      if (unreachable !== undefined) return fail(unreachable);
      const partitions = [{ partitionIndex: partition, currentLeaderEpoch: leaderEpoch, timestamp }];
      const input = {
        replicaId: -1,
        isolationLevel: isolation === 'read_committed' ? 1 : 0,
        topics: [{ name: topic, partitions }],
      };
      connection.ask(listOffsetsRequest, listOffsetsResponse, input, {}, (error, answered) => {
        if (error !== undefined) return fail(error);
        const answer = answered.topics[0]?.partitions[0];
        const code = answer?.errorCode ?? 3;
        if (code !== 0) return fail(new KafkaError(errorName(code), `offsets of ${topic}/${partition}`));
        done(undefined, answer?.offset ?? -1);
      });
    });
  });
}
