import { joined } from '@skerry/base';

const newline = 0x0a;

/**
 * The lines in a stream of bytes, those of one chunk together: what arrived at once may be sent at once. The line
 * ending is not part of a line;
 * the last line needs none.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array[], void, undefined> {
  let rest: Uint8Array[] = [];
  for await (const chunk of chunks) {
    const found: Uint8Array[] = [];
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      found.push(joined([...rest, chunk.subarray(from, at)]));
      rest = [];
      from = at + 1;
    }
    // Copied: a stream may use its buffer again.
    if (from < chunk.length) rest.push(chunk.slice(from));
    if (found.length > 0) yield found;
  }
  if (rest.length > 0) yield [joined(rest)];
}
