/**
 * What TLS costs the loop, and what a thread or a process of its own for it would give. A bare server, without a
 * broker's work: it answers every `ask` bytes with `answer` bytes.
 *
 *   plain    no TLS
 *   loop     TLS on the loop, as Node does it
 *   thread   TLS in a worker thread; plain bytes go to the loop and back as messages
 *   process  TLS in a process of its own, which passes the plain bytes on over a socket
 *
 *   node --conditions=skerry-source bench/scale/tls.ts [--rounds 3] [--megabytes 400]
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { printRows } from './table.ts';

interface Shape {
  readonly ask: number;
  readonly answer: number;
  readonly inFlight: number;
}
type Mode = 'plain' | 'loop' | 'thread' | 'process';
type Role = { readonly mode: Mode; readonly shape: Shape; readonly folder: string } & (
  | { readonly role: 'server' }
  | { readonly role: 'proxy'; readonly port: number }
  | { readonly role: 'client'; readonly port: number; readonly count: number }
);
/** CPU seconds. */
interface Spent {
  readonly loop: number;
  readonly all: number;
}
interface Cut {
  readonly connection: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const keyOf = (folder: string) => ({
  key: readFileSync(join(folder, 'key.pem')),
  cert: readFileSync(join(folder, 'cert.pem')),
});
const pieceBytes = 256 * 1024;

/** Counts what comes, and says how many answers are due. */
function counter(ask: number): (bytes: number) => number {
  let held = 0;
  return (bytes) => {
    held += bytes;
    const due = Math.floor(held / ask);
    held -= due * ask;
    return due;
  };
}

function serve(socket: Socket, { ask, answer }: Shape): void {
  const due = counter(ask);
  const piece = Buffer.alloc(Math.min(answer, pieceBytes));
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    socket.cork();
    for (let answers = due(chunk.length); answers > 0; answers--)
      for (let sent = 0; sent < answer; sent += piece.length) socket.write(piece);
    socket.uncork();
  });
}

/** The thread's side: TLS, and plain bytes to and from the loop. */
function serveInThread(folder: string): void {
  const sockets: tls.TLSSocket[] = [];
  const server = tls.createServer(keyOf(folder), (socket) => {
    const connection = sockets.push(socket) - 1;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const bytes = new Uint8Array(chunk);
      parentPort?.postMessage({ connection, bytes }, [bytes.buffer]);
    });
  });
  parentPort?.on('message', ({ connection, bytes }: Cut) => sockets[connection]?.write(bytes));
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port, []));
}

/** The loop's side: what it sends is its own, so nothing is copied. */
function answerFromLoop(thread: Worker, { ask, answer }: Shape, listening: (port: number) => void): void {
  const counters: ReturnType<typeof counter>[] = [];
  thread.on('message', (message: number | Cut) => {
    if (typeof message === 'number') return listening(message);
    const due = (counters[message.connection] ??= counter(ask));
    for (let answers = due(message.bytes.length); answers > 0; answers--) {
      for (let sent = 0; sent < answer; sent += pieceBytes) {
        const bytes = new Uint8Array(Math.min(answer, pieceBytes));
        thread.postMessage({ connection: message.connection, bytes }, [bytes.buffer]);
      }
    }
  });
}

function proxy(socket: Socket, port: number): void {
  const behind = connect({ port, host: '127.0.0.1', noDelay: true });
  for (const one of [socket, behind]) one.on('error', () => {});
  socket.pipe(behind).pipe(socket);
}

function load(role: Role & { readonly role: 'client' }, done: (seconds: number) => void): void {
  const { mode, port, count } = role;
  const { ask, answer, inFlight } = role.shape;
  const began = performance.now();
  const options = { port, host: '127.0.0.1', noDelay: true };
  const socket = mode === 'plain' ? connect(options) : tls.connect({ ...options, rejectUnauthorized: false });
  const due = counter(answer);
  const frame = Buffer.alloc(ask);
  let [sent, answered] = [0, 0];
  const fill = (): void => {
    for (; sent < count && sent - answered < inFlight; sent++) socket.write(frame);
  };
  socket.once(mode === 'plain' ? 'connect' : 'secureConnect', fill);
  socket.on('data', (chunk: Buffer) => {
    answered += due(chunk.length);
    if (answered === count) {
      socket.destroy();
      done((performance.now() - began) / 1000);
    } else fill();
  });
}

