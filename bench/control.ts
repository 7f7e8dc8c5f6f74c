/**
 * One question at a time to a broker: what surrounds a load (topics, offsets, is anybody there), none of it measured.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { errorName } from '@skerry/wire';
import { apiVersions, createTopicError, fetchAnswer, latestOffsets, produceError } from './answers.ts';
import {
  apiVersionsRequest,
  createTopicRequest,
  deleteTopicRequest,
  fetchRequest,
  latestOffsetsRequest,
  produceRequest,
  type RecordBatch,
  setFetchOffset,
} from './frames.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const answerMsMax = 30_000;

function dial({ host, port }: Address): Promise<Socket> {
  return new Promise((done, failed) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('connect', () => {
      socket.off('error', failed);
      done(socket);
    });
    socket.once('error', failed);
  });
}

/** Sends one frame and resolves with the whole answer, without its length. */
async function ask(address: Address, frame: Buffer, waitMsMax = answerMsMax): Promise<Buffer> {
  const socket = await dial(address);
  try {
    return await new Promise<Buffer>((done, failed) => {
      const chunks: Buffer[] = [];
      let held = 0;
      socket.setTimeout(waitMsMax, () => failed(new Error(`no answer within ${waitMsMax / 1000} s`)));
      socket.on('error', failed);
      socket.on('close', () => failed(new Error('the connection was closed instead of an answer')));
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        held += chunk.length;
        if (held < 4) return;
        const all = Buffer.concat(chunks);
        const size = all.readInt32BE(0);
        if (size < 4 || size > 64 * 1024 * 1024) failed(new Error('the answer is not Kafka protocol'));
        else if (held >= 4 + size) done(all.subarray(4, 4 + size));
      });
      socket.write(frame);
    });
  } finally {
    socket.destroy();
  }
}

/** Fails unless a Kafka broker answers there; tells which APIs it knows, and their versions. */
export async function assertBroker(address: Address): Promise<ReturnType<typeof apiVersions>> {
  const answer = await ask(address, apiVersionsRequest(), 5_000);
  if (answer.readInt32BE(0) !== 0 || answer.length < 10) throw new Error('the answer is not Kafka protocol');
  return apiVersions(answer);
}

/** Whether a broker answers there now. */
export const answersNow = (address: Address): Promise<boolean> =>
  assertBroker(address).then(
    () => true,
    () => false,
  );

/** Where each partition ends; for readers of committed records, if so asked. */
async function endsOf(
  address: Address,
  topic: string,
  partitions: number,
  committed = false,
): Promise<readonly number[]> {
  const answers = latestOffsets(await ask(address, latestOffsetsRequest(topic, partitions, committed)));
  const failed = answers.find(({ error }) => error !== 0);
  if (failed !== undefined) throw new Error(`ListOffsets failed with ${errorName(failed.error)}`);
  return answers.map(({ offset }) => offset);
}

const createMsMax = 120_000;

/**
 * Makes the topic and waits until its partitions answer: CreateTopics may be answered before every part of a broker
 * knows.
 */
export async function createTopic(
  address: Address,
  topic: string,
  configs: Readonly<Record<string, string>>,
  partitions = 1,
): Promise<void> {
  const answer = await ask(address, createTopicRequest(topic, partitions, configs), createMsMax);
  const { code, message } = createTopicError(answer);
  if (code !== 0) throw new Error(`CreateTopics failed with ${errorName(code)}${message === '' ? '' : `: ${message}`}`);
  const deadline = performance.now() + createMsMax;
  for (;;) {
    try {
      const ends = await endsOf(address, topic, partitions);
      if (ends.some((offset) => offset !== 0)) throw new Error('a new topic is not empty');
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(10);
  }
}

/** Best effort: it only keeps the disk small. */
export async function deleteTopic(address: Address, topic: string): Promise<void> {
  await ask(address, deleteTopicRequest(topic)).catch(() => {});
}

/**
 * Fails unless the broker kept what it acknowledged: the partitions' ends add up to what was sent, and the first and
 * the last batch of one hold the bytes that were sent, but for the base offset and the leader epoch, which are the
 * broker's to set.
 */
export async function assertStored(
  address: Address,
  topic: string,
  batch: RecordBatch,
  batches: number,
  partitions: number,
): Promise<void> {
  const ends = await endsOf(address, topic, partitions);
  const sent = batches * batch.records;
  const kept = ends.reduce((sum, end) => sum + end, 0);
  if (kept !== sent) throw new Error(`${sent} records were acknowledged, the log holds ${kept}`);
  const frame = fetchRequest(topic, batch.bytes.length);
  for (const at of new Set([0, (ends[0] ?? 0) - batch.records])) {
    if (at < 0) continue;
    setFetchOffset(frame, at);
    const answer = await ask(address, frame);
    const { error, bytes, baseOffset, recordsAt } = fetchAnswer(answer);
    if (error !== 0 || baseOffset !== at)
      throw new Error(`Fetch at ${at}: ${errorName(error)}, batch at ${baseOffset}`);
    const records = answer.subarray(recordsAt, recordsAt + bytes);
    if (!records.subarray(16, batch.bytes.length).equals(batch.bytes.subarray(16))) {
      throw new Error(`the batch at offset ${at} is not what was sent`);
    }
  }
}

const committedMsMax = 10_000;

/** Fails unless readers of committed records soon get `offsets` of them: the last marker may come after its answer. */
export async function assertCommitted(
  address: Address,
  topic: string,
  partitions: number,
  offsets: number,
): Promise<void> {
  const deadline = performance.now() + committedMsMax;
  for (;;) {
    const ends = await endsOf(address, topic, partitions, true);
    const kept = ends.reduce((sum, end) => sum + end, 0);
    if (kept === offsets) return;
    if (performance.now() > deadline) {
      throw new Error(`${offsets} records and markers were committed, the log tells of ${kept}`);
    }
    await delay(10);
  }
}

/**
 * Resolves when a first Produce to `topic` was acknowledged, however often it takes: a starting broker refuses
 * connections, then perhaps requests. `given` ends the wait.
 */
export async function firstProduce(
  address: Address,
  topic: string,
  batch: RecordBatch,
  given: AbortSignal,
): Promise<void> {
  const frame = produceRequest(topic, batch.bytes);
  while (!given.aborted) {
    const error = await ask(address, frame, 5_000).then(produceError, () => -1);
    if (error === 0) return;
    await delay(2);
  }
  throw new Error('the broker did not come up');
}
