/** Every planted bug can still be planted, and ordinary seeds find some of them; the board is where they find all. */
import { stripTypeScriptTypes } from 'node:module';
import { expect, test } from 'vitest';
import { edited } from './copy.ts';
import { hunt } from './hunt.ts';
import { planted } from './patches.ts';

test('there are twenty bugs and more, no two of one name', () => {
  expect(planted.length).toBeGreaterThanOrEqual(20);
  expect(new Set(planted.map(({ name }) => name)).size).toBe(planted.length);
});

test.each(planted)('$name: its edits fit the sources, and what they leave can be run', ({ edits }) => {
  for (const [file, text] of edited(edits)) expect(() => stripTypeScriptTypes(text), file).not.toThrow();
});

test('an edit that fits no longer, or in two places, is an error', () => {
  const file = 'packages/broker/src/partition.ts';
  expect(() => edited([{ file, find: 'what is not there', replace: '' }])).toThrow(/found 0 times/);
  expect(() => edited([{ file, find: 'this.', replace: '' }])).toThrow(/found \d+ times/);
  const twice = { file, find: 'takeOffline(error: OperatingError)', replace: '' };
  expect(() => edited([twice, twice])).toThrow(/found 0 times/);
});

// Those that few seeds survive.
test.each(['acknowledge before the sync', 'a waiter must come after those before it', 'a deleted topic comes back'])(
  'ordinary seeds find it: %s',
  async (name) => {
    const bug = planted.find((each) => each.name === name);
    const first = Math.floor(Math.random() * 2 ** 31);
    const caught = bug === undefined ? undefined : await hunt(bug, first, 100);
    expect(caught?.finding, `seeds from ${first} on`).toBeDefined();
  },
  300_000,
);
