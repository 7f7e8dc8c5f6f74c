import { errorCode } from '@skerry/wire';
import { apis } from '../apis.ts';
import { ask, type Case, offset, type Side, type Step, story } from '../steps.ts';
import { batch, produced, topics } from './support.ts';

const { AddOffsetsToTxn, AddPartitionsToTxn, DescribeTransactions, EndTxn, InitProducerId, ListTransactions } = apis;
const { OffsetFetch, Produce, TxnOffsetCommit, WriteTxnMarkers } = apis;

/** Kafka answers so while the step before is under way; Skerry waits for that, a while. */
const settled = (answer: unknown): boolean =>
  !JSON.stringify(answer, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)).includes(
    `rrorCode":${errorCode('CONCURRENT_TRANSACTIONS')}`,
  );

interface Claim {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}
type Shift = (claim: Claim) => Claim;

const same: Shift = (claim) => claim;
const epoch =
  (by: number): Shift =>
  (claim) => ({ ...claim, producerEpoch: claim.producerEpoch + by });
const stranger: Shift = ({ producerEpoch }) => ({ producerId: 987_654_321n, producerEpoch });
const claimOf = (side: Side, shift: Shift, from = 'InitProducerId'): Claim => {
  const { producerId, producerEpoch } = side.answer(InitProducerId, from);
  return shift({ producerId, producerEpoch });
};

const begin = (more: object = {}, id = '~x'): Step =>
  ask(
    InitProducerId,
    { transactionalId: id, transactionTimeoutMs: 60_000, producerId: -1n, producerEpoch: -1, ...more },
    { version: 'newest', until: settled },
  );

const add = (names: readonly (readonly [string, readonly number[]])[], shift = same, id = '~x'): Step =>
  ask(
    AddPartitionsToTxn,
    (side) => {
      const { producerId, producerEpoch } = claimOf(side, shift);
      const list = names.map(([name, partitions]) => ({ name: `~${name}`, partitions }));
      return {
        v3AndBelowTransactionalId: id,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: list,
        transactions: [{ transactionalId: id, producerId, producerEpoch, verifyOnly: false, topics: list }],
      };
    },
    { until: settled },
  );

const verify = (partitions: readonly number[], shift = same): Step =>
  ask(AddPartitionsToTxn, (side) => ({
    transactions: [
      { transactionalId: '~x', ...claimOf(side, shift), verifyOnly: true, topics: [{ name: '~a', partitions }] },
    ],
  }));

const end = (committed: boolean, shift = same, id = '~x'): Step =>
  ask(EndTxn, (side) => ({ transactionalId: id, ...claimOf(side, shift), committed }), { until: settled });

const old = { version: 3 } as const;
/** Partitions join, and transactions end, as clients of version 1 have it, whatever the version of the case. */
const join = (name: string, shift = same): Step => {
  const step = add([[name, [0]]], shift);
  return step.kind === 'ask' ? { ...step, ...old } : step;
};

const describe = (id = '~x'): Step =>
  ask(DescribeTransactions, { transactionalIds: [id] }, { version: 'newest', settles: true });

const offsets = (shift = same, more: object = {}): Step =>
  ask(
    TxnOffsetCommit,
    (side) => ({
      transactionalId: '~x',
      groupId: '~g',
      ...claimOf(side, shift),
      generationIdOrMemberEpoch: -1,
      memberId: '',
      groupInstanceId: null,
      topics: [
        {
          name: '~a',
          partitions: [
            { partitionIndex: 0, committedOffset: offset(5), committedLeaderEpoch: -1, committedMetadata: 'note' },
          ],
        },
      ],
      ...more,
    }),
    { until: settled },
  );
const addOffsets = (shift = same, id = '~x'): Step =>
  ask(AddOffsetsToTxn, (side) => ({ transactionalId: id, ...claimOf(side, shift), groupId: '~g' }), {
    until: settled,
  });
const groupOffset = (requireStable: boolean): Step =>
  ask(
    OffsetFetch,
    { groups: [{ groupId: '~g', topics: [{ name: '~a', partitionIndexes: [0] }] }], requireStable },
    { version: 9, settles: true },
  );

const write = (version: number, shift = same, id: string | null = '~x', baseSequence = 0): Step =>
  ask(
    Produce,
    (side) => {
      const { producerId, producerEpoch } = claimOf(side, shift);
      const options = { producerId: Number(producerId), producerEpoch, baseSequence, transactional: true };
      const topicData = [produced('a', batch(['x'], options))];
      return { transactionalId: id, acks: -1, timeoutMs: 5000, topicData };
    },
    { version, until: settled },
  );

