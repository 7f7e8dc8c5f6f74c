import { type RawClient, World } from '@skerry/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';
import {
  add,
  addOffsets,
  type Begun,
  commitOffset,
  committed,
  end,
  init,
  type Owner,
  patiently,
  readCommitted,
  standing,
  write,
} from '../transaction-calls.ts';

let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  node = new SimulatedNode(new World(24));
  node.start();
  client = node.client();
  createTopic(client, 't', 2);
});

const begin = (id: string, more: Parameters<typeof init>[2] = {}): Begun =>
  patiently(
    node,
    () => init(client, id, more),
    ({ error }) => error,
  );
const writeSoon = (owner: Owner, sequence: number, values: readonly string[], index = 0): string =>
  patiently(
    node,
    () => write(client, owner, 't', sequence, values, { index }),
    (error) => error,
  );
const settle = (): void => node.machineTime(50);

describe('transaction version 2', () => {
  test('what is committed is read; what is open or aborted is not', () => {
    const first = begin('a');
    expect([first.error, first.epoch]).toEqual(['NONE', 0]);
    expect(write(client, first, 't', 0, ['one'])).toBe('NONE');
    expect(readCommitted(client, 't')).toMatchObject({ values: [], stable: 0, end: 1 });
    const second = end(client, first, true);
    expect(second).toEqual({ ...first, epoch: 1 });
    settle();
    expect(readCommitted(client, 't')).toMatchObject({ values: ['one'], aborted: [], stable: 2 });

    expect(writeSoon(second, 0, ['two'])).toBe('NONE');
    expect(end(client, second, false)).toEqual({ ...first, epoch: 2 });
    settle();
    expect(readCommitted(client, 't', 2).aborted).toEqual([[first.producerId, 2]]);
    expect(readCommitted(client, 't').stable).toBe(4);
  });

  test('an end that is asked for again is answered as the first time; the other end is refused', () => {
    const first = begin('a');
    write(client, first, 't', 0, ['one']);
    const second = end(client, first, true);
    settle();
    expect(end(client, first, true)).toEqual(second);
    expect(end(client, first, false).error).toBe('INVALID_TXN_STATE');
    expect(standing(client, 'a')).toBe(`CompleteCommit ${first.producerId}/1`);
  });

  test('nothing of an earlier transaction comes into the next', () => {
    const first = begin('a');
    write(client, first, 't', 0, ['one']);
    const second = end(client, first, true);
    expect(writeSoon(second, 0, ['two'])).toBe('NONE');
    expect(write(client, first, 't', 1, ['late'])).toBe('INVALID_PRODUCER_EPOCH');
    expect(end(client, first, false).error).toBe('PRODUCER_FENCED');
    expect(commitOffset(client, first, 'g', 5)).toBe('INVALID_PRODUCER_EPOCH');
  });

  test('without anything in it a transaction may be aborted, and not committed', () => {
    const first = begin('a');
    expect(end(client, first, true).error).toBe('INVALID_TXN_STATE');
    const second = end(client, first, false);
    expect(second).toEqual({ ...first, epoch: 1 });
    settle();
    expect(end(client, second, false)).toEqual({ ...first, epoch: 2 });
  });
});

describe('transaction version 1', () => {
  test('a partition takes a batch once it has joined', () => {
    const owner = begin('a');
    expect(write(client, owner, 't', 0, ['early'], { version: 9 })).toBe('INVALID_TXN_STATE');
    expect(write(client, owner, 't', 0, ['early'], { version: 11 })).toBe('TRANSACTION_ABORTABLE');
    expect(add(client, owner, 't', [0])).toEqual(['NONE']);
    expect(write(client, owner, 't', 0, ['one'], { version: 9 })).toBe('NONE');
    expect(write(client, owner, 't', 0, ['other'], { version: 9, index: 1 })).toBe('INVALID_TXN_STATE');
    expect(end(client, owner, true, 4)).toMatchObject({ error: 'NONE' });
    settle();
    expect(readCommitted(client, 't').stable).toBe(2);
    expect(add(client, owner, 't', [0])).toEqual(['NONE']);
    expect(write(client, owner, 't', 1, ['two'], { version: 9 })).toBe('NONE');
    expect(standing(client, 'a')).toBe(`Ongoing ${owner.producerId}/0 t-0`);
  });

  test('all partitions join or none', () => {
    const owner = begin('a');
    expect(add(client, owner, 't', [0, 7])).toEqual(['OPERATION_NOT_ATTEMPTED', 'UNKNOWN_TOPIC_OR_PARTITION']);
    expect(standing(client, 'a')).toBe(`Empty ${owner.producerId}/0`);
  });
});

