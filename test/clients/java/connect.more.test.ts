/** Connect, standalone: a file's lines go into a topic, a topic's records into a file, over restarts of either side. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../broker.ts';
import { refuse } from '../foreign.ts';
import { kafkaConnect } from '../toolchains/java.ts';
import type { Program } from '../toolchains/run.ts';

// oxlint-disable vitest/valid-title -- the title names the release under test.
const toolchain = await kafkaConnect.install();
if ('missing' in toolchain) refuse(kafkaConnect.name, toolchain.missing);
else suite(toolchain);

const patiently = { timeout: 60_000, interval: 50 };

/** One worker process; it tells where its REST server listens. */
class Worker {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  #output = '';

  constructor({ command, args }: Program, files: readonly string[]) {
    this.#child = spawn(command, [...args, ...files]);
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    this.#ended = new Promise((done) => this.#child.once('exit', () => done()));
    process.on('exit', () => this.#child.kill('SIGKILL'));
  }

  async url(): Promise<string> {
    const found = () => /REST server listening at (http:\S+?)\/?,/.exec(this.#output)?.[1];
    await expect.poll(found, { ...patiently, message: this.#output.slice(-2000) }).toBeDefined();
    return found() ?? '';
  }

  /** As an operator would end it: it commits what it has done. */
  async end(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  async rest(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${await this.url()}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }
}

function suite(program: Program): void {
  let broker: Broker;
  let count = 0;
  let worker: Worker | undefined;
  const scratch = mkdtempSync(join(tmpdir(), 'skerry-connect-'));

  /** The files and names of one case. */
  function pipe() {
    const name = `connect-${process.pid}-${count++}`;
    const at = (what: string) => join(scratch, `${name}.${what}`);
    const properties = (what: string, all: Readonly<Record<string, string>>) => {
      const lines = Object.entries(all).map(([key, value]) => `${key}=${value}`);
      writeFileSync(at(what), `${lines.join('\n')}\n`);
      return at(what);
    };
    const [input, output, topic] = [at('in'), at('out'), name];
    writeFileSync(input, '');
    const file = 'org.apache.kafka.connect.file.FileStream';
    const files = [
      properties('worker', {
        'bootstrap.servers': broker.bootstrap,
        'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'offset.storage.file.filename': at('offsets'),
        'offset.flush.interval.ms': '200',
        'plugin.discovery': 'service_load',
        listeners: 'http://127.0.0.1:0',
        'consumer.heartbeat.interval.ms': '100',
      }),
      properties('source', { name: `${name}-source`, 'connector.class': `${file}SourceConnector`, file: input, topic }),
      properties('sink', {
        name: `${name}-sink`,
        'connector.class': `${file}SinkConnector`,
        file: output,
        topics: topic,
      }),
    ];
    const written = () => (existsSync(output) ? readFileSync(output, 'utf8').split('\n').slice(0, -1) : []);
    return {
      name,
      run: () => {
        worker = new Worker(program, files);
        return worker;
      },
      say: (from: number, to: number) =>
        appendFileSync(
          input,
          lines(from, to)
            .map((line) => `${line}\n`)
            .join(''),
        ),
      wrote: (from: number, to: number) => expect.poll(written, patiently).toEqual(lines(from, to)),
      forget: () => rmSync(output),
    };
  }

  const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `line ${from + at}`);

  describe(kafkaConnect.name, () => {
    beforeAll(async () => {
      broker = await startBroker();
    });
    afterEach(async () => worker?.end());
    afterAll(async () => {
      await broker.stop();
      rmSync(scratch, { recursive: true });
    });

    test('consume: what is written to one file comes out in the other, in order', async () => {
      const { run, say, wrote } = pipe();
      say(0, 500);
      run();
      await wrote(0, 500);
      say(500, 510);
      await wrote(0, 510);
    });

    test('restart: a worker goes on where it stopped, on both sides', async () => {
      const { run, say, wrote } = pipe();
      say(0, 100);
      const first = run();
      await wrote(0, 100);
      await first.end();
      say(100, 200);
      run();
      await wrote(0, 200);
    });

    test.each(['restart', 'kill -9'])('restart: the broker goes and comes back under a worker (%s)', async (how) => {
      const { run, say, wrote } = pipe();
      say(0, 100);
      run();
      await wrote(0, 100);
      if (how === 'kill -9') await broker.kill9();
      say(100, 200);
      await broker.restart();
      await wrote(0, 200);
      say(200, 210);
      await wrote(0, 210);
    });

    test('admin groups: a sink that is stopped is set back over REST', async () => {
      const { name, run, say, wrote, forget } = pipe();
      say(0, 20);
      const asked = run();
      await wrote(0, 20);
      const sink = `/connectors/${name}-sink`;
      await asked.rest('PUT', `${sink}/stop`);
      const state = async () => (await asked.rest('GET', `${sink}/status`)) as { connector: { state: string } };
      await expect.poll(async () => (await state()).connector.state, patiently).toBe('STOPPED');
      const where = { kafka_topic: name, kafka_partition: 0 };
      const told = async () => asked.rest('GET', `${sink}/offsets`);
      await expect.poll(told, patiently).toEqual({ offsets: [{ partition: where, offset: { kafka_offset: 20 } }] });
      forget();
      await asked.rest('PATCH', `${sink}/offsets`, { offsets: [{ partition: where, offset: { kafka_offset: 15 } }] });
      await asked.rest('PUT', `${sink}/resume`);
      await wrote(15, 20);
      forget();
      await asked.rest('PUT', `${sink}/stop`);
      await expect.poll(async () => (await state()).connector.state, patiently).toBe('STOPPED');
      await asked.rest('DELETE', `${sink}/offsets`);
      await expect.poll(told, patiently).toEqual({ offsets: [] });
      await asked.rest('PUT', `${sink}/resume`);
      await wrote(0, 20);
    });
  });
}
