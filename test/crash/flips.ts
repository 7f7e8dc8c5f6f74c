/**
 * Bits flipped in a real data folder: what a broker then serves is right, or an error; never something else.
 *
 * Each start is on a fresh copy of one folder. Flips in different partitions are independent, so many share a start; a
 * flip in what the node has once (the metadata log, the groups' log, LMDB's file) gets a start of its own. LMDB has no
 * checksums of its own: a flip there may end the process, and with its folder deleted all is rebuilt from the logs.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { type BrokerProcess, launchSkerry, ownPort } from './process.ts';
import { type PartitionContent, RawReader } from './raw-reader.ts';
import { nameOf, type Place, textOf } from './recorder.ts';

export interface FlipTotals {
  flips: number;
  starts: number;
  /** Partitions that were refused, and processes that ended: the ways to be right about damage. */
  refused: number;
  ended: number;
  /** Batches that were served though their CRC is wrong: a client that checks it sees that. */
  servedDamaged: number;
  failures: string[];
}

interface Flip {
  readonly file: string;
  readonly at: number;
  readonly bit: number;
}

/** What the folder holds, as it was read before anything was damaged. */
interface Truth {
  readonly folder: string;
  readonly port: number;
  readonly contents: ReadonlyMap<string, PartitionContent>;
  readonly offsets: ReadonlyMap<string, number>;
}

const topic = 'flipped';
const groupId = 'flips';
const partitions = 24;
const startMsMax = 240_000;
/** From a connection that is closed to the end of the process. */
const endMsMax = 30_000;
const software = 70;
const settings = { 'offsets.topic.num.partitions': 1, 'group.initial.rebalance.delay.ms': 0 };
/** An error that was foreseen is told in a line; the others bring their stack along. */
const tellsOfBug = /InvariantError|TypeError|RangeError|ReferenceError|ProtocolError|^ {4}at /m;

/** At least `count` flips; `say` hears of each start. */
export async function flips(count: number, say: (line: string) => void = () => {}): Promise<FlipTotals> {
  const base = mkdtempSync(join(tmpdir(), 'skerry-flips-'));
  const remove = (): void => rmSync(base, { recursive: true, force: true });
  process.on('exit', remove);
  const totals: FlipTotals = { flips: 0, starts: 0, refused: 0, ended: 0, servedDamaged: 0, failures: [] };
  try {
    const port = await ownPort();
    const truth = await prepare(join(base, 'whole'), port);
    const files = filesBelow(truth.folder);
    const copy = join(base, 'copy');
    for (let turn = 0; totals.flips < count; turn++) {
      const chosen = choose(files, turn);
      await new Start(truth, copy, chosen, totals).run();
      say(`${totals.flips} flips, ${totals.starts} starts, ${totals.failures.length} failures`);
    }
  } finally {
    remove();
    process.off('exit', remove);
  }
  return totals;
}

/** A node that holds something in every kind of file, and was stopped in good order. */
async function prepare(folder: string, port: number): Promise<Truth> {
  const broker = launchSkerry({ target: 'skerry', port, data: folder, settings });
  await broker.serving;
  await fill(port);
  const contents = await readAll(port);
  const offsets = await committed(port);
  broker.kill('SIGTERM');
  await broker.ended;
  return { folder, port, contents, offsets };
}

const kafkaOf = (port: number): Kafka =>
  new Kafka({
    clientId: 'flips',
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 3 },
  });

async function fill(port: number): Promise<void> {
  const kafka = kafkaOf(port);
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'index.interval.bytes', value: '500' }];
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] });
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  let value = 0;
  for (let round = 0; round < 12; round++) {
    const messages = Array.from({ length: partitions * 2 }, (_, i) => ({
      partition: i % partitions,
      value: textOf(value++),
    }));
    await producer.send({ topic, acks: -1, messages });
  }
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  const joined = new Promise((done) => consumer.on(consumer.events.GROUP_JOIN, done));
  await consumer.run({ autoCommit: false, eachMessage: async () => {} });
  await joined;
  for (let partition = 0; partition < partitions; partition++) {
    await consumer.commitOffsets([{ topic, partition, offset: String(1 + (partition % 20)) }]);
  }
  await consumer.disconnect();
}

const places: readonly Place[] = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));

async function readAll(port: number): Promise<Map<string, PartitionContent>> {
  const contents = new Map<string, PartitionContent>();
  for (const place of places) contents.set(nameOf(place), await readPartition(port, place));
  return contents;
}

/** Damage that is found when an answer has begun closes the connection: a refusal too. */
async function readPartition(port: number, place: Place): Promise<PartitionContent> {
  const reader = await RawReader.open(port);
  try {
    return await reader.partition(place.topic, place.partition);
  } catch (error) {
    if (!/closed the connection|ECONNRESET/.test((error as Error).message)) throw error;
    return { start: 0, end: 0, records: [], refused: 'the connection was closed' };
  } finally {
    reader.close();
  }
}

async function committed(port: number): Promise<Map<string, number>> {
  const admin = kafkaOf(port).admin();
  await admin.connect();
  try {
    const answers = await admin.fetchOffsets({ groupId, topics: [topic] });
    return new Map(
      answers.flatMap((answer) =>
        answer.partitions.map(({ partition, offset }) => [nameOf({ topic: answer.topic, partition }), Number(offset)]),
      ),
    );
  } finally {
    await admin.disconnect();
  }
}

function filesBelow(folder: string): string[] {
  const names = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => {
    const about = statSync(join(folder, 'data', name));
    return about.isFile() && about.size > 0 && !/lock/.test(name);
  });
}

