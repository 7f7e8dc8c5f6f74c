import type { Context } from './context.ts';

/** What is told who asks for access rules (ACLs) where nobody would hold to them. */
export const noAuthoriser = 'No authorizer is set up: everybody may do everything here.';

/** Kafka's number for a kind that its sender does not know: of a resource, a pattern, an operation, a permission. */
const unknownKind = 0;

/** Whether one of `kinds` stands for "not known"; the connection is closed then, as Kafka does. */
export function hasUnknown(kinds: readonly number[], { client }: Context): boolean {
  if (!kinds.includes(unknownKind)) return false;
  client.disconnect('an access rule names a kind that stands for "not known"');
  return true;
}
