/**
 * A broker that answers what a test tells it to, in virtual time: for answers that a real one gives rarely, or never.
 */
import type { Connection, ConnectionEvents } from '@skerry/base';
import type { World } from '@skerry/testkit';
import {
  apiVersionsRequest,
  codec,
  FrameDecoder,
  inRange,
  type Message,
  metadataRequest,
  metadataResponse,
  Reader,
  requestHeader,
  unpooled,
  Writer,
} from '@skerry/wire';

export interface Call {
  readonly apiKey: number;
  readonly version: number;
  readonly clientId: string | null;
}

/** Answers a request; `undefined` says nothing for ever, then or later: answers come in order. */
type Answerer = (request: never, call: Call) => unknown;

interface Api {
  readonly request: Message<unknown, never>;
  readonly response: Message<unknown, never>;
  readonly versions: readonly [min: number, max: number];
  readonly answer: Answerer;
}

const topicId = 'AAAAAAAAAAAAAAAAAAAABw';

export class FakeBroker {
  readonly calls: Call[] = [];
  readonly host: string;
  readonly #apis = new Map<number, Api>();
  readonly #connections = new Set<Connection>();
  readonly #silent = new WeakSet<Connection>();
  #skips = false;

  constructor(world: World, host = 'fake') {
    this.host = host;
    const accept = (connection: Connection): ConnectionEvents => this.#accept(connection);
    world.network.host(host).listen({ host, port: 9092 }, accept, () => {});
    world.clock.advance(1);
  }

  /** Serves an API. `Q` is what the request reads as, `I` what the response is written from. */
  on<Q, I>(
    request: Message<Q, never>,
    response: Message<unknown, I>,
    answer: (request: Q, call: Call) => I | undefined,
    versions: readonly [number, number] = [request.versions.min, request.versions.max],
  ): this {
    this.#apis.set(request.apiKey, { request, response, versions, answer });
    return this;
  }

  /** Tells of one topic with one partition, led by this broker, and others that nobody leads. */
  hasTopic(name: string, leaderless = 0): this {
    const partition = { leaderEpoch: 3, replicaNodes: [1], isrNodes: [1] };
    return this.on(metadataRequest, metadataResponse, () => ({
      brokers: [{ nodeId: 1, host: this.host, port: 9092 }],
      controllerId: 1,
      topics: [
        {
          name,
          topicId: topicId as never,
          partitions: [
            { ...partition, partitionIndex: 0, leaderId: 1 },
            ...Array.from({ length: leaderless }, (_, i) => ({ ...partition, partitionIndex: i + 1, leaderId: -1 })),
          ],
        },
      ],
    }));
  }

  /** Calls of one API so far. */
  count(message: Message<unknown, never>): number {
    return this.calls.filter(({ apiKey }) => apiKey === message.apiKey).length;
  }

  /** Forgets to answer the request that is being served, which a real broker never does. */
  skipAnswer(): void {
    this.#skips = true;
  }

  /** Closes all connections; new ones are taken. */
  drop(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  #accept(connection: Connection): ConnectionEvents {
    this.#connections.add(connection);
    const frames = new FrameDecoder(unpooled, () => 2 ** 31 - 1);
    return {
      data: (chunk) => frames.push(chunk, ({ slab, bytes }) => this.#serve(connection, new Reader(slab, 0, bytes))),
      drain: () => {},
      closed: () => this.#connections.delete(connection),
    };
  }

  #serve(connection: Connection, body: Reader): void {
    const [apiKey, version] = [body.int16(), body.int16()];
    body.rewind(0);
    const api = this.#apis.get(apiKey);
    const flexible = api === undefined ? version >= 3 : inRange(api.request.flexible, version);
    const { correlationId, clientId } = codec(requestHeader, flexible ? 2 : 1).read(body);
    const call = { apiKey, version, clientId };
    this.calls.push(call);
    if (apiKey === apiVersionsRequest.apiKey && api === undefined)
      return this.#tellVersions(connection, correlationId, version);
    if (api === undefined) return connection.destroy();
    const request = codec(api.request, version).read(body);
    const answer = api.answer(request as never, call);
    if (answer === undefined && !isForNobody(request)) this.#silent.add(connection);
    const skips = this.#skips;
    this.#skips = false;
    if (skips || answer === undefined || this.#silent.has(connection)) return;
    this.#send(connection, correlationId, inRange(api.response.flexible, version) && apiKey !== 18, (writer) => {
      codec(api.response, version).write(writer, answer as never);
    });
  }

  /** As version 0 has it, which every version can be told: key, lowest, highest. */
  #tellVersions(connection: Connection, correlationId: number, version: number): void {
    this.#send(connection, correlationId, false, (writer) => {
      writer.int16(version > 0 ? 35 : 0);
      writer.count(this.#apis.size);
      for (const [apiKey, { versions }] of this.#apis) {
        writer.int16(apiKey);
        writer.int16(versions[0]);
        writer.int16(versions[1]);
      }
    });
  }

  #send(connection: Connection, correlationId: number, flexible: boolean, write: (writer: Writer) => void): void {
    const writer = new Writer();
    const length = writer.reserveInt32();
    writer.int32(correlationId);
    if (flexible) writer.uvarint(0);
    write(writer);
    writer.patchInt32(length, writer.size - 4);
    connection.write(writer.finish() as readonly Uint8Array[]);
  }
}

/** A Produce with acks=0 wants no answer. */
const isForNobody = (request: unknown): boolean => (request as { readonly acks?: number }).acks === 0;
