/** Hand-made histories: good ones pass, and each kind of error is found in a bad one, and nothing else. */
import { expect, test } from 'vitest';
import {
  checkHistory,
  type FindingKind,
  type History,
  type HistoryEvent,
  type PartitionPromise,
} from '../../src/index.ts';

const strict: PartitionPromise = { durability: 'power-loss' };
const lax: PartitionPromise = { durability: 'process-crash' };

function kinds(events: readonly HistoryEvent[], promise = strict, groups = strict): FindingKind[] {
  const history: History = { partitions: { p: promise }, groups, events };
  return checkHistory(history).map(({ kind }) => kind);
}

let at = 0;
const now = (): number => ++at;

interface Sending {
  readonly acks?: 'all' | 'leader' | 'none';
  readonly once?: boolean;
  readonly process?: string;
  readonly transaction?: number;
}

/** One record a send: its value is 100 more than its id. */
function send(id: number, { acks = 'all', once = true, process = 'a', transaction }: Sending = {}): HistoryEvent {
  const more = transaction === undefined ? {} : { transaction };
  return { kind: 'send', id, process, partition: 'p', values: [100 + id], acks, once, atMs: now(), ...more };
}
const sent = (id: number, offset: number): HistoryEvent => ({ kind: 'sent', id, offset, atMs: now() });
const kept = (id: number, offset: number, options: Sending = {}): HistoryEvent[] => [
  send(id, options),
  sent(id, offset),
];
const crash = (unsynced: 'kept' | 'lost'): HistoryEvent => ({ kind: 'crash', unsynced, atMs: now() });
const position = (offset: number, group?: string): HistoryEvent => ({
  kind: 'position',
  consumer: 'c',
  partition: 'p',
  offset,
  ...(group === undefined ? {} : { group }),
});

/** Offsets and values of ids. */
function poll(records: readonly (readonly [offset: number, id: number])[], more: object = {}): HistoryEvent {
  const [offsets, values] = [records.map(([offset]) => offset), records.map(([, id]) => 100 + id)];
  return { kind: 'poll', consumer: 'c', partition: 'p', asked: 1_000_000, offsets, values, ...more };
}

/** The end: ids at offsets from `start` on. */
function whole(ids: readonly number[], start = 0): HistoryEvent {
  const offsets = ids.map((_, i) => start + i);
  return {
    kind: 'whole',
    partition: 'p',
    start,
    end: start + ids.length,
    offsets,
    values: ids.map((id) => 100 + id),
    atMs: now(),
  };
}

/** Every poll was asked just before it was answered. */
const told = (events: readonly HistoryEvent[]): HistoryEvent[] =>
  events.map((event, i) => ('asked' in event && event.asked === 1_000_000 ? { ...event, asked: i } : event));

test('what goes well is found to be well', () => {
  const events = told([
    ...kept(0, 0),
    ...kept(1, 1, { acks: 'leader' }),
    send(2),
    position(0),
    poll([
      [0, 0],
      [1, 1],
    ]),
    crash('lost'),
    ...kept(3, 3),
    poll([
      [2, 2],
      [3, 3],
    ]),
    crash('kept'),
    whole([0, 1, 2, 3]),
  ]);
  expect(kinds(events)).toEqual([]);
});

test('a power cut may take what was only written, and its offsets are given anew', () => {
  const events = [...kept(0, 0), ...kept(1, 1, { acks: 'leader' }), crash('lost'), ...kept(2, 1), whole([0, 2])];
  expect(kinds(events)).toEqual([]);
  const laxly = told([
    ...kept(0, 0),
    ...kept(1, 1),
    position(0),
    poll([
      [0, 0],
      [1, 1],
    ]),
    crash('lost'),
    ...kept(2, 1),
  ]);
  expect(kinds([...laxly, whole([0, 2])], lax)).toEqual([]);
  expect(kinds([...laxly, whole([0, 2])], { ...lax, syncedAfterMs: 1 })).toEqual(['lost-write']);
});

test('deleted and expired records may be gone', () => {
  const trim: HistoryEvent[] = [
    { kind: 'trim', id: 9, partition: 'p', before: 1 },
    { kind: 'trimmed', id: 9 },
  ];
  expect(kinds([...kept(0, 0), ...kept(1, 1), ...trim, whole([1], 1)])).toEqual([]);
  expect(kinds([...kept(0, 0), ...kept(1, 1), whole([1], 1)], { ...strict, retentionMs: 1 })).toEqual([]);
  expect(kinds([...kept(0, 0), ...kept(1, 1), whole([1], 1)], { ...strict, retentionMs: 1000 })).toEqual([
    'lost-write',
  ]);
});

