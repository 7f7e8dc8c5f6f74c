/** What a group has committed: asked for, and written. Topics go by name, in the versions that do. */
import type { Done, Offset } from '@skerry/base';
import {
  errorName,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
} from '@skerry/wire';
import type { Callback } from './callback.ts';
import type { Coordinator } from './coordinator.ts';
import { KafkaError } from './errors.ts';
import type { Claim } from './membership.ts';
import type { TopicPartition } from './offsets.ts';

export interface PartitionOffset extends TopicPartition {
  /** Of the next record to read. */
  readonly offset: number;
}

const lastVersionByName = 9;
const lastVersionOfOneGroup = 7;

/** Commits once; the first error of a partition is the commit's. */
export function commitOffsets(
  coordinator: Coordinator,
  groupId: string,
  claim: Claim,
  offsets: readonly PartitionOffset[],
  done: Done,
): void {
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, of]) => ({
    name,
    partitions: of.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: offset as Offset,
      committedMetadata: '',
    })),
  }));
  const { memberId, generationId } = claim;
  coordinator.ask(
    {
      request: offsetCommitRequest,
      response: offsetCommitResponse,
      versionMax: lastVersionByName,
      input: () => ({ groupId, memberId, generationIdOrMemberEpoch: generationId, topics }),
      error: (answer) => firstError(answer.topics),
    },
    (...[error]) => done(error),
  );
}

/** What is committed of each of `partitions`, −1 where nothing is; commits on their way are waited for (KIP-447). */
export function committedOffsets(
  coordinator: Coordinator,
  groupId: string,
  partitions: readonly TopicPartition[],
  done: Callback<PartitionOffset[]>,
): void {
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, of]) => ({
    name,
    partitionIndexes: of.map(({ partition }) => partition),
  }));
  coordinator.ask(
    {
      request: offsetFetchRequest,
      response: offsetFetchResponse,
      versionMax: lastVersionByName,
      input: (version) =>
        version <= lastVersionOfOneGroup
          ? { groupId, topics, requireStable: version === lastVersionOfOneGroup }
          : { groups: [{ groupId, topics }], requireStable: true },
      error: (answer) => {
        const group = answer.groups[0] ?? answer;
        return group.errorCode === 0 ? firstError(group.topics) : group.errorCode;
      },
    },
    (error, answer) => {
      if (error !== undefined) return done(error, undefined);
      const found = new Map<string, number>();
      for (const { name, partitions: of } of (answer.groups[0] ?? answer).topics) {
        for (const { partitionIndex, committedOffset } of of) found.set(`${name}/${partitionIndex}`, committedOffset);
      }
      const offsets = partitions.map(({ topic, partition }) => ({
        topic,
        partition,
        offset: found.get(`${topic}/${partition}`),
      }));
      const missing = offsets.find(({ offset }) => offset === undefined);
      if (missing !== undefined) return done(unanswered(missing), undefined);
      done(undefined, offsets as PartitionOffset[]);
    },
  );
}

type Answered = readonly { readonly partitions: readonly { readonly errorCode: number }[] }[];

function firstError(topics: Answered): number {
  for (const { partitions } of topics) {
    for (const { errorCode } of partitions) if (errorCode !== 0) return errorCode;
  }
  return 0;
}

const unanswered = ({ topic, partition }: TopicPartition): KafkaError =>
  new KafkaError(errorName(-1), `committed offset of ${topic}/${partition}`, 'the broker told none');
