/**
 * EIO at the k-th call that the broker makes on its data folder. Then the power is cut, so that only what was synced is
 * there, and the next start, without the fault, is held against what was acknowledged.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { type BrokerProcess, launchSkerry, ownPort, startBroker } from './process.ts';
import { type PartitionContent, RawReader } from './raw-reader.ts';
import { nameOf, type Place, Recorder } from './recorder.ts';
import type { Volume } from './volume.ts';

export interface IoErrorResult {
  readonly k: number;
  /** The call that failed, and its file below the data folder; undefined if there were not so many. */
  readonly failed: string | undefined;
  /** How the broker ended, or 'went on'. */
  readonly end: number | string;
  readonly acknowledged: number;
  readonly lost: number;
  readonly failures: readonly string[];
}

/** Of the broker. */
type Settings = Readonly<Record<string, string>>;

const exitDisk = 74;
const topics = [
  { topic: 'plain', numPartitions: 3 },
  { topic: 'exact', numPartitions: 1 },
];
/** From the fault to the end of the process. */
const exitMsMax = 60_000;
/** What is written after a fault that the broker survives: it must be as good as ever. */
const requestsAfter = 5;
const runMsMax = 300_000;

/** Where the shim is, and why it cannot be had. */
export function buildShim(name = 'eio'): { readonly file: string; readonly why: string | undefined } {
  const folder = mkdtempSync(join(tmpdir(), 'skerry-shim-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, `${name}.so`);
  const source = join(import.meta.dirname, 'shim', `${name}.c`);
  const flags = ['-shared', '-fPIC', '-O2', '-D_LARGEFILE64_SOURCE', '-o', file, source, '-ldl'];
  const { status, stderr } = spawnSync('gcc', flags, { encoding: 'utf8' });
  return { file, why: status === 0 ? undefined : `gcc cannot build ${source}: ${stderr ?? 'there is no gcc'}` };
}

/** One after the other on each volume, side by side on all; results in the order of `ks`. */
export async function ioErrors(
  ks: readonly number[],
  shim: string,
  volumes: readonly Volume[],
  settings: Settings = {},
  say: (result: IoErrorResult) => void = () => {},
): Promise<IoErrorResult[]> {
  const waiting = [...ks];
  const results: IoErrorResult[] = [];
  const lane = async (volume: Volume): Promise<void> => {
    const port = await ownPort();
    for (let k = waiting.shift(); k !== undefined; k = waiting.shift()) {
      const result = await new Run({ k, shim, volume, port, settings }).all();
      results.push(result);
      say(result);
    }
  };
  await Promise.all(volumes.map(lane));
  return results.sort((a, b) => a.k - b.k);
}

interface RunOptions {
  readonly k: number;
  readonly shim: string;
  readonly volume: Volume;
  readonly port: number;
  readonly settings: Settings;
}

class Run {
  readonly #k: number;
  readonly #volume: Volume;
  readonly #port: number;
  readonly #settings: Settings;
  readonly #data: string;
  readonly #report: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #recorder = new Recorder();

  constructor({ k, shim, volume, port, settings }: RunOptions) {
    this.#k = k;
    this.#volume = volume;
    this.#port = port;
    this.#settings = settings;
    this.#data = join(volume.folder, `k${k}`);
    this.#report = join(tmpdir(), `skerry-eio-${process.pid}-${k}-${port}`);
    const root = join(this.#data, 'data');
    this.#env = { LD_PRELOAD: shim, EIO_AT: String(k), EIO_ROOT: root, EIO_REPORT: this.#report };
  }

  async all(): Promise<IoErrorResult> {
    const broker = launchSkerry({
      target: 'skerry',
      port: this.#port,
      data: this.#data,
      settings: this.#settings,
      env: this.#env,
    });
    let end: number | string = 'went on';
    try {
      await broker.serving.then(
        () => this.#load(broker),
        () => {},
      );
      end = await Promise.race([broker.ended, delay(this.#hit ? 200 : 0, 'went on', { ref: false })]);
    } finally {
      broker.kill();
      await broker.ended;
    }
    const failed = this.#failedCall();
    if (failed !== undefined && end !== exitDisk && end !== 'went on' && !this.#diedInLmdb(failed, end)) {
      this.#recorder.fail(`the broker ended with ${end}:\n${broker.output()}`);
    }
    this.#recorder.crash('lost');
    await this.#volume.cutPower();
    await this.#volume.remount();
    await this.#judge();
    rmSync(this.#data, { recursive: true, force: true });
    const failures = this.#recorder.failures.map((failure) => `k=${this.#k} (${failed}): ${failure}`);
    const { acknowledged, lost } = this.#recorder;
    return { k: this.#k, failed, end, acknowledged, lost, failures };
  }

  /** LMDB's addon does not survive that its files cannot be opened: before anything is served, so nothing is lost. */
  #diedInLmdb(failed: string, end: number | string): boolean {
    return end === 'SIGSEGV' && failed.includes(' /store/') && this.#recorder.acknowledged === 0;
  }

  get #hit(): boolean {
    return existsSync(this.#report);
  }

  #failedCall(): string | undefined {
    if (!this.#hit) return undefined;
    const line = readFileSync(this.#report, 'utf8').trim();
    rmSync(this.#report);
    return line.replace(join(this.#data, 'data'), '');
  }

  /** Writes until the broker ends, or has taken the fault and goes on. */
  async #load(broker: BrokerProcess): Promise<void> {
    const state = { ended: false };
    void this.#noteEnd(broker, state);
    const kafka = new Kafka({
      clientId: 'eio',
      brokers: [`127.0.0.1:${this.#port}`],
      logLevel: logLevel.NOTHING,
      requestTimeout: exitMsMax,
      retry: { retries: 0 },
    });
    const admin = kafka.admin();
    const plain = kafka.producer({ retry: { retries: 0 } });
    const exact = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { initialRetryTime: 50, retries: 1 },
    });
    try {
      await admin.connect();
      await admin.createTopics({ topics, waitForLeaders: false });
      await plain.connect();
      await exact.connect();
      let after = 0;
      const deadline = performance.now() + runMsMax;
      while (!state.ended && after < requestsAfter && performance.now() < deadline) {
        await Promise.all([this.#send(plain, 'plain', 3), this.#send(exact, 'exact', 1)]);
        if (this.#hit) after++;
      }
      if (!this.#hit) return;
      if (!state.ended && after < requestsAfter) this.#recorder.fail('the broker neither ended nor went on');
    } catch {
      // What fails here was not acknowledged; a fault must end the process soon.
      if (this.#hit) await Promise.race([broker.ended, delay(exitMsMax, undefined, { ref: false })]);
    } finally {
      const farewell = Promise.allSettled([admin.disconnect(), plain.disconnect(), exact.disconnect()]);
      await Promise.race([farewell, delay(500, undefined, { ref: false })]);
    }
  }

  async #noteEnd(broker: BrokerProcess, state: { ended: boolean }): Promise<void> {
    await broker.ended;
    state.ended = true;
  }

  async #send(producer: Producer, topic: string, partitions: number): Promise<void> {
    const places: Place[] = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const sendings = places.map((place) => this.#recorder.send(topic, place, 2, topic === 'exact'));
    const messages = sendings.flatMap(({ place: { partition }, values }) =>
      values.map((value) => ({ partition, value })),
    );
    for (const { partition, errorCode, baseOffset } of await producer.send({ topic, acks: -1, messages })) {
      const sending = sendings[partition];
      if (errorCode === 0 && sending !== undefined) this.#recorder.sent(sending, Number(baseOffset));
    }
  }

  /** The next start, on a disk that is well again. */
  async #judge(): Promise<void> {
    let broker: BrokerProcess;
    try {
      broker = await startBroker({ target: 'skerry', port: this.#port, data: this.#data, settings: this.#settings });
    } catch (error) {
      this.#recorder.fail(`the next start failed: ${(error as Error).message}`);
      return;
    }
    try {
      const acknowledged = this.#recorder.places.filter((place) => this.#recorder.endOf(place) > 0);
      const contents = new Map<string, PartitionContent>();
      const reader = await RawReader.open(this.#port);
      for (const place of acknowledged) {
        contents.set(nameOf(place), await reader.reaching(place.topic, place.partition, this.#recorder.endOf(place)));
      }
      reader.close();
      this.#recorder.judge(contents);
    } finally {
      broker.kill();
      await broker.ended;
    }
  }
}
