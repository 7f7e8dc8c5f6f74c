/**
 * The coordinators of this node, each with its logs: groups, and transactions, which end in the groups' logs too.
 */
import type { Done, MemoryBudget, Random } from '@skerry/base';
import { type ErrorName, type Marker, markerBatch } from '@skerry/wire';
import { catalogView } from './catalog-view.ts';
import type { CoordinatorLogs, CoordinatorWorld } from './coordinator-logs.ts';
import { gather } from './gather.ts';
import { GroupLogs } from './group-logs.ts';
import { Groups } from './groups/groups.ts';
import { Share } from './share/share.ts';
import { offsetsTopic } from './topic-plan.ts';
import { transactionLogs } from './transaction-logs.ts';
import { Transactions } from './transactions/transactions.ts';

interface World extends CoordinatorWorld {
  readonly random: Random;
  readonly memory: MemoryBudget;
  readonly isReadOnly: boolean;
}

export class Coordinators {
  readonly groups: Groups;
  readonly groupLogs: GroupLogs;
  readonly transactions: Transactions;
  readonly transactionLogs: CoordinatorLogs;
  readonly share: Share;
  readonly #world: World;

  constructor(world: World) {
    const { clock, random, memory, settings, report, isReadOnly, cluster, catalog } = world;
    this.#world = world;
    this.groupLogs = new GroupLogs(world, {
      replay: ({ key, value }) => {
        this.groups.replay(key, value);
        this.share.groups.replay({ key, value });
      },
      pending: (producerId, key, isPending) => this.groups.transactional.pending(producerId, key, isPending),
    });
    this.groups = new Groups({
      clock,
      random,
      settings,
      memory,
      ...catalogView(catalog),
      append: (groupId, records, appended, claim) => {
        // Who is in a group may be known in memory alone: its members join again after the next start.
        if (isReadOnly) clock.soon(() => appended());
        else this.groupLogs.append(groupId, records, appended, claim);
      },
      refusal: (groupId) => this.groupLogs.refusal(groupId),
    });
    this.share = new Share(world, {
      append: (groupId, records, appended) => this.groupLogs.append(groupId, records, appended),
      refusal: (groupId) => this.groupLogs.refusal(groupId),
      isTaken: (groupId) => this.groups.list().some((group) => group.groupId === groupId),
    });
    const logs = transactionLogs(world, (record) => this.transactions.replay(record));
    this.transactionLogs = logs;
    this.transactions = new Transactions({
      clock,
      settings,
      report,
      version: () => catalog.features.level('transaction.version'),
      newProducerId: (done) => cluster.newProducerId(done),
      ready: (done) => logs.ready(done),
      append: (id, record, done) => logs.append(id, [record], done),
      refusal: (id) => logs.refusal(id),
      coordinatorEpoch: (id) => logs.epoch(id),
      writeMarker: (topic, partition, marker, done) => this.writeMarker(topic, partition, marker, done),
    });
  }

  /** Reads what was when the node stopped. */
  start(done: Done): void {
    const waiting = gather((error) => {
      this.groups.start();
      this.share.groups.start();
      done(error);
    });
    this.groupLogs.start(waiting.one());
    this.transactionLogs.start(waiting.one());
    this.share.logs.start(waiting.one());
    waiting.all();
  }

  /** All partitions are open, and all that they hold is committed: transactions go on, or end. */
  begin(): void {
    if (this.#world.isReadOnly) return;
    this.transactions.start();
    if (this.transactionLogs.isWhole) this.#abortLost();
  }

  /** No more deadlines: the node stops. */
  close(): void {
    this.groups.close();
    this.transactions.close();
    this.share.close();
  }

  /** Brings the tables in the store up to date, for a quick start. */
  flush(done: Done): void {
    const waiting = gather(done);
    this.groupLogs.flush(waiting.one());
    this.transactionLogs.flush(waiting.one());
    this.share.logs.flush(waiting.one());
    waiting.all();
  }

  /** Appends a marker to a partition; calls back once it is committed, or with why it is not. */
  writeMarker(topic: string, index: number, marker: Marker, done: (error?: ErrorName) => void): void {
    if (topic === offsetsTopic) return this.groupLogs.end(index, marker, done);
    const partition = this.#world.catalog.partition(topic, index);
    if (partition === undefined) return done('UNKNOWN_TOPIC_OR_PARTITION');
    partition.append(markerBatch(marker), 'committed', ({ error }) => done(error));
  }

  /**
   * A transaction that is open in a partition, and of which its coordinator knows nothing, would hold readers back for
   * ever. In power-loss mode there is none. In process-crash mode a power cut may take the newest of one log and leave
   * that of another: what is left of such a transaction is aborted.
   */
  #abortLost(): void {
    const { catalog, clock, report } = this.#world;
    const known = this.transactions.open();
    for (const { name, partitions } of catalog.topics) {
      for (const partition of partitions) {
        if (partition.isBlank || partition.refusal !== undefined) continue;
        const { index, log } = partition;
        for (const producerId of log.producers.open()) {
          const state = log.producers.get(producerId);
          if (state === undefined || known.get(producerId)?.get(name)?.has(index) === true) continue;
          report({ kind: 'transactionLost', topic: name, partition: index, producerId });
          const coordinatorEpoch = Math.max(state.coordinatorEpoch, 0);
          const timestamp = clock.wallMs();
          const marker: Marker = { kind: 'abort', coordinatorEpoch, producerId, producerEpoch: state.epoch, timestamp };
          this.transactions.abortLost(new Map([[name, new Set([index])]]), marker);
        }
      }
    }
  }
}
