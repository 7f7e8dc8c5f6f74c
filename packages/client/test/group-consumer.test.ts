/** What a member of a group does about answers that a real coordinator gives rarely. */
import { Offset, utf8Encode } from '@skerry/base';
import {
  BatchBuilder,
  type ErrorName,
  errorCode,
  fetchRequest,
  fetchResponse,
  findCoordinatorRequest,
  findCoordinatorResponse,
  heartbeatRequest,
  heartbeatResponse,
  joinGroupRequest,
  joinGroupResponse,
  leaveGroupRequest,
  leaveGroupResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  type Message,
  metadataRequest,
  metadataResponse,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  syncGroupRequest,
  syncGroupResponse,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { GroupConsumer, type GroupConsumerOptions } from '../src/group-consumer.ts';
import { stage } from './stage.ts';

type Verdict = ErrorName | 'silence';

/**
 * A member alone in its group, on t/0 of one partition that holds a record; what the coordinator is told, in order.
 * `verdicts` are answered in turn, then all is well.
 */
function set(
  verdicts: Partial<Record<'find' | 'join' | 'sync' | 'beat' | 'commit' | 'offsets', Verdict[]>> = {},
  options: Partial<GroupConsumerOptions> = {},
  old = false,
) {
  const scene = stage({ requestTimeoutMs: 2000 });
  const { broker, client, world } = scene;
  const log: string[] = [];
  let partitions = 1;
  let ids = 0;
  let generationId = 0;
  const verdict = (of: keyof typeof verdicts): Verdict => verdicts[of]?.shift() ?? 'NONE';
  const up = (message: Message<unknown, never>, last: number): [number, number] => [
    message.versions.min,
    old ? last : message.versions.max,
  ];
  const partition = (partitionIndex: number) => ({ partitionIndex, leaderId: 1, replicaNodes: [1], isrNodes: [1] });
  broker
    .on(metadataRequest, metadataResponse, ({ topics }) => ({
      brokers: [{ nodeId: 1, host: broker.host, port: 9092 }],
      topics: (topics ?? []).map(({ name }) => ({
        name,
        topicId: 'AAAAAAAAAAAAAAAAAAAABw' as never,
        partitions: Array.from({ length: partitions }, (_, i) => partition(i)),
      })),
    }))
    .on(
      findCoordinatorRequest,
      findCoordinatorResponse,
      ({ key, coordinatorKeys }) => {
        const error = verdict('find');
        log.push(`find ${key || coordinatorKeys.join()}`);
        if (error === 'silence') return undefined;
        const found = { nodeId: 1, host: broker.host, port: 9092, errorCode: errorCode(error) };
        return old ? found : { coordinators: [{ key: coordinatorKeys[0] ?? '', ...found }] };
      },
      up(findCoordinatorRequest, 3),
    )
    .on(joinGroupRequest, joinGroupResponse, ({ memberId, protocols }) => {
      const asked = memberId === '' ? 'MEMBER_ID_REQUIRED' : verdict('join');
      log.push(`join as ${memberId || 'new'}${asked === 'NONE' || memberId === '' ? '' : ` ${asked}`}`);
      if (asked === 'silence') return undefined;
      if (asked === 'MEMBER_ID_REQUIRED') return { errorCode: errorCode(asked), memberId: `m${ids++}` };
      if (asked !== 'NONE') return { errorCode: errorCode(asked), memberId };
      generationId++;
      const members = [{ memberId, metadata: protocols[0]?.metadata ?? new Uint8Array(0) }];
      return { generationId, protocolName: 'range', leader: memberId, memberId, members };
    })
    .on(syncGroupRequest, syncGroupResponse, ({ assignments }) => {
      const error = verdict('sync');
      log.push(`sync ${error}`);
      const assignment = assignments[0]?.assignment ?? new Uint8Array(0);
      return error === 'silence' ? undefined : { errorCode: errorCode(error), assignment };
    })
    .on(heartbeatRequest, heartbeatResponse, (request) => {
      const error = verdict('beat');
      if (error !== 'NONE') log.push(`beat ${request.generationId} ${error}`);
      return error === 'silence' ? undefined : { errorCode: errorCode(error) };
    })
    .on(
      leaveGroupRequest,
      leaveGroupResponse,
      ({ memberId, members }) => {
        log.push(`leave ${memberId || members[0]?.memberId}`);
        return {};
      },
      up(leaveGroupRequest, 2),
    )
    .on(offsetCommitRequest, offsetCommitResponse, (request) => {
      const error = verdict('commit');
      const asked = request.topics[0]?.partitions[0];
      log.push(`commit ${request.generationIdOrMemberEpoch} @${asked?.committedOffset} ${error}`);
      if (error === 'silence') return undefined;
      return { topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode: errorCode(error) }] }] };
    })
    .on(
      offsetFetchRequest,
      offsetFetchResponse,
      ({ groupId, groups }) => {
        const error = verdict('offsets');
        if (error !== 'NONE') log.push(`offsets ${error}`);
        if (error === 'silence') return undefined;
        const found = [0, 1].map((partitionIndex) => ({ partitionIndex, committedOffset: Offset(-1), metadata: '' }));
        const topics = [{ name: 't', partitions: found }];
        if (old) return { topics, errorCode: errorCode(error) };
        return { groups: [{ groupId: groups[0]?.groupId ?? groupId, topics, errorCode: errorCode(error) }] };
      },
      up(offsetFetchRequest, 7),
    )
    .on(listOffsetsRequest, listOffsetsResponse, ({ topics }) => {
      const partitionIndex = topics[0]?.partitions[0]?.partitionIndex ?? 0;
      return { topics: [{ name: 't', partitions: [{ partitionIndex, offset: Offset(0) }] }] };
    })
    .on(fetchRequest, fetchResponse, ({ topics }) => {
      const asked = topics[0]?.partitions ?? [];
      const records = (from: number): Uint8Array =>
        from > 0 ? new Uint8Array(0) : new BatchBuilder().append({ value: utf8Encode('r') }).build();
      const answers = asked.map((each) => ({ partitionIndex: each.partition, records: records(each.fetchOffset) }));
      return { responses: [{ topic: 't', topicId: topics[0]?.topicId, partitions: answers }] };
    });
  const consumer = new GroupConsumer(client, {
    groupId: 'g',
    topics: ['t'],
    reset: 'earliest',
    sessionTimeoutMs: 10_000,
    heartbeatIntervalMs: 1000,
    maxWaitMs: 100,
    onAssigned: (assigned) => log.push(`+ ${assigned.map((each) => `${each.partition}@${each.offset}`).join(' ')}`),
    onRevoked: (_partitions, why, proceed) => {
      log.push(`- ${why}`);
      proceed();
    },
    ...options,
  });
  const grow = (): void => {
    partitions++;
  };
  return { ...scene, world, log, consumer, grow };
}

