/**
 * The idempotent producer against a broker that judges sequence numbers as Kafka does, and fails in every way it can:
 * what is acknowledged is kept once, in the order it was given, where it was said to be.
 */
import { utf8Decode, utf8Encode } from '@skerry/base';
import { SeededRandom } from '@skerry/testkit';
import {
  batchBaseSequence,
  batchLastSequence,
  batchProducerEpoch,
  batchProducerId,
  type ErrorName,
  errorCode,
  initProducerIdRequest,
  initProducerIdResponse,
  produceRequest,
  produceResponse,
  records,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { Producer } from '../src/producer.ts';
import { stage } from './stage.ts';

interface State {
  readonly epoch: number;
  readonly batches: readonly { first: number; last: number; offset: number }[];
}

/** A partition as a broker keeps it. */
class Partition {
  readonly log: string[] = [];
  readonly #states = new Map<number, State>();

  append(batch: Uint8Array): { readonly error: ErrorName; readonly offset: number } {
    const producerId = batchProducerId(batch, 0);
    const epoch = batchProducerEpoch(batch, 0);
    const [first, last] = [batchBaseSequence(batch, 0), batchLastSequence(batch, 0)];
    const state = this.#states.get(producerId);
    const known = state?.epoch === epoch ? state.batches : [];
    const twin = known.find((each) => each.first === first && each.last === last);
    if (twin !== undefined) return { error: 'NONE', offset: twin.offset };
    if (state !== undefined) {
      if (epoch < state.epoch) return { error: 'INVALID_PRODUCER_EPOCH', offset: -1 };
      const next = epoch === state.epoch ? (state.batches.at(-1)?.last ?? -1) + 1 : 0;
      if (first !== next) return { error: 'OUT_OF_ORDER_SEQUENCE_NUMBER', offset: -1 };
    }
    const offset = this.log.length;
    for (const { value } of records(batch, 0)) this.log.push(utf8Decode(value ?? new Uint8Array(0)));
    this.#states.set(producerId, { epoch, batches: [...known, { first, last, offset }].slice(-5) });
    return { error: 'NONE', offset };
  }
}

type Fault = 'none' | 'refuse' | 'fail' | 'fail after' | 'silence' | 'silence after' | 'drop' | 'drop after';
const faults: readonly Fault[] = ['refuse', 'fail', 'fail after', 'silence', 'silence after', 'drop', 'drop after'];

function scene(seed: number) {
  const random = new SeededRandom(seed);
  const partition = new Partition();
  const faultsIn100 = random.below(60);
  const { world, broker, client } = stage({ requestTimeoutMs: 400 });
  broker
    .hasTopic('t')
    .on(initProducerIdRequest, initProducerIdResponse, () => ({ producerId: 100n, producerEpoch: 0 }))
    .on(produceRequest, produceResponse, ({ topicData }) => {
      const batch = topicData[0]?.partitionData[0]?.records ?? new Uint8Array(0);
      const fault: Fault = random.below(100) < faultsIn100 ? (faults[random.below(faults.length)] as Fault) : 'none';
      let answer: { error: ErrorName; offset: number } = { error: 'KAFKA_STORAGE_ERROR', offset: -1 };
      if (fault === 'refuse') answer = { error: 'MESSAGE_TOO_LARGE', offset: -1 };
      else if (fault === 'none' || fault.endsWith('after')) answer = partition.append(batch);
      if (fault === 'fail after') answer = { error: 'REQUEST_TIMED_OUT', offset: -1 };
      if (fault.startsWith('drop')) broker.drop();
      if (fault.startsWith('silence') || fault.startsWith('drop')) return undefined;
      const baseOffset = answer.offset as never;
      const partitionResponses = [{ index: 0, errorCode: errorCode(answer.error), baseOffset }];
      return { responses: [{ name: 't', topicId: topicData[0]?.topicId, partitionResponses }] };
    });
  const producer = new Producer(client, { idempotent: true, timeoutMs: 0, deliveryTimeoutMs: 1500 });
  return { random, partition, world, producer };
}

/** Sends 60 batches at random moments; what each was told, by its first value. */
function run(seed: number) {
  const { random, partition, world, producer } = scene(seed);
  const told = new Map<number, number | Error>();
  const sizes: number[] = [];
  for (let i = 0; i < 60; i++) {
    const size = 1 + random.below(3);
    sizes.push(size);
    const values = Array.from({ length: size }, (_, j) => ({ value: utf8Encode(`${i}.${j}`) }));
    producer.submit('t', values, 0, (error, sent) => told.set(i, error ?? (sent.offset as number)));
    if (random.below(3) === 0) world.clock.advance(random.below(100));
  }
  world.clock.advance(1501);
  return { log: partition.log, told, sizes };
}

test('what is told to be kept is there once, in order, where it was said to be', () => {
  let kept = 0;
  for (let seed = 0; seed < 150; seed++) {
    const { log, told, sizes } = run(seed);
    expect(told.size, `seed ${seed}: all are told within the delivery time-out`).toBe(60);
    expect(new Set(log).size, `seed ${seed}: none twice`).toBe(log.length);
    const order = log.map((value) => Number(value.split('.')[0]));
    expect(order, `seed ${seed}: in order`).toEqual([...order].sort((a, b) => a - b));
    for (const [i, size] of sizes.entries()) {
      const offset = told.get(i);
      if (typeof offset !== 'number') continue;
      const values = Array.from({ length: size }, (_, j) => `${i}.${j}`);
      expect(log.slice(offset, offset + size), `seed ${seed}: batch ${i}`).toEqual(values);
      kept++;
    }
  }
  expect(kept).toBeGreaterThan(150 * 20);
});
