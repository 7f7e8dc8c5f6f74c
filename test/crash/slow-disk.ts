/**
 * A disk whose every write takes 200 ms longer, and producers that write as much as they can meanwhile. A member of a
 * group on a connection of its own goes on with its heartbeats.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  BatchBuilder,
  createTopicsRequest,
  createTopicsResponse,
  errorName,
  heartbeatRequest,
  heartbeatResponse,
  joinGroupRequest,
  joinGroupResponse,
  produceRequest,
  produceResponse,
  syncGroupRequest,
  syncGroupResponse,
} from '@skerry/wire';
import { ownPort, startBroker } from './process.ts';
import { RawReader } from './raw-reader.ts';

export interface SlowDiskTotals {
  /** Of heartbeats, milliseconds, after the first second. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly heartbeats: number;
  readonly written: number;
  readonly failures: readonly string[];
}

const writers = 8;
const groupId = 'steady';
const recordBytes = 16 * 1024;
const everyMs = 5;
const settleMs = 1000;

export async function slowDisk(shim: string, ms: number, writeMs = 200): Promise<SlowDiskTotals> {
  const folder = mkdtempSync(join(tmpdir(), 'skerry-slow-'));
  const during = join(folder, 'slow');
  const port = await ownPort();
  const env = { LD_PRELOAD: shim, SLOW_ROOT: join(folder, 'data'), SLOW_MS: String(writeMs), SLOW_WHILE: during };
  const settings = { 'offsets.topic.num.partitions': 1, 'group.initial.rebalance.delay.ms': 0 };
  const broker = await startBroker({ target: 'skerry', port, data: folder, settings, env });
  const failures: string[] = [];
  try {
    const member = await joined(port);
    const ends = await Promise.all(Array.from({ length: writers }, (_, i) => writer(port, i, failures)));
    writeFileSync(during, '');
    const taken = await heartbeats(member, ms, failures);
    rmSync(during);
    const written = (await Promise.all(ends.map((end) => end()))).reduce((sum, count) => sum + count, 0);
    const at = (share: number): number =>
      Math.round(10 * (taken[Math.min(taken.length - 1, Math.floor(share * taken.length))] ?? Number.NaN)) / 10;
    return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), heartbeats: taken.length, written, failures };
  } finally {
    broker.kill();
    await broker.ended;
    rmSync(folder, { recursive: true });
  }
}

interface Member {
  readonly client: RawReader;
  readonly memberId: string;
  readonly generationId: number;
}

async function joined(port: number): Promise<Member> {
  const client = await RawReader.open(port);
  const protocols = [{ name: 'range', metadata: new Uint8Array(0) }];
  const asked = { groupId, sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 30_000, protocolType: 'consumer', protocols };
  const deadline = performance.now() + 60_000;
  let memberId = '';
  for (;;) {
    const answer = await client.ask(joinGroupRequest, joinGroupResponse, 4, { ...asked, memberId });
    const error = errorName(answer.errorCode);
    memberId = answer.memberId;
    if (error === 'NONE') {
      const { generationId } = answer;
      const assignments = [{ memberId, assignment: new Uint8Array(0) }];
      await client.ask(syncGroupRequest, syncGroupResponse, 3, { groupId, generationId, memberId, assignments });
      return { client, memberId, generationId };
    }
    if (performance.now() > deadline) throw new Error(`JoinGroup: ${error}`);
    if (error !== 'MEMBER_ID_REQUIRED') await delay(50);
  }
}

/** One that writes to a topic of its own, one request after the other; what it gives ends it. */
async function writer(port: number, number: number, failures: string[]): Promise<() => Promise<number>> {
  const client = await RawReader.open(port);
  const name = `slow-${number}`;
  const topics = [{ name, numPartitions: 1, replicationFactor: 1 }];
  await client.ask(createTopicsRequest, createTopicsResponse, 5, { topics, timeoutMs: 10_000 });
  const ending = new AbortController();
  let count = 0;
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const records = new BatchBuilder().append({ value: new Uint8Array(recordBytes) }).build();
      const topicData = [{ name, partitionData: [{ index: 0, records }] }];
      const asked = { acks: -1, timeoutMs: 30_000, topicData };
      const answer = await client.ask(produceRequest, produceResponse, 9, asked);
      const code = answer.responses[0]?.partitionResponses[0]?.errorCode ?? -1;
      if (code !== 0) failures.push(`${name}: ${errorName(code)}`);
      else count++;
    }
  };
  const over = loop();
  return async () => {
    ending.abort();
    await over;
    client.close();
    return count;
  };
}

/** How long each took, in order of that, but for those of the first second. */
async function heartbeats({ client, memberId, generationId }: Member, ms: number, failures: string[]) {
  const begun = performance.now();
  const taken: number[] = [];
  while (performance.now() < begun + settleMs + ms) {
    const sent = performance.now();
    const { errorCode } = await client.ask(heartbeatRequest, heartbeatResponse, 3, { groupId, generationId, memberId });
    const tookMs = performance.now() - sent;
    if (errorCode !== 0) failures.push(`Heartbeat: ${errorName(errorCode)}`);
    if (sent > begun + settleMs) taken.push(tookMs);
    await delay(everyMs);
  }
  client.close();
  return taken.sort((a, b) => a - b);
}
