import { int, long, short, word, words } from './row.ts';

/** Consumer groups, their offsets, idempotent and transactional producers. */
export const groupRows = {
  'group.initial.rebalance.delay.ms': int({
    default: 3000,
    doc: 'How long an empty group waits for more members before its first rebalance.',
  }),
  'group.min.session.timeout.ms': int({ default: 6000, doc: 'The shortest session a classic member may ask for.' }),
  'group.max.session.timeout.ms': int({ default: 1800000, doc: 'The longest session a classic member may ask for.' }),
  'group.max.size': int({ default: 2147483647, min: 1, doc: 'Members of one classic group.' }),
  'group.coordinator.append.linger.ms': int({
    default: -1,
    min: -1,
    doc: 'How long what a group writes waits for others to share its sync. -1: 10 ms while many groups write, else 0.',
  }),
  'group.coordinator.rebalance.protocols': words(['consumer', 'classic', 'share', 'streams'], {
    default: ['classic', 'consumer', 'streams'],
    doc: 'Kinds of groups that are served.',
  }),
  'group.consumer.session.timeout.ms': int({
    default: 45000,
    min: 1,
    doc: 'A member of a consumer group (KIP-848) silent for so long is removed.',
  }),
  'group.consumer.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'How often members of consumer groups are told to speak.',
  }),
  'group.consumer.max.size': int({ default: 2147483647, min: 1, doc: 'Members of one consumer group.' }),
  'group.consumer.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    doc: 'The least time between two assignments of a consumer group.',
  }),
  'group.consumer.migration.policy': word(['DISABLED', 'DOWNGRADE', 'UPGRADE', 'BIDIRECTIONAL'], {
    // Kafka's default is in small letters, what it allows in capitals: it reads either.
    default: 'bidirectional' as 'BIDIRECTIONAL',
    doc: 'Which groups may change their kind while they have members: classic ones up, consumer groups down.',
  }),
  'group.consumer.regex.refresh.interval.ms': int({
    default: 600000,
    min: 10000,
    doc: 'How often the topics that regular expressions match are looked for even if no topic has come or gone.',
  }),
  'offset.metadata.max.bytes': int({
    default: 4096,
    doc: 'The longest note a client may keep with a committed offset.',
  }),
  'offsets.retention.minutes': int({
    default: 10080,
    min: 1,
    doc: 'How long the offsets of a group without members, or of a topic it no longer reads, are kept.',
  }),
  'offsets.retention.check.interval.ms': long({
    default: 600000,
    min: 1,
    doc: 'How often groups are looked through for offsets to forget.',
  }),
  'offsets.commit.timeout.ms': int({
    default: 5000,
    min: 1,
    doc: 'How long a commit waits to be safe before the client is told to try again.',
  }),
  'offsets.topic.segment.bytes': int({ default: 104857600, min: 1, doc: 'segment.bytes of __consumer_offsets.' }),
  'producer.id.expiration.ms': int({
    default: 86400000,
    min: 1,
    doc: 'How long an idempotent producer that sends nothing is remembered.',
  }),
  'producer.id.expiration.check.interval.ms': int({
    default: 600000,
    min: 1,
    doc: 'How often producers are looked through for ones to forget.',
  }),
  'transactional.id.expiration.ms': int({
    default: 604800000,
    min: 1,
    doc: 'How long a transactional id that is not used is remembered.',
  }),
  'transaction.max.timeout.ms': int({
    default: 900000,
    min: 1,
    doc: 'The longest transaction a producer may ask for.',
  }),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int({
    default: 10000,
    min: 1,
    doc: 'How often transactions are looked through for ones past their time.',
  }),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int({
    default: 3600000,
    min: 1,
    doc: 'How often transactional ids are looked through for ones to forget.',
  }),
  'transaction.state.log.num.partitions': int({
    default: 50,
    min: 1,
    doc: 'Partitions of __transaction_state, fixed when it is created.',
  }),
  'transaction.state.log.replication.factor': short({
    default: 1,
    min: 1,
    doc: 'Replicas of __transaction_state.',
    differs: 'Kafka says 3, which one node cannot give.',
  }),
  'transaction.state.log.min.isr': int({
    default: 1,
    min: 1,
    doc: 'min.insync.replicas of __transaction_state.',
    differs: 'Kafka says 2, which one node cannot give.',
  }),
  'transaction.state.log.segment.bytes': int({
    default: 104857600,
    min: 1,
    doc: 'segment.bytes of __transaction_state.',
  }),
  'group.share.session.timeout.ms': int({
    default: 45000,
    min: 1,
    doc: 'A member of a share group silent for so long is removed.',
  }),
  'group.share.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'How often members of share groups are told to speak.',
  }),
  'group.share.max.size': int({ default: 200, min: 1, max: 1000, doc: 'Members of one share group.' }),
  'group.share.max.share.sessions': int({
    default: 2000,
    min: 1,
    doc: 'Members of share groups that may fetch at a time.',
  }),
  'group.share.record.lock.duration.ms': int({
    default: 30000,
    min: 1000,
    max: 3600000,
    doc: 'How long a member of a share group may hold a record before it is given to another.',
  }),
  'group.share.delivery.count.limit': int({
    default: 5,
    min: 2,
    max: 10,
    doc: 'How often a record is delivered to a share group before it is given up.',
  }),
  'group.share.partition.max.record.locks': int({
    default: 2000,
    min: 100,
    max: 10000,
    doc: 'Records of one partition that a share group may have under way.',
  }),
  'share.coordinator.state.topic.num.partitions': int({
    default: 50,
    min: 1,
    doc: 'Partitions of __share_group_state, fixed when it is created.',
  }),
  'share.coordinator.state.topic.segment.bytes': int({
    default: 104857600,
    min: 1,
    doc: 'segment.bytes of __share_group_state.',
  }),
} as const;
