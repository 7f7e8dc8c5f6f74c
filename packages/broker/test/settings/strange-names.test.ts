/** Names that every object has are no settings: they are refused, and nothing else happens. */
import { World } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { resourceTypes } from '../../src/resource-configs.ts';
import { createTopic } from '../calls.ts';
import { alter, append, set } from '../config-calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('%s', (name) => {
  const node = new SimulatedNode(new World(1));
  node.start();
  const client = node.client();
  expect(createTopic(client, 't', 1, Object.fromEntries([[name, '1']]))).toBe('INVALID_CONFIG');
  expect(createTopic(client, 't')).toBe('NONE');
  const { topic, broker, group, clientMetrics } = resourceTypes;
  for (const [type, resource] of [
    [topic, 't'],
    [group, 'g'],
    [clientMetrics, 'm'],
  ] as const) {
    for (const operation of [set, append]) {
      const [error] = alter(client, [[type, resource, [[name, operation, '1']]]]);
      expect(['INVALID_CONFIG', 'INVALID_REQUEST']).toContain(error);
    }
  }
  // Kafka keeps a broker's settings that it does not know.
  expect(alter(client, [[broker, '1', [[name, set, '1']]]])).toEqual(['NONE']);
  node.kill();
  node.start();
  expect(createTopic(node.client(), 'u')).toBe('NONE');
});
