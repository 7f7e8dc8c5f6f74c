/** Reads all that transactions have left, as a reader of committed records does, and says what is wrong with it. */
import { Offset } from '@skerry/base';
import { type BrokerConnection, KafkaError } from '@skerry/client';
import {
  batchIsControl,
  batchIsTransactional,
  batchLastOffset,
  batchLength,
  batchProducerId,
  controlRecord,
  errorName,
  fetchRequest,
  fetchResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  records,
} from '@skerry/wire';
import type { Scene } from './scene.ts';
import {
  type Transaction,
  type TransactionalProducer,
  transactionPartitions,
  transactionTimeoutMs,
  transactionTopic,
} from './transactions.ts';
import { decodeValue } from './values.ts';

/** How long, with nobody there any more, a transaction may hold readers back: its time-out, and ten seconds. */
const stableMsMax = transactionTimeoutMs + 10_000;
/** Restarts, and markers that a disk refused. */
const slackMs = 5_000;

export async function checkTransactions(
  scene: Scene,
  producers: readonly TransactionalProducer[],
  problem: (text: string) => void,
): Promise<void> {
  const { client } = scene.client('reader of transactions');
  const read: number[][] = [];
  const since = scene.nowMs;
  for (let partition = 0; partition < transactionPartitions; partition++) {
    await scene.insist('reader of transactions', async () => {
      const found = await readPartition(await client.any(), partition);
      if (found.stable < found.end) {
        if (scene.nowMs - since > stableMsMax + slackMs)
          problem(`hanging: ${transactionTopic}/${partition} is stable up to ${found.stable} of ${found.end}`);
        else throw new KafkaError('UNSTABLE_OFFSET_COMMIT', 'a transaction is open');
      }
      read.push(found.values);
    });
  }
  const seen = new Map<number, number>();
  for (const values of read) for (const value of values) seen.set(value, (seen.get(value) ?? 0) + 1);
  for (const producer of producers) {
    for (const transaction of producer.transactions) judge(transaction, seen, problem);
    await scene.insist('reader of transactions', async () => {
      judgeOffset(producer, await groupOffset(await client.any(), producer.group), seen, problem);
    });
  }
}

function judge(transaction: Transaction, seen: ReadonlyMap<number, number>, problem: (text: string) => void): void {
  const { id, number, fate, kept, tried } = transaction;
  const what = `transaction ${number} of ${id}, ${fate},`;
  for (const value of tried) if ((seen.get(value) ?? 0) > 1) problem(`duplicate: ${what} has ${value} twice`);
  const there = kept.filter(({ value }) => seen.has(value)).length;
  if ((fate === 'open' || fate === 'aborted') && tried.some((value) => seen.has(value)))
    problem(`aborted-read: ${what} is read: ${tried.filter((value) => seen.has(value)).join(' ')}`);
  if (fate === 'committed' && there < kept.length) problem(`torn: of ${what} ${there} of ${kept.length} are read`);
  if (fate === 'asked' && there > 0 && there < kept.length)
    problem(`torn: of ${what} ${there} of ${kept.length} are read`);
}

/** The group has what the last committed transaction with an offset said. */
function judgeOffset(
  { transactions, group }: TransactionalProducer,
  offset: number,
  seen: ReadonlyMap<number, number>,
  problem: (text: string) => void,
): void {
  const isCommitted = ({ fate, kept }: Transaction): boolean =>
    fate === 'committed' || (fate === 'asked' && kept.some(({ value }) => seen.has(value)));
  const last = transactions.findLast((one) => one.offset !== undefined && isCommitted(one));
  const expected = last?.offset ?? -1;
  if (offset !== expected) problem(`wrong-offset: ${group} has ${offset}, not ${expected}`);
}

async function groupOffset(connection: BrokerConnection, groupId: string): Promise<number> {
  const topics = [{ name: transactionTopic, partitionIndexes: [0] }];
  const asked = { groups: [{ groupId, topics }], requireStable: true };
  const { groups } = await connection.request(offsetFetchRequest, offsetFetchResponse, asked, { versionMax: 9 });
  const partition = groups[0]?.topics[0]?.partitions[0];
  const error = errorName(groups[0]?.errorCode || (partition?.errorCode ?? -1));
  if (error !== 'NONE') throw new KafkaError(error, 'offset');
  return partition?.committedOffset ?? -1;
}

interface Read {
  readonly values: number[];
  readonly stable: number;
  readonly end: number;
}

async function readPartition(connection: BrokerConnection, index: number): Promise<Read> {
  const values: number[] = [];
  for (let from = 0; ; ) {
    const partitions = [{ partition: index, fetchOffset: Offset(from), partitionMaxBytes: 1_000_000 }];
    const asked = {
      maxWaitMs: 0,
      maxBytes: 2_000_000,
      isolationLevel: 1,
      topics: [{ topic: transactionTopic, partitions }],
    };
    const { responses } = await connection.request(fetchRequest, fetchResponse, asked, { versionMax: 12 });
    const answer = responses[0]?.partitions[0];
    const error = errorName(answer?.errorCode ?? -1);
    if (answer === undefined || error !== 'NONE') throw new KafkaError(error, 'fetch');
    const next = take(answer.records ?? new Uint8Array(0), answer.abortedTransactions ?? [], from, values);
    if (next === from) return { values, stable: answer.lastStableOffset, end: answer.highWatermark };
    from = next;
  }
}

/** Takes the values of committed records; returns where to read on. */
function take(
  bytes: Uint8Array,
  aborted: readonly { readonly producerId: bigint; readonly firstOffset: number }[],
  from: number,
  values: number[],
): number {
  const due = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const skipped = new Set<number>();
  let next = from;
  for (
    let at = 0;
    at + 12 <= bytes.length && at + batchLength(bytes, at) <= bytes.length;
    at += batchLength(bytes, at)
  ) {
    const last = batchLastOffset(bytes, at);
    while ((due[0]?.firstOffset ?? Infinity) <= last) skipped.add(Number(due.shift()?.producerId));
    const producerId = batchProducerId(bytes, at);
    next = last + 1;
    if (batchIsControl(bytes, at)) {
      if (controlRecord(bytes, at)?.kind === 'abort') skipped.delete(producerId);
      continue;
    }
    if (batchIsTransactional(bytes, at) && skipped.has(producerId)) continue;
    for (const { offset, value } of records(bytes, at)) if (offset >= from) values.push(decodeValue(value));
  }
  return next;
}
