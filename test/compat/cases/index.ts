/** All cases. A new API is one more file here, and one more line in each list. */
import { randomSequences } from '../random.ts';
import type { Case } from '../steps.ts';
import { produceCases } from './00-produce.ts';
import { fetchCases } from './01-fetch.ts';
import { listOffsetsCases } from './02-list-offsets.ts';
import { metadataCases } from './03-metadata.ts';
import { offsetCommitCases } from './08-offset-commit.ts';
import { offsetFetchCases } from './09-offset-fetch.ts';
import { findCoordinatorCases } from './10-find-coordinator.ts';
import { joinGroupCases } from './11-join-group.ts';
import { heartbeatCases } from './12-heartbeat.ts';
import { leaveGroupCases } from './13-leave-group.ts';
import { syncGroupCases } from './14-sync-group.ts';
import { describeGroupsCases } from './15-describe-groups.ts';
import { listGroupsCases } from './16-list-groups.ts';
import { apiVersionsCases } from './18-api-versions.ts';
import { createTopicsCases } from './19-create-topics.ts';
import { deleteTopicsCases } from './20-delete-topics.ts';
import { deleteRecordsCases } from './21-delete-records.ts';
import { initProducerIdCases } from './22-init-producer-id.ts';
import { offsetForLeaderEpochCases } from './23-offset-for-leader-epoch.ts';
import { transactionCases } from './24-transactions.ts';
import { describeConfigsCases } from './32-describe-configs.ts';
import { alterConfigsCases } from './33-alter-configs.ts';
import { alterReplicaLogDirsCases } from './34-alter-replica-log-dirs.ts';
import { describeLogDirsCases } from './35-describe-log-dirs.ts';
import { createPartitionsCases } from './37-create-partitions.ts';
import { deleteGroupsCases } from './42-delete-groups.ts';
import { electLeadersCases } from './43-elect-leaders.ts';
import { incrementalAlterConfigsCases } from './44-incremental-alter-configs.ts';
import { reassignmentCases } from './45-alter-partition-reassignments.ts';
import { offsetDeleteCases } from './47-offset-delete.ts';
import { clientQuotasCases } from './49-client-quotas.ts';
import { quorumCases } from './55-describe-quorum.ts';
import { describeClusterCases } from './60-describe-cluster.ts';
import { describeProducersCases } from './61-describe-producers.ts';
import { consumerGroupCases } from './68-consumer-groups.ts';
import { listConfigResourcesCases } from './74-list-config-resources.ts';
import { describeTopicPartitionsCases } from './75-describe-topic-partitions.ts';
import { mutationQuotaCases } from './mutation-quotas.ts';
import { securityCases } from './security.ts';
import { groupSequences } from './sequences-groups.ts';
import { producerSequences } from './sequences-producers.ts';
import { topicSequences } from './sequences-topics.ts';

const randomCount = 40;
const randomLength = 25;

/** The seed chooses the random sequences; all else is always the same. */
export function allCases(seed: number): readonly Case[] {
  return [
    ...produceCases,
    ...fetchCases,
    ...listOffsetsCases,
    ...metadataCases,
    ...offsetCommitCases,
    ...offsetFetchCases,
    ...findCoordinatorCases,
    ...joinGroupCases,
    ...heartbeatCases,
    ...leaveGroupCases,
    ...syncGroupCases,
    ...describeGroupsCases,
    ...listGroupsCases,
    ...apiVersionsCases,
    ...createTopicsCases,
    ...deleteTopicsCases,
    ...initProducerIdCases,
    ...transactionCases,
    ...describeConfigsCases,
    ...alterConfigsCases,
    ...incrementalAlterConfigsCases,
    ...consumerGroupCases,
    ...listConfigResourcesCases,
    ...deleteRecordsCases,
    ...offsetForLeaderEpochCases,
    ...alterReplicaLogDirsCases,
    ...describeLogDirsCases,
    ...createPartitionsCases,
    ...deleteGroupsCases,
    ...offsetDeleteCases,
    ...clientQuotasCases,
    ...mutationQuotaCases,
    ...electLeadersCases,
    ...reassignmentCases,
    ...quorumCases,
    ...describeClusterCases,
    ...describeProducersCases,
    ...describeTopicPartitionsCases,
    ...securityCases,
    ...groupSequences,
    ...producerSequences,
    ...topicSequences,
    ...randomSequences(seed, randomCount, randomLength),
  ];
}
