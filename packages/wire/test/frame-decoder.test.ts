import { limits, ProtocolError } from '@skerry/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameDecoder, SlabPool } from '../src/index.ts';

const decoderOf = (max: number = limits.frameBytesMax) => {
  const slabs = new SlabPool(1024 * 1024);
  return { slabs, decoder: new FrameDecoder(slabs, () => max) };
};

function framed(bodies: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(bodies.reduce((sum, body) => sum + 4 + body.length, 0));
  let at = 0;
  for (const body of bodies) {
    new DataView(bytes.buffer).setInt32(at, body.length);
    bytes.set(body, at + 4);
    at += 4 + body.length;
  }
  return bytes;
}

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 6, size: 'max' });
    const cuts = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, cuts, (bodySizes, cutSizes) => {
        const sent = bodySizes.map((size, place) => new Uint8Array(size).fill(place + 1));
        const { decoder, slabs } = decoderOf();
        const stream = framed(sent);
        const got: Uint8Array[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = cutSizes[i % cutSizes.length] ?? 1;
          decoder.push(stream.slice(at, at + size), ({ slab, bytes }) => {
            got.push(slab.slice(0, bytes));
            slabs.give(slab);
          });
          at += size;
        }
        expect(got.map((body) => [body.length, body[0], body.at(-1)])).toEqual(
          sent.map((body) => [body.length, body[0], body[0]]),
        );
        expect(slabs.takenBytes).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['a length of −1', [0xff, 0xff, 0xff, 0xff], 'a frame of -1 bytes'],
    ['a length of 0', [0, 0, 0, 0], 'a frame of 0 bytes'],
    ['a length of 2 GB', [0x7f, 0xff, 0xff, 0xff], 'socket.request.max.bytes'],
    ['a TLS handshake', [0x16, 0x03, 0x01, 0x02], 'a TLS handshake on a port that speaks plain Kafka'],
    [
      'an HTTP request',
      Array.from('GET / HTTP/1.1', (letter) => letter.charCodeAt(0)),
      'an HTTP request on the Kafka port',
    ],
  ])('%s is refused as soon as it is declared', (_what, bytes, message) => {
    const { decoder } = decoderOf();
    expect(() => decoder.push(new Uint8Array(bytes), () => undefined)).toThrow(ProtocolError);
    expect(() => decoderOf().decoder.push(new Uint8Array(bytes), () => undefined)).toThrow(message);
  });

  test('a frame has room for at most four times what has arrived of it, rounded up to a slab', () => {
    const { decoder, slabs } = decoderOf();
    const head = new Uint8Array(4);
    new DataView(head.buffer).setInt32(0, limits.frameBytesMax);
    decoder.push(head, () => undefined);
    for (let arrived = 50_000; arrived < limits.frameBytesMax; arrived += 50_000) {
      decoder.push(new Uint8Array(50_000), () => undefined);
      expect(slabs.takenBytes).toBeLessThanOrEqual(8 * arrived);
    }
    decoder.close();
    expect(slabs.takenBytes).toBe(0);
  });

  test('a frame in chunks of 64 KiB moves little of it while it grows, and nothing up to 256 KiB', () => {
    for (const bytes of [100_000, 262_144, 262_244, 1_048_676, 5_000_000]) {
      let arrived = 0;
      let moved = 0;
      const slabs = new SlabPool(0);
      const take = (size: number): Uint8Array => {
        moved += arrived;
        return slabs.take(size);
      };
      const decoder = new FrameDecoder({ take, give: (slab) => slabs.give(slab) }, () => bytes);
      const stream = framed([new Uint8Array(bytes)]);
      for (let at = 0; at < stream.length; at += 65_536) {
        decoder.push(stream.subarray(at, at + 65_536), () => undefined);
        arrived = at + 65_532;
      }
      expect(moved).toBeLessThanOrEqual(bytes <= 262_244 ? 0 : 0.35 * bytes);
    }
  });

  test('a client that announces 100 MiB and sends 10 bytes costs 1 KiB', () => {
    const { decoder, slabs } = decoderOf();
    const bytes = new Uint8Array(14);
    new DataView(bytes.buffer).setInt32(0, limits.frameBytesMax);
    decoder.push(bytes, () => undefined);
    expect(slabs.takenBytes).toBeLessThanOrEqual(1024);
    decoder.close();
    expect(slabs.takenBytes).toBe(0);
  });

  const head = (bytes: number, apiKey: number): Uint8Array => {
    const start = new Uint8Array(6);
    const view = new DataView(start.buffer);
    view.setInt32(0, bytes);
    view.setInt16(4, apiKey);
    return start;
  };

  test('a large frame is refused as soon as its API key is there, but for Produce', () => {
    const slabs = new SlabPool(1024 * 1024);
    const read = (start: Uint8Array): FrameDecoder => {
      const decoder = new FrameDecoder(
        slabs,
        () => 5000,
        () => 1000,
      );
      decoder.push(start.subarray(0, 5), () => undefined);
      decoder.push(start.subarray(5), () => undefined);
      return decoder;
    };
    read(head(5000, 0)).close();
    read(head(1000, 3)).close();
    expect(() => read(head(1001, 3))).toThrow(
      'a frame of 1001 bytes for API 3, more than the 1000 that skerry.request',
    );
    expect(() => read(head(5001, 0))).toThrow('socket.request.max.bytes');
  });
});
