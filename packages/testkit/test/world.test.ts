import { Bytes } from '@skerry/base';
import { expect, test } from 'vitest';
import { type Machine, World } from '../src/index.ts';
import { pattern } from './harness.ts';

/**
 * Two machines, of which one sends what chance gives and the other writes it to its disk; what happened, line by line.
 */
function story(seed: number): string[] {
  const world = new World(seed);
  const lines: string[] = [];
  const say = (line: string): unknown => lines.push(`${world.clock.monotonicMs().toFixed(3)} ${line}`);
  const [a, b] = [world.machine('a'), world.machine('b')];
  serve(b, say);
  world.clock.advance(1);
  a.network.connect(
    { host: 'b', port: 9092 },
    { data() {}, drain() {}, closed: () => say('a closed') },
    (_error, to) => {
      for (let i = 0; i < 20; i++)
        a.clock.after(a.random.below(50), () => to?.write([a.random.bytes(a.random.below(5_000))]));
    },
  );
  world.clock.advance(30);
  b.cutPower();
  say(`b is left with ${b.disk.exists('log') ? b.disk.open('log', { create: false }).size() : 'nothing'}`);
  world.clock.advance(10_000);
  return lines;
}

function serve(machine: Machine, say: (line: string) => unknown): void {
  const file = machine.disk.open('log', { create: true });
  machine.network.listen(
    { host: machine.host, port: 9092 },
    () => ({
      data(chunk) {
        file.writeNow([chunk], file.size());
        const end = file.size();
        machine.disk.commit([{ file, end }], () => say(`synced ${end}`));
      },
      drain() {},
      closed: () => say('b closed'),
    }),
    () => {},
  );
}

test('a seed tells the same story every time, and another seed another', () => {
  const [first, again, other] = [story(11), story(11), story(12)];
  expect(first).toEqual(again);
  expect(first).not.toEqual(other);
  expect(first.length).toBeGreaterThan(5);
});

test('what was synced before a power cut is there after it, for every seed', () => {
  for (let seed = 0; seed < 100; seed++) {
    const lines = story(seed);
    const left = Number(/left with (\d+)/.exec(lines.join('\n'))?.[1] ?? 0);
    const synced = lines.flatMap((line) => (/synced (\d+)/.exec(line) ?? []).slice(1).map(Number));
    expect(left).toBeGreaterThanOrEqual(Math.max(0, ...synced));
  }
});

test('the next process finds its machine as the former one left it', () => {
  const world = new World(1);
  const machine = world.machine('m');
  machine.clock.wallOffsetMs = 5_000;
  const file = machine.disk.open('a', { create: true });
  file.writeNow([pattern(4)], Bytes(0));
  let called = 0;
  machine.clock.after(10, () => called++);
  machine.clock.soon(() => called++);
  machine.store.commit([{ key: pattern(1), value: pattern(2) }], () => called++);
  machine.kill();
  world.clock.advance(100);
  expect(called).toBe(0);
  expect(machine.disk.open('a', { create: false }).size()).toBe(4);
  expect(machine.clock.wallMs()).toBe(world.clock.wallMs() + 5_000);
  machine.clock.after(10, () => called++);
  world.clock.advance(10);
  expect(called).toBe(1);
});
