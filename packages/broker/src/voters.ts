import { zeroUuid } from '@skerry/base';
import { type AddRaftVoterRequest, type ErrorName, errorCode } from '@skerry/wire';
import type { Context } from './context.ts';

type Voter = Pick<AddRaftVoterRequest, 'clusterId' | 'voterId' | 'voterDirectoryId'>;

/**
 * What whoever wants other voters on the metadata log is told (KIP-853): the one node votes alone, as a Kafka whose
 * voters are written in its settings. A client that names another cluster is told that first, then one that names no
 * voter, or none that could be reached.
 */
export function refuseVoters(
  { clusterId, voterId, voterDirectoryId, listeners }: Voter & Partial<Pick<AddRaftVoterRequest, 'listeners'>>,
  context: Context,
): { readonly errorCode: number; readonly errorMessage: string | null } {
  if (!context.allowed('alter', 'cluster', 'kafka-cluster')) return refused('CLUSTER_AUTHORIZATION_FAILED', null);
  if (clusterId !== null && clusterId !== context.clusterId) {
    return refused('INCONSISTENT_CLUSTER_ID', `This is cluster ${context.clusterId}, not ${clusterId}.`);
  }
  if (voterId < 0 || voterDirectoryId === zeroUuid) {
    return refused('INVALID_REQUEST', 'A voter is named by its number, 0 or more, and by the id of its folder.');
  }
  const [own = 'CONTROLLER'] = context.live.now['controller.listener.names'];
  if (listeners?.some(({ name }) => name === own) === false) {
    return refused('INVALID_REQUEST', `A voter has a listener ${own}: say where.`);
  }
  return refused('UNSUPPORTED_VERSION', 'This node is its own quorum: voters do not come and go.');
}

const refused = (error: ErrorName, errorMessage: string | null) => ({ errorCode: errorCode(error), errorMessage });
