/** The {@link Cluster} as promises, for whoever is in no hurry; Producer and the consumers use it by callbacks. */
import type { MetadataResponse } from '@skerry/wire';
import { promised } from './callback.ts';
import { type ClientOptions, Cluster } from './cluster.ts';
import type { BrokerConnection } from './connection.ts';
import type { TopicInfo } from './topic-info.ts';
import type { ClientWorld } from './world.ts';

export class Client {
  readonly cluster: Cluster;

  constructor(world: ClientWorld, options: ClientOptions) {
    this.cluster = new Cluster(world, options);
  }

  /** A connection to whichever broker answers first. */
  any(): Promise<BrokerConnection> {
    return promised((done) => this.cluster.any(done));
  }

  /** A connection to the controller, or to any broker of a cluster in which all take its requests. */
  controller(): Promise<BrokerConnection> {
    return promised((done) => this.cluster.controller(done));
  }

  /** Where a topic's partitions are. With `create`, asking for a topic makes it, if the broker is set so. */
  topic(name: string, { create = false }: { readonly create?: boolean } = {}): Promise<TopicInfo> {
    const { cluster } = this;
    return promised((done) => cluster.retry((tried) => cluster.topic(name, create, tried), done));
  }

  /** What the cluster tells of some topics, or of all; nothing of it is taken as known but the brokers. */
  metadata(names: readonly string[] | undefined): Promise<MetadataResponse> {
    return promised((done) => this.cluster.metadata(names, false, done));
  }

  /** What was known of a topic no longer holds. */
  forget(name: string): void {
    this.cluster.forget(name);
  }

  /** Closes all connections; what is under way fails. */
  close(): void {
    this.cluster.close();
  }
}
