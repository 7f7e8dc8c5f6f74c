import type { Done } from '@skerry/base';
import { limits } from '@skerry/base';
import { expect, test } from 'vitest';
import { Syncs, SyncTarget } from '../src/disk-sync.ts';

/** A thing whose syncs end when the test says so. */
class Slow {
  readonly target = new SyncTarget((done) => this.running.push(done));
  readonly running: Done[] = [];
  syncs = 0;

  finish(error?: Error): void {
    this.syncs++;
    this.running.shift()?.(error);
  }
}

test('who asks while a sync is under way is served by one further sync, together', () => {
  const syncs = new Syncs();
  const file = new Slow();
  const served: string[] = [];
  const ask = (name: string): void => {
    file.target.dirty = true;
    syncs.request(file.target, (error) => served.push(`${name}${error ? '!' : ''}`));
  };
  ask('a');
  ask('b');
  ask('c');
  ask('d');
  expect(file.running).toHaveLength(1);
  file.finish();
  expect(served).toEqual(['a']);
  file.finish();
  expect(served).toEqual(['a', 'b', 'c', 'd']);
  expect(file.running).toHaveLength(0);
  expect(file.syncs).toBe(2);
});

test('who asks for what has not changed since the sync under way began is served by it', () => {
  const syncs = new Syncs();
  const file = new Slow();
  const served: string[] = [];
  syncs.request(file.target, () => served.push('a'));
  expect(file.target.dirty).toBe(false);
  syncs.request(file.target, () => served.push('b'));
  file.finish();
  expect(served).toEqual(['a', 'b']);
  expect(file.running).toHaveLength(0);
});

test('no more syncs are in flight than the limit, and all get their turn in order', () => {
  const syncs = new Syncs();
  const files = Array.from({ length: 10 }, () => new Slow());
  const served: number[] = [];
  for (const [i, { target }] of files.entries()) syncs.request(target, () => served.push(i));
  const running = (): number[] => files.flatMap(({ running: calls }, i) => (calls.length > 0 ? [i] : []));
  expect(running()).toEqual([0, 1, 2, 3]);
  expect(running()).toHaveLength(limits.syncsInFlightMax);
  files[2]?.finish();
  expect(running()).toEqual([0, 1, 3, 4]);
  while (running().length > 0) files[running()[0] ?? 0]?.finish();
  expect([...served].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('after a failed sync everybody fails, with the first error, for ever', () => {
  const syncs = new Syncs();
  const [bad, good] = [new Slow(), new Slow()];
  const served: (string | undefined)[] = [];
  const ask = ({ target }: Slow): void => {
    target.dirty = true;
    syncs.request(target, (error) => served.push(error?.message));
  };
  ask(bad);
  ask(good);
  bad.finish(new Error('EIO'));
  good.finish();
  ask(bad);
  bad.finish();
  expect(served).toEqual(['EIO', 'EIO', 'EIO']);
  expect(syncs.failed?.message).toBe('EIO');
});
