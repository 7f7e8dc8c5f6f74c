import type { Clock, Compute, MemoryBudget, Random } from '@skerry/base';
import type { ApiVersionsResponseInput } from '@skerry/wire';
import type { Catalog } from './catalog.ts';
import type { Cluster } from './cluster.ts';
import type { CoordinatorLogs } from './coordinator-logs.ts';
import type { Coordinators } from './coordinators.ts';
import type { DiskBudget } from './disk-budget.ts';
import type { FetchSessions } from './fetch-sessions.ts';
import type { GroupLogs } from './group-logs.ts';
import type { Groups } from './groups/groups.ts';
import type { LogLevels } from './log-levels.ts';
import type { Meter, Quotas } from './quotas/quotas.ts';
import type { Report } from './report.ts';
import type { LiveSettings } from './settings/live-settings.ts';
import type { Settings } from './settings/settings.ts';
import type { Share } from './share/share.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import type { Transactions } from './transactions/transactions.ts';

/** What an authoriser is asked about, in Kafka's words (KIP-11). */
export type Operation =
  | 'read'
  | 'write'
  | 'create'
  | 'delete'
  | 'alter'
  | 'describe'
  | 'clusterAction'
  | 'describeConfigs'
  | 'alterConfigs'
  | 'idempotentWrite';
export type ResourceType = 'topic' | 'group' | 'cluster' | 'transactionalId';

/** Decides whether a principal may do something. The default says yes. */
export interface Authoriser {
  allowed(principal: string, host: string, operation: Operation, resourceType: ResourceType, name: string): boolean;
}

/** Where a client comes from. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  readonly softwareName: string;
  readonly softwareVersion: string;
}

/** Who is asking, over which connection. */
export interface Client {
  /** Names the connection in logs and metrics. */
  readonly connectionId: number;
  /** `User:ANONYMOUS` where nobody authenticates. */
  readonly principal: string;
  readonly listener: string;
  /** The peer's address, without port. */
  readonly host: string;
  /** Where the peer is, and which software it says that it is. */
  readonly origin: Origin;
  /** The address by which this client reached us. */
  readonly dialled: { readonly host: string; readonly port: number };
  /**
   * Calls `run` when the connection ends, unless the function returned was called before: for work that is only worth
   * doing for this client.
   */
  onClosed(run: () => void): () => void;
  /** The client has said which software it is (KIP-511). */
  introduce(softwareName: string, softwareVersion: string): void;
  /** Closes the connection. */
  disconnect(reason: string): void;
}

/** The one folder of all data, and the file system that it is on. */
export interface DataFolder {
  /** As the operator knows it. */
  readonly path: string;
  readonly totalBytes: number;
  readonly usableBytes: number;
}

/** What the node's parts share; one per node. */
export interface Node {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly compute: Compute;
  /** As they are now: read where they are needed, not kept. */
  readonly settings: Settings;
  readonly live: LiveSettings;
  readonly logLevels: LogLevels;
  readonly catalog: Catalog;
  readonly groups: Groups;
  readonly groupLogs: GroupLogs;
  readonly transactions: Transactions;
  readonly transactionLogs: CoordinatorLogs;
  readonly coordinators: Coordinators;
  readonly cluster: Cluster;
  readonly share: Share;
  readonly quotas: Quotas;
  readonly telemetry: Telemetry;
  readonly fetchSessions: FetchSessions;
  readonly diskBudget: DiskBudget;
  readonly memory: MemoryBudget;
  /** What ApiVersions answers. */
  readonly servedApis: ApiVersionsResponseInput;
  readonly authoriser: Authoriser;
  /** As it is now. */
  readonly dataFolder: () => DataFolder;
  readonly report: Report;
  /** Why nothing may be written, if so: told to clients that try. */
  readonly readOnly: string | undefined;
}

/** All a handler may reach while it serves one request. */
export interface Context extends Node {
  readonly client: Client;
  readonly apiVersion: number;
  /** The request header's client id; empty where it had none. */
  readonly clientId: string;
  /** What the request uses of its client's quotas; undefined while none is set. */
  readonly meter: Meter | undefined;
  /** Whether the client may do `operation` on the resource; the cluster's name is `kafka-cluster`. */
  allowed(operation: Operation, resourceType: ResourceType, name: string): boolean;
  /**
   * Keeps later requests of this connection from starting until called with false: for a Produce that leaves the loop
   * before its append.
   */
  hold(on: boolean): void;
}
