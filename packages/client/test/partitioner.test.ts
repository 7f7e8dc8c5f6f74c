import { utf8Encode } from '@skerry/base';
import { expect, test } from 'vitest';
import { murmur2, partitionOf } from '../src/partitioner.ts';

// The right hand side was printed by org.apache.kafka.common.utils.Utils.murmur2.
test.each([
  ['', 275646681],
  ['2', 648968168],
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
])('the hash of %j is that of Java', (key, hash) => {
  expect(murmur2(utf8Encode(key))).toBe(hash);
});

test('a negative hash means a partition too', () => {
  expect(partitionOf(utf8Encode('21'), 10)).toBe((-973932308 & 0x7fff_ffff) % 10);
});
