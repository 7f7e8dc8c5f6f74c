/**
 * A file system of 64 MiB, full again and again.
 *
 * First far more records are written than fit, with `skerry.disk.budget`: none may be refused for long, and all that is
 * left must be what was acknowledged. Then, without a budget, another file takes all the room there is, and gives it
 * back, round after round: producers are refused and nothing else, whoever starts the broker meanwhile; they are served
 * again within seconds, and nothing that was acknowledged may be missing.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { utf8Encode } from '@skerry/base';
import {
  BatchBuilder,
  createTopicsRequest,
  createTopicsResponse,
  errorName,
  offsetCommitRequest,
  offsetCommitResponse,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import { type BrokerProcess, ownPort, startBroker } from './process.ts';
import { RawReader } from './raw-reader.ts';
import type { Volume } from './volume.ts';

const mib = 1024 * 1024;
export const diskBytes = 64 * mib;
const recordBytes = 256 * 1024;
const smallBytes = 8 * 1024;
/** In every second round: room for the broker itself, though not for producers for long. */
const leftBytes = 2 * mib;
/** The promise, and how long is waited at all. */
const recoverMsMax = 5000;
const patienceMs = 30_000;
/** A restart comes in so many rounds: half of them on a full disk. */
const restartEvery = 5;

export interface DiskFullTotals {
  readonly rounds: number;
  readonly bytesAcknowledged: number;
  readonly removedOffsets: number;
  readonly refused: number;
  readonly commitsOnFullDisk: number;
  readonly slowestRecoveryMs: number;
  readonly slowestStartMs: number;
  readonly slowestStartCpuMs: number;
  readonly lost: number;
  readonly failures: readonly string[];
}

export interface DiskFullOptions {
  readonly volume: Volume;
  /** How often the file system's size is written. */
  readonly times: number;
  readonly rounds: number;
  readonly say?: (line: string) => void;
}

export async function diskFull(options: DiskFullOptions): Promise<DiskFullTotals> {
  const run = new Run(options.volume.folder, await ownPort());
  const say = options.say ?? (() => {});
  try {
    await run.start({ 'skerry.disk.budget': '50%' });
    await run.createTopic('over');
    await run.fill('over', options.times * diskBytes);
    say(`written: ${run.totals.bytesAcknowledged} bytes`);
    await run.check('over', true);
    await run.deleteOthers();
    await run.createTopic('rounds');
    for (let round = 0; round < options.rounds && run.totals.failures.length === 0; round++) {
      await run.round(round);
      if (round % 10 === 9) say(`${round + 1} rounds`);
    }
    await run.check('rounds', false);
  } catch (error) {
    run.totals.failures.push(String(error instanceof Error ? error.stack : error));
  } finally {
    await run.end();
  }
  return run.totals;
}

class Run {
  readonly #folder: string;
  readonly #port: number;
  #broker: BrokerProcess | undefined;
  #client: RawReader | undefined;
  /** The value of each acknowledged record, by topic and offset. */
  readonly #acknowledged = new Map<string, Map<number, string>>();
  #sent = 0;
  readonly totals = {
    rounds: 0,
    bytesAcknowledged: 0,
    removedOffsets: 0,
    refused: 0,
    commitsOnFullDisk: 0,
    slowestRecoveryMs: 0,
    slowestStartMs: 0,
    slowestStartCpuMs: 0,
    lost: 0,
    failures: [] as string[],
  };

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  async start(settings: Readonly<Record<string, string>>): Promise<void> {
    const all = { 'offsets.topic.num.partitions': 1, ...settings };
    this.#broker = await startBroker({ target: 'skerry', port: this.#port, data: this.#folder, settings: all });
    const { startedMs, startedCpuMs } = this.#broker;
    this.totals.slowestStartMs = Math.max(this.totals.slowestStartMs, Math.round(startedMs));
    this.totals.slowestStartCpuMs = Math.max(this.totals.slowestStartCpuMs, startedCpuMs);
    this.#client = await RawReader.open(this.#port);
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#client?.close();
    this.#broker?.kill(signal);
    const how = await this.#broker?.ended;
    if (how !== undefined && how !== signal && how !== 0)
      this.totals.failures.push(`the broker ended with ${how}: ${this.#broker?.output()}`);
    this.#broker = undefined;
  }

  get #asking(): RawReader {
    if (this.#client === undefined) throw new Error('not started');
    return this.#client;
  }

  async createTopic(name: string): Promise<void> {
    const topics = [{ name, numPartitions: 1, replicationFactor: 1 }];
    const answer = await this.#asking.ask(createTopicsRequest, createTopicsResponse, 5, { topics, timeoutMs: 10_000 });
    const code = answer.topics[0]?.errorCode ?? -1;
    if (code !== 0) throw new Error(`creating ${name}: ${errorName(code)}`);
  }

