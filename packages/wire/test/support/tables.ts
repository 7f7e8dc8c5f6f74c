import type { Message } from '@skerry/wire';
import * as wire from '@skerry/wire/all';

export type AnyMessage = Message<unknown, never>;
export type AnyField = AnyMessage['fields'][string];

/** Every table of the package, by the message's name. */
export const tables: ReadonlyMap<string, AnyMessage> = new Map(
  (Object.values(wire) as readonly unknown[])
    .filter((each) => typeof each === 'object' && each !== null && 'flexible' in each)
    .map((each) => each as AnyMessage)
    .map((each) => [each.name, each]),
);

export function versionsOf(message: AnyMessage): readonly number[] {
  const { min, max } = message.versions;
  return Array.from({ length: max - min + 1 }, (_, i) => min + i);
}
