import { expect, test } from 'vitest';
import { subscribedTopics } from '../../src/groups/subscription.ts';

const subscription = (...bytes: number[]): readonly string[] | undefined => subscribedTopics(Uint8Array.from(bytes));

test('the topics are read from any version, whatever follows them', () => {
  expect(subscription(0, 0, 0, 0, 0, 2, 0, 1, 0x61, 0, 2, 0x62, 0x63)).toEqual(['a', 'bc']);
  expect(subscription(0, 9, 0, 0, 0, 1, 0, 1, 0x61, 0xff, 0xff, 1, 2, 3)).toEqual(['a']);
});

test.each([
  ['nothing', []],
  ['a negative version', [0xff, 0xff, 0, 0, 0, 0]],
  ['a name longer than what is left', [0, 0, 0, 0, 0, 1, 0, 9, 0x61]],
  ['more topics than there are bytes', [0, 0, 0x7f, 0xff, 0xff, 0xff]],
  ['a null name', [0, 0, 0, 0, 0, 1, 0xff, 0xff]],
])('%s is no subscription', (_what, bytes) => {
  expect(subscription(...bytes)).toBeUndefined();
});
