/**
 * Rounds of: serve, crash at a random moment, come back, hold everything that clients were told against what is there.
 * All rounds of a run are on the same data, with the same clients.
 */
import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { Clients, groupId, kafkaOf, rollingTopic } from './clients.ts';
import { type BrokerProcess, freePort, launchSkerry, startBroker, type Target } from './process.ts';
import { type PartitionContent, RawReader } from './raw-reader.ts';
import { nameOf, Recorder } from './recorder.ts';
import type { Volume } from './volume.ts';

export interface OutageOptions {
  readonly target: Target;
  readonly volume: Volume;
  readonly cuts: number;
  readonly kills: number;
  /** How long a broker serves before a crash: a random time of that. */
  readonly servingMs: readonly [number, number];
  /** Of the broker. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly say?: (line: string) => void;
}

export interface OutageTotals {
  cuts: number;
  kills: number;
  acknowledged: number;
  lost: number;
  /** Of the lost, by what took them. */
  lostBy: Record<Crash, number>;
  commits: number;
  /** The longest time from a restart to serving. */
  slowestStartMs: number;
  /** The longest time in which all was read back, as soon as it could be. */
  slowestReadMs: number;
  failures: readonly string[];
}

type Crash = 'cut' | 'kill';

/** How the moment of a crash is chosen: any, just after a segment was begun, or while the broker starts. */
const moments = ['any', 'any', 'roll', 'start'] as const;
const rollMsMax = 2000;
/** From a failed disk to the end of the process. */
const exitMsMax = 15_000;
const exitDisk = 74;
/** Of what one round found wrong. */
const saidMax = 5;
/** What it does after its start takes a while; a cut within it may keep it from ever starting again. */
const kafkaSettlesMs = 5000;
const groupMsMax = 30_000;

export async function outages(options: OutageOptions): Promise<OutageTotals> {
  const run = new Run(options, await freePort());
  return await run.all();
}

