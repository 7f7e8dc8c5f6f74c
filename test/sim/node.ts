/**
 * A real broker on a simulated machine, with a supervisor that starts it again as systemd would: after a kill, a power
 * cut, a failed disk (exit 74) or a broken invariant (exit 70).
 */
import { OperatingError } from '@skerry/base';
import { Broker, type BrokerEvent, parseSettings, type Settings } from '@skerry/broker';
import { nodeCompute } from '@skerry/io';
import type { Machine, SeededRandom, World } from '@skerry/testkit';

/** Everything is computed in the call, so that the order of things depends on the seed alone. */
export const compute = nodeCompute({ inline: true });

export const nodeAddress = { host: 'node', port: 9092 } as const;

/** Unwinds the process that ends itself, as process.exit does. */
export class ProcessExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

export interface NodeEvents {
  starting(): void;
  /** What the broker reports. */
  reported(event: BrokerEvent): void;
  /** The process has ended. */
  ended(how: Ending): void;
}

export type Ending = 'kill' | 'power cut' | 'stop' | 'failed start' | 'exit 70' | 'exit 74';

export class SupervisedNode {
  readonly machine: Machine;
  state: 'down' | 'starting' | 'up' | 'stopping' = 'down';
  /** Which process this is: what a former one says late does not count. */
  #life = 0;
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #settings: Settings;
  readonly #events: NodeEvents;
  #broker: Broker | undefined;

  constructor(world: World, machine: Machine, settings: Readonly<Record<string, string>>, events: NodeEvents) {
    this.#world = world;
    this.#random = world.random.fork('supervisor');
    this.machine = machine;
    this.#events = events;
    const { host, port } = nodeAddress;
    const all = { listeners: `PLAINTEXT://${host}:${port}`, ...settings };
    this.#settings = parseSettings(Object.entries(all).map(([key, value]) => ({ key, value, origin: 'simulation' })));
  }

  start(): void {
    const { clock, random, disk, store, network } = this.machine;
    this.state = 'starting';
    const life = ++this.#life;
    this.#world.trace.note('start', nodeAddress.host, life, 0);
    const broker = new Broker({
      world: { clock, random, disk, store, network, compute },
      settings: this.#settings,
      report: (event) => this.#reported(event, life),
    });
    this.#broker = broker;
    this.#events.starting();
    broker.start((error) => {
      if (life !== this.#life) return;
      if (error !== undefined) throw this.#exit('failed start', exitCodeOf(error));
      this.state = 'up';
    });
  }

  kill(): void {
    if (this.state === 'down') return;
    this.machine.kill();
    this.#ended('kill');
  }

  cutPower(): void {
    // A machine whose process is down may lose power, too.
    this.machine.cutPower();
    this.#ended('power cut');
  }

  /** Stops in good order, if it runs. */
  stop(): void {
    if (this.state !== 'up') return;
    this.state = 'stopping';
    const life = this.#life;
    this.#broker?.stop((error) => {
      if (life !== this.#life || this.state !== 'stopping') return;
      if (error !== undefined) throw this.#exit('failed start', exitCodeOf(error));
      this.machine.kill();
      this.#ended('stop');
    });
  }

  /** An exception came out of the loop: whether it ends the process as a failure of the world does. */
  threw(error: unknown): boolean {
    if (!(error instanceof OperatingError) || this.state === 'down') return false;
    this.#exit('exit 74', exitCodeOf(error));
    return true;
  }

  #reported(event: BrokerEvent, life: number): void {
    if (life !== this.#life || this.state === 'down') return;
    this.#world.trace.note(event.kind, (event as { error?: Error }).error?.message ?? nodeAddress.host, 0, 0);
    this.#events.reported(event);
    if (event.kind === 'failed' && exitCodeOf(event.error) === 74) throw this.#exit('exit 74', 74);
  }

  #exit(how: Ending, code: number): ProcessExit {
    this.machine.kill();
    this.#ended(how);
    return new ProcessExit(code);
  }

  #ended(how: Ending): void {
    this.state = 'down';
    this.#broker = undefined;
    const life = ++this.#life;
    this.#world.trace.note(how, nodeAddress.host, life, 0);
    this.#events.ended(how);
    this.#world.clock.after(this.#random.between(50, 2000), () => {
      if (this.#life === life && this.state === 'down') this.start();
    });
  }
}

/** As the command `start` decides. */
function exitCodeOf(error: Error): number {
  const isDisk =
    error instanceof OperatingError && (error.code === 'SKR_DISK_FAILED' || error.code === 'SKR_STORE_FAILED');
  return isDisk ? 74 : 1;
}
