/** Rows with real clients: Kafka's own tools on a JVM of their own, and kafkajs. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fetchReferenceKafka, toolClass } from '../../scripts/reference-kafka.ts';
import type { Broker } from '../brokers.ts';
import { deleteTopic } from '../control.ts';
import { cpuTime } from '../process.ts';
import type { Row, Task, Tool } from '../rows.ts';
import { type Bench, bench, cpuSeconds, type Measured, measured, type World } from './bench.ts';
import { cpuBetween, measureLoads, processesRunning, settleDisk } from './drive.ts';
import { filledTopic, freshTopic } from './loads.ts';

const recordBytes = 1024;

type JavaTool = Extract<Tool, `java-${string}`>;

/** What a tool is called with, and how what it prints is read. */
interface Java {
  readonly name: string;
  readonly args: (bootstrap: string, topic: string, records: number) => string;
  readonly read: (output: string) => Measured['values'];
}

const java: Readonly<Record<JavaTool, Java>> = {
  'java-produce': {
    name: 'producer-perf-test',
    args: (bootstrap, topic, records) =>
      `--bootstrap-server ${bootstrap} --topic ${topic} --num-records ${records} --record-size ${recordBytes} ` +
      '--throughput -1 --command-property acks=all',
    read: (output) => ({ rate: lastNumber(output, /records\/sec \(([\d.]+) MB\/sec\)/g) * mebi }),
  },
  'java-consume': {
    name: 'consumer-perf-test',
    args: (bootstrap, topic, records) =>
      `--bootstrap-server ${bootstrap} --topic ${topic} --num-records ${records} --hide-header --timeout 60000`,
    // start, end, MB, MB/s, records, records/s, then without the time to join: ms of it, fetch ms, MB/s, records/s.
    read: (output) => {
      const cells = output.trim().split('\n').at(-1)?.split(',') ?? [];
      return { rate: Number(cells[8]) * mebi };
    },
  },
  'java-end-to-end': {
    name: 'end-to-end-latency',
    args: (bootstrap, topic, records) => `${bootstrap} ${topic} ${records} all ${recordBytes}`,
    read: (output) => {
      const [, p50, p99] = /50th = ([\d.]+), 99th = ([\d.]+)/.exec(output) ?? [];
      return { p50: Number(p50), p99: Number(p99) };
    },
  },
};

/** The tools mean 2^20 bytes when they say MB. */
const mebi = 2 ** 20 / 1e6;

function lastNumber(text: string, pattern: RegExp): number {
  return Number([...text.matchAll(pattern)].at(-1)?.[1]);
}

async function runJava(args: readonly string[]): Promise<string> {
  const child = spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  processesRunning.add(child);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  try {
    return await new Promise((done, failed) => {
      child.once('error', (error) => failed(new Error(`cannot run java: ${error.message}`)));
      child.once('close', (code) => {
        if (code === 0) done(output);
        else failed(new Error(`the tool ended with ${code}: ${`${errors}\n${output}`.trim().split('\n').at(-1)}`));
      });
    });
  } finally {
    processesRunning.delete(child);
  }
}

/** The broker's CPU time holds what the tool does besides: its start, its metadata. */
async function measureJava(broker: Broker, tool: JavaTool, topic: string, records: number): Promise<Measured> {
  const jars = await fetchReferenceKafka();
  const { name, args, read } = java[tool];
  const { host, port } = broker.address;
  const log = `-Dlog4j2.configurationFile=${join(jars, '..', 'log4j2-tools.xml')}`;
  const cpuNow = () => (broker.pid === undefined ? undefined : cpuTime(broker.pid));
  const before = cpuNow();
  const command = ['-Xms256m', '-Xmx512m', log, '-cp', join(jars, '*'), toolClass(name)];
  const output = await runJava([...command, ...args(`${host}:${port}`, topic, records).split(' ')]);
  const cpu = cpuSeconds(cpuBetween(before, cpuNow()));
  const values = read(output);
  if (Object.values(values).some((value) => !Number.isFinite(value))) {
    throw new Error(`${name} printed nothing that tells its result: ${output.trim().split('\n').at(-1)}`);
  }
  return { values: { ...values, cpu: cpu === undefined ? undefined : cpu / ((records * recordBytes) / 1e9) } };
}

async function measureKafkajs(broker: Broker, tool: Tool, topic: string, records: number): Promise<Measured> {
  const does = tool === 'kafkajs-produce' ? 'produce' : 'consume';
  return measured(await measureLoads(broker, 'kafkajs.ts', [{ does, ...broker.address, topic, records, recordBytes }]));
}

export async function beginTool(
  broker: Broker,
  row: Row,
  { shape, tool }: Extract<Task, { readonly kind: 'tool' }>,
  { megabytes }: World,
): Promise<Bench> {
  const measure = (topic: string, count: number) =>
    tool === 'kafkajs-produce' || tool === 'kafkajs-consume'
      ? measureKafkajs(broker, tool, topic, count)
      : measureJava(broker, tool, topic, count);
  if (tool === 'java-consume' || tool === 'kafkajs-consume') {
    const { topic, batch, batches } = await filledTopic(broker, row.id, shape, megabytes);
    return bench(
      () => measure(topic, batches * batch.records),
      () => deleteTopic(broker.address, topic),
    );
  }
  const records = Math.round((megabytes * shape.share * 1e6) / recordBytes);
  return bench(async () => {
    await settleDisk();
    const topic = await freshTopic(broker, row.id, shape);
    const result = await measure(topic, records);
    await deleteTopic(broker.address, topic);
    return result;
  });
}
