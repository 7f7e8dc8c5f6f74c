/**
 * A broker that may take little memory gets three times what it can do, of writes and of reads, for minutes; then all
 * that it acknowledged is read back.
 *
 * In rounds, so that the disk holds a round at a time: first what the writers and readers get done with one request
 * each, then three times that rate, sent whether or not it is answered, as far as the connection takes it. Beside them
 * readers that ask for 55 MiB and never read.
 */
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createTopic, deleteTopic } from '../../bench/control.ts';
import { fetchRequest, recordBatch, setFetchOffset } from '../../bench/frames.ts';
import { residentMemory } from '../../bench/process.ts';
import { type BrokerProcess, ownPort, startBroker } from '../crash/process.ts';
import { memoryGroup } from './memory-group.ts';
import { serves } from './serves.ts';
import { Asker, crowd, leave } from './sockets.ts';
import { type Kind, missing, Writer } from './writers.ts';

const overload = 3;
const roundSeconds = 60;
const calmSeconds = 5;
const readers = 4;
const stalledReaders = 100;
const fetchBytes = 1024 * 1024;
const askedBytes = 55 * 1024 * 1024;
const tickMs = 10;

const kinds: readonly Omit<Kind, 'batches'>[] = [
  { topic: 'large', connections: 20, batchBytes: 900_000 },
  { topic: 'medium', connections: 40, batchBytes: 16_384 },
  { topic: 'small', connections: 40, batchBytes: 1024 },
];
/** Different batches of a kind: what is read back must be the one that was acknowledged there. */
const variants = 16;

interface Sum {
  seconds: number;
  sent: number;
  acknowledged: number;
  refused: number;
  readMb: number;
  lost: number;
  mostOwnMb: number;
}

const rated = (count: number, fromMs: number): number => (count * 1000) / (performance.now() - fromMs);

/** Reads one after the other from the start of a topic on, `sum` what it got, until told to end. */
async function reader(port: number, topic: string, sum: Sum, isOver: () => boolean): Promise<void> {
  const asker = new Asker(port);
  const frame = fetchRequest(topic, fetchBytes);
  try {
    for (let offset = 0; !isOver(); offset++) {
      setFetchOffset(frame, offset % 1000);
      sum.readMb += (await asker.ask(frame)) / 1e6;
    }
  } catch {
    // Closed for its slowness, as it may be: the next round has another.
  }
  asker.close();
}

async function round(port: number, seconds: number, sum: Sum, ownMb: () => number): Promise<void> {
  const made = kinds.map((kind) => ({
    ...kind,
    batches: Array.from({ length: variants }, (_, i) => recordBatch(kind.batchBytes, Date.now() + i).bytes),
  }));
  const address = { host: '127.0.0.1', port };
  for (const { topic } of made) await createTopic(address, topic, {});
  const writers = made.flatMap((kind) => Array.from({ length: kind.connections }, () => new Writer(port, kind)));
  await Promise.all(writers.map((writer) => writer.opened));

  const calmFromMs = performance.now();
  for (const writer of writers) writer.keepOne = true;
  let isOver = false;
  const reading = Array.from({ length: overload * readers }, (_, i) =>
    reader(port, made[i % made.length]?.topic ?? '', sum, () => isOver),
  );
  await delay(calmSeconds * 1000);
  for (const writer of writers) {
    writer.keepOne = false;
    writer.perSecond = overload * rated(writer.acknowledged, calmFromMs);
  }

  const stalled = await crowd(port, stalledReaders, (socket) => {
    socket.pause();
    socket.write(fetchRequest('large', askedBytes));
  });
  const fromMs = performance.now();
  while (performance.now() < fromMs + seconds * 1000) {
    const seconds = (performance.now() - fromMs) / 1000;
    for (const writer of writers) writer.due(seconds);
    sum.mostOwnMb = Math.max(sum.mostOwnMb, ownMb());
    await delay(tickMs);
  }
  isOver = true;
  sum.seconds += (performance.now() - fromMs) / 1000;
  leave(stalled);
  for (const writer of writers) writer.end();
  await Promise.all([...writers.map((writer) => writer.ended), ...reading]);
  for (const { sent, acknowledged, refused } of writers) {
    sum.sent += sent;
    sum.acknowledged += acknowledged;
    sum.refused += refused;
  }
  for (const kind of made) {
    sum.lost += await missing(port, kind, writers);
    await deleteTopic(address, kind.topic);
  }
}

export interface OverloadOptions {
  readonly seconds: number;
  readonly limitBytes: number;
  readonly data: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** What came of it; undefined where a process cannot be given so little memory. */
export async function overloaded({
  seconds,
  limitBytes,
  data,
  settings,
}: OverloadOptions): Promise<Record<string, unknown> | undefined> {
  const group = memoryGroup(limitBytes);
  if (group === undefined) return undefined;
  const port = await ownPort();
  let broker: BrokerProcess | undefined;
  try {
    const quick = { 'log.segment.delete.delay.ms': 0, ...settings };
    broker = await startBroker({ target: 'skerry', port, data, settings: quick, wrap: group.wrap });
    const sum: Sum = { seconds: 0, sent: 0, acknowledged: 0, refused: 0, readMb: 0, lost: 0, mostOwnMb: 0 };
    const { ended } = broker;
    const ending = async () => await Promise.race([ended, delay(0, undefined)]);
    while (sum.seconds < seconds && (await ending()) === undefined) {
      await round(port, Math.min(roundSeconds, seconds - sum.seconds), sum, group.ownMb);
      process.stderr.write(`${JSON.stringify({ ...sum, killed: group.killed() })}\n`);
    }
    const rounded = Object.fromEntries(Object.entries(sum).map(([name, value]) => [name, Math.round(value)]));
    const residentMb = Math.round(residentMemory(broker.pid)?.peakMb ?? 0);
    const found = { ...rounded, residentMb, killed: group.killed() };
    return { ...found, ending: await ending(), serves: await serves(port) };
  } finally {
    process.stderr.write(broker?.output() ?? '');
    broker?.kill('SIGKILL');
    await broker?.ended;
    group.remove();
    rmSync(data, { recursive: true, force: true });
  }
}