const committed = (id: number, offset: number): HistoryEvent[] => [
  { kind: 'commit', id, group: 'g', partition: 'p', offset },
  { kind: 'committed', id },
];
const groupOffset = (offset: number): HistoryEvent => ({
  kind: 'groupOffset',
  group: 'g',
  partition: 'p',
  offset,
  asked: 1_000_000,
});

type Bad = readonly [what: string, kind: FindingKind, events: readonly HistoryEvent[], promise?: PartitionPromise];

const bad: readonly Bad[] = [
  [
    'acknowledged, and gone while later ones are there',
    'lost-write',
    [...kept(0, 0), send(1), crash('lost'), whole([1], 1)],
  ],
  [
    'a kill took what was acknowledged',
    'lost-write',
    [...kept(0, 0, { acks: 'leader' }), crash('kept'), ...kept(1, 1), whole([1], 1)],
    lax,
  ],
  ['read, and gone', 'lost-write', [send(0), send(1), position(0), poll([[0, 0]]), crash('lost'), whole([1], 1)]],
  ['acknowledged, and the log ends before it', 'unseen', [...kept(0, 0), ...kept(1, 1), crash('lost'), whole([0])]],
  ['the same twice', 'duplicate', [...kept(0, 0), whole([0, 0])]],
  [
    'an offset read with two values',
    'inconsistent-offsets',
    [send(0), send(1), position(0), poll([[0, 0]]), position(0), poll([[0, 1]])],
  ],
  [
    'a crash that took the middle',
    'inconsistent-offsets',
    [
      ...kept(0, 0),
      ...kept(1, 1),
      position(0),
      poll([
        [0, 0],
        [1, 1],
      ]),
      crash('lost'),
      ...kept(2, 0),
      whole([2, 1]),
    ],
    lax,
  ],
  ['told one offset, found at another', 'inconsistent-offsets', [...kept(0, 5), send(1), whole([1, 0])]],
  ['a value from nowhere', 'invented', [...kept(0, 0), whole([0, 77])]],
  ['a refused value', 'invented', [send(0), { kind: 'refused', id: 0 }, whole([0])]],
  [
    'one poll left a record out',
    'internal-poll-skip',
    [
      ...kept(0, 0),
      ...kept(1, 1),
      ...kept(2, 2),
      poll([
        [0, 0],
        [2, 2],
      ]),
      whole([0, 1, 2]),
    ],
  ],
  [
    'a record between two polls',
    'external-poll-skip',
    [...kept(0, 0), ...kept(1, 1), ...kept(2, 2), poll([[0, 0]]), poll([[2, 2]]), whole([0, 1, 2])],
  ],
  [
    'the first record left out',
    'external-poll-skip',
    [...kept(0, 0), ...kept(1, 1), position(0), poll([[1, 1]]), whole([0, 1])],
  ],
  [
    'one poll went back',
    'internal-nonmonotonic-poll',
    [
      ...kept(0, 0),
      ...kept(1, 1),
      poll([
        [1, 1],
        [0, 0],
      ]),
      whole([0, 1]),
    ],
  ],
  [
    'the next poll went back',
    'external-nonmonotonic-poll',
    [...kept(0, 0), poll([[0, 0]]), poll([[0, 0]]), whole([0])],
  ],
  ['a later batch lies before', 'nonmonotonic-send', [...kept(0, 1), ...kept(1, 0), whole([1, 0])]],
  [
    'a record of an aborted transaction',
    'aborted-read',
    [
      ...kept(0, 0, { transaction: 5 }),
      { kind: 'endTransaction', id: 5, how: 'abort' },
      poll([[0, 0]], { committedOnly: true }),
      whole([0]),
    ],
  ],
  [
    'a record of an open transaction',
    'precommitted-read',
    [
      ...kept(0, 0, { transaction: 5 }),
      poll([[0, 0]], { committedOnly: true }),
      { kind: 'endTransaction', id: 5, how: 'commit' },
      whole([0]),
    ],
  ],
  [
    'the log start went back',
    'trim-undone',
    [
      ...kept(0, 0),
      ...kept(1, 1),
      { kind: 'trim', id: 9, partition: 'p', before: 1 },
      { kind: 'trimmed', id: 9 },
      crash('kept'),
      whole([0, 1]),
    ],
  ],
  [
    'deleted records are read',
    'trim-undone',
    [
      ...kept(0, 0),
      { kind: 'trim', id: 9, partition: 'p', before: 1 },
      { kind: 'trimmed', id: 9 },
      position(0),
      poll([[0, 0]]),
      ...kept(1, 1),
      whole([1], 1),
    ],
  ],
  ['a commit went back', 'group-offset-back', [position(5, 'g'), ...committed(1, 5), ...committed(2, 4)]],
  [
    'an older commit is read',
    'group-offset-back',
    [position(5, 'g'), ...committed(1, 4), ...committed(2, 5), crash('lost'), groupOffset(4)],
  ],
  [
    'an acknowledged commit is gone',
    'group-offset-back',
    [position(5, 'g'), ...committed(1, 5), crash('kept'), groupOffset(-1)],
  ],
  ['a commit of what was not given', 'group-offset-beyond', [position(3, 'g'), ...committed(1, 5)]],
  ['an offset that was never committed', 'group-offset-beyond', [position(7, 'g'), ...committed(1, 5), groupOffset(6)]],
];

