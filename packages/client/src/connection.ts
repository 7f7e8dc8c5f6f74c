/**
 * One connection to one broker: answers come back in the order of the requests, as Kafka has it; one out of turn closes
 * the connection, since a producer's window of sequence numbers rests on that order.
 *
 * The first exchange is ApiVersions (KIP-35, KIP-511): each API is then spoken in the newest version both sides know.
 * A request that is not answered in time closes the connection, as nothing behind it would be answered either. One
 * timer watches all requests: it runs when the first that was due at its setting may be late.
 */
import { type Address, type Connection, ProtocolError, type Timer } from '@skerry/base';
import {
  type ApiVersionsResponse,
  apiVersionsRequest,
  apiVersionsResponse,
  codec,
  errorName,
  FrameDecoder,
  inRange,
  type Message,
  Reader,
  requestHeader,
  unpooled,
  Writer,
} from '@skerry/wire';
import { type Callback, promised } from './callback.ts';
import { KafkaError, UnreachableError } from './errors.ts';
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
/** Versions of ApiVersions in which we ask. */
const newestFirst: readonly number[] = [4, 0];
const softwareName = 'skerry';
const softwareVersion = '0.0.0';

/** One serves all connections: no request is half-written when another begins. */
const writer = new Writer();

interface Pending {
  readonly correlationId: number;
  readonly name: string;
  readonly flexibleHeader: boolean;
  readonly timeoutMs: number;
  readonly dueMs: number;
  take(body: Reader): void;
  readonly fail: Callback<never>;
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
  /** Answers are handed on as views, so their bytes are left to the collector. */
  readonly #frames = new FrameDecoder(unpooled, () => answerBytesMax);
  /** In the order of their requests. */
  #pending: Pending[] = [];
  readonly #versions = new Map<number, { readonly min: number; readonly max: number }>();
  #socket: Connection | undefined;
  #closed: Error | undefined;
  #correlationId = 0;
  /** Runs when the first request may be late; there is none while nothing was asked since it last ran. */
  #watch: Timer | undefined;
  #watchDueMs = Infinity;

  private constructor(world: ClientWorld, address: Address, options: ConnectionOptions) {
    this.#world = world;
    this.address = address;
    this.#options = options;
  }

