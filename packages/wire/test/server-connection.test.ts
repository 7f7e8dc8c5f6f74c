import { type Connection, limits, MemoryBudget, ProtocolError } from '@skerry/base';
import { beforeEach, describe, expect, test } from 'vitest';
import { answerSlabBytes } from '../src/answer-sender.ts';
import {
  type Call,
  type FileRange,
  Newcomers,
  ReadGate,
  type Reply,
  ServerConnection,
  type Service,
  SlabPool,
} from '../src/index.ts';

/** A socket that notes what is sent, and takes as much as the test allows. */
class Peer implements Connection {
  readonly local = { host: '127.0.0.1', port: 9092 };
  readonly remote = { host: '127.0.0.1', port: 50_000 };
  readonly serverName = undefined;
  sent = '';
  sentBytes = 0;
  paused = false;
  destroyed = false;
  stalled: (() => void)[] | undefined;
  refusing = false;
  unsentBytes = 0;
  write(chunks: readonly Uint8Array[], written?: () => void): boolean {
    for (const chunk of chunks) {
      this.sentBytes += chunk.length;
      if (chunk.length < 100) this.sent += String.fromCharCode(...chunk);
    }
    if (this.stalled === undefined) written?.();
    else if (written !== undefined) this.stalled.push(written);
    return this.stalled === undefined && !this.refusing;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  end(): void {}
  destroy(): void {
    this.destroyed = true;
  }
}

/** Each frame is one letter; capitals may overlap. Calls wait until the test answers them by that letter. */
class Letters implements Service {
  readonly started: string[] = [];
  readonly replies = new Map<string, Reply>();
  readonly holds = new Map<string, (on: boolean) => void>();
  readonly closedWith: (Error | undefined)[] = [];

