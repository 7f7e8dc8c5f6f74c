/** The binary as a process: what only a process shows. Everything else is tested inside one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const main = join(root, 'packages', 'skerry', 'src', 'main.mjs');
const folder = mkdtempSync(join(tmpdir(), 'skerry-process-'));
const data = join(folder, 'data');
const children = new Set<ChildProcess>();

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function launch(args: readonly string[], command = [process.execPath, '--conditions=skerry-source', main]) {
  const [program = '', ...before] = command;
  const child = spawn(program, [...before, ...args], { cwd: folder, env: { ...process.env, SKERRY_BROKERS: '' } });
  children.add(child);
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      children.delete(child);
      resolve({ code, ...text });
    });
  });
  return { child, text, ended };
}

async function skerry(args: readonly string[], input = ''): Promise<Ended> {
  const { child, ended } = launch(args);
  child.stdin.end(input);
  return ended;
}

/** Starts a broker and resolves with its port once it says where it listens. */
async function startBroker(args: readonly string[], command?: string[]) {
  const broker = launch(['start', ...args], command);
  const port = await new Promise<string>((resolve, reject) => {
    broker.child.stdout.on('data', () => {
      const found = /Kafka +127\.0\.0\.1:(\d+)/.exec(broker.text.out)?.[1];
      if (found !== undefined) resolve(found);
    });
    void broker.ended.then(({ code, err }) => reject(new Error(`ended with ${code}: ${err}`)));
  });
  return { ...broker, port };
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('a running broker', { timeout: 60_000 }, () => {
  let broker: Awaited<ReturnType<typeof startBroker>>;
  const named = () => ['-b', `127.0.0.1:${broker.port}`];

  beforeAll(async () => {
    writeFileSync(join(folder, 'server.properties'), 'num.partitions=2\nnum.io.threads=3\nlog.dirs=elsewhere\n');
    const files = ['--config', 'server.properties', '--override', 'num.partitions=3', '--data', data];
    broker = await startBroker(
      [...files, '--port', '0'],
      [process.execPath, join(root, 'packages/skerry/bin/skerry.mjs')],
    );
  }, 60_000);

  test('takes flags over --override over the file, and names what has no effect', async () => {
    expect((await skerry(['topic', 'create', 'three', ...named()])).code).toBe(0);
    const { out } = await skerry(['topic', 'list', '--json', ...named()]);
    expect(JSON.parse(out)).toMatchObject([{ name: 'three', partitions: 3 }]);
    expect(existsSync(data)).toBe(true);
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
    expect(broker.text.err).toContain('num.io.threads');
  });

  test('gives back what was produced, to the byte', async () => {
    const produced = await skerry(
      ['produce', 'lab.temp', '-p', '0', '-H', 'site=a=b', ...named()],
      '{"t":21.5}\n\nzwei°',
    );
    expect(produced).toMatchObject({ code: 0, out: '', err: '2 records → lab.temp, partition 0, from offset 0\n' });
    const consumed = await skerry(['consume', 'lab.temp', '-e', '-f', '%o %s %h|', ...named()]);
    expect(consumed).toEqual({ code: 0, out: '0 {"t":21.5} site=a=b|1 zwei° site=a=b|', err: '' });
    const last = await skerry(['consume', 'lab.temp', '-p', '0', '-o', '-1', '-n', '1', ...named()]);
    expect(last).toEqual({ code: 0, out: 'zwei°\n', err: '' });
  });

  test('is not disturbed by a second start on its folder or its port', async () => {
    const sameFolder = await skerry(['start', '--data', data, '--port', '0']);
    expect(sameFolder).toMatchObject({ code: 1, out: '' });
    expect(sameFolder.err).toMatch(/^skerry: .*data is in use by/);
    const samePort = await skerry(['start', '--data', join(folder, 'other'), '--port', broker.port]);
    expect(samePort).toMatchObject({ code: 1, out: '' });
    expect(samePort.err).toContain(`listen on 127.0.0.1:${broker.port}`);
  });

  test('a topic that is not there is named, and consuming ends', async () => {
    const { code, err } = await skerry(['consume', 'lab.tmp', '-e', ...named()]);
    expect(code).toBe(1);
    expect(err).toContain('"skerry topic list" shows those there are');
  });

  test('a consumer that is interrupted exits with 130', async () => {
    const consumer = launch(['consume', 'lab.temp', ...named()]);
    await new Promise<void>((resolve) => consumer.child.stdout.once('data', () => resolve()));
    consumer.child.kill('SIGINT');
    expect((await consumer.ended).code).toBe(130);
  });

  test('ends in good order when told to, and the next start has its data', async () => {
    broker.child.kill('SIGTERM');
    expect((await broker.ended).code).toBe(0);
    const next = await startBroker(['--data', data, '--port', '0']);
    const { out } = await skerry(['consume', 'lab.temp', '-n', '1', '-b', `127.0.0.1:${next.port}`]);
    expect(out).toBe('{"t":21.5}\n');
    next.child.kill('SIGINT');
    next.child.kill('SIGINT');
    expect((await next.ended).code).toBe(0);
  });
});
