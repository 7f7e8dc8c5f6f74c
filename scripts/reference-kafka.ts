/**
 * The reference broker: Apache Kafka from Maven Central, one node that is broker and controller.
 *
 *   reference-kafka.ts fetch                     the jars, once, into ${SKERRY_CACHE:-~/.cache/skerry}/kafka/VERSION
 *   reference-kafka.ts start PORT DIR [K=V ...]  format DIR when new, start, wait; K=V are server properties
 *   reference-kafka.ts stop|kill|status DIR      SIGTERM and wait | SIGKILL | tell
 *   reference-kafka.ts tool NAME ARGS...         topics, console-producer, get-offsets, ... or a class name
 *   reference-kafka.ts classpath                 for `java -cp`
 *
 * Ports: PORT for clients, PORT+10000 for the controller. Needs `java` 17 or newer, and `mvn` for the first fetch.
 * As a module: `startReferenceKafka({ port, data, properties })`. KAFKA_HEAP (1g, as Kafka's own script) is the heap.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Broker and tools: the newest release that is complete on Maven Central. install-clients.mjs pins the clients. */
export const referenceKafkaVersion = '4.3.1';
const log4jVersion = '2.25.1';

/** Where everything fetched is kept: nothing of it lies in the repository. */
export const cacheFolder = process.env['SKERRY_CACHE'] ?? join(homedir(), '.cache', 'skerry');
const baseOf = (release: string): string => join(cacheFolder, 'kafka', release);
/** Where the reference Kafka's jars are, once fetched. */
export const referenceKafkaJars = join(baseOf(referenceKafkaVersion), 'lib');

const tools: Readonly<Record<string, string>> = {
  topics: 'org.apache.kafka.tools.TopicCommand',
  'console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'consumer-perf-test': 'org.apache.kafka.tools.ConsumerPerformance',
  'end-to-end-latency': 'org.apache.kafka.tools.EndToEndLatency',
  'verifiable-producer': 'org.apache.kafka.tools.VerifiableProducer',
  'verifiable-consumer': 'org.apache.kafka.tools.VerifiableConsumer',
  'broker-api-versions': 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  cluster: 'org.apache.kafka.tools.ClusterTool',
  'delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  features: 'org.apache.kafka.tools.FeatureCommand',
  'leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'dump-log': 'org.apache.kafka.tools.DumpLogSegments',
  configs: 'kafka.admin.ConfigCommand',
  storage: 'kafka.tools.StorageTool',
};

/** The class behind a tool's short name; a class name is itself. */
export const toolClass = (name: string): string => tools[name] ?? name;

export interface ReferenceKafka {
  readonly bootstrap: string;
  readonly port: number;
  readonly data: string;
  readonly pid: number;
  /** SIGTERM (Kafka closes its logs) or SIGKILL; resolves when the process is gone. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface StartOptions {
  readonly port: number;
  /** Folder of data, configuration and log; formatted when new. */
  readonly data: string;
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** Another release than the reference. */
  readonly release?: string;
  /** Size of the JVM's heap, such as `512m`. */
  readonly heap?: string;
  /** How long a start may take. */
  readonly withinMs?: number;
  /** Outlives this process: for the command line. */
  readonly detached?: boolean;
  readonly say?: (line: string) => void;
}

function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((done, failed) => {
    const output: Buffer[] = [];
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', (error) => failed(new Error(`cannot run ${command}: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) done();
      else failed(new Error(`${command} ended with ${code}:\n${Buffer.concat(output).toString().slice(-4000)}`));
    });
  });
}

