/**
 * The floor: what Node itself needs to take in the bench's batches, sum them and write them, with none of a broker's
 * duties. It cuts the stream into frames, checks each batch's CRC-32C, writes the batches of a turn with one writev,
 * and answers; Fetch is one positioned read into a pooled buffer. It understands what the bench sends and nothing
 * else, trusts it, and keeps no index and no offsets in the stored bytes. What a broker costs above this is its own
 * work.
 *
 *   floor.ts PORT FOLDER [sync]      sync: answers Produce after an fdatasync, one for all that waits (group commit)
 */
import { closeSync, fdatasync, openSync, readSync, rmSync, writevSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { echoApi } from './frames.ts';

interface Log {
  readonly path: string;
  readonly fd: number;
  bytes: number;
  /** A topic holds batches of one size, so that an offset tells a position. */
  batchBytes: number;
  recordsPerBatch: number;
  /** Fetches at the end of the log; called when there is more. */
  waiting: (() => void)[];
}

const [port = '', folder = '', mode = ''] = process.argv.slice(2);
const synced = mode === 'sync';
const logs = new Map<string, Log>();
/** Buffers for reads, used again once the socket has taken their bytes. */
const slabs: Buffer[] = [];
const slabBytes = 1024 * 1024;

function logOf(topic: string): Log {
  let log = logs.get(topic);
  if (log === undefined) {
    const path = join(folder, topic);
    log = { path, fd: openSync(path, 'w+'), bytes: 0, batchBytes: 0, recordsPerBatch: 0, waiting: [] };
    logs.set(topic, log);
  }
  return log;
}

/** A request's bytes, without the length in front, in the pieces in which they came. */
type Frame = readonly Buffer[];
/** Enough for every field in front of a batch, and for its header. */
const headBytesMin = 256;

function headOf(frame: Frame): Buffer {
  const [first] = frame;
  return frame.length === 1 && first !== undefined ? first : Buffer.concat(slices(frame, 0, headBytesMin));
}

function slices(frame: Frame, from: number, to: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  for (const piece of frame) {
    const start = Math.max(from - at, 0);
    const end = Math.min(to - at, piece.length);
    if (start < end) found.push(piece.subarray(start, end));
    at += piece.length;
  }
  return found;
}

/** What one turn writes and answers. */
class Turn {
  readonly #writes = new Map<Log, Buffer[]>();
  readonly #answers: Buffer[] = [];
  readonly #lent: Buffer[] = [];

  /** `slab` is the buffer that `bytes` are read into, if there is one. */
  answer(bytes: readonly Buffer[], slab?: Buffer): void {
    this.#answers.push(...bytes);
    if (slab !== undefined) this.#lent.push(slab);
  }

  send(socket: Socket): void {
    socket.cork();
    const last = this.#answers.pop();
    for (const bytes of this.#answers) socket.write(bytes);
    if (last !== undefined) socket.write(last, () => slabs.push(...this.#lent));
    socket.uncork();
  }

  append(log: Log, batch: readonly Buffer[]): void {
    const chunks = this.#writes.get(log);
    if (chunks === undefined) this.#writes.set(log, [...batch]);
    else chunks.push(...batch);
  }

  /** Writes; returns the logs that changed. */
  write(): readonly Log[] {
    for (const [log, chunks] of this.#writes) log.bytes += writevSync(log.fd, chunks, log.bytes);
    return [...this.#writes.keys()];
  }
}

function answerWith(body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

const int32 = (value: number) => Buffer.from(new Uint8Array(new Int32Array([value]).buffer)).swap32();
const text = (value: string) => Buffer.concat([int32(value.length).subarray(2), Buffer.from(value)]);

function produce(frame: Frame, head: Buffer, at: number, turn: Turn): void {
  // Tags, transactional id, acks, timeout, topics; name, partitions; index, records.
  let next = at + 1 + 1 + 2 + 4 + 1;
  const nameBytes = head.readUInt8(next) - 1;
  const topic = head.toString('utf8', next + 1, next + 1 + nameBytes);
  next += 1 + nameBytes + 1 + 4;
  while (head.readUInt8(next++) >= 0x80);
  const batchBytes = 12 + head.readInt32BE(next + 8);
  const log = logOf(topic);
  let sum = 0;
  for (const piece of slices(frame, next + 21, next + batchBytes)) sum = crc32c(piece, sum);
  if (sum !== head.readUInt32BE(next + 17)) throw new Error('a batch with a wrong sum');
  log.batchBytes = batchBytes;
  log.recordsPerBatch = head.readInt32BE(next + 57);
  turn.append(log, slices(frame, next, next + batchBytes));
  // Header tags; topics, name, partitions; index, error, base offset, append time, start offset, errors, message,
  // tags; tags, throttle, tags.
  const answer = Buffer.alloc(4 + 4 + 1 + 1 + 1 + nameBytes + 1 + 4 + 2 + 24 + 1 + 1 + 1 + 1 + 4 + 1);
  answer.writeInt32BE(answer.length - 4);
  answer.set(head.subarray(4, 8), 4);
  answer[9] = 2;
  answer[10] = nameBytes + 1;
  answer.write(topic, 11);
  answer[11 + nameBytes] = 2;
  const errors = 11 + nameBytes + 1 + 4 + 2 + 24;
  answer[errors] = 1;
  turn.answer([answer]);
}

/** Into `turn`, or, at the end of the log, when there is more. */
function fetch(head: Buffer, at: number, turn: Turn, socket: Socket): void {
  // Tags, replica, wait, least bytes, most bytes, isolation, session, epoch, topics; name, partitions; index, leader
  // epoch, offset.
  const bytesMax = head.readInt32BE(at + 1 + 12);
  let next = at + 1 + 16 + 1 + 8 + 1;
  const nameBytes = head.readUInt8(next) - 1;
  const name = head.subarray(next, next + 1 + nameBytes);
  next += 1 + nameBytes + 1 + 8;
  const log = logOf(name.toString('utf8', 1));
  const offset = Number(head.readBigInt64BE(next));
  const position = log.recordsPerBatch === 0 ? 0 : (offset / log.recordsPerBatch) * log.batchBytes;
  if (position >= log.bytes) {
    log.waiting.push(() => {
      const later = new Turn();
      fetch(head, at, later, socket);
      later.send(socket);
    });
    return;
  }
  const slab = slabs.pop() ?? Buffer.alloc(slabBytes);
  const length = readSync(log.fd, slab, 0, Math.min(bytesMax, slab.length), position);
  if (length >= 8) slab.writeBigInt64BE(BigInt(offset));
  const front = Buffer.alloc(1 + 4 + 2 + 4 + 1);
  front[11] = 2;
  const partition = Buffer.alloc(1 + 4 + 2 + 24 + 1 + 4);
  partition[0] = 2;
  partition.writeInt32BE(-1, partition.length - 4);
  const lengths = uvarint(length + 1);
  const size = 4 + front.length + name.length + partition.length + lengths.length + length + 3;
  const records = slab.subarray(0, length);
  turn.answer([int32(size), head.subarray(4, 8), front, name, partition, lengths, records, Buffer.alloc(3)], slab);
}

function uvarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** Key, least and most version of each API that is spoken here. */
const spoken = [
  [0, 9, 9],
  [1, 12, 12],
  [2, 5, 5],
  [18, 0, 0],
  [19, 4, 4],
  [20, 3, 3],
] as const;

function apiVersions(): Buffer {
  const answer = Buffer.alloc(2 + 4 + spoken.length * 6);
  answer.writeInt32BE(spoken.length, 2);
  for (const [i, row] of spoken.entries()) row.forEach((value, j) => answer.writeInt16BE(value, 6 + i * 6 + j * 2));
  return answer;
}

/** ApiVersions, CreateTopics, DeleteTopics, ListOffsets: what surrounds a load. */
function quiet(apiKey: number, head: Buffer, at: number): Buffer {
  const id = head.subarray(4, 8);
  const topic = () => head.toString('utf8', at + 2, at + 2 + head.readInt16BE(at));
  switch (apiKey) {
    case 18:
      return answerWith(Buffer.concat([id, apiVersions()]));
    case 19:
    case 20: {
      at += 4;
      const name = topic();
      const log = logOf(name);
      if (apiKey === 20) {
        closeSync(log.fd);
        rmSync(log.path);
        logs.delete(name);
      }
      return answerWith(Buffer.concat([id, int32(0), int32(1), text(name), Buffer.from([0, 0, 0xff, 0xff])]));
    }
    case 2: {
      at += 4 + 1 + 4;
      const { bytes, batchBytes, recordsPerBatch } = logOf(topic());
      const offset = batchBytes === 0 ? 0 : (bytes / batchBytes) * recordsPerBatch;
      const tail = Buffer.alloc(4 + 2 + 8 + 8 + 4);
      tail.writeBigInt64BE(BigInt(offset), 14);
      return answerWith(Buffer.concat([id, int32(0), int32(1), text(topic()), int32(1), tail]));
    }
    default:
      throw new Error(`the floor does not know API ${apiKey}`);
  }
}

function serve(frame: Frame, turn: Turn, socket: Socket): void {
  const head = headOf(frame);
  const body = 8 + 2 + head.readInt16BE(8);
  const apiKey = head.readInt16BE(0);
  if (apiKey === 0) produce(frame, head, body, turn);
  else if (apiKey === 1) fetch(head, body, turn, socket);
  else if (apiKey === echoApi) turn.answer([int32(4 + bytesOf(frame)), head.subarray(4, 8), ...frame]);
  else turn.answer([quiet(apiKey, head, body)]);
}

const bytesOf = (frame: Frame): number => frame.reduce((sum, piece) => sum + piece.length, 0);

/** Cuts what arrives into frames without copying: Node gives every chunk in a buffer of its own. */
function framesOf(held: { pieces: Buffer[]; bytes: number }): Buffer[][] {
  const frames: Buffer[][] = [];
  for (;;) {
    if (held.bytes < 4) return frames;
    const [first] = held.pieces;
    const size = (first !== undefined && first.length >= 4 ? first : Buffer.concat(held.pieces)).readInt32BE(0);
    if (held.bytes < 4 + size) return frames;
    frames.push(slices(held.pieces, 4, 4 + size));
    held.pieces = slices(held.pieces, 4 + size, held.bytes);
    held.bytes -= 4 + size;
  }
}

/** Calls back once all that was written to `logs` before the call is on the disk; one sync serves all who wait. */
const waiting: { readonly logs: readonly Log[]; readonly done: () => void }[] = [];
let syncing = false;
function sync(): void {
  if (syncing || waiting.length === 0) return;
  syncing = true;
  const served = waiting.splice(0);
  const dirty = new Set(served.flatMap((one) => one.logs));
  let left = dirty.size;
  for (const log of dirty) {
    fdatasync(log.fd, (error) => {
      if (error !== null) throw error;
      if (--left > 0) return;
      syncing = false;
      for (const { done } of served) done();
      sync();
    });
  }
}

function accept(socket: Socket): void {
  const held = { pieces: [] as Buffer[], bytes: 0 };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    held.pieces.push(chunk);
    held.bytes += chunk.length;
    const turn = new Turn();
    for (const frame of framesOf(held)) serve(frame, turn, socket);
    const dirty = turn.write();
    for (const log of dirty) for (const read of log.waiting.splice(0)) read();
    if (!synced || dirty.length === 0) return turn.send(socket);
    waiting.push({ logs: dirty, done: () => turn.send(socket) });
    sync();
  });
}

// The terminal sends its interrupt to us too; the bench ends us.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
createServer({ noDelay: true }, accept).listen(Number(port), '127.0.0.1');