describe('fencing', () => {
  test('a new producer aborts what the one before left open, and shuts it out', () => {
    const zombie = begin('a');
    write(client, zombie, 't', 0, ['lost']);
    expect(init(client, 'a').error).toBe('CONCURRENT_TRANSACTIONS');
    const next = begin('a');
    expect(next).toMatchObject({ error: 'NONE', producerId: zombie.producerId, epoch: 2 });
    expect(write(client, zombie, 't', 1, ['late'])).toBe('INVALID_PRODUCER_EPOCH');
    expect(end(client, zombie, true).error).toBe('PRODUCER_FENCED');
    expect(end(client, zombie, true, 1).error).toBe('INVALID_PRODUCER_EPOCH');
    expect(init(client, 'a', { as: zombie }).error).toBe('PRODUCER_FENCED');
    expect(readCommitted(client, 't').aborted).toEqual([[zombie.producerId, 0]]);
  });

  test('a producer that names its epoch goes on with the next, also when it asks twice', () => {
    const first = begin('a');
    const next = begin('a', { as: first });
    expect(next).toMatchObject({ error: 'NONE', epoch: 1 });
    expect(begin('a', { as: first })).toEqual(next);
    begin('a');
    expect(begin('a', { as: next }).error).toBe('PRODUCER_FENCED');
  });

  test('a transaction past its time is aborted, and its producer shut out', () => {
    const slow = begin('a', { timeoutMs: 5_000 });
    write(client, slow, 't', 0, ['slow']);
    node.machineTime(4_000);
    expect(standing(client, 'a')).toBe(`Ongoing ${slow.producerId}/0 t-0`);
    node.machineTime(11_500);
    expect(standing(client, 'a')).toBe(`CompleteAbort ${slow.producerId}/1`);
    expect(readCommitted(client, 't').stable).toBe(2);
    expect(write(client, slow, 't', 1, ['late'])).toBe('INVALID_PRODUCER_EPOCH');
  });

  test('foreign ids, and ids that nobody has, are refused', () => {
    const [a, b] = [begin('a'), begin('b')];
    write(client, b, 't', 0, ['b']);
    expect(write(client, { ...a, id: 'b' }, 't', 0, ['x'])).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(write(client, { ...a, id: 'nobody' }, 't', 0, ['x'])).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(end(client, { ...a, id: 'b' }, true).error).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(end(client, { ...b, epoch: 7 }, true).error).toBe('PRODUCER_FENCED');
    expect(add(client, { ...b, epoch: 7 }, 't')).toEqual(['PRODUCER_FENCED']);
    expect(add(client, { ...b, epoch: 7 }, 't', [0], 1)).toEqual(['INVALID_PRODUCER_EPOCH']);
    expect(init(client, 'a', { timeoutMs: 900_001 }).error).toBe('INVALID_TRANSACTION_TIMEOUT');
    expect(init(client, 'a', { timeoutMs: 0 }).error).toBe('INVALID_TRANSACTION_TIMEOUT');
    expect(standing(client, 'nobody')).toBe('TRANSACTIONAL_ID_NOT_FOUND');
  });
});

describe('offsets', () => {
  test('a group has them when the transaction commits, and until then knows that it does not know', () => {
    const owner = begin('a');
    expect(commitOffset(client, owner, 'g', 5)).toBe('NONE');
    expect([committed(client, 'g'), committed(client, 'g', true)]).toEqual([-1, 'UNSTABLE_OFFSET_COMMIT']);
    const next = end(client, owner, true);
    settle();
    expect([committed(client, 'g'), committed(client, 'g', true)]).toEqual([5, 5]);
    expect(
      patiently(
        node,
        () => commitOffset(client, next, 'g', 9),
        (error) => error,
      ),
    ).toBe('NONE');
    end(client, next, false);
    settle();
    expect([committed(client, 'g'), committed(client, 'g', true)]).toEqual([5, 5]);
  });

  test('before v5 the group must have joined', () => {
    const owner = begin('a');
    expect(commitOffset(client, owner, 'g', 5, { version: 3 })).toBe('INVALID_TXN_STATE');
    expect(addOffsets(client, owner, 'g')).toBe('NONE');
    expect(commitOffset(client, owner, 'g', 5, { version: 3 })).toBe('NONE');
    expect(end(client, owner, true, 3).error).toBe('NONE');
    settle();
    expect(committed(client, 'g', true)).toBe(5);
  });

  test('a member of another generation is refused', () => {
    const owner = begin('a');
    const more = { generationIdOrMemberEpoch: 3, memberId: 'm' };
    expect(commitOffset(client, owner, 'g', 5, { more })).toBe('ILLEGAL_GENERATION');
  });
});

describe('a crash', () => {
  test.each(['kill', 'cutPower'] as const)('%s: an open transaction goes on, a decided one is ended', (crash) => {
    const open = begin('open');
    write(client, open, 't', 0, ['before']);
    const decided = begin('decided');
    write(client, decided, 't', 0, ['decided'], { index: 1 });
    commitOffset(client, decided, 'g', 3);
    expect(end(client, decided, true).error).toBe('NONE');
    node[crash]();
    node.start();
    client = node.client();
    settle();
    expect(committed(client, 'g', true)).toBe(3);
    expect(standing(client, 'decided')).toBe(`CompleteCommit ${decided.producerId}/1`);
    expect(standing(client, 'open')).toBe(`Ongoing ${open.producerId}/0 t-0`);
    expect(write(client, open, 't', 1, ['after'])).toBe('NONE');
    expect(end(client, open, true).error).toBe('NONE');
    settle();
    expect(readCommitted(client, 't').stable).toBe(3);
  });

  test('offsets that wait for their transaction wait over a restart', () => {
    const owner = begin('a');
    commitOffset(client, owner, 'g', 5);
    node.stop();
    node.start();
    client = node.client();
    expect(committed(client, 'g', true)).toBe('UNSTABLE_OFFSET_COMMIT');
    end(client, owner, true);
    settle();
    expect(committed(client, 'g', true)).toBe(5);
  });
});
