import { VirtualClock } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { AppendPacer, heldMax } from '../src/append-pacer.ts';

class Stage {
  readonly clock = new VirtualClock();
  readonly pacer: AppendPacer;
  /** What was appended, and when. */
  readonly appended: string[] = [];

  constructor(lingerMs = -1) {
    this.pacer = new AppendPacer(this.clock, () => lingerMs);
  }

  push(writer: string, name = writer): void {
    this.pacer.push(writer, () => this.appended.push(`${name}@${this.clock.monotonicMs()}`));
  }

  /** Many writers, one a millisecond, for so long. */
  crowd(ms: number): void {
    for (let i = 0; i < ms; i++) {
      this.push(`crowd-${i % 20}`);
      this.clock.advance(1);
    }
  }
}

test('one that commits again and again never waits', () => {
  const stage = new Stage();
  for (let i = 0; i < 500; i++) {
    stage.push('lone', String(i));
    expect(stage.appended.at(-1)).toBe(`${i}@${stage.clock.monotonicMs()}`);
    stage.clock.advance(1);
  }
});

test('while many write, ten milliseconds of them go on at once, in order', () => {
  const stage = new Stage();
  stage.crowd(100);
  stage.appended.length = 0;
  const from = stage.clock.monotonicMs();
  stage.crowd(50);
  const times = stage.appended.map((text) => Number(text.split('@')[1]) - from);
  expect([...new Set(times)]).toEqual([10, 20, 30, 40, 50]);
  expect(stage.appended.map((text) => text.split('@')[0]).slice(0, 12)).toEqual(
    Array.from({ length: 12 }, (_, i) => `crowd-${i}`),
  );
});

test('after a silence the next does not wait', () => {
  const stage = new Stage();
  stage.crowd(150);
  stage.clock.advance(1_000);
  stage.appended.length = 0;
  const now = stage.clock.monotonicMs();
  stage.push('one');
  expect(stage.appended).toEqual([`one@${now}`]);
});

test('a linger that is set holds, alone or not; none set holds nothing', () => {
  const stage = new Stage(5);
  const now = stage.clock.monotonicMs();
  stage.push('lone');
  expect(stage.appended).toEqual([]);
  stage.clock.advance(5);
  expect(stage.appended).toEqual([`lone@${now + 5}`]);
  const quick = new Stage(0);
  quick.crowd(200);
  quick.push('last');
  expect(quick.appended).toHaveLength(201);
});

test('so many wait at most: the next sends them on', () => {
  const stage = new Stage(1_000);
  for (let i = 1; i < heldMax; i++) stage.push('one');
  expect(stage.appended).toHaveLength(0);
  stage.push('one');
  expect(stage.appended).toHaveLength(heldMax);
});

test('what an append pushes comes after all that waited', () => {
  const stage = new Stage(5);
  stage.pacer.push('a', () => {
    stage.appended.push('a');
    stage.push('c');
  });
  stage.pacer.push('b', () => stage.appended.push('b'));
  stage.pacer.flush();
  expect(stage.appended.map((text) => text.split('@')[0])).toEqual(['a', 'b', 'c']);
});
