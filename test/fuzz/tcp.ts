/** The same frames at a real process, over many connections at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeededRandom } from '@skerry/testkit';
import { ownPort, startBroker } from '../crash/process.ts';
import { settings } from './broker.ts';
import { drawFrame, framed, samples } from './frames.ts';

export interface FuzzedOverTcp {
  readonly frames: number;
  /** What the broker was when all had been sent; `serves` is what it should be. */
  readonly end: string;
}

const peers = 40;
/** A frame that waits for others, or for time, is left alone after so long. */
const patienceMs = 40;

export async function fuzzOverTcp(seed: number, frames: number): Promise<FuzzedOverTcp> {
  const data = mkdtempSync(join(tmpdir(), 'skerry-fuzz-'));
  const port = await ownPort();
  const broker = await startBroker({ target: 'skerry', port, data, settings });
  const gone = new AbortController();
  const ended = broker.ended.then((code) => {
    gone.abort();
    return `ended with ${code}: ${broker.output()}`;
  });
  let sent = 0;
  const known = samples();
  const peer = async (number: number): Promise<void> => {
    const random = new SeededRandom(seed).fork(`peer ${number}`);
    let socket: Socket | undefined;
    while (sent < frames && !gone.signal.aborted) {
      socket ??= await opened(port);
      const frame = drawFrame(known, random, sent++);
      if (!(await answered(socket, framed(frame)))) {
        socket.destroy();
        socket = undefined;
      }
    }
    socket?.destroy();
  };
  try {
    await Promise.all(Array.from({ length: peers }, (_, i) => peer(i)));
    const last = opened(port).then(async (socket) => {
      const serves = await answered(socket, framed(Uint8Array.of(0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff)), 10_000);
      socket.destroy();
      return serves ? 'serves' : 'gives no answer';
    });
    return { frames: sent, end: await Promise.race([last, ended]) };
  } finally {
    broker.kill('SIGKILL');
    await broker.ended;
    rmSync(data, { recursive: true });
  }
}

const opened = (port: number): Promise<Socket> =>
  new Promise((done, failed) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => done(socket));
    socket.on('error', failed);
  });

/** Whether anything came back in time. */
const answered = (socket: Socket, frame: Uint8Array, withinMs = patienceMs): Promise<boolean> =>
  new Promise((done) => {
    const end = (came: boolean): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => {});
      done(came);
    };
    const timer = setTimeout(() => end(false), withinMs);
    socket.removeAllListeners();
    socket.on('data', () => end(true));
    socket.on('close', () => end(false));
    socket.on('error', () => end(false));
    socket.write(frame);
  });