/** A server listens and tells its CPU time when asked; a client tells how long it took. */
function play(role: Role): void {
  process.on('disconnect', () => process.exit());
  const say = (message: unknown): void => void process.send?.(message);
  if (role.role === 'client') return load(role, say);
  process.on('message', () => {
    const [loop, all] = [process.threadCpuUsage(), process.cpuUsage()];
    say({ loop: (loop.user + loop.system) / 1e6, all: (all.user + all.system) / 1e6 } satisfies Spent);
  });
  const { mode, shape, folder } = role;
  if (role.role === 'server' && mode === 'thread')
    return answerFromLoop(new Worker(import.meta.filename, { workerData: folder }), shape, say);
  const each = (socket: Socket): void => (role.role === 'proxy' ? proxy(socket, role.port) : serve(socket, shape));
  const isPlain = mode === 'plain' || (mode === 'process' && role.role === 'server');
  const server: Server = isPlain ? createServer({ noDelay: true }, each) : tls.createServer(keyOf(folder), each);
  server.listen(0, '127.0.0.1', () => say((server.address() as AddressInfo).port));
}

const children = new Set<ChildProcess>();
const heard = <T>(child: ChildProcess): Promise<T> =>
  new Promise((done, failed) => {
    child.once('message', (message) => done(message as T));
    child.once('exit', () => failed(new Error('a part ended too early')));
  });

function part(role: Role): ChildProcess {
  const child = fork(import.meta.filename, [JSON.stringify(role)]);
  children.add(child);
  return child;
}

async function spent(child: ChildProcess): Promise<Spent> {
  child.send('spent');
  return await heard<Spent>(child);
}

/** The servers of a mode, and what measures one round with them. */
async function begin(mode: Mode, shape: Shape, folder: string, count: number) {
  const about = { mode, shape, folder };
  const server = part({ ...about, role: 'server' });
  const servers = [server];
  let port = await heard<number>(server);
  if (mode === 'process') {
    const before = part({ ...about, role: 'proxy', port });
    servers.push(before);
    port = await heard<number>(before);
  }
  const cpu = async () => {
    const each = await Promise.all(servers.map(spent));
    return { loop: each[0]?.loop ?? Number.NaN, all: each.reduce((total, { all }) => total + all, 0) };
  };
  const measure = async (): Promise<Readonly<Record<string, number>>> => {
    const before = await cpu();
    const client = part({ ...about, role: 'client', port, count });
    const seconds = await heard<number>(client);
    client.kill();
    const after = await cpu();
    const gigabytes = (count * (shape.ask + shape.answer)) / 1e9;
    return {
      'CPU s/GB of the loop': (after.loop - before.loop) / gigabytes,
      'CPU s/GB of all': (after.all - before.all) / gigabytes,
      'MB/s': (gigabytes * 1000) / seconds,
    };
  };
  return { mode, measure, end: () => servers.map((one) => one.kill()) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '3' }, megabytes: { type: 'string', default: '400' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'bench-tls-'));
  process.on('exit', () => {
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', '-x509', '-nodes', '-days', '1', ...kind, ...files], { stdio: 'ignore' });
  const modes = ['plain', 'loop', 'thread', 'process'] as const;
  const shapes = {
    'in, 16 KiB requests': { ask: 16 * 1024, answer: 64, inFlight: 5 },
    'in, 256 KiB requests': { ask: 256 * 1024, answer: 64, inFlight: 5 },
    'out, 1 MiB answers': { ask: 64, answer: 1024 * 1024, inFlight: 2 },
  };
  const found = new Map<string, number[]>();
  for (const [title, shape] of Object.entries(shapes)) {
    const count = Math.ceil((Number(values.megabytes) * 1e6) / (shape.ask + shape.answer));
    const all = await Promise.all(modes.map((mode) => begin(mode, shape, folder, count)));
    for (let round = -1; round < Number(values.rounds); round++) {
      for (const { mode, measure } of all) {
        const measured = await measure();
        // The first compiles the code.
        if (round < 0) continue;
        for (const [what, value] of Object.entries(measured)) {
          const row = `${title}: ${what} | ${mode}`;
          found.set(row, [...(found.get(row) ?? []), value]);
        }
      }
    }
    for (const { end } of all) end();
  }
  printRows(found, modes, ['plain', 'TLS on the loop', 'TLS in a thread', 'TLS in a process']);
  process.exit();
}

const [argument] = process.argv.slice(2);
if (!isMainThread) serveInThread(workerData as string);
else if (argument?.startsWith('{') === true) play(JSON.parse(argument) as Role);
else await main();
