/**
 * One connection to one broker: requests go out in order, answers come back by correlation id.
 *
 * The first exchange is ApiVersions (KIP-35, KIP-511): each API is then spoken in the newest version both sides know.
 * A request that is not
 * answered in time closes the connection, as nothing behind it would be answered either.
 */
import { type Address, type Connection, ProtocolError, type Timer } from '@skerry/base';
import {
  apiVersionsRequest,
  apiVersionsResponse,
  codec,
  FrameDecoder,
  inRange,
  type Message,
  Reader,
  requestHeader,
  SlabPool,
  Writer,
} from '@skerry/wire';
import { check, UnreachableError } from './errors.ts';
import type { ClientWorld } from './world.ts';

export interface ConnectionOptions {
  readonly clientId: string;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

export interface RequestOptions {
  /** Speak no newer version than this. */
  readonly versionMax?: number;
  /** Wait so much longer than the connection's time-out: for requests that the broker holds back. */
  readonly extraMs?: number;
}

/** The largest answer taken. A fetch of one batch may exceed what was asked for, but no batch is near this. */
const answerBytesMax = 512 * 1024 * 1024;
const softwareName = 'skerry';
const softwareVersion = '0.0.0';

interface Pending {
  /** Undefined where any version's answer is taken: ApiVersions. */
  readonly flexibleHeader: boolean;
  readonly timer: Timer;
  take(body: Reader): void;
  fail(error: Error): void;
}

interface Exchange<T> {
  readonly request: Message<unknown, never>;
  readonly version: number;
  readonly write: (writer: Writer) => void;
  readonly read: (body: Reader) => T;
  readonly flexibleHeader: boolean;
  readonly timeoutMs: number;
}

export class BrokerConnection {
  readonly address: Address;
  readonly #world: ClientWorld;
  readonly #options: ConnectionOptions;
  readonly #writer = new Writer();
  /** Answers are handed on as views, so their bytes are left to the collector: the pool keeps none. */
  readonly #frames = new FrameDecoder(new SlabPool(0), () => answerBytesMax);
  readonly #pending = new Map<number, Pending>();
  readonly #versions = new Map<number, { readonly min: number; readonly max: number }>();
  #socket: Connection | undefined;
  #closed: Error | undefined;
  #correlationId = 0;

  private constructor(world: ClientWorld, address: Address, options: ConnectionOptions) {
    this.#world = world;
    this.address = address;
    this.#options = options;
  }

  /** Connects and learns what the broker speaks; or an UnreachableError. */
  static async open(world: ClientWorld, address: Address, options: ConnectionOptions): Promise<BrokerConnection> {
    const connection = new BrokerConnection(world, address, options);
    await connection.#connect();
    try {
      await connection.#negotiate();
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && this.#closed === undefined;
  }

  /** The version in which an API would be spoken; undefined if the broker and we share none. */
  versionOf(request: Message<unknown, never>, versionMax: number = request.versions.max): number | undefined {
    const theirs = this.#versions.get(request.apiKey);
    if (theirs === undefined) return undefined;
    const version = Math.min(theirs.max, request.versions.max, versionMax);
    return version >= Math.max(theirs.min, request.versions.min) ? version : undefined;
  }

  /** Sends `input` and resolves with the answer; rejects with an UnreachableError when none comes. */
  async request<T, I>(
    request: Message<unknown, I>,
    response: Message<T, never>,
    input: I,
    { versionMax, extraMs = 0 }: RequestOptions = {},
  ): Promise<T> {
    const version = this.#agreed(request, versionMax);
    return this.#exchange({
      request,
      version,
      write: (writer) => codec(request, version).write(writer, input),
      read: (body) => codec(response, version).read(body),
      flexibleHeader: inRange(response.flexible, version),
      timeoutMs: this.#options.requestTimeoutMs + extraMs,
    });
  }

