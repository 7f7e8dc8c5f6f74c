/**
 * A transactional id in memory: how it stands in the log, the step on its way there, and who waits for that.
 *
 * One step at a time. What comes meanwhile waits its turn, for a while: Kafka tells it CONCURRENT_TRANSACTIONS at once,
 * and clients ask again after a pause that is mostly longer than the step.
 */
import { assert } from '@skerry/base';
import type { Deadline, Timers } from '../groups/timers.ts';
import { transactionLimits } from './contract.ts';
import { isPreparing, type TransactionState } from './state.ts';

interface Turn {
  readonly run: () => void;
  readonly deadline: Deadline;
}

export class TransactionalId {
  readonly id: string;
  readonly #timers: Timers;
  #state: TransactionState;
  /** Monotonic time at which the transaction began, and at which anything last happened. */
  startedMs: number;
  updatedMs: number;
  #isStepping = false;
  readonly #waiting: Turn[] = [];

  constructor(id: string, state: TransactionState, nowMs: number, timers: Timers) {
    this.id = id;
    this.#state = state;
    this.startedMs = nowMs;
    this.updatedMs = nowMs;
    this.#timers = timers;
  }

  get state(): TransactionState {
    return this.#state;
  }

  /** No step is under way: none on its way to the log, no marker to be written. */
  get isFree(): boolean {
    return !this.#isStepping && !isPreparing(this.#state);
  }

  get isStepping(): boolean {
    return this.#isStepping;
  }

  /** A step begins. */
  begin(): void {
    assert(!this.#isStepping, 'one step at a time');
    this.#isStepping = true;
  }

  /** It has ended; with `next` if it has come about. */
  end(next: TransactionState | undefined, nowMs: number): void {
    assert(this.#isStepping, 'a step that ends has begun');
    this.#isStepping = false;
    if (next !== undefined) this.become(next, nowMs);
  }

  become(next: TransactionState, nowMs: number): void {
    if (next.status === 'Ongoing' && this.#state.status !== 'Ongoing') this.startedMs = nowMs;
    this.updatedMs = nowMs;
    this.#state = next;
  }

  /** Calls `run` when no step is under way, in the order asked; or `late`, if that takes too long. */
  whenFree(run: () => void, late: () => void): void {
    if (this.isFree && this.#waiting.length === 0) return run();
    if (this.#waiting.length >= transactionLimits.waitingMax) return late();
    const deadline = this.#timers.deadline(() => {
      this.#waiting.splice(this.#waiting.indexOf(turn), 1);
      late();
    });
    const turn: Turn = { run, deadline };
    this.#waiting.push(turn);
    deadline.set(transactionLimits.waitMsMax);
  }

  /** Lets those who wait have their turns, up to the next step. */
  settle(): void {
    while (this.isFree) {
      const turn = this.#waiting.shift();
      if (turn === undefined) return;
      turn.deadline.clear();
      turn.run();
    }
  }

  /** The id is forgotten: who waits goes on without it. */
  leave(): void {
    for (const { run, deadline } of this.#waiting.splice(0)) {
      deadline.clear();
      run();
    }
  }
}
