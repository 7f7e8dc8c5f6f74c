/**
 * The versions that Kafka 4 took away from APIs it still has (KIP-896), as messages of their own: laid out as the last
 * release before it says, with the fields that came later besides. So a handler of today's messages can be given them.
 */
import type { FieldDefinition, MessageDefinition } from './definitions.ts';

export interface LegacyApi {
  readonly request: MessageDefinition;
  readonly response: MessageDefinition;
}

/** Written to other brokers alone. */
const amongBrokers: readonly string[] = ['AlterPartitionRequest', 'WriteTxnMarkersRequest'];
/** Where the old release calls a version its own that was not released yet. */
const isEarlyAccess = (name: string): boolean => name.startsWith('Share');

export function legacyMessages(
  before: readonly MessageDefinition[],
  now: readonly MessageDefinition[],
): readonly LegacyApi[] {
  return before
    .filter(({ type, name }) => type === 'request' && !amongBrokers.includes(name) && !isEarlyAccess(name))
    .flatMap((request) => {
      const response = before.find(({ type, apiKey }) => type === 'response' && apiKey === request.apiKey);
      const old = response === undefined ? [] : [request, response].map((each) => legacyOf(each, now));
      const [first, second] = old;
      return first === undefined || second === undefined ? [] : [{ request: first, response: second }];
    })
    .sort((a, b) => (a.request.apiKey ?? 0) - (b.request.apiKey ?? 0));
}

function legacyOf(old: MessageDefinition, now: readonly MessageDefinition[]): MessageDefinition | undefined {
  const current = now.find(({ name }) => name === old.name);
  if (current === undefined || firstVersion(old) >= firstVersion(current)) return undefined;
  const last = firstVersion(current) - 1;
  const validVersions = last === firstVersion(old) ? String(last) : `${firstVersion(old)}-${last}`;
  return { ...current, validVersions, fields: merged(old.fields, current.fields) };
}

const firstVersion = ({ validVersions }: MessageDefinition): number => Number.parseInt(validVersions, 10);

/** The old order, which is that of the bytes; what both have is as it is now. */
function merged(old: readonly FieldDefinition[], now: readonly FieldDefinition[]): readonly FieldDefinition[] {
  const kept = old.map((field) => {
    const same = now.find(({ name }) => name === field.name);
    if (same?.fields === undefined || field.fields === undefined) return same ?? field;
    return { ...same, fields: merged(field.fields, same.fields) };
  });
  return [...kept, ...now.filter(({ name }) => !old.some((field) => field.name === name))];
}