  /** Sends what has no answer: a Produce with acks=0. Resolves once the bytes have left us. */
  async tell<I>(request: Message<unknown, I>, input: I, { versionMax }: RequestOptions = {}): Promise<void> {
    const version = this.#agreed(request, versionMax);
    const chunks = this.#encode(request, version, this.#correlationId++, (writer) => {
      codec(request, version).write(writer, input);
    });
    const socket = this.#socket;
    if (socket === undefined || this.#closed !== undefined) throw this.#closed ?? this.#unreachable('not connected');
    await new Promise<void>((resolve) => {
      socket.write(chunks, resolve);
    });
  }

  close(): void {
    this.#fail(this.#unreachable('closed by us'));
    this.#socket?.end();
  }

  #agreed(request: Message<unknown, never>, versionMax: number | undefined): number {
    const version = this.versionOf(request, versionMax);
    if (version !== undefined) return version;
    throw new ProtocolError(
      `${this.#name} does not speak ${request.name.replace(/Request$/, '')} in any version we know`,
    );
  }

  async #connect(): Promise<void> {
    const { clock, network } = this.#world;
    await new Promise<void>((resolve, reject) => {
      const timer = clock.after(this.#options.connectTimeoutMs, () => {
        const late = this.#unreachable(`no connection within ${this.#options.connectTimeoutMs} ms`);
        this.#fail(late);
        reject(late);
      });
      const events = {
        data: (chunk: Uint8Array) => this.#receive(chunk),
        drain: () => {},
        closed: (error?: Error) => this.#fail(this.#unreachable(error?.message ?? 'the broker closed the connection')),
      };
      network.connect(this.address, events, (error, socket) => {
        timer.cancel();
        if (socket === undefined) return reject(this.#unreachable(error?.message ?? 'refused'));
        if (this.#closed !== undefined) return socket.destroy();
        this.#socket = socket;
        resolve();
      });
    });
  }

  /**
   * A broker too old for version 4 says so in version 0, in which we then ask again. Version 5 tells what a client
   * does not know yet.
   */
  async #negotiate(): Promise<void> {
    for (const version of [4, 0]) {
      const answer = await this.#exchange({
        request: apiVersionsRequest,
        version,
        write: (writer) =>
          codec(apiVersionsRequest, version).write(writer, {
            clientSoftwareName: softwareName,
            clientSoftwareVersion: softwareVersion,
          }),
        read: (body) => {
          const refused = body.remaining >= 2 && new Reader(body.bytes, body.position).int16() === 35;
          return codec(apiVersionsResponse, refused ? 0 : version).read(body);
        },
        flexibleHeader: false,
        timeoutMs: this.#options.requestTimeoutMs,
      });
      if (answer.errorCode === 35 && version > 0) continue;
      check(answer.errorCode, `${this.#name}: ApiVersions`);
      for (const { apiKey, minVersion, maxVersion } of answer.apiKeys) {
        this.#versions.set(apiKey, { min: minVersion, max: maxVersion });
      }
      return;
    }
  }

  #exchange<T>({ request, version, write, read, flexibleHeader, timeoutMs }: Exchange<T>): Promise<T> {
    const socket = this.#socket;
    if (socket === undefined || this.#closed !== undefined) {
      return Promise.reject(this.#closed ?? this.#unreachable('not connected'));
    }
    const correlationId = this.#correlationId++;
    return new Promise<T>((resolve, reject) => {
      // Encoded first: a value that the version cannot carry rejects, and nothing waits for an answer.
      const chunks = this.#encode(request, version, correlationId, write);
      const timer = this.#world.clock.after(timeoutMs, () => {
        this.#fail(this.#unreachable(`no answer to ${request.name} within ${timeoutMs} ms`));
        socket.destroy();
      });
      const take = (body: Reader): void => resolve(read(body));
      this.#pending.set(correlationId, { flexibleHeader, timer, take, fail: reject });
      socket.write(chunks);
    });
  }

  #encode(
    request: Message<unknown, never>,
    version: number,
    correlationId: number,
    write: (writer: Writer) => void,
  ): readonly Uint8Array[] {
    const writer = this.#writer;
    try {
      const length = writer.reserveInt32();
      codec(requestHeader, inRange(request.flexible, version) ? 2 : 1).write(writer, {
        requestApiKey: request.apiKey,
        requestApiVersion: version,
        correlationId,
        clientId: this.#options.clientId,
      });
      write(writer);
      writer.patchInt32(length, writer.size - 4);
      return writer.finish() as readonly Uint8Array[];
    } catch (error) {
      writer.reset();
      throw error;
    }
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#frames.push(chunk, ({ slab, bytes }) => this.#answer(new Reader(slab, 0, bytes)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(error);
      this.#socket?.destroy();
    }
  }

  #answer(body: Reader): void {
    const correlationId = body.int32();
    const pending = this.#pending.get(correlationId);
    if (pending === undefined) throw new ProtocolError(`an answer to request ${correlationId}, which we did not send`);
    this.#pending.delete(correlationId);
    pending.timer.cancel();
    try {
      if (pending.flexibleHeader) body.skipTags();
      pending.take(body);
    } catch (error) {
      pending.fail(error as Error);
      throw error;
    }
  }

  /** Nothing more comes: all that wait are told. */
  #fail(error: Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    for (const pending of this.#pending.values()) {
      pending.timer.cancel();
      pending.fail(error);
    }
    this.#pending.clear();
    this.#frames.close();
  }

  get #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  #unreachable(why: string): UnreachableError {
    return new UnreachableError(`${this.#name}: ${why}`);
  }
}
