/**
 * An answer as it is compared: ids by order of appearance, times as "now", names as the case wrote them, messages as
 * present or not, record batches field by field. Lists whose order means nothing become objects by key.
 */
import { crc32c } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import {
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchCrcIsValid,
  batchLastOffsetDelta,
  batchLeaderEpoch,
  batchLength,
  batchMagic,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  decompressBatch,
  type Field,
  inRange,
  records,
  versionRange,
} from '@skerry/wire/all';
import type { AnyApi } from './apis.ts';
import { keyedLists, type Treatment, treatments } from './rules.ts';

type Type = Field<unknown, never>['type'];
type Fields = Extract<Type, { kind: 'struct' }>['fields'];

/** What stands for the ids that one broker gives in one run of a case. */
export class Symbols {
  readonly #known = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  of(kind: string, value: string): string {
    const key = `${kind}/${value}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const made = `${kind}#${count}`;
    this.#known.set(key, made);
    return made;
  }
}

/** What an answer is read with: whose it is, and in which run of a case. */
export interface Reading {
  readonly api: AnyApi;
  readonly version: number;
  readonly symbols: Symbols;
  /** What every name of this run begins with; that of any run matches `anyPrefix`. */
  readonly prefix: string;
  readonly port: number;
}

const anyPrefix: RegExp = /^q[0-9a-z]+-/;
const hexUuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const compute = nodeCompute({ inline: true });
const plainBytesMax = 1 << 24;
const dayMs = 24 * 3600 * 1000;

export function normalised(answer: unknown, reading: Reading): unknown {
  if (typeof answer === 'string') return answer;
  return ofStruct(reading.api.response.fields, answer as Readonly<Record<string, unknown>>, '', reading);
}

function ofStruct(fields: Fields, value: Readonly<Record<string, unknown>>, path: string, reading: Reading): unknown {
  const made: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!inRange(versionRange(field.versions), reading.version)) continue;
    made[name] = ofField(field.type, value[name], path === '' ? name : `${path}.${name}`, name, reading);
  }
  return made;
}

function ofField(type: Type, value: unknown, path: string, name: string, reading: Reading): unknown {
  const treatment = treatments[`${reading.api.name}.${path}`] ?? treatments[name];
  if (treatment !== undefined) return treated(treatment, value, name, reading);
  if (value === null) return null;
  switch (type.kind) {
    case 'struct':
      return ofStruct(type.fields, value as Readonly<Record<string, unknown>>, path, reading);
    case 'array':
      return ofList(type.of, value as readonly unknown[], path, name, reading);
    case 'string':
      return ofText(value as string, reading);
    case 'uuid':
      return /^A+$/.test(value as string) ? 'zero' : reading.symbols.of('id', value as string);
    case 'records':
      return ofRecords(value as Uint8Array, reading);
    case 'bytes':
      return ofBytes(value as Uint8Array);
    case 'int64':
      return ofInt64(value as bigint);
    case 'bool':
    case 'int8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'offset':
    case 'float64':
      return value;
  }
}

function treated(treatment: Treatment, value: unknown, name: string, { symbols, port }: Reading): unknown {
  switch (treatment) {
    case 'present':
      return value === null || value === '' ? '(absent)' : '(present)';
    case 'ignored':
      return '(any)';
    case 'positive':
      return Number(value) > 0 ? '(positive)' : Number(value);
    case 'port':
      return value === port ? '(its port)' : value;
    case 'id':
      return Number(value) < 0 ? Number(value) : symbols.of(name, String(value));
    case 'session':
      return Number(value) === 0 ? 0 : symbols.of(name, String(value));
    case 'symbol':
      return typeof value !== 'string' || value === '' ? value : symbols.of(name, value);
  }
}

