/**
 * Frames at a real broker in virtual time. Whatever they hold: each gets an answer that can be read, or its connection
 * closes; no handler throws, nothing else ends the process, and another client is served as if nothing had happened.
 */
import { Broker, type BrokerEvent, parseSettings, routes } from '@skerry/broker';
import { nodeCompute } from '@skerry/io';
import { decodeAnswer, RawClient, type SeededRandom, World } from '@skerry/testkit';
import { batchOf, createTopic, fetch, produce } from '../../packages/broker/test/calls.ts';
import { settings } from './broker.ts';
import { drawFrame, framed, samples } from './frames.ts';

export interface Fuzzed {
  readonly frames: number;
  readonly answers: number;
  readonly closed: number;
  /** What went wrong, with the frame that did it. */
  readonly findings: readonly string[];
}

const address = { host: 'node', port: 9092 } as const;
/** A frame that waits for others, or for time, is left alone after so long. */
const patienceMs = 50;
/** A world is left for a fresh one then: what frames have made in it takes memory. */
const framesInWorld = 10_000;
const compute = nodeCompute({ inline: true });
const known = samples();

export function fuzz(seed: number, frames: number): Fuzzed {
  const sum = { frames: 0, answers: 0, closed: 0, findings: [] as string[] };
  for (let world = 0; sum.frames < frames; world++) {
    const one = fuzzWorld(seed * 1000 + world, Math.min(framesInWorld, frames - sum.frames), (random, index) =>
      drawFrame(known, random, index),
    );
    sum.frames += one.frames;
    sum.answers += one.answers;
    sum.closed += one.closed;
    sum.findings.push(...one.findings);
  }
  return sum;
}

/** These frames, in their order. */
export const tryFrames = (frames: readonly Uint8Array[]): Fuzzed =>
  fuzzWorld(1, frames.length, (_random, index) => frames[index] ?? new Uint8Array(0));

function fuzzWorld(seed: number, frames: number, draw: (random: SeededRandom, index: number) => Uint8Array): Fuzzed {
  const world = new World(seed);
  const random = world.random.fork('frames');
  const events: BrokerEvent[] = [];
  start(world, events);
  const connect = (host: string): RawClient => new RawClient(world.clock, world.network.host(host), address);
  const other = connect('other');
  for (const name of ['t', 'u']) createTopic(other, name, 2);
  createTopic(other, 'compacted', 1, { 'cleanup.policy': 'compact' });
  createTopic(other, 'witness');
  const sum = { frames: 0, answers: 0, closed: 0, findings: [] as string[] };
  let peer = connect('peer');
  for (; sum.frames < frames && sum.findings.length === 0; sum.frames++) {
    const frame = draw(random, sum.frames);
    const what = (problem: string): string =>
      `seed ${seed}, frame ${sum.frames}: ${problem}: ${Buffer.from(frame).toString('hex')}`;
    try {
      peer.send(framed(frame));
      for (let ms = 0; ms < patienceMs && peer.pending === 0 && !peer.isClosed; ms++) world.clock.advance(1);
      const answer = peer.pending > 0 ? peer.next() : undefined;
      if (answer !== undefined) {
        sum.answers++;
        const problem = unreadable(frame, answer);
        if (problem !== undefined) sum.findings.push(what(problem));
      } else {
        if (peer.isClosed) sum.closed++;
        peer.close();
        peer = connect('peer');
      }
      if (sum.frames % 500 === 0) witness(other, sum.frames / 500);
    } catch (error) {
      sum.findings.push(what(String(error instanceof Error ? error.stack : error)));
    }
    for (const event of events.splice(0)) {
      if (event.kind === 'handlerFailed' || event.kind === 'failed')
        sum.findings.push(what(`${event.kind} ${String(event.error.stack)}`));
    }
  }
  return sum;
}

function start(world: World, events: BrokerEvent[]): void {
  const { clock, random, disk, store, network } = world.machine(address.host);
  const given = { listeners: `PLAINTEXT://${address.host}:${address.port}`, ...settings };
  const parsed = parseSettings(Object.entries(given).map(([key, value]) => ({ key, value, origin: 'fuzz' })));
  const broker = new Broker({
    world: { clock, random, disk, store, network, compute },
    settings: parsed,
    report: (event) => events.push(event),
  });
  let started = false;
  broker.start((error) => {
    if (error !== undefined) throw error;
    started = true;
  });
  world.clock.runUntil(() => started);
}

/** Why the answer to `frame` cannot be read, if so. */
function unreadable(frame: Uint8Array, answer: Uint8Array): string | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const route = routes.find(({ apiKey }) => apiKey === view.getInt16(0));
  const version = view.getInt16(2);
  // A version that is not served is answered in version 0 (KIP-511).
  const told = route !== undefined && (version < route.versions[0] || version > route.versions[1]) ? 0 : version;
  if (route === undefined) return 'an answer to an API that is not served';
  try {
    decodeAnswer(route.response, told, answer);
  } catch (error) {
    return `its answer cannot be read: ${String(error)}`;
  }
  return undefined;
}

function witness(other: RawClient, count: number): void {
  const { error } = produce(other, 'witness', batchOf([`${count}`]));
  if (error !== 'NONE') throw new Error(`another client's record is refused: ${error}`);
  const { values } = fetch(other, 'witness', count, { maxWaitMs: 0 });
  if (values.join() !== `${count}`) throw new Error(`another client reads "${values.join()}" for ${count}`);
}
