import {
  assert,
  type Clock,
  type Compute,
  type Connection,
  type ConnectionEvents,
  type Disk,
  type Done,
  LeaderEpoch,
  type Listener,
  type Network,
  ProtocolError,
  type Random,
  type Store,
  type Timer,
  type Uuid,
  utf8Encode,
} from '@skerry/base';
import { isSegmentFile, type JournaledDisk, journalLimits, openJournaledDisk, replayJournal } from '@skerry/log';
import { type ConnectionWorld, type ErrorName, ServerConnection } from '@skerry/wire';
import { Catalog } from './catalog.ts';
import { markCleanStop, takeCleanStop } from './clean-stop.ts';
import { Cluster } from './cluster.ts';
import { Connections } from './connections/connections.ts';
import { type Counters, newCounters } from './connections/counters.ts';
import { type MemoryState, NodeMemory } from './connections/node-memory.ts';
import type { Authoriser, DataFolder, Node } from './context.ts';
import { Coordinators } from './coordinators.ts';
import type { DiskBudgetState } from './disk-budget.ts';
import { FetchSessions } from './fetch-sessions.ts';
import { gather } from './gather.ts';
import type { Route } from './handler.ts';
import { identify } from './identity.ts';
import type { LogLevels } from './log-levels.ts';
import { Partitions } from './partitions.ts';
import { Quotas } from './quotas/quotas.ts';
import type { ReadOnlyReason } from './read-only.ts';
import type { Report } from './report.ts';
import { routesByKey, servedApis } from './routes.ts';
import { Session } from './session.ts';
import type { Endpoint } from './settings/listeners.ts';
import { LiveSettings } from './settings/live-settings.ts';
import type { Settings } from './settings/settings.ts';
import { topicSettings } from './settings/topic-settings.ts';
import { StateLog } from './state-log.ts';
import type { ClientMetrics } from './telemetry/client-metrics.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import { metadataTopic } from './topic-plan.ts';
import { unreadable } from './unreadable.ts';

/** The world that a broker runs in. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly store: Store;
  readonly network: Network;
  readonly compute: Compute;
}

export interface BrokerOptions {
  readonly world: World;
  readonly settings: Settings;
  readonly report: Report;
  /** Where the world's disk is, as the operator knows it; `log.dirs` if it is not given. */
  readonly dataFolder?: string;
  /** Nothing changes if none are given. */
  readonly logLevels?: LogLevels;
  /** Everything is allowed if none is given. */
  readonly authoriser?: Authoriser;
  /** What listeners for old clients serve, where `skerry.listeners.legacy` names one: `legacyRoutes()`. */
  readonly legacyRoutes?: readonly Route[] | undefined;
  /** Connections that the system has room for; as many as the settings say, if it is not given. */
  readonly connectionsPossible?: number;
  /** Memory that the system, or the container, gives. */
  readonly memoryBytes?: number;
  /** Nothing is written, and why; the world's disk and store are then `readOnlyDisk` and `readOnlyStore`. */
  readonly readOnly?: ReadOnlyReason | undefined;
}

/** What the connections of a listener get. */
interface Served {
  readonly node: Node;
  readonly routes: ReadonlyMap<number, Route>;
  readonly connections: Connections;
  readonly world: ConnectionWorld;
}

/** Where a started broker is. */
export interface BrokerInfo {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly listeners: readonly { readonly name: string; readonly host: string; readonly port: number }[];
  /** Settings that were given and have no effect here. */
  readonly withoutEffect: readonly string[];
}

const metadataTopicId = 'AAAAAAAAAAAAAAAAAAAAAQ' as Uuid;
const allowAll: Authoriser = { allowed: () => true };

/**
 * A node: replays its journal, opens its data, reads what the logs say, then listens.
 *
 * Nothing is served before the metadata log and the coordinators' logs are applied. A stop ends connections first, then
 * brings the tables up to date, closes the logs, and leaves a mark that says so.
 */
