import { type ResourceConfigs, resourceTypes } from '../resource-configs.ts';
import type { Settings } from '../settings/settings.ts';

/** What a share group goes by: its own settings, else the node's. */
export interface ShareSettings {
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly lockMs: number;
  readonly deliveriesMax: number;
  readonly inFlightMax: number;
  /** `latest`, `earliest`, or `by_duration:` and a period. */
  readonly reset: string;
  readonly readCommitted: boolean;
}

export function shareSettings(groupId: string, settings: Settings, resources: ResourceConfigs): ShareSettings {
  const own = resources.of(resourceTypes.group, groupId);
  const number = (name: string, node: number): number => (own.has(name) ? Number(own.get(name)) : node);
  return {
    sessionTimeoutMs: number('share.session.timeout.ms', settings['group.share.session.timeout.ms']),
    heartbeatIntervalMs: number('share.heartbeat.interval.ms', settings['group.share.heartbeat.interval.ms']),
    lockMs: number('share.record.lock.duration.ms', settings['group.share.record.lock.duration.ms']),
    deliveriesMax: number('share.delivery.count.limit', settings['group.share.delivery.count.limit']),
    inFlightMax: number('share.partition.max.record.locks', settings['group.share.partition.max.record.locks']),
    reset: own.get('share.auto.offset.reset') ?? 'latest',
    readCommitted: own.get('share.isolation.level') === 'read_committed',
  };
}

const part = (text: string | undefined): number => (text === undefined ? 0 : Number.parseFloat(text));

/** A period such as P1DT2H3M4.5S, in milliseconds. */
export function periodMs(period: string): number {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(period);
  if (found === null) return 0;
  const [, days, hours, minutes, seconds] = found;
  return (((part(days) * 24 + part(hours)) * 60 + part(minutes)) * 60 + part(seconds)) * 1000;
}
