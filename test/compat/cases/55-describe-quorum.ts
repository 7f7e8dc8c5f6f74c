import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';

const { DescribeQuorum, UpdateFeatures, UnregisterBroker, AddRaftVoter, RemoveRaftVoter } = apis;
const metadata = '__cluster_metadata';
const of = (topicName: string, ...indexes: readonly number[]) => ({
  topicName,
  partitions: indexes.map((partitionIndex) => ({ partitionIndex })),
});
const listener = { name: 'CONTROLLER', host: 'h', port: 1 };
const none = 'AAAAAAAAAAAAAAAAAAAAAA' as never;
const voter = { voterId: 2, voterDirectoryId: 'k5x2Vq0bR1uYwZ3sT7nM4w' as never };

/** What a cluster of one node says of itself, and what it does not change. */
export const quorumCases: readonly Case[] = [
  story(DescribeQuorum, 'of the metadata log', [ask(DescribeQuorum, { topics: [of(metadata, 0)] })], { quick: true }),
  story(DescribeQuorum, 'of anything else', [
    ask(DescribeQuorum, { topics: [of('~a', 0)] }),
    ask(DescribeQuorum, { topics: [of(metadata, 1)] }),
    ask(DescribeQuorum, { topics: [of(metadata, 0, 0)] }),
    ask(DescribeQuorum, { topics: [of(metadata, 0), of('~a', 0)] }),
    ask(DescribeQuorum, { topics: [of(metadata)] }),
    ask(DescribeQuorum, { topics: [] }),
  ]),
  story(UpdateFeatures, 'of features that nobody has', [
    ask(UpdateFeatures, { featureUpdates: [] }),
    ask(UpdateFeatures, { featureUpdates: [{ feature: 'nobody.version', maxVersionLevel: 1 }] }),
    ask(UpdateFeatures, { featureUpdates: [{ feature: '', maxVersionLevel: 1 }] }),
    ask(UpdateFeatures, { featureUpdates: [{ feature: 'metadata.version', maxVersionLevel: 1 }] }),
    ask(UpdateFeatures, { featureUpdates: [{ feature: 'metadata.version', maxVersionLevel: 999 }] }),
    ask(UpdateFeatures, { featureUpdates: [{ feature: 'group.version', maxVersionLevel: -1 }] }),
    ask(UpdateFeatures, { featureUpdates: [{ feature: 'nobody.version', maxVersionLevel: 1 }], timeoutMs: 0 }),
    ask(UpdateFeatures, { featureUpdates: [], timeoutMs: 0 }),
  ]),
  story(
    UpdateFeatures,
    'of features of Kafka’s, only looked at',
    [
      ...['group.version', 'transaction.version', 'share.version', 'streams.version', 'kraft.version'].flatMap(
        (feature) =>
          [0, 1, 2, 9].map((maxVersionLevel) =>
            ask(UpdateFeatures, { featureUpdates: [{ feature, maxVersionLevel, upgradeType: 1 }], validateOnly: true }),
          ),
      ),
      ask(UpdateFeatures, {
        featureUpdates: [1, 1].map((maxVersionLevel) => ({ feature: 'group.version', maxVersionLevel })),
        validateOnly: true,
      }),
    ],
    { from: 1 },
  ),
  story(
    UnregisterBroker,
    'that is not there',
    [7, -1].map((brokerId) => ask(UnregisterBroker, { brokerId })),
  ),
  story(AddRaftVoter, 'where voters do not come and go', [
    ask(AddRaftVoter, {
      ...voter,
      clusterId: null,
      timeoutMs: 1000,
      listeners: [listener],
    }),
    ask(AddRaftVoter, { ...voter, clusterId: 'another', timeoutMs: 1000, listeners: [] }),
    ask(AddRaftVoter, { ...voter, clusterId: null, timeoutMs: 1000, listeners: [] }),
    ask(AddRaftVoter, { ...voter, clusterId: null, timeoutMs: 1000, listeners: [{ ...listener, name: 'OTHER' }] }),
    ask(AddRaftVoter, { ...voter, clusterId: null, timeoutMs: 0, listeners: [listener] }),
    ask(AddRaftVoter, { ...voter, voterId: -1, clusterId: null, timeoutMs: 1000, listeners: [listener] }),
    ask(AddRaftVoter, { ...voter, voterDirectoryId: none, clusterId: null, timeoutMs: 1000, listeners: [listener] }),
    ask(AddRaftVoter, { ...voter, voterId: -1, clusterId: 'another', timeoutMs: 1000, listeners: [] }),
  ]),
  story(RemoveRaftVoter, 'where voters do not come and go', [
    ask(RemoveRaftVoter, { ...voter, clusterId: null }),
    ask(RemoveRaftVoter, { ...voter, clusterId: 'another' }),
    ask(RemoveRaftVoter, { ...voter, voterId: -1, clusterId: null }),
    ask(RemoveRaftVoter, { ...voter, voterDirectoryId: none, clusterId: null }),
  ]),
];
