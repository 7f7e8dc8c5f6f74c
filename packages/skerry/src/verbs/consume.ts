import { type Client, Consumer, KafkaError, offsetOf, type Place, type TopicInfo } from '@skerry/client';
import type { Parsed } from '../args.ts';
import { exitCodes, UsageError } from '../failure.ts';
import { formatter, jsonLine } from '../record-format.ts';
import type { Terminal } from '../terminal.ts';
import { plural } from '../text-table.ts';
import { withClient } from './broker-client.ts';

/** Prints records as they come, until enough were printed, the end is reached, or somebody interrupts. */
export async function consume(parsed: Parsed, terminal: Terminal): Promise<number> {
  const from = parseStart(parsed.text('offset') ?? 'start');
  const print = printer(parsed);
  const count = parsed.number('count', 1) ?? Number.POSITIVE_INFINITY;
  const chosen = parsed.number('partition', 0);
  process.once('SIGINT', () => process.exit(exitCodes.interrupted));
  await withClient(parsed, async (client) => {
    const consumer = new Consumer(client, {
      isolation: parsed.isSet('committed') ? 'read_committed' : 'read_uncommitted',
    });
    const ends = await assign(client, consumer, parsed, { from, chosen });
    const finished = (): boolean =>
      parsed.isSet('exit') &&
      ends.every(({ topic, partition, end }) => (consumer.position(topic, partition) ?? 0) >= end);
    if (terminal.isInteractive && !parsed.isSet('exit'))
      terminal.note(`Reading ${plural(ends.length, 'partition')}; Ctrl-C stops.`);
    let printed = 0;
    while (printed < count && !finished()) {
      const records = await consumer.poll();
      const wanted = records.slice(0, count - printed);
      printed += wanted.length;
      if (wanted.length > 0) await terminal.out(Buffer.concat(wanted.map(print)));
    }
  });
  return exitCodes.ok;
}

function printer(parsed: Parsed): ReturnType<typeof formatter> {
  const format = parsed.text('format');
  if (!parsed.isSet('json')) return formatter(format ?? '%s\\n');
  if (format !== undefined) throw new UsageError('--format and --json exclude each other');
  return jsonLine;
}

/** Where to begin: a place, an offset, or so many records before the end. */
type Start = Place | { readonly offset: number } | { readonly last: number };

export function parseStart(given: string): Start {
  if (given === 'start' || given === 'beginning' || given === 'earliest') return 'earliest';
  if (given === 'end' || given === 'latest') return 'latest';
  if (/^\d+$/.test(given)) return { offset: Number(given) };
  if (/^-\d+$/.test(given)) return { last: -Number(given) };
  const time = given.startsWith('@') ? given.slice(1) : '';
  const timestamp = /^\d+$/.test(time) ? Number(time) : Date.parse(time);
  if (time === '' || Number.isNaN(timestamp)) {
    throw new UsageError(
      `--offset ${given}: must be start, end, a number, -N for the last N, or @TIME (2026-11-22T07:00:00Z)`,
    );
  }
  return { timestamp };
}

interface End {
  readonly topic: string;
  readonly partition: number;
  /** Where it ended when we began. */
  readonly end: number;
}

async function assign(
  client: Client,
  consumer: Consumer,
  parsed: Parsed,
  { from, chosen }: { from: Start; chosen: number | undefined },
): Promise<End[]> {
  const ends: End[] = [];
  for (const topic of parsed.positionals) {
    const info = await find(client, topic);
    if (chosen !== undefined && chosen >= info.partitions.length) {
      throw new UsageError(
        `--partition ${chosen}: ${topic} has ${plural(info.partitions.length, 'partition')}, numbered from 0`,
      );
    }
    for (const { partition } of info.partitions) {
      if (chosen !== undefined && partition !== chosen) continue;
      const end = await offsetOf(client, topic, partition, 'latest');
      ends.push({ topic, partition, end });
      await consumer.assign(topic, partition, await position(client, { topic, partition, end }, from));
    }
  }
  return ends;
}

/** Asks once, so that a name with a slip in it is said at once, not after a time-out. */
async function find(client: Client, topic: string): Promise<TopicInfo> {
  const { topics } = await client.metadata([topic]);
  if (topics[0]?.errorCode === 3) {
    throw new KafkaError(
      'UNKNOWN_TOPIC_OR_PARTITION',
      `topic ${topic}`,
      'there is none; "skerry topic list" shows those there are',
    );
  }
  return client.topic(topic);
}

async function position(client: Client, { topic, partition, end }: End, from: Start): Promise<number | Place> {
  if (from === 'earliest' || from === 'latest' || 'timestamp' in from) return from;
  if ('offset' in from) return from.offset;
  return Math.max(await offsetOf(client, topic, partition, 'earliest'), end - from.last);
}