  /** Connects and learns what the broker speaks; or an UnreachableError. */
  static open(
    world: ClientWorld,
    address: Address,
    options: ConnectionOptions,
    done: Callback<BrokerConnection>,
  ): BrokerConnection {
    const connection = new BrokerConnection(world, address, options);
    connection.#connect((error) => {
      if (error !== undefined) return done(error, undefined);
      connection.#negotiate(newestFirst, (refused) => {
        if (refused === undefined) return done(undefined, connection);
        connection.close();
        done(refused, undefined);
      });
    });
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

  /** Sends `input`; tells the answer, or an UnreachableError when none comes. Never calls back before it returns. */
  ask<T, I>(
    request: Message<unknown, I>,
    response: Message<T, never>,
    input: I,
    { versionMax, extraMs = 0 }: RequestOptions,
    done: Callback<T>,
  ): void {
    const version = this.versionOf(request, versionMax);
    if (version === undefined) return this.#refuse(this.#notSpoken(request), done);
    this.#exchange(
      {
        request,
        version,
        write: (writer) => codec(request, version).write(writer, input),
        read: (body) => codec(response, version).read(body),
        flexibleHeader: inRange(response.flexible, version),
        timeoutMs: this.#options.requestTimeoutMs + extraMs,
      },
      done,
    );
  }

  request<T, I>(
    request: Message<unknown, I>,
    response: Message<T, never>,
    input: I,
    options: RequestOptions = {},
  ): Promise<T> {
    return promised((done) => this.ask(request, response, input, options, done));
  }

  /** Sends what has no answer: a Produce with acks=0. Calls back once the bytes have left us. */
  tell<I>(request: Message<unknown, I>, input: I, { versionMax }: RequestOptions, done: Callback<undefined>): void {
    const version = this.versionOf(request, versionMax);
    if (version === undefined) return this.#refuse(this.#notSpoken(request), done);
    const socket = this.#socket;
    if (socket === undefined || this.#closed !== undefined) {
      return this.#refuse(this.#closed ?? this.#unreachable('not connected'), done);
    }
    const chunks = this.#encode(request, version, this.#correlationId++, (writer) => {
      codec(request, version).write(writer, input);
    });
    socket.write(chunks, () => done(undefined, undefined));
  }

  close(): void {
    this.#fail(this.#unreachable('closed by us'));
    this.#socket?.end();
  }

  #notSpoken(request: Message<unknown, never>): ProtocolError {
    return new ProtocolError(
      `${this.#name} does not speak ${request.name.replace(/Request$/, '')} in any version we know`,
    );
  }

  /** Says no, but not before the call has returned. */
  #refuse(error: Error, done: Callback<never>): void {
    this.#world.clock.soon(() => done(error, undefined));
  }

  #connect(done: (error?: Error) => void): void {
    const { clock, network } = this.#world;
    let settled = false;
    const settle = (error?: Error): void => {
      if (settled) return;
      settled = true;
      timer.cancel();
      if (error !== undefined) this.#fail(error);
      done(error);
    };
    const timer = clock.after(this.#options.connectTimeoutMs, () => {
      settle(this.#unreachable(`no connection within ${this.#options.connectTimeoutMs} ms`));
    });
    const events = {
      data: (chunk: Uint8Array) => this.#receive(chunk),
      drain: () => {},
      closed: (error?: Error) => this.#fail(this.#unreachable(error?.message ?? 'the broker closed the connection')),
    };
    network.connect(this.address, events, (error, socket) => {
      if (this.#closed !== undefined) {
        socket?.destroy();
        return settle(this.#closed);
      }
      if (socket === undefined) return settle(this.#unreachable(error?.message ?? 'refused'));
      this.#socket = socket;
      settle();
    });
  }

  /**
   * A broker too old for version 4 says so in version 0, in which we then ask again. Version 5 tells what a client
   * does not know yet.
   */
  #negotiate([version, ...older]: readonly number[], done: (error?: Error) => void): void {
    if (version === undefined) return done(this.#unreachable('speaks no ApiVersions that we know'));
    const exchange: Exchange<ApiVersionsResponse> = {
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
    };
    this.#exchange(exchange, (error, answer) => {
      if (error !== undefined) return done(error);
      if (answer.errorCode === 35 && version > 0) return this.#negotiate(older, done);
      if (answer.errorCode !== 0)
        return done(new KafkaError(errorName(answer.errorCode), `${this.#name}: ApiVersions`));
      for (const { apiKey, minVersion, maxVersion } of answer.apiKeys) {
        this.#versions.set(apiKey, { min: minVersion, max: maxVersion });
      }
      done();
    });
  }

  #exchange<T>({ request, version, write, read, flexibleHeader, timeoutMs }: Exchange<T>, done: Callback<T>): void {
    const socket = this.#socket;
    if (socket === undefined || this.#closed !== undefined) {
      return this.#refuse(this.#closed ?? this.#unreachable('not connected'), done);
    }
    const correlationId = this.#correlationId++;
    let chunks: readonly Uint8Array[];
    try {
      // Encoded first: of a value that the version cannot carry, nothing is sent, and nothing waits for an answer.
      chunks = this.#encode(request, version, correlationId, write);
    } catch (error) {
      return this.#refuse(error as Error, done);
    }
    const take = (body: Reader): void => {
      let answer: T;
      try {
        answer = read(body);
      } catch (error) {
        done(error as Error, undefined);
        throw error;
      }
      done(undefined, answer);
    };
    const dueMs = this.#world.clock.monotonicMs() + timeoutMs;
    const { name } = request;
    this.#pending.push({ correlationId, name, flexibleHeader, timeoutMs, dueMs, take, fail: done });
    this.#watchUntil(dueMs);
    socket.write(chunks);
  }

  /** Sees to it that somebody looks at `dueMs`, or before. */
  #watchUntil(dueMs: number): void {
    if (this.#watchDueMs <= dueMs) return;
    this.#watch?.cancel();
    this.#watchDueMs = dueMs;
    this.#watch = this.#world.clock.after(dueMs - this.#world.clock.monotonicMs(), () => this.#look());
  }

  #look(): void {
    this.#watchDueMs = Infinity;
    const now = this.#world.clock.monotonicMs();
    let nextMs = Infinity;
    for (const { name, dueMs, timeoutMs } of this.#pending) {
      if (dueMs <= now) {
        this.#fail(this.#unreachable(`no answer to ${name} within ${timeoutMs} ms`));
        this.#socket?.destroy();
        return;
      }
      nextMs = Math.min(nextMs, dueMs);
    }
    if (nextMs < Infinity) this.#watchUntil(nextMs);
  }

  #encode(
    request: Message<unknown, never>,
    version: number,
    correlationId: number,
    write: (writer: Writer) => void,
  ): readonly Uint8Array[] {
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
    if (this.#closed !== undefined) return;
    try {
      this.#frames.push(chunk, ({ slab, bytes }) => this.#answer(new Reader(slab, 0, bytes)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(error);
      this.#socket?.destroy();
    }
  }

  #answer(body: Reader): void {
    // Whoever took the answer before this one may have closed the connection.
    if (this.#closed !== undefined) return;
    const correlationId = body.int32();
    const [pending] = this.#pending;
    if (pending?.correlationId !== correlationId) {
      throw new ProtocolError(`an answer to request ${correlationId}, which is not the one that is due`);
    }
    if (pending.flexibleHeader) body.skipTags();
    this.#pending.shift();
    pending.take(body);
  }

  /** Nothing more comes: all that wait are told, in the order in which they asked. */
  #fail(error: Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#watch?.cancel();
    this.#frames.close();
    const failed = this.#pending;
    this.#pending = [];
    for (const pending of failed) pending.fail(error, undefined);
  }

  get #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  #unreachable(why: string): UnreachableError {
    return new UnreachableError(`${this.#name}: ${why}`);
  }
}
