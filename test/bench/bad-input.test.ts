/** The bench as a command, against targets that are not what it hopes for. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'skerry-bench-'));
const json = join(folder, 'results.json');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly told: string;
}

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): {
  readonly child: ChildProcess;
  told(): string;
  readonly ended: Promise<Ended>;
} {
  const program = ['--conditions=skerry-source', join(root, 'bench', 'main.ts')];
  const child = spawn(process.execPath, [...program, ...args, '--folder', folder, '--json', json], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (told += text));
  }
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, told })));
  return { child, told: () => told, ended };
}

const bench = (port: number, ...args: readonly string[]): Promise<Ended> =>
  start(['--target', `127.0.0.1:${port}`, '--rounds', '1', '--megabytes', '1', '--warmup', '1', ...args]).ended;

function serve(accept: (socket: Socket, server: Server) => void): Promise<{ readonly port: number; close(): void }> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    accept(socket, server);
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      done({ port: (server.address() as AddressInfo).port, close: () => server.close() });
    });
  });
}

/** The floor speaks what loads need and nothing of groups: a broker that lacks a feature. */
let floor: { readonly child: ChildProcess; readonly port: number };

beforeAll(async () => {
  const free = await serve(() => {});
  free.close();
  const child = fork(join(root, 'bench', 'floor.ts'), [String(free.port), folder], { stdio: 'ignore' });
  floor = { child, port: free.port };
  await vi.waitFor(
    () =>
      new Promise<void>((done, failed) => {
        const socket = connect(free.port, '127.0.0.1');
        socket
          .once('connect', () => socket.destroy())
          .once('close', () => done())
          .once('error', failed);
      }),
    { timeout: 30_000, interval: 50 },
  );
});

afterAll(() => floor.child.kill('SIGKILL'));

test('where nobody listens, and where a web server does, there is no broker: exit 3', async () => {
  const closed = await serve(() => {});
  closed.close();
  expect(await bench(closed.port)).toMatchObject({ code: 3, told: expect.stringMatching(/is no Kafka broker:/) });
  const web = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await bench(web.port)).toMatchObject({ code: 3, told: expect.stringMatching(/not Kafka protocol/) });
  web.close();
});

test('a target that lacks a feature is measured in the other rows: exit 1', async () => {
  const { code, told } = await bench(floor.port, '--only', 'group-1,produce-16k');
  expect(told).toMatch(/not measured: group-1 of target: it does not speak API 10 in version 3/);
  expect(told).toMatch(/^produce-16k +MB\/s +the target as configured +\d+/m);
  expect(code).toBe(1);
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ format: 'skerry-bench', done: ['produce-16k'] });
});

test('a target that dies in the middle is left out, and that is told: exit 1', async () => {
  const requests: number[] = [];
  const dying = await serve((socket, server) => {
    const behind = connect(floor.port, '127.0.0.1');
    behind.on('error', () => {}).pipe(socket);
    socket.on('data', (bytes) => {
      // The second Produce is its last.
      if (bytes.readInt16BE(4) === 0 && requests.push(0) > 1) {
        server.close();
        socket.destroy();
        behind.destroy();
      } else behind.write(bytes);
    });
  });
  const { code, told } = await bench(dying.port, '--only', 'produce-1k,fetch-1m');
  expect(told).toMatch(/not measured: produce-1k of target: .*it answers no more/);
  expect(told).not.toMatch(/fetch-1m, .*round/);
  expect(code).toBe(1);
});

/** Skerry alone, as small as it goes. */
const small = [
  '--only',
  'produce-16k,java-produce',
  '--durability',
  'process-crash',
  '--rounds',
  '1',
  '--port',
  '20200',
];
const light = [...small, '--megabytes', '1', '--warmup', '1'];

/** A folder for PATH with nothing but these commands, each of which ends with its code. */
function commands(name: string, codes: Readonly<Record<string, number>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [command, code] of Object.entries(codes))
    writeFileSync(join(path, command), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
  return path;
}

test('without Java the rest is measured, and that is told: exit 1', async () => {
  const { code, told } = await start(light, { PATH: commands('no-java', {}) }).ended;
  expect(told).toMatch(/Kafka needs Java 17 or newer, and `java` does not run here/);
  expect(told).toMatch(/not measured: java-produce of skerry-process-crash: .*cannot run java/);
  expect(told).toMatch(/^produce-16k +MB\/s +Skerry process-crash +\d+/m);
  expect(code).toBe(1);
});

const posix = process.platform !== 'win32';

test.runIf(posix)('without a network for Kafka’s jars the rest is measured, and that is told: exit 1', async () => {
  const env = { PATH: commands('no-network', { java: 0, mvn: 1 }), SKERRY_CACHE: join(folder, 'cache') };
  const { code, told } = await start(light, env).ended;
  expect(told).toMatch(/Kafka's jars are not here and cannot be fetched: .*mvn ended with 1/);
  expect(told).toMatch(/not measured: java-produce of skerry-process-crash: mvn ended with 1/);
  expect(told).toMatch(/^produce-16k +MB\/s +Skerry process-crash +\d+/m);
  expect(code).toBe(1);
});

/** Processes that have `text` on their command line. */
const running = (text: string): readonly string[] =>
  readdirSync('/proc').filter((id) => {
    const command = `/proc/${id}/cmdline`;
    return /^\d+$/.test(id) && existsSync(command) && readFileSync(command, 'utf8').includes(text);
  });

test.runIf(process.platform === 'linux').each([
  ['another broker is the target', (port: number) => ['--target', `127.0.0.1:${port}`, '--only', 'produce-16k']],
  ['it has started a broker', () => ['--against', 'none', ...small]],
] as const)('an interrupt leaves no process and no data behind when %s: exit 130', async (_when, args) => {
  const run = start([...args(floor.port), '--megabytes', '100000', '--warmup', '1']);
  const pid = run.child.pid ?? 0;
  const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  // The brokers are warm, and the load that would take hours has begun.
  await vi.waitFor(() => expect(run.told()).toMatch(/round 1 of/), { timeout: 50_000, interval: 5 });
  await vi.waitFor(() => expect(children().some((id) => running('load.ts').includes(id))).toBe(true), {
    timeout: 30_000,
    interval: 5,
  });
  const begun = children();
  const data = join(folder, `run-${pid}`);
  expect(existsSync(data)).toBe(true);
  // As from a terminal, where npm's script hands on what the bench has got already.
  const interrupts = setInterval(() => run.child.kill('SIGINT'), 1);
  const { code, told } = await run.ended;
  clearInterval(interrupts);
  expect(code).toBe(130);
  expect(told).toMatch(/go on with --resume/);
  expect(existsSync(data)).toBe(false);
  await vi.waitFor(() => expect([...running(data), ...begun.filter((id) => existsSync(`/proc/${id}`))]).toEqual([]), {
    timeout: 10_000,
  });
});

test('a wrong option and a file that is not ours end with exit 2', async () => {
  const report = start(['--report', join(root, 'package.json')]);
  expect(await report.ended).toMatchObject({
    code: 2,
    told: expect.stringMatching(/not a result file of this bench: its format is not "skerry-bench"/),
  });
});
