import { utf8Encode } from '@skerry/base';
import { type Client, Producer, type ProducerOptions, partitionOf, type Sent } from '@skerry/client';
import { nodeClock } from '@skerry/io';
import { codecNames, type NewRecord } from '@skerry/wire';
import { type Parsed, pair } from '../args.ts';
import { exitCodes, UsageError } from '../failure.ts';
import { lines } from '../lines.ts';
import type { Terminal } from '../terminal.ts';
import { plural } from '../text-table.ts';
import { withClient } from './broker-client.ts';
import { Trouble } from './trouble.ts';

/** A batch stays well below message.max.bytes, which is 1 MiB unless somebody sets it. */
const batchBytesMax = 512 * 1024;
const batchRecordsMax = 10_000;
/** Kafka's delivery.timeout.ms. */
const timeoutSDefault = 120;

/** Sends what comes on the standard input, a record a line, a batch for what arrives at once. */
export async function produce(parsed: Parsed, terminal: Terminal): Promise<number> {
  const [topic = ''] = parsed.positionals;
  const toRecord = recordMaker(parsed);
  const trouble = new Trouble(nodeClock(), terminal);
  const options = producerOptions(parsed, trouble);
  const chosen = parsed.number('partition', 0);
  await withClient(parsed, async (client) => {
    if (terminal.stdin.isTTY) terminal.note('Type records, one a line; Ctrl-D ends.');
    const producer = new Producer(client, options);
    const sent: Sent[] = [];
    let count = 0;
    for await (const arrived of lines(terminal.stdin)) {
      const records = arrived.filter((line) => line.length > 0).map(toRecord);
      count += records.length;
      for (const batch of batches(await byPartition(client, topic, records, chosen))) {
        sent.push(await producer.send(topic, batch.records, batch.partition));
        trouble.passed();
      }
    }
    if (!parsed.isSet('quiet')) terminal.note(receipt(topic, count, sent));
  });
  return exitCodes.ok;
}

function producerOptions(parsed: Parsed, trouble: Trouble): ProducerOptions {
  const acks = parsed.text('acks') ?? 'all';
  if (acks !== 'all' && acks !== 'leader' && acks !== 'none')
    throw new UsageError(`--acks ${acks}: must be all, leader or none`);
  const wanted = parsed.text('compression') ?? 'none';
  const compression = codecNames.find((name) => name === wanted);
  if (compression === undefined)
    throw new UsageError(`--compression ${wanted}: must be one of ${codecNames.join(', ')}`);
  const timeoutS = parsed.number('timeout', 1) ?? timeoutSDefault;
  return {
    acks,
    compression,
    idempotent: acks === 'all',
    deliveryTimeoutMs: timeoutS * 1000,
    onRetry: (error) => trouble.failed(error, `a batch is tried for ${timeoutS} s`),
  };
}

function recordMaker(parsed: Parsed): (line: Uint8Array) => NewRecord {
  const headers = parsed.all('header').map((given) => {
    const [key, value] = pair(given, '--header');
    return { key, value: utf8Encode(value) };
  });
  const key = parsed.text('key');
  const separator = parsed.text('key-separator');
  if (key !== undefined && separator !== undefined)
    throw new UsageError('--key and --key-separator exclude each other');
  if (separator === '') throw new UsageError('--key-separator needs a character at least');
  const fixed = key === undefined ? null : utf8Encode(key);
  return (line) => {
    if (separator === undefined) return { key: fixed, value: line, headers };
    const at = Buffer.from(line.buffer, line.byteOffset, line.byteLength).indexOf(separator);
    if (at < 0) throw new UsageError(`a line without the separator "${separator}": ${Buffer.from(line).toString()}`);
    return { key: line.subarray(0, at), value: line.subarray(at + Buffer.byteLength(separator)), headers };
  };
}

interface Batch {
  /** Undefined where partitions take turns. */
  readonly partition: number | undefined;
  readonly records: readonly NewRecord[];
}

/** Records by the partition that their key means; in the order in which they came within each. */
async function byPartition(
  client: Client,
  topic: string,
  records: readonly NewRecord[],
  chosen: number | undefined,
): Promise<Batch[]> {
  if (chosen !== undefined || records.every(({ key }) => key === null)) return [{ partition: chosen, records }];
  const { partitions } = await client.topic(topic, { create: true });
  const groups = Map.groupBy(records, ({ key }) => partitionOf(key ?? new Uint8Array(0), partitions.length));
  return [...groups].map(([partition, of]) => ({ partition, records: of }));
}

function* batches(groups: readonly Batch[]): Generator<Batch> {
  for (const { partition, records } of groups) {
    let from = 0;
    let bytes = 0;
    for (const [i, record] of records.entries()) {
      const size = (record.key?.length ?? 0) + (record.value?.length ?? 0);
      if (i > from && (bytes + size > batchBytesMax || i - from >= batchRecordsMax)) {
        yield { partition, records: records.slice(from, i) };
        [from, bytes] = [i, 0];
      }
      bytes += size;
    }
    if (records.length > from) yield { partition, records: records.slice(from) };
  }
}

/** `3 records → lab.temp, partition 0, from offset 17` */
function receipt(topic: string, count: number, sent: readonly Sent[]): string {
  const [first] = sent;
  if (first === undefined) return 'nothing to send: the input was empty';
  const several = new Set(sent.map(({ partition }) => partition)).size;
  const where = several > 1 ? plural(several, 'partition') : `partition ${first.partition}`;
  const known = several === 1 && first.offset !== undefined;
  const at = known ? `, ${count === 1 ? 'offset' : 'from offset'} ${first.offset}` : '';
  return `${plural(count, 'record')} → ${topic}, ${where}${at}`;
}
