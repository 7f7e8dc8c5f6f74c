/** What a node makes of a metadata log of which a batch was given up, when the store is lost too. */
import { Bytes } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { planRepair, repairLog } from '@skerry/log';
import { World } from '@skerry/testkit';
import {
  batchLength,
  batchRecordCount,
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorName,
  initProducerIdRequest,
  initProducerIdResponse,
  metadataRequest,
  metadataResponse,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { batchOf, createTopic, fetch, produce } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

function deleteTopic(node: SimulatedNode, name: string): void {
  const asked = { topicNames: [name], timeoutMs: 1000 };
  const { responses } = node.client().ask(deleteTopicsRequest, deleteTopicsResponse, 5, asked);
  expect(responses.map(({ errorCode }) => errorName(errorCode))).toEqual(['NONE']);
}

function producerId(node: SimulatedNode): bigint {
  const asked = { transactionalId: null, transactionTimeoutMs: 1000 };
  return node.client().ask(initProducerIdRequest, initProducerIdResponse, 4, asked).producerId;
}

function topicNames(node: SimulatedNode): Set<string | null> {
  const { topics } = node.client().ask(metadataRequest, metadataResponse, 9, { topics: null });
  return new Set(topics.map(({ name }) => name));
}

/** Topics that come, go, and come again under their old names; a record in each that is left; all stopped. */
function site(): { node: SimulatedNode; file: string; lastId: bigint } {
  const node = new SimulatedNode(new World(3));
  node.start();
  for (const topic of ['gone', 'twice', 'kept']) createTopic(node.client(), topic, 2);
  producerId(node);
  deleteTopic(node, 'gone');
  deleteTopic(node, 'twice');
  createTopic(node.client(), 'twice', 2);
  const lastId = producerId(node);
  for (const topic of ['twice', 'kept']) produce(node.client(), topic, batchOf([`of ${topic}`]));
  node.machineTime(10_000);
  node.stop();
  node.kill();
  const folder = node.machine.disk.list('topics').find((name) => name.startsWith('__cluster_metadata'));
  return { node, file: `topics/${folder}/00000000000000000000.log`, lastId };
}

/** Where the batches of a file begin. */
function positions({ machine: { disk } }: SimulatedNode, path: string): number[] {
  const file = disk.open(path, { create: false });
  const bytes = new Uint8Array(file.size());
  file.readNow(bytes, Bytes(0));
  file.close();
  const found: number[] = [];
  for (let at = 0; at < bytes.length; at += batchLength(bytes, at)) if (batchRecordCount(bytes, at) > 0) found.push(at);
  return found;
}

function skipBad(node: SimulatedNode, file: string): void {
  const { disk, clock } = node.machine;
  const folder = file.slice(0, file.lastIndexOf('/'));
  const log: Parameters<typeof planRepair>[0] = {
    disk,
    clock,
    compute: nodeCompute({ inline: true }),
    folder,
    state: undefined,
  };
  const plan = planRepair(log, { skipBad: true, truncateAt: undefined });
  expect(plan.losses).toHaveLength(1);
  let failed: Error | undefined;
  repairLog({ ...log, stamp: 'now' }, plan, (error) => {
    failed = error;
  });
  node.machineTime(1000);
  expect(failed).toBeUndefined();
}

test('whichever batch was given up, the node starts, and what other batches say holds', () => {
  const count = positions(site().node, site().file).length;
  expect(count).toBeGreaterThan(6);
  const missing = new Set<string>();
  for (let i = 0; i < count; i++) {
    const { node, file, lastId } = site();
    node.machine.disk.flipBit(file, (positions(node, file)[i] ?? 0) + 65, 1);
    // The last one would be cut as a torn write.
    if (i === count - 1) break;
    skipBad(node, file);
    node.machine.loseStore();
    node.start();
    const names = topicNames(node);
    for (const topic of ['twice', 'kept']) {
      if (names.has(topic)) expect(fetch(node.client(), topic, 0).values, `${i}`).toEqual([`of ${topic}`]);
      else missing.add(topic);
    }
    expect(producerId(node)).toBeGreaterThan(lastId);
    createTopic(node.client(), 'new');
    expect(produce(node.client(), 'new', batchOf(['v'])).error).toBe('NONE');
    // The table that was saved of it says the same.
    node.machineTime(10_000);
    node.stop();
    node.kill();
    node.start();
    expect(topicNames(node)).toEqual(new Set([...names, 'new']));
  }
  expect([...missing]).toEqual(['kept']);
});
