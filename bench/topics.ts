/**
 * What many topics cost a node: 1,000 topics of 3 partitions, made by one createTopics call of kafkajs for 100 of them,
 * then asked for, then found again by a restart.
 *
 *   node --conditions=skerry-source bench/topics.ts [--topics 1000] [--partitions 3] [--folder F]
 *
 * What is measured: the time of all createTopics calls; of a Metadata of all topics (the median of 21, after 5 that
 * warm up, on the wire: the client's parsing is not ours); of a restart, in good order and after kill -9, from the
 * start of the process until it answers that Metadata; and resident memory then. Exit 1 if a bound is not kept. On a
 * machine that is busy, the processor's time of a restart says more than the clock's.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { frameOf } from '@skerry/testkit';
import { metadataRequest } from '@skerry/wire';
import { Kafka, logLevel } from 'kafkajs';
import { spawnSkerry } from './node.ts';
import { cpuTime, residentMemory } from './process.ts';

const { values } = parseArgs({
  options: {
    topics: { type: 'string', default: '1000' },
    partitions: { type: 'string', default: '3' },
    folder: { type: 'string', default: join(import.meta.dirname, '..', '.cache', 'topics') },
    port: { type: 'string', default: '39093' },
  },
});

const port = Number(values.port);
const topics = Number(values.topics);
const numPartitions = Number(values.partitions);
const folder = resolve(values.folder);
const perCall = 100;
const bounds = { createMs: 10_000, metadataMs: 30, restartMs: 1000, residentMb: 200 } as const;
const failures: string[] = [];

const start = (): ChildProcess => spawnSkerry(folder, port, 'ignore');

/** The bytes of one Metadata answer for all topics, and how long it took; a failure if nobody listens. */
function askAll(): Promise<{ readonly ms: number; readonly bytes: number }> {
  return new Promise((done, failed) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const frame = frameOf({ message: metadataRequest, version: 12, value: { topics: null } });
    let began = 0;
    let bytes = 0;
    let announced = Number.POSITIVE_INFINITY;
    socket.once('connect', () => {
      began = performance.now();
      socket.write(frame);
    });
    socket.on('data', (chunk) => {
      if (bytes === 0) announced = 4 + chunk.readInt32BE(0);
      bytes += chunk.length;
      if (bytes < announced) return;
      const ms = performance.now() - began;
      socket.end(() => done({ ms, bytes }));
    });
    socket.once('error', failed);
  });
}

async function untilAnswered(): Promise<void> {
  for (;;) {
    try {
      await askAll();
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 5));
    }
  }
}

function stop(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill(signal);
  });
}

const residentMb = ({ pid = 0 }: ChildProcess): number => residentMemory(pid)?.nowMb ?? 0;

function say(what: string, value: number, bound: number, unit: string): void {
  console.log(`${what}: ${value.toFixed(value < 100 ? 1 : 0)} ${unit} (bound ${bound})`);
  if (value > bound) failures.push(what);
}

async function create(): Promise<number> {
  const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  const began = performance.now();
  for (let from = 0; from < topics; from += perCall) {
    const some = Array.from({ length: Math.min(perCall, topics - from) }, (_, i) => ({
      topic: `site-${String(from + i).padStart(5, '0')}.readings`,
      numPartitions,
    }));
    await admin.createTopics({ topics: some, waitForLeaders: true });
  }
  const ms = performance.now() - began;
  await admin.disconnect();
  return ms;
}

async function metadataMs(): Promise<number> {
  const times: number[] = [];
  let bytes = 0;
  for (let i = 0; i < 26; i++) {
    const asked = await askAll();
    bytes = asked.bytes;
    if (i >= 5) times.push(asked.ms);
  }
  console.log(`Metadata of all: ${bytes} bytes`);
  return times.sort((a, b) => a - b)[10] ?? Number.NaN;
}

async function restart(what: string): Promise<ChildProcess> {
  const began = performance.now();
  const child = start();
  await untilAnswered();
  const ms = performance.now() - began;
  const { userSeconds = 0, systemSeconds = 0 } = cpuTime(child.pid ?? 0) ?? {};
  say(`restart after ${what}`, ms, bounds.restartMs, 'ms');
  console.log(`of which the process had a processor for ${Math.round(1000 * (userSeconds + systemSeconds))} ms`);
  return child;
}

async function main(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let child = start();
  try {
    await untilAnswered();
    const calls = Math.ceil(topics / perCall);
    say(`${topics} topics of ${numPartitions} partitions by ${calls} calls`, await create(), bounds.createMs, 'ms');
    say('Metadata of all', await metadataMs(), bounds.metadataMs, 'ms');
    say('resident', residentMb(child), bounds.residentMb, 'MB');
    await stop(child, 'SIGTERM');
    child = await restart('a stop in good order');
    say('resident after it', residentMb(child), bounds.residentMb, 'MB');
    await stop(child, 'SIGKILL');
    child = await restart('kill -9');
    say('Metadata of all, then', await metadataMs(), bounds.metadataMs, 'ms');
  } finally {
    await stop(child, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  for (const failure of failures) console.error(`beyond its bound: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

await main();
