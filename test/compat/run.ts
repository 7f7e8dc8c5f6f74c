/**
 * Runs a case against both brokers, step by step, and tells where their answers differ.
 *
 * After each request that may change something the state is asked for and compared too, until both agree: a broker may
 * take a moment to show what it has acknowledged.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { errorName } from '@skerry/wire/all';
import { type AnyApi, apisByKey } from './apis.ts';
import { differences, type Unequal } from './compare.ts';
import { explanationOf } from './explained.ts';
import { probes } from './probes.ts';
import { type Answered, SideRun, type Target, type Versions } from './side.ts';
import type { Ask, Case } from './steps.ts';

/** Where the brokers differ, and what led there. */
export interface Difference extends Unequal {
  /** The API whose answer differs. */
  readonly api: string;
  readonly version: number;
  readonly case: string;
  /** For a difference in the state: the API that was to change it. */
  readonly after: string | undefined;
}

export interface Tally {
  runs: number;
  asks: number;
  probes: number;
  readonly differences: Difference[];
  /** Differences of the state that did not go away. */
  readonly lasting: Set<string>;
  /** By API, the versions that were compared. */
  readonly versions: Map<string, Set<number>>;
  /** By API, the error codes that Kafka answered. */
  readonly codes: Map<string, Set<string>>;
}

export function newTally(): Tally {
  return { runs: 0, asks: 0, probes: 0, differences: [], lasting: new Set(), versions: new Map(), codes: new Map() };
}

export interface Pair {
  readonly skerry: Target;
  readonly kafka: Target;
}

/** Long: Kafka on a busy machine has shown a topic ten seconds after it was acknowledged. */
const settleMsMax = 15_000;
const untilMsMax = 15_000;

/** The versions that both serve; undefined where there is none. */
export function common({ skerry, kafka }: Pair, key: number): Versions | undefined {
  const [one, other] = [skerry.served.get(key), kafka.served.get(key)];
  if (one === undefined || other === undefined) return undefined;
  // Produce is advertised from 0, though nobody serves what is below the tables' first version.
  const table = apisByKey.get(key)?.request.versions;
  const range = { min: Math.max(one.min, other.min, table?.min ?? 0), max: Math.min(one.max, other.max) };
  return range.min > range.max ? undefined : range;
}

/** Unlike those of an earlier process: a broker may have been there before. */
const era = Date.now().toString(36);
let runs = 0;

/** One run of a case: in one version of its API. */
export class CaseRun {
  readonly #pair: Pair;
  readonly #case: Case;
  readonly #version: number | 'oldest' | 'newest';
  readonly #tally: Tally;
  readonly #skerry: SideRun;
  readonly #kafka: SideRun;
  readonly #due = new Map<string, Promise<void>>();
  /** The brokers no longer hold the same: comparing their state would tell the same difference again and again. */
  #parted = false;

  constructor(pair: Pair, one: Case, version: number | 'oldest' | 'newest', tally: Tally) {
    this.#pair = pair;
    this.#case = one;
    this.#version = version;
    this.#tally = tally;
    const prefix = `q${era}${(runs++).toString(36).padStart(3, '0')}-`;
    this.#skerry = new SideRun(pair.skerry, prefix);
    this.#kafka = new SideRun(pair.kafka, prefix);
  }

