/**
 * All transactions of this node: who owns which transactional id, which partitions are in its transaction, how that
 * ended (KIP-98, KIP-890). One per node, on its event loop, called by the handlers.
 *
 * A step counts once its record is in `__transaction_state`: a transaction that was prepared is ended that way,
 * whatever happens, and its client is told so; its markers follow. What is written to a partition under a transaction
 * is let in only while that is open and has the partition, in the same turn ({@link Transactions.refusal}): no marker
 * can come before it.
 */
import { assert } from '@skerry/base';
import { type ErrorName, errorCode, type Marker } from '@skerry/wire';
import { coordinatorError } from '../groups/coordinator-error.ts';
import { bornMs } from '../groups/offsets.ts';
import { Timers } from '../groups/timers.ts';
import type { StateRecord } from '../state-log.ts';
import {
  type AddRequest,
  type EndRequest,
  type EnlistRequest,
  type InitRequest,
  type ProducerAnswer,
  type TransactionsWorld,
  transactionLimits,
} from './contract.ts';
import { Markers } from './markers.ts';
import { readTransaction, transactionRecord } from './records.ts';
import {
  type Claim,
  completed,
  countOf,
  type Decision,
  decideAdd,
  decideEnd,
  decideInit,
  fenced,
  includesAll,
  isPreparing,
  newState,
  type PartitionSet,
  partitionRefusal,
  type TransactionState,
  union,
} from './state.ts';
import { TransactionalId } from './transactional-id.ts';

/** Ids that one look forgets: the next ones follow soon, so that nobody waits long for the event loop. */
const forgottenMax = 1_000;
const soonMs = 100;

/** Partitions asked for in one turn of the loop, which one record adds. */
interface Gathering {
  readonly claim: Claim;
  readonly clientVersion: number;
  partitions: PartitionSet;
  readonly replies: ((error: ErrorName) => void)[];
}

type Decide = (state: TransactionState, freshId: number | undefined) => Decision;

export class Transactions {
  readonly #world: TransactionsWorld;
  readonly #ids = new Map<string, TransactionalId>();
  readonly #gatherings = new Map<TransactionalId, Gathering>();
  readonly #timers: Timers;
  readonly #markers: Markers;

  constructor(world: TransactionsWorld) {
    this.#world = world;
    this.#timers = new Timers(world.clock);
    this.#markers = new Markers(world);
  }

  /** Takes in one record of `__transaction_state` at start. */
  replay({ key, value }: StateRecord): void {
    const read = key === null ? undefined : readTransaction(key, value);
    if (read === undefined) return;
    if (read.state === undefined) {
      this.#ids.delete(read.id);
      return;
    }
    const entry = this.#ids.get(read.id) ?? this.#create(read.id, read.state);
    const { clock, settings } = this.#world;
    const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
    entry.become(read.state, now.monotonicMs);
    entry.startedMs = bornMs(read.state.startMs, read.state.timeoutMs, now);
    entry.updatedMs = bornMs(read.state.updateMs, settings['transactional.id.expiration.ms'], now);
  }

