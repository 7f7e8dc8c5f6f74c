import { Offset, ProtocolError } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { World } from '@skerry/testkit';
import { BatchBuilder, markerBatch } from '@skerry/wire';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DownConverted, type DownOptions, toMessages } from '../../src/legacy/down-conversion.ts';
import { batchOf } from '../calls.ts';
import { readOldSet } from './old-messages.ts';

const compute = nodeCompute({ inline: true });
const asked: DownOptions = { magic: 1, from: Offset(0), bytesMax: 100_000, atLeastOne: true, cutAt: Infinity };

function converted(bytes: Uint8Array, options: Partial<DownOptions> = {}): DownConverted | Error {
  const { clock } = new World(1);
  let outcome: DownConverted | Error | undefined;
  toMessages(bytes, { ...asked, ...options }, { clock, compute }, (error, found) => {
    outcome = found ?? error;
  });
  clock.runUntil(() => outcome !== undefined);
  return outcome ?? new Error('no answer');
}

function offsetsIn(bytes: Uint8Array, options: Partial<DownOptions> = {}): { next: number; offsets: number[] } {
  const found = converted(bytes, options);
  if (found instanceof Error) throw found;
  return { next: found.next, offsets: readOldSet(found.messages).map(({ offset }) => offset) };
}

const at = (base: number, values: readonly string[]): Uint8Array => batchOf(values, { baseOffset: Offset(base) });
const marker = (base: number): Uint8Array => {
  const batch = markerBatch({ kind: 'commit', coordinatorEpoch: 0, producerId: 1, producerEpoch: 0, timestamp: 1 });
  new DataView(batch.buffer, batch.byteOffset).setBigInt64(0, BigInt(base));
  return batch;
};

test('markers of transactions are stepped over, and what follows keeps its offset', () => {
  const log = new Uint8Array([...at(0, ['a', 'b']), ...marker(2), ...at(3, ['c'])]);
  expect(offsetsIn(log)).toEqual({ next: 4, offsets: [0, 1, 3] });
  expect(offsetsIn(marker(7), { from: Offset(7) })).toEqual({ next: 8, offsets: [] });
});

test('what lies before the offset asked for is left out, also where a batch ends without it', () => {
  const compacted = new BatchBuilder({ baseOffset: Offset(10), lastOffsetDelta: 9 });
  const batch = compacted.append({ timestamp: 1, value: null, offsetDelta: 2 }).build();
  expect(offsetsIn(batch, { from: Offset(12) })).toEqual({ next: 20, offsets: [12] });
  expect(offsetsIn(batch, { from: Offset(13) })).toEqual({ next: 20, offsets: [] });
});

test('a batch that is cut short is left for the next fetch', () => {
  const log = new Uint8Array([...at(0, ['a']), ...at(1, ['b']).subarray(0, 65)]);
  expect(offsetsIn(log)).toEqual({ next: 1, offsets: [0] });
});

test('the limit is kept to the byte, but for a first message that must go', () => {
  const log = at(0, ['aaaa', 'bbbb', 'cccc']);
  const one = 12 + 22 + 4;
  expect(offsetsIn(log, { bytesMax: 2 * one }).offsets).toEqual([0, 1]);
  expect(offsetsIn(log, { bytesMax: 2 * one - 1 }).offsets).toEqual([0]);
  expect(offsetsIn(log, { bytesMax: 1 }).offsets).toEqual([0]);
  expect(offsetsIn(log, { bytesMax: 1, atLeastOne: false })).toEqual({ next: 0, offsets: [] });
  const cut = converted(log, { bytesMax: 10, cutAt: 10 });
  expect(cut instanceof Error ? cut : [cut.messages.length, cut.next]).toEqual([10, 0]);
});

test('no bytes bring it to anything but messages or a ProtocolError', () => {
  const good = at(0, ['a', 'b', 'c']);
  const nearly = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([place, byte]) => {
    const bad = good.slice();
    bad[place] = byte;
    return bad;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), nearly), (bytes) => {
      const found = converted(bytes);
      if (found instanceof Error) expect(found).toBeInstanceOf(ProtocolError);
    }),
    { numRuns: 3000 },
  );
});
