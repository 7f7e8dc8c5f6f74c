/**
 * What the transactions of a node are asked, and what they need of the world. Every `reply` and `done` is called once,
 * now or later.
 */
import type { Clock } from '@skerry/base';
import type { ErrorName, Marker } from '@skerry/wire';
import type { Report } from '../report.ts';
import type { StateRecord } from '../state-log.ts';
import type { Claim, PartitionSet } from './state.ts';

/** Settings under Kafka's names; read at each use, so that a change takes effect at once. */
interface TransactionSettings {
  readonly 'transaction.max.timeout.ms': number;
  readonly 'transactional.id.expiration.ms': number;
  readonly 'transaction.abort.timed.out.transaction.cleanup.interval.ms': number;
  readonly 'transaction.remove.expired.transaction.cleanup.interval.ms': number;
}

/** The node around the transactions. */
export interface TransactionsWorld {
  readonly clock: Clock;
  readonly settings: TransactionSettings;
  readonly report: Report;
  /** The level of the feature transaction.version. */
  version(): number;
  newProducerId(done: (error: ErrorName | undefined, id: number) => void): void;
  /** Makes `__transaction_state` if it is not there; calls back when transactions can be coordinated. */
  ready(done: (error?: ErrorName) => void): void;
  /**
   * Appends to the id's partition of `__transaction_state`, and calls back once the record is committed, or with why it
   * is not. Appends of one id are called back in order; perhaps from within the call.
   */
  append(id: string, record: StateRecord, done: (error?: ErrorName) => void): void;
  /** Why this node does not serve the id now, if so. */
  refusal(id: string): ErrorName | undefined;
  /** Of whoever leads the id's partition of the log: markers carry it. */
  coordinatorEpoch(id: string): number;
  /** Appends a marker to a partition; calls back once it is committed, or with why it is not. */
  writeMarker(topic: string, partition: number, marker: Marker, done: (error?: ErrorName) => void): void;
}

export interface InitRequest {
  readonly id: string;
  readonly timeoutMs: number;
  /** Of a producer that goes on under the id it has (KIP-360). */
  readonly claim: Claim | undefined;
}

export interface AddRequest {
  readonly id: string;
  readonly claim: Claim;
  readonly partitions: PartitionSet;
  /** The transaction version by which the client works: 0 or 2. */
  readonly clientVersion: number;
}

export interface EndRequest {
  readonly id: string;
  readonly claim: Claim;
  readonly commit: boolean;
  readonly clientVersion: number;
}

/** A partition to which a producer writes within its transaction. */
export interface EnlistRequest {
  readonly id: string;
  readonly claim: Claim;
  readonly topic: string;
  readonly partition: number;
  /** The partition joins the transaction if it has not (transaction version 2); else that is refused. */
  readonly adds: boolean;
}

/** The producer id and epoch from now on; −1 with an error. */
export interface ProducerAnswer {
  readonly error: ErrorName;
  readonly producerId: number;
  readonly epoch: number;
}

/** What bounds the transactions of a node beyond Kafka's settings. */
export const transactionLimits = {
  /** Ids in memory. A new one is refused with COORDINATOR_NOT_AVAILABLE, which clients try again. */
  idsMax: 100_000,
  /** Partitions of one transaction: far from what a record of the log holds. More are refused: INVALID_REQUEST. */
  partitionsMax: 10_000,
  /** Requests of one id that wait for the step before; one more is told CONCURRENT_TRANSACTIONS. */
  waitingMax: 1_000,
  /** How long a request waits for the step before it is told CONCURRENT_TRANSACTIONS. */
  waitMsMax: 1_000,
} as const;
