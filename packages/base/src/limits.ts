import { assert } from './assert.ts';

/**
 * Every bound that several packages share, in one file: a queue, a loop or a buffer without an entry here or in its
 * setting is a bug.
 */
export const limits = {
  /** One request frame: Kafka's default of socket.request.max.bytes. */
  frameBytesMax: 100 * 1024 * 1024,
  /** One record batch: Kafka's default of message.max.bytes. */
  batchBytesMax: 1024 * 1024 + 12,
  /** A pooled buffer for reading and sending: large enough to amortise a system call, small enough to have hundreds. */
  slabBytes: 256 * 1024,
  /**
   * The same for answers, by the bytes that are lent out: larger ones take fewer system calls for the same bytes. Who
   * has not yet read an answer whole gets them up to `unproven` alone.
   */
  answerSlabs: [
    { bytes: 1024 * 1024, untilBytes: 16 * 1024 * 1024, unproven: 0 },
    { bytes: 256 * 1024, untilBytes: 40 * 1024 * 1024, unproven: 8 * 1024 * 1024 },
    { bytes: 64 * 1024, untilBytes: 64 * 1024 * 1024, unproven: 24 * 1024 * 1024 },
  ],
  /** Beyond all of these. */
  answerSlabBytesMin: 16 * 1024,
  /** For those who have read an answer whole, while memory is short. */
  shortAnswerSlabBytes: 64 * 1024,
  /** What all who have not read one whole yet are sent in a turn of the event loop, or the slab of one. */
  newcomersTurnBytes: 256 * 1024,
  /** And in a turn that is long, for each millisecond of it. */
  newcomersMsBytes: 64 * 1024,
  /** Produce requests of one connection that may wait for their sync at once; beyond it the socket is not read. */
  overlapRequestsMax: 256,
  /** Bytes of those requests. */
  overlapBytesMax: 32 * 1024 * 1024,
  /**
   * Unsynced bytes up to which appends are written on the loop; beyond it a write may block on the disk, so the pool
   * does it.
   */
  unsyncedBytesMax: 8 * 1024 * 1024,
  /** Syncs in flight: a disk serialises them, more only lengthen the queue. */
  syncsInFlightMax: 4,
  /** Open segment files; the least recently used are closed and opened again on demand. */
  openFilesMax: 512,
  /** What a batch, or a set of old messages, may unpack to when it is converted for clients before Kafka 0.11. */
  convertedPlainBytesMax: 64 * 1024 * 1024,
  /** A fetch answer in old messages: it is held in memory until it is sent. */
  convertedAnswerBytes: 1024 * 1024,
  /** The same while many are held. */
  smallConvertedAnswerBytes: 64 * 1024,
  /** Bytes of such answers that are held, up to which the large ones are given. */
  largeConvertedUntilBytes: 16 * 1024 * 1024,
  /** Beyond the memory budget, by such a part of it, nobody is read but one. */
  memoryOverdraft: 1 / 4,
  /** Free again, as a part of the budget, before those in the midst of a request are read again. */
  memoryHeadroom: 1 / 8,
  /** How often it is looked for room while memory is short. */
  memoryLookMs: 20,
  /** How long one connection may be read beyond the budget. */
  memoryFavourMs: 5000,
  /** While memory is short: how long a peer may keep an unfinished request, or an answer, and do nothing. */
  memoryPatienceMs: 3000,
  /** A topic's name, Kafka's rule. */
  topicNameLengthMax: 249,
} as const;

assert(limits.batchBytesMax < limits.frameBytesMax, 'a batch must fit the frame that carries it');
assert(limits.overlapBytesMax < limits.frameBytesMax, 'waiting requests must cost less than one of the largest frames');
