import { type Client, KafkaError } from '@skerry/client';
import { nodeClock } from '@skerry/io';
import type { Parsed } from '../args.ts';
import { exitCodeOf, exitCodes, UsageError } from '../failure.ts';
import { formatter, jsonLine } from '../record-format.ts';
import type { Terminal } from '../terminal.ts';
import { plural } from '../text-table.ts';
import { withClient } from './broker-client.ts';
import { type ReadingOptions, Readings, type Start } from './reading.ts';

/** For how long a partition that cannot be read keeps `--exit` waiting. */
const timeoutSDefault = 15;
/** One question to a broker is asked for so long: what goes on failing is counted here, and said. */
const retryTimeoutMs = 1000;

/**
 * Prints records as they come, until enough were printed, the end is reached, or somebody interrupts. With --exit a
 * partition that cannot be read is a failure, once all others were read.
 */
export async function consume(parsed: Parsed, terminal: Terminal): Promise<number> {
  const isToEnd = parsed.isSet('exit');
  const options: ReadingOptions = {
    from: parseStart(parsed.text('offset') ?? 'start'),
    isolation: parsed.isSet('committed') ? 'read_committed' : 'read_uncommitted',
    patienceMs: isToEnd ? (parsed.number('timeout', 1) ?? timeoutSDefault) * 1000 : undefined,
  };
  const print = printer(parsed);
  const count = parsed.number('count', 1) ?? Number.POSITIVE_INFINITY;
  process.once('SIGINT', () => process.exit(exitCodes.interrupted));
  const read = async (client: Client): Promise<number> => {
    const readings = new Readings(client, nodeClock(), terminal, options);
    for (const topic of parsed.positionals) await addPartitions(client, readings, topic, parsed.number('partition', 0));
    try {
      await readings.begin();
      if (terminal.isInteractive && !isToEnd)
        terminal.note(`Reading ${plural(readings.count, 'partition')}; Ctrl-C stops.`);
      const isOver = (): boolean => isToEnd && readings.isOver;
      let printed = 0;
      while (printed < count && !isOver()) {
        const wanted = (await readings.poll()).slice(0, count - printed);
        printed += wanted.length;
        if (wanted.length > 0) await terminal.out(Buffer.concat(wanted.map(print)));
      }
    } finally {
      readings.close();
    }
    const [failure] = readings.failures;
    return failure === undefined ? exitCodes.ok : exitCodeOf(failure);
  };
  return withClient(parsed, read, retryTimeoutMs);
}

function printer(parsed: Parsed): ReturnType<typeof formatter> {
  const format = parsed.text('format');
  if (!parsed.isSet('json')) return formatter(format ?? '%s\\n');
  if (format !== undefined) throw new UsageError('--format and --json exclude each other');
  return jsonLine;
}

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

/** Asks once, so that a name with a slip in it is said at once, not after a time-out. */
async function addPartitions(
  client: Client,
  readings: Readings,
  topic: string,
  chosen: number | undefined,
): Promise<void> {
  const { topics } = await client.metadata([topic]);
  if (topics[0]?.errorCode === 3) {
    throw new KafkaError(
      'UNKNOWN_TOPIC_OR_PARTITION',
      `topic ${topic}`,
      'there is none; "skerry topic list" shows those there are',
    );
  }
  const found = topics[0]?.errorCode === 0 ? topics[0] : undefined;
  const count = (found ?? (await client.topic(topic))).partitions.length;
  if (chosen !== undefined && chosen >= count)
    throw new UsageError(`--partition ${chosen}: ${topic} has ${plural(count, 'partition')}, numbered from 0`);
  for (let partition = 0; partition < count; partition++)
    if (chosen === undefined || partition === chosen) readings.add(topic, partition);
}
