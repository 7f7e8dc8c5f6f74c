import { expect, test } from 'vitest';
import { OffsetTable } from '../../src/groups/offset-table.ts';

test('offsets that wait for a transaction take room with the committed ones', () => {
  const room = { offsets: 0, metadataBytes: 0 };
  const table = new OffsetTable(room);
  table.setPending('t', 0, 5, true);
  table.setPending('t', 0, 5, true);
  table.setPending('t', 0, 6, true);
  table.setPending('t', 1, 5, true);
  expect(room.offsets).toBe(3);
  table.setPending('t', 0, 5, false);
  expect([room.offsets, table.isPending('t', 0), table.isPending('t', 1)]).toEqual([2, true, true]);
  table.setPending('t', 0, 6, false);
  expect([room.offsets, table.isPending('t', 0), table.hasPending]).toEqual([1, false, true]);
  table.setPending('t', 0, 6, false);
  table.clear();
  expect([room.offsets, table.hasPending]).toEqual([0, false]);
});
