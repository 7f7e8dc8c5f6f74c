import { apis } from '../apis.ts';
import { ask, type Case, member, story } from '../steps.ts';
import { commit, joined, joining, leave, memberCommit, protocols, sync } from './groups.ts';
import { bytes, topics } from './support.ts';

const { JoinGroup, OffsetDelete } = apis;
const of = (short: string, ...indexes: readonly number[]) => ({
  name: `~${short}`,
  partitions: indexes.map((partitionIndex) => ({ partitionIndex })),
});
const remove = (...list: readonly ReturnType<typeof of>[]) => ask(OffsetDelete, { groupId: '~g', topics: list });

/** A consumer's metadata, v0: these topics, no user data. */
const reads = (topic: string): Uint8Array =>
  new Uint8Array([0, 0, 0, 0, 0, 1, 0, topic.length, ...bytes(topic), 0xff, 0xff, 0xff, 0xff]);

const joinReading = (short: string, memberId: string) =>
  ask(
    JoinGroup,
    (side) => ({ ...joining, memberId, protocols: [{ name: 'range', metadata: reads(side.name(short)) }] }),
    { version: 9 },
  );

export const offsetDeleteCases: readonly Case[] = [
  story(
    OffsetDelete,
    'of a group without members',
    [
      topics(['a'], { partitions: 2 }),
      topics(['b']),
      remove(of('a', 0)),
      commit(),
      commit({ index: 1 }),
      commit({ short: 'b' }),
      remove(of('a', 0)),
      remove(of('a', 0, 1), of('b', 0)),
      remove(of('a', 0)),
    ],
    { quick: true },
  ),
  story(OffsetDelete, 'of topics and partitions that do not exist', [
    topics(['a']),
    remove(of('none', 0)),
    commit(),
    remove(of('none', 0), of('a', 7, 0, -1)),
    remove(of('none', 0)),
    ask(OffsetDelete, { groupId: '~g', topics: [{ name: '', partitions: [{ partitionIndex: 0 }] }] }),
  ]),
  story(OffsetDelete, 'lists that are odd', [
    topics(['a'], { partitions: 2 }),
    remove(),
    commit(),
    remove(),
    remove(of('a')),
    remove(of('a', 0, 0), of('a', 0, 1)),
    ask(OffsetDelete, { groupId: '', topics: [of('a', 0)] }),
    ask(OffsetDelete, { groupId: '~g', topics: null as never }),
    ask(OffsetDelete, { groupId: null as never, topics: [] }),
  ]),
  story(OffsetDelete, 'of a group at work, which reads another topic', [
    topics(['a']),
    topics(['b']),
    joinReading('b', ''),
    joinReading('b', member()),
    sync({}, { version: 'newest' }),
    memberCommit(),
    memberCommit({ short: 'b' }),
    remove(of('a', 0), of('b', 0)),
    leave(),
    remove(of('a', 0)),
  ]),
  story(OffsetDelete, 'of a group whose members are no consumers', [
    topics(['a']),
    ...joined({ protocolType: 'connect', protocols }),
    remove(of('a', 0)),
    remove(),
  ]),
];
