import type { Uuid } from '@skerry/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Assignment, partitionCount } from '../../../src/groups/consumer/assignment.ts';
import { type AssignedMember, assignors, type GroupToAssign } from '../../../src/groups/consumer/assignor.ts';

const topic = (name: string): Uuid => name as Uuid;

function assign(name: string, group: GroupToAssign): Map<string, Assignment> {
  return assignors.get(name)?.(group) ?? new Map();
}

function text(assignment: Assignment | undefined): string {
  return [...(assignment ?? [])]
    .map(([id, partitions]) => `${id}:${[...partitions].sort((a, b) => a - b).join()}`)
    .sort()
    .join(' ');
}

const member = (memberId: string, topics: readonly string[], instanceId: string | null = null): AssignedMember => ({
  memberId,
  instanceId,
  topics: topics.map(topic),
  before: new Map(),
});

function groupOf(
  counts: Readonly<Record<string, number>>,
  members: readonly AssignedMember[],
  homogeneous = true,
): GroupToAssign {
  return {
    members,
    partitionCounts: new Map(Object.entries(counts).map(([id, count]) => [topic(id), count])),
    homogeneous,
  };
}

test('range gives consecutive partitions of each topic, the same places of each to the same member', () => {
  const group = groupOf({ t: 5, u: 3 }, [member('b', ['t', 'u']), member('a', ['t', 'u'])]);
  const assigned = assign('range', group);
  expect(text(assigned.get('a'))).toBe('t:0,1,2 u:0,1');
  expect(text(assigned.get('b'))).toBe('t:3,4 u:2');
});

test('range takes static members first, in the order of their instances', () => {
  const group = groupOf({ t: 3 }, [member('a', ['t']), member('c', ['t'], 'i2'), member('b', ['t'], 'i1')]);
  const assigned = assign('range', group);
  expect([...assigned].map(([id, one]) => `${id} ${text(one)}`)).toEqual(['b t:0', 'c t:1', 'a t:2']);
});

test('range counts for each topic the members that read it', () => {
  const group = groupOf({ t: 2, u: 2 }, [member('a', ['t']), member('b', ['t', 'u'])], false);
  expect(text(assign('range', group).get('a'))).toBe('t:0');
  expect(text(assign('range', group).get('b'))).toBe('t:1 u:0,1');
});

test('uniform moves no more than it must', () => {
  const before = new Map([[topic('t'), new Set([0, 1, 2, 3])]]);
  const group = groupOf({ t: 4 }, [{ ...member('a', ['t']), before }, member('b', ['t'])]);
  expect(text(assign('uniform', group).get('a'))).toBe('t:0,1');
  expect(text(assign('uniform', group).get('b'))).toBe('t:2,3');
});

test('uniform drops what is no longer read, and what no longer exists', () => {
  const before = new Map([
    [topic('t'), new Set([0, 7])],
    [topic('gone'), new Set([0])],
  ]);
  expect(text(assign('uniform', groupOf({ t: 2 }, [{ ...member('a', ['t']), before }])).get('a'))).toBe('t:0,1');
});

const cases = fc.record({
  counts: fc.dictionary(fc.constantFrom('t', 'u', 'v', 'w'), fc.integer({ min: 1, max: 9 }), { minKeys: 1 }),
  members: fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 7 }),
  same: fc.boolean(),
  seed: fc.nat(1000),
});

test.each(['uniform', 'range'])(
  '%s: each partition has one member that reads it, and a second look changes nothing',
  (name) => {
    fc.assert(
      fc.property(cases, ({ counts, members, same }) => {
        const topics = Object.keys(counts);
        const read = (picks: readonly number[]): string[] =>
          same ? topics : [...new Set(picks.map((pick) => topics[pick % topics.length] ?? ''))];
        const all = members.map((picks, i) => member(`m${i}`, read(picks)));
        const group = groupOf(counts, all, same);
        const assigned = assign(name, group);
        const seen = new Map<string, string>();
        for (const one of all) {
          for (const [id, partitions] of assigned.get(one.memberId) ?? []) {
            expect(one.topics).toContain(id);
            for (const partition of partitions) {
              expect(seen.has(`${id}-${partition}`)).toBe(false);
              seen.set(`${id}-${partition}`, one.memberId);
            }
          }
        }
        const readable = topics.filter((id) => all.some((one) => one.topics.includes(topic(id))));
        expect(seen.size).toBe(readable.reduce((sum, id) => sum + (counts[id] ?? 0), 0));
        const sizes = all.map(({ memberId }) => partitionCount(assigned.get(memberId) ?? new Map()));
        if (name === 'uniform' && same) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        const again = assign(name, {
          ...group,
          members: all.map((one) => ({ ...one, before: assigned.get(one.memberId) ?? new Map() })),
        });
        for (const { memberId } of all) expect(text(again.get(memberId))).toBe(text(assigned.get(memberId)));
      }),
      { numRuns: 300 },
    );
  },
);
