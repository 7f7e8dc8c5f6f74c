/** The batches of a load, built once, before anything is measured. */
import { nodeCompute } from '@skerry/io';
import {
  batchHeaderBytes,
  type Codec,
  noise,
  type RecordBatch,
  recordBatch,
  recordBytesAbout,
  recordsOf,
  sealedBatch,
} from './frames.ts';

export interface BatchShape {
  /** Before it is compressed. */
  readonly batchBytes: number;
  /** One record of its whole size instead of many of 1 KiB. */
  readonly single?: boolean;
  readonly codec?: Codec;
}

/** Of now: retention would take away what is older. */
const timestampMs = Date.now();

export async function batchOf({ batchBytes, single = false, codec = 'none' }: BatchShape): Promise<RecordBatch> {
  if (codec !== 'none') return await compressedBatch(batchBytes, codec);
  return recordBatch(batchBytes, timestampMs, single ? batchBytes : recordBytesAbout);
}

/** A batch of readings in JSON that has `size` bytes before it is compressed, by the same code for every broker. */
function compressedBatch(size: number, codec: 'lz4' | 'zstd'): Promise<RecordBatch> {
  const { bytes, count } = recordsOf(size - batchHeaderBytes, recordBytesAbout, readings);
  return new Promise((done, failed) => {
    nodeCompute().compress(codec, bytes, (error, squeezed) => {
      if (error !== undefined || squeezed === undefined) failed(error ?? new Error(`${codec} gave nothing`));
      else done({ bytes: sealedBatch(squeezed, count, timestampMs, codec), records: count });
    });
  });
}

/** What sensors send: names that come again and again, numbers that do not. */
function readings(length: number, seed: number): Buffer {
  const numbers = noise(length, seed);
  let text = '';
  for (let i = 0; text.length < length; i += 3) {
    const [a = 0, b = 0, c = 0] = numbers.subarray(i, i + 3);
    text += `{"site":"plant-${a % 9}","sensor":"temperature-${b}","celsius":${((a * 256 + c) / 1000).toFixed(3)}}\n`;
  }
  return Buffer.from(text.slice(0, length));
}
