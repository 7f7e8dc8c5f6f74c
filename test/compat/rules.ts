/** What is not compared letter by letter. Everything else is. */

/**
 * `present`: only whether it is there. `ignored`: not at all. `positive`: any positive number is like any other.
 * `port`: the broker's own port. `id`: a number by order of appearance, negative ones as they are;
 * `session`: the same, zero as it is. `symbol`: a text by order of appearance.
 */
export type Treatment = 'present' | 'ignored' | 'positive' | 'port' | 'id' | 'session' | 'symbol';

/** By field name, or by API and path for one place. */
export const treatments: Readonly<Record<string, Treatment>> = {
  errorMessage: 'present',
  batchIndexErrorMessage: 'present',
  message: 'present',
  documentation: 'present',
  throttleTimeMs: 'positive',
  clusterId: 'symbol',
  port: 'port',
  producerId: 'id',
  'DescribeQuorum.topics[].partitions[].highWatermark': 'positive',
  'DescribeQuorum.topics[].partitions[].currentVoters[].logEndOffset': 'positive',
  'DescribeQuorum.topics[].partitions[].currentVoters[].lastFetchTimestamp': 'positive',
  'DescribeQuorum.topics[].partitions[].currentVoters[].lastCaughtUpTimestamp': 'positive',
  'ConsumerGroupHeartbeat.memberId': 'symbol',
  sessionId: 'session',
  logDir: 'present',
  'DescribeLogDirs.results[].totalBytes': 'positive',
  'DescribeLogDirs.results[].usableBytes': 'positive',
};

/** Lists whose order means nothing, with what tells their elements apart; nothing for a list of plain values. */
export const keyedLists: Readonly<Record<string, readonly string[]>> = {
  'Fetch.responses': ['topic', 'topicId'],
  'Produce.responses': ['name', 'topicId'],
  'Produce.responses[].partitionResponses': ['index'],
  'Metadata.topics': ['name', 'topicId'],
  'Metadata.topics[].partitions': ['partitionIndex'],
  'ListOffsets.topics': ['name'],
  'ListOffsets.topics[].partitions': ['partitionIndex'],
  'OffsetCommit.topics': ['name', 'topicId'],
  'OffsetFetch.topics': ['name'],
  'OffsetFetch.topics[].partitions': ['partitionIndex'],
  'OffsetFetch.groups': ['groupId'],
  'OffsetFetch.groups[].topics': ['name', 'topicId'],
  'OffsetFetch.groups[].topics[].partitions': ['partitionIndex'],
  'JoinGroup.members': ['memberId', 'groupInstanceId'],
  'DescribeGroups.groups[].members': ['memberId', 'groupInstanceId'],
  'ListGroups.groups': ['groupId'],
  'ConsumerGroupHeartbeat.assignment.topicPartitions': ['topicId'],
  'ConsumerGroupDescribe.groups[].members': ['memberId'],
  'ConsumerGroupDescribe.groups[].members[].subscribedTopicNames': [],
  'ConsumerGroupDescribe.groups[].members[].assignment.topicPartitions': ['topicName'],
  'ConsumerGroupDescribe.groups[].members[].targetAssignment.topicPartitions': ['topicName'],
  'ApiVersions.apiKeys': ['apiKey'],
  'CreateTopics.topics': ['name'],
  'CreateTopics.topics[].configs': ['name'],
  'DeleteTopics.responses': ['name', 'topicId'],
  'DeleteRecords.topics': ['name'],
  'DeleteRecords.topics[].partitions': ['partitionIndex'],
  'OffsetForLeaderEpoch.topics': ['topic'],
  'AlterReplicaLogDirs.results': ['topicName'],
  'AlterReplicaLogDirs.results[].partitions': ['partitionIndex'],
  'DescribeLogDirs.results[].topics': ['name'],
  'DescribeLogDirs.results[].topics[].partitions': ['partitionIndex'],
  'CreatePartitions.results': ['name'],
  'DeleteGroups.results': ['groupId'],
  'OffsetDelete.topics': ['name'],
  'OffsetDelete.topics[].partitions': ['partitionIndex'],
  'AlterClientQuotas.entries': ['entity'],
  'AlterClientQuotas.entries[].entity': ['entityType'],
  'DescribeClientQuotas.entries': ['entity'],
  'DescribeClientQuotas.entries[].entity': ['entityType'],
  'DescribeClientQuotas.entries[].values': ['key'],
  'DescribeProducers.topics': ['name'],
  'DescribeUserScramCredentials.results': ['user'],
  'AlterUserScramCredentials.results': ['user'],
  'DescribeConfigs.results': ['resourceType', 'resourceName'],
  'DescribeConfigs.results[].configs': ['name'],
  'AlterConfigs.responses': ['resourceType', 'resourceName'],
  'IncrementalAlterConfigs.responses': ['resourceType', 'resourceName'],
  'ListConfigResources.configResources': ['resourceType', 'resourceName'],
};
