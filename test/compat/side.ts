/** One broker in one run of a case: its connections, its names and ids, what it has answered. */
import { decodeAnswer } from '@skerry/testkit';
import type { AnyApi, Api } from './apis.ts';
import { Link } from './link.ts';
import { normalised, Symbols } from './normalise.ts';
import { type Side, strangeId } from './steps.ts';
import { frame } from './values.ts';

export interface Versions {
  readonly min: number;
  readonly max: number;
}

/** What one of the two brokers is, for all runs. */
export interface Target {
  readonly label: 'skerry' | 'kafka';
  readonly port: number;
  readonly served: ReadonlyMap<number, Versions>;
}

/** One answer: as it came, and as it is compared. */
export interface Answered {
  readonly raw: unknown;
  readonly shown: unknown;
}

const nameMax = 249;

export class SideRun implements Side {
  readonly #target: Target;
  readonly #prefix: string;
  readonly #links = new Map<string, Link>();
  readonly #pinned = new Set<string>();
  readonly #answers = new Map<string, unknown>();
  readonly #ids = new Map<string, string>();
  readonly #symbols = new Symbols();
  /** Short names that requests of this run have used. */
  readonly used: Set<string> = new Set();

  constructor(target: Target, prefix: string) {
    this.#target = target;
    this.#prefix = prefix;
  }

  get port(): number {
    return this.#target.port;
  }

  /** `a`, or `@249:a` for one that is padded to a length. */
  name(short: string): string {
    const padded = /^@(\d+):(.*)$/.exec(short);
    if (padded === null) {
      if (this.#prefix.length + short.length <= nameMax && short !== '') this.used.add(short);
      return this.#prefix + short;
    }
    return (this.#prefix + (padded[2] ?? '')).padEnd(Number(padded[1]), 'x');
  }

  answer<S>(api: Api<never, S>, named: string = api.name): S {
    const answer = this.#answers.get(named);
    if (answer === undefined || typeof answer === 'string') {
      throw new Error(`${this.#target.label}: ${named} has not been answered: ${String(answer)}`);
    }
    return answer as S;
  }

  /** The request as bytes, names and ids put in, also in the client's. */
  frame(api: AnyApi, version: number, value: unknown, clientId: string): Uint8Array {
    return frame(api.request, version, this.#resolved(value), String(this.#resolved(clientId)));
  }

  /** What comes next on this connection is asked there, closed or not: that it closes may be the answer. */
  tell(on: string, bytes: Uint8Array): void {
    this.#link(on).tell(bytes);
    this.#pinned.add(on);
  }

  async ask(
    api: AnyApi,
    version: number,
    bytes: Uint8Array,
    { on, as }: { on: string; as: string | undefined },
  ): Promise<Answered> {
    const answer = await this.#link(on).ask(bytes);
    const raw = typeof answer === 'string' ? answer : this.#decoded(api, version, answer);
    this.#answers.set(as ?? api.name, raw);
    this.#answers.set(api.name, raw);
    this.#learn(raw);
    const { port } = this;
    return { raw, shown: normalised(raw, { api, version, symbols: this.#symbols, prefix: this.#prefix, port }) };
  }

  hangUp(on: string): void {
    this.#links.get(on)?.close();
    this.#links.delete(on);
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  #decoded(api: AnyApi, version: number, answer: Uint8Array): unknown {
    try {
      return decodeAnswer(api.response, version, answer);
    } catch (error) {
      return `(undecodable: ${error instanceof Error ? error.message : String(error)})`;
    }
  }

  #link(on: string): Link {
    const known = this.#links.get(on);
    if (known !== undefined && (!known.closed || this.#pinned.delete(on))) return known;
    const link = new Link(this.#target.port);
    this.#links.set(on, link);
    return link;
  }

  #resolved(value: unknown): unknown {
    if (typeof value === 'string') return value.startsWith('~') ? this.#named(value.slice(1)) : value;
    if (Array.isArray(value)) return value.map((one) => this.#resolved(one));
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, this.#resolved(held)]));
  }

  #named(text: string): string {
    if (text.startsWith('id:')) return this.#ids.get(this.name(text.slice(3))) ?? strangeId;
    if (!text.startsWith('member:')) return this.name(text);
    const answer = this.#answers.get(text.slice(7));
    if (typeof answer !== 'object' || answer === null || !('memberId' in answer)) return '';
    return typeof answer.memberId === 'string' ? answer.memberId : '';
  }

  /** Remembers the ids of topics, wherever an answer tells one beside a name. */
  #learn(value: unknown): void {
    if (Array.isArray(value)) {
      for (const one of value) this.#learn(one);
    } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      const { name, topicId } = value as { name?: unknown; topicId?: unknown };
      if (typeof name === 'string' && typeof topicId === 'string' && !/^A+$/.test(topicId))
        this.#ids.set(name, topicId);
      for (const one of Object.values(value)) this.#learn(one);
    }
  }
}
