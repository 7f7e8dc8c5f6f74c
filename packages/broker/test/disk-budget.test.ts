/** Records may take so much of the disk, and what happens before there is no room. */
import { Offset } from '@skerry/base';
import { type RawClient, World } from '@skerry/testkit';
import {
  BatchBuilder,
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  errorName,
  listOffsetsRequest,
  listOffsetsResponse,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { createTopic } from './calls.ts';
import { commit, simpleCommit } from './group-calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const mib = 1024 * 1024;
/** Of 256 KiB. */
const batch = new BatchBuilder().append({ timestamp: 1000, value: new Uint8Array(256 * 1024) }).build();

function set(settings: Readonly<Record<string, string | number>>, capacityBytes = 256 * mib) {
  const world = new World(7);
  const machine = world.machine('node-1', { capacityBytes });
  const node = new SimulatedNode(world, { 'skerry.journal.bytes': 0, ...settings }, { machine });
  node.start();
  return { node, machine, world, client: node.client() };
}

/** One record; what the client is told. */
function write(client: RawClient, topic: string): { error: string; message: string | null; throttleTimeMs: number } {
  const topicData = [{ name: topic, partitionData: [{ index: 0, records: batch }] }];
  const answer = client.ask(produceRequest, produceResponse, 9, { acks: -1, timeoutMs: 1000, topicData });
  const { errorCode = -1, errorMessage = null } = answer.responses[0]?.partitionResponses[0] ?? {};
  return { error: errorName(errorCode), message: errorMessage, throttleTimeMs: answer.throttleTimeMs };
}

/** Where a topic begins: so many of its records, one a batch, have gone. */
function begins(client: RawClient, name: string): number {
  const topics = [{ name, partitions: [{ partitionIndex: 0, timestamp: -2n }] }];
  const answer = client.ask(listOffsetsRequest, listOffsetsResponse, 5, { topics });
  return answer.topics[0]?.partitions[0]?.offset ?? Offset(-1);
}

test('the oldest records go first, across topics, and no producer is refused', () => {
  const { node, client } = set({ 'skerry.disk.budget': 16 * mib });
  createTopic(client, 'old');
  createTopic(client, 'new');
  for (let i = 0; i < 32; i++) expect(write(client, 'old').error).toBe('NONE');
  node.machineTime(1000);
  for (let i = 0; i < 64; i++) {
    expect(write(client, 'new').error).toBe('NONE');
    node.machineTime(100);
    expect(node.diskBudget?.usedBytes).toBeLessThanOrEqual(16 * mib);
    if (begins(client, 'new') > 0) expect(begins(client, 'old')).toBeGreaterThanOrEqual(28);
  }
  const removed = node.events.filter(({ kind }) => kind === 'budgetRemoved');
  expect(removed[0]).toMatchObject({ topic: 'old', partition: 0, from: 0 });
  expect(node.diskBudget).toMatchObject({ refusedBatches: 0 });
  expect(node.diskBudget?.removedBytes).toBeGreaterThan(8 * mib);
});

test('what was removed is told with the topic, also after a power cut, and is forgotten with it', () => {
  const { node, client } = set({ 'skerry.disk.budget': 16 * mib });
  createTopic(client, 't', 2);
  const removed = (of: RawClient, topic = 't'): string | null | undefined => {
    const resources = [{ resourceType: 2, resourceName: topic, configurationKeys: null }];
    const { results } = of.ask(describeConfigsRequest, describeConfigsResponse, 4, { resources });
    const found = results[0]?.configs.find(({ name }) => name === 'skerry.disk.removed');
    expect(found?.readOnly ?? true).toBe(true);
    return found?.value;
  };
  expect(removed(client)).toBeUndefined();
  for (let i = 0; i < 80; i++) {
    expect(write(client, 't').error).toBe('NONE');
    node.machineTime(100);
  }
  const start = begins(client, 't');
  const bytes = node.diskBudget?.removedBytes;
  expect(removed(client)).toBe(`0: ${start} offsets below ${start}, ${bytes} bytes`);
  node.cutPower();
  node.start();
  const other = node.client();
  const later = begins(other, 't');
  expect(later).toBeGreaterThanOrEqual(start);
  expect(removed(other)).toMatch(`0: ${later} offsets below ${later}, `);
  other.ask(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames: ['t'], timeoutMs: 1000 });
  node.machineTime(1000);
  createTopic(other, 't', 2);
  expect(removed(other)).toBeUndefined();
});