test.each(bad.map(([what, kind, events, promise]) => ({ what, kind, events, promise })))('$what: $kind', (each) => {
  const { kind, events, promise } = each;
  expect(new Set(kinds(told(events), promise))).toEqual(new Set([kind]));
});

test('what nobody can know is not held against anyone', () => {
  // Asked before a crash and answered after it: of which era is it?
  const asked = { asked: 2 };
  const events = [...kept(0, 0), send(1, { acks: 'leader' }), crash('lost'), sent(1, 1), ...kept(2, 1), whole([0, 2])];
  expect(kinds(events)).toEqual([]);
  expect(kinds([...kept(0, 0), crash('lost'), poll([[0, 0]], asked), ...kept(1, 0), whole([1])], lax)).toEqual([]);
  expect(kinds([position(5, 'g'), ...committed(1, 5), crash('lost'), ...committed(2, 0)], lax, lax)).toEqual([]);
});

test('each acknowledgement of a batch that was sent twice counts', () => {
  expect(kinds([...kept(0, 0), sent(0, 0), whole([0])])).toEqual([]);
  expect(kinds([...kept(0, 0), sent(0, 1), ...kept(1, 2), whole([0, 1])])).toContain('inconsistent-offsets');
  // The later one tells less.
  expect(kinds([...kept(0, 1), { kind: 'sent', id: 0, atMs: now() }, whole([0])])).toContain('inconsistent-offsets');
});

test('a record is found by its time where it is', () => {
  const there = { ...whole([0, 1, 2]), timestamps: [10, 20, 20] } as HistoryEvent;
  const lookup = (timestamp: number, offset: number): HistoryEvent => ({
    kind: 'lookup',
    partition: 'p',
    timestamp,
    offset,
  });
  const all = [...kept(0, 0), ...kept(1, 1), ...kept(2, 2), there];
  expect(kinds([...all, lookup(10, 0), lookup(11, 1), lookup(20, 1), lookup(21, 3), lookup(21, 4)])).toEqual([]);
  for (const [timestamp, offset] of [
    [10, 1],
    [11, 0],
    [20, 2],
    [21, 2],
  ] as const) {
    expect(kinds([...all, lookup(timestamp, offset)]), `${timestamp}`).toEqual(['wrong-lookup']);
  }
  expect(kinds([...all, lookup(10, 1)], { ...strict, retentionMs: 0 })).toEqual([]);
});

test('what was read and not acknowledged may come to its offset again, behind one that was given anew', () => {
  const events = (end: HistoryEvent[]): HistoryEvent[] =>
    told([
      ...kept(0, 0),
      send(1),
      position(0),
      poll([
        [0, 0],
        [1, 1],
      ]),
      ...end,
    ]);
  expect(kinds(events([crash('lost'), ...kept(2, 0), sent(1, 1), whole([2, 1])]), lax)).toEqual([]);
  const acknowledged = events([sent(1, 1), crash('lost'), ...kept(2, 0), whole([2, 1])]);
  expect(kinds(acknowledged, lax)).toEqual(['inconsistent-offsets']);
});
