import type { Context, Operation, ResourceType } from './context.ts';

/** Kafka's numbers of operations (KIP-430), of those that each kind of resource knows. */
const numbers: Partial<Record<ResourceType, readonly (readonly [Operation, number])[]>> = {
  topic: [
    ['read', 3],
    ['write', 4],
    ['create', 5],
    ['delete', 6],
    ['alter', 7],
    ['describe', 8],
    ['describeConfigs', 10],
    ['alterConfigs', 11],
  ],
  cluster: [
    ['create', 5],
    ['alter', 7],
    ['describe', 8],
    ['clusterAction', 9],
    ['describeConfigs', 10],
    ['alterConfigs', 11],
    ['idempotentWrite', 12],
  ],
  group: [
    ['read', 3],
    ['delete', 6],
    ['describe', 8],
    ['describeConfigs', 10],
    ['alterConfigs', 11],
  ],
};

/** What the client may do with a resource, one bit an operation, as the responses that tell it want it (KIP-430). */
export function authorisedOperations(context: Context, resourceType: ResourceType, name: string): number {
  let bits = 0;
  for (const [operation, number] of numbers[resourceType] ?? []) {
    if (context.allowed(operation, resourceType, name)) bits |= 1 << number;
  }
  return bits;
}