function ofList(of: Type, list: readonly unknown[], path: string, name: string, reading: Reading): unknown {
  const key = keyedLists[`${reading.api.name}.${path}`];
  const element = (one: unknown): unknown => ofField(of, one, `${path}[]`, `${name}[]`, reading);
  if (key === undefined) return list.map(element);
  const own = list.filter((one) => !isForeign(one, key, reading));
  const made: Record<string, unknown> = {};
  for (const one of own) {
    const value = element(one);
    const base = key.length === 0 ? String(value) : key.map((part) => keyText(value, part)).join('/');
    let place = `{${base}}`;
    for (let twin = 2; place in made; twin++) place = `{${base} (${twin})}`;
    made[place] = value;
  }
  return Object.fromEntries(Object.entries(made).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function keyText(value: unknown, part: string): string {
  const field = (value as Record<string, unknown>)[part];
  return typeof field === 'string' ? field : JSON.stringify(field);
}

/** Whether an element of a list of everything belongs to another run: by its names; ids are random texts. */
function isForeign(one: unknown, key: readonly string[], { api, prefix }: Reading): boolean {
  const names = key.filter((part) => part !== 'topicId');
  const texts = typeof one === 'string' ? [one] : names.map((part) => (one as Record<string, unknown>)[part]);
  // The group without a name is everybody's.
  if (api.name === 'ListGroups' && texts[0] === '') return true;
  return texts.some((text) => typeof text === 'string' && anyPrefix.test(text) && !text.startsWith(prefix));
}

function ofText(text: string, { prefix, symbols }: Reading): string {
  return text.replaceAll(prefix, '~').replaceAll(hexUuid, (found) => symbols.of('uuid', found));
}

function ofInt64(value: bigint): unknown {
  const number = Number(value);
  if (Math.abs(number - Date.now()) < dayMs) return '(now)';
  return Number.isSafeInteger(number) ? number : `${value}`;
}

function ofBytes(value: Uint8Array): string {
  return [...value].map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : `\\${byte}`)).join('');
}

function ofRecords(bytes: Uint8Array, reading: Reading): unknown {
  const batches: unknown[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 61 || at + batchLength(bytes, at) > bytes.length) {
      batches.push(`(${bytes.length - at} bytes of a batch)`);
      break;
    }
    batches.push(ofBatch(bytes, at, reading));
    at += batchLength(bytes, at);
  }
  return batches;
}

function ofBatch(bytes: Uint8Array, at: number, { symbols }: Reading): unknown {
  const producerId = batchProducerId(bytes, at);
  return {
    baseOffset: batchBaseOffset(bytes, at),
    leaderEpoch: batchLeaderEpoch(bytes, at),
    magic: batchMagic(bytes, at),
    crc: batchCrcIsValid(bytes, at, { crc32c }),
    attributes: batchAttributes(bytes, at),
    lastOffsetDelta: batchLastOffsetDelta(bytes, at),
    baseTimestamp: ofInt64(BigInt(batchBaseTimestamp(bytes, at))),
    maxTimestamp: ofInt64(BigInt(batchMaxTimestamp(bytes, at))),
    producerId: producerId < 0 ? producerId : symbols.of('producerId', String(producerId)),
    producerEpoch: batchProducerEpoch(bytes, at),
    baseSequence: batchBaseSequence(bytes, at),
    recordCount: batchRecordCount(bytes, at),
    records: ofBatchRecords(bytes, at),
  };
}

/** Compressed ones as they were before: two libraries do not pack alike. */
function ofBatchRecords(bytes: Uint8Array, at: number): unknown {
  let plain: Uint8Array | undefined;
  let failed: Error | undefined;
  decompressBatch(bytes, at, plainBytesMax, compute, (error, output) => {
    [plain, failed] = [output, error];
  });
  if (plain === undefined) return `(${failed?.message ?? 'not decompressed'})`;
  return [...records(bytes, at, plain)].map(({ key, value, timestamp, headers }) => ({
    key: key === null ? null : ofBytes(key),
    value: value === null ? null : ofBytes(value),
    timestamp: ofInt64(BigInt(timestamp)),
    headers: headers.map((header) => `${header.key}=${header.value === null ? 'null' : ofBytes(header.value)}`),
  }));
}
