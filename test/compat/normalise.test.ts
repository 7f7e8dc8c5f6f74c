import type { Uuid } from '@skerry/base';
import { describe, expect, test } from 'vitest';
import { apis } from './apis.ts';
import { normalised, Symbols } from './normalise.ts';

const reading = { api: apis.Metadata, version: 13, symbols: new Symbols(), prefix: 'qabc1-', port: 9092 };
const topicsShown = (...topics: readonly object[]): readonly string[] => {
  const shown = normalised({ brokers: [], topics, clusterId: null, controllerId: 1, errorCode: 0 }, reading);
  return Object.keys((shown as { topics: object }).topics);
};
const topic = (name: string | null, topicId: string) => ({ name, topicId: topicId as Uuid, partitions: [] });

describe('an answer as it is compared', () => {
  test('leaves out topics of other runs', () => {
    expect(topicsShown(topic('qabc0-a', 'x9x9x9x9x9x9x9x9x9x9xw'), topic('qabc1-a', 'y9y9y9y9y9y9y9y9y9y9yw'))).toEqual(
      ['{~a/id#1}'],
    );
  });

  test('has a topic whatever its id: one in three thousand begins as the names of runs do', () => {
    expect(topicsShown(topic('qabc1-b', 'q7e-4VQ0bR1uYwZ3sT7nMw'))).toHaveLength(1);
    expect(topicsShown(topic(null, 'qq-04VQ0bR1uYwZ3sT7nMw'))).toHaveLength(1);
  });
});