const joined = ['find g', 'join as new', 'join as m0', 'sync NONE', '+ 0@0'];

test.each([false, true])('a member joins in two steps, reads and leaves (an old broker: %s)', (old) => {
  const { world, log, consumer } = set({}, {}, old);
  const told: string[] = [];
  consumer.poll((error, records) => {
    told.push(...(error === undefined ? records.map(({ topic, offset }) => `${topic}@${offset}`) : [error.message]));
  });
  world.clock.advance(1000);
  expect(told).toEqual(['t@0']);
  let closed = false;
  consumer.close(() => {
    closed = true;
  });
  world.clock.advance(100);
  expect(closed).toBe(true);
  expect(log).toEqual([...joined, '- left', 'leave m0']);
});

test('a coordinator that has moved is looked for again, and the member stays one', () => {
  const { world, log } = set({ beat: ['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE'] });
  world.clock.advance(5000);
  expect(log).toEqual([...joined, 'beat 1 NOT_COORDINATOR', 'find g', 'beat 1 COORDINATOR_NOT_AVAILABLE', 'find g']);
});

test('a coordinator that still loads, or gives no answer, is asked again', () => {
  const { world, log } = set({
    find: ['COORDINATOR_NOT_AVAILABLE'],
    join: ['COORDINATOR_LOAD_IN_PROGRESS'],
    sync: ['COORDINATOR_LOAD_IN_PROGRESS'],
    offsets: ['COORDINATOR_LOAD_IN_PROGRESS', 'UNSTABLE_OFFSET_COMMIT'],
    beat: ['COORDINATOR_LOAD_IN_PROGRESS', 'silence'],
  });
  world.clock.advance(10_000);
  expect(log).toEqual([
    'find g',
    'find g',
    'join as new',
    'join as m0 COORDINATOR_LOAD_IN_PROGRESS',
    'join as m0',
    'sync COORDINATOR_LOAD_IN_PROGRESS',
    'sync NONE',
    'offsets COORDINATOR_LOAD_IN_PROGRESS',
    'offsets UNSTABLE_OFFSET_COMMIT',
    '+ 0@0',
    'beat 1 COORDINATOR_LOAD_IN_PROGRESS',
    'beat 1 silence',
    'find g',
  ]);
});

