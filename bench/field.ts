/**
 * The brokers that take part in a run: each started when the first row wants it, left out of what it fails in, named at
 * the end. Those that a row has for itself are kept track of too, so that nothing outlives the run.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Broker, type BrokerKey, brokerKeys, kafkaHeap, makeBroker, target } from './brokers.ts';
import { answersNow, assertBroker } from './control.ts';
import { apisOf } from './measure/kinds.ts';
import { brokersOf, type Options } from './options.ts';
import { residentMemory } from './process.ts';
import type { Results } from './results.ts';
import type { Row } from './rows.ts';

/** Brokers that are one row's alone have ports from here. */
const ownPorts = 10;
const sampleMs = 2000;

export const isYardstick = (key: BrokerKey): boolean => key === 'floor' || key === 'floor-sync' || key === 'echo';

export class Field {
  readonly #options: Options;
  readonly #folder: string;
  readonly #results: Results;
  readonly #say: (line: string) => void;
  /** Those that still take part. */
  readonly #keys: Set<BrokerKey>;
  readonly #shared = new Map<BrokerKey, Broker>();
  readonly #own = new Map<Broker, string>();
  /** Rows in which a broker failed that goes on with the others. */
  readonly #spoilt = new Set<string>();
  #sampling: NodeJS.Timeout | undefined;

  constructor(options: Options, folder: string, results: Results, say: (line: string) => void) {
    this.#options = options;
    this.#folder = folder;
    this.#results = results;
    this.#say = say;
    this.#keys = new Set(brokersOf(options));
  }

  /**
   * Those whose row it is, another first in every round: whatever a load leaves behind falls on each in turn. None if
   * only yardsticks are left.
   */
  of(row: Row, round: number): readonly BrokerKey[] {
    const here = [...this.#keys].filter((key) => row.brokers.includes(key) && !this.#spoilt.has(`${row.id} ${key}`));
    if (here.every(isYardstick)) return [];
    const first = round % here.length;
    return [...here.slice(first), ...here.slice(0, first)];
  }

  /** Not started. */
  #make(key: BrokerKey, folder: string, port: number, nodeArgs: readonly string[]): Broker {
    const { target: address } = this.#options;
    if (key === 'target') {
      if (address === undefined) throw new Error('there is no target');
      return target(address);
    }
    return makeBroker(key, { folder: join(this.#folder, folder), port, nodeArgs, say: this.#say });
  }

  /** One that runs; `warm` is done when it was started. */
  async shared(key: BrokerKey, warm: (broker: Broker) => Promise<void>): Promise<Broker> {
    const running = this.#shared.get(key);
    if (running !== undefined) return running;
    const { port, nodeFlags } = this.#options;
    const broker = this.#make(key, key, port + brokerKeys.indexOf(key), nodeFlags);
    this.#say(`starting ${nameOf(broker)}${key === 'kafka' ? `, heap ${kafkaHeap}` : ''}`);
    this.#shared.set(key, broker);
    try {
      await broker.start();
      await warm(broker);
    } catch (error) {
      // It never took part; asked whether it answers, another would answer.
      this.#keys.delete(key);
      throw error;
    }
    return broker;
  }

  /** One for a row alone, not started. */
  own(row: Row, key: BrokerKey, nodeArgs = this.#options.nodeFlags): Broker {
    const folder = `${row.id}-${key}`;
    const port = this.#options.port + ownPorts + brokerKeys.indexOf(key);
    const broker = this.#make(key, folder, port, nodeArgs);
    this.#own.set(broker, folder);
    return broker;
  }

  /** At the end of a row. */
  async endOwn(): Promise<void> {
    for (const [broker, folder] of this.#own) {
      await broker.stop();
      rmSync(join(this.#folder, folder), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
      this.#own.delete(broker);
    }
  }

  /** Whether a broker speaks what the row asks of it; if not, that is told. */
  async speaks(row: Row, broker: Broker): Promise<boolean> {
    const spoken = await assertBroker(broker.address);
    const lacking = apisOf(row).filter(([key, version]) => {
      const [least = 1, most = 0] = spoken.get(key) ?? [];
      return version < least || version > most;
    });
    if (lacking.length === 0 || broker.key === 'echo') return true;
    const versions = lacking.map(([key, version]) => `API ${key} in version ${version}`).join(', ');
    this.fail(row, broker.key, `it does not speak ${versions}`);
    return false;
  }

  fail(row: Row, key: BrokerKey, reason: string): void {
    this.#spoilt.add(`${row.id} ${key}`);
    const trouble = `${row.id} of ${key}: ${reason}`;
    this.#results.troubles.push(trouble);
    this.#say(`failed: ${trouble}`);
  }

  /** Does `task`. If it fails the broker is out: of `row` if it still answers, else of all that follows. */
  async try<T>(row: Row, key: BrokerKey, task: () => Promise<T>): Promise<T | undefined> {
    try {
      return await task();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const broker = this.#shared.get(key);
      const isGone = broker !== undefined && !(await answersNow(broker.address));
      if (isGone) this.#keys.delete(key);
      this.fail(row, key, `${reason}${isGone ? ' (it answers no more, and is left out from here on)' : ''}`);
      return undefined;
    }
  }

  /** Notes the resident memory of all brokers that run while `row` is measured. */
  sample(row: Row, sinceMs: number): void {
    clearInterval(this.#sampling);
    this.#sampling = setInterval(() => {
      for (const { key: broker, pid } of [...this.#shared.values(), ...this.#own.keys()]) {
        const mb = pid === undefined ? undefined : residentMemory(pid)?.nowMb;
        if (mb === undefined || Number.isNaN(mb) || !row.brokers.includes(broker)) continue;
        const seconds = Math.round((performance.now() - sinceMs) / 1000);
        this.#results.memory.push({ row: row.id, broker, seconds, mb: Math.round(mb * 10) / 10 });
      }
    }, sampleMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#sampling);
    await this.endOwn();
    for (const broker of this.#shared.values()) await broker.stop();
  }

  /** At once. */
  kill(): void {
    clearInterval(this.#sampling);
    for (const broker of [...this.#shared.values(), ...this.#own.keys()]) broker.kill();
  }
}

export const nameOf = ({ name, durability }: Broker): string => `${name} ${durability}`;
