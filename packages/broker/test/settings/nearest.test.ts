import { expect, test } from 'vitest';
import { nearestName } from '../../src/settings/nearest.ts';

const names = ['log.retention.ms', 'log.retention.bytes', 'num.partitions', 'node.id'];

test.each([
  ['log.retension.ms', 'log.retention.ms'],
  ['log.retentoin.ms', 'log.retention.ms'],
  ['LOG_RETENTION_BYTES', 'log.retention.bytes'],
  ['num.partition', 'num.partitions'],
  ['nodeid', 'node.id'],
  ['colour', undefined],
  ['', undefined],
])('%j is near to %j', (given, nearest) => {
  expect(nearestName(given, names)).toBe(nearest);
});
