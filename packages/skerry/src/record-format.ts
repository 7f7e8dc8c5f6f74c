import type { ConsumedRecord } from '@skerry/client';
import { UsageError } from './failure.ts';

type Piece = Uint8Array | ((record: ConsumedRecord) => Uint8Array);

const nothing = new Uint8Array(0);
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', 0: '\0' };
const fields: Readonly<Record<string, (record: ConsumedRecord) => Uint8Array | string | number>> = {
  t: ({ topic }) => topic,
  p: ({ partition }) => partition,
  o: ({ offset }) => offset,
  T: ({ timestamp }) => timestamp,
  k: ({ key }) => key ?? nothing,
  K: ({ key }) => key?.length ?? -1,
  s: ({ value }) => value ?? nothing,
  S: ({ value }) => value?.length ?? -1,
  h: ({ headers }) => headers.map(({ key, value }) => `${key}=${value === null ? 'NULL' : plain(value)}`).join(','),
  '%': () => '%',
};

/** A function that prints a record by `format`, in kcat's escapes: `%t %p %o %k %s\n`. */
export function formatter(format: string): (record: ConsumedRecord) => Uint8Array {
  const pieces: Piece[] = [];
  for (const [token] of format.matchAll(/%[\s\S]?|\\x[0-9a-fA-F]{2}|\\[\s\S]?|[^%\\]+/g)) pieces.push(piece(token));
  return (record) => Buffer.concat(pieces.map((each) => (typeof each === 'function' ? each(record) : each)));
}

function piece(token: string): Piece {
  if (token.startsWith('%')) {
    const field = fields[token.slice(1)];
    if (field === undefined) {
      throw new UsageError(
        `--format: "${token}" means nothing. Known: ${Object.keys(fields)
          .map((name) => `%${name}`)
          .join(' ')}`,
      );
    }
    return (record) => {
      const value = field(record);
      return value instanceof Uint8Array ? value : Buffer.from(String(value));
    };
  }
  if (/^\\x../.test(token)) return Uint8Array.of(Number.parseInt(token.slice(2), 16));
  if (token.startsWith('\\')) return Buffer.from(escapes[token.slice(1)] ?? token);
  return Buffer.from(token);
}

/** A record as one line of JSON. Bytes that are no UTF-8 are `{"base64": "…"}`. */
export function jsonLine({ topic, partition, offset, timestamp, key, value, headers }: ConsumedRecord): Uint8Array {
  const told = headers.map((header) => [header.key, shown(header.value)]);
  const line = { topic, partition, offset, timestamp, key: shown(key), value: shown(value), headers: told };
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes in JSON: as text, or in base64 where they are none. */
export function shown(bytes: Uint8Array | null): string | { base64: string } | null {
  if (bytes === null) return null;
  try {
    return strict.decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}

const plain = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
