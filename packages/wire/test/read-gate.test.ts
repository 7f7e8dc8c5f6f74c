import { limits, MemoryBudget, type Timer } from '@skerry/base';
import { beforeEach, expect, test } from 'vitest';
import { type Gated, ReadGate } from '../src/index.ts';

const kib = 1024;

/** A connection in the midst of a request of `missing` bytes more. */
class Peer implements Gated {
  heldBytes = 0;
  missingBytes: number;
  isStarved = false;
  hasGivenUp = false;

  constructor(missingBytes: number) {
    this.missingBytes = missingBytes;
    peers.push(this);
    gate.enter(this);
  }
  starve(on: boolean): void {
    this.isStarved = on;
  }
  giveUp(): void {
    this.hasGivenUp = true;
    this.heldBytes = 0;
    gate.leave(this);
  }
  /** True if it may send. */
  send(bytes: number): boolean {
    if (this.isStarved) return false;
    const sent = Math.min(bytes, this.missingBytes);
    this.heldBytes += sent;
    this.missingBytes -= sent;
    gate.heard(this);
    return true;
  }
  answered(): void {
    this.heldBytes = 0;
  }
}

let peers: Peer[];
let gate: ReadGate;
let nowMs: number;
let timer: { readonly atMs: number; run(): void } | undefined;
let shortTimes: number;

beforeEach(() => {
  peers = [];
  [nowMs, shortTimes, timer] = [0, 0, undefined];
  const clock = {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs,
    soon: () => {},
    after(delayMs: number, run: () => void): Timer {
      timer = { atMs: nowMs + delayMs, run };
      return { cancel: () => {} };
    },
  };
  const memory = new MemoryBudget(1000 * kib);
  memory.add({ name: 'peers', bytes: () => held() });
  gate = new ReadGate({ clock, memory, short: () => shortTimes++ });
});

const held = (): number => peers.reduce((sum, { heldBytes }) => sum + heldBytes, 0);

function pass(ms: number): void {
  for (const endMs = nowMs + ms; timer !== undefined && timer.atMs <= endMs; ) {
    const due = timer;
    [nowMs, timer] = [due.atMs, undefined];
    due.run();
  }
}

test('while there is room nobody waits, and no timer runs', () => {
  for (let i = 0; i < 9; i++) expect(new Peer(500 * kib).send(100 * kib)).toBe(true);
  expect([timer, gate.isShort, shortTimes]).toEqual([undefined, false, 0]);
});

test('however many send however much, they hold no more than the budget, a part of it, and one request', () => {
  const crowd = Array.from({ length: 200 }, () => new Peer(400 * kib));
  let most = 0;
  let finished = 0;
  for (let turn = 0; turn < 20_000 && finished < crowd.length; turn++) {
    for (const peer of crowd) {
      if (!peer.send(64 * kib)) continue;
      most = Math.max(most, held());
      if (peer.missingBytes > 0 || peer.heldBytes === 0) continue;
      finished++;
      peer.answered();
    }
    nowMs += 5;
    pass(5);
  }
  expect(finished).toBe(crowd.length);
  expect(most).toBeLessThanOrEqual((1000 * (1 + limits.memoryOverdraft) + 400 + 64) * kib);
  expect(shortTimes).toBeGreaterThan(0);
  pass(1000);
  expect([gate.isShort, gate.starvedCount]).toEqual([false, 0]);
});

test('one alone gets a request through that is larger than the budget', () => {
  const peer = new Peer(5000 * kib);
  for (let turn = 0; peer.missingBytes > 0 && turn < 1000; turn++) {
    peer.send(64 * kib);
    pass(20);
  }
  expect(peer.missingBytes).toBe(0);
});

test('those who hold nothing are read although the budget is spent, but not far beyond it', () => {
  const crowd = Array.from({ length: 11 }, () => new Peer(500 * kib));
  const small = new Peer(0);
  for (const peer of crowd) peer.send(100 * kib);
  gate.heard(small);
  expect([small.isStarved, crowd[10]?.isStarved]).toEqual([false, true]);
  for (const peer of crowd.slice(0, 2)) peer.send(100 * kib);
  expect(small.isStarved).toBe(true);
  crowd[0]?.answered();
  pass(20);
  expect(small.isStarved).toBe(false);
});

test('who is favoured and sends next to nothing is given up, and the next one has its turn', () => {
  const idle = Array.from({ length: 12 }, () => new Peer(100 * kib));
  for (const peer of idle) peer.send(99 * kib);
  const honest = new Peer(300 * kib);
  honest.send(150 * kib);
  expect(honest.isStarved).toBe(true);
  let waitedMs = 0;
  for (; honest.missingBytes > 0 && waitedMs < 120_000; waitedMs += 20) {
    honest.send(64 * kib);
    pass(20);
  }
  expect(honest.missingBytes).toBe(0);
  expect(gate.givenUp).toBeGreaterThan(0);
  expect(peers.filter(({ hasGivenUp }) => hasGivenUp)).toHaveLength(gate.givenUp);
  expect(honest.hasGivenUp).toBe(false);
});
