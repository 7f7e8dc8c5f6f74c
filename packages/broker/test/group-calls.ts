/** A group's requests in a tester's words, over the wire to a simulated broker. */
import { Offset, utf8Decode, utf8Encode } from '@skerry/base';
import { type RawClient, World } from '@skerry/testkit';
import {
  errorName,
  type JoinGroupRequestInput,
  type JoinGroupResponse,
  joinGroupRequest,
  joinGroupResponse,
  type OffsetCommitRequestInput,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  syncGroupRequest,
  syncGroupResponse,
} from '@skerry/wire';
import type { Operation } from '../src/context.ts';
import { createTopic } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

/** What is denied, as "operation type name"; the rest is allowed. */
type Denied = Set<string>;

export interface Site {
  readonly world: World;
  readonly node: SimulatedNode;
  readonly client: RawClient;
  readonly denied: Denied;
}

/** A broker with the topics t (two partitions) and u. */
export function site(settings: Readonly<Record<string, string | number>> = {}): Site {
  const world = new World(5);
  const denied: Denied = new Set();
  const allowed = (_who: string, _host: string, operation: Operation, type: string, name: string): boolean =>
    !denied.has(`${operation} ${type} ${name}`);
  const options = { authoriser: { allowed } };
  const node = new SimulatedNode(world, { 'auto.create.topics.enable': 'false', ...settings }, options);
  node.start();
  const client = node.client();
  createTopic(client, 't', 2);
  createTopic(client, 'u');
  return { world, node, client, denied };
}

export interface Identity {
  readonly groupId: string;
  readonly memberId: string;
  readonly generationId: number;
}

/** What a member of group g asks to join with. */
export const joining: JoinGroupRequestInput = {
  groupId: 'g',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 30_000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: utf8Encode('what I read') }],
};

/** Joins, with the id that it is given if it must, and waits for the answer. */
export function join(client: RawClient, version: number, more: JoinGroupRequestInput = {}): JoinGroupResponse {
  const asked = { ...joining, ...more };
  const answer = client.ask(joinGroupRequest, joinGroupResponse, version, asked);
  if (errorName(answer.errorCode) !== 'MEMBER_ID_REQUIRED') return answer;
  return client.ask(joinGroupRequest, joinGroupResponse, version, { ...asked, memberId: answer.memberId });
}

/** Joins alone and syncs: the only member of a stable group, with `assignment`. */
export function settle(client: RawClient, assignment = 'p0', more: JoinGroupRequestInput = {}): Identity {
  const { memberId, generationId } = join(client, 9, more);
  const groupId = more.groupId ?? 'g';
  const { errorCode } = client.ask(syncGroupRequest, syncGroupResponse, 5, {
    groupId,
    memberId,
    generationId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: utf8Encode(assignment) }],
  });
  if (errorCode !== 0) throw new Error(`sync: ${errorName(errorCode)}`);
  return { groupId, memberId, generationId };
}

/** What was answered for each partition, as "topic-partition ERROR". */
export function commit(client: RawClient, version: number, request: OffsetCommitRequestInput): string[] {
  const { topics } = client.ask(offsetCommitRequest, offsetCommitResponse, version, request);
  return topics.flatMap(({ name, topicId, partitions }) =>
    partitions.map((p) => `${version >= 10 ? topicId : name}-${p.partitionIndex} ${errorName(p.errorCode)}`),
  );
}

/** A commit for one partition of a group that nobody is a member of. */
export function simpleCommit(offset: number, topic = 't', partitionIndex = 0): OffsetCommitRequestInput {
  const partitions = [{ partitionIndex, committedOffset: Offset(offset), committedMetadata: `note ${offset}` }];
  return { groupId: 's', topics: [{ name: topic, partitions }] };
}

/** All that a group has committed, as "topic-partition@offset (note)". */
export function committed(client: RawClient, groupId: string): string[] {
  const ask = { groups: [{ groupId, topics: null }] };
  const { groups } = client.ask(offsetFetchRequest, offsetFetchResponse, 8, ask);
  return groups.flatMap(({ topics }) =>
    topics.flatMap(({ name, partitions }) =>
      partitions.map((p) => `${name}-${p.partitionIndex}@${p.committedOffset} (${p.metadata})`),
    ),
  );
}

export const text = (bytes: Uint8Array): string => utf8Decode(bytes);
