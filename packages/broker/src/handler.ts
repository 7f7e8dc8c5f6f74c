import { codec, EncodeError, type ErrorName, type Message, type Part, type Reader, Writer } from '@skerry/wire';
import type { Context } from './context.ts';

/**
 * One API: which versions it serves, and how it answers. One file a handler, `handlers/NN-name.ts`, beside
 * `wire/messages/NN-name.ts`.
 *
 * `bytes` and `records` fields of a request are views into the frame, which is gone once `reply` was called: what is
 * kept is copied.
 */
export interface Handler<Q, S> {
  readonly request: Message<Q, never>;
  readonly response: Message<unknown, S>;
  /** First and last version served. */
  readonly versions: readonly [min: number, max: number];
  /** The first version that ApiVersions names, where old clients need to see one that is not served. */
  readonly advertisedFrom?: number;
  /** May run beside other requests of its kind on one connection (Produce alone). */
  readonly overlap?: true;
  /**
   * Answers by calling `reply` once, now or later; `undefined` sends nothing, where the protocol wants no answer. The
   * client is told to pause for `pauseMs`, and is not read for that long, if its quotas do not ask for more.
   */
  handle(request: Q, context: Context, reply: (answer: S | undefined, pauseMs?: number) => void): void;
  /** The answer that says `error` of everything asked: for what fails before it has had an effect. */
  refuse(request: Q, error: ErrorName, version: number): S;
}

/** Calls back with the encoded answer, or with `undefined` where nothing is sent. */
type SendAnswer = (parts: readonly Part[] | undefined, muteMs?: number) => void;

/** A handler whose types are folded away, so that one table holds them all. */
export interface Route {
  readonly apiKey: number;
  readonly name: string;
  readonly versions: readonly [min: number, max: number];
  readonly advertisedFrom: number;
  readonly overlap: boolean;
  readonly request: Message<unknown, never>;
  readonly response: Message<unknown, never>;
  /**
   * Reads the body, at once, so that a malformed one is a ProtocolError before anything runs; returns what runs the
   * handler.
   */
  open(body: Reader, version: number): (context: Context, correlationId: number, send: SendAnswer) => void;
  /** The answer that refuses all of the request in `body`: for what is wrong before a handler runs. */
  refusal(body: Reader, version: number, error: ErrorName, correlationId: number): readonly Part[];
}

/** One writer serves all answers: none is half-written when another begins. */
const writer = new Writer();

export function route<Q, S>(handler: Handler<Q, S>): Route {
  const { request, response, versions, advertisedFrom = versions[0], overlap = false } = handler;
  return {
    apiKey: request.apiKey,
    name: request.name.replace(/Request$/, ''),
    versions,
    advertisedFrom,
    overlap,
    request,
    response,
    refusal(body, version, error, correlationId) {
      const asked = codec(request, version).read(body);
      return encodeAnswer(response, handler.refuse(asked, error, version), version, correlationId);
    },
    open(body, version) {
      const asked = codec(request, version).read(body);
      return (context, correlationId, send) => {
        let answered = false;
        const reply = (answer: S | undefined, pauseMs = 0): void => {
          if (answered) return;
          answered = true;
          const muteMs = Math.max(context.meter?.throttleMs() ?? 0, pauseMs);
          if (answer === undefined) return send(undefined, muteMs);
          const told = muteMs === 0 ? answer : { ...answer, throttleTimeMs: muteMs };
          try {
            send(encodeAnswer(response, told, version, correlationId), muteMs);
          } catch (error) {
            if (!(error instanceof EncodeError)) throw error;
            context.report({ kind: 'handlerFailed', api: request.name, version, error });
            refuse();
          }
        };
        const refuse = (): void => {
          try {
            const refusal = handler.refuse(asked, 'UNKNOWN_SERVER_ERROR', version);
            send(encodeAnswer(response, refusal, version, correlationId));
          } catch (error) {
            if (!(error instanceof EncodeError)) throw error;
            // What was asked cannot even be refused in this version: one connection closes, and nobody else notices.
            send(undefined);
            context.client.disconnect(`no answer that ${request.name} v${version} can carry`);
          }
        };
        try {
          handler.handle(asked, context, reply);
          context.meter?.returned();
        } catch (error) {
          if (!(error instanceof Error) || isFatal(error) || answered) throw error;
          context.report({ kind: 'handlerFailed', api: request.name, version, error });
          reply(handler.refuse(asked, 'UNKNOWN_SERVER_ERROR', version));
        }
      };
    },
  };
}

/** A broken invariant ends the process: going on could put state we cannot explain on disk. */
function isFatal(error: Error): boolean {
  return error.name === 'InvariantError';
}

/** One answer as bytes: length, response header, body. A value that the version cannot carry is an EncodeError. */
export function encodeAnswer<S>(
  response: Message<unknown, S>,
  answer: S,
  version: number,
  correlationId: number,
): readonly Part[] {
  try {
    const length = writer.reserveInt32();
    writer.int32(correlationId);
    const flexible = version >= response.flexible.min && version <= response.flexible.max;
    // ApiVersions is answered with the oldest header, since the client does not know yet what we speak (KIP-511).
    if (flexible && response.apiKey !== 18) writer.uvarint(0);
    codec(response, version).write(writer, answer);
    writer.patchInt32(length, writer.size - 4);
    return writer.finish();
  } catch (error) {
    writer.reset();
    throw error;
  }
}