/** Only one process does the task; the others wait. The lock names its owner: a killed one must not block for ever. */
export async function withLock(folder: string, task: () => Promise<void>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, '.lock');
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
      if (owner > 0 && !alive(owner)) rmSync(lock, { force: true });
      else await delay(100);
    }
  }
  try {
    await task();
  } finally {
    rmSync(lock, { force: true });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Copies artifacts and what they need from Maven Central into `into`, whole or not at all.
 *
 * @param artifacts `group:name:version`
 */
export async function fetchJars(artifacts: readonly string[], into: string): Promise<void> {
  const wanted = `${artifacts.join('\n')}\n`;
  const stamp = join(into, '.artifacts');
  const current = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (current()) return;
  await withLock(`${into}.fetch`, async () => {
    if (current()) return;
    const work = `${into}.fetch`;
    const fresh = join(work, 'jars');
    rmSync(fresh, { recursive: true, force: true });
    const dependencies = artifacts.map((artifact) => {
      const [group, name, version] = artifact.split(':');
      const coordinates = `<groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>`;
      return `<dependency>${coordinates}</dependency>`;
    });
    writeFileSync(
      join(work, 'pom.xml'),
      `<project><modelVersion>4.0.0</modelVersion>` +
        `<groupId>skerry</groupId><artifactId>jars</artifactId><version>1</version>` +
        `<dependencies>${dependencies.join('')}</dependencies></project>`,
    );
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
    await run('mvn', ['-q', '-B', copy, '-DincludeScope=runtime', `-DoutputDirectory=${fresh}`], work);
    writeFileSync(join(fresh, '.artifacts'), wanted);
    rmSync(into, { recursive: true, force: true });
    renameSync(fresh, into);
  });
}

/** Fetches the jars unless they are there; returns the folder that holds them. */
export async function fetchReferenceKafka(
  say: (line: string) => void = () => {},
  release = referenceKafkaVersion,
): Promise<string> {
  const jars = join(baseOf(release), 'lib');
  const kafka = ['kafka_2.13', 'kafka-server', 'kafka-clients', 'kafka-tools', 'kafka-shell'];
  const log4j = ['log4j-api', 'log4j-core', 'log4j-slf4j-impl', 'log4j-1.2-api'];
  const fresh = !existsSync(join(jars, '.artifacts'));
  if (fresh) say(`fetching Apache Kafka ${release} from Maven Central into ${jars}`);
  await fetchJars(
    [
      ...kafka.map((name) => `org.apache.kafka:${name}:${release}`),
      ...log4j.map((name) => `org.apache.logging.log4j:${name}:${log4jVersion}`),
    ],
    jars,
  );
  for (const [name, level, target] of [
    ['server', 'INFO', 'SYSTEM_OUT'],
    ['tools', 'WARN', 'SYSTEM_ERR'],
  ] as const) {
    writeFileSync(
      join(baseOf(release), `log4j2-${name}.xml`),
      `<Configuration status="ERROR"><Appenders><Console name="C" target="${target}">` +
        `<PatternLayout pattern="[%d] %p %m (%c)%n"/></Console></Appenders>` +
        `<Loggers><Root level="${level}"><AppenderRef ref="C"/></Root></Loggers></Configuration>\n`,
    );
  }
  if (fresh) say(`fetched ${readdirSync(jars).length - 1} jars`);
  return jars;
}

/** What stands between `java` and the arguments of a tool: short-lived, so quick to start rather than fast for long. */
export function toolCommand(jars: string, name: string): string[] {
  const log = join(jars, '../log4j2-tools.xml');
  const quick = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'];
  return [...quick, `-Dlog4j2.configurationFile=${log}`, '-cp', join(jars, '*'), toolClass(name)];
}

function serverProperties({ port, data, properties }: StartOptions): string {
  const controller = port + 10_000;
  const all: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(data, 'data'),
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    ...properties,
  };
  return `${Object.entries(all)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

/**
 * A fresh data folder is a copy of one that Kafka's own tool formatted once: that spares a JVM start per broker. The
 * copies share the cluster id, which matters to nobody: single nodes never meet.
 */
async function format(jars: string, data: string, properties: string): Promise<void> {
  const base = join(jars, '..');
  const template = join(base, 'formatted');
  await withLock(join(base, 'format'), async () => {
    if (existsSync(join(template, 'meta.properties'))) return;
    const work = join(base, 'format', 'work');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    const file = join(work, 'server.properties');
    writeFileSync(file, properties.replace(/^log\.dirs=.*$/m, `log.dirs=${join(work, 'data')}`));
    const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
    await run('java', [...toolCommand(jars, 'storage'), 'format', '-t', clusterId, '-c', file], work);
    rmSync(template, { recursive: true, force: true });
    renameSync(join(work, 'data'), template);
  });
  cpSync(template, data, { recursive: true });
}

/** Whether somebody listens on a port of this machine. */
export const answers = (port: number): Promise<boolean> =>
  new Promise<boolean>((done) => {
    const socket = connect(port, '127.0.0.1');
    const end = (result: boolean) => {
      socket.destroy();
      done(result);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  });

async function untilServing(child: ChildProcess, port: number, log: string, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(
        `Kafka ended with ${child.exitCode ?? child.signalCode}:\n${readFileSync(log, 'utf8').slice(-3000)}`,
      );
    }
    if (readFileSync(log, 'utf8').includes('Kafka Server started') && (await answers(port))) return;
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error(`Kafka did not serve port ${port} within ${withinMs / 1000} s: see ${log}`);
}

async function gone(pid: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (alive(pid)) {
    if (performance.now() > deadline) process.kill(pid, 'SIGKILL');
    await delay(20);
  }
}

/** Starts the reference broker and waits until it serves. Fails when the port is taken, by a foreign broker maybe. */
export async function startReferenceKafka(options: StartOptions): Promise<ReferenceKafka> {
  const { port, heap = process.env['KAFKA_HEAP'] ?? '1g', detached = false, say = () => {} } = options;
  const { release = referenceKafkaVersion } = options;
  const data = resolve(options.data);
  const jars = await fetchReferenceKafka(say, release);
  if ((await answers(port)) || (await answers(port + 10_000)))
    throw new Error(`port ${port} or ${port + 10_000} is in use`);
  mkdirSync(data, { recursive: true });
  const properties = serverProperties({ ...options, data });
  const file = join(data, 'server.properties');
  writeFileSync(file, properties);
  if (!existsSync(join(data, 'data', 'meta.properties'))) {
    say(`formatting ${data}`);
    await format(jars, join(data, 'data'), properties);
  }
  const log = join(data, 'broker.log');
  if (existsSync(log)) renameSync(log, `${log}.previous`);
  const output = openSync(log, 'a');
  const flags = [`-Xms${heap}`, `-Xmx${heap}`, '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-Djava.awt.headless=true'];
  const log4j = `-Dlog4j2.configurationFile=${join(jars, '../log4j2-server.xml')}`;
  const child = spawn('java', [...flags, log4j, '-cp', join(jars, '*'), 'kafka.Kafka', file], {
    stdio: ['ignore', output, output],
    detached,
  });
  closeSync(output);
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  await new Promise<void>((done, failed) => {
    child.once('spawn', done);
    child.once('error', (error) => failed(new Error(`cannot run java: ${error.message}`)));
  });
  const pid = child.pid ?? 0;
  writeFileSync(join(data, 'broker.pid'), String(pid));
  await untilServing(child, port, log, options.withinMs);
  if (detached) child.unref();
  say(`Apache Kafka ${release} serves 127.0.0.1:${port} (pid ${pid}, ${data})`);
  return {
    bootstrap: `127.0.0.1:${port}`,
    port,
    data,
    pid,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        const overdue = setTimeout(() => child.kill('SIGKILL'), 30_000);
        await ended;
        clearTimeout(overdue);
      }
      rmSync(join(data, 'broker.pid'), { force: true });
    },
  };
}

/** The recorded process, if it still is a Kafka: process ids are used again. */
function recorded(data: string): number | undefined {
  const file = join(data, 'broker.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8'));
  if (!alive(pid)) return undefined;
  const command = `/proc/${pid}/cmdline`;
  return existsSync(command) && !readFileSync(command, 'utf8').includes('kafka.Kafka') ? undefined : pid;
}

async function stopRecorded(data: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const pid = recorded(data);
  if (pid === undefined) {
    console.log(`no broker runs in ${data}`);
    return;
  }
  process.kill(pid, signal);
  await gone(pid);
  rmSync(join(data, 'broker.pid'), { force: true });
  console.log(`stopped pid ${pid}`);
}

async function tool(name: string, args: readonly string[]): Promise<void> {
  const jars = await fetchReferenceKafka((line) => console.error(line));
  const child = spawn('java', [...toolCommand(jars, name), ...args], { stdio: 'inherit' });
  process.exitCode = await new Promise<number>((done) => child.on('exit', (code) => done(code ?? 1)));
}

const say = (line: string) => console.log(line);

async function start(port: string, data: string, properties: readonly string[]): Promise<void> {
  if (!/^\d+$/.test(port) || data === '') return usage();
  const running = recorded(resolve(data));
  if (running !== undefined) return say(`already running: pid ${running}`);
  const pairs = properties.map((pair) => pair.split(/=(.*)/s, 2) as [string, string]);
  await startReferenceKafka({ port: Number(port), data, properties: Object.fromEntries(pairs), detached: true, say });
}

function status(data: string): void {
  const pid = recorded(resolve(data));
  say(pid === undefined ? 'stopped' : `running: pid ${pid}`);
}

function usage(): void {
  console.error(
    'usage: reference-kafka.ts fetch | start PORT DIR [K=V ...] | stop|kill|status DIR | tool NAME ARGS | classpath',
  );
  process.exitCode = 2;
}

async function main([command = '', first = '', ...rest]: readonly string[]): Promise<void> {
  switch (command) {
    case 'fetch':
      return say(`Apache Kafka ${referenceKafkaVersion}: ${await fetchReferenceKafka(say)}`);
    case 'start':
      return await start(first, rest[0] ?? '', rest.slice(1));
    case 'stop':
      return await stopRecorded(resolve(first), 'SIGTERM');
    case 'kill':
      return await stopRecorded(resolve(first), 'SIGKILL');
    case 'status':
      return status(first);
    case 'tool':
      return await tool(first, rest);
    case 'classpath':
      return say(join(await fetchReferenceKafka(), '*'));
    default:
      return usage();
  }
}

if (import.meta.main) await main(process.argv.slice(2));
