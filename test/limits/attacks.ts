/** The attacks: what each needs, how many take part, and what is told of it. */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  apiVersionsRequest,
  createTopicRequest,
  fetchRequest,
  produceRequest,
  recordBatch,
} from '../../bench/frames.ts';
import { Asker, crowd, type Held, leave, untilClosed } from './sockets.ts';

/** How long each part of an attack takes. */
export interface Pace {
  readonly holdMs: number;
  readonly ratedMs: number;
}

interface Attack {
  readonly count: number;
  prepare?(port: number): Promise<void>;
  run(port: number, count: number, pace: Pace): Promise<Record<string, unknown>>;
}

const announcedBytes = 100 * 1024 * 1024;
const trickleMs = 5000;
const trickleMsMax = 120_000;
export const usualPace: Pace = { holdMs: 15_000, ratedMs: 3500 };
const topic = 'attacked';
const batchBytes = 1_000_000;
const topicBytes = 64 * 1024 * 1024;
const askedBytes = 55 * 1024 * 1024;
const readers = 4;

/** Holds a crowd for a while. */
async function hold(
  port: number,
  count: number,
  { holdMs }: Pace,
  first: (socket: Socket) => void,
): Promise<Record<string, unknown>> {
  const startMs = performance.now();
  const all = await crowd(port, count, first);
  const openedMs = performance.now() - startMs;
  await delay(holdMs);
  const ended = all.filter(({ closedMs }) => closedMs !== undefined).length;
  leave(all);
  await delay(1000);
  return { openedMs: Math.round(openedMs), ended };
}

function announce(socket: Socket): void {
  const bytes = new Uint8Array(14);
  new DataView(bytes.buffer).setInt32(0, announcedBytes);
  socket.write(bytes);
}

/** Sends a request a byte at a time, and is never done with it. */
function trickle(socket: Socket): void {
  const bytes = new Uint8Array(14);
  new DataView(bytes.buffer).setInt32(0, 1000);
  socket.write(bytes);
  const timer = setInterval(() => socket.write(new Uint8Array(1)), trickleMs);
  socket.once('close', () => clearInterval(timer));
}

function agesOf(all: readonly Held[]): Record<string, unknown> {
  const ages = all.flatMap(({ openedMs, closedMs }) => (closedMs === undefined ? [] : [closedMs - openedMs]));
  const round = (ms: number): number => Math.round(ms / 100) / 10;
  return { ended: ages.length, firstSeconds: round(Math.min(...ages)), lastSeconds: round(Math.max(...ages)) };
}

async function fill(port: number): Promise<void> {
  const asker = new Asker(port);
  await asker.ask(createTopicRequest(topic, 1, {}));
  const frame = produceRequest(topic, recordBatch(batchBytes, Date.now()).bytes);
  for (let sent = 0; sent < topicBytes; sent += frame.length) await asker.ask(frame);
  asker.close();
}

/** What well-behaved readers get in a while, in MB a second. */
async function rate(askers: readonly Asker[], { ratedMs }: Pace): Promise<number> {
  const frame = fetchRequest(topic, 1024 * 1024);
  const startMs = performance.now();
  let bytes = 0;
  const read = async (asker: Asker): Promise<void> => {
    while (performance.now() < startMs + ratedMs) bytes += await asker.ask(frame);
  };
  await Promise.all(askers.map(read));
  return Math.round(bytes / 1000 / (performance.now() - startMs));
}

export const attacks: Readonly<Record<string, Attack>> = {
  connect: { count: 10_000, run: (port, count, pace) => hold(port, count, pace, () => {}) },
  announce: { count: 10_000, run: (port, count, pace) => hold(port, count, pace, announce) },
  trickle: {
    count: 10_000,
    async run(port, count) {
      const all = await crowd(port, count, trickle);
      await untilClosed(all, trickleMsMax);
      const ages = agesOf(all);
      leave(all);
      return ages;
    },
  },
  unread: {
    count: 1000,
    prepare: fill,
    async run(port, count, pace) {
      const askers = Array.from({ length: readers }, () => new Asker(port));
      await rate(askers, pace);
      const aloneMbs = await rate(askers, pace);
      const all = await crowd(port, count, (socket) => {
        socket.pause();
        socket.write(apiVersionsRequest());
        socket.write(fetchRequest(topic, askedBytes));
      });
      const besideMbs = await rate(askers, pace);
      const laterMbs = await rate(askers, pace);
      const ages = agesOf(all);
      leave(all);
      await delay(1000);
      const afterMbs = await rate(askers, pace);
      return { aloneMbs, besideMbs, laterMbs, afterMbs, ...ages };
    },
  },
};
