/**
 * Rounds of: serve, crash at a random moment, come back, hold everything that clients were told against what is there.
 * All rounds of a run are on the same data, with the same clients.
 */
import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { Clients, groupId, kafkaOf, rollingTopic } from './clients.ts';
import { type BrokerProcess, launchSkerry, ownPort, startBroker, type Target } from './process.ts';
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
  /** How the moments are chosen; one of all. */
  readonly moments?: readonly Moment[];
  /** The reference is given no time to settle: neither after its first start, nor after a later one. */
  readonly early?: boolean;
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
  commitsLost: number;
  /** Starts that a cut ended with SIGSEGV, before anything was served. */
  diedOpening: number;
  /** From a restart to serving: the longest, and the one in the middle. */
  slowestStartMs: number;
  medianStartMs: number;
  /** The same of the processor's time. */
  slowestStartCpuMs: number;
  medianStartCpuMs: number;
  /** The longest time in which all was read back, as soon as it could be. */
  slowestReadMs: number;
  failures: readonly string[];
}

type Crash = 'cut' | 'kill';

/** How the moment of a crash is chosen: any, just after a segment was begun, or while the broker starts. */
export const moments = ['any', 'roll', 'start'] as const;
type Moment = (typeof moments)[number];
const usualMoments: readonly Moment[] = ['any', 'any', 'roll', 'start'];
const rollMsMax = 2000;
/** From a failed disk to the end of the process. */
const exitMsMax = 120_000;
const exitDisk = 74;
/** Of what one round found wrong. */
const saidMax = 5;
/** What it does after its start takes a while; a cut within it may keep it from ever starting again. */
const kafkaSettlesMs = 5000;
/** What was acknowledged may not be readable at once after a crash. The reference loses it, so less is waited there. */
const readableMsMax = { skerry: 120_000, kafka: 15_000 } as const;
const groupMsMax = 120_000;
/** Rounds. */
const groupEvery = 4;

