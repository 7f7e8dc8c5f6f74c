import { type Connection, ProtocolError } from '@skerry/base';
import { type Call, Reader, type Reply, readClientId, readRequestStart, type Service } from '@skerry/wire';
import type { Authoriser, Client, Context, Node, Operation, Origin, ResourceType } from './context.ts';
import type { Route } from './handler.ts';
import { unsupportedApiVersions } from './routes.ts';

const apiVersionsKey = 18;

/** One client's connection, as the broker sees it: who it is, and which handler serves each of its frames. */
export class Session implements Service, Client {
  readonly connectionId: number;
  readonly principal = 'User:ANONYMOUS';
  readonly listener: string;
  readonly host: string;
  readonly dialled: { readonly host: string; readonly port: number };
  /** The principal's name, as quotas are set for it. */
  readonly #user: string;
  #origin: Origin;
  readonly #node: Node;
  readonly #routes: ReadonlyMap<number, Route>;
  readonly #connection: Connection;
  readonly #onEnd: (reason: Error | undefined) => void;
  /** Made when first needed: most connections never do. */
  #closers: Set<() => void> | undefined;

  constructor(
    connection: Connection,
    identity: { connectionId: number; listener: string },
    node: Node,
    routes: ReadonlyMap<number, Route>,
    onEnd: (reason: Error | undefined) => void,
  ) {
    this.connectionId = identity.connectionId;
    this.#user = this.principal.slice(this.principal.indexOf(':') + 1);
    this.listener = identity.listener;
    this.host = connection.remote.host;
    const { host, port } = connection.remote;
    this.#origin = { host, port, softwareName: 'unknown', softwareVersion: 'unknown' };
    this.dialled = { host: connection.serverName ?? connection.local.host, port: connection.local.port };
    this.#node = node;
    this.#routes = routes;
    this.#connection = connection;
    this.#onEnd = onEnd;
  }

  /**
   * Reads a request whole, so that a malformed one closes the connection before anything of it runs. An API or
   * version that is not served closes it too, as Kafka does; but for ApiVersions, with which a client finds out.
   */
  open(frame: Uint8Array): Call {
    const reader = new Reader(frame);
    const { apiKey, apiVersion, correlationId } = readRequestStart(reader);
    const route = this.#routes.get(apiKey);
    const served = route !== undefined && apiVersion >= route.versions[0] && apiVersion <= route.versions[1];
    if (!served && apiKey === apiVersionsKey) {
      return { overlap: false, run: (reply) => reply(unsupportedApiVersions(this.#node.servedApis, correlationId)) };
    }
    if (!served) throw notServed(route, apiKey, apiVersion);
    const { min, max } = route.request.flexible;
    const clientId = readClientId(reader, apiVersion >= min && apiVersion <= max);
    const run = route.open(reader, apiVersion);
    return {
      overlap: route.overlap,
      run: (reply: Reply, hold: (on: boolean) => void) => {
        const { quotas } = this.#node;
        const meter = quotas.active ? quotas.meter({ user: this.#user, clientId }, frame.length) : undefined;
        run(new RequestContext(this.#node, this, { apiVersion, clientId, hold, meter }), correlationId, reply);
      },
    };
  }

  get origin(): Origin {
    return this.#origin;
  }

  introduce(softwareName: string, softwareVersion: string): void {
    this.#origin = { ...this.#origin, softwareName, softwareVersion };
  }

  onClosed(run: () => void): () => void {
    const closers = (this.#closers ??= new Set());
    closers.add(run);
    return () => closers.delete(run);
  }

  disconnect(reason: string): void {
    this.#connection.destroy();
    this.closed(new ProtocolError(reason));
  }

  closed(reason: Error | undefined): void {
    const closers = [...(this.#closers ?? [])];
    this.#closers?.clear();
    for (const run of closers) run();
    this.#onEnd(reason);
  }
}

function notServed(route: Route | undefined, apiKey: number, apiVersion: number): ProtocolError {
  const isOld = route !== undefined && apiVersion >= 0 && apiVersion < route.versions[0];
  const advice = isOld ? ': a listener that skerry.listeners.legacy names would' : '';
  return new ProtocolError(`${route?.name ?? `API ${apiKey}`} v${apiVersion} is not served${advice}`);
}

/** What one request may reach: the node's parts, and who asks. */
class RequestContext implements Context {
  readonly nodeId: Node['nodeId'];
  readonly clusterId: Node['clusterId'];
  readonly clock: Node['clock'];
  readonly random: Node['random'];
  readonly compute: Node['compute'];
  readonly settings: Node['settings'];
  readonly live: Node['live'];
  readonly logLevels: Node['logLevels'];
  readonly catalog: Node['catalog'];
  readonly cluster: Node['cluster'];
  readonly fetchSessions: Node['fetchSessions'];
  readonly diskBudget: Node['diskBudget'];
  readonly memory: Node['memory'];
  readonly quotas: Node['quotas'];
  readonly telemetry: Node['telemetry'];
  readonly groups: Node['groups'];
  readonly groupLogs: Node['groupLogs'];
  readonly transactions: Node['transactions'];
  readonly transactionLogs: Node['transactionLogs'];
  readonly share: Node['share'];
  readonly coordinators: Node['coordinators'];
  readonly servedApis: Node['servedApis'];
  readonly authoriser: Authoriser;
  readonly dataFolder: Node['dataFolder'];
  readonly report: Node['report'];
  readonly readOnly: Node['readOnly'];
  readonly client: Client;
  readonly apiVersion: number;
  readonly clientId: string;
  readonly meter: Context['meter'];
  readonly hold: (on: boolean) => void;

  constructor(node: Node, client: Client, own: Pick<Context, 'apiVersion' | 'clientId' | 'meter' | 'hold'>) {
    this.nodeId = node.nodeId;
    this.clusterId = node.clusterId;
    this.clock = node.clock;
    this.random = node.random;
    this.compute = node.compute;
    this.settings = node.settings;
    this.live = node.live;
    this.logLevels = node.logLevels;
    this.catalog = node.catalog;
    this.cluster = node.cluster;
    this.fetchSessions = node.fetchSessions;
    this.diskBudget = node.diskBudget;
    this.memory = node.memory;
    this.quotas = node.quotas;
    this.telemetry = node.telemetry;
    this.groups = node.groups;
    this.groupLogs = node.groupLogs;
    this.transactions = node.transactions;
    this.transactionLogs = node.transactionLogs;
    this.share = node.share;
    this.coordinators = node.coordinators;
    this.servedApis = node.servedApis;
    this.authoriser = node.authoriser;
    this.dataFolder = node.dataFolder;
    this.report = node.report;
    this.readOnly = node.readOnly;
    this.client = client;
    this.apiVersion = own.apiVersion;
    this.clientId = own.clientId;
    this.meter = own.meter;
    this.hold = own.hold;
  }

  allowed(operation: Operation, resourceType: ResourceType, name: string): boolean {
    return this.authoriser.allowed(this.client.principal, this.client.host, operation, resourceType, name);
  }
}
