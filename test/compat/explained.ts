/**
 * Differences that are meant, each with its reason: the last section of docs/compatibility.md is printed from them.
 * One that is no longer seen fails `npm run compat`, as an unexplained difference does.
 */
import type { Difference } from './run.ts';

export interface Explanation {
  /** The API whose answer differs. */
  readonly api: string;
  /** Where in the answer; `*` stands for any text. */
  readonly path: string;
  /** In which cases, `*` standing for any text; in all without it. */
  readonly cases?: string;
  readonly from?: number;
  readonly to?: number;
  /** The values that are meant; any without them. */
  readonly skerry?: unknown;
  readonly kafka?: unknown;
  /** What a user should know: what each does, and why. */
  readonly why: string;
  /** Depends on what ran before, or at what moment: not seeing it is no fault. */
  readonly seldom?: true;
}

const of44 = 'Came with Kafka 4.4; the reference broker is 4.3.1.';
const ownSetting = 'A setting of Skerry alone.';
const helpful = 'Skerry says in words why it refused; Kafka gives the code alone.';
const oneNode = 'The settings of the reference broker’s own start: its ports, its controller, its data folder.';
const notYet = 'Not served yet.';
const plainlyWrong =
  'Kafka’s handler fails on it (UNKNOWN_SERVER_ERROR, or no answer at all); ' +
  'Skerry takes it as the protocol says, or refuses it by name.';
const opaque =
  'Skerry stores a batch as the producer made it and does not decompress it to look: ' +
  'the checksum is checked, the records are not.';

const topicSettings = [
  'errors.deadletterqueue.group.enable',
  'max.decompressed.message.bytes',
  'remote.copy.lag.bytes',
  'remote.copy.lag.ms',
];

