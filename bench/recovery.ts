/**
 * How long a node takes to serve again after an unclean end: 10 GiB in 200 partitions, written through a real broker,
 * then kill -9; and once more with the page cache dropped, as after a power cut (as root).
 *
 *   node --conditions=skerry-source bench/recovery.ts [--gigabytes 10] [--partitions 200] [--rounds 3] [--folder F]
 *
 * What is measured: from the start of the process until it listens, and until a Produce with acks=all is answered; and
 * the CPU time of that start. Data, and the process, are gone afterwards.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { frameOf } from '@skerry/testkit';
import { createTopicsRequest, produceRequest } from '@skerry/wire';
import { recordBatch } from './frames.ts';
import { spawnSkerry } from './node.ts';
import { cpuTime, dropPageCache } from './process.ts';

const { values } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '10' },
    partitions: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    folder: { type: 'string', default: join(import.meta.dirname, '..', '.cache', 'recovery') },
    port: { type: 'string', default: '39092' },
  },
});

const port = Number(values.port);
const partitions = Number(values.partitions);
const batchBytes = 256 * 1024;
const folder = resolve(values.folder);
const topic = 'recovery';

function start(): { readonly child: ChildProcess; readonly events: string[] } {
  const child = spawnSkerry(folder, port, 'pipe');
  const events: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => events.push(...text.split('\n').filter(Boolean)));
  return { child, events };
}

/** Sends frames one after another, `inFlight` at once; resolves when all are answered. */
function send(frames: Iterable<Uint8Array>, inFlight: number): Promise<void> {
  return new Promise((done, failed) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const queue = frames[Symbol.iterator]();
    let waiting = 0;
    let buffered = Buffer.alloc(0);
    const more = (): void => {
      while (waiting < inFlight) {
        const { value, done: ended } = queue.next();
        if (ended === true) break;
        waiting++;
        socket.write(value);
      }
      if (waiting === 0) socket.end(() => done());
    };
    socket.once('connect', more);
    socket.once('error', failed);
    socket.once('close', () => failed(new Error('the connection was closed')));
    socket.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
        buffered = buffered.subarray(4 + buffered.readInt32BE(0));
        waiting--;
      }
      more();
    });
  });
}

function produceFrame(index: number, records: Uint8Array): Uint8Array {
  const topicData = [{ name: topic, partitionData: [{ index, records }] }];
  return frameOf({ message: produceRequest, version: 9, value: { acks: -1, timeoutMs: 60_000, topicData } });
}

async function untilServed(index: number, records: Uint8Array): Promise<void> {
  for (;;) {
    try {
      return await send([produceFrame(index, records)], 1);
    } catch {
      await new Promise((done) => setTimeout(done, 5));
    }
  }
}

async function fill(): Promise<void> {
  const { bytes } = recordBatch(batchBytes, Date.now());
  const small = recordBatch(1024, Date.now()).bytes;
  const topics = [{ name: topic, numPartitions: partitions, replicationFactor: 1 }];
  await untilUp();
  await send([frameOf({ message: createTopicsRequest, version: 7, value: { topics, timeoutMs: 60_000 } })], 1);
  await untilServed(0, small);
  const count = Math.ceil((Number(values.gigabytes) * 1024 ** 3) / batchBytes);
  const frames = Array.from({ length: partitions }, (_, index) => produceFrame(index, bytes));
  function* all(): Generator<Uint8Array> {
    for (let i = 0; i < count; i++) {
      const frame = frames[i % partitions];
      if (frame !== undefined) yield frame;
    }
  }
  await send(all(), 20);
}

async function untilUp(): Promise<void> {
  for (;;) {
    const up = await new Promise<boolean>((done) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => done(true)).once('error', () => done(false));
      socket.once('connect', () => socket.destroy());
    });
    if (up) return;
    await new Promise((done) => setTimeout(done, 10));
  }
}

const ended = (child: ChildProcess): Promise<unknown> => new Promise((done) => child.once('exit', done));

async function kill(child: ChildProcess): Promise<void> {
  const over = ended(child);
  child.kill('SIGKILL');
  await over;
}

async function restart(what: string, small: Uint8Array): Promise<ChildProcess> {
  const began = performance.now();
  const { child, events } = start();
  await untilUp();
  const listens = performance.now() - began;
  const cpu = cpuTime(child.pid ?? 0);
  await untilServed(partitions - 1, small);
  const serves = performance.now() - began;
  const read = events.filter((line) => line.includes('recovered')).length;
  const cpuSeconds = ((cpu?.userSeconds ?? 0) + (cpu?.systemSeconds ?? 0)).toFixed(2);
  console.log(
    `${what}: listens after ${listens.toFixed(0)} ms, of which ${cpuSeconds} s are CPU; ` +
      `serves after ${serves.toFixed(0)} ms; ${read} logs read`,
  );
  return child;
}

async function main(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let { child } = start();
  try {
    const began = performance.now();
    await fill();
    console.log(`${values.gigabytes} GiB in ${partitions} partitions, in ${Math.round(performance.now() - began)} ms`);
    const small = recordBatch(1024, Date.now()).bytes;
    for (let round = 0; round < Number(values.rounds); round++) {
      await kill(child);
      child = await restart('kill -9', small);
      await send(await refill(), 20);
      await kill(child);
      const dropped = dropPageCache();
      child = await restart(dropped ? 'kill -9, page cache dropped' : 'kill -9, page cache kept: not root', small);
      await send(await refill(), 20);
    }
  } finally {
    await kill(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Something past the recovery points again: half a gibibyte, over all partitions. */
async function refill(): Promise<Uint8Array[]> {
  const { bytes } = recordBatch(batchBytes, Date.now());
  return Array.from({ length: 2048 }, (_, i) => produceFrame(i % partitions, bytes));
}

await main();
