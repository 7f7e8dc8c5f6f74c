/** A broker on a recorded disk: what a client asks of it, and what it was told. */
import { Offset } from '@skerry/base';
import { Broker, type BrokerEvent, parseSettings } from '@skerry/broker';
import { nodeCompute } from '@skerry/io';
import { MemoryDisk, type MemoryStore, RawClient, Recording, World as Simulation } from '@skerry/testkit';
import {
  createPartitionsRequest,
  createPartitionsResponse,
  deleteRecordsRequest,
  deleteRecordsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorName,
  listOffsetsRequest,
  listOffsetsResponse,
  metadataRequest,
  metadataResponse,
} from '@skerry/wire';
import { batchOf, createTopic, fetch, produce } from '../../packages/broker/test/calls.ts';
import { commit, committed, simpleCommit } from '../../packages/broker/test/group-calls.ts';
import { emptyWorld, type World } from './file-system.ts';
import { diskOf, storeOf } from './log-life.ts';

export type Step =
  | { readonly op: 'create' | 'delete'; readonly topic: string }
  | { readonly op: 'grow'; readonly topic: string; readonly count: number }
  /** DeleteRecords below an offset. */
  | { readonly op: 'trim'; readonly topic: string; readonly offset: number }
  | { readonly op: 'produce'; readonly topic: string; readonly value: string }
  | { readonly op: 'commit'; readonly topic: string; readonly offset: number };

export interface BrokerMark {
  readonly when: 'asked' | 'answered';
  readonly step: Step;
}

const host = 'node';
const settings = parseSettings(
  Object.entries({
    listeners: `PLAINTEXT://${host}:9092`,
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    'offsets.topic.num.partitions': '2',
  }).map(([key, value]) => ({ key, value, origin: 'test' })),
);
const compute = nodeCompute({ inline: true });

/** Events after which a state was not recovered as it should. */
const bad = new Set<BrokerEvent['kind']>(['partitionOffline', 'failed', 'handlerFailed', 'tableRebuilt']);

export class BrokerLife {
  readonly recording = new Recording<BrokerMark>();
  readonly #simulation = new Simulation(7);
  readonly #machine = this.#simulation.machine(host);
  #disk: MemoryDisk;
  #store: MemoryStore;
  #broker: Broker | undefined;
  #client: RawClient | undefined;
  readonly events: BrokerEvent[] = [];

  constructor(world: World = emptyWorld) {
    const { clock } = this.#simulation;
    this.#disk = diskOf(world, clock, 2);
    this.#store = storeOf(world, clock);
  }

  /** Starts the broker, and connects to it. */
  start(): void {
    const { clock, random, network } = this.#machine;
    const disk = this.recording.disk(this.#disk);
    const store = this.recording.store(this.#store);
    const report = (event: BrokerEvent): void => void this.events.push(event);
    const broker = new Broker({ world: { clock, random, disk, store, network, compute }, settings, report });
    this.#broker = broker;
    this.#await((done) => broker.start(done));
    this.#client = this.#connect();
    const failed = this.events.find(({ kind }) => bad.has(kind));
    if (failed !== undefined) throw new Error(`${failed.kind}: ${'error' in failed ? failed.error.message : ''}`);
  }

  #connect(): RawClient {
    return new RawClient(this.#simulation.clock, this.#simulation.network.host('client'), { host, port: 9092 });
  }

  #await(run: (done: (error?: Error) => void) => void): void {
    this.#simulation.clock.finish(run);
  }

  /** Stops in good order, and starts again. */
  restart(): void {
    const broker = this.#broker;
    this.#await((done) => broker?.stop(done));
    this.#machine.kill();
    this.recording.processKilled();
    this.#disk = this.#disk.kill();
    this.#store = this.#store.crash();
    this.start();
  }

  pass(ms: number): void {
    this.#simulation.clock.advance(ms);
  }

  get #asked(): RawClient {
    if (this.#client === undefined) throw new Error('the broker was not started');
    return this.#client;
  }

  /** Asks for one step, and waits for the answer. */
  do(step: Step): void {
    this.recording.mark({ when: 'asked', step });
    const error = this.#ask(step);
    if (error !== 'NONE') throw new Error(`${JSON.stringify(step)}: ${error}`);
    this.recording.mark({ when: 'answered', step });
  }

  #ask(step: Step): string {
    const client = this.#asked;
    switch (step.op) {
      case 'create':
        return createTopic(client, step.topic);
      case 'delete': {
        const asked = { topicNames: [step.topic], timeoutMs: 1000 };
        const { responses } = client.ask(deleteTopicsRequest, deleteTopicsResponse, 5, asked);
        return responses[0]?.errorCode === 0 ? 'NONE' : `error ${responses[0]?.errorCode}`;
      }
      case 'grow': {
        const topics = [{ name: step.topic, count: step.count, assignments: null }];
        const asked = { topics, timeoutMs: 1000 };
        const { results } = client.ask(createPartitionsRequest, createPartitionsResponse, 3, asked);
        return errorName(results[0]?.errorCode ?? -1);
      }
      case 'trim': {
        const partitions = [{ partitionIndex: 0, offset: Offset(step.offset) }];
        const asked = { topics: [{ name: step.topic, partitions }], timeoutMs: 1000 };
        const { topics } = client.ask(deleteRecordsRequest, deleteRecordsResponse, 2, asked);
        return errorName(topics[0]?.partitions[0]?.errorCode ?? -1);
      }
      case 'produce':
        return produce(client, step.topic, batchOf([step.value])).error;
      case 'commit':
        return commit(client, 7, simpleCommit(step.offset, step.topic))[0]?.split(' ')[1] ?? 'no answer';
    }
  }

  topics(): string[] {
    const { topics } = this.#asked.ask(metadataRequest, metadataResponse, 9, { topics: null });
    return topics.map(({ name }) => name ?? '').filter((name) => !name.startsWith('__'));
  }

  /** How many partitions it has. */
  partitions(topic: string): number {
    const { topics } = this.#asked.ask(metadataRequest, metadataResponse, 9, { topics: [{ name: topic }] });
    return topics[0]?.partitions.length ?? 0;
  }

  /** Offset of its first record, or of the next one. */
  startOf(topic: string): number {
    const topics = [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -2n }] }];
    const answer = this.#asked.ask(listOffsetsRequest, listOffsetsResponse, 7, { topics });
    return answer.topics[0]?.partitions[0]?.offset ?? -1;
  }

  values(topic: string): readonly string[] {
    const { error, values } = fetch(this.#asked, topic, this.startOf(topic));
    if (error !== 'NONE') throw new Error(`fetch of ${topic}: ${error}`);
    return values;
  }

  /** The committed offset of each topic. */
  offsets(): Map<string, number> {
    const found = committed(this.#asked, 's').map((text) => /^(.*)-0@(\d+) /.exec(text));
    return new Map(found.map((match) => [match?.[1] ?? '', Number(match?.[2])]));
  }
}
