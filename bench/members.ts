/**
 * Members of consumer groups by the classic protocol, each with a connection of its own and one request at a time. Who
 * leads a group deals out the partitions in turn.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Offset } from '@skerry/base';
import { decodeAnswer, frameOf } from '@skerry/testkit';
import {
  errorName,
  findCoordinatorRequest,
  findCoordinatorResponse,
  heartbeatRequest,
  heartbeatResponse,
  joinGroupRequest,
  joinGroupResponse,
  type Message,
  offsetCommitRequest,
  offsetCommitResponse,
  syncGroupRequest,
  syncGroupResponse,
} from '@skerry/wire';
import type { Address } from './control.ts';

/** About what a range or cooperative assignor tells of one topic. */
const metadata = new Uint8Array(64);
const assignmentBytesMin = 40;

/** One connection: a request at a time. */
export class Link {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #take: ((answer: Uint8Array) => void) | undefined;
  #fail: (error: Error) => void = () => {};

  constructor({ host, port }: Address) {
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the broker closed the connection')));
    this.#socket.on('data', (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      if (this.#received.length < 4 || this.#received.length < 4 + this.#received.readInt32BE(0)) return;
      const answer = this.#received.subarray(4, 4 + this.#received.readInt32BE(0));
      this.#received = this.#received.subarray(4 + answer.length);
      this.#take?.(answer);
    });
  }

  ask<I, T>(message: Message<unknown, I>, response: Message<T, never>, version: number, value: I): Promise<T> {
    return new Promise((done, failed) => {
      this.#fail = failed;
      this.#take = (answer) => done(decodeAnswer(response, version, answer));
      this.#socket.write(frameOf({ message, version, value }));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The versions of what is asked here, by API key: what a broker must speak. */
export const groupApis: readonly (readonly [apiKey: number, version: number])[] = [
  [findCoordinatorRequest.apiKey, 3],
  [joinGroupRequest.apiKey, 9],
  [syncGroupRequest.apiKey, 5],
  [heartbeatRequest.apiKey, 4],
  [offsetCommitRequest.apiKey, 8],
];

/** Resolves when the group has a coordinator that serves: its topic may be made only now. */
async function untilCoordinated(address: Address, groupId: string): Promise<void> {
  const link = new Link(address);
  const deadline = performance.now() + 60_000;
  for (;;) {
    const { errorCode } = await link.ask(findCoordinatorRequest, findCoordinatorResponse, 3, {
      key: groupId,
      keyType: 0,
    });
    if (errorCode === 0) break;
    if (performance.now() > deadline) throw new Error(`no coordinator: ${errorName(errorCode)}`);
    await delay(50);
  }
  link.close();
}

export interface MemberOptions {
  readonly address: Address;
  readonly groupId: string;
  readonly topic: string;
  /** Of the topic. */
  readonly partitions: number;
}

export class Member {
  readonly #link: Link;
  readonly #options: MemberOptions;
  #memberId = '';
  generationId = -1;
  /** Has its assignment of this generation. */
  stable = false;
  partitions: readonly number[] = [];

  constructor(options: MemberOptions) {
    this.#options = options;
    this.#link = new Link(options.address);
  }

  /** Until it has an assignment. */
  async join(): Promise<void> {
    this.stable = false;
    for (;;) {
      const answer = await this.#link.ask(joinGroupRequest, joinGroupResponse, 9, {
        groupId: this.#options.groupId,
        memberId: this.#memberId,
        sessionTimeoutMs: 45_000,
        rebalanceTimeoutMs: 300_000,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata }],
      });
      const error = errorName(answer.errorCode);
      this.#memberId = error === 'UNKNOWN_MEMBER_ID' ? '' : answer.memberId;
      if (error === 'COORDINATOR_LOAD_IN_PROGRESS' || error === 'NOT_COORDINATOR') await delay(20);
      if (error !== 'NONE') continue;
      this.generationId = answer.generationId;
      const synced = await this.#link.ask(syncGroupRequest, syncGroupResponse, 5, {
        ...this.#claim(),
        protocolType: 'consumer',
        protocolName: 'range',
        assignments: this.#dealt(answer.members.map(({ memberId }) => memberId)),
      });
      if (synced.errorCode !== 0) continue;
      this.partitions = JSON.parse(Buffer.from(synced.assignment).toString()) as number[];
      this.stable = true;
      return;
    }
  }

  /** Says that it is alive, and joins again where that is wanted. */
  async heartbeat(): Promise<void> {
    const { errorCode } = await this.#link.ask(heartbeatRequest, heartbeatResponse, 4, this.#claim());
    if (errorCode !== 0) await this.join();
  }

  /** Of all its partitions, or of the first if it has none. */
  async commit(offset: number): Promise<void> {
    const committed = (this.partitions.length === 0 ? [0] : this.partitions).map((partitionIndex) => ({
      partitionIndex,
      committedOffset: Offset(offset),
    }));
    const { topics } = await this.#link.ask(offsetCommitRequest, offsetCommitResponse, 8, {
      groupId: this.#options.groupId,
      memberId: this.#memberId,
      generationIdOrMemberEpoch: this.generationId,
      topics: [{ name: this.#options.topic, partitions: committed }],
    });
    if (topics[0]?.partitions[0]?.errorCode !== 0) await this.join();
  }

  close(): void {
    this.#link.close();
  }

  #claim() {
    return { groupId: this.#options.groupId, memberId: this.#memberId, generationId: this.generationId };
  }

  #dealt(members: readonly string[]) {
    const all = Array.from({ length: this.#options.partitions }, (_, partition) => partition);
    return members.map((memberId, i) => {
      const own = all.filter((partition) => partition % members.length === i);
      return { memberId, assignment: Buffer.from(JSON.stringify(own).padEnd(assignmentBytesMin)) };
    });
  }
}

/** How often a member asks whether others came, while a group comes together. */
const askMs = 50;

/** All of `members` into one generation; milliseconds from the first JoinGroup until each has its assignment. */
async function comeTogether(members: readonly Member[]): Promise<number> {
  const began = performance.now();
  const [first] = members;
  const areTogether = () => members.every((one) => one.stable && one.generationId === first?.generationId);
  await Promise.all(
    members.map(async (member) => {
      await member.join();
      while (!areTogether()) {
        await delay(askMs);
        await member.heartbeat();
      }
    }),
  );
  return performance.now() - began;
}

let groups = 0;

/** A new group of `count` members that reads `topic`. */
export async function joinGroup(
  address: Address,
  topic: string,
  partitions: number,
  count: number,
): Promise<{ readonly joinMs: number; readonly members: readonly Member[] }> {
  const groupId = `bench-${process.pid}-${groups++}`;
  await untilCoordinated(address, groupId);
  const members = Array.from({ length: count }, () => new Member({ address, groupId, topic, partitions }));
  return { joinMs: await comeTogether(members), members };
}