/** One flip in each partition of the topic; or one in LMDB's file; or one in whatever else there is once. */
function choose(files: readonly string[], turn: number): string[] {
  const ofTopic = files.filter((file) => file.startsWith(`topics/${topic}`));
  const ofStore = files.filter((file) => file.endsWith('.mdb'));
  const others = files.filter((file) => !ofTopic.includes(file) && !ofStore.includes(file));
  // Nine of ten starts are for what takes one flip each.
  if (turn % 10 !== 0) return [pick(turn % 2 === 0 ? ofStore : others)];
  const byFolder = Map.groupBy(ofTopic, (file) => file.split('/')[1]);
  return [...byFolder.values()].map(pick);
}

const below = (bound: number): number => Math.floor(Math.random() * bound);

function pick(files: readonly string[]): string {
  const file = files[below(files.length)];
  if (file === undefined) throw new Error('there is a file to flip a bit in');
  return file;
}

class Start {
  readonly #truth: Truth;
  readonly #copy: string;
  readonly #files: readonly string[];
  readonly #totals: FlipTotals;
  #flips: readonly Flip[] = [];

  constructor(truth: Truth, copy: string, files: readonly string[], totals: FlipTotals) {
    this.#truth = truth;
    this.#copy = copy;
    this.#files = files;
    this.#totals = totals;
  }

  async run(): Promise<void> {
    rmSync(this.#copy, { recursive: true, force: true });
    cpSync(this.#truth.folder, this.#copy, { recursive: true });
    // As after a kill: then the logs are looked through.
    if (below(2) === 0) rmSync(join(this.#copy, 'data', 'clean-stop'), { force: true });
    this.#flips = this.#files.filter((file) => file !== 'clean-stop').map((file) => this.#flip(file));
    this.#totals.flips += this.#flips.length;
    const inStore = this.#flips.some(({ file }) => file.endsWith('.mdb'));
    await this.#serve(inStore);
    if (!inStore) return;
    rmSync(join(this.#copy, 'data', 'store'), { recursive: true });
    await this.#serve(false, 'with the store deleted');
  }

  #flip(file: string): Flip {
    const path = join(this.#copy, 'data', file);
    const bytes = readFileSync(path);
    const at = below(bytes.length);
    const bit = below(8);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    writeFileSync(path, bytes);
    return { file, at, bit };
  }

  async #serve(mayCrash: boolean, how = ''): Promise<void> {
    const port = this.#truth.port;
    const broker = launchSkerry({ target: 'skerry', port, data: this.#copy, settings });
    this.#totals.starts++;
    const overdue = setTimeout(() => broker.kill(), startMsMax);
    try {
      await broker.serving;
      clearTimeout(overdue);
      await this.#compare(port, how);
      broker.kill();
    } catch (error) {
      await this.#judgeEnd(broker, mayCrash, how, error as Error);
    } finally {
      clearTimeout(overdue);
      broker.kill();
      await broker.ended;
    }
    if (tellsOfBug.test(broker.output())) this.#fail(how, `it says:\n${broker.output()}`);
  }

  async #judgeEnd(broker: BrokerProcess, mayCrash: boolean, how: string, error: Error): Promise<void> {
    const ended = await Promise.race([
      broker.ended,
      new Promise<'runs'>((done) => setTimeout(done, endMsMax, 'runs').unref()),
    ]);
    this.#totals.ended++;
    if (how !== '') this.#fail(how, `it ended with ${ended}: ${error.message}`);
    if (ended === 'runs') this.#fail(how, `it runs, and does not answer: ${error.message}`);
    else if (!mayCrash && (typeof ended === 'string' || ended === software)) this.#fail(how, `it ended with ${ended}`);
  }

  async #compare(port: number, how: string): Promise<void> {
    for (const [name, content] of await readAll(port)) {
      if (content.refused !== undefined) {
        this.#totals.refused++;
        // The logs are whole where only the store was damaged.
        if (how !== '') this.#fail(how, `${name} is refused: ${content.refused}`);
        continue;
      }
      if (content.damage?.includes('CRC') === true) {
        this.#totals.servedDamaged++;
        continue;
      }
      const wrong = difference(this.#truth.contents.get(name), content);
      if (wrong !== undefined) this.#fail(how, `${name}: ${wrong}`);
    }
    let offsets: ReadonlyMap<string, number>;
    try {
      offsets = await committed(port);
    } catch {
      this.#totals.refused++;
      return;
    }
    for (const [name, offset] of this.#truth.offsets) {
      const now = offsets.get(name);
      if (now !== offset) this.#fail(how, `the group's offset in ${name} was ${offset}, and is ${now}`);
    }
  }

  #fail(how: string, what: string): void {
    const flipped = this.#flips.map(({ file, at, bit }) => `${file} byte ${at} bit ${bit}`);
    const where = flipped.length > 3 ? `${flipped.length} partitions` : flipped.join(', ');
    this.#totals.failures.push(`flip of ${where}${how === '' ? '' : `, ${how}`}: ${what}`);
  }
}

/** What is wrong with `now`, which was served without an error. */
function difference(before: PartitionContent | undefined, now: PartitionContent): string | undefined {
  if (now.damage !== undefined) return `damaged bytes were served: ${now.damage}`;
  const was = before?.records ?? [];
  const at = was.findIndex(
    ({ offset, value }, i) => now.records[i]?.offset !== offset || now.records[i].value !== value,
  );
  if (at >= 0) return `offset ${was[at]?.offset} is not what it was; it says it holds ${now.start} to ${now.end}`;
  return now.records.length === was.length ? undefined : `it holds ${now.records.length} records, not ${was.length}`;
}
