/** A real broker on a simulated machine, and what tests do to it. */

import { nodeCompute } from '@skerry/io';
import { type Machine, RawClient, type World } from '@skerry/testkit';
import {
  Broker,
  type BrokerEvent,
  type BrokerInfo,
  type BrokerOptions,
  type Entry,
  parseSettings,
  readOnlyDisk,
  readOnlyReason,
  readOnlyStore,
} from '../src/index.ts';
import { legacyRoutes } from '../src/legacy/routes.ts';

const port = 9092;

/** Set in simulation: everything is computed in the call, so that the order of things depends on the seed alone. */
const compute = nodeCompute({ inline: true });

export class SimulatedNode {
  readonly machine: Machine;
  readonly events: BrokerEvent[] = [];
  readonly #world: World;
  readonly #host: string;
  readonly #settings: readonly Entry[];
  readonly #options: Pick<BrokerOptions, 'authoriser'>;
  #broker: Broker | undefined;

  constructor(
    world: World,
    settings: Readonly<Record<string, string | number>> = {},
    options: Pick<BrokerOptions, 'authoriser'> & { readonly machine?: Machine } = {},
  ) {
    this.#world = world;
    this.#host = options.machine?.host ?? 'node-1';
    this.machine = options.machine ?? world.machine(this.#host);
    this.#options = options.authoriser === undefined ? {} : { authoriser: options.authoriser };
    const given = {
      listeners: `PLAINTEXT://${this.#host}:${port}`,
      'group.initial.rebalance.delay.ms': 0,
      ...settings,
    };
    this.#settings = Object.entries(given).map(([key, value]) => ({ key, value: String(value), origin: 'test' }));
  }

  /** Starts the broker and lets time pass until it listens. */
  start(): BrokerInfo {
    const { clock, random, disk: bare, store: bareStore, network } = this.machine;
    const settings = parseSettings(this.#settings);
    const readOnly = readOnlyReason(bare, settings['skerry.read.only'], clock.wallMs());
    const disk = readOnly === undefined ? bare : readOnlyDisk(bare, { clock });
    const store = readOnly === undefined ? bareStore : readOnlyStore(bareStore, { clock });
    const broker = new Broker({
      legacyRoutes: settings.endpoints.some(({ legacy }) => legacy) ? legacyRoutes() : undefined,
      world: { clock, random, disk, store, network, compute },
      settings,
      readOnly,
      report: (event) => this.events.push(event),
      ...this.#options,
    });
    let info: BrokerInfo | undefined;
    let failure: Error | undefined;
    broker.start((error, started) => {
      failure = error;
      info = started;
    });
    this.#world.clock.runUntil(() => failure !== undefined || info !== undefined);
    if (info === undefined) throw failure ?? new Error('neither started nor failed');
    this.#broker = broker;
    return info;
  }

  /** Stops it in good order. */
  stop(): void {
    let stopped = false;
    let failure: Error | undefined;
    this.#broker?.stop((error) => {
      failure = error;
      stopped = true;
    });
    this.#world.clock.runUntil(() => stopped);
    if (failure !== undefined) throw failure;
  }

  kill(): void {
    this.machine.kill();
  }

  cutPower(): void {
    this.machine.cutPower();
  }

  /** Lets time pass. */
  machineTime(ms: number): void {
    this.#world.clock.advance(ms);
  }

  /** Bytes of pooled buffers that requests and answers hold now. */
  get slabBytesTaken(): number {
    return this.#broker?.slabBytesTaken ?? 0;
  }

  /** How often each limit of connections was reached, but for those that never were. */
  get limitsReached(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#broker?.connectionCounters ?? {}).filter(([, count]) => count > 0));
  }

  get memoryBudget(): Broker['memoryBudget'] | undefined {
    return this.#broker?.memoryBudget;
  }

  get diskBudget(): Broker['diskBudget'] {
    return this.#broker?.diskBudget;
  }

  get clientMetrics(): Broker['clientMetrics'] {
    return this.#broker?.clientMetrics ?? [];
  }

  /** A new connection to it. */
  client(host = 'client'): RawClient {
    return new RawClient(this.#world.clock, this.#world.network.host(host), { host: this.#host, port });
  }
}
