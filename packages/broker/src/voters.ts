import { errorCode } from '@skerry/wire';
import type { Context } from './context.ts';

/**
 * What whoever wants other voters on the metadata log is told (KIP-853): the one node votes alone, as a Kafka whose
 * voters are written in its settings. A client that names another cluster is told that first.
 */
export function refuseVoters(
  { clusterId }: { readonly clusterId: string | null },
  context: Context,
): { readonly errorCode: number; readonly errorMessage: string | null } {
  if (!context.allowed('alter', 'cluster', 'kafka-cluster')) {
    return { errorCode: errorCode('CLUSTER_AUTHORIZATION_FAILED'), errorMessage: null };
  }
  if (clusterId !== null && clusterId !== context.clusterId) {
    const errorMessage = `This is cluster ${context.clusterId}, not ${clusterId}.`;
    return { errorCode: errorCode('INCONSISTENT_CLUSTER_ID'), errorMessage };
  }
  const errorMessage = 'This node is its own quorum: voters do not come and go.';
  return { errorCode: errorCode('UNSUPPORTED_VERSION'), errorMessage };
}
