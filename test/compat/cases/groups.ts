/** What cases of groups have in common. */
import { apis } from '../apis.ts';
import { type AskOptions, ask, id, member, offset, type Side, type Step } from '../steps.ts';
import { bytes } from './support.ts';

const { JoinGroup, SyncGroup, Heartbeat, LeaveGroup, OffsetCommit, OffsetFetch } = apis;

export const nobody = 'nobody-11111111-2222-3333-4444-555555555555';
/** A subscription to nothing, v0: Kafka reads it when a join is complete, and answers nobody if it cannot. */
export const subscription = new Uint8Array([0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
/** Another: the same, with a byte of user data. */
export const otherSubscription = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 66]);
export const protocols = [{ name: 'range', metadata: subscription }];

export const joining = {
  groupId: '~g',
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 30_000,
  memberId: '',
  protocolType: 'consumer',
  protocols,
};

export const join = (more: object = {}, options: AskOptions = {}): Step =>
  ask(JoinGroup, { ...joining, ...more }, options);

/** Joins twice, as v4 and later want it: for the member id, then with it. Earlier versions are in at the first. */
export const joined = (more: object = {}, options: AskOptions = {}): readonly Step[] => [
  join(more, { version: 9, ...options }),
  join({ memberId: member(options.as), ...more }, { version: 9, ...options }),
];

const generation = (side: Side, named = 'JoinGroup'): number => side.answer(JoinGroup, named).generationId;

/** The leader's assignment for itself. */
export const sync = (more: object = {}, options: AskOptions & { from?: string } = {}): Step => {
  const { from = 'JoinGroup', ...others } = options;
  return ask(
    SyncGroup,
    (side) => ({
      groupId: '~g',
      generationId: generation(side, from),
      memberId: member(from),
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [{ memberId: member(from), assignment: bytes('assigned') }],
      ...more,
    }),
    others,
  );
};

/** One member in a stable group. */
export const stable = (more: object = {}): readonly Step[] => [
  ...joined(more),
  sync(more.hasOwnProperty('groupId') ? { groupId: (more as { groupId: string }).groupId } : {}, { version: 'newest' }),
];

export const heartbeat = (more: object = {}, options: AskOptions = {}): Step =>
  ask(Heartbeat, (side) => ({ groupId: '~g', generationId: generation(side), memberId: member(), ...more }), options);

/** Waits until member `one` hears that another joins: only then is it settled whose join is the first of a round. */
export const heardOfAnother: Step = ask(
  Heartbeat,
  (side) => ({ groupId: '~g', generationId: generation(side, 'one'), memberId: member('one') }),
  { version: 'newest', until: (answer) => (answer as { errorCode: number }).errorCode === 27 },
);

export const leave = (memberId: string = member(), more: object = {}, options: AskOptions = {}): Step =>
  ask(
    LeaveGroup,
    { groupId: '~g', memberId, members: [{ memberId, groupInstanceId: null, reason: 'done', ...more }] },
    options,
  );

export interface Committed {
  readonly short?: string;
  readonly at?: number;
  readonly index?: number;
  readonly metadata?: string | null;
  readonly epoch?: number;
}

export const committedTopic = ({ short = 'a', at = 5, index = 0, metadata = 'm', epoch = -1 }: Committed = {}) => ({
  name: `~${short}`,
  topicId: id(short),
  partitions: [
    { partitionIndex: index, committedOffset: offset(at), committedLeaderEpoch: epoch, committedMetadata: metadata },
  ],
});

/** A commit without membership, as a client does that assigns partitions to itself. */
export const commit = (committed: Committed = {}, more: object = {}, options: AskOptions = {}): Step =>
  ask(
    OffsetCommit,
    { groupId: '~g', generationIdOrMemberEpoch: -1, memberId: '', topics: [committedTopic(committed)], ...more },
    options,
  );

/** A member's commit. */
export const memberCommit = (committed: Committed = {}, more: object = {}, options: AskOptions = {}): Step =>
  ask(
    OffsetCommit,
    (side) => ({
      groupId: '~g',
      generationIdOrMemberEpoch: generation(side),
      memberId: member(),
      topics: [committedTopic(committed)],
      ...more,
    }),
    options,
  );

/** Offsets by the request's two forms: one group before v8, several from there on. */
export const offsetsOf = (
  groupId: string,
  list: readonly { short: string; indexes: readonly number[] }[] | null,
  options: AskOptions = {},
  more: object = {},
): Step => {
  const topics = list?.map(({ short, indexes }) => ({ name: `~${short}`, partitionIndexes: indexes })) ?? null;
  const byId =
    list?.map(({ short, indexes }) => ({ name: `~${short}`, topicId: id(short), partitionIndexes: indexes })) ?? null;
  return ask(
    OffsetFetch,
    { groupId, topics, groups: [{ groupId, topics: byId, ...more }], requireStable: false },
    options,
  );
};