export class Broker {
  readonly #options: BrokerOptions;
  /** From the start on with the disk that goes over the journal. */
  #world: World;
  #journal: JournaledDisk | undefined;
  readonly #listeners: { readonly name: string; readonly listener: Listener }[] = [];
  readonly #memory: NodeMemory;
  #partitions: Partitions | undefined;
  #metadataLog: StateLog | undefined;
  #coordinators: Coordinators | undefined;
  #telemetry: Telemetry | undefined;
  #connections: Connections | undefined;
  #connectionId = 0;
  #retentionTimer: Timer | undefined;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#world = options.world;
    this.#memory = new NodeMemory({ ...options, clock: options.world.clock });
  }

  /** Connections open now. */
  get connectionCount(): number {
    return this.#connections?.count ?? 0;
  }

  /** How often each limit of connections was reached, by the name of its setting. */
  get connectionCounters(): Readonly<Counters> {
    return this.#connections?.counters ?? newCounters();
  }

  /** Bytes of pooled buffers that requests and answers hold now. */
  get slabBytesTaken(): number {
    return this.#memory.slabs.takenBytes;
  }

  /** What `skerry.memory.budget` holds. */
  get memoryBudget(): MemoryState {
    return this.#memory.state;
  }

  /** What `skerry.disk.budget` has done, and where it stands. */
  get diskBudget(): DiskBudgetState | undefined {
    return this.#partitions?.budget.state;
  }

  /** What clients have told of themselves last (KIP-714). */
  get clientMetrics(): Iterable<ClientMetrics> {
    return this.#telemetry?.metrics.all() ?? [];
  }

  start(done: (error?: Error, info?: BrokerInfo) => void): void {
    this.#openJournal((journalError) => {
      if (journalError !== undefined) return done(journalError);
      const { disk, random } = this.#world;
      identify(disk, random, this.#options.settings['node.id'], (error, identity) => {
        if (error !== undefined || identity === undefined) return done(error);
        takeCleanStop(this.#world.disk, (cleanError, clean) => {
          if (cleanError !== undefined) return done(cleanError);
          this.#open(identity.clusterId, clean === true, (openError, node) => {
            if (openError !== undefined || node === undefined) return done(openError);
            this.#listen(node, (listenError) => {
              if (listenError !== undefined) return done(listenError);
              this.#scheduleRetention();
              this.#partitions?.scrub();
              if (this.#options.readOnly === undefined) this.#partitions?.budget.start();
              this.#partitions?.compact();
              done(undefined, this.#info(node));
            });
          });
        });
      });
    });
  }

  /** Ends connections, makes all that was written durable, and lets go of the data folder's files. */
  stop(done: Done): void {
    const { disk } = this.#world;
    this.#retentionTimer?.cancel();
    const closed = gather((closeError) => {
      const flushed = gather((flushError) => {
        const failure = closeError ?? flushError;
        const finish: Done = (error) => {
          markCleanStop(disk, error ?? failure, (unmarked, isMarked) => {
            if (!isMarked || this.#journal === undefined) done(unmarked);
            else this.#journal.close(done);
          });
        };
        if (this.#partitions === undefined) done(failure);
        else this.#partitions.close(finish);
      });
      this.#metadataLog?.flush(flushed.one());
      this.#coordinators?.flush(flushed.one());
      flushed.all();
    });
    this.#coordinators?.close();
    for (const { listener } of this.#listeners) listener.close(closed.one());
    this.#connections?.close();
    closed.all();
  }

  /** Puts what an earlier process left in the journal in its place, before any file of it is opened. */
  #openJournal(done: Done): void {
    const { world, settings, report, readOnly } = this.#options;
    const bytes = settings['skerry.journal.bytes'];
    // On a read-only node nothing is made durable; the files themselves are then as good.
    if (readOnly !== undefined || bytes === 0) {
      world.clock.soon(() => replayJournal({ ...world, report }, done));
      return;
    }
    const options = { ...world, bytes: Math.max(bytes, journalLimits.bytesMin), journals: isSegmentFile, report };
    openJournaledDisk(options, (error, disk) => {
      if (disk !== undefined) this.#world = { ...world, disk };
      this.#journal = disk;
      done(error);
    });
  }

  #open(clusterId: string, cleanShutdown: boolean, done: (error?: Error, node?: Node) => void): void {
    const { report, authoriser = allowAll, readOnly, logLevels = { level: 'INFO' } } = this.#options;
    const world = this.#world;
    const live = new LiveSettings(this.#options.settings);
    const settings = live.now;
    const nodeId = settings['node.id'];
    const memory = this.#memory.budget;
    const holding = { ...world, settings: live, report, memory, cleanShutdown, readOnly: readOnly !== undefined };
    const partitions = new Partitions(holding);
    const catalog = new Catalog(partitions, nodeId);
    const identity = { topic: metadataTopic, topicId: metadataTopicId, index: 0, leaderEpoch: LeaderEpoch(0) };
    const own = topicSettings(
      settings,
      new Map([
        ['skerry.durability', 'power-loss'],
        ['cleanup.policy', 'compact'],
      ]),
    );
    const metadataPartition = partitions.openLog(identity, own);
    const prefix = utf8Encode('metadata ');
    const metadataLog = new StateLog(metadataPartition, catalog, { ...world, report, prefix });
    const randomBytes = (count: number): Uint8Array => world.random.bytes(count);
    const cluster = new Cluster(catalog, metadataLog, { id: nodeId, randomBytes });
    const shape = { ...world, catalog, cluster, settings, report, memory, isReadOnly: readOnly !== undefined };
    const coordinators = new Coordinators(shape);
    const { groups, groupLogs, transactions, transactionLogs, share } = coordinators;
    const telemetry = new Telemetry({ ...world, settings, resources: catalog.resources });
    this.#telemetry = telemetry;
    const fetchSessions = new FetchSessions(world, settings['max.incremental.fetch.session.cache.slots']);
    const { clock, random, compute } = world;
    const shared = {
      nodeId,
      clusterId,
      settings,
      live,
      logLevels,
      catalog,
      cluster,
      groups,
      groupLogs,
      transactions,
      transactionLogs,
      share,
      coordinators,
      fetchSessions,
      diskBudget: partitions.budget,
      telemetry,
      memory,
      quotas: new Quotas(catalog.quotas, clock, settings),
      authoriser,
      dataFolder: () => this.#dataFolder(),
      report,
      readOnly: readOnly === undefined ? undefined : `the node is read-only: ${readOnly.why}`,
    };
    const node: Node = { ...shared, clock, random, compute, servedApis: servedApis() };
    this.#partitions = partitions;
    this.#metadataLog = metadataLog;
    this.#coordinators = coordinators;
    if (metadataPartition.refusal !== undefined) return done(unreadable(metadataPartition.damage));
    metadataLog.start((error) => {
      if (error !== undefined) return done(unreadable(error));
      this.#register(cluster, (registerError) => {
        if (registerError !== undefined) return done(new Error(`cannot write the metadata log: ${registerError}`));
        coordinators.start((unread) => {
          if (unread !== undefined) return done(unread);
          partitions.settled((unsettled) => {
            if (unsettled === undefined) coordinators.begin();
            done(unsettled, node);
          });
        });
      });
    });
  }

  #dataFolder(): DataFolder {
    const { dataFolder, settings } = this.#options;
    const { disk } = this.#world;
    const path = dataFolder ?? settings['log.dirs'][0] ?? '';
    return { path, totalBytes: disk.totalBytes(), usableBytes: disk.freeBytes() };
  }

  #listen(node: Node, done: Done): void {
    const { world, settings } = this.#options;
    const waiting = gather(done);
    const shared = this.#forConnections(node);
    for (const endpoint of settings.endpoints) {
      const listening = waiting.one();
      const served = { ...(endpoint.legacy ? this.#legacy(node) : { node, routes: routesByKey }), ...shared };
      const accept = (connection: Connection): ConnectionEvents => this.#accept(connection, endpoint, served);
      world.network.listen({ host: endpoint.host, port: endpoint.port }, accept, (error, listener) => {
        if (listener !== undefined) this.#listeners.push({ name: endpoint.name, listener });
        listening(error);
      });
    }
    waiting.all();
  }

  #forConnections({ quotas, report, settings }: Node): Pick<Served, 'connections' | 'world'> {
    const { clock } = this.#world;
    const { connectionsPossible: possible = Number.POSITIVE_INFINITY } = this.#options;
    const { gate } = this.#memory;
    const connections = new Connections({ clock, settings, quotas, report, gate, possible });
    this.#connections = connections;
    return { connections, world: this.#memory.connectionWorld(clock, settings) };
  }

  /** What a listener for old clients serves. */
  #legacy(node: Node): Pick<Served, 'node' | 'routes'> {
    const { legacyRoutes } = this.#options;
    assert(legacyRoutes !== undefined, 'a listener for old clients is given its routes');
    const routes = new Map(legacyRoutes.map((one) => [one.apiKey, one]));
    return { node: { ...node, servedApis: servedApis(legacyRoutes) }, routes };
  }

  #accept(connection: Connection, endpoint: Endpoint, served: Served): ConnectionEvents {
    const { report } = this.#options;
    const { node, routes, connections, world } = served;
    return connections.accept(connection, (left) => {
      const identity = { connectionId: ++this.#connectionId, listener: endpoint.name };
      const session = new Session(connection, identity, node, routes, (reason) => {
        left();
        if (reason instanceof ProtocolError) {
          report({ kind: 'connectionRefused', host: connection.remote.host, reason: reason.message });
        }
      });
      return new ServerConnection(connection, session, world);
    });
  }

  /** Says who this node is, in the metadata log, and why it is read-only, if it is. */
  #register(cluster: Cluster, done: (error?: ErrorName) => void): void {
    const { readOnly, report } = this.#options;
    if (readOnly === undefined) return cluster.register(done);
    const { why, sinceMs, untilMs } = readOnly;
    const until = untilMs === undefined ? undefined : new Date(untilMs).toISOString();
    report({ kind: 'readOnly', why, since: new Date(sinceMs).toISOString(), until });
    done();
  }

  #scheduleRetention(): void {
    const { world, settings, readOnly } = this.#options;
    if (readOnly !== undefined) return;
    this.#retentionTimer = world.clock.after(settings['log.retention.check.interval.ms'], () => {
      this.#partitions?.expire();
      this.#scheduleRetention();
    });
  }

  #info({ nodeId, clusterId }: Node): BrokerInfo {
    const listeners = this.#listeners.map(({ name, listener }) => ({ name, ...listener.address }));
    return { nodeId, clusterId, listeners, withoutEffect: this.#options.settings.withoutEffect };
  }
}
