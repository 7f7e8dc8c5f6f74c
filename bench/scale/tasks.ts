/**
 * Checksums and compression: what they cost the loop when they are done in its call, and what when they are handed to a
 * worker thread, which gets the bytes in shared memory for checksums, and as a message for compression; and with the
 * thread pool, where `nodeCompute` sends compression of more than 64 KiB.
 *
 *   node --conditions=skerry-source bench/scale/tasks.ts [--rounds 3] [--megabytes 400]
 */
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { CompressionAlgorithm } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { printRows } from './table.ts';

/** As many requests as a producer has under way by default. */
const atOnce = 5;
const inCall = nodeCompute({ inline: true });
const asBuilt = nodeCompute();

type Job =
  /** Pieces of what was shared before, one after the other. */
  | { readonly kind: 'sum'; readonly bytes: number; readonly pieces: number }
  | { readonly kind: 'share'; readonly memory: SharedArrayBuffer }
  | { readonly kind: 'pack'; readonly codec: CompressionAlgorithm; readonly input: Uint8Array<ArrayBuffer> };

function work(): void {
  let shared = new Uint8Array(new SharedArrayBuffer(0));
  parentPort?.on('message', (job: Job) => {
    if (job.kind === 'share') shared = new Uint8Array(job.memory);
    else if (job.kind === 'sum') {
      const sums = Array.from({ length: job.pieces }, (_, i) =>
        inCall.crc32c(shared, i * job.bytes, (i + 1) * job.bytes),
      );
      parentPort?.postMessage(sums, []);
    } else {
      inCall.compress(job.codec, job.input, (_error, output) => {
        const whole = new Uint8Array(output ?? []);
        parentPort?.postMessage(whole, [whole.buffer]);
      });
    }
  });
}

/** Runs `step` until that many bytes went through it, `lanes` at a time; the CPU of the loop and the rate. */
async function measure(bytes: number, stepBytes: number, lanes: number, step: (done: () => void) => void) {
  let left = Math.max(lanes, Math.round(bytes / stepBytes));
  const total = left * stepBytes;
  const before = process.threadCpuUsage();
  const beganMs = performance.now();
  await new Promise<void>((ended) => {
    let running = lanes;
    const lane = (): void => {
      // In a call that comes back at once a loop, or the stack would overflow.
      for (let now = true; now; ) {
        if (left-- <= 0) return void (--running === 0 && ended());
        now = false;
        let returned = false;
        step(() => {
          if (returned) lane();
          else now = true;
        });
        returned = true;
      }
    };
    for (let i = 0; i < lanes; i++) lane();
  });
  const { user, system } = process.threadCpuUsage(before);
  const rate = total / 1e6 / ((performance.now() - beganMs) / 1000);
  return { 'CPU s/GB of the loop': (user + system) / 1e6 / (total / 1e9), 'MB/s': rate };
}

/** What sensors send, nearly. */
function readings(length: number): Uint8Array<ArrayBuffer> {
  let text = '';
  for (let i = 1; text.length < length; i = (i * 16_807) % 2_147_483_647)
    text += `{"site":"plant-${i % 9}","sensor":"temperature-${i % 256}","celsius":${(i % 65_536) / 1000}}\n`;
  return new Uint8Array(new TextEncoder().encode(text.slice(0, length)));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '3' }, megabytes: { type: 'string', default: '400' } },
  });
  const bytes = Number(values.megabytes) * 1e6;
  const thread = new Worker(import.meta.filename);
  const waiting: (() => void)[] = [];
  thread.on('message', () => waiting.shift()?.());
  const send = (job: Job, done: () => void, transfer: ArrayBuffer[] = []): void => {
    waiting.push(done);
    thread.postMessage(job, transfer);
  };
  const found = new Map<string, number[]>();
  const note = (what: string, how: string, measured: Readonly<Record<string, number>>, round: number): void => {
    // The first compiles the code.
    if (round < 0) return;
    for (const [name, value] of Object.entries(measured)) {
      const key = `${what}: ${name} | ${how}`;
      found.set(key, [...(found.get(key) ?? []), value]);
    }
  };
  for (const KiB of [1, 16, 256, 1024]) {
    const size = KiB * 1024;
    const memory = new SharedArrayBuffer(size * atOnce);
    const view = new Uint8Array(memory);
    thread.postMessage({ kind: 'share', memory } satisfies Job, []);
    const part = KiB === 1 ? bytes / 10 : bytes;
    for (let round = -1; round < Number(values.rounds); round++) {
      const call = await measure(part, size, 1, (done) => {
        inCall.crc32c(view, 0, size);
        done();
      });
      const one = await measure(part, size, atOnce, (done) => send({ kind: 'sum', bytes: size, pieces: 1 }, done));
      const five = await measure(part, size * atOnce, 1, (done) =>
        send({ kind: 'sum', bytes: size, pieces: atOnce }, done),
      );
      note(`CRC-32C of ${KiB} KiB`, 'call', call, round);
      note(`CRC-32C of ${KiB} KiB`, 'thread', one, round);
      note(`CRC-32C of ${KiB} KiB`, 'more', five, round);
    }
  }
  for (const codec of ['lz4', 'zstd', 'gzip'] as const) {
    for (const KiB of [16, 256]) {
      const input = readings(KiB * 1024);
      const part = bytes / (codec === 'gzip' ? 20 : 4);
      for (let round = -1; round < Number(values.rounds); round++) {
        const packed = (compute: typeof inCall) => (done: () => void) => compute.compress(codec, input, () => done());
        note(`${codec} of ${KiB} KiB`, 'call', await measure(part, input.length, 1, packed(inCall)), round);
        note(`${codec} of ${KiB} KiB`, 'built', await measure(part, input.length, atOnce, packed(asBuilt)), round);
        const handed = (done: () => void): void => {
          const copy = new Uint8Array(input);
          send({ kind: 'pack', codec, input: copy }, done, [copy.buffer]);
        };
        note(`${codec} of ${KiB} KiB`, 'thread', await measure(part, input.length, atOnce, handed), round);
      }
    }
  }
  await thread.terminate();
  printRows(
    found,
    ['call', 'thread', 'more', 'built'],
    ['in the call', 'thread, one a message', 'thread, five a message', 'as built'],
  );
}

if (isMainThread) await main();
else work();