  open(frame: Uint8Array): Call {
    const letter = String.fromCharCode(frame[0] ?? 0);
    if (letter === '!') throw new ProtocolError('a letter that is none');
    return {
      overlap: letter === letter.toUpperCase(),
      run: (reply, hold) => {
        this.started.push(letter);
        this.replies.set(letter, reply);
        this.holds.set(letter, hold);
      },
    };
  }
  closed(reason: Error | undefined): void {
    this.closedWith.push(reason);
  }
  answer(letter: string): void {
    this.replies.get(letter)?.([new Uint8Array([letter.charCodeAt(0)])]);
  }
}

let peer: Peer;
let service: Letters;
let slabs: SlabPool;
let connection: ServerConnection;
/** What is due at the end of the turn. */
let soon: (() => void)[];
let memory: MemoryBudget;
let timers: { readonly delayMs: number; run(): void; cancel(): void }[];

beforeEach(() => {
  peer = new Peer();
  service = new Letters();
  slabs = new SlabPool(16 * 1024 * 1024);
  timers = [];
  soon = [];
  memory = new MemoryBudget(1024 * 1024);
  connection = new ServerConnection(peer, service, {
    slabs,
    newcomers: new Newcomers({ soon: (run) => soon.push(run), monotonicMs: () => 0 }),
    gate: new ReadGate({ clock: stopped, memory, short: () => {} }),
    frameBytesMax: () => limits.frameBytesMax,
    quietBytesMax: () => limits.frameBytesMax,
    after: (delayMs, run) => {
      const timer = { delayMs, run, cancel: () => timers.splice(timers.indexOf(timer), 1) };
      timers.push(timer);
      return timer;
    },
  });
});

/** Nothing here waits for the gate's time. */
const stopped = {
  monotonicMs: () => 0,
  wallMs: () => 0,
  soon: () => {},
  after: () => ({ cancel: () => {} }),
};

const endTurn = (): void => {
  for (const run of soon.splice(0)) run();
};

/** One TCP segment with a frame for each letter. */
const send = (letters: string): void => {
  const bytes = Array.from(letters, (letter) => [0, 0, 0, 1, letter.charCodeAt(0)]).flat();
  connection.data(new Uint8Array(bytes));
};

describe('the order of one connection', () => {
  test('what may not overlap starts when all before it are answered (authenticate, metadata, produce at once)', () => {
    send('amP');
    expect(service.started).toEqual(['a']);
    expect(peer.paused).toBe(true);
    service.answer('a');
    expect(service.started).toEqual(['a', 'm']);
    service.answer('m');
    expect(service.started).toEqual(['a', 'm', 'P']);
    expect(peer.paused).toBe(false);
    service.answer('P');
    expect(peer.sent).toBe('amP');
  });

  test('produces start in order beside each other, and are answered in order', () => {
    send('PQR');
    expect(service.started).toEqual(['P', 'Q', 'R']);
    service.answer('R');
    service.answer('Q');
    expect(peer.sent).toBe('');
    service.answer('P');
    expect(peer.sent).toBe('PQR');
  });

  test('nothing starts behind a request that may not overlap until it is answered', () => {
    send('PfQ');
    expect(service.started).toEqual(['P']);
    service.answer('P');
    expect(service.started).toEqual(['P', 'f']);
    service.answer('f');
    expect(service.started).toEqual(['P', 'f', 'Q']);
  });

  test('a produce that has left the loop before its append holds the later ones back', () => {
    send('P');
    service.holds.get('P')?.(true);
    send('Q');
    expect(service.started).toEqual(['P']);
    service.holds.get('P')?.(false);
    expect(service.started).toEqual(['P', 'Q']);
  });

  test('an answer of nothing keeps its place (acks=0)', () => {
    send('PQ');
    service.answer('Q');
    service.replies.get('P')?.(undefined);
    expect(peer.sent).toBe('Q');
  });

  test('the requests under way are bounded, and the socket is not read beyond that', () => {
    for (let i = 0; i < limits.overlapRequestsMax + 10; i++) send('P');
    expect(service.started.length).toBe(limits.overlapRequestsMax);
    expect(peer.paused).toBe(true);
  });
});

describe('an answer with file ranges', () => {
  const rangeOf = (bytes: number): FileRange & { released: number } => ({
    byteLength: bytes,
    released: 0,
    read(into, _from, done) {
      into.fill(0x2e);
      done();
    },
    release() {
      this.released++;
    },
  });

  test('leaves in order, and releases its ranges once', () => {
    send('fP');
    const range = rangeOf(3);
    service.replies.get('f')?.([new Uint8Array([0x5b]), range, new Uint8Array([0x5d])]);
    expect(peer.sent).toBe('[...]');
    expect(range.released).toBe(1);
    service.answer('P');
    expect(peer.sent).toBe('[...]P');
  });

  test('costs a stalled reader one slab, whatever its size: a small one when many are in use', () => {
    const others = Array.from({ length: 16 }, () => slabs.take(1024 * 1024));
    peer.stalled = [];
    send('f');
    const before = slabs.takenBytes;
    const range = rangeOf(50 * 1024 * 1024);
    service.replies.get('f')?.([range]);
    expect(slabs.takenBytes - before).toBeLessThanOrEqual(limits.slabBytes);
    for (let turns = 0; peer.stalled.length > 0; turns++) {
      expect(turns).toBeLessThan(801);
      peer.stalled.shift()?.();
      endTurn();
    }
    expect(peer.sentBytes).toBe(range.byteLength);
    expect(range.released).toBe(1);
    for (const slab of others) slabs.give(slab);
    expect(slabs.takenBytes).toBe(0);
  });

  test('closes the connection when a read fails in the middle', () => {
    send('f');
    const range = {
      ...rangeOf(10),
      read: (_into: Uint8Array, _from: number, done: (error?: Error) => void) => done(new ProtocolError('bad disk')),
    };
    service.replies.get('f')?.([range]);
    expect(peer.destroyed).toBe(true);
    expect(range.released).toBe(1);
  });
});

test('a peer that takes no answers is soon asked for no more requests', () => {
  peer.refusing = true;
  for (let i = 0; i < 2 * limits.overlapRequestsMax; i++) {
    send('P');
    service.answer('P');
  }
  expect(peer.sent).toBe('P');
  expect(peer.paused).toBe(true);
  peer.refusing = false;
  connection.drain();
  expect(peer.sent.length).toBeGreaterThan(limits.overlapRequestsMax);
  expect(peer.paused).toBe(false);
});

describe('the end', () => {
  test('stops an answer under way: nothing more is read for a peer that is gone', () => {
    peer.stalled = [];
    send('f');
    let reads = 0;
    let released = 0;
    const read = (_into: Uint8Array, _from: number, done: (error?: Error) => void): void => {
      reads++;
      done();
    };
    service.replies.get('f')?.([{ byteLength: 50 * 1024 * 1024, read, release: () => released++ }]);
    connection.closed();
    for (const written of peer.stalled.splice(0)) written();
    endTurn();
    expect([reads, released, slabs.takenBytes]).toEqual([1, 1, 0]);
  });

  test('bytes that are no request close the connection and tell why, once', () => {
    send('P!Q');
    expect(peer.destroyed).toBe(true);
    connection.closed();
    expect(service.closedWith.map((reason) => reason?.message)).toEqual(['a letter that is none']);
  });

  test('calls under way keep their frames until they reply, then everything is given back', () => {
    send('PQ');
    connection.closed();
    expect(slabs.takenBytes).toBeGreaterThan(0);
    service.answer('P');
    service.answer('Q');
    expect(slabs.takenBytes).toBe(0);
    expect(peer.sent).toBe('');
  });

  test('an answer that comes too late releases what it pins', () => {
    send('f');
    connection.closed();
    let released = 0;
    service.replies.get('f')?.([{ byteLength: 1, read: () => undefined, release: () => released++ }]);
    expect(released).toBe(1);
  });
});

describe('a client that is to be silent for a time', () => {
  test('is answered at once, and not read until the time is over', () => {
    send('ab');
    service.replies.get('a')?.([new Uint8Array([0x61])], 700);
    expect(peer.sent).toBe('a');
    expect([service.started, peer.paused, timers.map(({ delayMs }) => delayMs)]).toEqual([['a'], true, [700]]);
    timers.shift()?.run();
    expect([service.started, peer.paused]).toEqual([['a', 'b'], false]);
  });

  test('also where its request is not answered, or others of its kind are under way', () => {
    send('PQR');
    service.replies.get('P')?.(undefined, 5);
    service.replies.get('Q')?.([new Uint8Array([0x51])], 9);
    service.answer('R');
    expect([peer.sent, peer.paused]).toEqual(['QR', true]);
    timers.shift()?.run();
    send('S');
    expect([service.started.includes('S'), peer.paused]).toEqual([false, true]);
    timers.shift()?.run();
    expect(service.started.includes('S')).toBe(true);
  });

  test('leaves nothing behind when it goes', () => {
    send('a');
    service.replies.get('a')?.(undefined, 5);
    connection.closed();
    expect(timers).toEqual([]);
  });
});

describe('patience', () => {
  const patience = { firstRequestMs: 30_000, idleMs: 600_000, stallMs: 20_000, frameMs: Number.POSITIVE_INFINITY };
  const overdue = (nowMs: number) => connection.overdue(nowMs, patience);

  test('ends with a first request that is not there whole, however its bytes trickle', () => {
    expect(overdue(0)).toBeUndefined();
    const frame = [0, 0, 0, 40, ...Array.from({ length: 39 }, () => 1)];
    for (let second = 0; second < 30; second++) {
      connection.data(new Uint8Array([frame[second] ?? 0]));
      expect(overdue(second * 1000)).toBeUndefined();
    }
    expect(overdue(30_000)).toBe('firstRequest');
  });

  test('ends with silence, once nothing is asked', () => {
    overdue(0);
    send('a');
    for (const ms of [1000, 700_000, 1_400_000]) expect(overdue(ms)).toBeUndefined();
    service.answer('a');
    expect(overdue(1_999_999)).toBeUndefined();
    expect(overdue(2_000_000)).toBe('idle');
    send('b');
    expect(overdue(2_000_001)).toBeUndefined();
  });

  test('ends with an answer of which no byte is taken', () => {
    send('a');
    service.answer('a');
    peer.unsentBytes = 1000;
    for (const ms of [0, 19_000]) expect(overdue(ms)).toBeUndefined();
    peer.sentBytes++;
    for (const ms of [20_000, 39_000]) expect(overdue(ms)).toBeUndefined();
    expect(overdue(40_000)).toBe('stall');
    peer.unsentBytes = 0;
    expect(overdue(41_000)).toBeUndefined();
  });
});

test('the slab for an answer is the smaller the more are lent out, sooner for who has not read one yet', () => {
  const mib = 1024 * 1024;
  const sizes = (isProven: boolean): number[] =>
    [0, 8, 16, 24, 40, 64].map((taken) => answerSlabBytes(taken * mib, isProven) / 1024);
  expect(sizes(true)).toEqual([1024, 1024, 256, 256, 64, 16]);
  expect(sizes(false)).toEqual([256, 64, 64, 16, 16, 16]);
});

test('a thousand who never read hold 40 MiB, and leave large slabs to who reads', () => {
  const lent = new SlabPool(0);
  for (let reader = 0; reader < 1000; reader++) lent.take(answerSlabBytes(lent.takenBytes, false));
  expect(lent.takenBytes).toBeLessThan(40 * 1024 * 1024);
  expect(answerSlabBytes(lent.takenBytes, true)).toBe(limits.slabBytes);
});
