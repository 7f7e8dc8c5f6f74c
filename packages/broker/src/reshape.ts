import type { Clock, Compute } from '@skerry/base';
import {
  BatchBuilder,
  batchBaseSequence,
  batchCodec,
  batchHeaderBytes,
  batchIsTransactional,
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

/** What a topic may ask a producer's batch to become. */
interface World {
  readonly clock: Clock;
  readonly compute: Compute;
  hold(on: boolean): void;
}

type Done = (error: ErrorName | undefined, batch?: Uint8Array) => void;

/**
 * Calls back with the batch as the topic wants it stored: almost always as it came, at once.
 *
 * - `message.timestamp.type=LogAppendTime` stamps the header in place.
 * - `compression.type` other than `producer` unpacks and packs again what came in another codec. That leaves the
 *   loop, so the connection's later requests are held back until this one is appended: a producer's sequence must not
 *   be overtaken.
 */
export function reshape(batch: Uint8Array, settings: TopicSettings, world: World, done: Done): void {
  const ownTime = settings.timestampType === 'CreateTime';
  if (ownTime && batchTimestampType(batch, 0) === 'logAppendTime') return done('INVALID_TIMESTAMP');
  const wanted = settings.compression;
  if (wanted !== 'producer' && codecName(batchCodec(batch, 0)) !== wanted)
    return recompress(batch, wanted, settings, world, done);
  stamp(batch, settings, world);
  done(undefined, batch);
}

function stamp(batch: Uint8Array, settings: TopicSettings, { clock, compute }: World): void {
  if (settings.timestampType === 'LogAppendTime')
    setBatchMaxTimestamp(batch, 0, clock.wallMs(), 'logAppendTime', compute);
}

function recompress(batch: Uint8Array, wanted: CodecName, settings: TopicSettings, world: World, done: Done): void {
  world.hold(true);
  const finish: Done = (error, shaped) => {
    if (shaped !== undefined) stamp(shaped, settings, world);
    done(error, shaped);
    world.hold(false);
  };
  decompressBatch(batch, 0, plainBytesMax, world.compute, (error, plain) => {
    if (error !== undefined || plain === undefined) return finish('CORRUPT_MESSAGE');
    rebuild(batch, plain, wanted, world.compute, finish);
  });
}

function rebuild(batch: Uint8Array, plain: Uint8Array, wanted: CodecName, compute: Compute, done: Done): void {
  const builder = new BatchBuilder({
    producerId: batchProducerId(batch, 0),
    producerEpoch: batchProducerEpoch(batch, 0),
    baseSequence: batchBaseSequence(batch, 0),
    transactional: batchIsTransactional(batch, 0),
  });
  try {
    for (const record of records(batch, 0, batchCodec(batch, 0) === 0 ? undefined : plain)) builder.append(record);
  } catch {
    return done('INVALID_RECORD');
  }
  builder.compress(wanted, compute, (error, shaped) => {
    if (error !== undefined || shaped === undefined || shaped.length <= batchHeaderBytes)
      return done('CORRUPT_MESSAGE');
    done(undefined, shaped);
  });
}
