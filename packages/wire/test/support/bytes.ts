import { type Part, type Reader, Writer } from '@skerry/wire';
import type { AnyMessage } from './tables.ts';

export interface AnyCodec {
  read(reader: Reader): unknown;
  write(writer: Writer, value: never): void;
}

export function joined(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts.map((part) => part as Uint8Array)));
}

export function written(codec: AnyCodec, value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  codec.write(writer, value as never);
  return joined(writer.finish());
}

/** A value as text, the order of its fields included: two values with the same text are the same to a reader. */
export function shown(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`;
    if (each instanceof Uint8Array) return Buffer.from(each).toString('hex');
    return each === Number.POSITIVE_INFINITY ? 'Infinity' : each;
  });
}

/** What `run` gives, or how it fails. */
export function outcome(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

export const title = (message: AnyMessage, version: number): string => `${message.name} v${version}`;
