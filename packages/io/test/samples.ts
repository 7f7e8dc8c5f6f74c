import * as fc from 'fast-check';

/** Bytes that compress well, badly or not at all, in all mixtures, up to about `bytesMax`. */
export function samples(bytesMax: number): fc.Arbitrary<Uint8Array> {
  const piece = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 100, size: 'max' }),
    fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 70_000 })).map(([byte, count]) => new Uint8Array(count).fill(byte)),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 90, size: 'max' }), fc.integer({ min: 1, max: 500 }))
      .map(([bytes, count]) => {
        const repeated = new Uint8Array(bytes.length * count);
        for (let i = 0; i < count; i++) repeated.set(bytes, i * bytes.length);
        return repeated;
      }),
    fc.tuple(fc.nat(), fc.integer({ min: 1, max: 70_000 })).map(([seed, count]) => noise(seed, count)),
  );
  return fc.array(piece, { minLength: 0, maxLength: 8, size: 'max' }).map((pieces) => {
    const joined = new Uint8Array(Buffer.concat(pieces));
    return joined.slice(0, bytesMax);
  });
}

/** Bytes that do not compress, the same for the same seed (Numerical Recipes' linear congruence). */
export function noise(seed: number, count: number): Uint8Array {
  let state = seed | 0;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });
}
