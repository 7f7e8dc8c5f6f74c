/**
 * EIO at the k-th call of a start on the folder of a node that was killed, reads and look-ups included; or from that
 * call on, as of a disk that is gone. The start ends with 74, or, where a file of one partition could not be read,
 * serves the rest; what it serves is right. The next start has everything.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kafkaOf } from './clients.ts';
import { type BrokerProcess, launchSkerry, ownPort, startBroker } from './process.ts';
import { RawReader } from './raw-reader.ts';
import { textOf } from './recorder.ts';

export interface StartErrorTotals {
  starts: number;
  /** By how they ended: 74, 'went on', or a signal. */
  ends: Record<string, number>;
  failures: string[];
}

interface Truth {
  readonly folder: string;
  readonly port: number;
  /** What each partition holds. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const topic = 'starts';
const groupId = 'starts';
const partitions = 6;
const exitDisk = 74;
/** A start that neither serves nor ends is stuck. */
const startMsMax = 120_000;

/** `isForever`: whether the calls after the k-th fail too. */
export async function startErrors(
  ks: readonly number[],
  shim: string,
  isForever: boolean,
  say: (line: string) => void = () => {},
): Promise<StartErrorTotals> {
  const base = mkdtempSync(join(tmpdir(), 'skerry-starts-'));
  const remove = (): void => rmSync(base, { recursive: true, force: true });
  process.on('exit', remove);
  const totals: StartErrorTotals = { starts: 0, ends: {}, failures: [] };
  try {
    const truth = await prepare(join(base, 'killed'), await ownPort());
    const copy = join(base, 'copy');
    for (const k of ks) {
      const report = join(base, `report-${k}`);
      rmSync(copy, { recursive: true, force: true });
      cpSync(truth.folder, copy, { recursive: true });
      const env = { LD_PRELOAD: shim, EIO_AT: String(k), EIO_ROOT: join(copy, 'data'), EIO_REPORT: report };
      const more = isForever ? { EIO_READS: '1', EIO_FOREVER: '1' } : { EIO_READS: '1' };
      const broker = launchSkerry({ target: 'skerry', port: truth.port, data: copy, env: { ...env, ...more } });
      const { end, wrong } = await outcome(broker, truth);
      const isHit = existsSync(report);
      const failed = isHit ? readFileSync(report, 'utf8').trim().replace(join(copy, 'data'), '') : 'not reached';
      totals.starts++;
      totals.ends[end] = (totals.ends[end] ?? 0) + 1;
      const inLmdb = end === 'SIGSEGV' && failed.includes(' /store/');
      const found = [...wrong];
      if (end !== 'went on' && end !== String(exitDisk) && !inLmdb)
        found.push(`it ended with ${end}: ${broker.output()}`);
      if (isHit) found.push(...(await nextStart(copy, truth)));
      totals.failures.push(...found.map((what) => `k=${k} (${failed}): ${what}`));
      say(`k=${k}: ${failed}: ${end}${found.length === 0 ? '' : `: FAILED\n    ${found.join('\n    ')}`}`);
      if (!isHit) break;
    }
  } finally {
    remove();
    process.off('exit', remove);
  }
  return totals;
}

/** A node that was killed with something in every kind of file: several segments a partition, the journal, a group. */
async function prepare(folder: string, port: number): Promise<Truth> {
  const broker = await startBroker({ target: 'skerry', port, data: folder });
  const kafka = kafkaOf(port);
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'segment.ms', value: '20' }];
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const values = new Map<string, string[]>();
  for (let value = 0; value < 12 * partitions; value++) {
    const partition = value % partitions;
    const text = textOf(value);
    values.set(String(partition), [...(values.get(String(partition)) ?? []), text]);
    await producer.send({ topic, acks: -1, messages: [{ partition, value: text }] });
  }
  const offsets = Array.from({ length: partitions }, (_, partition) => ({ partition, offset: '5' }));
  await admin.setOffsets({ groupId, topic, partitions: offsets });
  await producer.disconnect();
  await admin.disconnect();
  broker.kill();
  await broker.ended;
  return { folder, port, values };
}

async function outcome(
  broker: BrokerProcess & { readonly serving: Promise<void> },
  truth: Truth,
): Promise<{ readonly end: string; readonly wrong: readonly string[] }> {
  const started = broker.serving.then(() => 'went on').catch(async () => String(await broker.ended));
  let end = await Promise.race([started, delay(startMsMax, 'neither serves nor ends', { ref: false })]);
  let wrong: readonly string[] = [];
  if (end === 'went on') {
    try {
      wrong = await differences(truth, true);
    } catch {
      // It ended meanwhile: a start's work goes on behind the first answers.
    }
    // What ended by itself, or is about to, tells how; what serves is killed.
    const ended = await Promise.race([broker.ended, delay(200, undefined, { ref: false })]);
    end = ended === undefined ? end : String(ended);
  }
  broker.kill();
  await broker.ended;
  return { end, wrong };
}

async function nextStart(copy: string, truth: Truth): Promise<readonly string[]> {
  let broker: BrokerProcess | undefined;
  try {
    // Ends that were noted must not make it read-only: here each start is for itself.
    const settings = { 'skerry.read.only': 'false' };
    broker = await startBroker({ target: 'skerry', port: truth.port, data: copy, settings });
    return [...(await differences(truth, false)), ...(await groupFault(truth.port))];
  } catch (error) {
    return [`the next start failed: ${(error as Error).message}`];
  } finally {
    broker?.kill();
    await broker?.ended;
  }
}

async function differences(truth: Truth, mayRefuse: boolean): Promise<string[]> {
  const found: string[] = [];
  for (const [partition, values] of truth.values) {
    const reader = await RawReader.open(truth.port);
    try {
      const { records, refused, damage } = await reader.partition(topic, Number(partition));
      if (refused !== undefined && mayRefuse) continue;
      const same = records.length === values.length && values.every((value, i) => records[i]?.value === value);
      const wrong =
        refused ?? damage ?? (same ? undefined : `it holds ${records.length} records, not ${values.length}`);
      if (wrong !== undefined) found.push(`partition ${partition}: ${wrong}`);
    } finally {
      reader.close();
    }
  }
  return found;
}

async function groupFault(port: number): Promise<string[]> {
  const admin = kafkaOf(port).admin();
  await admin.connect();
  try {
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const offsets = answer?.partitions.map(({ offset }) => offset) ?? [];
    const isRight = offsets.length === partitions && offsets.every((offset) => offset === '5');
    return isRight ? [] : [`the group's offsets are ${offsets.join(', ')}`];
  } finally {
    await admin.disconnect();
  }
}
