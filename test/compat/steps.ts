/**
 * What a case is made of. A case is data: it is declared once and run in every version of its API, against both
 * brokers, step by step.
 *
 * In every value a string that begins with `~` is a name: `~a` a topic, `~g`, `~g1` ... a group. Each run of a case
 * gets names of its own. `id('a')` is the id of topic `~a`, on each broker its own; `member('one')` is the member id
 * that the answer named `one` (or the last JoinGroup) gave. Whatever else an earlier answer told is read by a function
 * of {@link Side}. Fields that a version lacks are left out of the request: a value states all of them.
 */
import type { Offset, Uuid } from '@skerry/base';
import type { AnyApi, Api } from './apis.ts';

/** One broker in the course of a case: what it has answered so far. */
export interface Side {
  /** The run's own name for `~a`. */
  name(short: string): string;
  /** The last answer to an API, or the answer with a name. */
  answer<S>(api: Api<never, S>, named?: string): S;
}

export interface AskOptions {
  /** The version; `newest` and `oldest` of those that both brokers serve. By default the case's own version. */
  readonly version?: number | 'newest' | 'oldest';
  /** The connection; each name is one. */
  readonly on?: string;
  /** Names the answer. */
  readonly as?: string;
  /** The answer is not awaited: a later `take` does. */
  readonly later?: true;
  /** Asked again until both brokers agree, for a few seconds: for what becomes true by and by. */
  readonly settles?: true;
  /** Asked again, on each broker, until its answer is this; then compared. */
  readonly until?: (answer: unknown) => boolean;
  /** No answer is due: a produce with acks=0. */
  readonly silent?: true;
  /** The client id of the request; null is allowed. */
  readonly clientId?: string;
}

export interface Ask extends AskOptions {
  readonly kind: 'ask';
  readonly api: AnyApi;
  readonly valueOf: (side: Side) => unknown;
}

/** Waits for an answer that was left for later. */
interface Take {
  readonly kind: 'take';
  readonly named: string;
}

interface Hangup {
  readonly kind: 'hangup';
  readonly on: string;
}

export type Step = Ask | Take | Hangup;

export interface Case {
  /** Says what it asks, in a few words. Unique within its API. */
  readonly name: string;
  /** The API whose every version runs it. */
  readonly api: AnyApi;
  readonly steps: readonly Step[];
  /** Only these versions, where others cannot carry what it is about. */
  readonly from?: number;
  readonly to?: number;
  /** Runs with nothing beside it: it changes what others see. */
  readonly alone?: true;
  /** Part of `npm test`. */
  readonly quick?: true;
  /** Runs in the oldest and in the newest versions of all its APIs, not in every version of one. */
  readonly ends?: true;
}

export type CaseOptions = Omit<Case, 'name' | 'api' | 'steps'>;

export function ask<Q, S>(api: Api<Q, S>, value: Q | ((side: Side) => Q), options: AskOptions = {}): Step {
  const valueOf = typeof value === 'function' ? (value as (side: Side) => Q) : (): Q => value;
  return { kind: 'ask', api, valueOf, ...options };
}

export const take = (named: string): Step => ({ kind: 'take', named });
export const hangup = (on: string): Step => ({ kind: 'hangup', on });

export function story<Q, S>(api: Api<Q, S>, name: string, steps: readonly Step[], options: CaseOptions = {}): Case {
  return { name, api, steps, ...options };
}

/** Five requests or more that depend on one another. */
export function sequence<Q, S>(api: Api<Q, S>, name: string, steps: readonly Step[], options: CaseOptions = {}): Case {
  const asks = steps.filter(({ kind }) => kind === 'ask').length;
  if (asks < sequenceStepsMin) throw new Error(`${name}: a sequence has ${sequenceStepsMin} requests or more`);
  return story(api, name, steps, { ends: true, ...options });
}

const sequenceStepsMin = 5;

/** The id of topic `~a`. */
export const id = (short: string): Uuid => `~id:${short}` as Uuid;
/** The member id given by an answer. */
export const member = (named = 'JoinGroup'): string => `~member:${named}`;
/** An id that no broker gave. */
export const strangeId: Uuid = 'k5x2Vq0bR1uYwZ3sT7nM4w' as Uuid;
export const offset = (value: number): Offset => value as Offset;
