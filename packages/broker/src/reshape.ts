/**
 * A producer's batch as its topic wants it: almost always as it came, at once.
 *
 * - `message.timestamp.type=LogAppendTime` stamps the header in place.
 * - `compression.type` other than `producer` unpacks and packs again what came in another codec.
 * - Compacted topics need keys, and `message.timestamp.before/after.max.ms` bound the records' times. Records are
 *   looked at for that only where the topic asks for it, or the header says that one is too new.
 *
 * What is compressed leaves the loop for that, so the connection's later requests are held back until this batch is
 * appended: a producer's sequence must not be overtaken. It is unpacked once memory is lent for what batches mostly
 * come to; the few that come to more are tried again with room for all that they may.
 */
import type { Clock, Compute, MemoryBudget } from '@skerry/base';
import {
  BatchBuilder,
  batchBaseSequence,
  batchCodec,
  batchHeaderBytes,
  batchIsTransactional,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchTimestampType,
  type CodecName,
  codecName,
  decompressBatch,
  type ErrorName,
  records,
  setBatchMaxTimestamp,
} from '@skerry/wire';
import type { TopicSettings } from './settings/topic-settings.ts';

/** A compressed batch may hold this much: what a batch of the largest allowed size, compressed well, can be. */
const plainBytesMax = 128 * 1024 * 1024;
/** What batches mostly come to: so many times their size, and so much. */
const usualFactor = 8;
const usualBytes = 256 * 1024;
/**
 * 2020. A node whose clock is before it has not been told the time yet, as a gateway without a battery after it was
 * switched on: it judges nobody's time stamps, or it would refuse all that are right.
 */
const clockSetMs = 1_577_836_800_000;
/** Bad records that are told of one batch: each costs a line of the answer. */
const faultsMax = 1000;

/** What a topic may ask a producer's batch to become. */
interface World {
  readonly clock: Clock;
  readonly compute: Compute;
  readonly memory: MemoryBudget;
  hold(on: boolean): void;
}

/** A record that the topic refuses, by its place in the batch (KIP-467). */
export interface RecordFault {
  readonly batchIndex: number;
  readonly batchIndexErrorMessage: string;
}

interface ShapeRefusal {
  readonly error: ErrorName;
  readonly message?: string;
  readonly faults?: readonly RecordFault[];
}

type Done = (refusal: ShapeRefusal | undefined, batch?: Uint8Array) => void;

/** Calls back with the batch as the topic wants it stored, or with why it does not want it. */
export function reshape(batch: Uint8Array, settings: TopicSettings, world: World, done: Done): void {
  const ownTime = settings.timestampType === 'CreateTime';
  if (ownTime && batchTimestampType(batch, 0) === 'logAppendTime') {
    return done({ error: 'INVALID_TIMESTAMP', message: 'a batch of log append time is for topics that ask for it' });
  }
  const check = recordCheck(batch, settings, world.clock);
  const codec = codecName(batchCodec(batch, 0));
  const wanted = settings.compression === codec ? 'producer' : settings.compression;
  if (check === undefined && wanted === 'producer') return done(undefined, stamped(batch, settings, world));
  if (codec === 'none' && wanted === 'producer') {
    const refusal = check?.(undefined);
    return refusal === undefined ? done(undefined, stamped(batch, settings, world)) : done(refusal);
  }
  world.hold(true);
  const finished: Done = (refusal, shaped) => {
    done(refusal, shaped === undefined ? undefined : stamped(shaped, settings, world));
    world.hold(false);
  };
  const bytesMax = Math.min(plainBytesMax, settings.maxDecompressedBytes);
  unpack(batch, bytesMax, world, (error, plain, giveBack) => {
    const finish: Done = (refusal, shaped) => {
      giveBack();
      finished(refusal, shaped);
    };
    if (error !== undefined || plain === undefined) {
      return finish({ error: 'CORRUPT_MESSAGE', message: `${error?.message}` });
    }
    const inside = codec === 'none' ? undefined : plain;
    const refusal = check?.(inside);
    if (refusal !== undefined) finish(refusal);
    else if (wanted === 'producer') finish(undefined, batch);
    else rebuild(batch, inside, { codec: wanted, settings, compute: world.compute }, finish);
  });
}

/** The batch's records, in memory that is lent until `giveBack` is called. */
function unpack(
  batch: Uint8Array,
  bytesMax: number,
  { compute, memory }: World,
  done: (error: Error | undefined, plain: Uint8Array | undefined, giveBack: () => void) => void,
): void {
  const attempt = (bytes: number): void => {
    memory.lend(bytes, (giveBack) => {
      decompressBatch(batch, 0, bytes, compute, (error, plain) => {
        if (error === undefined || bytes === bytesMax) return done(error, plain, giveBack);
        giveBack();
        attempt(bytesMax);
      });
    });
  };
  attempt(Math.min(bytesMax, usualFactor * batch.length + usualBytes));
}