  async run(): Promise<void> {
    this.#tally.runs++;
    try {
      for (const step of this.#case.steps) {
        // What follows in a sequence differs because this did.
        if (this.#parted && this.#case.ends === true) break;
        if (step.kind === 'hangup') {
          this.#skerry.hangUp(step.on);
          this.#kafka.hangUp(step.on);
        } else if (step.kind === 'take') {
          await this.#due.get(step.named);
        } else await this.#step(step);
      }
      await Promise.all(this.#due.values());
    } finally {
      this.#skerry.close();
      this.#kafka.close();
    }
  }

  async #step(step: Ask): Promise<void> {
    const version = this.#versionOf(step);
    if (version === undefined) return;
    const probed = probes.after(step.api.key);
    const compared = this.#compared(step, version);
    if (step.later === true) {
      this.#due.set(step.as ?? step.api.name, compared);
      return;
    }
    await compared;
    if (!this.#parted) await this.#probe(step, probed);
  }

  /** The version of a step; undefined where one of the brokers does not serve its API. */
  #versionOf({ api, version: stated }: Ask): number | undefined {
    const range = common(this.#pair, api.key);
    if (range === undefined) return undefined;
    const own = this.#case.ends === true || api.key === this.#case.api.key ? this.#version : 'newest';
    const version = stated ?? own;
    if (version === 'oldest') return range.min;
    return typeof version === 'number' ? Math.min(Math.max(version, range.min), range.max) : range.max;
  }

  async #compared(step: Ask, version: number): Promise<void> {
    const { api, settles, until } = step;
    this.#tally.asks++;
    const deadline = performance.now() + (until === undefined ? settleMsMax : untilMsMax);
    for (;;) {
      const [skerry, kafka] = await Promise.all([
        this.#answer(this.#skerry, step, version, deadline),
        this.#answer(this.#kafka, step, version, deadline),
      ]);
      if (skerry === undefined || kafka === undefined) return;
      const unequal = differences(skerry.shown, kafka.shown);
      if (unequal.length > 0 && settles === true && performance.now() < deadline) {
        await delay(50);
        continue;
      }
      this.#note(api, version, kafka.raw);
      const about = { api: api.name, version, case: this.#case.name, after: undefined };
      const found = unequal.map((one) => ({ ...one, ...about }));
      if (found.some((one) => this.#parts(one))) this.#parted = true;
      this.#tally.differences.push(...found);
      return;
    }
  }

  async #answer(side: SideRun, step: Ask, version: number, deadline: number): Promise<Answered | undefined> {
    const { api, valueOf, on = 'main', as, until, clientId = 'compat' } = step;
    const bytes = side.frame(api, version, valueOf(side), clientId);
    if (step.silent === true) {
      side.tell(on, bytes);
      return undefined;
    }
    for (;;) {
      const answered = await side.ask(api, version, bytes, { on, as });
      if (until === undefined || typeof answered.raw === 'string' || until(answered.raw)) return answered;
      if (performance.now() > deadline) return answered;
      await delay(20);
    }
  }

  async #probe(step: Ask, asks: readonly Ask[]): Promise<void> {
    for (const probe of asks) {
      if (this.#parted) return;
      const range = common(this.#pair, probe.api.key);
      if (range === undefined) continue;
      this.#tally.probes++;
      const deadline = performance.now() + settleMsMax;
      for (;;) {
        const version = range.max;
        const [skerry, kafka] = await Promise.all([
          this.#probed(this.#skerry, probe, version),
          this.#probed(this.#kafka, probe, version),
        ]);
        if (skerry === undefined || kafka === undefined) break;
        const about = { api: probe.api.name, version, case: this.#case.name, after: step.api.name };
        const unequal = differences(skerry.shown, kafka.shown).map((one) => ({ ...one, ...about }));
        if (unequal.some((one) => !this.#lasts(one)) && performance.now() < deadline) {
          await delay(30);
          continue;
        }
        this.#tally.differences.push(...unequal);
        if (probe.api.name !== 'DescribeConfigs' && unequal.length > 0) this.#parted = true;
        for (const one of unequal) this.#tally.lasting.add(keyOf(one));
        break;
      }
    }
  }

  /** Whether the brokers hold different things after this. */
  #parts(one: Difference): boolean {
    if (one.path === '' || /errorCode$/i.test(one.path)) return true;
    return this.#case.ends === true && explanationOf(one) === undefined;
  }

  /** Whether waiting is in vain: the same has been waited for before, or is meant. */
  #lasts(one: Difference): boolean {
    return this.#tally.lasting.has(keyOf(one)) || explanationOf(one) !== undefined;
  }

  async #probed(side: SideRun, probe: Ask, version: number): Promise<Answered | undefined> {
    const value = probe.valueOf(side);
    if (value === undefined) return undefined;
    const bytes = side.frame(probe.api, version, value, 'compat-state');
    return await side.ask(probe.api, version, bytes, { on: '(state)', as: `(state) ${probe.api.name}` });
  }

  /** Ticks off what was compared, and the codes that Kafka answered. */
  #note(api: AnyApi, version: number, raw: unknown): void {
    entry(this.#tally.versions, api.name).add(version);
    for (const code of codesIn(raw)) entry(this.#tally.codes, api.name).add(errorName(code) ?? String(code));
  }
}

/** Settings are alike in all cases; any other state is that of its case, whatever the version. */
const keyOf = ({ api, path, skerry, kafka, case: name }: Difference): string =>
  JSON.stringify([api, api === 'DescribeConfigs' ? '' : name, path, skerry, kafka]);

function entry<T>(map: Map<string, Set<T>>, key: string): Set<T> {
  const known = map.get(key) ?? new Set<T>();
  map.set(key, known);
  return known;
}

function* codesIn(value: unknown): Generator<number> {
  if (Array.isArray(value)) for (const one of value) yield* codesIn(one);
  else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    for (const [name, held] of Object.entries(value)) {
      if (/errorCode$/i.test(name) && typeof held === 'number') yield held;
      else yield* codesIn(held);
    }
  }
}