export const explanations: readonly Explanation[] = [
  ...topicSettings.flatMap((name) => [
    { api: 'CreateTopics', path: `topics.*.configs.{${name}}`, kafka: '(missing)', why: of44 },
    { api: 'DescribeConfigs', path: `results.{2/*}.configs.{${name}}`, kafka: '(missing)', why: of44 },
  ]),
  ...['CreateTopics', 'DescribeConfigs'].map((api) => ({
    api,
    path: '*.configs.{min.insync.replicas}*',
    why:
      'Kafka writes min.insync.replicas into the cluster-wide settings when it ' +
      'formats a data folder; Skerry does not.',
  })),
  { api: 'CreateTopics', path: 'topics.*.configs.{skerry.*}', kafka: '(missing)', why: ownSetting },
  { api: 'DescribeConfigs', path: 'results.*.configs.{skerry.*}', kafka: '(missing)', why: ownSetting },
  {
    api: 'DescribeConfigs',
    path: 'results.{4/1}.configs.*',
    cases: 'all of the broker*',
    kafka: '(missing)',
    why: of44,
  },
  ...[
    'listeners',
    'advertised.listeners',
    'broker.id',
    'node.id',
    'controller.*',
    'log.dir',
    'log.dirs',
    'process.roles',
    'listener.security.protocol.map',
    'inter.broker.listener.name',
    'offsets.topic.replication.factor',
    'transaction.state.log.*',
    'share.coordinator.state.topic.*',
  ].map((name) => ({ api: 'DescribeConfigs', path: `results.{4/1}.configs.{${name}}.*`, why: oneNode })),
  ...[
    'metric.reporters',
    'principal.builder.class',
    'remote.log.metadata.manager.class.name',
    'sasl.oauthbearer.jwt.retriever.class',
    'sasl.oauthbearer.jwt.validator.class',
  ].map((name) => ({
    api: 'DescribeConfigs',
    path: `results.{4/1}.configs.{${name}}.*`,
    why: 'The default is a class of Kafka’s own, which Skerry does not have.',
  })),
  ...[
    'errors.deadletterqueue.copy.record.enable',
    'errors.deadletterqueue.topic.name',
    'streams.assignor.name',
    'streams.rack.aware.assignment.tags',
  ].map((name) => ({
    api: 'DescribeConfigs',
    path: `results.{32/*}.configs.{${name}}`,
    kafka: '(missing)',
    why: of44,
  })),
  {
    api: 'DescribeConfigs',
    path: 'results.{8/1}.configs.*',
    why: 'The loggers are those of the program: each broker lists its own.',
  },
  { api: 'ApiVersions', path: 'apiKeys.{94}', kafka: '(missing)', why: of44 },
  ...[18, 42].map((key) => ({ api: 'ApiVersions', path: `apiKeys.{${key}}.maxVersion`, why: of44 })),
  { api: 'ApiVersions', path: 'apiKeys.*', skerry: '(missing)', why: notYet },
  {
    api: 'ApiVersions',
    path: '*eatures*',
    why: 'Features are finalised once they are true of Skerry; Kafka’s clients change their ways on them.',
  },
  {
    api: 'Metadata',
    path: 'topics.*',
    cases: 'a topic made by asking for it',
    why:
      'Skerry makes the topic before it answers, so that the first record needs no second try; Kafka ' +
      'answers UNKNOWN_TOPIC_OR_PARTITION and clients ask again ' +
      '(docs/decisions/0004-auto-created-topics-are-answered-at-once.md).',
  },
  {
    api: 'Metadata',
    path: 'topics.{__*',
    seldom: true,
    skerry: '(missing)',
    why: 'Kafka has made an internal topic that Skerry does not have, or not yet.',
  },
  { api: 'Produce', path: 'responses.*.errorMessage', skerry: '(present)', kafka: '(absent)', why: helpful },
  {
    api: 'Produce',
    path: 'responses.*',
    cases: 'a batch with log append time said by the producer',
    why:
      'A batch that says log append time, on a topic of create time: Skerry refuses it (INVALID_TIMESTAMP): the ' +
      'times of its records would be lost; Kafka stores it.',
  },
  {
    api: 'Produce',
    path: 'responses.*.errorCode',
    cases: 'settings*: a limit, and a batch over it',
    seldom: true,
    skerry: 10,
    why: 'An altered setting binds in Skerry once it is acknowledged; in Kafka it reaches the log a moment later.',
  },
  {
    api: 'CreatePartitions',
    path: 'results.*.errorCode',
    cases: 'more than are made at once',
    skerry: 44,
    kafka: -1,
    why: 'Kafka’s handler fails on it; Skerry names the limit: POLICY_VIOLATION, as elsewhere.',
  },
  { api: 'JoinGroup', path: '', cases: 'protocols twice', kafka: '(no answer)', why: plainlyWrong },
  { api: 'Produce', path: '', cases: 'a batch with no records (null)', kafka: '(no answer)', why: plainlyWrong },
  ...['a batch with a length of 2 GB', 'a batch with compression *'].map((cases) => ({
    api: 'Produce',
    path: 'responses.*.errorCode',
    cases,
    kafka: -1,
    why: plainlyWrong,
  })),
  {
    api: 'Produce',
    path: 'responses.*.errorCode',
    cases: 'a batch with * that is none',
    skerry: 0,
    kafka: -1,
    why: opaque,
  },
  {
    api: 'Produce',
    path: 'responses.*.errorCode',
    cases: 'a batch with a* record length*',
    skerry: 0,
    kafka: 87,
    why: opaque,
  },
  ...['a batch with * that is none', 'a batch with a* record length*'].map((cases) => ({
    api: 'Produce',
    path: 'responses.*.baseOffset',
    cases,
    why: 'What follows the batch that Skerry took stands after it.',
  })),
  ...['topics.*.partitions[]', 'topics.*(2)}'].map((path) => ({
    api: 'OffsetCommit',
    path,
    cases: 'a partition and a topic twice',
    why: 'A topic that is named twice in one request is answered in one entry; Kafka answers each mention by itself.',
  })),
  {
    api: 'ApiVersions',
    path: 'apiKeys.{7*}',
    kafka: '(missing)',
    why: 'Kafka tells of telemetry only where a plugin receives it; Skerry always takes it.',
  },
  {
    api: 'Fetch',
    path: 'responses.*.maxTimestamp',
    cases: 'a batch with a wrong newest timestamp',
    why: opaque,
  },
  ...[
    { api: 'Fetch', path: 'responses.*.errorCode', cases: 'byte limits*', kafka: -1 },
    { api: 'Fetch', path: '*.errorCode', cases: 'log start offsets and isolation', kafka: -1 },
    { api: 'ListOffsets', path: 'topics.*.errorCode', cases: 'read committed', kafka: -1 },
    { api: 'Metadata', path: '*', cases: 'neither name nor id', from: 12 },
  ].map((one) => ({ ...one, why: plainlyWrong })),
  ...[
    { api: 'AlterUserScramCredentials', path: 'results.*.errorCode' },
    // Kafka shows one a moment later.
    { api: 'DescribeUserScramCredentials', path: 'results.*.errorCode', seldom: true as const },
  ].map((one) => ({
    ...one,
    cases: 'a password that is good',
    kafka: 0,
    why:
      'Kafka keeps a password whatever its listeners are. Skerry has no SASL listeners yet: it refuses one ' +
      '(UNSUPPORTED_SASL_MECHANISM), for it would protect nothing.',
  })),
  {
    api: 'UpdateFeatures',
    path: '.errorCode',
    cases: 'of features of Kafka’s*',
    skerry: 95,
    kafka: 0,
    why: 'Skerry has no features with levels, so there is none to set, nor any to leave as it is.',
  },
  {
    api: 'Produce',
    path: 'responses.*.errorCode',
    cases: 'batches of a transaction',
    why:
      'Of a partition that is not in the transaction Kafka tells clients up to v10 TRANSACTION_ABORTABLE, which they ' +
      'do not know, and those of v11, which do, INVALID_TXN_STATE. Skerry tells each what it knows.',
  },
  {
    api: 'FindCoordinator',
    path: 'coordinators[].errorCode',
    cases: 'of a share partition',
    from: 6,
    skerry: 42,
    why: notYet,
  },
  {
    api: 'DescribeTopicPartitions',
    path: 'topics[].errorCode',
    cases: 'names no topic can have',
    kafka: -1,
    why: plainlyWrong,
  },
  {
    api: 'DescribeQuorum',
    path: 'topics[].partitions[].leaderEpoch',
    cases: 'of the metadata log',
    skerry: 0,
    why: 'Nobody was elected: the one node has led its metadata log from the beginning, in epoch 0.',
  },
  {
    api: 'DescribeQuorum',
    path: 'nodes*',
    cases: 'of the metadata log',
    from: 2,
    why: 'There is no controller’s listener: the node is named with the address that clients use.',
  },
];

/** Served versions that the reference broker lacks: `npm run compat` holds this to what the two say. */
export const notCompared: readonly string[] = [
  'ApiVersions v5',
  'DeleteGroups v3',
  'GetTelemetrySubscriptions v0',
  'PushTelemetry v0',
  'UnregisterController v0',
];

/** The explanation of a difference, if there is one. */
export function explanationOf(one: Difference, among: readonly Explanation[] = explanations): Explanation | undefined {
  return among.find((explanation) => {
    const { api, path, cases = '*', from = 0, to = 99 } = explanation;
    return (
      api === one.api &&
      one.version >= from &&
      one.version <= to &&
      matches(path, one.path) &&
      matches(cases, one.case) &&
      (!('skerry' in explanation) || same(explanation.skerry, one.skerry)) &&
      (!('kafka' in explanation) || same(explanation.kafka, one.kafka))
    );
  });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}
