/** How the records of the coordinators' logs are framed: an int16, then the message. */
import { joined, ProtocolError } from '@skerry/base';
import { codec, type Message, type Reader, Writer } from '@skerry/wire';

const writer = new Writer();

/** `head`, which is the kind in a key and the version in a value, then the message. */
export function encodeRecord<I>(table: Message<unknown, I>, head: number, version: number, value: I): Uint8Array {
  try {
    writer.int16(head);
    codec(table, version).write(writer, value);
    return joined(writer.finish() as readonly Uint8Array[]);
  } catch (error) {
    writer.reset();
    throw error;
  }
}

/** The version that a value begins with, if it is one that is known. */
export function readVersion(reader: Reader, { name, versions }: Message<unknown, never>): number {
  const read = reader.int16();
  if (read < versions.min || read > versions.max) throw new ProtocolError(`${name} of version ${read}`);
  return read;
}