test.each([
  ['UNKNOWN_MEMBER_ID', ['join as new', 'join as m1']],
  ['FENCED_INSTANCE_ID', ['join as new', 'join as m1']],
  ['ILLEGAL_GENERATION', ['join as m0']],
] as const)('a member that is fenced (%s) has lost its partitions, and joins again', (error, joins) => {
  const { world, log } = set({ beat: [error] });
  world.clock.advance(3000);
  expect(log).toEqual([...joined, `beat 1 ${error}`, '- lost', ...joins, 'sync NONE', '+ 0@0']);
});

test('a rebalance waits until the partitions are let go; the session is kept and commits are signed meanwhile', () => {
  let proceed = (): void => {};
  const { world, log, consumer } = set(
    { beat: ['REBALANCE_IN_PROGRESS', 'REBALANCE_IN_PROGRESS'] },
    {
      onRevoked: (_partitions, _why, go) => {
        proceed = go;
      },
    },
  );
  world.clock.advance(2500);
  consumer.commit([{ topic: 't', partition: 0, offset: 1 }], (error) => void log.push(error?.message ?? 'committed'));
  world.clock.advance(1000);
  expect(log).toEqual([
    ...joined,
    'beat 1 REBALANCE_IN_PROGRESS',
    'beat 1 REBALANCE_IN_PROGRESS',
    'commit 1 @1 NONE',
    'committed',
  ]);
  proceed();
  world.clock.advance(1000);
  expect(log.slice(-3)).toEqual(['join as m0', 'sync NONE', '+ 0@0']);
});

test.each(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION'] as const)(
  'after a sync is refused (%s) it joins again',
  (error) => {
    const { world, log } = set({ sync: [error] });
    world.clock.advance(1000);
    expect(log).toEqual(['find g', 'join as new', 'join as m0', `sync ${error}`, 'join as m0', 'sync NONE', '+ 0@0']);
  },
);

test('a refusal that no trying changes is told by poll, now and later', () => {
  const { world, log, consumer } = set({ join: ['GROUP_AUTHORIZATION_FAILED'] });
  for (let i = 0; i < 2; i++) {
    consumer.poll((...[error]) => void log.push(error?.message ?? 'records'));
    world.clock.advance(1000);
  }
  expect(log.slice(3)).toEqual([
    'JoinGroupRequest of group g: GROUP_AUTHORIZATION_FAILED',
    'JoinGroupRequest of group g: GROUP_AUTHORIZATION_FAILED',
  ]);
});

test('commits are made one after the other, so that one tried again undoes none', () => {
  const { world, log, consumer } = set({ commit: ['COORDINATOR_LOAD_IN_PROGRESS', 'silence'] });
  world.clock.advance(500);
  for (const offset of [1, 2]) {
    consumer.commit([{ topic: 't', partition: 0, offset }], (error) => log.push(error?.message ?? `done ${offset}`));
  }
  world.clock.advance(5000);
  expect(log.filter((line) => /commit|done/.test(line))).toEqual([
    'commit 1 @1 COORDINATOR_LOAD_IN_PROGRESS',
    'commit 1 @1 silence',
    'commit 1 @1 NONE',
    'done 1',
    'commit 1 @2 NONE',
    'done 2',
  ]);
});

