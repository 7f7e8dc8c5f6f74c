/**
 * What groups cost: many small ones that are at work, and one large one that comes together.
 *
 *   npm run bench:groups -- [--groups 500] [--members 4] [--seconds 20] [--settle 40] [--large 1000]
 *
 * Every member has a connection of its own. In the small groups each member sends a heartbeat every 3 s and a commit
 * every 5 s, as Java's consumer does by default; what is told is the broker's CPU time, from `settle` seconds after all
 * are members. Of the large group, with group.initial.rebalance.delay.ms=0, it is the time from the last member's first
 * JoinGroup until all are in one generation and have their assignments; its members send a heartbeat every second.
 * Exit 1 beyond 20 % of a core or 3 s, which are meant for the numbers above.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  createTopicsRequest,
  createTopicsResponse,
  findCoordinatorRequest,
  findCoordinatorResponse,
} from '@skerry/wire';
import { Link, Member } from './members.ts';
import { spawnSkerry } from './node.ts';
import { cpuTime } from './process.ts';

const { values } = parseArgs({
  options: {
    groups: { type: 'string', default: '500' },
    members: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '20' },
    settle: { type: 'string', default: '40' },
    large: { type: 'string', default: '1000' },
    folder: { type: 'string', default: join(import.meta.dirname, '..', '.cache', 'groups') },
    port: { type: 'string', default: '39192' },
  },
});

const port = Number(values.port);
const folder = resolve(values.folder);
const topic = 'groups';
const bounds = { smallPercent: 20, largeMs: 3000 } as const;
const address = { host: '127.0.0.1', port };

const memberOf = (groupId: string) => new Member({ address, groupId, topic, partitions: 1 });

const state = { working: true, heartbeats: 0, commits: 0 };

/** Heartbeats at an interval, and commits at another, from moments spread over it, until the work is over. */
async function work(member: Member, heartbeatMs: number, commitMs: number): Promise<void> {
  let heartbeatAt = performance.now() + Math.random() * heartbeatMs;
  let commitAt = performance.now() + Math.random() * commitMs;
  for (let offset = 0; state.working; offset++) {
    await delay(Math.max(0, Math.min(heartbeatAt, commitAt) - performance.now()));
    if (performance.now() >= heartbeatAt) {
      heartbeatAt += heartbeatMs;
      await member.heartbeat();
      state.heartbeats++;
    }
    if (performance.now() >= commitAt) {
      commitAt += commitMs;
      await member.commit(offset);
      state.commits++;
    }
  }
}

async function small(pid: number): Promise<void> {
  const groups = Number(values.groups);
  const perGroup = Number(values.members);
  const members = Array.from({ length: groups * perGroup }, (_, i) => memberOf(`small-${i % groups}`));
  state.working = true;
  const all = members.map(async (member) => {
    await member.join();
    await work(member, 3000, 5000);
  });
  while (!members.every((member) => member.stable)) await delay(50);
  // Those who came first join again with their next heartbeat; and a gateway runs for months: compilation is no part.
  await delay(Number(values.settle) * 1000);
  const before = cpuTime(pid);
  [state.heartbeats, state.commits] = [0, 0];
  const seconds = Number(values.seconds);
  const began = performance.now();
  await delay(seconds * 1000);
  const after = cpuTime(pid);
  const elapsed = (performance.now() - began) / 1000;
  const told = [state.heartbeats, state.commits].map((count) => Math.round(count / elapsed));
  state.working = false;
  await Promise.all(all);
  for (const member of members) member.close();
  const stable = members.filter((member) => member.stable).length;
  const used = cpuSeconds(after) - cpuSeconds(before);
  const percent = ((100 * used) / elapsed).toFixed(1);
  console.log(
    `${groups} groups of ${perGroup}: ${percent} % of a core over ${seconds} s, ${told.join(' heartbeats and ')} ` +
      `commits/s, ${stable} of ${members.length} stable`,
  );
  if (Number(percent) > bounds.smallPercent || stable < members.length) process.exitCode = 1;
}

const cpuSeconds = (time: ReturnType<typeof cpuTime>): number => (time?.userSeconds ?? 0) + (time?.systemSeconds ?? 0);

async function large(pid: number): Promise<void> {
  const count = Number(values.large);
  const members = Array.from({ length: count }, () => memberOf('large'));
  const before = cpuTime(pid);
  const began = performance.now();
  state.working = true;
  const all = members.map(async (member) => {
    await member.join();
    await work(member, 1000, Number.POSITIVE_INFINITY);
  });
  // All have sent their first JoinGroup by now: frames are written as the members are made.
  const asked = performance.now();
  const generation = (): number | undefined => {
    const [first] = members;
    const isOne = members.every((one) => one.stable && one.generationId === first?.generationId);
    return isOne ? first?.generationId : undefined;
  };
  while (generation() === undefined) await delay(5);
  const ms = Math.round(performance.now() - asked);
  const cpu = cpuSeconds(cpuTime(pid)) - cpuSeconds(before);
  const joining = Math.round(asked - began);
  console.log(
    `1 group of ${count}: stable ${ms} ms after the last join (sent over ${joining} ms), generation ${generation()}, ` +
      `${cpu.toFixed(2)} s of CPU`,
  );
  if (ms > bounds.largeMs) process.exitCode = 1;
  state.working = false;
  await Promise.all(all);
  for (const member of members) member.close();
}

function start(): ChildProcess {
  const child = spawnSkerry(folder, port, 'inherit', ['--override', 'group.initial.rebalance.delay.ms=0']);
  child.once('exit', () => process.exit(1));
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function main(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const child = start();
  try {
    await untilUp();
    const admin = new Link(address);
    const topics = [{ name: topic, numPartitions: 1, replicationFactor: 1 }];
    await admin.ask(createTopicsRequest, createTopicsResponse, 7, { topics, timeoutMs: 60_000 });
    await admin.ask(findCoordinatorRequest, findCoordinatorResponse, 3, { key: 'large', keyType: 0 });
    admin.close();
    const pid = child.pid ?? 0;
    if (Number(values.large) > 0) await large(pid);
    if (Number(values.groups) > 0) await small(pid);
  } finally {
    const over = new Promise((done) => child.removeAllListeners('exit').once('exit', done));
    child.kill('SIGKILL');
    await over;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilUp(): Promise<void> {
  for (;;) {
    const up = await new Promise<boolean>((done) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => done(true)).once('error', () => done(false));
      socket.once('connect', () => socket.destroy());
    });
    if (up) return;
    await delay(10);
  }
}

await main();
