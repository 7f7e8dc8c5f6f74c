import type { Message } from '@skerry/wire';
import * as wire from '@skerry/wire/all';
import * as legacy from '@skerry/wire/legacy';

export type AnyMessage = Message<unknown, never>;
export type AnyField = AnyMessage['fields'][string];

/** Every table of today's messages, by the message's name. */
export const tables: ReadonlyMap<string, AnyMessage> = tablesIn(wire);
/** The tables of versions that Kafka 4 no longer has. */
export const legacyTables: ReadonlyMap<string, AnyMessage> = tablesIn(legacy);

function tablesIn(module: object): ReadonlyMap<string, AnyMessage> {
  return new Map(
    (Object.values(module) as readonly unknown[])
      .filter((each) => typeof each === 'object' && each !== null && 'flexible' in each)
      .map((each) => each as AnyMessage)
      .map((each) => [each.name, each]),
  );
}

export function versionsOf(message: AnyMessage): readonly number[] {
  const { min, max } = message.versions;
  return Array.from({ length: max - min + 1 }, (_, i) => min + i);
}
