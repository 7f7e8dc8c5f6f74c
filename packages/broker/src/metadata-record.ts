import { ProtocolError } from '@skerry/base';
import {
  clientQuotaRecord,
  codec,
  configRecord,
  featureLevelRecord,
  type InputOf,
  type Message,
  partitionRecord,
  producerIdsRecord,
  Reader,
  registerBrokerRecord,
  removeTopicRecord,
  topicRecord,
  type ValueOf,
  Writer,
} from '@skerry/wire';

/**
 * The records of `__cluster_metadata` that this broker writes, in KRaft's format (KIP-631), with the version it
 * writes.
 */
const kinds = {
  registerBroker: { table: registerBrokerRecord, version: 3 },
  topic: { table: topicRecord, version: 0 },
  partition: { table: partitionRecord, version: 1 },
  config: { table: configRecord, version: 0 },
  removeTopic: { table: removeTopicRecord, version: 0 },
  featureLevel: { table: featureLevelRecord, version: 0 },
  producerIds: { table: producerIdsRecord, version: 0 },
  clientQuota: { table: clientQuotaRecord, version: 0 },
} as const;

type Kinds = typeof kinds;
type Kind = keyof Kinds;

/** A record as it is read: its kind, and its fields. */
export type MetadataRecord = { [K in Kind]: { readonly kind: K; readonly value: ValueOf<Kinds[K]['table']> } }[Kind];

/** Version of the frame around a record: the record's number and version follow, all as varints. */
const frameVersion = 1;
const writer = new Writer();

/** The record as the value of a log record. */
export function encodeMetadata<K extends Kind>(kind: K, value: InputOf<Kinds[K]['table']>): Uint8Array {
  const { table, version } = kinds[kind] as { table: Message<unknown, InputOf<Kinds[K]['table']>>; version: number };
  writer.uvarint(frameVersion);
  writer.uvarint(table.apiKey);
  writer.uvarint(version);
  codec(table, version).write(writer, value);
  const [bytes] = writer.finish();
  return bytes as Uint8Array;
}

/**
 * The record in `bytes`, or undefined for a kind that this version of the broker does not know: a later one may have
 * written it.
 */
export function decodeMetadata(bytes: Uint8Array): MetadataRecord | undefined {
  const reader = new Reader(bytes);
  const frame = reader.uvarint();
  if (frame !== frameVersion) throw new ProtocolError(`a metadata record in frame version ${frame}`);
  const number = reader.uvarint();
  const version = reader.uvarint();
  for (const kind of Object.keys(kinds) as Kind[]) {
    const { table } = kinds[kind];
    if (table.apiKey === number) {
      return { kind, value: codec(table as Message<unknown, never>, version).read(reader) } as MetadataRecord;
    }
  }
  return undefined;
}
