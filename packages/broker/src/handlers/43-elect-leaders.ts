import {
  type ElectLeadersRequest,
  type ElectLeadersResponseInput,
  type ErrorName,
  electLeadersRequest,
  electLeadersResponse,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';

type Result = NonNullable<NonNullable<ElectLeadersResponseInput['replicaElectionResults']>[number]['partitionResult']>;
type Verdict = readonly [error: ErrorName, message: string | null];

/** Of elections (KIP-460): to the replica that should lead, or to any that is there. */
const preferred = 0;
const unclean = 1;

/**
 * ElectLeaders, v0-v2: has partitions led by their first replica, or, if none in sync is there, by any.
 *
 * - The one replica leads already: ELECTION_NOT_NEEDED. A partition that is offline has none that could.
 * - No topics named is all: each then has an empty answer, as nothing had to change.
 * - A request that gives no time (`timeoutMs` of 0 or less) is refused whole.
 */
export const electLeaders: Handler<ElectLeadersRequest, ElectLeadersResponseInput> = {
  request: electLeadersRequest,
  response: electLeadersResponse,
  versions: [0, 2],

  handle(request, context, reply) {
    const { electionType, topicPartitions, timeoutMs } = request;
    const { apiVersion } = context;
    if (!context.allowed('alter', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', apiVersion));
    }
    if (electionType !== preferred && electionType !== unclean) {
      const message = `There is no election of type ${electionType}.`;
      return reply(refused(request, ['INVALID_REQUEST', message], apiVersion));
    }
    if (timeoutMs <= 0) return reply(this.refuse(request, 'REQUEST_TIMED_OUT', apiVersion));
    if (topicPartitions === null) {
      const all = [...context.catalog.topics].map(({ name }) => ({ topic: name, partitionResult: [] }));
      return reply({ replicaElectionResults: all });
    }
    reply({
      replicaElectionResults: topicPartitions.map(({ topic, partitions }) => ({
        topic,
        partitionResult: results(partitions, (index) => elect(topic, index, electionType, context)),
      })),
    });
  },

  refuse: (request, error, version) => refused(request, [error, null], version),
};

function elect(topic: string, index: number, electionType: number, { catalog }: Context): Verdict {
  const partition = catalog.partition(topic, index);
  if (partition === undefined) return ['UNKNOWN_TOPIC_OR_PARTITION', `There is no partition ${topic}-${index}.`];
  if (!partition.isOffline) return ['ELECTION_NOT_NEEDED', 'The leader is the one that it should be.'];
  const error = electionType === preferred ? 'PREFERRED_LEADER_NOT_AVAILABLE' : 'ELIGIBLE_LEADERS_NOT_AVAILABLE';
  return [error, 'The one replica is damaged: see the broker log.'];
}

function results(partitions: readonly number[], verdict: (index: number) => Verdict): Result {
  return partitions.map((partitionId) => {
    const [error, errorMessage] = verdict(partitionId);
    return { partitionId, errorCode: errorCode(error), errorMessage };
  });
}

function refused(
  { topicPartitions }: ElectLeadersRequest,
  verdict: Verdict,
  version: number,
): ElectLeadersResponseInput {
  return {
    // Before v1 only partitions have an error.
    ...(version >= 1 ? { errorCode: errorCode(verdict[0]) } : {}),
    replicaElectionResults: (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: results(partitions, () => verdict),
    })),
  };
}
