/** One seed's run, from the first start of the node to the verdict on its history. */
import { Admin } from '@skerry/client';
import { checkHistory, type SeededRandom, World } from '@skerry/testkit';
import { administer, findDeleted } from './admin.ts';
import { consume, inspect } from './consumers.ts';
import { Faults } from './faults.ts';
import { belong } from './groups.ts';
import { ProcessExit, SupervisedNode } from './node.ts';
import { Observer } from './observer.ts';
import { type Plan, planOf } from './plan.ts';
import { produce } from './producers.ts';
import { RawProducer } from './raw-producer.ts';
import { act, Scene } from './scene.ts';
import { TransactionalProducer, transactionPartitions, transactionTopic } from './transactions.ts';
import { checkTransactions } from './transactions-check.ts';
import { runReadyPromises } from './virtual-run.ts';

export interface Outcome {
  readonly seed: number;
  readonly plan: Plan;
  /** Of every event of the run. */
  readonly hash: string;
  readonly traceEvents: number;
  readonly operations: number;
  /** What is wrong, in words; empty when all is well. */
  readonly findings: readonly string[];
  readonly counters: readonly (readonly [string, number])[];
}

export interface Reading {
  /** Told of each event as a line of text. */
  line(text: string): void;
}

/** How long, once nothing goes wrong any more, everything may take to come to its end. */
const settleMsMax = 120_000;
const findingsMax = 20;

export function simulate(seed: number, reading?: Reading): Outcome {
  const run = new Run(planOf(seed), reading);
  return run.outcome();
}

class Run {
  readonly #plan: Plan;
  readonly #world: World;
  readonly #scene: Scene;
  readonly #node: SupervisedNode;
  readonly #faults: Faults;
  readonly #observer: Observer;
  readonly #problems: string[] = [];
  readonly #random: SeededRandom;
  readonly #transactional: readonly TransactionalProducer[];

