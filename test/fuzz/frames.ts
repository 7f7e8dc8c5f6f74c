/**
 * Requests that may make a broker stumble, drawn from a seed: of every kind and version as Kafka writes them, with
 * names that the broker knows put in, then damaged.
 */
import { joined } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import type { SeededRandom } from '@skerry/testkit';
import {
  BatchBuilder,
  batchHeaderBytes,
  codec,
  EncodeError,
  inRange,
  Reader,
  requestHeader,
  setBatchCrc,
  Writer,
} from '@skerry/wire';
import { routes } from '../../packages/broker/src/index.ts';
import { goldenFrames } from '../../packages/wire/test/support/golden-frames.ts';

/** A request's message in one of its versions, as it may travel. */
interface Sample {
  readonly route: (typeof routes)[number];
  readonly version: number;
  readonly value: unknown;
}

const compute = nodeCompute({ inline: true });
const names = [
  't',
  'u',
  'compacted',
  'g',
  '__consumer_offsets',
  '__proto__',
  'constructor',
  'no such',
  '',
  '1',
  'ü'.repeat(90),
];
const numbers = [0, 1, 2, 3, 7, -1, -2, 100, 1000];
const int32s = [-1, 0, 1, 0x7fffffff, -0x80000000, 0x7ffffffe, 1_000_000, 65_536];

/** All that is served, in all versions that are. */
export function samples(): readonly Sample[] {
  const byName = Map.groupBy(goldenFrames(), ({ name, version }) => `${name} v${version}`);
  return routes.flatMap((route) => {
    const [min, max] = route.versions;
    return Array.from({ length: max - min + 1 }, (_, i) => min + i).flatMap((version) =>
      (byName.get(`${route.request.name} v${version}`) ?? []).map(({ bytes }) => ({
        route,
        version,
        value: codec(route.request, version).read(new Reader(bytes)),
      })),
    );
  });
}

/** A frame without its length. */
export function drawFrame(all: readonly Sample[], random: SeededRandom, correlationId: number): Uint8Array {
  const sample = all[random.below(all.length)] as Sample;
  const plain = encoded(
    { ...sample, value: random.chance(0.8) ? alive(sample.value, random) : sample.value },
    correlationId,
  );
  const whole = plain ?? encoded(sample, correlationId) ?? new Uint8Array(0);
  return random.chance(0.5) ? damaged(whole, random) : whole;
}

/** Undefined where the version cannot carry the value. */
function encoded({ route, version, value }: Sample, correlationId: number): Uint8Array | undefined {
  const writer = new Writer();
  const header = { requestApiKey: route.apiKey, requestApiVersion: version, correlationId, clientId: 'fuzz' };
  codec(requestHeader, inRange(route.request.flexible, version) ? 2 : 1).write(writer, header);
  try {
    codec(route.request, version).write(writer, value as never);
  } catch (error) {
    if (error instanceof EncodeError) return undefined;
    throw error;
  }
  return joined(writer.finish() as readonly Uint8Array[]);
}

/** The same value with other leaves here and there, so that more of it is taken for good. */
function alive(value: unknown, random: SeededRandom): unknown {
  if (typeof value === 'string') return random.chance(0.7) ? names[random.below(names.length)] : value;
  if (typeof value === 'number') return random.chance(0.4) ? numbers[random.below(numbers.length)] : value;
  if (typeof value === 'bigint') return random.chance(0.4) ? BigInt(numbers[random.below(numbers.length)] ?? 0) : value;
  if (typeof value === 'boolean') return random.chance(0.3) ? !value : value;
  if (value instanceof Uint8Array) return random.chance(0.7) ? batch(random) : value;
  if (Array.isArray(value)) return aliveArray(value, random);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, alive(each, random)]));
}

function aliveArray(value: readonly unknown[], random: SeededRandom): unknown[] {
  if (random.chance(0.05)) return [];
  const kept = value.map((each) => alive(each, random));
  return random.chance(0.1) ? [...kept, ...kept] : kept;
}

/** A record batch whose checksum is right, whatever is in it. */
function batch(random: SeededRandom): Uint8Array {
  const isIdempotent = random.chance(0.3);
  const producer = { producerId: random.below(3), producerEpoch: 0, baseSequence: random.below(3) };
  const builder = new BatchBuilder(isIdempotent ? producer : {});
  for (let i = random.below(4); i >= 0; i--) {
    const key = random.chance(0.5) ? random.bytes(random.below(8)) : null;
    builder.append({
      timestamp: random.below(2000),
      key,
      value: random.chance(0.9) ? random.bytes(random.below(40)) : null,
    });
  }
  const bytes = builder.build();
  if (random.chance(0.5)) {
    // Another length, magic or CRC would end the look at it too soon.
    for (let i = random.below(3); i >= 0; i--) {
      const at = random.chance(0.3) ? 21 + random.below(batchHeaderBytes - 21) : 21 + random.below(bytes.length - 21);
      bytes[at] = random.below(256);
    }
    setBatchCrc(bytes, 0, compute);
  }
  return bytes;
}

/** Some of its bytes changed, cut out, doubled, or cut off. */
function damaged(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let result: Uint8Array = bytes.slice();
  // The API and its version stay, mostly: what follows is what is looked at.
  const first = random.chance(0.9) ? 8 : 0;
  for (let i = random.below(3); i >= 0; i--) {
    const at = Math.min(first + random.below(Math.max(result.length - first, 1)), Math.max(result.length - 1, 0));
    const end = Math.min(at + 1 + random.below(16), result.length);
    switch (random.below(6)) {
      case 0:
        if (at < result.length) result[at] = (result[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        if (at + 4 <= result.length)
          new DataView(result.buffer, result.byteOffset).setInt32(at, int32s[random.below(int32s.length)] ?? 0);
        break;
      case 2:
        result = result.slice(0, at);
        break;
      case 3:
        result = joined([result.subarray(0, at), result.subarray(end)]);
        break;
      case 4:
        result = joined([result.subarray(0, end), result.subarray(at)]);
        break;
      default:
        result.set(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f).subarray(0, result.length - at), at);
    }
  }
  return result;
}

/** As it travels. */
export function framed(frame: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setInt32(0, frame.length);
  return joined([length, frame]);
}
