/**
 * The batches that both Skerry and Kafka's own library write, as lines of text, and what their records should be. Run
 * as a script it prints Skerry's half, which BatchVectors.java completes:
 *
 *     mvn dependency:copy-dependencies -DoutputDirectory=JARS      (a pom with kafka-clients 4.4.0)
 *     node --conditions=skerry-source packages/testkit/test/batch-vectors.ts \
 *       | java -cp 'JARS/*' packages/wire/test/vectors/BatchVectors.java > packages/wire/test/vectors/batches.txt
 */
import { LeaderEpoch, Offset, utf8Decode } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { BatchBuilder, codecName, markerBatch, type NewRecord } from '@skerry/wire';

/** A line's `name=number` words. */
type Fields = Readonly<Record<string, number>>;

export interface Vector {
  /** 'batch' or 'marker', and its name. */
  readonly kind: string;
  readonly name: string;
  readonly fields: Fields;
  readonly records: readonly (NewRecord & { readonly timestamp: number })[];
}

const compute = nodeCompute({ inline: true });

const text = (value: string) => Buffer.from(value).toString('hex');
const now = 1_700_000_000_000;
const some = [
  `record ${now} ${text('key')} ${text('value')} ${text('trace')}=0001ff`,
  `record ${now + 5} null ${text('no key')} ${text('null')}=null ${text('empty')}=- ${text('größe')}=c3`,
  `record ${now - 70_000} ${text('tombstone')} null`,
  `record ${now + 2 ** 33} - -`,
];
const large = [`record ${now} 6b ${text('21.4 degrees; ')}*7000`, `record ${now} null ${text('x')}*40000`];
const codecs = [0, 1, 2, 3, 4];

const sources: readonly (readonly string[])[] = [
  ...codecs.map((codec) => [`batch some-${codecName(codec)} codec=${codec} base=0`, ...some]),
  ...codecs.slice(1).map((codec) => [`batch large-${codecName(codec)} codec=${codec} base=9`, ...large]),
  ['batch idempotent producerId=4000 producerEpoch=3 baseSequence=17 base=100 leaderEpoch=6', ...some],
  ['batch transactional producerId=4294967301 producerEpoch=0 baseSequence=0 transactional=1', ...some],
  [`batch appended logAppendTime=1 appendTime=${now + 999} base=4294967296`, ...some],
  [`batch appended-zstd codec=4 logAppendTime=1 appendTime=${now + 999}`, ...some],
  ['batch untimed', 'record -1 null 76'],
  [`batch many`, ...Array.from({ length: 200 }, (_, i) => `record ${now + i * 41} ${text(`k${i}`)} ${text(`v${i}`)}`)],
  [`marker commit producerId=4000 producerEpoch=3 coordinatorEpoch=12 timestamp=${now}`],
  [`marker abort producerId=4294967301 producerEpoch=0 coordinatorEpoch=0 timestamp=${now}`],
];

/** The batch that Skerry's builder makes of a vector. */
export function write({ kind, name, fields, records }: Vector): Uint8Array {
  const { producerId = -1, producerEpoch = -1, timestamp = -1, coordinatorEpoch = -1 } = fields;
  if (kind === 'marker') {
    return markerBatch({ kind: name as 'abort' | 'commit', producerId, producerEpoch, coordinatorEpoch, timestamp });
  }
  const builder = new BatchBuilder({
    baseOffset: Offset(fields['base'] ?? 0),
    leaderEpoch: LeaderEpoch(fields['leaderEpoch'] ?? -1),
    producerId,
    producerEpoch,
    baseSequence: fields['baseSequence'] ?? -1,
    transactional: fields['transactional'] === 1,
    timestampType: fields['logAppendTime'] === 1 ? 'logAppendTime' : 'createTime',
    ...(fields['appendTime'] === undefined ? {} : { maxTimestamp: fields['appendTime'] }),
  });
  for (const record of records) builder.append(record);
  let batch: Uint8Array | undefined;
  builder.compress(codecName(fields['codec'] ?? 0) ?? 'none', compute, (error, made) => {
    if (error !== undefined) throw error;
    batch = made;
  });
  if (batch === undefined) throw new Error('an inline Compute calls back in the call');
  return batch;
}

/** A vector's first lines, read. */
export function parseVector(lines: readonly string[]): Vector {
  const [kind = '', name = '', ...fields] = lines[0]?.split(' ') ?? [];
  const records = lines.slice(1).map((line) => {
    const [, timestamp, key = 'null', value = 'null', ...headers] = line.split(' ');
    return {
      timestamp: Number(timestamp),
      key: parseBytes(key),
      value: parseBytes(value),
      headers: headers.map((header) => {
        const [name = '-', value = 'null'] = header.split('=');
        return { key: utf8Decode(parseBytes(name) ?? new Uint8Array()), value: parseBytes(value) };
      }),
    };
  });
  const numbers = fields.map((field) => field.split('=')).map(([name = '', value]) => [name, Number(value)] as const);
  return { kind, name, fields: Object.fromEntries(numbers), records };
}

function parseBytes(word: string): Uint8Array | null {
  if (word === 'null') return null;
  if (word === '-') return new Uint8Array();
  const [hex = '', times = '1'] = word.split('*');
  return new Uint8Array(Buffer.from(hex.repeat(Number(times)), 'hex'));
}

if (import.meta.main) {
  for (const lines of sources) {
    console.log([...lines, `skerry ${Buffer.from(write(parseVector(lines))).toString('hex')}`].join('\n'));
  }
}
