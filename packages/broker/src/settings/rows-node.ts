import { boolean, int, list, long, short, text, word } from './row.ts';

/** The node itself, and what a topic is by default. */
export const nodeRows = {
  'node.id': int({
    default: 1,
    min: 0,
    from: [['broker.id', 1]],
    doc: 'This node, as clients know it. It must not change once the node holds data.',
    differs: 'Kafka has no default; a single node should need no file.',
  }),
  'broker.id': int({ default: -1, doc: 'The older name of node.id; -1 leaves it to that.' }),
  'broker.rack': text<string | undefined>({
    default: undefined,
    doc: 'Where the node stands, told to clients that prefer a near replica.',
  }),
  'log.dirs': list({
    default: ['data'],
    from: [['log.dir', 1]],
    doc: 'The folder of all data, relative to where the process was started. One, not several.',
    differs: 'Kafka writes to /tmp/kafka-logs, which a restart of the machine may empty.',
  }),
  'log.dir': list({
    default: ['data'],
    doc: 'Another name of log.dirs, which wins.',
    differs: 'As log.dirs.',
  }),
  'skerry.durability': word(['power-loss', 'process-crash'], {
    default: 'power-loss',
    topic: 'skerry.durability',
    doc: 'An append is safe once on the disk (power-loss), or once the system has it, as in Kafka (process-crash).',
  }),
  'skerry.journal.bytes': long({
    default: 33554432,
    min: 0,
    max: 4294967296,
    doc: 'Size of the journal by which one sync makes many small appends safe; 0 syncs each file, else at least 1 MiB.',
  }),
  'skerry.scrub.bytes.per.second': long({
    default: 1048576,
    min: 0,
    doc: 'How fast closed segments are read again in the background, once a day at most, to find damage; 0 never.',
  }),
  'skerry.memory.budget': text({
    default: 'auto',
    doc: 'Memory for requests, answers, groups, compaction: bytes, a part of all in percent, or auto. See limits.md.',
  }),
  'skerry.read.only': word(['auto', 'true', 'false'], {
    default: 'auto',
    doc: 'Whether nothing may be written; auto: after five failures (exit 70 or 74) within an hour.',
  }),
  'auto.create.topics.enable': boolean({
    default: true,
    doc: 'Whether asking for a topic that is not there creates it.',
  }),
  'delete.topic.enable': boolean({ default: true, doc: 'Whether topics may be deleted.' }),
  'num.partitions': int({ default: 1, min: 1, doc: 'Partitions of a topic whose creator names no number.' }),
  'default.replication.factor': int({
    default: 1,
    doc: 'Replicas of a partition whose creator names no number.',
  }),
  'min.insync.replicas': int({
    default: 1,
    min: 1,
    topic: 'min.insync.replicas',
    doc: 'Replicas that must hold a record before acks=all is answered; at most those there are, which is one here.',
  }),
  'message.max.bytes': int({
    default: 1048588,
    min: 0,
    topic: 'max.message.bytes',
    doc: 'The largest record batch, compressed, that a producer may send.',
  }),
  'compression.type': word(['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'], {
    default: 'producer',
    topic: 'compression.type',
    doc: 'The codec in which batches are kept; producer keeps what was sent, which costs nothing.',
  }),
  'compression.gzip.level': int({
    default: -1,
    min: -1,
    max: 9,
    topic: 'compression.gzip.level',
    doc: 'How hard gzip tries where compression.type is gzip and a producer uses another codec; -1 is its own choice.',
  }),
  'compression.zstd.level': int({
    default: 3,
    min: -131072,
    max: 22,
    topic: 'compression.zstd.level',
    doc: 'How hard zstd tries where compression.type is zstd and a producer uses another codec.',
  }),
  'compression.lz4.level': int({
    default: 9,
    min: 1,
    max: 17,
    topic: 'compression.lz4.level',
    doc: 'How hard lz4 tries; here it has one way.',
  }),
  'max.decompressed.message.bytes': int({
    default: 2147483639,
    min: 1,
    max: 2147483639,
    topic: 'max.decompressed.message.bytes',
    doc: 'The largest batch once decompressed, where the broker has to look inside.',
  }),
  'fetch.max.bytes': int({
    default: 57671680,
    min: 1024,
    doc: 'Bytes of records in one fetch answer; the first batch is sent even if it is larger.',
  }),
  'max.incremental.fetch.session.cache.slots': int({
    default: 1000,
    min: 0,
    doc: 'Incremental fetch sessions kept at once (KIP-227); a client without one sends full requests.',
  }),
  'max.request.partition.size.limit': int({
    default: 2000,
    min: 1,
    doc: 'Partitions described in one DescribeTopicPartitions answer.',
  }),
  'replica.lag.time.max.ms': long({
    default: 30000,
    doc: 'How long a replica may be behind before it leaves the in-sync set.',
  }),
  'offsets.topic.num.partitions': int({
    default: 50,
    min: 1,
    doc: 'Partitions of __consumer_offsets, fixed when it is created.',
  }),
  'offsets.topic.replication.factor': short({
    default: 1,
    min: 1,
    doc: 'Replicas of __consumer_offsets.',
    differs: 'Kafka says 3, which one node cannot give.',
  }),
} as const;