function stamped(batch: Uint8Array, settings: TopicSettings, { clock, compute }: World): Uint8Array {
  if (settings.timestampType === 'LogAppendTime')
    setBatchMaxTimestamp(batch, 0, clock.wallMs(), 'logAppendTime', compute);
  return batch;
}

/** What looks through the records, given their plain bytes where they are compressed; undefined if nothing needs to. */
function recordCheck(
  batch: Uint8Array,
  settings: TopicSettings,
  clock: Clock,
): ((plain: Uint8Array | undefined) => ShapeRefusal | undefined) | undefined {
  const now = clock.wallMs();
  const bounded = settings.timestampType === 'CreateTime' && now >= clockSetMs;
  const earliest = bounded ? now - settings.timestampBeforeMaxMs : Number.NEGATIVE_INFINITY;
  const latest = bounded ? now + settings.timestampAfterMaxMs : Number.POSITIVE_INFINITY;
  const { compacted } = settings;
  if (!compacted && earliest === Number.NEGATIVE_INFINITY && batchMaxTimestamp(batch, 0) <= latest) return undefined;
  return (plain) => faultsOf(batch, plain, { earliest, latest, compacted });
}

interface Bounds {
  readonly earliest: number;
  readonly latest: number;
  readonly compacted: boolean;
}

function faultsOf(batch: Uint8Array, plain: Uint8Array | undefined, bounds: Bounds): ShapeRefusal | undefined {
  const faults: RecordFault[] = [];
  let count = 0;
  let badTime = false;
  let batchIndex = 0;
  try {
    for (const { key, timestamp } of records(batch, 0, plain)) {
      const outside = timestamp >= 0 && (timestamp < bounds.earliest || timestamp > bounds.latest);
      const keyless = bounds.compacted && key === null;
      if (keyless || outside) {
        // Of a record without a key nothing more is told.
        badTime ||= !keyless;
        const message = keyless ? 'a compacted topic needs a key' : timeMessage(timestamp, bounds);
        if (count++ < faultsMax) faults.push({ batchIndex, batchIndexErrorMessage: message });
      }
      batchIndex++;
    }
  } catch (error) {
    return { error: 'INVALID_RECORD', message: `a record cannot be read: ${(error as Error).message}` };
  }
  if (count === 0) return undefined;
  const error = badTime ? 'INVALID_TIMESTAMP' : 'INVALID_RECORD';
  const first = faults[0]?.batchIndexErrorMessage;
  return { error, message: `${count} of ${batchIndex} records are refused, the first of them: ${first}`, faults };
}

function timeMessage(timestamp: number, { earliest, latest }: Bounds): string {
  const from = earliest === Number.NEGATIVE_INFINITY ? '' : `from ${earliest} `;
  return `the time stamp ${timestamp} is out of range: the topic takes those ${from}to ${latest}`;
}

interface Shape {
  readonly codec: CodecName;
  readonly settings: TopicSettings;
  readonly compute: Compute;
}

function rebuild(batch: Uint8Array, plain: Uint8Array | undefined, shape: Shape, done: Done): void {
  const { codec, settings, compute } = shape;
  const builder = new BatchBuilder({
    producerId: batchProducerId(batch, 0),
    producerEpoch: batchProducerEpoch(batch, 0),
    baseSequence: batchBaseSequence(batch, 0),
    transactional: batchIsTransactional(batch, 0),
  });
  try {
    for (const record of records(batch, 0, plain)) builder.append(record);
  } catch (error) {
    return done({ error: 'INVALID_RECORD', message: `a record cannot be read: ${(error as Error).message}` });
  }
  const finish = (error: Error | undefined, shaped?: Uint8Array): void => {
    if (error !== undefined || shaped === undefined || shaped.length <= batchHeaderBytes) {
      return done({ error: 'CORRUPT_MESSAGE', message: `the batch cannot be compressed: ${error?.message}` });
    }
    if (shaped.length <= settings.maxMessageBytes) return done(undefined, shaped);
    const size = `${shaped.length} bytes in compression.type=${settings.values['compression.type']}`;
    const message = `${size} are more than max.message.bytes=${settings.maxMessageBytes}`;
    done({ error: 'MESSAGE_TOO_LARGE', message });
  };
  builder.compress({ codec, level: settings.compressionLevel }, compute, finish);
}
