/** Batches that unpack to a thousand times their size: what unpacks them is capped, and others have their turns. */
import { nodeCompute } from '@skerry/io';
import { type CodecName, compressRecords, decompressRecords } from '@skerry/wire';
import { expect, test } from 'vitest';

const mib = 1024 * 1024;
const plainBytes = 64 * mib;
const bytesMax = 4 * mib;
const compute = nodeCompute();

const packed = (codec: CodecName): Promise<Uint8Array> =>
  new Promise((done, fail) => {
    compressRecords(codec, new Uint8Array(plainBytes), compute, (error, bytes) => {
      if (bytes === undefined) fail(error ?? new Error('nothing'));
      else done(bytes);
    });
  });

test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
  'a bomb of %s is refused at its bound, takes no more memory than that, and no long turn',
  async (codec) => {
    const bomb = await packed(codec);
    expect(bomb.length).toBeLessThan(plainBytes / 15);
    const before = process.memoryUsage().rss;
    let [longest, last, most] = [0, performance.now(), 0];
    const turns = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 1);
    const told = await new Promise<Error | undefined>((done) => {
      decompressRecords(codec, bomb, bytesMax, compute, (error) => done(error));
    });
    clearInterval(turns);
    longest = Math.max(longest, performance.now() - last);
    most = Math.max(most, process.memoryUsage().rss - before);
    expect(told).toMatchObject({ name: 'ProtocolError' });
    expect(most).toBeLessThan(8 * bytesMax);
    // A busy machine takes its share of it.
    expect(longest).toBeLessThan(1000);
  },
);
