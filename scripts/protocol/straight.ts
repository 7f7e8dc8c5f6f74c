import type { MessageDefinition } from './definitions.ts';

/** APIs whose messages are read and written by straight-line code. */
export const straightApis: readonly string[] = [];

export function printStraight(notice: string, messages: readonly MessageDefinition[]): string {
  return `${notice}${messages.length}`;
}