  /** All records are read: what was prepared goes on to its end. */
  start(): void {
    for (const entry of this.#ids.values()) if (isPreparing(entry.state)) this.#complete(entry);
    const { settings } = this.#world;
    this.#every(
      () => settings['transaction.abort.timed.out.transaction.cleanup.interval.ms'],
      () => this.#abortTimedOut(),
    );
    this.#every(
      () => settings['transaction.remove.expired.transaction.cleanup.interval.ms'],
      () => this.#forgetExpired(),
    );
  }

  /** The node stops: no more deadlines, no more tries. */
  close(): void {
    this.#timers.close();
    this.#markers.close();
  }

  init(request: InitRequest, reply: (answer: ProducerAnswer) => void): void {
    const { id, timeoutMs } = request;
    if (timeoutMs <= 0 || timeoutMs > this.#world.settings['transaction.max.timeout.ms']) {
      return reply(refusedOwner('INVALID_TRANSACTION_TIMEOUT'));
    }
    this.#world.ready((error) => {
      const refusal = error ?? this.#world.refusal(id);
      if (refusal !== undefined) return reply(refusedOwner(refusal));
      const known = this.#ids.get(id);
      if (known === undefined && this.#ids.size >= transactionLimits.idsMax) {
        return reply(refusedOwner('COORDINATOR_NOT_AVAILABLE'));
      }
      const entry = known ?? this.#create(id, newState(-1));
      const nowMs = (): number => this.#world.clock.wallMs();
      const decide: Decide = (state, freshId) => {
        if (state.producerId >= 0) {
          return decideInit(state, request, { nowMs: nowMs(), version: this.#world.version(), freshId });
        }
        if (freshId === undefined) return { kind: 'needsId' };
        return decideInit(newState(freshId), request, { nowMs: nowMs(), version: this.#world.version(), freshId });
      };
      this.#step(entry, decide, (failed) => {
        // It belonged to a transaction that is being aborted: the next try finds it free.
        const isFence = isPreparing(entry.state);
        if (failed !== undefined || isFence) reply(refusedOwner(failed ?? 'CONCURRENT_TRANSACTIONS'));
        else reply({ error: 'NONE', ...ownerOf(entry.state) });
        // An id that never came about is none.
        if (entry.state.producerId < 0 && entry.isFree) this.#forget(entry);
      });
    });
  }

  add(request: AddRequest, reply: (error: ErrorName) => void): void {
    const entry = this.#find(request.id);
    if (typeof entry === 'string') return reply(entry);
    const { claim, clientVersion, partitions } = request;
    const { state } = entry;
    if (entry.isFree && includesAll(state.partitions, partitions) && state.status === 'Ongoing') {
      return reply(errorOf(decideAdd(state, request, 0)));
    }
    const gathering = this.#gatherings.get(entry);
    const same = gathering?.claim.producerId === claim.producerId && gathering.claim.epoch === claim.epoch;
    if (gathering !== undefined && same && gathering.clientVersion === clientVersion) {
      gathering.partitions = union(gathering.partitions, partitions);
      gathering.replies.push(reply);
      return;
    }
    if (gathering !== undefined) return this.#add(entry, { claim, clientVersion, partitions, replies: [reply] });
    const fresh: Gathering = { claim, clientVersion, partitions, replies: [reply] };
    this.#gatherings.set(entry, fresh);
    this.#world.clock.soon(() => {
      this.#gatherings.delete(entry);
      this.#add(entry, fresh);
    });
  }

  #add(entry: TransactionalId, { claim, clientVersion, partitions, replies }: Gathering): void {
    const answer = (error: ErrorName = 'NONE'): void => {
      for (const reply of replies) reply(error);
    };
    const decide: Decide = (state) => {
      const decision = decideAdd(state, { claim, partitions, clientVersion }, this.#world.clock.wallMs());
      const isTooLarge =
        decision.kind === 'next' && countOf(decision.next.partitions) > transactionLimits.partitionsMax;
      return isTooLarge ? { kind: 'refused', error: 'INVALID_REQUEST' } : decision;
    };
    this.#step(entry, decide, answer);
  }

  /** Calls back with what each partition is told that asks whether it is in the transaction. */
  verify(
    { id, claim }: { readonly id: string; readonly claim: Claim },
    reply: (refusal: (topic: string, partition: number) => ErrorName | undefined) => void,
  ): void {
    const entry = this.#find(id);
    if (typeof entry === 'string') return reply(() => entry);
    entry.whenFree(
      () => reply((topic, partition) => this.refusal({ id, claim, topic, partition })),
      () => reply(() => 'CONCURRENT_TRANSACTIONS'),
    );
  }

  /** Calls back when the producer may write to the partition, in that turn, or with why it may not. */
  enlist(request: EnlistRequest, done: (error?: ErrorName) => void): void {
    const { id, claim, topic, partition, adds } = request;
    if (this.refusal(request) === undefined) return done();
    if (!adds) return this.verify({ id, claim }, (refusal) => done(refusal(topic, partition)));
    const partitions: PartitionSet = new Map([[topic, new Set([partition])]]);
    this.add({ id, claim, partitions, clientVersion: 2 }, (error) =>
      done(error === 'NONE' ? this.refusal(request) : error),
    );
  }

  /** Why the producer may not write to the partition in this turn, if so. */
  refusal(asked: Omit<EnlistRequest, 'adds'>): ErrorName | undefined {
    const entry = this.#find(asked.id);
    if (typeof entry === 'string') return entry;
    if (!entry.isFree) return 'CONCURRENT_TRANSACTIONS';
    return partitionRefusal(entry.state, asked.claim, asked.topic, asked.partition);
  }

  end(request: EndRequest, reply: (answer: ProducerAnswer) => void): void {
    const entry = this.#find(request.id);
    if (typeof entry === 'string') return reply(refusedOwner(entry));
    const decide: Decide = (state, freshId) =>
      decideEnd(state, request, { nowMs: this.#world.clock.wallMs(), freshId });
    this.#step(entry, decide, (error) => {
      if (error !== undefined) return reply(refusedOwner(error));
      const { state } = entry;
      reply({ error: 'NONE', ...ownerOf(isPreparing(state) ? completed(state, 0) : state) });
    });
  }

  /** How an id stands; undefined if there is no such id. */
  describe(id: string): TransactionState | ErrorName | undefined {
    return this.#world.refusal(id) ?? this.#ids.get(id)?.state;
  }

  all(): Iterable<TransactionalId> {
    return this.#ids.values();
  }

  /** The partitions of all transactions that are open, or being ended, by producer id. */
  open(): ReadonlyMap<number, PartitionSet> {
    const open = new Map<number, PartitionSet>();
    for (const { state } of this.#ids.values()) open.set(state.producerId, state.partitions);
    return open;
  }

  /** Writes markers of a transaction that is in no log of ours. */
  abortLost(partitions: PartitionSet, marker: Marker): void {
    this.#markers.write('', partitions, marker, () => undefined);
  }

  #find(id: string): TransactionalId | ErrorName {
    return this.#world.refusal(id) ?? this.#ids.get(id) ?? 'INVALID_PRODUCER_ID_MAPPING';
  }

  #create(id: string, state: TransactionState): TransactionalId {
    const entry = new TransactionalId(id, state, this.#world.clock.monotonicMs(), this.#timers);
    this.#ids.set(id, entry);
    return entry;
  }

  #forget(entry: TransactionalId): void {
    if (this.#ids.get(entry.id) === entry) this.#ids.delete(entry.id);
    entry.leave();
  }

  /** Takes the step that `decide` finds, once none is under way; calls back when it is in the log, or why it is not. */
  #step(entry: TransactionalId, decide: Decide, done: (error?: ErrorName) => void): void {
    const turn = (): void => {
      if (this.#ids.get(entry.id) !== entry) return done('CONCURRENT_TRANSACTIONS');
      this.#take(entry, decide(entry.state, undefined), decide, done);
    };
    entry.whenFree(turn, () => done('CONCURRENT_TRANSACTIONS'));
  }

  #take(entry: TransactionalId, decision: Decision, decide: Decide, done: (error?: ErrorName) => void): void {
    if (decision.kind === 'refused') return done(decision.error);
    if (decision.kind === 'done') return done();
    entry.begin();
    if (decision.kind === 'next') return this.#write(entry, decision.next, done);
    this.#world.newProducerId((error, freshId) => {
      const again: Decision =
        error === undefined ? decide(entry.state, freshId) : { kind: 'refused', error: 'COORDINATOR_NOT_AVAILABLE' };
      assert(again.kind !== 'needsId', 'one new id is enough');
      if (again.kind === 'next') return this.#write(entry, again.next, done);
      entry.end(undefined, this.#nowMs());
      done(again.kind === 'refused' ? again.error : undefined);
      entry.settle();
    });
  }

  #write(entry: TransactionalId, next: TransactionState, done: (error?: ErrorName) => void): void {
    this.#world.append(entry.id, this.#record(entry.id, next), (error) => {
      entry.end(error === undefined ? next : undefined, this.#nowMs());
      done(error === undefined ? undefined : coordinatorError(error));
      if (isPreparing(entry.state)) this.#complete(entry);
      entry.settle();
    });
  }

  /** Writes the markers of what was prepared, then that it is complete. */
  #complete(entry: TransactionalId): void {
    const { id, state } = entry;
    const marker: Marker = {
      kind: state.status === 'PrepareCommit' ? 'commit' : 'abort',
      coordinatorEpoch: this.#world.coordinatorEpoch(id),
      producerId: state.producerId,
      producerEpoch: state.epoch,
      timestamp: this.#world.clock.wallMs(),
    };
    this.#markers.write(id, state.partitions, marker, () => {
      const next = completed(state, this.#world.clock.wallMs());
      // Nobody waits for this record: without it a restart writes the markers once more, and the id's next step, which
      // comes behind it in the log, takes its place.
      entry.become(next, this.#nowMs());
      this.#world.append(id, this.#record(id, next), () => undefined);
      entry.settle();
    });
  }

  #record(id: string, state: TransactionState | undefined): StateRecord {
    return transactionRecord(id, state, this.#world.version() === 0 ? 0 : 1);
  }

  #abortTimedOut(): boolean {
    const nowMs = this.#nowMs();
    for (const entry of this.#ids.values()) {
      const { state } = entry;
      if (!entry.isFree || state.status !== 'Ongoing' || nowMs - entry.startedMs < state.timeoutMs) continue;
      entry.begin();
      this.#write(entry, fenced(state, this.#world.clock.wallMs(), this.#world.version()), () => undefined);
    }
    return false;
  }

  /** Returns whether there may be more to forget. */
  #forgetExpired(): boolean {
    let room: number = forgottenMax;
    const oldestMs = this.#nowMs() - this.#world.settings['transactional.id.expiration.ms'];
    for (const entry of this.#ids.values()) {
      if (!entry.isFree || entry.state.status === 'Ongoing' || entry.updatedMs > oldestMs) continue;
      if (room-- === 0) return true;
      entry.begin();
      this.#world.append(entry.id, this.#record(entry.id, undefined), (error) => {
        entry.end(undefined, this.#nowMs());
        if (error === undefined) this.#forget(entry);
        else entry.settle();
      });
    }
    return false;
  }

  /** Runs again and again; soon, if `run` says that there is more to do. */
  #every(intervalMs: () => number, run: () => boolean): void {
    const deadline = this.#timers.deadline(() => deadline.set(run() ? Math.min(soonMs, intervalMs()) : intervalMs()));
    deadline.set(intervalMs());
  }

  #nowMs(): number {
    return this.#world.clock.monotonicMs();
  }
}

const refusedOwner = (error: ErrorName): ProducerAnswer => {
  assert(errorCode(error) !== 0, 'a refusal has an error');
  return { error, producerId: -1, epoch: -1 };
};

const ownerOf = ({ producerId, epoch }: TransactionState): Claim => ({ producerId, epoch });

const errorOf = (decision: Decision): ErrorName => (decision.kind === 'refused' ? decision.error : 'NONE');