test('a lower priority goes first, however new, and each partition keeps its floor', () => {
  const { node, client } = set({ 'skerry.disk.budget': 16 * mib });
  createTopic(client, 'alarms', 1, { 'skerry.priority': '1' });
  createTopic(client, 'values', 1, { 'skerry.disk.floor.bytes': String(2 * mib) });
  for (let i = 0; i < 24; i++) expect(write(client, 'alarms').error).toBe('NONE');
  for (let i = 0; i < 64; i++) {
    expect(write(client, 'values').error).toBe('NONE');
    node.machineTime(100);
  }
  expect(begins(client, 'alarms')).toBe(0);
  for (let i = 0; i < 64; i++) {
    expect(write(client, 'alarms').error).toBe('NONE');
    node.machineTime(100);
  }
  // What `values` must keep is there: 8 records, and those that share a segment with them.
  expect(begins(client, 'values')).toBeGreaterThan(50);
  expect(begins(client, 'values')).toBeLessThanOrEqual(64 - 8);
  expect(begins(client, 'alarms')).toBeGreaterThan(24);
});

test('one partition whose segment never fills is kept within the budget, too', () => {
  const { node, client } = set({ 'skerry.disk.budget': 16 * mib });
  for (let i = 0; i < 16; i++) createTopic(client, `t${i}`);
  for (let i = 0; i < 100; i++) {
    expect(write(client, `t${i % 16}`).error).toBe('NONE');
    node.machineTime(100);
    expect(node.diskBudget?.usedBytes).toBeLessThanOrEqual(16 * mib);
  }
});

test('where nothing may go producers wait, then are refused; commits and new topics go on; it recovers in 5 s', () => {
  const { node, machine, client } = set({}, 32 * mib);
  createTopic(client, 't');
  let slowed = 0;
  let told = write(client, 't');
  for (let i = 0; told.error === 'NONE'; i++) {
    if (told.throttleTimeMs > 0) slowed++;
    node.machineTime(1000);
    expect(i).toBeLessThan(200);
    told = write(client, 't');
  }
  expect(told).toMatchObject({ error: 'KAFKA_STORAGE_ERROR' });
  expect(told.message).toMatch(/^the file system is full: \d+ bytes are free, and kept for the broker$/);
  expect(slowed).toBeGreaterThan(0);
  expect(machine.disk.freeBytes()).toBeGreaterThan(0);
  expect(begins(client, 't')).toBe(0);
  expect(createTopic(client, 'u')).toBe('NONE');
  expect(commit(client, 8, simpleCommit(1))).toEqual(['t-0 NONE']);
  expect(node.events).toContainEqual(expect.objectContaining({ kind: 'diskBudget', refusal: told.message }));
  machine.disk.capacityBytes += 8 * mib;
  node.machineTime(5000);
  expect(write(client, 't')).toMatchObject({ error: 'NONE', throttleTimeMs: 0 });
  expect(node.events.filter(({ kind }) => kind === 'diskBudget')).toHaveLength(2);
});

test('floors beyond the budget end in a refusal that says so', () => {
  const { node, client } = set({ 'skerry.disk.budget': '50%' }, 64 * mib);
  createTopic(client, 't', 1, { 'skerry.disk.floor.bytes': String(64 * mib) });
  let told = write(client, 't');
  for (let i = 0; i < 200 && told.error === 'NONE'; i++) {
    node.machineTime(1000);
    told = write(client, 't');
  }
  expect(told.message).toMatch(/^skerry.disk.budget is spent: 3\d{7} bytes of 33554432$/);
  expect(node.diskBudget?.refusedBatches).toBeGreaterThan(0);
});

test.each(['lots', '0%', '101%', '1000', ''])('a budget of "%s" is refused, with what would be right', (given) => {
  expect(() => set({ 'skerry.disk.budget': given })).toThrow('must be -1, bytes (at least 16777216), or 1% to 100%');
});
