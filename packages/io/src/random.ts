import { randomFillSync, randomInt } from 'node:crypto';
import { assert, type Random } from '@skerry/base';

/** The system's chance, fit for secrets. */
export function nodeRandom(): Random {
  return {
    bytes: (count) => randomFillSync(new Uint8Array(count)),
    below(bound) {
      assert(bound >= 1 && bound < 2 ** 48, 'random.below: 1 ≤ bound < 2^48');
      return randomInt(bound);
    },
  };
}