  constructor(plan: Plan, reading: Reading | undefined) {
    this.#plan = plan;
    this.#world = new World(plan.seed, { shortChunks: plan.shortChunks });
    this.#world.clock.afterCalls = runReadyPromises;
    this.#random = this.#world.random.fork('run');
    if (reading !== undefined) {
      this.#world.trace.reader = (what, where, a, b) =>
        reading.line(`${this.#world.clock.monotonicMs().toFixed(3).padStart(11)}  ${what}  ${where}  ${a} ${b}`);
    }
    this.#observer = new Observer(this.#world);
    this.#scene = new Scene(this.#world, plan);
    this.#scene.isDamaged = (partition) => this.#observer.isDamaged(partition);
    const delayMs = (operation: string): number => (operation === 'sync' ? 1 : 0.05) * this.#faults.slowness;
    const machine = this.#world.machine('node', { delayMs });
    this.#node = new SupervisedNode(this.#world, machine, plan.node.settings, {
      starting: () => this.#faults.starting(),
      reported: (event) => {
        this.#observer.reported(event);
        if (event.kind !== 'handlerFailed') return;
        this.#problem(`a handler failed: ${event.api} v${event.version}: ${event.error.stack ?? event.error.message}`);
      },
      ended: (how) => {
        this.#observer.ended(how);
        const unsynced = how === 'power cut' ? 'lost' : 'kept';
        this.#scene.events.push({ kind: 'crash', unsynced, atMs: this.#scene.nowMs });
      },
    });
    this.#transactional = plan.transactions.map((one) => new TransactionalProducer(this.#scene, one));
    this.#faults = new Faults(this.#scene, this.#node, this.#observer);
  }

  outcome(): Outcome {
    const { seed } = this.#plan;
    this.#play();
    const found = checkHistory(this.#scene.history).map(
      ({ kind, partition, text }) => `${kind}: ${partition}: ${text}`,
    );
    return {
      seed,
      plan: this.#plan,
      hash: this.#world.trace.hex,
      traceEvents: this.#world.trace.events,
      operations: this.#scene.operations,
      findings: [...this.#problems, ...found].slice(0, findingsMax),
      counters: this.#observer.counters.entries(),
    };
  }

  #play(): void {
    this.#node.start();
    this.#passUntil('the node starts', () => this.#node.state === 'up');
    if (!this.#await('the topics are made', this.#makeTopics(), 30_000)) return;
    const { producers, rawProducers, consumers, groups, adminPauseMs } = this.#plan;
    const actors = [
      ...producers.map((plan) => this.#actor(plan.name, produce(this.#scene, plan))),
      ...rawProducers.map((plan) => {
        const producer = new RawProducer(this.#scene, plan, (text) => this.#problem(text));
        return this.#actor(plan.name, producer.run());
      }),
      ...this.#transactional.map((producer) => this.#actor(producer.name, producer.run())),
      ...consumers.map((plan) => this.#actor(plan.name, consume(this.#scene, plan))),
      ...groups.flatMap((group) =>
        Array.from({ length: group.members }, (_, i) =>
          this.#actor(`${group.name}-${i}`, belong(this.#scene, group, i)),
        ),
      ),
      ...(adminPauseMs > 0 ? [this.#actor('administrator', administer(this.#scene, adminPauseMs))] : []),
    ];
    this.#faults.begin();
    this.#pass(this.#plan.durationMs);
    const longest = this.#world.clock.monotonicMs() + 40 * this.#plan.durationMs;
    while (this.#scene.operations < this.#plan.operations && this.#world.clock.monotonicMs() < longest)
      this.#pass(1000);
    this.#scene.closing = true;
    this.#faults.end();
    // A disk that failed for a moment may have put partitions out of reach: a start finds that it is well.
    this.#endProcess();
    const working = (): string[] => actors.filter(({ done }) => !done()).map(({ name }) => name);
    if (
      !this.#passUntil(
        () => `these come to their end: ${working().join(', ')}`,
        () => working().length === 0,
      )
    )
      return;
    this.#endProcess();
    this.#passUntil('the node starts again', () => this.#node.state === 'up');
    if (!this.#await('all partitions are read', this.#readAll())) return;
    if (!this.#await('transactions are read', this.#checkTransactions())) return;
    this.#await(
      'topics are listed',
      findDeleted(this.#scene, (text) => this.#problem(text)),
    );
  }

  async #makeTopics(): Promise<void> {
    const { client } = this.#scene.client('admin');
    const admin = new Admin(client);
    if (this.#transactional.length > 0) {
      const plan = { name: transactionTopic, partitions: transactionPartitions };
      const configs = { 'skerry.durability': 'power-loss' };
      await this.#scene.insist('admin', () => admin.createTopic({ ...plan, configs }), 'TOPIC_ALREADY_EXISTS');
    }
    for (const { name, partitions, configs, durability, retention } of this.#plan.topics) {
      await this.#scene.insist('admin', () => admin.createTopic({ name, partitions, configs }), 'TOPIC_ALREADY_EXISTS');
      const promise = { durability, ...retention };
      for (let i = 0; i < partitions; i++) this.#scene.partitions[`${name}/${i}`] = promise;
    }
  }

  /** What keeps them, or their coordinators' logs, may be out of reach for good. */
  async #checkTransactions(): Promise<void> {
    const isDamaged = [...this.#observer.damagedFolders].some((folder) => /\/(tx-|__)/.test(folder));
    if (this.#transactional.length === 0 || isDamaged) return;
    await checkTransactions(this.#scene, this.#transactional, (text) => this.#problem(text));
  }

  async #readAll(): Promise<void> {
    const { client, random } = this.#scene.client('reader');
    for (const { name, partitions } of this.#plan.topics) {
      for (let index = 0; index < partitions; index++) {
        // What it holds may be out of reach for good; what was read of it is judged all the same.
        if (this.#observer.isDamaged(`${name}/${index}`)) continue;
        await this.#scene.insist('reader', () => inspect(this.#scene, client, { name, index }, random));
      }
    }
  }

  #endProcess(): void {
    const how = this.#random.below(3);
    if (how === 0) this.#node.kill();
    else if (how === 1) this.#node.cutPower();
    else if (this.#node.state === 'up') {
      this.#node.stop();
      this.#passUntil('the node stops', () => this.#node.state !== 'stopping');
    }
  }

  #actor(name: string, running: Promise<void>): { readonly name: string; readonly done: () => boolean } {
    return { name, done: this.#act(running) };
  }

  #act(running: Promise<void>): () => boolean {
    return act(running, (error) => this.#problem(`a client failed: ${error.stack ?? error.message}`));
  }

  /** Lets time pass until `running` is through. False if it is not in time. */
  #await(what: string, running: Promise<void>, withinMs = settleMsMax): boolean {
    return this.#passUntil(what, this.#act(running), withinMs);
  }

  #passUntil(what: string | (() => string), reached: () => boolean, withinMs = settleMsMax): boolean {
    const until = this.#world.clock.monotonicMs() + withinMs;
    while (!reached() && this.#problems.length === 0) {
      if (this.#world.clock.monotonicMs() >= until) {
        const due = typeof what === 'string' ? what : what();
        this.#problem(`stuck: not within ${withinMs / 1000} s of a well world: ${due}`);
        return false;
      }
      this.#pass(20);
    }
    return this.#problems.length === 0;
  }

  /** Lets time pass. A process that ends itself, or breaks, does so without harm to the others. */
  #pass(ms: number): void {
    const { clock } = this.#world;
    const until = clock.monotonicMs() + ms;
    runReadyPromises();
    for (;;) {
      try {
        clock.advance(until - clock.monotonicMs());
        return;
      } catch (error) {
        if (error instanceof ProcessExit || this.#node.threw(error)) continue;
        this.#problem(`the node broke: ${(error as Error).stack ?? String(error)}`);
        return;
      }
    }
  }

  #problem(text: string): void {
    this.#problems.push(text);
  }
}
