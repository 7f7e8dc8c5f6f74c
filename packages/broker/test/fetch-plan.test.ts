import { Offset, zeroUuid } from '@skerry/base';
import { VirtualClock } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { FetchPlan, type Serving } from '../src/fetch-plan.ts';
import type { Partition } from '../src/partition.ts';

const wanted = {
  topic: 't',
  topicId: zeroUuid,
  index: 0,
  leaderEpoch: -1,
  offset: Offset(0),
  lastFetchedEpoch: -1,
  bytesMax: 1000,
  toldHighWatermark: -1,
  wasKnown: true,
  toldLogStart: -1,
};
const bounds = { minBytes: 1, maxBytes: 1000, maxWaitMs: 0, readCommitted: false, asFollower: false };

/** How many of `count` partitions a plan looks at in each turn of the event loop. */
function looksByTurn(count: number, isBlank: boolean): number[] {
  let looks = 0;
  const partition = {
    isBlank,
    get refusal() {
      looks++;
      return 'KAFKA_STORAGE_ERROR';
    },
  } as unknown as Partition;
  const servings = Array.from(
    { length: count },
    (): Serving => ({ wanted, partition, error: 'NONE', range: undefined, diverging: undefined }),
  );
  const turns: number[] = [];
  const endOfTurn = (): void => {
    turns.push(looks);
    looks = 0;
  };
  let due: (() => void)[] = [];
  const clock = new VirtualClock();
  let served = 0;
  new FetchPlan(servings, bounds, (all) => {
    served = all.length;
  }).start(Object.assign(clock, { soon: (run: () => void) => due.push(run) }));
  endOfTurn();
  while (due.length > 0) {
    const now = due;
    due = [];
    for (const run of now) run();
    endOfTurn();
  }
  expect(served).toBe(count);
  // A partition that is refused is asked once for whether, and once for why.
  return turns.map((all) => all / 2);
}

test('a fetch over thousands of partitions takes several turns, and opens few logs in each', () => {
  expect(looksByTurn(2500, false)).toEqual([1000, 1000, 500]);
  expect(looksByTurn(120, true)).toEqual([50, 50, 20]);
  expect(looksByTurn(50, true)).toEqual([50]);
});
