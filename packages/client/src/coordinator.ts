import { type ErrorName, errorName, findCoordinatorRequest, findCoordinatorResponse, type Message } from '@skerry/wire';
import type { Callback } from './callback.ts';
import type { Cluster } from './cluster.ts';
import type { BrokerConnection } from './connection.ts';
import { KafkaError, UnreachableError } from './errors.ts';

/** What is asked of a coordinator. */
export interface Question<T, I> {
  readonly request: Message<unknown, I>;
  readonly response: Message<T, never>;
  readonly versionMax?: number;
  readonly extraMs?: number;
  /** What to send in a version: some have moved fields. */
  readonly input: (version: number) => I;
  /** The answer's error, if it has one. */
  readonly error: (answer: T) => number;
}

/** Answers after which somebody else, or nobody yet, coordinates. */
const moved: ReadonlySet<ErrorName> = new Set(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE']);
const keyLastVersion = 3;

/** The broker that coordinates a group: looked for when it is not known, forgotten when it does not answer as one. */
export class Coordinator {
  readonly #cluster: Cluster;
  readonly #groupId: string;
  #nodeId: number | undefined;

  constructor(cluster: Cluster, groupId: string) {
    this.#cluster = cluster;
    this.#groupId = groupId;
  }

  /** Asks once. An error code in the answer is told as a KafkaError. */
  ask<T, I>(question: Question<T, I>, done: Callback<T>): void {
    const { request, response, versionMax, extraMs = 0 } = question;
    this.#connection((unreachable, connection) => {
      if (unreachable !== undefined) return this.#fail(unreachable, done);
      const options = versionMax === undefined ? { extraMs } : { extraMs, versionMax };
      const version = connection.versionOf(request, versionMax) ?? request.versions.max;
      connection.ask(request, response, question.input(version), options, (error, answer) => {
        if (error !== undefined) return this.#fail(error, done);
        const code = question.error(answer);
        if (code === 0) return done(undefined, answer);
        this.#fail(new KafkaError(errorName(code), `${request.name} of group ${this.#groupId}`), done);
      });
    });
  }

  #fail(error: Error, done: Callback<never>): void {
    if (error instanceof UnreachableError || (error instanceof KafkaError && moved.has(error.code))) {
      this.#nodeId = undefined;
    }
    done(error, undefined);
  }

  #connection(done: Callback<BrokerConnection>): void {
    if (this.#nodeId !== undefined) return this.#cluster.broker(this.#nodeId, done);
    this.#cluster.any((unreachable, connection) => {
      if (unreachable !== undefined) return done(unreachable, undefined);
      const byKey = (connection.versionOf(findCoordinatorRequest) ?? 0) <= keyLastVersion;
      const input = byKey ? { key: this.#groupId } : { coordinatorKeys: [this.#groupId] };
      connection.ask(findCoordinatorRequest, findCoordinatorResponse, input, {}, (error, answer) => {
        if (error !== undefined) return done(error, undefined);
        const found = byKey ? answer : answer.coordinators[0];
        if (found === undefined || found.errorCode !== 0) {
          const code = found === undefined ? 'COORDINATOR_NOT_AVAILABLE' : errorName(found.errorCode);
          return done(new KafkaError(code, `coordinator of group ${this.#groupId}`), undefined);
        }
        this.#nodeId = found.nodeId;
        this.#cluster.learn(found.nodeId, found);
        this.#cluster.broker(found.nodeId, done);
      });
    });
  }
}
