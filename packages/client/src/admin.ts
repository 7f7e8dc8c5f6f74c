/** Topics: made, listed, described, deleted. */
import {
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
} from '@skerry/wire';
import type { Client } from './client.ts';
import { check } from './errors.ts';
import { type TopicInfo, topicInfo } from './topic-info.ts';

export interface NewTopic {
  readonly name: string;
  /** Without it, what the broker is set to. */
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

export interface ConfigEntry {
  readonly name: string;
  /** Null where it is secret. */
  readonly value: string | null;
  /** Set for this very topic. */
  readonly own: boolean;
}

const topicResource = 2;
const ownSource = 1;
const timeoutMs = 30_000;

export class Admin {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async createTopic({ name, partitions = -1, replicationFactor = -1, configs = {} }: NewTopic): Promise<void> {
    const connection = await this.#client.controller();
    const { topics } = await connection.request(
      createTopicsRequest,
      createTopicsResponse,
      {
        timeoutMs,
        topics: [
          {
            name,
            numPartitions: partitions,
            replicationFactor,
            configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
          },
        ],
      },
      { extraMs: timeoutMs },
    );
    check(topics[0]?.errorCode ?? -1, `create topic ${name}`, topics[0]?.errorMessage);
    this.#client.forget(name);
  }

  async deleteTopic(name: string): Promise<void> {
    const connection = await this.#client.controller();
    // Version 6 moved the names; a version is given its own place alone.
    const named =
      (connection.versionOf(deleteTopicsRequest) ?? 0) >= 6 ? { topics: [{ name }] } : { topicNames: [name] };
    const { responses } = await connection.request(
      deleteTopicsRequest,
      deleteTopicsResponse,
      { timeoutMs, ...named },
      { extraMs: timeoutMs },
    );
    check(responses[0]?.errorCode ?? -1, `delete topic ${name}`, responses[0]?.errorMessage);
    this.#client.forget(name);
  }

  /** All topics, by name. */
  async listTopics(): Promise<TopicInfo[]> {
    const { topics } = await this.#client.metadata(undefined);
    return topics.map(topicInfo).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Where a topic's partitions are now. */
  async describeTopic(name: string): Promise<TopicInfo> {
    const { topics } = await this.#client.metadata([name]);
    check(topics[0]?.errorCode ?? 3, `topic ${name}`);
    return topicInfo(topics[0] as (typeof topics)[number]);
  }

  /** A topic's settings, by name; undefined where the broker does not tell. */
  async topicConfigs(name: string): Promise<ConfigEntry[] | undefined> {
    const connection = await this.#client.any();
    if (connection.versionOf(describeConfigsRequest) === undefined) return undefined;
    const { results } = await connection.request(describeConfigsRequest, describeConfigsResponse, {
      resources: [{ resourceType: topicResource, resourceName: name, configurationKeys: null }],
    });
    check(results[0]?.errorCode ?? -1, `settings of ${name}`, results[0]?.errorMessage);
    return (results[0]?.configs ?? [])
      .map((config) => ({ name: config.name, value: config.value, own: config.configSource === ownSource }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
