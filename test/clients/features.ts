/**
 * What a Kafka client may be able to do: the columns of docs/clients.md.
 *
 * A case tells its feature by its name, `feature: detail`. The cases of kafkajs, Java 4.4 and Python of `npm test` are
 * older than that: `older` finds theirs by pattern, in the text `file > suite > case`. What no feature claims fails the
 * table, so that no case is counted nowhere.
 */
export const features = [
  'connect',
  'produce',
  'idempotence',
  'compression',
  'headers',
  'large',
  'consume',
  'seek',
  'timestamps',
  'group',
  'static membership',
  'cooperative',
  'commit',
  'restart',
  'admin topics',
  'admin configs',
  'admin groups',
  'admin records',
  'admin quotas',
  'admin other',
  'transactions',
] as const;

export type Feature = (typeof features)[number];

/** What is not asked of every client yet: Skerry does not serve it, or has begun to. */
export const notYetServed: Partial<Readonly<Record<Feature, string>>> = {
  transactions: 'served; tried with kafkajs and the Java clients, cases of the other clients come later',
};

const isFeature = (name: string): name is Feature => (features as readonly string[]).includes(name);

/** The first that fits counts. */
const older: readonly (readonly [found: RegExp, feature: Feature])[] = [
  [/coverage\.test/, 'connect'],
  [/rackId|readers? of uncommitted|read_committed/, 'consume'],
  [/metadataMaxAge|unknown topic/, 'produce'],
  [/idempotent|written? each (message|record) once/, 'idempotence'],
  [/restart\.test\.ts|goes and comes back|connect(s|ed)? again/, 'restart'],
  [/over the limit|KIP-74|maxBytes lets/, 'large'],
  [/\b(gzip|snappy|lz4|zstd)\b|codec/i, 'compression'],
  [/header/, 'headers'],
  [/static member/, 'static membership'],
  [/cooperative/, 'cooperative'],
  [/admin-configs|kafka-configs (?!sets, tells and removes quotas)/, 'admin configs'],
  [/quotas/, 'admin quotas'],
  [/deleteTopicRecords|kafka-delete-records|records deleted/, 'admin records'],
  [
    /setOffsets|fetchOffsets|deleteGroups|offsets of a running group|admin: groups|kafka-consumer-groups/,
    'admin groups',
  ],
  [/get-offsets|fetchTopicOffsets|admin: offsets|finds offsets by name|timestamp|LogAppendTime/i, 'timestamps'],
  [
    /admin: (reassignments|the cluster)|describeCluster|dump-log|kafka-(log-dirs|leader|reassign|metadata|features)/,
    'admin other',
  ],
  [/kafka-cluster|nodes, metadata, leaders and coordinators/, 'admin other'],
  [/kafka-topics|kafkajs admin: (topics|partitions)|topics? (are|is) (created|deleted)/, 'admin topics'],
  [/commit|resumed? where/, 'commit'],
  [/goes on where/, 'commit'],
  [/seek|out of range|pause|resume|from the (earliest|latest)|fromBeginning|consumer: where it starts/, 'seek'],
  [/group\.test|groups?|members?|rebalance/, 'group'],
  [/config\.test|events\.test|metadata|a client connects|broker-api-versions/, 'connect'],
  [/console producer|perf-test runs|producer\.test|produc(e|ing)|null keys|a key goes|bytes pass/, 'produce'],
  [/a topic nobody created|loggers/, 'produce'],
  [/consum|read|messages over many|records over many|keys, headers|end of a partition|throughput/, 'consume'],
  [/a broker can be asked directly/, 'connect'],
];

/** The feature that a case proves; undefined when it tells none. */
export function featureOf(file: string, titles: readonly string[]): Feature | undefined {
  const told = titles.at(-1)?.split(': ', 1)[0] ?? '';
  if (isFeature(told)) return told;
  const text = [file, ...titles].join(' > ');
  return older.find(([found]) => found.test(text))?.[1];
}
