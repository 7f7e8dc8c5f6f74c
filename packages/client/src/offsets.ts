import { listOffsetsRequest, listOffsetsResponse } from '@skerry/wire';
import type { Client } from './client.ts';
import { check, isRetriable } from './errors.ts';

/**
 * A place in a partition: where it begins, where it ends, or the first record at or after a time (milliseconds since
 * 1970).
 */
export type Place = 'earliest' | 'latest' | { readonly timestamp: number };
export type Isolation = 'read_uncommitted' | 'read_committed';

/** The offset of a place. Where no record is as late as a time, that is the end. */
export async function offsetOf(
  client: Client,
  topic: string,
  partition: number,
  place: Place,
  isolation: Isolation = 'read_uncommitted',
): Promise<number> {
  const timestamp = place === 'earliest' ? -2n : place === 'latest' ? -1n : BigInt(place.timestamp);
  const found = await client.retry(async () => {
    try {
      const info = await client.topic(topic);
      const led = info.partitions[partition];
      const connection = await client.broker(led?.leader ?? -1);
      const { topics } = await connection.request(listOffsetsRequest, listOffsetsResponse, {
        replicaId: -1,
        isolationLevel: isolation === 'read_committed' ? 1 : 0,
        topics: [
          {
            name: topic,
            partitions: [{ partitionIndex: partition, currentLeaderEpoch: led?.leaderEpoch ?? -1, timestamp }],
          },
        ],
      });
      const answer = topics[0]?.partitions[0];
      check(answer?.errorCode ?? 3, `offsets of ${topic}/${partition}`);
      return answer?.offset ?? -1;
    } catch (error) {
      if (isRetriable(error)) client.forget(topic);
      throw error;
    }
  });
  return found < 0 && typeof place === 'object' ? offsetOf(client, topic, partition, 'latest', isolation) : found;
}