class Run {
  readonly #options: OutageOptions;
  readonly #port: number;
  readonly #recorder = new Recorder();
  readonly #clients: Clients;
  readonly #totals: OutageTotals = {
    cuts: 0,
    kills: 0,
    acknowledged: 0,
    lost: 0,
    lostBy: { cut: 0, kill: 0 },
    commits: 0,
    slowestStartMs: 0,
    slowestReadMs: 0,
    failures: [],
  };
  #broker: BrokerProcess | undefined;

  constructor(options: OutageOptions, port: number) {
    this.#options = options;
    this.#port = port;
    this.#clients = new Clients(port, this.#recorder);
  }

  async all(): Promise<OutageTotals> {
    const { cuts, kills } = this.#options;
    try {
      await this.#start();
      await this.#clients.start();
      // The reference does not see to it itself that what an empty node begins with is on the disk.
      if (this.#options.target === 'kafka') await this.#options.volume.sync();
      for (const [round, crash] of shuffled(cuts, kills).entries()) await this.#round(round, crash);
    } catch (error) {
      this.#recorder.fail(`the run ended early: ${(error as Error).message}`);
    } finally {
      // The clients say goodbye while there is somebody to hear it.
      await this.#clients.stop();
      this.#broker?.kill();
      await this.#broker?.ended;
    }
    const { acknowledged, commits, lost, failures } = this.#recorder;
    return { ...this.#totals, acknowledged, commits, lost, failures };
  }

  async #round(round: number, crash: Crash): Promise<void> {
    const { target, servingMs, say = () => {} } = this.#options;
    const moment = target === 'kafka' ? 'any' : pick(moments);
    if (target === 'kafka') await delay(kafkaSettlesMs);
    await delay(between(...servingMs));
    if (moment === 'roll') await this.#rolled();
    await this.#crash(crash);
    if (moment === 'start') await this.#crashWhileStarting(crash);
    await this.#start();
    await this.#clients.pause();
    const before = this.#recorder.lost;
    const fresh = await this.#judge();
    this.#totals.lostBy[crash] += this.#recorder.lost - before;
    this.#clients.resume();
    const { acknowledged, commits, lost } = this.#recorder;
    const found = [
      ...fresh.slice(0, saidMax),
      ...(fresh.length > saidMax ? [`and ${fresh.length - saidMax} more`] : []),
    ];
    const ok = fresh.length === 0 ? 'ok' : `FAILED, ${lost} lost in all\n    ${found.join('\n    ')}`;
    const started = `back in ${Math.round(this.#broker?.startedMs ?? 0)} ms`;
    say(`${round + 1}: ${crash} (${moment}), ${acknowledged} acknowledged, ${commits} commits, ${started}: ${ok}`);
  }

  async #start(): Promise<void> {
    const { target, volume, settings = {} } = this.#options;
    this.#broker = await startBroker({ target, port: this.#port, data: volume.folder, settings });
    this.#totals.slowestStartMs = Math.max(this.#totals.slowestStartMs, Math.round(this.#broker.startedMs));
  }

  /** Ends the broker; of a power cut only what was synced remains. */
  async #crash(crash: Crash): Promise<void> {
    const broker = this.#broker;
    if (broker === undefined) return;
    const { volume, target } = this.#options;
    if (crash === 'cut') {
      await volume.cutPower();
      // Power is gone for the process too; or only the disk is, and the process must end itself.
      if (target === 'skerry' && Math.random() < 0.5) await this.#mustExit(broker);
    }
    broker.kill();
    const how = await broker.ended;
    if (how !== 'SIGKILL' && how !== exitDisk) {
      this.#recorder.fail(`the broker ended with ${how} before its ${crash}:\n${broker.output()}`);
    }
    this.#recorder.crash(crash === 'cut' ? 'lost' : 'kept');
    if (crash === 'cut') await volume.remount();
    this.#totals[crash === 'cut' ? 'cuts' : 'kills']++;
  }

  /** Writers are at work, so a broker without its disk notices at once. */
  async #mustExit(broker: BrokerProcess): Promise<void> {
    const how = await Promise.race([broker.ended, delay(exitMsMax, 'nothing' as const, { ref: false })]);
    if (how !== exitDisk) this.#recorder.fail(`a broker without its disk ended with ${how}:\n${broker.output()}`);
  }

  async #crashWhileStarting(crash: Crash): Promise<void> {
    const { target, volume, settings = {} } = this.#options;
    const broker = launchSkerry({ target, port: this.#port, data: volume.folder, settings });
    await delay(between(0, 600));
    await this.#crashOf(broker, crash);
  }

  async #crashOf(broker: BrokerProcess, crash: Crash): Promise<void> {
    const before = this.#broker;
    this.#broker = broker;
    await this.#crash(crash);
    this.#broker = before;
  }

  /** Resolves when a partition has begun a segment. */
  async #rolled(): Promise<void> {
    const folder = join(this.#options.volume.folder, 'data', 'topics');
    if (!existsSync(folder)) return;
    const rolling = readdirSync(folder).find((name) => name.startsWith(rollingTopic));
    if (rolling === undefined) return;
    const watching = new AbortController();
    const rolled = new Promise<void>((done) => {
      const watcher = watch(join(folder, rolling), { signal: watching.signal }, (_event, name) => {
        if (name?.endsWith('.log') === true) done();
      });
      watcher.on('error', () => done());
    });
    await Promise.race([rolled, delay(rollMsMax, undefined, { ref: false })]);
    watching.abort();
  }

  /** Reads all there is, and judges; returns what is newly wrong. */
  async #judge(): Promise<readonly string[]> {
    await this.#readGroup();
    const since = performance.now();
    const contents = new Map<string, PartitionContent>();
    const reader = await RawReader.open(this.#port);
    try {
      for (const place of this.#recorder.places) {
        const end = this.#recorder.endOf(place);
        contents.set(nameOf(place), await reader.reaching(place.topic, place.partition, end));
      }
    } finally {
      reader.close();
    }
    const ms = Math.round(performance.now() - since);
    this.#totals.slowestReadMs = Math.max(this.#totals.slowestReadMs, ms);
    return this.#recorder.judge(contents);
  }

  async #readGroup(): Promise<void> {
    const admin = kafkaOf(this.#port).admin();
    await admin.connect();
    try {
      const deadline = performance.now() + groupMsMax;
      for (;;) {
        const asked = this.#recorder.now;
        try {
          const answer = await admin.fetchOffsets({ groupId });
          this.#takeOffsets(answer, asked);
          return;
        } catch (error) {
          // The reference is without a coordinator for a while after its start.
          if (performance.now() > deadline) throw error;
          await delay(100);
        }
      }
    } finally {
      await admin.disconnect();
    }
  }

  #takeOffsets(answer: Awaited<ReturnType<Admin['fetchOffsets']>>, asked: number): void {
    const found = new Map<string, number>();
    for (const { topic, partitions } of answer) {
      for (const { partition, offset } of partitions) found.set(nameOf({ topic, partition }), Number(offset));
    }
    for (const place of this.#recorder.committedPlaces) {
      this.#recorder.groupOffset(groupId, place, found.get(nameOf(place)) ?? -1, asked);
    }
  }
}

const between = (least: number, most: number): number => least + Math.random() * (most - least);
const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;

/** Cuts and kills in a random order. */
function shuffled(cuts: number, kills: number): Crash[] {
  const left = { cut: cuts, kill: kills };
  return Array.from({ length: cuts + kills }, () => {
    const crash: Crash = Math.random() * (left.cut + left.kill) < left.cut ? 'cut' : 'kill';
    left[crash]--;
    return crash;
  });
}
