/** Short lives of a log, each around one thing that a crash may interrupt. */
import { type BatchShape, LogLife } from './log-life.ts';

export type Script = () => LogLife;

/** Appends `count` batches, some of which share a turn and a sync. */
function fill(life: LogLife, count: number, shape: BatchShape = {}): void {
  for (let i = 0; i < count; i++) {
    life.append({ count: 1 + (i % 3), timestamp: 1000 + i * 3, ...shape });
    if (i % 3 !== 1) life.pass(0.8);
  }
}

/** Five batches each of two producers, a sequence behind the other. */
function fillIdempotent(life: LogLife, batches: number, transactional = false): void {
  for (let i = 0; i < batches; i++) {
    const producerId = 7 + (i % 2);
    const baseSequence = 2 * Math.floor(i / 2);
    life.append({ count: 2, timestamp: 1000 + i, producerId, producerEpoch: 0, baseSequence, transactional });
    life.pass(i % 2);
  }
}

function transactions(life: LogLife): void {
  let sequence = 0;
  for (let i = 0; i < 5; i++) {
    const shape = { count: 2, timestamp: 1000 + 5 * i, producerEpoch: 0, baseSequence: sequence, transactional: true };
    life.append({ ...shape, producerId: 7 });
    life.append({ ...shape, producerId: 8 });
    sequence += 2;
    life.pass(0.7);
    life.marker(i % 2 === 0 ? 'abort' : 'commit', 7);
    life.pass(1);
    life.marker('abort', 8);
    life.pass(i % 2 === 0 ? 4 : 0.4);
  }
}

const six = ['p-0', 'p-1', 'p-2', 'p-3', 'p-4', 'p-5'];

/** Batches for all logs, so that more files are dirty at once than are synced one by one. */
function fillAll(life: LogLife, rounds: number): void {
  for (let i = 0; i < rounds; i++) {
    for (const folder of life.site.folders) life.append({ count: 1 + (i % 2), timestamp: 1000 + i }, folder);
    life.pass(i % 3 === 2 ? 4 : 0.9);
  }
}

