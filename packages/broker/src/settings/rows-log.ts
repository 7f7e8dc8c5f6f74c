import { boolean, double, int, long, text, word, words } from './row.ts';

const hour = 3600 * 1000;
const forEver = Number.POSITIVE_INFINITY;

/** A partition's records on disk: segments, indexes, retention, compaction, time stamps. */
export const logRows = {
  'log.segment.bytes': int({
    default: 1073741824,
    min: 1048576,
    topic: 'segment.bytes',
    doc: 'Size at which a segment is closed and another begun. Retention removes whole closed segments.',
  }),
  'log.roll.ms': long({
    default: 168 * hour,
    min: 1,
    from: [['log.roll.hours', hour]],
    topic: 'segment.ms',
    doc: 'Age at which a segment is closed, though it is not full.',
  }),
  'log.roll.hours': int({ default: 168, min: 1, doc: 'log.roll.ms in hours; the finer unit wins.' }),
  'log.roll.jitter.ms': long({
    default: 0,
    min: 0,
    from: [['log.roll.jitter.hours', hour]],
    topic: 'segment.jitter.ms',
    doc: 'Up to so much is taken off the age, differently for each, so that not all segments are closed at once.',
  }),
  'log.roll.jitter.hours': int({ default: 0, min: 0, doc: 'log.roll.jitter.ms in hours; the finer unit wins.' }),
  'log.index.interval.bytes': int({
    default: 4096,
    min: 0,
    topic: 'index.interval.bytes',
    doc: 'Bytes of log between two entries of the offset index.',
  }),
  'log.index.size.max.bytes': int({
    default: 10485760,
    min: 4,
    topic: 'segment.index.bytes',
    doc: 'Size of an index at which its segment is closed.',
  }),
  'log.retention.ms': long({
    default: 168 * hour,
    min: -1,
    from: [
      ['log.retention.minutes', 60_000],
      ['log.retention.hours', hour],
    ],
    topic: 'retention.ms',
    doc: 'Age at which a closed segment is deleted; -1 keeps it for ever.',
  }),
  'log.retention.minutes': int({
    default: 168 * 60,
    min: -1,
    doc: 'log.retention.ms in minutes; the finest unit given wins.',
  }),
  'log.retention.hours': int({ default: 168, min: -1, doc: 'log.retention.ms in hours; the finest unit given wins.' }),
  'log.retention.bytes': long({
    default: -1,
    min: -1,
    topic: 'retention.bytes',
    doc: 'Size of a partition above which its oldest closed segments are deleted; -1 is no bound.',
  }),
  'log.retention.check.interval.ms': long({
    default: 300000,
    min: 1,
    doc: 'How often partitions are looked through for segments to delete.',
  }),
  'skerry.disk.budget': text({
    default: '-1',
    doc: 'Bytes, or percent of the file system, for all records; the oldest segments go first. -1 removes none for it.',
  }),
  'skerry.priority': int({
    default: 0,
    topic: 'skerry.priority',
    doc: 'For skerry.disk.budget: segments of topics with a lower priority go first, however new.',
  }),
  'skerry.disk.floor.bytes': long({
    default: 0,
    min: 0,
    topic: 'skerry.disk.floor.bytes',
    doc: 'What skerry.disk.budget leaves of each partition in any case, so far as it is there.',
  }),
  'log.segment.delete.delay.ms': long({
    default: 60000,
    min: 0,
    topic: 'file.delete.delay.ms',
    doc: 'How long a deleted segment stays on disk, for readers that are still in it.',
  }),
  'log.cleanup.policy': words(['compact', 'delete'], {
    default: ['delete'],
    topic: 'cleanup.policy',
    doc: 'delete: by age and size. compact: of each key the newest record is kept; each record needs one.',
  }),
  'log.cleaner.enable': boolean({ default: true, doc: 'Whether compaction runs at all.' }),
  'log.cleaner.backoff.ms': long({ default: 15000, min: 0, doc: 'Pause after finding nothing to compact.' }),
  'log.cleaner.dedupe.buffer.size': long({
    default: 134217728,
    doc: 'Memory for the keys of a partition under compaction, at most 64 bytes each, taken as they come.',
  }),
  'log.cleaner.io.max.bytes.per.second': double({
    default: Number.MAX_VALUE,
    doc: 'What compaction reads and writes in a second at most, on average.',
  }),
  'log.cleaner.delete.retention.ms': long({
    default: 86400000,
    min: 0,
    topic: 'delete.retention.ms',
    doc: 'How long compaction keeps a tombstone, so that slow readers see the deletion.',
  }),
  'log.cleaner.min.compaction.lag.ms': long({
    default: 0,
    min: 0,
    topic: 'min.compaction.lag.ms',
    doc: 'A younger record is not compacted away.',
  }),
  'log.cleaner.max.compaction.lag.ms': long({
    default: forEver,
    min: 1,
    topic: 'max.compaction.lag.ms',
    doc: 'Age at which a record must be looked at by compaction, however little is to gain.',
  }),
  'log.cleaner.min.cleanable.ratio': double({
    default: 0.5,
    min: 0,
    max: 1,
    topic: 'min.cleanable.dirty.ratio',
    doc: 'Share of a log not yet compacted at which compaction is worth its cost.',
  }),
  'log.flush.interval.messages': long({
    default: forEver,
    min: 1,
    topic: 'flush.messages',
    doc: 'Only 1 matters: it asks for a sync before each answer, as skerry.durability=power-loss does.',
  }),
  'log.flush.interval.ms': long({
    default: forEver,
    min: 0,
    from: [['log.flush.scheduler.interval.ms', 1]],
    topic: 'flush.ms',
    doc: 'How long data may wait for its sync where skerry.durability is process-crash; at most 30 s, whatever is set.',
  }),
  'log.flush.scheduler.interval.ms': long({ default: forEver, doc: 'The default of log.flush.interval.ms.' }),
  'log.message.timestamp.type': word(['CreateTime', 'LogAppendTime'], {
    default: 'CreateTime',
    topic: 'message.timestamp.type',
    doc: 'Whose time a record carries: its producer’s, or that of its append.',
  }),
  'log.message.timestamp.before.max.ms': long({
    default: forEver,
    min: 0,
    topic: 'message.timestamp.before.max.ms',
    doc: 'A producer’s time stamp further in the past is refused.',
  }),
  'log.message.timestamp.after.max.ms': long({
    default: hour,
    min: 0,
    topic: 'message.timestamp.after.max.ms',
    doc: 'A producer’s time stamp further in the future is refused, unless the node’s clock is not set (before 2020).',
  }),
} as const;