test('a commit is not tried again once the partitions were given anew, nor one that waited behind it', () => {
  const loading = Array.from({ length: 9 }, () => 'COORDINATOR_LOAD_IN_PROGRESS' as const);
  const { world, log, consumer } = set({ commit: loading, beat: ['REBALANCE_IN_PROGRESS'] });
  world.clock.advance(950);
  for (const offset of [1, 2]) {
    consumer.commit([{ topic: 't', partition: 0, offset }], (error) => log.push(error?.message ?? `done ${offset}`));
  }
  world.clock.advance(5000);
  const last = log.lastIndexOf('commit 1 @1 COORDINATOR_LOAD_IN_PROGRESS');
  expect(log.slice(last + 1)).toEqual([
    'beat 1 REBALANCE_IN_PROGRESS',
    '- rebalance',
    'join as m0',
    'sync NONE',
    '+ 0@0',
    'commit: REBALANCE_IN_PROGRESS: not ours to commit now',
    'commit: REBALANCE_IN_PROGRESS: not ours to commit now',
  ]);
});

test('a commit of a generation of the past is refused, and the member joins again', () => {
  const { world, log, consumer } = set({ commit: ['ILLEGAL_GENERATION'] });
  world.clock.advance(500);
  consumer.commit([{ topic: 't', partition: 0, offset: 1 }], (error) => log.push(error?.message ?? 'done'));
  world.clock.advance(500);
  expect(log.slice(joined.length)).toEqual([
    'commit 1 @1 ILLEGAL_GENERATION',
    '- lost',
    'OffsetCommitRequest of group g: ILLEGAL_GENERATION',
    'join as m0',
    'sync NONE',
    '+ 0@0',
  ]);
});

test('once the session may have run out nothing is told, until the coordinator has taken us for a member again', () => {
  const silent = Array.from({ length: 8 }, () => 'COORDINATOR_LOAD_IN_PROGRESS' as const);
  const { world, consumer } = set({ beat: silent }, { sessionTimeoutMs: 3000, heartbeatIntervalMs: 3000 });
  world.clock.advance(3500);
  const told: number[] = [];
  const poll = (): void => {
    consumer.poll((_error, records) => {
      told.push(...(records ?? []).map(() => world.clock.monotonicMs()));
      world.clock.after(20, poll);
    });
  };
  poll();
  world.clock.advance(20_000);
  expect(told).toHaveLength(1);
  expect(told[0]).toBeGreaterThan(4500);
});

test('the leader sees that a topic has grown, and shares it out anew', () => {
  const { world, log, grow } = set({}, { metadataMaxAgeMs: 20_000 });
  world.clock.advance(30_000);
  grow();
  world.clock.advance(10_500);
  expect(log).toEqual([...joined, '- rebalance', 'join as m0', 'sync NONE', '+ 0@0 1@0']);
});

test('a seek while a fetch is under way goes on from where it says', () => {
  const { world, consumer } = set();
  world.clock.advance(500);
  const told: number[] = [];
  consumer.poll((_error, records) => told.push(...(records ?? []).map(({ offset }) => offset)));
  consumer.seek('t', 0, 5);
  world.clock.advance(1000);
  expect(told).toEqual([]);
  expect(consumer.positions).toEqual([{ topic: 't', partition: 0, offset: 5 }]);
});

test('a commit that is refused for what it says does not cost the membership', () => {
  const { world, log, consumer } = set({ commit: ['OFFSET_METADATA_TOO_LARGE'] });
  world.clock.advance(500);
  consumer.commit([{ topic: 't', partition: 0, offset: 1 }], (error) => void log.push(error?.message ?? 'done'));
  world.clock.advance(5000);
  expect(log.slice(joined.length)).toEqual([
    'commit 1 @1 OFFSET_METADATA_TOO_LARGE',
    'OffsetCommitRequest of group g: OFFSET_METADATA_TOO_LARGE',
  ]);
});
