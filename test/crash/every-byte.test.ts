/**
 * A small data folder on a simulated disk, and one bit of each of its bytes flipped in turn, with a start after each:
 * what is served is right, or an error.
 */
import { Offset, OperatingError, utf8Decode } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { type MemoryDisk, type RawClient, World } from '@skerry/testkit';
import {
  batchBaseOffset,
  batchCrcIsValid,
  batchLastOffset,
  batchLength,
  batchShapeFault,
  errorName,
  fetchRequest,
  fetchResponse,
  records,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { batchOf, createTopic, fetchOf, produce } from '../../packages/broker/test/calls.ts';
import { commit, committed, simpleCommit } from '../../packages/broker/test/group-calls.ts';
import { SimulatedNode } from '../../packages/broker/test/simulated-node.ts';

const compute = nodeCompute({ inline: true });
const topic = 't';
const partitions = 2;
const noBytes = new Uint8Array(0);

/** What the node says it holds: the records of each partition, what a group committed. */
type Answers = Readonly<Record<string, string>>;

/** A refusal: always right where something is damaged. */
const refused = (why: string): string => `refused: ${why}`;

function partitionAnswer(client: RawClient, index: number): string {
  const found: string[] = [];
  for (let next = 0; ; ) {
    const place = { partition: index, fetchOffset: Offset(next), partitionMaxBytes: 1024 * 1024 };
    const ask = fetchOf(topic, next, { maxWaitMs: 0, topics: [{ topic, partitions: [place] }] });
    const { responses } = client.ask(fetchRequest, fetchResponse, 12, ask);
    const answer = responses[0]?.partitions[0];
    if (answer === undefined || answer.errorCode !== 0) return refused(errorName(answer?.errorCode ?? -1));
    const bytes = answer.records ?? noBytes;
    if (bytes.length === 0) return `${found.join(' ')} up to ${answer.highWatermark}`;
    for (let at = 0; at < bytes.length; at += batchLength(bytes, at)) {
      const fault = batchShapeFault(bytes, at, bytes.length);
      if (fault !== undefined) return `damaged: ${fault}`;
      if (!batchCrcIsValid(bytes, at, compute)) return 'damaged: crcMismatch';
      if (batchBaseOffset(bytes, at) !== next) return `damaged: ${batchBaseOffset(bytes, at)} where ${next} is due`;
      for (const { offset, value } of records(bytes, at)) found.push(`${offset}=${utf8Decode(value ?? noBytes)}`);
      next = batchLastOffset(bytes, at) + 1;
    }
  }
}

function answers(node: SimulatedNode): Answers {
  const client = node.client();
  const found: Record<string, string> = {};
  const ask = (name: string, question: () => string): void => {
    try {
      found[name] = question();
    } catch (error) {
      // A connection that is closed in the middle of an answer is a refusal too.
      if (!/closed the connection/.test((error as Error).message)) throw error;
      found[name] = refused('the connection was closed');
    }
  };
  for (let index = 0; index < partitions; index++) ask(`${topic}-${index}`, () => partitionAnswer(client, index));
  ask('group', () => committed(client, 's').join(' ') || refused('nothing'));
  return found;
}

function filesOf(disk: MemoryDisk, folder = ''): string[] {
  return disk.list(folder).flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    try {
      disk.open(path, { create: false }).close();
      return [path];
    } catch {
      return filesOf(disk, path);
    }
  });
}

function sizeOf(disk: MemoryDisk, path: string): number {
  const file = disk.open(path, { create: false });
  const size = file.size();
  file.close();
  return size;
}

function fill(node: SimulatedNode): void {
  const client = node.client();
  createTopic(client, topic, partitions, { 'index.interval.bytes': '100' });
  for (let i = 0; i < 3; i++) produce(client, topic, batchOf([`a${i}`, `b${i} and more`.repeat(3)]));
  produce(client, topic, batchOf(['once'], { producerId: 7, producerEpoch: 0, baseSequence: 0 }), { index: 1 });
  produce(client, topic, batchOf(['last']), { index: 1 });
  commit(client, 8, simpleCommit(3, topic, 0));
  commit(client, 8, simpleCommit(1, topic, 1));
}

test.each(['a clean stop', 'a kill'])('after %s no flipped byte is served as something else', (end) => {
  const world = new World(41);
  const node = new SimulatedNode(world, { 'offsets.topic.num.partitions': 1 });
  node.start();
  fill(node);
  node.stop();
  node.kill();
  const { machine } = node;
  if (end === 'a kill') machine.disk.remove('clean-stop');
  const whole = { disk: machine.disk, store: machine.store };
  const sizes = filesOf(whole.disk).map((path) => [path, sizeOf(whole.disk, path)] as const);
  const restore = (): void => {
    node.kill();
    machine.disk = whole.disk.kill();
    machine.store = whole.store.crash();
    node.events.length = 0;
  };

  restore();
  node.start();
  const truth = answers(node);
  expect(truth[`${topic}-0`]).toContain('0=a0');
  expect(truth['group']).toContain('@3');

  const counts = { flips: 0, harmless: 0, refused: 0, notStarted: 0, servedDamaged: 0 };
  const wrong: string[] = [];
  for (const [path, size] of sizes) {
    for (let at = 0; at < size; at++) {
      restore();
      const bit = at % 8;
      machine.disk.flipBit(path, at, bit);
      counts.flips++;
      const say = (what: string): void => void wrong.push(`${path} byte ${at} bit ${bit}: ${what}`);
      try {
        node.start();
      } catch (error) {
        counts.notStarted++;
        if (!(error instanceof OperatingError)) say(`the start fails by ${String(error)}`);
        continue;
      }
      let now: Answers;
      try {
        now = answers(node);
      } catch (error) {
        say(`serving fails by ${String(error)}`);
        continue;
      }
      const different = Object.keys(truth).filter((name) => now[name] !== truth[name]);
      if (different.length === 0) counts.harmless++;
      else if (different.every((name) => now[name]?.startsWith('refused'))) counts.refused++;
      else if (different.every((name) => /^(refused|damaged: crc)/.test(now[name] ?? ''))) counts.servedDamaged++;
      else for (const name of different) say(`${name} was ${truth[name]}, and is ${now[name]}`);
      for (const event of node.events) {
        if (event.kind === 'failed' && !(event.error instanceof OperatingError)) say(`it reports ${event.error}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(counts.flips).toBeGreaterThan(1000);
});
