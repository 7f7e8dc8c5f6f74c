import { LeaderEpoch, Offset } from '@skerry/base';
import { expect, test } from 'vitest';
import { LeaderEpochs } from '../src/index.ts';

const table = (...rows: [number, number][]): LeaderEpochs => {
  const epochs = new LeaderEpochs();
  for (const [epoch, start] of rows) epochs.append(LeaderEpoch(epoch), Offset(start));
  return epochs;
};
const rows = (epochs: LeaderEpochs): number[][] => epochs.rows.map(({ epoch, startOffset }) => [epoch, startOffset]);

test('the end of an epoch is where the next begins, or the log ends (KIP-101, KIP-279)', () => {
  const epochs = table([2, 0], [5, 10], [6, 20]);
  const end = (epoch: number): unknown => epochs.endOf(LeaderEpoch(epoch), Offset(25));
  expect([end(1), end(7)]).toEqual([undefined, undefined]);
  expect([end(2), end(4)]).toEqual([
    { epoch: 2, endOffset: 10 },
    { epoch: 2, endOffset: 10 },
  ]);
  expect(end(5)).toEqual({ epoch: 5, endOffset: 20 });
  expect(end(6)).toEqual({ epoch: 6, endOffset: 25 });
});

test('an epoch without records keeps its row, unless the truncation names an older epoch', () => {
  const epochs = table([1, 0], [2, 10], [3, 10]);
  epochs.truncateTo(Offset(10), undefined);
  expect(rows(epochs)).toEqual([
    [1, 0],
    [2, 10],
    [3, 10],
  ]);
  epochs.truncateTo(Offset(10), LeaderEpoch(2));
  expect(rows(epochs)).toEqual([
    [1, 0],
    [2, 10],
  ]);
  epochs.truncateTo(Offset(9), LeaderEpoch(2));
  expect(rows(epochs)).toEqual([[1, 0]]);
});

test('at the start rows go with their records; the one that holds the start moves there', () => {
  const epochs = table([1, 0], [2, 10], [4, 20]);
  epochs.startAt(Offset(10));
  expect(rows(epochs)).toEqual([
    [2, 10],
    [4, 20],
  ]);
  epochs.startAt(Offset(15));
  expect(rows(epochs)).toEqual([
    [2, 15],
    [4, 20],
  ]);
  epochs.startAt(Offset(30));
  expect(rows(epochs)).toEqual([[4, 30]]);
});

test('an epoch does not go back, nor begin before the last', () => {
  const epochs = table([3, 10]);
  expect(() => epochs.append(LeaderEpoch(2), Offset(12))).toThrow('epochs grow');
  expect(() => epochs.append(LeaderEpoch(4), Offset(9))).toThrow('epochs grow');
  epochs.append(LeaderEpoch(3), Offset(12));
  expect(rows(epochs)).toEqual([[3, 10]]);
});