export async function outages(options: OutageOptions): Promise<OutageTotals> {
  const run = new Run(options, await ownPort());
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
    commitsLost: 0,
    diedOpening: 0,
    slowestStartMs: 0,
    medianStartMs: 0,
    slowestStartCpuMs: 0,
    medianStartCpuMs: 0,
    slowestReadMs: 0,
    failures: [],
  };
  readonly #starts: BrokerProcess[] = [];
  #broker: BrokerProcess | undefined;

  constructor(options: OutageOptions, port: number) {
    this.#options = options;
    this.#port = port;
    this.#clients = new Clients(port, this.#recorder);
  }

  async all(): Promise<OutageTotals> {
    const { target, volume, cuts, kills, early = false } = this.#options;
    try {
      await this.#start();
      await this.#clients.start();
      // The reference does not see to it itself that what an empty node begins with is on the disk.
      if (target === 'kafka' && !early) await volume.sync();
      for (const [round, crash] of shuffled(cuts, kills).entries()) await this.#round(round, crash);
    } catch (error) {
      this.#recorder.fail(`the run ended early: ${(error as Error).message}`);
    } finally {
      // The clients say goodbye while there is somebody to hear it.
      await this.#clients.stop();
      this.#broker?.kill();
      await this.#broker?.ended;
    }
    const { acknowledged, commits, commitsLost, lost, failures } = this.#recorder;
    const { slowest: slowestStartMs, median: medianStartMs } = spread(this.#starts.map(({ startedMs }) => startedMs));
    const cpu = spread(this.#starts.map(({ startedCpuMs }) => startedCpuMs));
    const starts = { slowestStartMs, medianStartMs, slowestStartCpuMs: cpu.slowest, medianStartCpuMs: cpu.median };
    return { ...this.#totals, ...starts, acknowledged, commits, commitsLost, lost, failures };
  }

  async #round(round: number, crash: Crash): Promise<void> {
    const { target, servingMs, moments: chosen = usualMoments, early = false, say = () => {} } = this.#options;
    const moment = target === 'kafka' ? 'any' : pick(chosen);
    if (target === 'kafka' && !early) await delay(kafkaSettlesMs);
    if (round % groupEvery === 0) await this.#groupGoesOn();
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
    const { acknowledged, commits, lost, commitsLost } = this.#recorder;
    const found = [
      ...fresh.slice(0, saidMax),
      ...(fresh.length > saidMax ? [`and ${fresh.length - saidMax} more`] : []),
    ];
    const all = `FAILED, ${lost} records and ${commitsLost} commits lost in all`;
    const ok = fresh.length === 0 ? 'ok' : [all, ...found].join('\n    ');
    const { startedMs = 0, startedCpuMs = 0 } = this.#broker ?? {};
    const started = `back in ${Math.round(startedMs)} ms (CPU ${startedCpuMs} ms)`;
    say(`${round + 1}: ${crash} (${moment}), ${acknowledged} acknowledged, ${commits} commits, ${started}: ${ok}`);
  }

  /** A group that is about to form is held up by each crash: from time to time it is let come to something. */
  async #groupGoesOn(): Promise<void> {
    const before = this.#recorder.commits;
    const deadline = performance.now() + groupMsMax;
    while (this.#recorder.commits === before && performance.now() < deadline) await delay(20);
  }

  async #start(): Promise<void> {
    const { target, volume, settings = {} } = this.#options;
    this.#broker = await startBroker({ target, port: this.#port, data: volume.folder, settings });
    // The first is not after a crash.
    if (this.#totals.cuts + this.#totals.kills > 0) this.#starts.push(this.#broker);
  }

  /**
   * Ends the broker; of a power cut only what was synced remains.
   *
   * The broker is stopped first. Where the file system is shut down under a sync, ext4 and XFS may call it done though
   * nothing of it is on the disk, and the broker would tell its clients so: no power cut does that.
   */
  async #crash(crash: Crash): Promise<void> {
    const broker = this.#broker;
    if (broker === undefined) return;
    const { volume, target } = this.#options;
    if (crash === 'cut') {
      // Power is gone for the process too, in the middle of whatever it does; or only the disk is, and the process must
      // end itself.
      const onlyDisk = target === 'skerry' && Math.random() < 0.5;
      await broker.freeze(onlyDisk ? 'settled' : 'atOnce');
      await volume.cutPower();
      if (onlyDisk) await this.#mustExit(broker);
    }
    broker.kill();
    const how = await broker.ended;
    // A disk that goes away while LMDB opens its files: see packages/io/src/lmdb-check.ts.
    const diedOpening = how === 'SIGSEGV' && crash === 'cut' && Number.isNaN(broker.startedMs);
    if (diedOpening) this.#totals.diedOpening++;
    if (how !== 'SIGKILL' && how !== exitDisk && !diedOpening) {
      this.#recorder.fail(`the broker ended with ${how} before its ${crash}:\n${broker.output()}`);
    }
    this.#recorder.crash(crash === 'cut' ? 'lost' : 'kept');
    if (crash === 'cut') await volume.remount();
    this.#totals[crash === 'cut' ? 'cuts' : 'kills']++;
  }

  /** Writers are at work, so a broker without its disk notices at once. */
  async #mustExit(broker: BrokerProcess): Promise<void> {
    broker.kill('SIGCONT');
    const how = await Promise.race([broker.ended, delay(exitMsMax, 'nothing' as const, { ref: false })]);
    if (how === 'nothing') this.#recorder.fail(`a broker without its disk goes on:\n${broker.output()}`);
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
    const reader = await RawReader.open(this.#port, { readableMsMax: readableMsMax[this.#options.target] });
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

function spread(values: readonly number[]): { readonly slowest: number; readonly median: number } {
  const sorted = values.map(Math.round).sort((a, b) => a - b);
  return { slowest: sorted.at(-1) ?? 0, median: sorted[sorted.length >> 1] ?? 0 };
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
