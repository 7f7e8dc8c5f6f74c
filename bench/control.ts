/**
 * One question at a time to a broker: what surrounds a load (topics, offsets, is anybody there), none of it measured.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createTopicError, fetchAnswer, latestOffset, produceError } from './answers.ts';
import {
  apiVersionsRequest,
  createTopicRequest,
  deleteTopicRequest,
  fetchRequest,
  latestOffsetRequest,
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

/** Fails unless a Kafka broker answers there. */
export async function assertBroker(address: Address): Promise<void> {
  const answer = await ask(address, apiVersionsRequest(), 5_000);
  if (answer.readInt32BE(0) !== 0 || answer.length < 10) throw new Error('the answer is not Kafka protocol');
}

/**
 * Makes the topic and waits until its partition answers: CreateTopics may be answered before every part of a broker
 * knows.
 */
export async function createTopic(
  address: Address,
  topic: string,
  configs: Readonly<Record<string, string>>,
): Promise<void> {
  const { code, message } = createTopicError(await ask(address, createTopicRequest(topic, configs)));
  if (code !== 0) throw new Error(`CreateTopics failed with error ${code}${message === '' ? '' : `: ${message}`}`);
  const deadline = performance.now() + 10_000;
  for (;;) {
    const { error, offset } = latestOffset(await ask(address, latestOffsetRequest(topic)));
    if (error === 0 && offset === 0) return;
    if (performance.now() > deadline)
      throw new Error(`a new topic answers ListOffsets with error ${error}, offset ${offset}`);
    await delay(10);
  }
}

/** Best effort: it only keeps the disk small. */
export async function deleteTopic(address: Address, topic: string): Promise<void> {
  await ask(address, deleteTopicRequest(topic)).catch(() => {});
}

/**
 * Fails unless the broker kept what it acknowledged: the end offset is what was sent, and the first and the last
 * batch hold the bytes that were sent, but for the base offset and the leader epoch, which are the broker's to set.
 */
export async function assertStored(
  address: Address,
  topic: string,
  batch: RecordBatch,
  batches: number,
): Promise<void> {
  const { error, offset } = latestOffset(await ask(address, latestOffsetRequest(topic)));
  const sent = batches * batch.records;
  if (error !== 0) throw new Error(`ListOffsets failed with error ${error}`);
  if (offset !== sent) throw new Error(`${sent} records were acknowledged, the log ends at ${offset}`);
  const frame = fetchRequest(topic, batch.bytes.length);
  for (const at of new Set([0, sent - batch.records])) {
    setFetchOffset(frame, at);
    const answer = await ask(address, frame);
    const { error: refused, bytes, baseOffset, recordsAt } = fetchAnswer(answer);
    if (refused !== 0 || baseOffset !== at) throw new Error(`Fetch at ${at}: error ${refused}, batch at ${baseOffset}`);
    const records = answer.subarray(recordsAt, recordsAt + bytes);
    if (!records.subarray(16, batch.bytes.length).equals(batch.bytes.subarray(16))) {
      throw new Error(`the batch at offset ${at} is not what was sent`);
    }
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
