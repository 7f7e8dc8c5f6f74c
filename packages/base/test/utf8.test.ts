import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Uuid,
  utf8Decode,
  utf8Encode,
  utf8Length,
  uuidFrom,
  uuidParse,
  uuidWrite,
  zeroUuid,
} from '../src/index.ts';

test('text is written as the platform writes it, lone surrogates included', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200, size: 'max' }),
      fc.integer({ min: 0xd7ff, max: 0xe000 }),
      (text, unit) => {
        const odd = text + String.fromCharCode(unit) + text;
        for (const one of [text, odd]) {
          expect(utf8Encode(one)).toEqual(new TextEncoder().encode(one));
          expect(utf8Length(one)).toBe(new TextEncoder().encode(one).length);
        }
      },
    ),
  );
});

test('bytes are read as the platform reads them, but for how many marks a broken sequence gives', () => {
  const squeezed = (text: string): string => text.replaceAll(/\ufffd+/g, '\ufffd');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100, size: 'max' }), (bytes) => {
      expect(squeezed(utf8Decode(bytes))).toBe(squeezed(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)));
    }),
    { numRuns: 2000 },
  );
});

test('an id is the sixteen bytes that Java shows as its text', () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i * 17);
  expect(uuidFrom(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (sixteen) => {
      const back = new Uint8Array(20);
      uuidWrite(uuidFrom(sixteen), back, 2);
      expect(back.subarray(2, 18)).toEqual(sixteen);
      expect(uuidParse(uuidFrom(sixteen))).toBe(uuidFrom(sixteen));
    }),
  );
  expect(uuidFrom(new Uint8Array(16))).toBe(zeroUuid);
  for (const none of ['', 'x', `${zeroUuid}A`, 'AAAAAAAAAAAAAAAAAAAAAB' as Uuid])
    expect(uuidParse(none)).toBeUndefined();
});
