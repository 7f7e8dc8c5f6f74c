/**
 * Mistakes that others made, or that we could make: each as an edit of our sources, made in a copy of them and nowhere
 * else. Ordinary seeds must find every one.
 */

export interface Edit {
  readonly file: string;
  /** Found once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface Planted {
  readonly name: string;
  readonly why: string;
  readonly edits: readonly Edit[];
}

const bug = (name: string, why: string, file: string, find: string, replace: string): Planted => ({
  name,
  why,
  edits: [{ file, find, replace }],
});

const partition = 'packages/broker/src/partition.ts';
const writer = 'packages/log/src/log-writer.ts';
const syncer = 'packages/log/src/log-syncer.ts';
const recovery = 'packages/log/src/recovery.ts';
const checkpointer = 'packages/log/src/checkpointer.ts';
const producers = 'packages/log/src/producers.ts';
const transactions = 'packages/broker/src/transactions/transactions.ts';
const transactionState = 'packages/broker/src/transactions/state.ts';

export const planted: readonly Planted[] = [
  bug(
    'acknowledge before the sync',
    'acks=all is answered when the batch is in the page cache: what most do by default, and a power cut takes.',
    partition,
    "if (this.settings.log.durability === 'process-crash') this.#raise(end);",
    'this.#raise(end);',
  ),
  {
    name: 'retry a failed sync',
    why: 'The second fdatasync succeeds, since the system marked the pages clean (ATC 2020): PostgreSQL in 2018.',
    edits: [
      {
        file: writer,
        find: 'if (error !== undefined) this.fail(error);\n    if (!this.#failed) this.write();',
        // Once in a process's life: a journal refuses all that comes after a failed sync, and without a bound its log
        // asked again for ever, at one instant, until there was no memory left and so no verdict.
        replace:
          'const once = this as { retried?: boolean };\n    if (error !== undefined && once.retried === true) ' +
          'this.fail(error);\n    else if (error !== undefined) {\n      once.retried = true;\n      ' +
          'this.#syncer.ask();\n    }\n    if (!this.#failed) this.write();',
      },
      // The disk's own door refuses all that comes after a failed sync: here it does not.
      {
        file: 'packages/testkit/src/memory-disk.ts',
        find: 'if (this.#failed === undefined) effects();\n      done(this.#failed);',
        replace: 'effects();\n      const failed = this.#failed;\n      this.#failed = undefined;\n      done(failed);',
      },
      {
        file: 'packages/log/src/flusher.ts',
        find:
          'if (error !== undefined) this.#failed ??= syncFailure(error);\n' +
          '      for (const log of logs) log.endSync(this.#failed);',
        replace: 'for (const log of logs) log.endSync(error);',
      },
    ],
  },
  bug(
    'the directory is not synced',
    "A new file's bytes are safe, its name is not.",
    'packages/testkit/src/memory-disk.ts',
    'for (const { folder, name, inode: entry } of folders) folder.settle(name, entry, number);',
    '',
  ),
  bug(
    'a short write is ignored',
    'The disk is full, and what did not fit is taken as written.',
    writer,
    '        this.#writeFailed(error);\n        return;\n      }\n      flusher.wroteOnLoop',
    "        if (!(error instanceof OperatingError && error.code === 'SKR_DISK_FULL')) {\n" +
      '          this.#writeFailed(error);\n          return;\n        }\n      }\n      flusher.wroteOnLoop',
  ),
  bug(
    'a torn index is trusted',
    'No sync covers the index files that a checkpoint vouches for: a start believes what a power cut left of them.',
    checkpointer,
    'into.push({ file: file.handle(), end: file.handle().size() });',
    '',
  ),
  bug(
    'the checksum is not checked in recovery',
    'A batch whose header survived a power cut is taken as whole.',
    'packages/log/src/recovery-read.ts',
    "const fault = checkBatch(slab, at, count, world.compute, 'log');",
    "const fault: BatchFault | undefined = batchLength(slab, at) > count - at ? 'crcIsWrong' : undefined;",
  ),
  bug(
    'producers are not put back with the log',
    'A batch that found no space is cut away, and its second attempt taken for a duplicate.',
    writer,
    'producers.undoTo(this.#end);',
    'producers.settle(this.#end);',
  ),
  bug(
    'four batches are remembered, not five',
    'A producer may have five under way, and sends all of them again.',
    'packages/log/src/settings.ts',
    'producerBatches: 5,',
    'producerBatches: 4,',
  ),
  bug(
    'sequence numbers end at 2^31 - 1',
    'The number after the last is 0 (KIP-98).',
    producers,
    'return first === (last === 0x7fff_ffff ? 0 : last + 1);',
    'return first === last + 1;',
  ),
  bug(
    'a commit of a stale generation is taken',
    'A member that was left behind overwrites what its successor committed.',
    'packages/broker/src/groups/membership.ts',
    "return claim.generationId === group.generationId ? undefined : 'ILLEGAL_GENERATION';",
    'return undefined;',
  ),
  {
    name: 'a buffer is reused while it is written',
    why: 'The frame goes back to the pool when its request is begun (CVE-2026-35554 is the same at the other end).',
    edits: [
      {
        file: 'packages/wire/src/server-connection.ts',
        find: 'this.#startedBytes += frame.bytes;',
        replace: 'this.#startedBytes += frame.bytes;\n    this.#world.slabs.give(frame.slab);',
      },
      {
        file: 'packages/wire/src/server-connection.ts',
        find: 'exchange.answered = true;\n    this.#world.slabs.give(exchange.frame.slab);',
        replace: 'exchange.answered = true;',
      },
    ],
  },
  bug(
    'retention is ten times too eager',
    'A unit is confused, and records go long before their time.',
    'packages/log/src/retention.ts',
    'retentionNowMs() - appendedMs > settings().retentionMs;',
    'retentionNowMs() - appendedMs > settings().retentionMs / 10;',
  ),
  bug(
    'age goes by the wall clock',
    'A device that learns the time, or is told a wrong one, loses everything it holds.',
    'packages/broker/src/partitions.ts',
    'retentionNowMs: () => this.#retentionClock.nowMs(),',
    'retentionNowMs: () => this.#world.clock.wallMs(),',
  ),
  {
    name: 'the checkpoint is saved before the sync',
    why: 'The store then says that more is safe than a power cut leaves.',
    edits: [
      {
        file: syncer,
        find: 'const checkpoint = capture();',
        replace: 'const checkpoint = capture();\n    checkpoint?.save();',
      },
      {
        file: syncer,
        find: 'for (const run of sync.followers) run();\n    sync.checkpoint?.save();',
        replace: 'for (const run of sync.followers) run();',
      },
    ],
  },
  bug(
    'the log start is not saved',
    'Segments go although the store still says that the log begins in them.',
    checkpointer,
    'this.#inTurn(() => this.#commit({ checkpoint: this.#current() }, done), done);',
    'this.#savedStart = this.#logStart;\n    done();',
  ),
  bug(
    'a roll does not wait for the sync of the old segment',
    'A power cut then tears a segment that is not the last.',
    writer,
    'if ((segment === this.#current && segment.size > 0) || this.#syncer.isClean) return true;',
    'if (segment !== undefined) return true;',
  ),
  bug(
    'a segment begun by age does not wait for the sync of the old one',
    'It is the current one before its first write. Our own mistake, found by these seeds.',
    writer,
    'if ((segment === this.#current && segment.size > 0) || this.#syncer.isClean) return true;',
    'if (segment === this.#current || this.#syncer.isClean) return true;',
  ),
  bug(
    'a duplicate is answered before its batch is synced',
    'The first attempt was not acknowledged, so the second must wait as long.',
    partition,
    'this.#whenSafe(end, acks, (error)',
    "this.#whenSafe(end, verdict.kind === 'duplicate' ? 'written' : acks, (error)",
  ),
  bug(
    'state is applied before it is committed',
    'Topics and group offsets are acknowledged when they are in the page cache.',
    'packages/broker/src/state-log.ts',
    "this.#partition.append(batch, 'committed',",
    "this.#partition.append(batch, 'written',",
  ),
  bug(
    'the table claims more than it applied',
    'Off by one: a start then leaves out a record of the log, if there is one by then.',
    'packages/broker/src/state-log.ts',
    'this.#table.commit(applied, (error)',
    'this.#table.commit(Offset(applied + 1), (error)',
  ),
  bug(
    'readers are served beyond the high watermark',
    'What they read may be lost.',
    'packages/broker/src/fetch-plan.ts',
    'partition.lastStableOffset : partition.highWatermark;',
    'partition.lastStableOffset : partition.log.writtenOffset;',
  ),
  bug(
    'a deleted topic comes back',
    'Its rows stay in the table from which the next start begins.',
    'packages/broker/src/catalog.ts',
    'if (gone !== undefined) changes.push(...removed(gone));',
    'void gone;',
  ),
  bug(
    'acks=1 is answered before the write',
    'The disk may refuse it.',
    partition,
    "else if (acks === 'written' && this.log.writtenOffset < end) this.#written.add(end, waiter);",
    '',
  ),
  bug(
    'a torn end is cut off and the cut not synced',
    'The next power cut brings it back under a later segment. Our own mistake, found by these seeds.',
    recovery,
    'doubtful: this.#cut ?? this.#doubtful(),',
    'doubtful: this.#cut === undefined ? this.#doubtful() : undefined,',
  ),
  bug(
    'recovery does not bring the producers up to date',
    'After a crash a batch that is sent again is kept twice.',
    recovery,
    'const aborted = this.#producers.record(bytes, at, base);',
    'const aborted = undefined;',
  ),
  bug(
    'producer ids are given out twice',
    'After a restart the first block is given out again, and a stranger is taken for the producer of old.',
    'packages/broker/src/catalog.ts',
    'this.#nextProducerId = Number(record.value.nextProducerId);',
    'this.#nextProducerId = 0;',
  ),
  bug(
    'a waiter must come after those before it',
    'A client that sends its batches again is answered with an error, again and again. Ours, found by these seeds.',
    'packages/broker/src/waiters.ts',
    'while (at > this.#head && (this.#ends[at - 1] ?? 0) > end) at--;',
    "if (at > this.#head && (this.#ends[at - 1] ?? 0) > end) throw new Error('waiters come in order');",
  ),
  bug(
    'a marker is lost at a crash',
    'What was decided is not ended after a restart: readers of committed records are held back for ever.',
    transactions,
    'for (const entry of this.#ids.values()) if (isPreparing(entry.state)) this.#complete(entry);',
    '',
  ),
  bug(
    'a fence takes no epoch',
    'A producer whose transaction was aborted in its place goes on with it.',
    transactionState,
    'epoch: state.epoch + 1,\n    lastEpoch: version',
    'epoch: state.epoch,\n    lastEpoch: version',
  ),
  bug(
    'a late end is honoured',
    'An end that belongs to an earlier transaction ends the one that is open: what broke KIP-98 until KIP-890.',
    transactionState,
    "if (claim.epoch !== state.epoch) return refused('PRODUCER_FENCED');\n  if (state.status === 'Ongoing')",
    "if (state.status === 'Ongoing')",
  ),
  bug(
    'a transaction is answered before it is written',
    'A crash forgets the decision, and the time-out makes another one.',
    transactions,
    "const turn = (): void => {\n      if (this.#ids.get(entry.id) !== entry) return done('CONCURRENT_TRANSACTIONS');",
    "const turn = (): void => {\n      if (entry.state.status === 'Ongoing') done();",
  ),
  bug(
    'offsets of an aborted transaction count',
    'What was to be read again is not.',
    'packages/broker/src/pending-records.ts',
    'if (committed && !record.isPast) counting.push(record);',
    'if (!record.isPast) counting.push(record);',
  ),
  bug(
    'offsets that wait for a transaction are forgotten at a start',
    'The transaction commits, and its group begins anew.',
    'packages/broker/src/pending-records.ts',
    'this.#set(new DataView(row.buffer, row.byteOffset, rowHeadBytes).getFloat64(1), record);',
    '',
  ),
  bug(
    'partitions of a transaction are taken in before it is written',
    'A crash leaves records of a transaction of which its coordinator knows nothing.',
    transactions,
    'if (this.refusal(request) === undefined) return done();',
    "if (this.refusal(request) !== 'INVALID_PRODUCER_ID_MAPPING') return done();",
  ),
  bug(
    'the journal acknowledges before its sync',
    'What it was given is in the page cache alone.',
    'packages/log/src/journal/journal.ts',
    'this.#writing = true;\n    this.#underWay = batch;',
    'this.#writing = true;\n    this.#underWay = batch;\n    this.#finish([batch]);',
  ),
  bug(
    'the journal is filled anew before its files are synced',
    'What it held of them is gone, and a power cut takes the files as they were.',
    'packages/log/src/journal/journal.ts',
    'settle(this.#options.disk, [path], (error) => {',
    'settle(this.#options.disk, [], (error) => {',
  ),
  bug(
    'the journal is emptied before its files are synced',
    'A power cut in the middle of a start takes both.',
    'packages/log/src/journal/replay.ts',
    'settle(disk, [...files, ...paths], (error) => {',
    'settle(disk, [], (error) => {',
  ),
];
