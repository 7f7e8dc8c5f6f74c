/**
 * A Kafka client without manners: sends exactly the bytes it is told to, in virtual time, and shows what comes back.
 * For tests of the broker, which a client library would keep from seeing what they are about.
 */
import { type Address, assert, type Connection, joined, type Network } from '@skerry/base';
import {
  apiVersionsResponse,
  codec,
  FrameDecoder,
  inRange,
  type Message,
  Reader,
  requestHeader,
  unpooled,
  Writer,
} from '@skerry/wire';
import type { VirtualClock } from './virtual-clock.ts';

export interface RawRequest<I> {
  readonly message: Message<unknown, I>;
  readonly version: number;
  readonly value: I;
  readonly clientId?: string;
  readonly correlationId?: number;
}

/** A request as it travels, its length included. */
export function frameOf<I>({
  message,
  version,
  value,
  clientId = 'raw',
  correlationId = 7,
}: RawRequest<I>): Uint8Array {
  const writer = new Writer();
  const length = writer.reserveInt32();
  const header = { requestApiKey: message.apiKey, requestApiVersion: version, correlationId, clientId };
  codec(requestHeader, inRange(message.flexible, version) ? 2 : 1).write(writer, header);
  codec(message, version).write(writer, value);
  writer.patchInt32(length, writer.size - 4);
  return joined(writer.finish() as readonly Uint8Array[]);
}

export class RawClient {
  readonly #clock: VirtualClock;
  readonly #answers: Uint8Array[] = [];
  readonly #frames = new FrameDecoder(unpooled, () => 2 ** 31 - 1);
  #connection: Connection | undefined;
  #closed = false;

  /** Connects, letting virtual time pass until that is done. */
  constructor(clock: VirtualClock, network: Network, address: Address) {
    this.#clock = clock;
    const events = {
      data: (chunk: Uint8Array) =>
        this.#frames.push(chunk, ({ slab, bytes }) => this.#answers.push(slab.slice(0, bytes))),
      drain: () => undefined,
      closed: () => {
        this.#closed = true;
      },
    };
    network.connect(address, events, (error, connection) => {
      if (error !== undefined) this.#closed = true;
      this.#connection = connection;
    });
    clock.runUntil(() => this.#closed || this.#connection !== undefined);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Answers that nobody has taken yet. */
  get pending(): number {
    return this.#answers.length;
  }

  send(bytes: Uint8Array): void {
    assert(this.#connection !== undefined, 'connected');
    this.#connection.write([bytes]);
  }

  close(): void {
    this.#connection?.destroy();
  }

  /** Reads nothing from here on, as a client does that hangs. */
  stall(): void {
    this.#connection?.pause();
  }

  /**
   * The next answer, length field left out, waiting for it in virtual time; undefined if the connection closes
   * instead.
   */
  next(withinMs?: number): Uint8Array | undefined {
    this.#clock.runUntil(() => this.#closed || this.#answers.length > 0, withinMs);
    return this.#answers.shift();
  }

  /** Sends one request and reads its answer. */
  ask<T, I>(message: Message<unknown, I>, response: Message<T, never>, version: number, value: I): T {
    this.send(frameOf({ message, version, value }));
    const answer = this.next();
    if (answer === undefined) throw new Error(`${message.name} v${version}: the broker closed the connection`);
    return decodeAnswer(response, version, answer);
  }
}

/** Reads an answer whole; bytes left over are an error, as they are to librdkafka. */
export function decodeAnswer<T>(response: Message<T, never>, version: number, answer: Uint8Array): T {
  const reader = new Reader(answer);
  reader.int32();
  if (response.apiKey !== apiVersionsResponse.apiKey && inRange(response.flexible, version)) reader.skipTags();
  const value = codec(response, version).read(reader);
  assert(reader.remaining === 0, `${response.name} v${version}: ${reader.remaining} bytes too many`);
  return value;
}
