import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { lines } from '../src/lines.ts';

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk;
}

async function all(chunks: readonly Uint8Array[]): Promise<string[]> {
  const found: string[] = [];
  for await (const some of lines(chunksOf(chunks)))
    found.push(...some.map((line) => Buffer.from(line).toString('latin1')));
  return found;
}

test('lines are the same however the stream was cut', async () => {
  const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r', 'ÿ'), { minLength: 0, maxLength: 60, size: 'max' });
  const cuts = fc.array(fc.nat(60), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(text, cuts, async (letters, at) => {
      const bytes = Buffer.from(letters.join(''), 'latin1');
      const places = [0, ...at.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, i) => Uint8Array.from(bytes.subarray(places[i], end)));
      const obvious = bytes.toString('latin1').split('\n');
      if (obvious.at(-1) === '') obvious.pop();
      expect(await all(chunks)).toEqual(obvious);
    }),
  );
});

test('the lines of a chunk come together, before the next chunk is awaited', async () => {
  const stream = lines(chunksOf([Buffer.from('a\nb\nc'), Buffer.from('d\n')]));
  const told = async () => ((await stream.next()).value ?? []).map((line) => Buffer.from(line).toString());
  expect([await told(), await told()]).toEqual([['a', 'b'], ['cd']]);
});
