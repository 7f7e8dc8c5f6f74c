import type { SettingName } from './settings.ts';

/**
 * Settings that have a row, and are checked and kept, but that no code reads yet: whoever sets one is told that it
 * has no effect. A test
 * holds this list to the truth, so the change that first reads a setting takes its name out.
 */
export const plannedSettings: ReadonlySet<SettingName> = new Set<SettingName>([
  'default.replication.factor',
  'min.insync.replicas',
  'compression.lz4.level',
  'replica.lag.time.max.ms',
  'offsets.topic.replication.factor',
  'socket.send.buffer.bytes',
  'socket.receive.buffer.bytes',
  'socket.listen.backlog.size',
  'log.segment.delete.delay.ms',
  'group.consumer.migration.policy',
  'producer.id.expiration.check.interval.ms',
  'transaction.state.log.replication.factor',
  'transaction.state.log.min.isr',
]);