export const transactionCases: readonly Case[] = [
  story(
    AddPartitionsToTxn,
    'in and out of a transaction',
    [
      topics(['a', 'b']),
      begin(),
      add([['a', [0]]]),
      add([['a', [0]]]),
      add([
        ['a', [0]],
        ['b', [0]],
      ]),
      describe(),
      add([['a', [9]]]),
      add([
        ['b', [0]],
        ['nope', [0]],
      ]),
      add([['a', [0]]], epoch(1)),
      add([['a', [0]]], epoch(-1)),
      add([['b', [0]]], stranger),
      add([['a', [0]]], same, '~nobody'),
      add([['a', [0]]], same, ''),
      add([]),
    ],
    { quick: true },
  ),
  story(
    AddPartitionsToTxn,
    'whether partitions are in it',
    [topics(['a']), begin(), verify([0]), join('a'), verify([0]), verify([0], epoch(1)), verify([0], stranger)],
    { from: 4 },
  ),
  story(
    EndTxn,
    'ends of all kinds, and again',
    [
      topics(['a']),
      begin(),
      end(true),
      join('a'),
      end(true, epoch(1)),
      end(true, epoch(-1)),
      end(true, stranger),
      end(true, same, '~nobody'),
      end(true, same, ''),
      end(true),
      describe(),
      end(true),
      end(false),
    ],
    { quick: true },
  ),
  story(EndTxn, 'an abort, and again', [
    topics(['a']),
    begin(),
    join('a'),
    end(false),
    end(false),
    end(true),
    describe(),
  ]),
  story(
    EndTxn,
    'an abort of nothing, and the next one’s',
    [topics(['a']), begin(), end(false), end(false, epoch(1)), describe(), end(false, epoch(1)), end(true, epoch(2))],
    { from: 5 },
  ),
  story(AddOffsetsToTxn, 'a group joins', [
    topics(['a']),
    begin(),
    addOffsets(),
    addOffsets(epoch(1)),
    addOffsets(stranger),
    addOffsets(same, '~nobody'),
    addOffsets(same, ''),
  ]),
  story(TxnOffsetCommit, 'with its transaction', [
    topics(['a']),
    begin(),
    { ...addOffsets(), version: 3 } as Step,
    offsets(),
    groupOffset(false),
    groupOffset(true),
    offsets(same, { topics: [{ name: '~nope', partitions: [{ partitionIndex: 0, committedOffset: offset(1) }] }] }),
    offsets(same, { generationIdOrMemberEpoch: 4, memberId: 'nobody' }),
    offsets(same, { groupId: '' }),
    ask(EndTxn, (side) => ({ transactionalId: '~x', ...claimOf(side, same), committed: true }), { version: 4 }),
    groupOffset(true),
  ]),
  story(TxnOffsetCommit, 'of an aborted transaction', [
    topics(['a']),
    begin(),
    { ...addOffsets(), version: 3 } as Step,
    offsets(),
    ask(EndTxn, (side) => ({ transactionalId: '~x', ...claimOf(side, same), committed: false }), { version: 4 }),
    groupOffset(true),
  ]),
  story(InitProducerId, 'owners of a transactional id', [
    begin(),
    ask(InitProducerId, { transactionalId: '~x', transactionTimeoutMs: 60_000, producerId: -1n, producerEpoch: -1 }),
    ask(InitProducerId, { transactionalId: '~x', transactionTimeoutMs: 0, producerId: -1n, producerEpoch: -1 }),
    ask(InitProducerId, { transactionalId: '~x', transactionTimeoutMs: 900_001, producerId: -1n, producerEpoch: -1 }),
    describe(),
    describe('~nobody'),
  ]),
  story(
    InitProducerId,
    'a producer that goes on',
    [
      begin(),
      ask(InitProducerId, (side) => ({ transactionalId: '~x', transactionTimeoutMs: 1000, ...claimOf(side, same) }), {
        as: 'next',
      }),
      ask(InitProducerId, (side) => ({
        transactionalId: '~x',
        transactionTimeoutMs: 1000,
        ...claimOf(side, epoch(7), 'next'),
      })),
      ask(InitProducerId, (side) => ({
        transactionalId: '~x',
        transactionTimeoutMs: 1000,
        ...claimOf(side, stranger, 'next'),
      })),
    ],
    { from: 3 },
  ),
  story(WriteTxnMarkers, 'where there is nothing to end', [
    topics(['a']),
    ask(WriteTxnMarkers, { markers: [] }),
    ask(WriteTxnMarkers, {
      markers: [
        {
          producerId: 12_345n,
          producerEpoch: 0,
          transactionResult: false,
          topics: [{ name: '~nope', partitionIndexes: [0] }],
          coordinatorEpoch: 0,
          transactionVersion: 0,
        },
      ],
    }),
  ]),
  story(ListTransactions, 'by states and producers', [
    ask(ListTransactions, { stateFilters: ['Strange'], producerIdFilters: [], durationFilter: -1n }),
    ask(ListTransactions, { stateFilters: ['Dead'], producerIdFilters: [], durationFilter: -1n }),
    ask(ListTransactions, { stateFilters: [], producerIdFilters: [987_654_321n], durationFilter: -1n }),
  ]),
  story(
    ListTransactions,
    'by a pattern',
    ['~x[', '(', '\\', 'nobody.*', '[[:alpha:]]nothing'].map((transactionalIdPattern) =>
      ask(ListTransactions, { stateFilters: [], producerIdFilters: [], durationFilter: -1n, transactionalIdPattern }),
    ),
    { from: 2 },
  ),
  story(DescribeTransactions, 'ids that nobody has', [
    ask(DescribeTransactions, { transactionalIds: ['~nobody'] }),
    ask(DescribeTransactions, { transactionalIds: [''] }),
    ask(DescribeTransactions, { transactionalIds: [] }),
  ]),
  story(Produce, 'batches of a transaction', [
    topics(['a']),
    begin(),
    write(9),
    write(11),
    join('a'),
    write(9),
    write(9, epoch(-1)),
    write(9, stranger),
    write(9, same, null),
    write(12, same, '~x', 1),
    describe(),
  ]),
];
