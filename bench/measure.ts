/**
 * One measurement: a load against a broker, with the broker's CPU time around it and what it must have kept checked
 * afterwards.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from './brokers.ts';
import { assertStored, createTopic, deleteTopic } from './control.ts';
import { recordBatch } from './frames.ts';
import type { LoadFailure, LoadResult } from './load.ts';
import { type CpuTime, cpuTime } from './process.ts';
import { fetchBytes, type LoadRow } from './rows.ts';
import type { Load } from './works.ts';

export interface Measurement extends LoadResult {
  /** Of the server, all threads; undefined where we cannot look. */
  readonly cpu: CpuTime | undefined;
  /** When the load ran, by the system's monotonic clock in microseconds, as V8's profiles count. */
  readonly beganUs: number;
  readonly endedUs: number;
}

/** Work that an acknowledgement does not wait for (syncs, buffers to free) belongs to the load that caused it. */
const settleMs = 100;

/** Batches under way while a topic is filled for reading: with a synced broker five would take long. */
const fillInFlight = 50;

/** Processes under way, for the end of the run. */
export const loadsRunning = new Set<ChildProcess>();

/** Runs the load in a process of its own; `begins` is called right before its first request. */
async function drive(load: Load, begins: () => void): Promise<LoadResult> {
  const child = fork(join(import.meta.dirname, 'load.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  loadsRunning.add(child);
  try {
    return await new Promise<LoadResult>((done, failed) => {
      child.on('message', (message: 'ready' | LoadResult | LoadFailure) => {
        if (message === 'ready') {
          begins();
          child.send('go');
        } else if ('failed' in message) failed(new Error(message.failed));
        else done(message);
      });
      child.on('error', failed);
      child.on('exit', () => failed(new Error('the load ended without a result')));
      child.send(load);
    });
  } finally {
    loadsRunning.delete(child);
    child.kill('SIGKILL');
  }
}

async function measure(broker: Broker, load: Load): Promise<Measurement> {
  let before: CpuTime | undefined;
  let beganUs = 0;
  const result = await drive(load, () => {
    before = broker.pid === undefined ? undefined : cpuTime(broker.pid);
    beganUs = nowUs();
  });
  const endedUs = nowUs();
  await delay(settleMs);
  const after = broker.pid === undefined ? undefined : cpuTime(broker.pid);
  const cpu =
    before === undefined || after === undefined
      ? undefined
      : {
          userSeconds: after.userSeconds - before.userSeconds,
          systemSeconds: after.systemSeconds - before.systemSeconds,
        };
  return { ...result, cpu, beganUs, endedUs };
}

const nowUs = () => Number(process.hrtime.bigint() / 1000n);

/** Dirty pages of one load must not be written at the cost of the next. */
async function settleDisk(): Promise<void> {
  await new Promise<void>((done) => {
    execFile('sync', { timeout: 30_000 }, () => done());
  });
}

let topics = 0;
const timestampMs = Date.now();

async function freshTopic(broker: Broker, row: LoadRow): Promise<string> {
  const topic = `bench-${process.pid}-${row.key}-${topics++}`;
  await createTopic(broker.address, topic, broker.key === 'kafka' ? row.kafkaTopic : {});
  return topic;
}

function loadOf(row: LoadRow, broker: Broker, topic: string, megabytes: number, connections: number): Load {
  const { host, port } = broker.address;
  const batches = Math.max(connections, Math.round((megabytes * 1e6) / row.batchBytes));
  const { kind, batchBytes, inFlight } = row;
  return { kind, host, port, topic, batchBytes, timestampMs, batches, inFlight, connections, fetchBytes };
}

/** Fills a fresh topic, and checks that the broker kept it. */
export async function measureProduce(
  broker: Broker,
  row: LoadRow,
  megabytes: number,
  connections: number,
): Promise<Measurement> {
  await settleDisk();
  const topic = await freshTopic(broker, row);
  const load = loadOf(row, broker, topic, megabytes, connections);
  const result = await measure(broker, load);
  await assertStored(broker.address, topic, recordBatch(load.batchBytes, timestampMs), load.batches);
  await deleteTopic(broker.address, topic);
  return result;
}

/** A topic that holds what a fetch row reads. */
export async function filledTopic(broker: Broker, row: LoadRow, megabytes: number): Promise<string> {
  const topic = await freshTopic(broker, row);
  const load = { ...loadOf(row, broker, topic, megabytes, 1), kind: 'produce', inFlight: fillInFlight } as const;
  await measure(broker, load);
  await assertStored(broker.address, topic, recordBatch(load.batchBytes, timestampMs), load.batches);
  return topic;
}

/** Reads a filled topic from its start. */
export async function measureFetch(
  broker: Broker,
  row: LoadRow,
  topic: string,
  megabytes: number,
  connections: number,
): Promise<Measurement> {
  return await measure(broker, loadOf(row, broker, topic, megabytes, connections));
}

/** A row on its own: a fetch fills its topic first. */
export async function measureRow(
  broker: Broker,
  row: LoadRow,
  megabytes: number,
  connections: number,
): Promise<Measurement> {
  if (row.kind !== 'fetch') return await measureProduce(broker, row, megabytes, connections);
  const topic = await filledTopic(broker, row, megabytes);
  const result = await measureFetch(broker, row, topic, megabytes, connections);
  await deleteTopic(broker.address, topic);
  return result;
}
