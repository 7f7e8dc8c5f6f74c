/** Members of groups: they join, read, commit, leave, die and hang, and say what they were given and committed. */
import { Offset } from '@skerry/base';
import { GroupConsumer, type PartitionOffset, type TopicPartition } from '@skerry/client';
import { MachineClock, type SeededRandom } from '@skerry/testkit';
import { describeGroupsRequest, describeGroupsResponse, offsetCommitRequest, offsetCommitResponse } from '@skerry/wire';
import type { GroupPlan } from './plan.ts';
import type { Scene } from './scene.ts';
import { decodeValue } from './values.ts';

/** One member after the other in the same place, until the run closes. */
export async function belong(scene: Scene, group: GroupPlan, place: number): Promise<void> {
  const random = scene.world.random.fork(`${group.name}/${place}`);
  for (let life = 0; !scene.closing; life++) {
    const name = `${group.name}-${place}-${life}`;
    scene.members.add(name);
    await new Member(scene, group, name, random).live();
    scene.members.delete(name);
    await scene.pause(random.between(100, 3000));
  }
}

const topicPartition = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

class Member {
  readonly #scene: Scene;
  readonly #group: GroupPlan;
  readonly #name: string;
  readonly #random: SeededRandom;
  readonly #clock: MachineClock;
  readonly #consumer: GroupConsumer;
  #failure: Error | undefined;
  /** When it last asked for anything. */
  #asked: number;

  constructor(scene: Scene, group: GroupPlan, name: string, random: SeededRandom) {
    this.#scene = scene;
    this.#group = group;
    this.#name = name;
    this.#random = random;
    this.#clock = new MachineClock(scene.world.clock);
    this.#asked = scene.events.length;
    const { client } = scene.client(name, this.#clock);
    this.#consumer = new GroupConsumer(client, {
      groupId: group.name,
      topics: group.topics,
      reset: 'earliest',
      maxWaitMs: 500,
      sessionTimeoutMs: 6000,
      rebalanceTimeoutMs: 6000,
      onAssigned: (partitions) => this.#assigned(partitions),
      onRevoked: (_partitions, why, proceed) => this.#revoked(why, proceed),
    });
  }

  async live(): Promise<void> {
    const { pauseMs, commits, leaves, dies } = this.#group;
    while (!this.#scene.closing && this.#failure === undefined) {
      await this.#poll();
      if (this.#random.chance(commits)) await this.#commit();
      if (this.#random.chance(0.02)) await this.#commitAsOfOld();
      if (this.#random.chance(dies)) return this.#die();
      if (this.#random.chance(leaves)) break;
      await this.#scene.pause(this.#random.fraction() * 2 * pauseMs);
    }
    await new Promise<void>((resolve) => {
      this.#consumer.close(resolve);
    });
  }

  /** As kill -9: nobody is told. */
  #die(): void {
    this.#clock.stop();
    this.#scene.world.network.vanish(this.#name);
  }

  #poll(): Promise<void> {
    const asked = this.#scene.events.length;
    this.#asked = asked;
    return new Promise((resolve) => {
      this.#consumer.poll((error, records = []) => {
        this.#scene.operations++;
        if (error !== undefined) this.#failed(error);
        for (const [partition, found] of Map.groupBy(records, topicPartition)) {
          const offsets = found.map(({ offset }) => offset as number);
          const values = found.map(({ value }) => decodeValue(value));
          const event = { kind: 'poll', consumer: this.#name, group: this.#group.name, partition } as const;
          this.#scene.note({ ...event, asked, offsets, values }, 'polled', this.#name, offsets[0], values.length);
        }
        resolve();
      });
    });
  }

  #commit(): Promise<void> {
    const { positions } = this.#consumer;
    if (positions.length === 0) return Promise.resolve();
    const commits = positions.map((position) => ({ position, id: this.#scene.newId() }));
    for (const { position, id } of commits) {
      const partition = topicPartition(position);
      const event = { kind: 'commit', id, group: this.#group.name, partition, offset: position.offset } as const;
      this.#scene.note(event, 'commit', this.#name, id, position.offset);
    }
    return new Promise((resolve) => {
      this.#consumer.commit(positions, (error) => {
        this.#scene.operations++;
        if (error !== undefined) this.#scene.failed(error, this.#name);
        else for (const { id } of commits) this.#scene.note({ kind: 'committed', id }, 'committed', this.#name, id);
        resolve();
      });
    });
  }

  /**
   * Commits in the name of a member and of the generation before ours, as one does that hung since: it must be refused,
   * since the coordinator had made ours durable before it told us of it.
   */
  async #commitAsOfOld(): Promise<void> {
    const [position] = this.#consumer.positions;
    const { name: groupId } = this.#group;
    const { generationId = 1 } = this.#consumer;
    if (position === undefined || generationId < 2 || this.#scene.plan.node.durability !== 'power-loss') return;
    const { client } = this.#scene.client(`${this.#name}-old`, this.#clock);
    const id = this.#scene.newId();
    try {
      const connection = await client.any();
      const { groups } = await connection.request(describeGroupsRequest, describeGroupsResponse, { groups: [groupId] });
      const memberId = groups[0]?.members[0]?.memberId;
      if (memberId === undefined) return;
      const event = { kind: 'commit', id, group: groupId, partition: topicPartition(position), offset: 0 } as const;
      this.#scene.note(event, 'old commit', this.#name, id);
      const partitions = [{ partitionIndex: position.partition, committedOffset: Offset(0), committedMetadata: '' }];
      const topics = [{ name: position.topic, partitions }];
      const input = { groupId, memberId, generationIdOrMemberEpoch: generationId - 1, topics };
      const answer = await connection.request(offsetCommitRequest, offsetCommitResponse, input, { versionMax: 9 });
      if (answer.topics[0]?.partitions[0]?.errorCode !== 0) return;
      this.#scene.note({ kind: 'committed', id }, 'old committed', this.#name, id);
    } catch (error) {
      this.#scene.failed(error, this.#name);
    }
  }

  #assigned(partitions: readonly PartitionOffset[]): void {
    for (const { offset, ...rest } of partitions) {
      const partition = topicPartition(rest);
      const event = { kind: 'position', consumer: this.#name, group: this.#group.name, partition, offset } as const;
      this.#scene.note({ ...event, asked: this.#asked }, 'assigned', partition, offset);
    }
  }

  #revoked(why: string, proceed: () => void): void {
    this.#scene.world.trace.note('revoked', this.#name, 0, 0);
    if (why === 'lost' || this.#random.chance(0.2)) proceed();
    else void this.#commit().then(proceed);
  }

  #failed(error: Error): void {
    this.#failure = error;
    this.#scene.failed(error, this.#name);
  }
}
