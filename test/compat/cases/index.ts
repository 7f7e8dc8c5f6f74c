/** All cases. A new API is one more file here, and one more line in each list. */
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
import { initProducerIdCases } from './22-init-producer-id.ts';
import { describeConfigsCases } from './32-describe-configs.ts';
import { groupSequences } from './sequences-groups.ts';
import { producerSequences } from './sequences-producers.ts';
import { topicSequences } from './sequences-topics.ts';

export function allCases(_seed: number): readonly Case[] {
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
    ...describeConfigsCases,
    ...groupSequences,
    ...producerSequences,
    ...topicSequences,
  ];
}
