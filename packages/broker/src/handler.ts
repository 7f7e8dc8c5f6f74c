import { ProtocolError } from '@skerry/base';
import { codec, type ErrorName, type Message, type Part, Reader, Writer } from '@skerry/wire';
import type { Context } from './context.ts';

/**
 * One API: which versions it serves, and how it answers. One file a handler, `handlers/NN-name.ts`, beside `wire/messages/NN-name.ts`.
 *
 * `bytes` and `records` fields of a request are views into the frame, which is gone once `reply` was called: what is kept is copied.
 */
export interface Handler<Q, S> {
  readonly request: Message<Q>;
  readonly response: Message<S>;
  /** First and last version served, as ApiVersions tells. */
  readonly versions: readonly [min: number, max: number];
  /** May run beside other requests of its kind on one connection (Produce alone). */
  readonly overlap?: true;
  /** Answers by calling `reply` once, now or later; `undefined` sends nothing, where the protocol wants no answer. */
  handle(request: Q, context: Context, reply: (answer: S | undefined) => void): void;
  /** The answer that says `error` of everything asked: for what fails before it has had an effect. */
  refuse(request: Q, error: ErrorName): S;
}

/** A handler whose types are folded away, so that one table holds them all. */
export interface Route {
  readonly apiKey: number;
  readonly name: string;
  readonly versions: readonly [min: number, max: number];
  readonly overlap: boolean;
  /** Versions from here on have a flexible header (KIP-482). */
  readonly flexibleFrom: number;
  /** Reads the body and runs the handler; `reply` gets the encoded answer. */
  serve(body: Reader, context: Context, reply: (parts: readonly Part[] | undefined) => void): void;
}