  /** One record; what the client is told, and how long it is to wait. */
  async #write(topic: string, bytes: number): Promise<{ error: string; throttleMs: number }> {
    const value = `${this.#sent++} `.padEnd(bytes, 'x');
    const records = new BatchBuilder().append({ timestamp: Date.now(), value: utf8Encode(value) }).build();
    const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }];
    const asked = { acks: -1, timeoutMs: 10_000, topicData };
    const answer = await this.#asking.ask(produceRequest, produceResponse, 9, asked);
    const { errorCode = -1, baseOffset = -1 } = answer.responses[0]?.partitionResponses[0] ?? {};
    const error = errorName(errorCode);
    if (error === 'NONE') {
      const known = this.#acknowledged.get(topic) ?? new Map<number, string>();
      this.#acknowledged.set(topic, known.set(baseOffset, value.slice(0, 20)));
      this.totals.bytesAcknowledged += bytes;
    } else if (error === 'KAFKA_STORAGE_ERROR') this.totals.refused++;
    else this.totals.failures.push(`a producer of ${topic} is told ${error}`);
    return { error, throttleMs: answer.throttleTimeMs };
  }

  /** A producer with the manners of the stock clients: waits when it is told to, and tries again. */
  async fill(topic: string, bytes: number): Promise<void> {
    let refusedAt: number | undefined;
    for (let written = 0; written < bytes; ) {
      const { error, throttleMs } = await this.#write(topic, recordBytes);
      if (error === 'NONE') {
        written += recordBytes;
        refusedAt = undefined;
      } else {
        refusedAt ??= performance.now();
        if (performance.now() - refusedAt > patienceMs) throw new Error(`${topic} is refused for ${patienceMs} ms`);
      }
      await delay(Math.max(throttleMs, error === 'NONE' ? 0 : 100));
    }
  }

  /** A file takes all there is, and gives it back; every few rounds the broker ends meanwhile. */
  async round(number: number): Promise<void> {
    const ballast = join(this.#folder, 'ballast');
    if ((await this.#write('rounds', smallBytes)).error !== 'NONE')
      this.totals.failures.push(`round ${number}: refused while there is room`);
    takeAll(ballast, number % 2 === 0 ? 0 : leftBytes);
    const until = performance.now() + patienceMs;
    let told = await this.#write('rounds', recordBytes);
    while (told.error === 'NONE' && performance.now() < until) told = await this.#write('rounds', recordBytes);
    if (told.error !== 'KAFKA_STORAGE_ERROR') this.totals.failures.push(`round ${number}: never refused`);
    await this.#commit(number, number % 2 === 0);
    await this.#mayRestart(number, restartEvery);
    const freedAt = performance.now();
    rmSync(ballast);
    for (;;) {
      const { error } = await this.#write('rounds', smallBytes);
      if (error === 'NONE') break;
      if (performance.now() - freedAt > patienceMs) throw new Error(`round ${number}: refused ${patienceMs} ms long`);
      await delay(20);
    }
    const recoveryMs = Math.round(performance.now() - freedAt);
    this.totals.slowestRecoveryMs = Math.max(this.totals.slowestRecoveryMs, recoveryMs);
    if (recoveryMs > recoverMsMax) this.totals.failures.push(`round ${number}: served again after ${recoveryMs} ms`);
    await this.#mayRestart(number + 2, restartEvery);
    this.totals.rounds++;
  }

  async #mayRestart(number: number, every: number): Promise<void> {
    if (number % every !== 0) return;
    await this.end(number % (2 * every) === 0 ? 'SIGKILL' : 'SIGTERM');
    await this.start({});
  }

  /** With the disk full to its last byte it may be refused too, and then with an error that is tried again. */
  async #commit(number: number, mayFail: boolean): Promise<void> {
    const topics = [{ name: 'rounds', partitions: [{ partitionIndex: 0, committedOffset: number }] }];
    const asked = { groupId: 'g', generationIdOrMemberEpoch: -1, memberId: '', topics };
    let error = '';
    // What a producer could not write just now is being cut back.
    for (let tries = 0; tries < 50 && error !== 'NONE'; tries++) {
      const answer = await this.#asking.ask(offsetCommitRequest, offsetCommitResponse, 8, asked as never);
      error = errorName(answer.topics[0]?.partitions[0]?.errorCode ?? -1);
      if (mayFail) break;
      if (error !== 'NONE') await delay(100);
    }
    if (error === 'NONE') this.totals.commitsOnFullDisk++;
    else if (!mayFail || !retriable.has(error)) this.totals.failures.push(`round ${number}: a commit is told ${error}`);
  }

  /** Nothing of the first part is to take room from the second. */
  async deleteOthers(): Promise<void> {
    await this.end('SIGTERM');
    await this.start({ 'log.retention.bytes': String(8 * mib), 'log.retention.check.interval.ms': '1000' });
    const deadline = performance.now() + patienceMs;
    while (freeBytes(this.#folder) < 32 * mib && performance.now() < deadline) await delay(200);
    await this.end('SIGTERM');
    await this.start({});
  }

  /** All that was acknowledged is there, from where the topic begins; `mayBegin` says that it may begin later. */
  async check(topic: string, mayBegin: boolean): Promise<void> {
    const known = this.#acknowledged.get(topic) ?? new Map<number, string>();
    const { start, records, refused, damage } = await this.#asking.partition(topic, 0);
    const wrong = refused ?? damage;
    if (wrong !== undefined) this.totals.failures.push(`${topic}: ${wrong}`);
    if (!mayBegin && start !== 0) this.totals.failures.push(`${topic} begins at ${start}`);
    if (mayBegin) this.totals.removedOffsets += start;
    const found = new Map(records.map(({ offset, value }) => [offset, value.slice(0, 20)]));
    for (const [offset, value] of known) if (offset >= start && found.get(offset) !== value) this.totals.lost++;
    if (this.totals.lost > 0) this.totals.failures.push(`${topic}: ${this.totals.lost} acknowledged records are lost`);
  }
}

const retriable: ReadonlySet<string> = new Set(['KAFKA_STORAGE_ERROR', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR']);

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

/** Until not a byte is left, as an unlucky neighbour does; then `leave` is given back. */
function takeAll(path: string, leave: number): void {
  const fd = openSync(path, 'w');
  const block = new Uint8Array(mib).fill(1);
  try {
    for (let size = block.length; size >= 1024; ) {
      try {
        writeSync(fd, block, 0, size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size /= 2;
      }
    }
    ftruncateSync(fd, fstatSync(fd).size - leave);
  } finally {
    closeSync(fd);
  }
  if (statSync(path).size < mib) throw new Error('there was nothing to take');
}