export const logScripts: Readonly<Record<string, Script>> = {
  'appends over tiny segments': () => {
    const life = new LogLife();
    for (let i = 0; i < 20; i++) {
      life.epoch = Math.floor(i / 4);
      life.append({ count: 1 + (i % 3), timestamp: 1000 + ((i * 7) % 20) * 3 });
      if (i % 3 !== 1) life.pass(0.6);
    }
    life.settle();
    return life;
  },
  'many small batches in one segment': () => {
    const life = new LogLife({ segmentBytes: 100_000 });
    for (let i = 0; i < 30; i++) {
      life.append({ count: 1, size: 4 + (i % 5) * 60, timestamp: 1000 + ((i * 11) % 30) });
      life.pass(0.45);
    }
    life.checkpoint();
    fill(life, 8);
    life.settle();
    return life;
  },
  'idempotent producers and checkpoints': () => {
    const life = new LogLife();
    fillIdempotent(life, 8);
    life.checkpoint();
    for (let i = 4; i < 9; i++) {
      life.append({ count: 2, producerId: 7, producerEpoch: 0, baseSequence: 2 * i });
      life.append({ count: 1, producerId: 9, producerEpoch: 0, baseSequence: i - 4 });
      life.pass(1.3);
    }
    life.checkpoint();
    life.append({ count: 2, producerId: 8, producerEpoch: 1, baseSequence: 0 });
    life.settle();
    return life;
  },
  'background syncs (process-crash)': () => {
    const life = new LogLife({ durability: 'process-crash', flushMs: 1500, segmentBytes: 700 });
    for (let i = 0; i < 16; i++) {
      life.epoch = i >> 3;
      life.append({ count: 1 + (i % 2), timestamp: 1000 + i });
      life.pass(i % 5 === 4 ? 900 : 3);
    }
    life.pass(4000);
    life.settle();
    return life;
  },
  'a cut to an earlier segment': () => {
    const life = new LogLife();
    for (let i = 0; i < 12; i++) {
      life.epoch = i >> 1;
      life.append({ timestamp: 1000 + i });
      life.pass(1);
    }
    life.checkpoint();
    fill(life, 3);
    life.truncateTo(9, 2);
    life.epoch = 9;
    fill(life, 6);
    life.settle();
    return life;
  },
  'a cut within the last segment': () => {
    const life = new LogLife({ segmentBytes: 2000 });
    fillIdempotent(life, 10);
    life.checkpoint();
    life.truncateTo(14);
    fillIdempotent(life, 3);
    life.truncateTo(17);
    fill(life, 4);
    life.settle();
    return life;
  },
  'a cut while a sync is under way': () => {
    const life = new LogLife();
    fill(life, 8);
    life.append();
    life.flusher.flush();
    life.pass(0.2);
    life.truncateTo(7);
    fill(life, 5);
    life.checkpoint();
    return life;
  },
  'all is thrown away, and the log goes on further up': () => {
    const life = new LogLife();
    fillIdempotent(life, 9);
    life.checkpoint();
    life.emptyAt(40);
    fill(life, 4);
    life.settle();
    life.emptyAt(10);
    fill(life, 3);
    life.settle();
    return life;
  },
  'records deleted by the log start': () => {
    const life = new LogLife();
    fillIdempotent(life, 10);
    life.startAt(5);
    life.settle();
    fill(life, 4);
    life.startAt(13);
    fill(life, 2);
    life.settle();
    life.startAt(life.log().writtenOffset);
    fill(life, 3);
    life.settle();
    return life;
  },
  'retention by size and age': () => {
    const life = new LogLife();
    fillIdempotent(life, 12);
    life.settle();
    life.retention({ retentionBytes: 900 });
    fill(life, 4);
    life.settle();
    life.retention({ retentionBytes: -1, retentionMs: 1 });
    fill(life, 4);
    life.settle();
    return life;
  },
  'transactions, some aborted': () => {
    const life = new LogLife({ segmentBytes: 800 });
    transactions(life);
    life.checkpoint();
    return life;
  },
  'transactions cut and ended again': () => {
    const life = new LogLife({ segmentBytes: 1500 });
    transactions(life);
    life.checkpoint();
    life.truncateTo(8);
    life.marker('commit', 8);
    life.settle();
    life.append({ producerId: 7, producerEpoch: 0, baseSequence: 4, transactional: true });
    life.marker('abort', 7);
    life.checkpoint();
    return life;
  },
  'closed and opened again': () => {
    const life = new LogLife();
    fillIdempotent(life, 6);
    life.restart();
    fill(life, 4);
    life.restart();
    life.append();
    life.settle();
    return life;
  },
  'killed and opened again': () => {
    const life = new LogLife();
    fillIdempotent(life, 7);
    life.pass(20);
    fill(life, 3);
    life.flusher.flush();
    life.kill();
    life.pass(1);
    fill(life, 5);
    life.pass(20);
    transactions(life);
    life.flusher.flush();
    life.kill();
    life.checkpoint();
    return life;
  },
  'the disk is full in the middle of a batch': () => {
    const life = new LogLife();
    fill(life, 4);
    life.settle();
    for (const bytesBefore of [70, 130, 0]) {
      life.disk.faults.inject({ on: 'write', code: 'ENOSPC', times: 1, bytesBefore, path: '.log' });
      life.epoch++;
      life.append();
      life.append();
      life.pass(0.5);
      life.disk.faults.clear();
      fill(life, 2);
      life.pass(bytesBefore === 130 ? 50 : 1);
    }
    life.settle();
    return life;
  },
  'the disk is full for the indexes': () => {
    const life = new LogLife();
    life.disk.faults.inject({ on: 'write', code: 'ENOSPC', skip: 2, path: 'index' });
    transactions(life);
    life.checkpoint();
    life.disk.faults.clear();
    fill(life, 4);
    life.checkpoint();
    return life;
  },
  'six logs at once': () => {
    const life = new LogLife({}, { folders: six });
    fillAll(life, 5);
    life.checkpoint();
    fillAll(life, 2);
    life.settle();
    return life;
  },
  'six logs on a journal': () => {
    const life = new LogLife({ segmentBytes: 1200 }, { folders: six, isJournaled: true });
    fillAll(life, 10);
    life.checkpoint();
    fillAll(life, 4);
    life.settle();
    return life;
  },
  'logs on a journal, cut and emptied': () => {
    const life = new LogLife({ segmentBytes: 1200 }, { folders: six, isJournaled: true });
    fillAll(life, 5);
    life.truncateTo(3, undefined, 'p-1');
    life.append({}, 'p-1');
    fillAll(life, 2);
    life.startAt(4, 'p-2');
    life.emptyAt(30, 'p-3');
    fillAll(life, 3);
    life.truncateTo(2, undefined, 'p-4');
    fillAll(life, 2);
    life.settle();
    return life;
  },
  'logs on a journal, killed and opened again': () => {
    const life = new LogLife({ segmentBytes: 1200 }, { folders: six, isJournaled: true });
    fillAll(life, 6);
    life.kill();
    life.pass(1);
    fillAll(life, 4);
    life.restart();
    fillAll(life, 3);
    life.settle();
    return life;
  },
};
