import { Bytes, type Disk } from '@skerry/base';
import { World } from '@skerry/testkit';
import {
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorName,
  initProducerIdRequest,
  initProducerIdResponse,
  metadataRequest,
  metadataResponse,
} from '@skerry/wire';
import { describe, expect, test } from 'vitest';
import { readOnlyReason, recordBadEnd } from '../src/index.ts';
import { batchOf, createTopic, fetch, produce } from './calls.ts';
import { commit, committed, settle, simpleCommit, site } from './group-calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const minute = 60_000;

function failures(disk: Disk, wallMs: readonly number[]): void {
  for (const at of wallMs) recordBadEnd(disk, { wallMs: at, exitCode: 74, why: 'SKR_DISK_FAILED: sync x: EIO' });
}

/** Every file, to the byte. */
function contents(disk: Disk, folder = ''): string[] {
  return disk.list(folder).flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    return isFile(disk, path) ? [`${path} ${bytesOf(disk, path).join()}`] : [path, ...contents(disk, path)];
  });
}

function isFile(disk: Disk, path: string): boolean {
  try {
    disk.open(path, { create: false }).close();
    return true;
  } catch {
    return false;
  }
}

function bytesOf(disk: Disk, path: string): Uint8Array {
  const file = disk.open(path, { create: false });
  const bytes = new Uint8Array(file.size());
  file.readNow(bytes, Bytes(0));
  file.close();
  return bytes;
}

describe('failures within an hour', () => {
  const now = 1_800_000_000_000;
  const disk = () => new World(1).machine('one').disk;

  test.each([
    ['four', [1, 2, 3, 4], undefined],
    ['five', [1, 2, 3, 4, 5], 60 - 5],
    ['five, and older ones', [500, 400, 50, 40, 30, 20, 10], 60 - 50],
    ['six', [50, 40, 30, 20, 10, 5], 60 - 40],
    ['five in more than an hour', [70, 50, 40, 30, 20], undefined],
    ['five by a clock that was ahead a little', [-1, -2, -3, -4, -5], 60 + 1],
    ['five by a clock in another year', [-1e6, -1e6, -1e6, -1e6, -1e6], undefined],
  ])('%s', (_what, minutesAgo, minutesLeft) => {
    const machine = disk();
    failures(
      machine,
      minutesAgo.map((ago) => now - ago * minute),
    );
    const left = readOnlyReason(machine, 'auto', now)?.untilMs;
    expect(left === undefined ? undefined : (left - now) / minute).toBe(minutesLeft);
  });

  test('a setting decides, whatever they are', () => {
    const machine = disk();
    expect(readOnlyReason(machine, 'true', now)?.why).toBe('skerry.read.only=true');
    failures(
      machine,
      [1, 2, 3, 4, 5].map((ago) => now - ago),
    );
    expect(readOnlyReason(machine, 'false', now)).toBeUndefined();
  });

  test('a file that was cut off, or holds something else, counts what can be read', () => {
    const machine = disk();
    failures(
      machine,
      [1, 2, 3, 4, 5].map((ago) => now - ago),
    );
    const file = machine.open('bad-ends', { create: false });
    file.truncate(Bytes(file.size() - 100));
    file.close();
    expect(readOnlyReason(machine, 'auto', now)).toBeUndefined();
  });

  test('the file keeps the last of them', () => {
    const machine = disk();
    failures(
      machine,
      Array.from({ length: 500 }, (_, i) => now - i),
    );
    expect(bytesOf(machine, 'bad-ends').length).toBeLessThan(2000);
  });
});

describe('a node that failed five times within an hour', () => {
  /** It has a topic with records, a committed offset, and a torn write at its end. */
  function failed(): { readonly node: SimulatedNode; readonly before: string[] } {
    const { node, client } = site();
    produce(client, 't', batchOf(['kept']));
    commit(client, 8, simpleCommit(1));
    node.kill();
    const { disk, clock } = node.machine;
    const folder = disk.list('topics').find((name) => name.startsWith('t-0')) ?? '';
    const torn = disk.open(`topics/${folder}/00000000000000000000.log`, { create: false });
    torn.writeNow([batchOf(['torn']).subarray(0, 50)], torn.size());
    torn.close();
    const now = clock.wallMs();
    failures(disk, [now, now, now, now, now]);
    return { node, before: contents(disk) };
  }

  test('serves what it has, and writes nothing, also not by its recovery', () => {
    const { node, before } = failed();
    const { commits } = node.machine.store;
    const { write, truncate, sync, rename, remove } = node.machine.disk.counts;
    node.start();
    const client = node.client();
    expect(fetch(client, 't', 0, { maxWaitMs: 0 })).toMatchObject({ values: ['kept'], highWatermark: 1 });
    expect(committed(client, 's')).toEqual(['t-0@1 (note 1)']);
    const { topics } = client.ask(metadataRequest, metadataResponse, 9, { topics: null });
    expect(topics.map(({ name }) => name)).toEqual(expect.arrayContaining(['t', 'u']));
    // An hour of retention, timers, and whatever else may come.
    node.machineTime(3600_000);
    node.stop();
    expect(node.machine.disk.counts).toMatchObject({ write, truncate, sync, rename, remove });
    expect(node.machine.store.commits).toBe(commits);
    expect(contents(node.machine.disk)).toEqual(before);
  });

  test('refuses what would write, in words', () => {
    const { node } = failed();
    node.start();
    const client = node.client();
    expect(produce(client, 't', batchOf(['more']))).toEqual({
      error: 'KAFKA_STORAGE_ERROR',
      baseOffset: -1,
      message: expect.stringContaining('the node is read-only: 5 failures within an hour') as string,
    });
    expect(createTopic(client, 'new')).toBe('POLICY_VIOLATION');
    const { responses } = client.ask(deleteTopicsRequest, deleteTopicsResponse, 6, {
      topics: [{ name: 't' }],
      timeoutMs: 1,
    });
    expect(errorName(responses[0]?.errorCode ?? -1)).toBe('POLICY_VIOLATION');
    expect(responses[0]?.errorMessage).toContain('read-only');
    const { errorCode } = client.ask(initProducerIdRequest, initProducerIdResponse, 4, {
      transactionalId: null,
      transactionTimeoutMs: 1,
    });
    expect(errorName(errorCode)).toBe('KAFKA_STORAGE_ERROR');
    expect(commit(client, 8, simpleCommit(2))).toEqual(['t-0 KAFKA_STORAGE_ERROR']);
    expect(fetch(client, 't', 0, { maxWaitMs: 0 }).values).toEqual(['kept']);
  });

  test('lets consumers of groups join and read; what they commit is refused', () => {
    const { node } = failed();
    node.start();
    const client = node.client();
    const { groupId, memberId, generationId } = settle(client);
    const { topics = [] } = simpleCommit(2);
    const request = { groupId, memberId, generationIdOrMemberEpoch: generationId, topics };
    expect(commit(client, 8, request)).toEqual(['t-0 KAFKA_STORAGE_ERROR']);
  });

  test('says why as it starts, and takes records again an hour later', () => {
    const { node } = failed();
    node.start();
    expect(node.events).toContainEqual(
      expect.objectContaining({ kind: 'readOnly', why: expect.stringContaining('EIO') as string }),
    );
    node.stop();
    node.machineTime(3600_000);
    node.start();
    expect(produce(node.client(), 't', batchOf(['more']))).toMatchObject({ error: 'NONE', baseOffset: 1 });
  });
});
