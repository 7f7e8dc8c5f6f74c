/** What all actors of a simulated run share: the world, the history they write, and how to wait. */
import type { Clock } from '@skerry/base';
import { Client, KafkaError, UnreachableError } from '@skerry/client';
import type { History, HistoryEvent, PartitionPromise, SeededRandom, World } from '@skerry/testkit';
import type { ErrorName } from '@skerry/wire';
import { compute, nodeAddress } from './node.ts';
import type { Plan } from './plan.ts';

export class Scene {
  readonly world: World;
  readonly plan: Plan;
  /** What one operation after the other came to. */
  readonly events: HistoryEvent[] = [];
  readonly partitions: Record<string, PartitionPromise> = {};
  /** Requests that clients made and saw the end of. */
  operations = 0;
  /** What clients were told instead of what they had asked for, and how often. */
  readonly failures = new Map<string, number>();
  /** Members of groups that live now, by the name of their host. */
  readonly members = new Set<string>();
  /** Topics whose deletion was acknowledged. */
  readonly deletedTopics = new Set<string>();
  /** Whether a partition may be out of reach for good. */
  isDamaged: (partition: string) => boolean = () => false;
  /** No new work is begun. */
  closing = false;
  #value = 0;
  #id = 0;

  constructor(world: World, plan: Plan) {
    this.world = world;
    this.plan = plan;
  }

  get history(): History {
    const { plan, partitions, events } = this;
    return { partitions, groups: { durability: plan.node.durability }, events };
  }

  get nowMs(): number {
    return this.world.clock.monotonicMs();
  }

  newValue(): number {
    return ++this.#value;
  }

  newId(): number {
    return ++this.#id;
  }

  /** Takes note of what a client asked or was told. */
  note(event: HistoryEvent, what: string, who: string, a = 0, b = 0): void {
    this.events.push(event);
    this.world.trace.note(what, who, a, b);
  }

  /** Takes note that something did not work, which is nobody's fault yet. */
  failed(error: unknown, who: string, a = 0): void {
    const name = error instanceof KafkaError ? error.code : error instanceof Error ? error.name : 'Error';
    if (!(error instanceof KafkaError) && !(error instanceof UnreachableError)) throw error;
    this.world.trace.note(name, who, a, 0);
    this.failures.set(name, (this.failures.get(name) ?? 0) + 1);
  }

  /** Does `run` until it works, or fails with `fine`, which is as good. */
  async insist(who: string, run: () => Promise<void>, fine?: ErrorName): Promise<void> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (error instanceof KafkaError && error.code === fine) return;
        this.failed(error, who);
      }
      await this.pause(100);
    }
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.world.clock.after(ms, resolve));
  }

  /**
   * As long as a client likes between two things it does: less if the run is behind its plan, more if it is ahead, so
   * that its operations fill its time, whatever goes wrong.
   */
  rest(ms: number): Promise<void> {
    const { operations, durationMs } = this.plan;
    const due = (operations * this.nowMs) / durationMs;
    return this.pause(ms * Math.min(Math.max(1.2 + (this.operations - due) / 100, 0.1), 4));
  }

  client(name: string, clock: Clock = this.world.clock): { readonly client: Client; readonly random: SeededRandom } {
    const { world, plan } = this;
    const random = world.random.fork(name);
    const client = new Client(
      { clock, random, network: world.network.host(name), compute },
      {
        bootstrap: [`${nodeAddress.host}:${nodeAddress.port}`],
        clientId: name,
        connectTimeoutMs: 2000,
        requestTimeoutMs: plan.requestTimeoutMs,
        retryTimeoutMs: plan.retryTimeoutMs,
      },
    );
    return { client, random };
  }
}

/** Tells whether one actor is through; what it does not expect is told. */
export function act(running: Promise<void>, failed: (error: Error) => void): () => boolean {
  let done = false;
  void running
    .catch((error: unknown) => failed(error instanceof Error ? error : new Error(String(error))))
    .finally(() => {
      done = true;
    });
  return () => done;
}
