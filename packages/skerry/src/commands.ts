import type { Command, Option } from './command.ts';

const brokers: Option = {
  name: 'brokers',
  short: 'b',
  value: 'HOST:PORT',
  env: 'SKERRY_BROKERS',
  summary: 'Brokers to begin with, with commas between; 127.0.0.1:9092 without it.',
};
const json: Option = { name: 'json', summary: 'Print JSON.' };
const partition: Option = { name: 'partition', short: 'p', value: 'N', summary: 'This partition alone.' };

const data: Option = {
  name: 'data',
  value: 'DIR',
  env: 'SKERRY_DATA',
  summary: "The node's folder; ./data without it.",
};
const topic: Option = { name: 'topic', short: 't', value: 'TOPIC', summary: 'This topic alone.' };

/** Every command. The parser, the help and the docs are driven by this table. */
export const commands: readonly Command[] = [
  {
    path: ['start'],
    summary: 'Run the broker until it is told to stop.',
    positionals: [],
    options: [
      {
        name: 'config',
        short: 'c',
        value: 'FILE',
        env: 'SKERRY_CONFIG',
        summary: "Settings, in Kafka's server.properties form.",
      },
      {
        name: 'port',
        value: 'N',
        env: 'SKERRY_PORT',
        summary: 'Port of the first listener; 9092 without it, 0 for any.',
      },
      { name: 'data', value: 'DIR', env: 'SKERRY_DATA', summary: 'Folder of all data; ./data without it.' },
      { name: 'override', value: 'KEY=VALUE', multiple: true, summary: 'One setting, over the file.' },
      { name: 'read-write', summary: 'Take records, however often the node has failed within the last hour.' },
    ],
    notes: [
      'Settings have the names of Kafka; docs/configuration.md lists them.',
      'A flag wins over --override, and that over the file.',
      'After five failures within an hour (exit 70 or 74) the node starts read-only, and says why: docs/operations.md.',
    ],
    examples: [
      'skerry start',
      'skerry start --port 19092 --data /var/lib/skerry',
      'skerry start --config server.properties --override log.retention.hours=48',
    ],
    load: async () => (await import('./verbs/start.ts')).start,
  },
  {
    path: ['topic', 'create'],
    summary: 'Create topics.',
    positionals: ['TOPIC…'],
    options: [
      { name: 'partitions', short: 'p', value: 'N', summary: "Partitions; the broker's num.partitions without it." },
      { name: 'replicas', short: 'r', value: 'N', summary: "Replicas; the broker's default without it." },
      { name: 'config', short: 'c', value: 'KEY=VALUE', multiple: true, summary: "One of the topic's settings." },
      { name: 'if-missing', summary: 'A topic that is there already is no failure.' },
      brokers,
    ],
    examples: ['skerry topic create lab.temp', 'skerry topic create plant.pumps -p 3 -c retention.ms=86400000'],
    load: async () => (await import('./verbs/topic.ts')).createTopic,
  },
  {
    path: ['topic', 'list'],
    summary: 'List topics.',
    positionals: [],
    options: [{ name: 'internal', summary: "The broker's own topics too." }, json, brokers],
    examples: ['skerry topic list', 'skerry topic list --json | jq -r ".[].name"'],
    load: async () => (await import('./verbs/topic.ts')).listTopics,
  },
  {
    path: ['topic', 'describe'],
    summary: "Show topics' partitions, offsets and own settings.",
    positionals: ['TOPIC…'],
    options: [json, brokers],
    examples: ['skerry topic describe lab.temp', 'skerry topic describe lab.temp --json'],
    load: async () => (await import('./verbs/topic.ts')).describeTopics,
  },
  {
    path: ['topic', 'delete'],
    summary: 'Delete topics, with all their records.',
    positionals: ['TOPIC…'],
    options: [{ name: 'if-there', summary: 'A topic that is not there is no failure.' }, brokers],
    examples: ['skerry topic delete lab.temp'],
    load: async () => (await import('./verbs/topic.ts')).deleteTopics,
  },
  {
    path: ['produce'],
    summary: 'Send the lines of the standard input as records.',
    positionals: ['TOPIC'],
    options: [
      { name: 'key', short: 'k', value: 'KEY', summary: 'Key of every record.' },
      { name: 'key-separator', short: 'K', value: 'TEXT', summary: 'Lines are KEY, this, VALUE.' },
      { name: 'header', short: 'H', value: 'KEY=VALUE', multiple: true, summary: 'A header of every record.' },
      partition,
      { name: 'acks', value: 'WHO', summary: 'Who must have a record: all (the default), leader, none.' },
      {
        name: 'compression',
        short: 'z',
        value: 'CODEC',
        summary: 'none (the default), gzip, snappy, lz4, zstd.',
      },
      {
        name: 'timeout',
        value: 'SECONDS',
        summary: 'How long a batch is tried before it is given up; 120 without it.',
      },
      { name: 'quiet', short: 'q', summary: 'Say nothing of what was sent.' },
      brokers,
    ],
    notes: [
      'Empty lines are passed over. Records with a key go to the partition of the key, as with every Kafka client;',
      'batches of others take turns.',
    ],
    examples: [
      `echo '{"t":21.5}' | skerry produce lab.temp`,
      `echo 'pump-7:21.4' | skerry produce plant.pumps -K : -H site=harbour-3`,
    ],
    load: async () => (await import('./verbs/produce.ts')).produce,
  },
  {
    path: ['consume'],
    summary: 'Print the records of topics, and go on as they come.',
    positionals: ['TOPIC…'],
    options: [
      {
        name: 'offset',
        short: 'o',
        value: 'WHERE',
        summary: 'Where to begin: start (the default), end, a number, -N for the last N, @TIME.',
      },
      { name: 'count', short: 'n', value: 'N', summary: 'Stop after so many records.' },
      { name: 'exit', short: 'e', summary: 'Stop at the end.' },
      {
        name: 'timeout',
        value: 'SECONDS',
        summary: 'With --exit: how long a partition that cannot be read is tried; 15 without it.',
      },
      partition,
      { name: 'format', short: 'f', value: 'TEXT', summary: "What to print for a record; '%s\\n' without it." },
      { name: 'committed', summary: 'Only records of transactions that were committed.' },
      { name: 'json', summary: 'Print a JSON object a line.' },
      brokers,
    ],
    notes: [
      'In a format: %t topic, %p partition, %o offset, %T time in ms, %k key, %K its length, %s value, %S its length,',
      '%h headers, %% a percent sign; \\n, \\t, \\r, \\\\ and \\xNN as usual.',
      'TIME is milliseconds since 1970, or a date as 2026-11-22T07:00:00Z. Interrupted by Ctrl-C, it exits with 130.',
    ],
    examples: [
      'skerry consume lab.temp',
      `skerry consume lab.temp -o -10 -e -f '%t %p %o %k %s\\n'`,
      'skerry consume plant.pumps -o @2026-11-22T07:00:00Z --json',
    ],
    load: async () => (await import('./verbs/consume.ts')).consume,
  },
  {
    path: ['log', 'verify'],
    summary: 'Read all records of a node that does not run, and tell what is wrong.',
    positionals: [],
    options: [data, topic, partition, json],
    notes: [
      'Reads every batch (shape, CRC, order), and holds the indexes and what the store says against them.',
      'Changes nothing. Exits with 0 when all is good, with 1 when something is to be done: each fault says what.',
    ],
    examples: ['skerry log verify', 'skerry log verify --data /var/lib/skerry --topic lab.temp --json'],
    load: async () => (await import('./verbs/log-verify.ts')).verifyLogs,
  },
  {
    path: ['log', 'dump'],
    summary: 'Show the batches of segments, or the entries of indexes.',
    positionals: ['[FILE…]'],
    options: [
      { name: 'records', short: 'r', summary: 'Each record too.' },
      data,
      topic,
      partition,
      { name: 'json', summary: 'Print a JSON object a line.' },
    ],
    notes: [
      "In the words of Kafka's kafka-dump-log. FILEs end in .log, .index, .timeindex or .txnindex, and may be those of",
      'a node that runs; for --topic the node must be stopped.',
    ],
    examples: [
      'skerry log dump data/topics/lab.temp-0.811c9dc5/00000000000000000000.log --records',
      'skerry log dump --data /var/lib/skerry --topic lab.temp --json',
    ],
    load: async () => (await import('./verbs/log-dump.ts')).dumpLog,
  },
  {
    path: ['log', 'repair'],
    summary: 'Do to the data of a node that does not run what you decide, and keep a copy of what goes.',
    positionals: [],
    options: [
      { name: 'skip-bad', summary: 'Give up what is damaged, and nothing else; consumers step over the gap.' },
      { name: 'truncate-at', value: 'OFFSET', summary: 'Give up all records of the partition from there on.' },
      { name: 'rebuild', summary: 'Make indexes, checkpoint, epochs and producers anew from the records.' },
      { name: 'rebuild-store', summary: "Make the node's whole store anew from its logs." },
      { name: 'yes', short: 'y', summary: 'Do it: without it you are told what would be done.' },
      data,
      topic,
      partition,
    ],
    notes: [
      'Nothing is done while there is damage that no option decides. What is taken out of a file is kept beside it,',
      'under a name with "removed" in it; indexes are not kept, since they follow from the records.',
      '--rebuild-store loses no record, topic or committed offset. It may be joined with --skip-bad.',
    ],
    examples: [
      'skerry log repair --topic lab.temp --partition 0 --skip-bad',
      'skerry log repair --topic lab.temp --partition 0 --truncate-at 1204 --yes',
      'skerry log repair --data /var/lib/skerry --rebuild-store --yes',
    ],
    load: async () => (await import('./verbs/log-repair.ts')).repairLogs,
  },
];
