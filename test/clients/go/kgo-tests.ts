/** Which of franz-go's own tests speak to a broker, what each is about, and which cannot pass yet. */
import type { Feature } from '../features.ts';

/** The tests of kgo that need a broker and pass. All others need none. */
export const served: Readonly<Record<string, Feature>> = {
  Test848RegexBrokerResolves: 'group',
  TestAddRemovePartitions: 'consume',
  TestClient_Produce: 'produce',
  TestClient_ProduceLargeMessages: 'large',
  TestConsumeMaxDecompressBatchBytes: 'compression',
  TestConsumeRegex: 'consume',
  TestConsumeTopicRetrieval: 'consume',
  TestConsumeTopicRetrieval_Many: 'consume',
  TestDirectPartitionPurge: 'consume',
  TestGroupETL: 'cooperative',
  TestGroupSimple: 'group',
  TestHookPollStart: 'consume',
  TestIssue1034: 'connect',
  TestIssue325: 'consume',
  TestIssue337: 'consume',
  TestIssue434: 'admin topics',
  TestIssue523: 'group',
  TestIssue648: 'consume',
  TestIssue769: 'produce',
  TestIssue810: 'consume',
  TestIssue831: 'produce',
  TestIssue865: 'consume',
  TestIssueFetchLargerThanBrokerMaxReadBytes: 'large',
  TestIssueProduceSyncManualPartitionNegativeDoesNotPanic: 'produce',
  TestPauseIssue489: 'seek',
  TestPauseIssueOct2023: 'seek',
  TestPing: 'connect',
  TestPooling: 'headers',
  TestUnknownGroupOffsetFetchPinned: 'commit',
};

const transactions = 'transactions are not yet served';
const share = 'share groups (KIP-932) are not yet served';
const security = 'SASL is not yet served';

/** Tests, and parts of tests, that are left out of the run. */
export const notYet: Readonly<Record<string, string>> = {
  TestTxnEtl: transactions,
  TestConsumeRegexShareSkipsInternal: share,
  TestShareGroup: share,
  TestShareGroupAckOnClose: share,
  TestShareGroupETL: share,
  TestShareGroupOffsetsAdmin: share,
  TestSCRAMAuth: security,
  TestSCRAMAuthBadCredentials: security,
  TestIssueProduceBrokerTooOldFailsRecords: 'it wants a broker that tells no Produce v2; Kafka and Skerry tell v0-v2',
};
